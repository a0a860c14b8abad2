/* SPDX-License-Identifier: Apache-2.0 */
/* See bad_server.h. */
#include "bad_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BLOCK_LEN 16384u
#define WAIT_S    60

/* A connection, with TLS or without. */
struct link {
    int fd;
    SSL *ssl; /* NULL: plain */
};

int bad_server_listen(uint16_t port, uint16_t *bound)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t len = sizeof at;
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0) {
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, 8) < 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) < 0) {
        int reason = errno;
        close(fd);
        errno = reason;
        return -1;
    }
    *bound = ntohs(at.sin_port);
    return fd;
}

static SSL_CTX *make_context(const struct bad_server_config *config)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    bool ok = ctx && SSL_CTX_use_certificate_chain_file(ctx, config->cert_file) == 1 &&
              SSL_CTX_use_PrivateKey_file(ctx, config->key_file, SSL_FILETYPE_PEM) == 1 &&
              SSL_CTX_set_max_send_fragment(ctx, config->record_len ? config->record_len
                                                                    : BLOCK_LEN) == 1;
    if (!ok) {
        ERR_print_errors_fp(stderr);
        SSL_CTX_free(ctx);
        return NULL;
    }
    return ctx;
}

static int link_read(struct link *l, char *dst, size_t size)
{
    return l->ssl ? SSL_read(l->ssl, dst, (int)size) : (int)read(l->fd, dst, size);
}

static bool link_write(struct link *l, const void *data, size_t len)
{
    const uint8_t *at = data;
    while (len > 0) {
        size_t block = len < BLOCK_LEN ? len : BLOCK_LEN;
        int n =
            l->ssl ? SSL_write(l->ssl, at, (int)block) : (int)send(l->fd, at, block, MSG_NOSIGNAL);
        if (n <= 0) {
            return false;
        }
        at += n;
        len -= (size_t)n;
    }
    return true;
}

static bool read_request(struct link *l, char line[128])
{
    char head[8192];
    size_t len = 0;
    line[0] = '\0';
    for (;;) {
        int n = len < sizeof head - 1 ? link_read(l, head + len, sizeof head - 1 - len) : 0;
        if (n <= 0) {
            return false;
        }
        len += (size_t)n;
        head[len] = '\0';
        /* A TLS client on a plain port gets an answer at once, as from any web server. */
        bool is_foreign = !l->ssl && (head[0] < 'A' || head[0] > 'Z');
        if (is_foreign || strstr(head, "\r\n\r\n")) {
            snprintf(line, 128, "%.*s", is_foreign ? 0 : (int)strcspn(head, "\r\n"), head);
            return true;
        }
    }
}

static void add(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void add(char *text, size_t size, const char *format, ...)
{
    size_t len = strlen(text);
    va_list args;
    va_start(args, format);
    vsnprintf(text + len, size - len, format, args);
    va_end(args);
}

static bool send_head(struct link *l, const struct bad_server_config *config)
{
    char head[1024] = "";
    unsigned status = config->status ? config->status : 200;
    add(head, sizeof head, "HTTP/1.%d %u Told\r\nContent-Type: text/plain\r\n",
        config->is_http_1_0 ? 0 : 1, status);
    if (config->location) {
        add(head, sizeof head, "Location: %s\r\n", config->location);
    }
    if (config->framing == BAD_LENGTH) {
        add(head, sizeof head, "Content-Length: %lld\r\n",
            (long long)((int64_t)config->body_len + config->length_error));
    } else if (config->framing == BAD_CHUNKED) {
        add(head, sizeof head, "Transfer-Encoding: chunked\r\n");
    }
    add(head, sizeof head, "\r\n");
    return link_write(l, head, strlen(head));
}

/* Chunks of 1, 3, 7, ... bytes, then of about 4000: no boundary falls where a reader likes it. */
static size_t next_chunk(size_t chunk)
{
    return chunk == 0 ? 1 : chunk < 4000 ? chunk * 2 + 1 : 4001;
}

static bool send_chunked(struct link *l, const struct bad_server_config *config, size_t len,
                         size_t *sent)
{
    char line[32];
    for (size_t chunk = next_chunk(0); *sent < len; chunk = next_chunk(chunk)) {
        size_t n = len - *sent < chunk ? len - *sent : chunk;
        snprintf(line, sizeof line, "%zx\r\n", n);
        if (!link_write(l, line, strlen(line)) || !link_write(l, config->body + *sent, n) ||
            !link_write(l, "\r\n", 2)) {
            return false;
        }
        *sent += n;
    }
    return len < config->body_len || link_write(l, "0\r\n\r\n", 5);
}

static bool send_body(struct link *l, const struct bad_server_config *config, size_t *sent)
{
    size_t len = config->cut_at < config->body_len ? config->cut_at : config->body_len;
    if (config->framing == BAD_CHUNKED) {
        return send_chunked(l, config, len, sent);
    }
    while (*sent < len) {
        size_t n = len - *sent < BLOCK_LEN ? len - *sent : BLOCK_LEN;
        if (!link_write(l, config->body + *sent, n)) {
            return false;
        }
        *sent += n;
    }
    return true;
}

/* Waits until the peer's kernel has acknowledged everything, five seconds at most. */
static void wait_until_taken(int fd)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    int unsent = 1;
    for (int i = 0; i < 5000 && unsent > 0; i++) {
        if (ioctl(fd, SIOCOUTQ, &unsent) < 0) {
            return;
        }
        nanosleep(&moment, NULL);
    }
}

static void wait_until_peer_leaves(struct link *l, unsigned limit_s)
{
    struct timeval limit = {.tv_sec = limit_s ? limit_s : 300};
    char bytes[256];
    setsockopt(l->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    while (read(l->fd, bytes, sizeof bytes) > 0) {
        /* TLS bytes of no interest. */
    }
}

static void end(struct link *l, const struct bad_server_config *config)
{
    switch (config->end) {
    case BAD_NOTIFY:
        if (l->ssl) {
            SSL_shutdown(l->ssl);
        }
        break;
    case BAD_FIN:
        break;
    case BAD_RST:
        wait_until_taken(l->fd);
        setsockopt(l->fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1},
                   sizeof(struct linger));
        return;
    case BAD_STALL:
        wait_until_peer_leaves(l, config->stall_limit_s);
        return;
    }
    /* A FIN must not turn into a reset because of bytes that the client sent meanwhile. */
    shutdown(l->fd, SHUT_WR);
    wait_until_peer_leaves(l, 10);
}

static void note_ssl_error(struct bad_server_result *result, const char *what)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    snprintf(result->error, sizeof result->error, "%s: %s", what, reason ? reason : "closed");
    ERR_clear_error();
}

static void converse(struct link *l, const struct bad_server_config *config,
                     struct bad_server_result *result)
{
    if (l->ssl && SSL_accept(l->ssl) != 1) {
        note_ssl_error(result, "handshake");
        return;
    }
    if (!read_request(l, result->request)) {
        note_ssl_error(result, "request");
        return;
    }
    if (!send_head(l, config) || !send_body(l, config, &result->sent)) {
        note_ssl_error(result, "reply");
        return;
    }
    end(l, config);
}

static int accept_one(int listener)
{
    struct timeval limit = {.tv_sec = WAIT_S};
    int on = 1, fd;
    do {
        fd = accept(listener, NULL, NULL);
    } while (fd < 0 && errno == EINTR);
    if (fd >= 0) {
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return fd;
}

bool bad_server_serve(int listener, const struct bad_server_config *config,
                      struct bad_server_result *result)
{
    struct link l = {.fd = -1};
    SSL_CTX *ctx = config->cert_file ? make_context(config) : NULL;
    *result = (struct bad_server_result){.sent = 0};
    if (config->cert_file && !ctx) {
        return false;
    }
    l.fd = accept_one(listener);
    if (l.fd >= 0 && ctx) {
        l.ssl = SSL_new(ctx);
        SSL_set_fd(l.ssl, l.fd);
    }
    if (l.fd >= 0) {
        converse(&l, config, result);
        close(l.fd);
    }
    SSL_free(l.ssl);
    SSL_CTX_free(ctx);
    return l.fd >= 0;
}
