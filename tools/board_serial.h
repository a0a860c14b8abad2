/* SPDX-License-Identifier: Apache-2.0 */
/* Where the virtual board's UART 0 ends on the host: the terminal, a pseudo-terminal, or a raw TCP
 * port on the loopback with one client at a time. */
#ifndef TOOLS_BOARD_SERIAL_H
#define TOOLS_BOARD_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

#include "vb_board.h"

enum serial_kind { SERIAL_STDIO, SERIAL_PTY, SERIAL_TCP };

struct serial {
    enum serial_kind kind;
    int in, out;  /* -1: nobody there */
    int listener; /* of tcp */
    int slave;    /* of pty: held open, so that output waits for a reader */
    char link[256];
    bool is_raw; /* the terminal's settings are in saved */
    struct termios saved;
    uint8_t rx[256]; /* read, not yet taken by the board */
    size_t n_rx, rx_at;
    uint8_t tx[4096];
    size_t n_tx;
    bool failed; /* stdout is gone */
};

/* spec: "stdio", "pty", "pty:LINK" or "tcp:PORT". Errors: false, printed. */
bool serial_open(struct serial *serial, const char *spec);
/* A byte from the device; leaves at the next service. */
void serial_put(struct serial *serial, uint8_t byte);
/* Moves what waits in both directions, without waiting for input. */
void serial_service(struct serial *serial, struct vb_board *board);
/* Sends what waits and puts the terminal back as it was. */
void serial_close(struct serial *serial);

#endif
