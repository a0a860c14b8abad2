/* SPDX-License-Identifier: Apache-2.0 */
#include "loader_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define END       0xc0
#define ESC       0xdb
#define BANNER_MS 100u
#define REPLY_MS  10000u
#define MAX_DATA  (16u + 0x2000u)

static void die(const char *what, const struct loader_host *h)
{
    fprintf(stderr, "loader_host: %s (%s)\n", what, h->board ? vb_board_message(h->board) : "");
    abort();
}

static void on_tx(void *ctx, unsigned uart, uint8_t byte)
{
    struct loader_host *h = ctx;
    if (uart == 0 && h->n_line < LOADER_LINE_MAX) {
        h->line[h->n_line++] = byte;
    }
}

void loader_run_ms(struct loader_host *h, uint32_t ms)
{
    struct vb_stats stats;
    vb_board_get_stats(h->board, &stats);
    enum vb_stop stop = vb_board_run(h->board, stats.virtual_us + ms * 1000u);
    if (stop == VB_STOP_UNMODELLED) {
        die("the device touched something that is not modelled", h);
    }
}

void loader_host_open(struct loader_host *h, const uint8_t *flash, uint32_t baud)
{
    char err[128] = "";
    struct vb_config config = {
        .flash_size = LOADER_FLASH_SIZE,
        .flash = flash,
        .strap = VB_BOOT_DOWNLOAD,
        .uart_tx = on_tx,
        .ctx = h,
    };
    memset(h, 0, sizeof(*h));
    h->board = vb_board_new(&config, err, sizeof(err));
    if (h->board == NULL) {
        die(err, h);
    }
    vb_board_set_host_reach(h->board, VB_REACH_BYTES);
    vb_board_set_host_baud(h->board, baud);
    loader_run_ms(h, BANNER_MS);
    h->n_line = 0;
}

void loader_host_close(struct loader_host *h)
{
    vb_board_free(h->board);
    h->board = NULL;
}

void loader_send_raw(struct loader_host *h, const void *bytes, size_t len)
{
    for (const uint8_t *p = bytes; p < (const uint8_t *)bytes + len; p++) {
        while (!vb_board_uart_rx(h->board, *p)) {
            loader_run_ms(h, 1);
        }
    }
}

void loader_send_frame(struct loader_host *h, const void *frame, size_t len)
{
    static const uint8_t end = END, escaped_end[] = {ESC, 0xdc}, escaped_esc[] = {ESC, 0xdd};
    loader_send_raw(h, &end, 1);
    for (const uint8_t *p = frame; p < (const uint8_t *)frame + len; p++) {
        if (*p == END || *p == ESC) {
            loader_send_raw(h, *p == END ? escaped_end : escaped_esc, 2);
        } else {
            loader_send_raw(h, p, 1);
        }
    }
    loader_send_raw(h, &end, 1);
}

static void put32(uint8_t *p, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        p[i] = (uint8_t)(value >> 8 * i);
    }
}

void loader_send(struct loader_host *h, uint8_t op, const void *data, size_t len, uint32_t checksum)
{
    static uint8_t frame[8 + MAX_DATA];
    frame[0] = 0;
    frame[1] = op;
    frame[2] = (uint8_t)len;
    frame[3] = (uint8_t)(len >> 8);
    put32(frame + 4, checksum);
    memcpy(frame + 8, data, len);
    loader_send_frame(h, frame, 8 + len);
}

/* Takes one frame out of what has arrived; what stands before it is dropped. */
static bool take_frame(struct loader_host *h, struct loader_reply *r)
{
    size_t at = h->at;
    r->len = 0;
    while (at < h->n_line && h->line[at] != END) {
        at++;
    }
    for (at++; at < h->n_line; at++) {
        uint8_t byte = h->line[at];
        if (byte == END) {
            h->at = at + 1;
            return true;
        }
        if (byte == ESC && ++at < h->n_line) {
            byte = h->line[at] == 0xdc ? END : ESC;
        }
        if (r->len < sizeof(r->frame)) {
            r->frame[r->len++] = byte;
        }
    }
    return false;
}

bool loader_receive(struct loader_host *h, struct loader_reply *r, uint32_t ms)
{
    *r = (struct loader_reply){0};
    for (uint32_t passed = 0; !take_frame(h, r); passed++) {
        if (passed >= ms) {
            *r = (struct loader_reply){0};
            return false;
        }
        loader_run_ms(h, 1);
    }
    if (r->len >= 10) {
        r->op = r->frame[1];
        r->value = (uint32_t)r->frame[4] | (uint32_t)r->frame[5] << 8 |
                   (uint32_t)r->frame[6] << 16 | (uint32_t)r->frame[7] << 24;
        r->status = r->frame[r->len - 2];
        r->error = r->frame[r->len - 1];
    }
    return true;
}

struct loader_reply loader_ask(struct loader_host *h, uint8_t op, const uint32_t *words, size_t n)
{
    uint8_t data[256];
    struct loader_reply reply;
    for (size_t i = 0; i < n; i++) {
        put32(data + 4 * i, words[i]);
    }
    loader_send(h, op, data, 4 * n, 0);
    loader_receive(h, &reply, REPLY_MS);
    return reply;
}

uint32_t loader_checksum(const void *payload, size_t len)
{
    uint32_t sum = 0xef;
    for (const uint8_t *p = payload; p < (const uint8_t *)payload + len; p++) {
        sum ^= *p;
    }
    return sum;
}

struct loader_reply loader_ask_data(struct loader_host *h, uint8_t op, uint32_t seq,
                                    const void *payload, uint32_t len)
{
    static uint8_t data[MAX_DATA];
    struct loader_reply reply;
    memset(data, 0, 16);
    put32(data, len);
    put32(data + 4, seq);
    memcpy(data + 16, payload, len);
    loader_send(h, op, data, 16 + len, loader_checksum(payload, len));
    loader_receive(h, &reply, REPLY_MS);
    return reply;
}

struct loader_reply loader_sync(struct loader_host *h)
{
    uint8_t data[36] = {0x07, 0x07, 0x12, 0x20};
    struct loader_reply reply;
    memset(data + 4, 0x55, 32);
    loader_send(h, 0x08, data, sizeof(data), 0);
    loader_receive(h, &reply, 100);
    return reply;
}

void loader_host_connect(struct loader_host *h, const uint8_t *flash)
{
    struct loader_reply reply;
    loader_host_open(h, flash, LOADER_BAUD);
    loader_sync(h);
    if (loader_sync(h).len == 0) {
        die("no answer to SYNC", h);
    }
    for (unsigned i = 1; i < 8; i++) {
        loader_receive(h, &reply, 100);
    }
}

bool loader_hears(struct loader_host *h, const char *text, uint32_t ms)
{
    size_t len = strlen(text);
    for (uint32_t passed = 0; passed <= ms; passed++) {
        for (size_t i = h->at; i + len <= h->n_line; i++) {
            if (memcmp(h->line + i, text, len) == 0) {
                h->at = i + len;
                return true;
            }
        }
        loader_run_ms(h, 1);
    }
    return false;
}
