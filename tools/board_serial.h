/* SPDX-License-Identifier: Apache-2.0 */
/* Where the virtual board's UART 0 ends on the host: the terminal, a pseudo-terminal, or a TCP port
 * on the loopback with one client at a time, raw or as RFC 2217, whose DTR and RTS reset the board.
 */
#ifndef TOOLS_BOARD_SERIAL_H
#define TOOLS_BOARD_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

#include "auto_reset.h"
#include "rfc2217_server.h"
#include "vb_board.h"

enum serial_kind { SERIAL_STDIO, SERIAL_PTY, SERIAL_TCP, SERIAL_RFC2217 };

struct serial {
    enum serial_kind kind;
    int in, out;  /* -1: nobody there */
    int listener; /* of tcp and rfc2217 */
    int slave;    /* of pty: held open, so that output waits for a reader */
    char link[256];
    bool is_raw; /* the terminal's settings are in saved */
    struct termios saved;
    uint8_t rx[4096]; /* read, not yet taken by the board */
    size_t n_rx, rx_at;
    uint8_t tx[8192];
    size_t n_tx;
    struct rfc2217_server telnet;
    int refused; /* a byte that telnet gave and the board did not take yet, or -1 */
    struct auto_reset reset;
    bool failed; /* stdout is gone */
};

/* spec: "stdio", "pty", "pty:LINK", "tcp:PORT" or "rfc2217:PORT"; port 0 lets the system choose.
 * port_file: where to write the number of the port, or NULL. Errors: false, printed. */
bool serial_open(struct serial *serial, const char *spec, const char *port_file);
/* A byte from the device; leaves at the next service. */
void serial_put(struct serial *serial, uint8_t byte);
/* Sends what waits. */
void serial_flush(struct serial *serial);
/* Moves what waits in both directions, without waiting for input, and resets the board as the
 * client's lines say. */
void serial_service(struct serial *serial, struct vb_board *board);
/* Lets host time pass until there is something to service, us at most. */
void serial_wait(struct serial *serial, uint32_t us);
/* True while the client holds the chip in reset: it must not run. */
bool serial_holds_reset(const struct serial *serial);
/* True when others come and go at the line's end, who measure the board by the clock on the wall.
 */
bool serial_is_shared(const struct serial *serial);
/* Sends what waits and puts the terminal back as it was. */
void serial_close(struct serial *serial);

#endif
