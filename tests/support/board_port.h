/* SPDX-License-Identifier: Apache-2.0 */
/* A serial port whose other end is a virtual board in the test's own process, reset by DTR and RTS
 * as an adapter would; time passes on the board only, while the host reads. */
#ifndef TESTS_BOARD_PORT_H
#define TESTS_BOARD_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "serial_port.h"
#include "vb_board.h"

#define BOARD_PORT_FLASH_SIZE (4u << 20)
#define BOARD_PORT_RX_MAX     (1u << 16)

struct board_port {
    struct vb_board *board;
    bool has_lines;  /* as opened: yes */
    bool is_unpowered;
    bool gpio0_open; /* DTR reaches no pin */
    bool is_shorted; /* TX and RX: the host hears itself */
    bool dtr, rts;
    uint32_t vanish_after; /* bytes that the host may still write; UINT32_MAX: all */
    bool is_gone;
    uint8_t rx[BOARD_PORT_RX_MAX]; /* sent by the device, not yet read */
    size_t n_rx, at;
};

/* Powers on a board with this flash (copied; NULL: blank) that boots from it. Aborts when it
 * cannot. */
void board_port_open(struct board_port *p, struct serial_port *port, const uint8_t *flash,
                     uint32_t flash_size);
void board_port_close(struct board_port *p);
/* Virtual microseconds since power-on. */
uint64_t board_port_us(const struct board_port *p);

#endif
