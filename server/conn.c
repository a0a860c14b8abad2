/* SPDX-License-Identifier: Apache-2.0 */
/* The life of one connection: handshake, then request and reply in turns, then an orderly end. One
 * timer guards every state; nothing waits without a deadline. */
#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"
#include "log.h"
#include "reply.h"
#include "tls.h"

#define BLOCK_LEN 16384u /* one full TLS record */
#define QUEUE_LEN 65536u /* reading from disk pauses above this */
#define NOTSENT_LEN                                                                                \
    32768 /* unsent bytes in the kernel, so that the log's seconds are the peer's                  \
           */
#define LINGER_MS 2000u

enum conn_state {
    CONN_HANDSHAKE,
    CONN_IDLE,   /* waits for the first byte of a request */
    CONN_HEAD,   /* waits for the rest of its head */
    CONN_REPLY,  /* sends; does not read */
    CONN_LINGER, /* has said goodbye; lets the peer take the last bytes */
};

struct srv_conn {
    LIST_ENTRY(srv_conn) link;
    struct srv_server *server;
    struct bufferevent *bev;
    struct event *deadline;
    enum conn_state state;
    char peer[96];
    struct srv_request request;
    struct srv_reply reply;
    uint64_t queued;       /* body bytes taken from the reply's file */
    uint64_t sent;         /* bytes of the reply, with head, that left for the kernel */
    uint64_t started_us;   /* when the request began */
    uint64_t reply_end_us; /* when the reply must be done */
};

static uint64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

static void set_deadline(struct srv_conn *c, uint64_t us)
{
    struct timeval t = {.tv_sec = (time_t)(us / 1000000u), .tv_usec = (suseconds_t)(us % 1000000u)};
    event_add(c->deadline, &t);
}

static void enter(struct srv_conn *c, enum conn_state state, unsigned timeout_ms)
{
    c->state = state;
    set_deadline(c, (uint64_t)timeout_ms * 1000u);
}

static SSL *ssl_of(const struct srv_conn *c)
{
    return bufferevent_openssl_get_ssl(c->bev);
}

static uint64_t body_sent(const struct srv_conn *c)
{
    return c->sent > c->reply.head_len ? c->sent - c->reply.head_len : 0;
}

/* The one line a request; cut is "" or says why the reply did not end. */
static void log_request(struct srv_conn *c, const char *cut)
{
    char tls[64];
    srv_tls_describe(ssl_of(c), tls, sizeof tls);
    srv_log(&c->server->config, SRV_LOG_REQUEST, "%s %s %s %u %" PRIu64 " bytes %.3f s %s%s%s",
            c->peer, c->request.method, c->request.shown, c->reply.status, body_sent(c),
            (double)(now_us() - c->started_us) / 1e6, tls, *cut ? " cut: " : "", cut);
    c->server->n_requests++;
    c->server->n_bytes += body_sent(c);
}

struct srv_conn *srv_conn_next(const struct srv_conn *conn)
{
    return LIST_NEXT(conn, link);
}

void srv_conn_close(struct srv_conn *c)
{
    struct srv_server *server = c->server;
    LIST_REMOVE(c, link);
    bufferevent_free(c->bev);
    event_free(c->deadline);
    srv_reply_clear(&c->reply);
    free(c);
    srv_server_conn_gone(server);
}

static void abort_reply(struct srv_conn *c, const char *why)
{
    log_request(c, why);
    srv_conn_close(c);
}

/* Sends close_notify; what OpenSSL thinks of a half-open connection must not stay in its queue. */
static void say_goodbye(struct srv_conn *c)
{
    SSL_shutdown(ssl_of(c));
    ERR_clear_error();
}

/* Says goodbye in TLS and TCP, then reads on for a moment: closing with unread input would make
 * the kernel reset the connection and take the reply's last bytes with it. */
static void close_orderly(struct srv_conn *c)
{
    say_goodbye(c);
    shutdown(bufferevent_getfd(c->bev), SHUT_WR);
    enter(c, CONN_LINGER, LINGER_MS);
    evbuffer_drain(bufferevent_get_input(c->bev), SRV_HEAD_MAX);
    bufferevent_enable(c->bev, EV_READ);
}

/* Moves file blocks to the output. Returns false when the file is not what its head promised. */
static bool fill_output(struct srv_conn *c)
{
    struct evbuffer *out = bufferevent_get_output(c->bev);
    const struct srv_file *file = &c->reply.file;
    while (file->fd >= 0 && c->queued < c->reply.body_len && evbuffer_get_length(out) < QUEUE_LEN) {
        struct evbuffer_iovec space;
        uint64_t left = c->reply.body_len - c->queued;
        size_t want = left < BLOCK_LEN ? (size_t)left : BLOCK_LEN;
        if (evbuffer_reserve_space(out, (ev_ssize_t)want, &space, 1) != 1) {
            return false;
        }
        ssize_t n = pread(file->fd, space.iov_base, want, (off_t)(c->reply.file_from + c->queued));
        bool is_last = n > 0 && (uint64_t)n == left;
        if (n <= 0 || (is_last && !srv_file_is_unchanged(file))) {
            return false;
        }
        space.iov_len = (size_t)n;
        evbuffer_commit_space(out, &space, 1);
        c->queued += (uint64_t)n;
    }
    return true;
}

static bool is_all_queued(const struct srv_conn *c)
{
    return c->reply.file.fd < 0 || c->queued == c->reply.body_len;
}

/* Every byte that leaves gives the peer a new stall timeout, up to the end of the whole reply. */
static void set_reply_deadline(struct srv_conn *c)
{
    uint64_t stall_us = (uint64_t)c->server->config.stall_timeout_ms * 1000u, now = now_us();
    uint64_t left_us = c->reply_end_us > now ? c->reply_end_us - now : 0;
    set_deadline(c, left_us < stall_us ? left_us : stall_us);
}

static void on_output(struct evbuffer *out, const struct evbuffer_cb_info *info, void *arg)
{
    struct srv_conn *c = arg;
    (void)out;
    if (c->state == CONN_REPLY && info->n_deleted > 0) {
        c->sent += info->n_deleted;
        set_reply_deadline(c);
    }
}

static void answer(struct srv_conn *c, unsigned status)
{
    const struct srv_config *config = &c->server->config;
    if (!srv_reply_make(c->server->root_fd, &c->request, status, &c->reply)) {
        srv_log(config, SRV_LOG_WARNING, "%s dropped: out of memory", c->peer);
        srv_conn_close(c);
        return;
    }
    bufferevent_disable(c->bev, EV_READ);
    c->queued = c->sent = 0;
    c->reply_end_us = now_us() + (uint64_t)config->stall_timeout_ms * 1000u +
                      c->reply.body_len / config->min_bytes_per_s * 1000000u;
    c->state = CONN_REPLY;
    set_reply_deadline(c);
    bufferevent_write_buffer(c->bev, c->reply.out);
    if (!fill_output(c)) {
        abort_reply(c, "the file changed or cannot be read");
    }
}

/* Takes one head from the input and answers it; waits when it is not complete. */
static void handle_input(struct srv_conn *c)
{
    struct evbuffer *in = bufferevent_get_input(c->bev);
    size_t len = evbuffer_get_length(in);
    if (len == 0) {
        return;
    }
    if (c->state == CONN_IDLE) {
        c->started_us = now_us();
        enter(c, CONN_HEAD, c->server->config.head_timeout_ms);
    }
    len = len < SRV_HEAD_MAX ? len : SRV_HEAD_MAX;
    const char *data = (const char *)evbuffer_pullup(in, (ev_ssize_t)len);
    size_t head_len = data ? srv_http_head_len(data, len) : 0;
    if (head_len == 0 && len < SRV_HEAD_MAX) {
        return;
    }
    unsigned status = srv_http_parse(data, head_len ? head_len : len, &c->request);
    if (head_len == 0) {
        status = 431;
        head_len = len;
    }
    evbuffer_drain(in, head_len);
    answer(c, status);
}

static void finish_reply(struct srv_conn *c)
{
    bool goes_on = c->reply.keep_alive && c->server->n_stops == 0;
    log_request(c, "");
    srv_reply_clear(&c->reply);
    if (!goes_on) {
        close_orderly(c);
        return;
    }
    enter(c, CONN_IDLE, c->server->config.idle_timeout_ms);
    bufferevent_enable(c->bev, EV_READ);
    handle_input(c);
}

static void on_read(struct bufferevent *bev, void *arg)
{
    struct srv_conn *c = arg;
    if (c->state == CONN_IDLE || c->state == CONN_HEAD) {
        handle_input(c);
    } else if (c->state == CONN_LINGER) {
        evbuffer_drain(bufferevent_get_input(bev), SRV_HEAD_MAX);
    }
}

static void on_write(struct bufferevent *bev, void *arg)
{
    struct srv_conn *c = arg;
    if (c->state != CONN_REPLY) {
        return;
    }
    if (!fill_output(c)) {
        abort_reply(c, "the file changed or cannot be read");
    } else if (is_all_queued(c) && evbuffer_get_length(bufferevent_get_output(bev)) == 0) {
        finish_reply(c);
    }
}

static void on_peer_gone(struct srv_conn *c, unsigned long ssl_error)
{
    char why[160];
    if (c->state == CONN_HANDSHAKE) {
        srv_tls_explain(ssl_error, why, sizeof why);
        srv_log(&c->server->config, SRV_LOG_NOTE, "%s no TLS: %s", c->peer, why);
    } else if (c->state == CONN_HEAD) {
        srv_log(&c->server->config, SRV_LOG_NOTE, "%s left in the middle of a request", c->peer);
    } else if (c->state == CONN_REPLY) {
        abort_reply(c, "the peer left");
        return;
    }
    srv_conn_close(c);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
    struct srv_conn *c = arg;
    if (what & BEV_EVENT_CONNECTED) {
        enter(c, CONN_IDLE, c->server->config.idle_timeout_ms);
    } else {
        on_peer_gone(c, bufferevent_get_openssl_error(bev));
    }
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
    struct srv_conn *c = arg;
    (void)fd;
    (void)what;
    switch (c->state) {
    case CONN_HANDSHAKE:
        srv_log(&c->server->config, SRV_LOG_NOTE, "%s no TLS: no handshake in time", c->peer);
        srv_conn_close(c);
        break;
    case CONN_IDLE:
        close_orderly(c);
        break;
    case CONN_HEAD:
        srv_http_parse("", 0, &c->request);
        answer(c, 408);
        break;
    case CONN_REPLY:
        abort_reply(c, "the peer takes it too slowly");
        break;
    case CONN_LINGER:
        srv_conn_close(c);
        break;
    }
}

void srv_conn_finish(struct srv_conn *c)
{
    if (c->state != CONN_REPLY) {
        say_goodbye(c);
        srv_conn_close(c);
    }
}

/* "192.168.1.7:50312" or "[fd00::7]:50312"; IPv4 on an IPv6 socket is shown as IPv4. */
static void format_peer(const struct sockaddr *peer, int len, char *dst, size_t size)
{
    char host[64], port[16];
    if (getnameinfo(peer, (socklen_t)len, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        snprintf(dst, size, "unknown");
        return;
    }
    const char *v4 = strncmp(host, "::ffff:", 7) == 0 && strchr(host, '.') ? host + 7 : NULL;
    if (v4 || !strchr(host, ':')) {
        snprintf(dst, size, "%s:%s", v4 ? v4 : host, port);
    } else {
        snprintf(dst, size, "[%s]:%s", host, port);
    }
}

static void set_socket_options(int fd)
{
    int on = 1, notsent = NOTSENT_LEN;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &notsent, sizeof notsent);
}

/* Returns the bufferevent, which then owns fd and its SSL; NULL with fd closed. */
static struct bufferevent *open_bufferevent(struct srv_server *server, int fd)
{
    SSL *ssl = SSL_new(server->tls);
    struct bufferevent *bev =
        ssl ? bufferevent_openssl_socket_new(server->base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
                                             BEV_OPT_CLOSE_ON_FREE)
            : NULL;
    if (!bev) {
        SSL_free(ssl);
        close(fd);
    }
    return bev;
}

bool srv_conn_open(struct srv_server *server, int fd, const struct sockaddr *peer, int peer_len)
{
    set_socket_options(fd);
    struct bufferevent *bev = open_bufferevent(server, fd);
    struct srv_conn *c = calloc(1, sizeof *c);
    struct event *deadline = evtimer_new(server->base, on_deadline, c);
    if (!bev || !c || !deadline) {
        if (bev) {
            bufferevent_free(bev);
        }
        if (deadline) {
            event_free(deadline);
        }
        free(c);
        return false;
    }
    *c = (struct srv_conn){.server = server, .bev = bev, .deadline = deadline, .reply.file.fd = -1};
    format_peer(peer, peer_len, c->peer, sizeof c->peer);
    LIST_INSERT_HEAD(&server->conns, c, link);
    server->n_conns++;
    bufferevent_setcb(bev, on_read, on_write, on_event, c);
    bufferevent_setwatermark(bev, EV_READ, 0, SRV_HEAD_MAX);
    bufferevent_setwatermark(bev, EV_WRITE, BLOCK_LEN, 0);
    evbuffer_add_cb(bufferevent_get_output(bev), on_output, c);
    enter(c, CONN_HANDSHAKE, server->config.handshake_timeout_ms);
    bufferevent_enable(bev, EV_READ | EV_WRITE);
    return true;
}
