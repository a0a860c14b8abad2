/* SPDX-License-Identifier: Apache-2.0 */
/* When a download deserves a log line, and when it has stalled. Pure: bytes and milliseconds in. */
#ifndef OTA_PROGRESS_H
#define OTA_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OTA_STALL_MS    30000u /* in which at least */
#define OTA_STALL_BYTES 4096u  /* must come */

struct ota_progress {
    uint32_t total;    /* bytes announced, 0: unknown */
    uint32_t from;     /* bytes that were there at the start */
    uint32_t started;  /* ms */
    uint32_t done;     /* bytes */
    uint32_t told;     /* bytes at the last log line */
    uint32_t moved_at; /* ms at which moved was reached */
    uint32_t moved;    /* bytes */
};

/* Starts at byte `from` of total. */
void ota_progress_init(struct ota_progress *p, uint32_t from, uint32_t total, uint32_t now_ms);
/* Gives a new connection its time. */
void ota_progress_go_on(struct ota_progress *p, uint32_t now_ms);
/* Takes out ms in which nobody read. */
void ota_progress_pause(struct ota_progress *p, uint32_t ms);
/* Counts n more bytes. True when a line is due: each tenth, or each 64 KB of an unknown total. */
bool ota_progress_add(struct ota_progress *p, uint32_t n, uint32_t now_ms);
/* True when too little came for too long. */
bool ota_progress_is_stalled(const struct ota_progress *p, uint32_t now_ms);
/* Writes "131072 of 524288 bytes (25 %), 84 kB/s" to buf[len]. */
void ota_progress_text(const struct ota_progress *p, uint32_t now_ms, char *buf, size_t len);

#endif
