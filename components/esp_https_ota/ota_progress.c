/* SPDX-License-Identifier: Apache-2.0 */
/* Progress of a download, in whole numbers. */
#include "ota_progress.h"

#include <stdio.h>
#include <string.h>

#define UNKNOWN_TOTAL_STEP 65536u

void ota_progress_init(struct ota_progress *p, uint32_t from, uint32_t total, uint32_t now_ms)
{
    memset(p, 0, sizeof(*p));
    p->total = total;
    p->from = from;
    p->done = from;
    p->told = from;
    p->started = now_ms;
    ota_progress_go_on(p, now_ms);
}

void ota_progress_go_on(struct ota_progress *p, uint32_t now_ms)
{
    p->moved = p->done;
    p->moved_at = now_ms;
}

void ota_progress_pause(struct ota_progress *p, uint32_t ms)
{
    p->moved_at += ms;
}

bool ota_progress_add(struct ota_progress *p, uint32_t n, uint32_t now_ms)
{
    p->done += n;
    if (p->done - p->moved >= OTA_STALL_BYTES) {
        p->moved = p->done;
        p->moved_at = now_ms;
    }
    uint32_t step = p->total >= 10 ? p->total / 10 : UNKNOWN_TOTAL_STEP;
    bool due = p->done / step != p->told / step || (p->done == p->total && p->told != p->total);
    if (due) {
        p->told = p->done;
    }
    return due;
}

bool ota_progress_is_stalled(const struct ota_progress *p, uint32_t now_ms)
{
    return now_ms - p->moved_at >= OTA_STALL_MS;
}

void ota_progress_text(const struct ota_progress *p, uint32_t now_ms, char *buf, size_t len)
{
    uint32_t ms = now_ms - p->started;
    unsigned rate = ms > 0 ? (unsigned)((p->done - p->from) / ms) : 0; /* bytes/ms = kB/s */
    if (p->total == 0) {
        snprintf(buf, len, "%u bytes, %u kB/s", (unsigned)p->done, rate);
        return;
    }
    unsigned percent = (unsigned)((uint64_t)p->done * 100 / p->total);
    snprintf(buf, len, "%u of %u bytes (%u %%), %u kB/s", (unsigned)p->done, (unsigned)p->total,
             percent, rate);
}
