/* SPDX-License-Identifier: Apache-2.0 */
/* Which bytes of a file a request gets: pure, from the texts of its Range and If-Range headers. */
#ifndef SRV_RANGE_H
#define SRV_RANGE_H

#include <stdint.h>

struct srv_range {
    uint64_t first; /* byte of the file */
    uint64_t len;
};

/* Returns the status, 200, 206 or 416, and for the first two which bytes go. range and if_range are
 * "" when the request has none. One range is served; several, a malformed one, one of another unit,
 * and one for another version of the file (if_range is not etag, letter for letter: dates and weak
 * tags never are) get the whole. 416: the range begins behind the file's end. */
unsigned srv_range_choose(const char *range, const char *if_range, const char *etag, uint64_t size,
                          struct srv_range *out);

#endif
