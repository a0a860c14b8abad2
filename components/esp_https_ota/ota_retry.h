/* SPDX-License-Identifier: Apache-2.0 */
/* When to try again, and how long to wait before: longer after each failure in a row, and never at
 * the same time as all other devices. Pure. */
#ifndef OTA_RETRY_H
#define OTA_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#define OTA_RETRY_FIRST_MS 1000u
#define OTA_RETRY_MOST_MS  60000u
#define OTA_RETRY_PROGRESS 4096u /* bytes that make a failure the first in its row */

/* All zero is the start. */
struct ota_retry {
    uint32_t failed; /* in a row */
    uint32_t best;   /* bytes at the last failure that had brought progress */
    uint32_t over;   /* times that all began again at 0 */
};

/* Notes a failure after done bytes. False when it was one more than max in a row. *delay_ms is
 * between half and all of OTA_RETRY_FIRST_MS doubled with each failure, up to OTA_RETRY_MOST_MS;
 * where between, random says. */
bool ota_retry_next(struct ota_retry *r, uint32_t max, uint32_t done, uint32_t random,
                    uint32_t *delay_ms);

/* Notes that the download begins again at 0: the flash is written again, however far it came.
 * False when it was one more than max in all. */
bool ota_retry_start_over(struct ota_retry *r, uint32_t max);

#endif
