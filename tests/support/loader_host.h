/* SPDX-License-Identifier: Apache-2.0 */
/* A scripted host on the serial line of a virtual board in download mode: sends requests of the
 * ROM's loader as raw as the test wants them and collects what comes back. Virtual time only. */
#ifndef TESTS_LOADER_HOST_H
#define TESTS_LOADER_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vb_board.h"

#define LOADER_FLASH_SIZE (4u << 20)
#define LOADER_LINE_MAX   (1u << 16)
#define LOADER_BAUD       115200u

struct loader_host {
    struct vb_board *board;
    uint8_t line[LOADER_LINE_MAX]; /* everything the device sent since the last look */
    size_t n_line, at;
};

struct loader_reply {
    uint8_t frame[64]; /* as it came, unescaped */
    size_t len;
    uint8_t op, status, error;
    uint32_t value;
};

/* Powers on a board with this flash (copied; NULL: blank) in download mode, listens at baud, and
 * waits until the banner has passed. Aborts when it cannot. */
void loader_host_open(struct loader_host *h, const uint8_t *flash, uint32_t baud);
void loader_host_close(struct loader_host *h);
/* The same, and the speed is learnt: two SYNCs, eight answers taken. */
void loader_host_connect(struct loader_host *h, const uint8_t *flash);

void loader_send_raw(struct loader_host *h, const void *bytes, size_t len);
/* One SLIP frame of any contents. */
void loader_send_frame(struct loader_host *h, const void *frame, size_t len);
/* One request; the length field is len. */
void loader_send(struct loader_host *h, uint8_t op, const void *data, size_t len,
                 uint32_t checksum);
/* The next frame from the device. Returns false when none came within ms. */
bool loader_receive(struct loader_host *h, struct loader_reply *reply, uint32_t ms);
/* Request and reply; a missing reply has len 0. */
struct loader_reply loader_ask(struct loader_host *h, uint8_t op, const uint32_t *words, size_t n);
/* FLASH_DATA or MEM_DATA with a right checksum. */
struct loader_reply loader_ask_data(struct loader_host *h, uint8_t op, uint32_t seq,
                                    const void *payload, uint32_t len);
struct loader_reply loader_sync(struct loader_host *h);
uint32_t loader_checksum(const void *payload, size_t len);

void loader_run_ms(struct loader_host *h, uint32_t ms);
/* True when text has arrived on the line since the last look, within ms. */
bool loader_hears(struct loader_host *h, const char *text, uint32_t ms);

#endif
