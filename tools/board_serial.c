/* SPDX-License-Identifier: Apache-2.0 */
/* See board_serial.h: bytes and lines between an open line and the board. */
#include "board_serial.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* How long a reader that takes nothing is waited for before its bytes are dropped. */
#define WRITE_WAIT_MS 1000

bool serial_is_shared(const struct serial *serial)
{
    return serial->kind != SERIAL_STDIO;
}

bool serial_holds_reset(const struct serial *serial)
{
    return serial->reset.is_held;
}

static uint64_t host_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

/* --- towards the host --- */

void serial_flush(struct serial *serial)
{
    size_t at = 0;
    while (serial->out >= 0 && at < serial->n_tx) {
        struct pollfd ready = {.fd = serial->out, .events = POLLOUT};
        ssize_t n = write(serial->out, serial->tx + at, serial->n_tx - at);
        if (n >= 0) {
            at += (size_t)n;
        } else if (errno == EAGAIN && poll(&ready, 1, WRITE_WAIT_MS) == 1) {
            continue;
        } else if (errno != EINTR) {
            serial->failed = serial->kind == SERIAL_STDIO;
            break;
        }
    }
    serial->n_tx = 0;
}

static void put(struct serial *serial, const uint8_t *bytes, size_t len)
{
    if (sizeof(serial->tx) - serial->n_tx < len) {
        serial_flush(serial);
    }
    memcpy(serial->tx + serial->n_tx, bytes, len);
    serial->n_tx += len;
}

void serial_put(struct serial *serial, uint8_t byte)
{
    uint8_t escaped[2] = {byte};
    put(serial, escaped, serial->kind == SERIAL_RFC2217 ? rfc2217_server_escape(byte, escaped) : 1);
}

/* --- clients of a port --- */

static void hang_up(struct serial *serial, struct vb_board *board)
{
    if (serial->listener >= 0 && serial->in >= 0) {
        close(serial->in);
        serial->out = -1;
    }
    serial->in = -1;
    serial->refused = -1;
    if (serial->kind == SERIAL_RFC2217) {
        vb_board_set_host_baud(board, 0);
        auto_reset_lines(&serial->reset, false, false, host_us());
    }
}

static void greet(struct serial *serial, int fd)
{
    int one = 1;
    struct rfc2217_out out;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    serial->in = fd;
    serial->out = fd;
    serial->rx_at = serial->n_rx = 0;
    if (serial->kind == SERIAL_RFC2217) {
        rfc2217_server_open(&serial->telnet, &out);
        put(serial, out.byte, out.n);
    }
}

/* A second client is turned away, unless the first has gone and only its bytes are still here. */
static void meet_clients(struct serial *serial)
{
    struct pollfd present = {.fd = serial->in, .events = POLLRDHUP};
    if (serial->listener < 0) {
        return;
    }
    if (serial->in >= 0 && poll(&present, 1, 0) == 1) {
        return;
    }
    int fd = accept4(serial->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0 && serial->in >= 0) {
        close(fd);
    } else if (fd >= 0) {
        greet(serial, fd);
    }
}

/* --- towards the device --- */

static void fill(struct serial *serial, struct vb_board *board)
{
    struct pollfd ready = {.fd = serial->in, .events = POLLIN};
    if (serial->in < 0 || serial->rx_at < serial->n_rx || poll(&ready, 1, 0) != 1) {
        return;
    }
    ssize_t n = read(serial->in, serial->rx, sizeof(serial->rx));
    serial->rx_at = 0;
    serial->n_rx = n > 0 ? (size_t)n : 0;
    bool may_return = n < 0 && (errno == EAGAIN || errno == EINTR);
    if (n <= 0 && !may_return && serial->kind != SERIAL_PTY) {
        hang_up(serial, board);
    }
}

/* A chip in reset hears nothing. */
static bool deliver_byte(struct serial *serial, struct vb_board *board, uint8_t byte)
{
    return serial->reset.is_held || vb_board_uart_rx(board, byte);
}

static void obey(struct serial *serial, struct vb_board *board, enum rfc2217_event event)
{
    const struct rfc2217_server *telnet = &serial->telnet;
    if (event == RFC2217_EVENT_BAUD) {
        vb_board_set_host_baud(board, telnet->baud);
    } else if (event == RFC2217_EVENT_LINES) {
        auto_reset_lines(&serial->reset, telnet->dtr, telnet->rts, host_us());
    }
    if (event == RFC2217_EVENT_PURGE || serial->reset.is_held) {
        vb_board_uart_purge(board);
    }
}

/* Returns false when the board can take no more before it has run on. */
static bool deliver_telnet(struct serial *serial, struct vb_board *board, uint8_t byte)
{
    uint8_t data;
    struct rfc2217_out out;
    enum rfc2217_event event = rfc2217_server_take(&serial->telnet, byte, &data, &out);
    put(serial, out.byte, out.n);
    if (event != RFC2217_EVENT_DATA) {
        obey(serial, board, event);
        return true;
    }
    serial->refused = deliver_byte(serial, board, data) ? -1 : data;
    return serial->refused < 0;
}

static void deliver(struct serial *serial, struct vb_board *board)
{
    bool goes_on = true;
    if (serial->refused >= 0) {
        goes_on = deliver_byte(serial, board, (uint8_t)serial->refused);
        serial->refused = goes_on ? -1 : serial->refused;
    }
    while (goes_on && serial->rx_at < serial->n_rx) {
        uint8_t byte = serial->rx[serial->rx_at];
        if (serial->kind == SERIAL_RFC2217) {
            serial->rx_at++;
            goes_on = deliver_telnet(serial, board, byte);
        } else {
            goes_on = deliver_byte(serial, board, byte);
            serial->rx_at += goes_on;
        }
    }
}

/* --- lines --- */

static void follow_lines(struct serial *serial, struct vb_board *board)
{
    switch (auto_reset_poll(&serial->reset, host_us())) {
    case AUTO_RESET_TO_FLASH:
        vb_board_external_reset(board, VB_BOOT_FLASH);
        break;
    case AUTO_RESET_TO_DOWNLOAD:
        vb_board_external_reset(board, VB_BOOT_DOWNLOAD);
        break;
    case AUTO_RESET_NONE:
        break;
    }
}

static enum vb_host_reach reach(const struct serial *serial)
{
    if (serial->kind == SERIAL_RFC2217) {
        return VB_REACH_RESET;
    }
    return serial->kind != SERIAL_STDIO || serial->in >= 0 ? VB_REACH_BYTES : VB_REACH_NONE;
}

void serial_service(struct serial *serial, struct vb_board *board)
{
    meet_clients(serial);
    serial_flush(serial);
    fill(serial, board);
    deliver(serial, board);
    serial_flush(serial);
    follow_lines(serial, board);
    vb_board_set_host_reach(board, reach(serial));
}

void serial_wait(struct serial *serial, uint32_t us)
{
    bool has_bytes = serial->refused >= 0 || serial->rx_at < serial->n_rx;
    struct pollfd ready[] = {
        {.fd = has_bytes ? -1 : serial->in, .events = POLLIN},
        {.fd = serial->in < 0 ? serial->listener : -1, .events = POLLIN},
    };
    struct timespec most = {.tv_nsec = (long)us * 1000};
    serial_flush(serial);
    ppoll(ready, 2, &most, NULL);
}
