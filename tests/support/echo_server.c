/* SPDX-License-Identifier: Apache-2.0 */
#include "echo_server.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEAF_MS      60000
#define TRICKLE_US   300
#define SMALL_BUFFER 4096

struct bytes {
    uint32_t state; /* xorshift32 */
    uint32_t hash;  /* FNV-1a */
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static uint8_t next_byte(struct bytes *b)
{
    b->state ^= b->state << 13;
    b->state ^= b->state >> 17;
    b->state ^= b->state << 5;
    return (uint8_t)b->state;
}

static bool read_line(int fd, char *line, size_t len)
{
    size_t have = 0;

    while (have + 1 < len && recv(fd, line + have, 1, 0) == 1) {
        if (line[have] == '\n') {
            line[have] = '\0';
            return true;
        }
        have++;
    }
    return false;
}

static bool send_all(int fd, const void *data, size_t len)
{
    const char *p = data;

    while (len) {
        ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

        if (n <= 0) {
            return false;
        }
        p += n;
        len -= (size_t)n;
    }
    return true;
}

/* Sends n bytes of the sequence in pieces of piece bytes. */
static void serve_down(int fd, size_t n, uint32_t seed, size_t piece)
{
    struct bytes source = {seed, 0};
    uint8_t buf[4096];

    while (n) {
        size_t len = n < piece ? n : piece;

        for (size_t i = 0; i < len; i++) {
            buf[i] = next_byte(&source);
        }
        if (!send_all(fd, buf, len)) {
            return;
        }
        if (piece == 1) {
            usleep(TRICKLE_US); /* the peer's stack must not see one segment */
        }
        n -= len;
    }
}

static void serve_up(int fd, size_t n)
{
    uint32_t hash = 2166136261u;
    char answer[32];
    uint8_t buf[4096];

    while (n) {
        ssize_t got = recv(fd, buf, n < sizeof(buf) ? n : sizeof(buf), 0);

        if (got <= 0) {
            return;
        }
        for (ssize_t i = 0; i < got; i++) {
            hash = (hash ^ buf[i]) * 16777619u;
        }
        n -= (size_t)got;
    }
    send_all(fd, answer, (size_t)snprintf(answer, sizeof(answer), "hash %08x\n", hash));
}

static void serve_wait(int fd)
{
    char line[64];

    if (read_line(fd, line, sizeof(line))) {
        send_all(fd, "went\n", 5);
    }
}

static void serve_reset(int fd)
{
    const struct linger at_once = {1, 0};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

static void serve_deaf(int fd)
{
    struct pollfd gone = {fd, POLLRDHUP, 0};

    poll(&gone, 1, DEAF_MS);
}

static void serve(int fd, const char *line)
{
    unsigned n = 0;
    unsigned seed = 0;

    if (sscanf(line, "down %u %u", &n, &seed) == 2) {
        serve_down(fd, n, seed, 4096);
    } else if (sscanf(line, "trickle %u %u", &n, &seed) == 2) {
        serve_down(fd, n, seed, 1);
    } else if (sscanf(line, "up %u", &n) == 1) {
        serve_up(fd, n);
    } else if (strcmp(line, "wait") == 0) {
        serve_wait(fd);
    } else if (strcmp(line, "reset") == 0) {
        serve_reset(fd);
    } else if (strcmp(line, "deaf") == 0) {
        serve_deaf(fd);
    }
}

static void *connection_main(void *arg)
{
    int fd = (int)(intptr_t)arg;
    const int on = 1;
    char line[64];

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (read_line(fd, line, sizeof(line))) {
        serve(fd, line);
    }
    close(fd);
    return NULL;
}

static void *server_main(void *arg)
{
    int listener = (int)(intptr_t)arg;

    for (;;) {
        pthread_t thread;
        int fd = accept(listener, NULL, NULL);

        if (fd < 0 || pthread_create(&thread, NULL, connection_main, (void *)(intptr_t)fd) != 0) {
            die("echo server");
        }
        pthread_detach(thread);
    }
    return NULL;
}

uint16_t echo_server_start(void)
{
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(addr);
    const int small = SMALL_BUFFER;
    pthread_t thread;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    /* Connections inherit it, so that a deaf one is full soon. */
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0 || listen(fd, 8) != 0 ||
        getsockname(fd, (struct sockaddr *)&addr, &len) != 0 ||
        pthread_create(&thread, NULL, server_main, (void *)(intptr_t)fd) != 0) {
        die("echo server");
    }
    pthread_detach(thread);
    return ntohs(addr.sin_port);
}
