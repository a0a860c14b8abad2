/* SPDX-License-Identifier: Apache-2.0 */
#include "ota_retry.h"

bool ota_retry_next(struct ota_retry *r, uint32_t max, uint32_t done, uint32_t random,
                    uint32_t *delay_ms)
{
    uint32_t whole = OTA_RETRY_FIRST_MS;
    if (done >= r->best && done - r->best >= OTA_RETRY_PROGRESS) {
        r->best = done;
        r->failed = 0;
    }
    if (r->failed >= max) {
        return false;
    }
    for (uint32_t i = 0; i < r->failed && whole < OTA_RETRY_MOST_MS; i++) {
        whole *= 2;
    }
    whole = whole < OTA_RETRY_MOST_MS ? whole : OTA_RETRY_MOST_MS;
    *delay_ms = whole / 2 + random % (whole / 2 + 1);
    r->failed++;
    return true;
}

bool ota_retry_start_over(struct ota_retry *r, uint32_t max)
{
    if (r->over >= max) {
        return false;
    }
    r->over++;
    return true;
}
