/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *what, const char *object)
{
    fprintf(stderr, "error: %s '%s'\n", what, object);
    exit(1);
}

void device_init(struct device *d, uint32_t flash_size)
{
    memset(d, 0, sizeof(*d));
    d->flash_size = flash_size;
    d->seed = 1;
    d->flash = malloc(flash_size);
    if (!d->flash) {
        die("out of memory for", "flash");
    }
    memset(d->flash, 0xff, flash_size);
}

void device_free(struct device *d)
{
    vb_board_free(d->board);
    free(d->flash);
    d->board = NULL;
    d->flash = NULL;
}

uint32_t device_load(struct device *d, uint32_t addr, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        die("cannot open", path);
    }
    size_t n = fread(d->flash + addr, 1, d->flash_size - addr, f);
    if (ferror(f) || fgetc(f) != EOF) {
        die("cannot read, or too large:", path);
    }
    fclose(f);
    return (uint32_t)n;
}

/* The SDK's record CRC: over the sequence only, register starting at 0, inverted at the end. */
static uint32_t record_crc(uint32_t seq)
{
    uint32_t crc = 0;
    for (unsigned i = 0; i < 32; i++) {
        uint32_t bit = (crc ^ (seq >> i)) & 1u;
        crc = (crc >> 1) ^ (bit ? 0xedb88320u : 0u);
    }
    return ~crc;
}

static void put_le32(uint8_t *p, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++) {
        p[i] = (uint8_t)(v >> (8 * i));
    }
}

void device_select(struct device *d, unsigned record, uint32_t seq)
{
    uint8_t *p = d->flash + OTADATA_ADDR + record * 0x1000u;
    memset(p, 0xff, 0x1000);
    put_le32(p, seq);
    put_le32(p + 28, record_crc(seq));
}

static void on_uart(void *ctx, unsigned uart, uint8_t byte)
{
    struct device *d = ctx;
    if (uart != 0 || d->console_len + 1 >= sizeof(d->console)) {
        return;
    }
    d->console[d->console_len++] = (char)byte;
    d->console[d->console_len] = '\0';
    size_t n = d->until ? strlen(d->until) : 0;
    if (n && d->console_len >= n && !memcmp(d->console + d->console_len - n, d->until, n)) {
        vb_board_stop(d->board);
    }
}

static void power_on(struct device *d)
{
    struct vb_config config = {
        .flash_size = d->flash_size,
        .flash = d->flash,
        .seed = d->seed,
        .ap = {d->ap},
        .n_aps = d->ap.ssid[0] != '\0',
        .net = d->net,
        .uart_tx = on_uart,
        .trace = d->trace,
        .ctx = d,
    };
    char err[128] = "";
    d->board = vb_board_new(&config, err, sizeof(err));
    if (!d->board) {
        die("cannot create a board:", err);
    }
    d->console_len = 0;
    d->console[0] = '\0';
}

void device_power_off(struct device *d)
{
    if (!d->board) {
        return;
    }
    if (!vb_board_read_flash(d->board, 0, d->flash, d->flash_size)) {
        die("cannot read back", "flash");
    }
    vb_board_free(d->board);
    d->board = NULL;
}

bool device_run(struct device *d, const char *until, uint32_t limit_ms)
{
    if (!d->board) {
        power_on(d);
    }
    d->until = until;
    uint64_t limit = device_stats(d).virtual_us + (uint64_t)limit_ms * 1000u;
    enum vb_stop stop = vb_board_run(d->board, limit);
    if (stop == VB_STOP_UNMODELLED || stop == VB_STOP_DEAD) {
        fprintf(stderr, "board stopped (%d): %s\n", (int)stop, vb_board_message(d->board));
    }
    return stop == VB_STOP_REQUEST;
}

bool device_printed(const struct device *d, const char *text)
{
    return strstr(d->console, text) != NULL;
}

struct vb_stats device_stats(const struct device *d)
{
    struct vb_stats stats;
    vb_board_get_stats(d->board, &stats);
    return stats;
}
