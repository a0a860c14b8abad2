/* SPDX-License-Identifier: Apache-2.0 */
#include "board_port.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLICE_US 200u

static void die(const char *what, const struct board_port *p)
{
    fprintf(stderr, "board_port: %s (%s)\n", what, p->board ? vb_board_message(p->board) : "");
    abort();
}

static void on_tx(void *ctx, unsigned uart, uint8_t byte)
{
    struct board_port *p = ctx;

    if (uart == 0 && p->n_rx < BOARD_PORT_RX_MAX) {
        p->rx[p->n_rx++] = byte;
    }
}

uint64_t board_port_us(const struct board_port *p)
{
    struct vb_stats stats;

    vb_board_get_stats(p->board, &stats);
    return stats.virtual_us;
}

static void run(struct board_port *p, uint64_t us)
{
    enum vb_stop stop = vb_board_run(p->board, board_port_us(p) + us);

    if (stop == VB_STOP_UNMODELLED) {
        die("the device touched something that is not modelled", p);
    }
}

static bool is_held(const struct board_port *p)
{
    return (p->rts && !p->dtr) || p->is_unpowered;
}

/* Time of a held chip passes too, but nothing happens in it. */
static int port_read(void *ctx, uint8_t *dst, size_t len, uint32_t timeout_ms)
{
    struct board_port *p = ctx;
    uint64_t left_us = (uint64_t)timeout_ms * 1000u;

    if (p->is_gone) {
        return SERIAL_GONE;
    }
    while (p->at == p->n_rx && left_us > 0 && !is_held(p)) {
        uint64_t us = left_us < SLICE_US ? left_us : SLICE_US;
        run(p, us);
        left_us -= us;
    }
    size_t n = p->n_rx - p->at < len ? p->n_rx - p->at : len;
    memcpy(dst, p->rx + p->at, n);
    p->at += n;
    if (p->at == p->n_rx) {
        p->at = 0;
        p->n_rx = 0;
    }
    return (int)n;
}

static bool port_write(void *ctx, const uint8_t *src, size_t len)
{
    struct board_port *p = ctx;

    for (size_t i = 0; i < len && !p->is_gone; i++) {
        p->is_gone = p->vanish_after == 0;
        p->vanish_after -= p->vanish_after != UINT32_MAX && p->vanish_after > 0;
        if (p->is_shorted) {
            on_tx(p, 0, src[i]);
            continue;
        }
        while (!p->is_gone && !is_held(p) && !vb_board_uart_rx(p->board, src[i])) {
            run(p, SLICE_US);
        }
    }
    return !p->is_gone;
}

static bool port_set_baud(void *ctx, uint32_t baud)
{
    struct board_port *p = ctx;

    vb_board_set_host_baud(p->board, baud);
    return !p->is_gone;
}

/* RTS asserted alone pulls EN low; at its release DTR is GPIO0. */
static bool port_set_lines(void *ctx, bool dtr, bool rts)
{
    struct board_port *p = ctx;

    if (!p->has_lines || p->is_gone) {
        return false;
    }
    bool was_held = is_held(p);
    p->dtr = dtr;
    p->rts = rts;
    if (was_held && !is_held(p)) {
        bool is_low = dtr && !rts && !p->gpio0_open;
        vb_board_external_reset(p->board, is_low ? VB_BOOT_DOWNLOAD : VB_BOOT_FLASH);
    }
    return true;
}

static void port_close(void *ctx)
{
    (void)ctx;
}

void board_port_open(struct board_port *p, struct serial_port *port, const uint8_t *flash,
                     uint32_t flash_size)
{
    char err[128] = "";
    const struct vb_config config = {
        .flash_size = flash_size, .flash = flash, .uart_tx = on_tx, .ctx = p};

    memset(p, 0, sizeof(*p));
    p->has_lines = true;
    p->vanish_after = UINT32_MAX;
    p->board = vb_board_new(&config, err, sizeof(err));
    if (p->board == NULL) {
        die(err, p);
    }
    vb_board_set_host_reach(p->board, VB_REACH_RESET);
    *port =
        (struct serial_port){port_read, port_write, port_set_baud, port_set_lines, port_close, p};
    port_set_baud(p, 115200);
}

void board_port_close(struct board_port *p)
{
    vb_board_free(p->board);
    p->board = NULL;
}
