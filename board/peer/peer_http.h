/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of HTTP/1.x requests and answers as text. Pure. Bodies of requests are not understood, of
 * ranges one with a beginning. */
#ifndef VB_PEER_HTTP_H
#define VB_PEER_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VB_HTTP_PATH 511u
#define VB_HTTP_HEAD 4096u /* of a request, with its empty line */
#define VB_HTTP_ETAG 23u   /* "0123456789abcdef" and some */

enum vb_http_method { VB_HTTP_GET, VB_HTTP_HEAD_METHOD, VB_HTTP_OTHER };

struct vb_http_request {
    enum vb_http_method method;
    char path[VB_HTTP_PATH + 1]; /* without query */
    bool keeps_open;
    bool has_range; /* bytes from `from` to `to`, both included */
    uint64_t from, to;
    char if_range[VB_HTTP_ETAG + 1]; /* "": none; what is longer is cut, and so matches nothing */
};

/* Reads a request head. Returns its length, 0 when it is not complete, -1 when it is none. */
int vb_http_parse(const char *text, size_t len, struct vb_http_request *request);

struct vb_http_answer {
    unsigned status;
    uint64_t length;      /* Content-Length */
    const char *location; /* NULL: none */
    bool keeps_open;
    const char *etag;     /* NULL: none, and no ranges */
    uint64_t from, total; /* status 206: where the body begins in the file, and the file's length,
                             which status 416 tells, too */
};

/* What a request for a file of len bytes with this etag gets: 200, 206 or 416. A range ends with
 * the file: *from and *end are the bytes that the answer's body holds. */
unsigned vb_http_choose_range(const struct vb_http_request *request, const char *etag, uint64_t len,
                              uint64_t *from, uint64_t *end);

/* The usual text of a status. */
const char *vb_http_reason(unsigned status);
/* Writes the head; returns its length, less than size. */
size_t vb_http_write(char *out, size_t size, const struct vb_http_answer *answer);

#endif
