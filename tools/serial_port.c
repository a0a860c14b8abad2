/* SPDX-License-Identifier: Apache-2.0 */
#include "serial_port.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "io.h"

/* A peer that takes nothing for so long is gone. */
#define WRITE_WAIT_MS 10000

uint64_t serial_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

bool serial_port_open(struct serial_port *port, const char *name, uint32_t baud)
{
    /* A peer that is gone is told by write, not by the end of the process. */
    (void)signal(SIGPIPE, SIG_IGN);
    if (strncmp(name, "rfc2217://", 10) == 0) {
        return serial_rfc2217_open(port, name + 10, baud);
    }
    if (strncmp(name, "tcp://", 6) == 0) {
        return serial_tcp_open(port, name + 6, baud);
    }
    if (strstr(name, "://") != NULL) {
        io_error("cannot use port '%s'", name);
        io_hint("a serial device, rfc2217://HOST:PORT, tcp://HOST:PORT, or file:PATH");
        return false;
    }
    return serial_tty_open(port, name, baud);
}

bool serial_port_skip(const struct serial_port *port, uint32_t ms)
{
    uint8_t bytes[256];
    uint64_t end = serial_now_ms() + ms;
    uint32_t left = ms;
    int n = 0;

    do {
        n = port->read(port->ctx, bytes, sizeof(bytes), left);
        uint64_t now = serial_now_ms();
        left = now < end ? (uint32_t)(end - now) : 0;
    } while (n > 0 && left > 0);
    return n != SERIAL_GONE;
}

int serial_fd_read(int fd, uint8_t *dst, size_t len, uint32_t timeout_ms)
{
    uint64_t end = serial_now_ms() + timeout_ms;

    for (;;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        uint64_t now = serial_now_ms();
        int n = poll(&ready, 1, now < end ? (int)(end - now) : 0);
        if (n == 0) {
            return 0;
        }
        ssize_t got = n > 0 ? read(fd, dst, len) : -1;
        if (got > 0) {
            return (int)got;
        }
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            return SERIAL_GONE;
        }
    }
}

bool serial_fd_write(int fd, const uint8_t *src, size_t len)
{
    while (len > 0) {
        struct pollfd ready = {.fd = fd, .events = POLLOUT};
        ssize_t n = write(fd, src, len);
        if (n >= 0) {
            src += n;
            len -= (size_t)n;
        } else if (errno == EAGAIN && poll(&ready, 1, WRITE_WAIT_MS) == 1) {
            continue;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}
