/* SPDX-License-Identifier: Apache-2.0 */
/* The host's end of a serial line, whatever it is made of: a device, a TCP connection, or a telnet
 * connection with COM port control (RFC 2217). */
#ifndef TOOLS_SERIAL_PORT_H
#define TOOLS_SERIAL_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SERIAL_GONE (-1)

struct serial_port {
    /* Waits up to timeout_ms for bytes and takes what is there, at most len. Returns their number,
     * 0 when none came until then, SERIAL_GONE when none ever will. */
    int (*read)(void *ctx, uint8_t *dst, size_t len, uint32_t timeout_ms);
    /* Returns false when the port is gone. */
    bool (*write)(void *ctx, const uint8_t *src, size_t len);
    /* Returns false when the speed is not to be had here. */
    bool (*set_baud)(void *ctx, uint32_t baud);
    /* Sets DTR and RTS at one moment where that can be; true is asserted, a low level. Returns
     * false when the port has no such lines. */
    bool (*set_lines)(void *ctx, bool dtr, bool rts);
    void (*close)(void *ctx);
    void *ctx;
};

/* Opens a port by its name: a device's path, rfc2217://HOST:PORT, or tcp://HOST:PORT. Prints the
 * error. */
bool serial_port_open(struct serial_port *port, const char *name, uint32_t baud);

/* Takes and forgets whatever comes for ms. Returns false when the port is gone. */
bool serial_port_skip(const struct serial_port *port, uint32_t ms);

/* Milliseconds of a clock that only goes forward. */
uint64_t serial_now_ms(void);

/* The kinds. Each prints its error. */
bool serial_tty_open(struct serial_port *port, const char *path, uint32_t baud);
bool serial_tcp_open(struct serial_port *port, const char *address, uint32_t baud);
bool serial_rfc2217_open(struct serial_port *port, const char *address, uint32_t baud);

/* Connects to HOST:PORT or [HOST]:PORT, waiting at most some seconds; -1 with the error printed.
 * The socket does not block. */
int serial_connect(const char *address);
/* read and write of struct serial_port on a descriptor that does not block. */
int serial_fd_read(int fd, uint8_t *dst, size_t len, uint32_t timeout_ms);
bool serial_fd_write(int fd, const uint8_t *src, size_t len);

#endif
