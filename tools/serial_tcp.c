/* SPDX-License-Identifier: Apache-2.0 */
/* A serial line behind a TCP connection that carries its bytes and nothing else: speed and lines
 * are the other end's business. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io.h"
#include "serial_port.h"

#define CONNECT_WAIT_MS 5000

/* Parts HOST:PORT or [HOST]:PORT. */
static bool part_address(const char *address, char host[256], const char **service)
{
    const char *colon = strrchr(address, ':');
    size_t len = colon != NULL ? (size_t)(colon - address) : 0;

    if (len >= 2 && address[0] == '[' && address[len - 1] == ']') {
        address++;
        len -= 2;
    }
    if (len == 0 || len >= 256 || colon[1] == '\0') {
        return false;
    }
    memcpy(host, address, len);
    host[len] = '\0';
    *service = colon + 1;
    return true;
}

/* Waits for a connection under way; returns 0 or an errno. */
static int await_connection(int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    int why = 0;
    socklen_t len = sizeof(why);

    if (poll(&ready, 1, CONNECT_WAIT_MS) != 1) {
        return ETIMEDOUT;
    }
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &len) == 0 ? why : errno;
}

/* Returns the connected socket, or -1 with errno. */
static int try_address(const struct addrinfo *at)
{
    int one = 1;
    int fd = socket(at->ai_family, at->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0) {
        return -1;
    }
    int why = connect(fd, at->ai_addr, at->ai_addrlen) == 0 ? 0 : errno;
    if (why == EINPROGRESS) {
        why = await_connection(fd);
    }
    if (why != 0) {
        close(fd);
        errno = why;
        return -1;
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return fd;
}

int serial_connect(const char *address)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list;
    const char *service;
    char host[256];
    int fd = -1;

    if (!part_address(address, host, &service)) {
        io_error("'%s' is no HOST:PORT", address);
        return -1;
    }
    int why = getaddrinfo(host, service, &hints, &list);
    if (why != 0) {
        io_error("cannot find '%s': %s", address, gai_strerror(why));
        return -1;
    }
    for (const struct addrinfo *at = list; at != NULL && fd < 0; at = at->ai_next) {
        fd = try_address(at);
    }
    if (fd < 0) {
        io_error("cannot connect to '%s': %s", address, strerror(errno));
        io_hint("is the board, or the serial server, running there?");
    }
    freeaddrinfo(list);
    return fd;
}

/* --- the raw kind; its context is the descriptor --- */

static int tcp_read(void *ctx, uint8_t *dst, size_t len, uint32_t timeout_ms)
{
    return serial_fd_read(*(int *)ctx, dst, len, timeout_ms);
}

static bool tcp_write(void *ctx, const uint8_t *src, size_t len)
{
    return serial_fd_write(*(int *)ctx, src, len);
}

static bool tcp_set_baud(void *ctx, uint32_t baud)
{
    (void)ctx;
    (void)baud;
    return false;
}

static bool tcp_set_lines(void *ctx, bool dtr, bool rts)
{
    (void)ctx;
    (void)dtr;
    (void)rts;
    return false;
}

static void tcp_close(void *ctx)
{
    close(*(int *)ctx);
    free(ctx);
}

bool serial_tcp_open(struct serial_port *port, const char *address, uint32_t baud)
{
    int *fd = malloc(sizeof(*fd));

    (void)baud;
    if (fd == NULL) {
        io_error("out of memory");
        return false;
    }
    *fd = serial_connect(address);
    if (*fd < 0) {
        free(fd);
        return false;
    }
    *port = (struct serial_port){tcp_read, tcp_write, tcp_set_baud, tcp_set_lines, tcp_close, fd};
    return true;
}
