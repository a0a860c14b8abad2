/* SPDX-License-Identifier: Apache-2.0 */
/* A serial line behind a telnet connection with COM port control. A command is over when the server
 * has answered it; bytes of the line that come meanwhile wait. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "rfc2217_client.h"
#include "serial_port.h"

#define ANSWER_WAIT_MS 3000u
#define CHUNK          1024u
#define HELD_MAX       8192u

struct remote {
    int fd;
    bool gone;
    struct rfc2217_client telnet;
    uint8_t held[HELD_MAX]; /* data of the line that came during a command */
    size_t n_held, at;
};

/* Reads once; returns the line's bytes in out[CHUNK], 0, or SERIAL_GONE. */
static int receive(struct remote *r, uint8_t *out, uint32_t timeout_ms)
{
    uint8_t bytes[CHUNK];
    int n = serial_fd_read(r->fd, bytes, sizeof(bytes), timeout_ms);

    if (n <= 0) {
        r->gone = r->gone || n == SERIAL_GONE;
        return n;
    }
    n = (int)rfc2217_decode(&r->telnet, bytes, (size_t)n, out);
    if (r->telnet.n_reply > 0) {
        r->gone = !serial_fd_write(r->fd, r->telnet.reply, r->telnet.n_reply);
        r->telnet.n_reply = 0;
    }
    return n;
}

static void hold(struct remote *r, const uint8_t *data, size_t len)
{
    if (len > HELD_MAX - r->n_held) {
        len = HELD_MAX - r->n_held; /* a console's flood: nobody waits for these */
    }
    memcpy(r->held + r->n_held, data, len);
    r->n_held += len;
}

/* Reads until done says so; false when that takes too long or the port is gone. */
static bool await(struct remote *r, bool (*done)(const struct remote *, uint32_t), uint32_t what)
{
    uint8_t data[CHUNK];
    uint64_t end = serial_now_ms() + ANSWER_WAIT_MS;

    while (!done(r, what)) {
        uint64_t now = serial_now_ms();
        if (now >= end || r->gone) {
            return false;
        }
        int n = receive(r, data, (uint32_t)(end - now));
        if (n > 0) {
            hold(r, data, (size_t)n);
        }
    }
    return true;
}

static bool is_agreed(const struct remote *r, uint32_t what)
{
    (void)what;
    return r->telnet.agreed || r->telnet.refused;
}

/* what: the command, and above it how many answers there are to be. */
static bool is_answered(const struct remote *r, uint32_t what)
{
    return r->telnet.n_answers[what & 15u] >= what >> 4;
}

static bool send_commands(struct remote *r, enum rfc2217_command command, const uint32_t *value,
                          unsigned n)
{
    uint8_t out[2 * RFC2217_COMMAND_MAX];
    size_t len = 0;
    uint32_t want = r->telnet.n_answers[command] + n;

    for (unsigned i = 0; i < n; i++) {
        len += rfc2217_command(out + len, command, value[i]);
    }
    return serial_fd_write(r->fd, out, len) && await(r, is_answered, want << 4 | command);
}

static int remote_read(void *ctx, uint8_t *dst, size_t len, uint32_t timeout_ms)
{
    struct remote *r = ctx;
    uint8_t data[CHUNK];
    uint64_t end = serial_now_ms() + timeout_ms;

    while (r->at == r->n_held) {
        uint64_t now = serial_now_ms();
        int n = r->gone ? SERIAL_GONE : receive(r, data, now < end ? (uint32_t)(end - now) : 0);
        r->at = 0;
        r->n_held = 0;
        if (n > 0) {
            hold(r, data, (size_t)n);
        } else if (n < 0 || serial_now_ms() >= end) {
            return n;
        }
    }
    size_t n = r->n_held - r->at < len ? r->n_held - r->at : len;
    memcpy(dst, r->held + r->at, n);
    r->at += n;
    return (int)n;
}

static bool remote_write(void *ctx, const uint8_t *src, size_t len)
{
    struct remote *r = ctx;
    uint8_t out[2 * CHUNK];

    while (len > 0 && !r->gone) {
        size_t n = len < CHUNK ? len : CHUNK;
        r->gone = !serial_fd_write(r->fd, out, rfc2217_encode(out, src, n));
        src += n;
        len -= n;
    }
    return !r->gone;
}

static bool remote_set_baud(void *ctx, uint32_t baud)
{
    struct remote *r = ctx;

    return send_commands(r, RFC2217_SET_BAUD, &baud, 1) &&
           r->telnet.value[RFC2217_SET_BAUD] == baud;
}

/* One packet carries both, so that they change as nearly together as the server can. */
static bool remote_set_lines(void *ctx, bool dtr, bool rts)
{
    const uint32_t value[2] = {dtr ? RFC2217_DTR_ON : RFC2217_DTR_OFF,
                               rts ? RFC2217_RTS_ON : RFC2217_RTS_OFF};

    return send_commands(ctx, RFC2217_SET_CONTROL, value, 2);
}

static void remote_close(void *ctx)
{
    close(((struct remote *)ctx)->fd);
    free(ctx);
}

/* Offers the option and sets the line to 8N1. */
static bool greet(struct remote *r, uint32_t baud)
{
    const uint32_t eight = 8, none = 1, one = 1;
    uint8_t hello[RFC2217_HELLO_LEN];

    rfc2217_hello(hello);
    return serial_fd_write(r->fd, hello, sizeof(hello)) && await(r, is_agreed, 0) &&
           !r->telnet.refused && remote_set_baud(r, baud) &&
           send_commands(r, RFC2217_SET_DATA_BITS, &eight, 1) &&
           send_commands(r, RFC2217_SET_PARITY, &none, 1) &&
           send_commands(r, RFC2217_SET_STOP_BITS, &one, 1);
}

bool serial_rfc2217_open(struct serial_port *port, const char *address, uint32_t baud)
{
    struct remote *r = calloc(1, sizeof(*r));

    if (r == NULL) {
        io_error("out of memory");
        return false;
    }
    r->fd = serial_connect(address);
    if (r->fd < 0) {
        free(r);
        return false;
    }
    if (!greet(r, baud)) {
        io_error("'%s' does not control a serial port by RFC 2217", address);
        io_hint("when it carries the bytes only, name it tcp://%s", address);
        remote_close(r);
        return false;
    }
    *port = (struct serial_port){remote_read,      remote_write, remote_set_baud,
                                 remote_set_lines, remote_close, r};
    return true;
}
