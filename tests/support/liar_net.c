/* SPDX-License-Identifier: Apache-2.0 */
/* See liar_net.h. Counts what the fake transport counts: bytes inside TLS that the client took. */
#include "liar_net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "fake_device.h"
#include "http_transport.h"
#include "liar_server.h"
#include "liar_transport.h"

/* All that the table's redirects name. */
#define NAMES                                                                                      \
    "IP:10.0.2.2, DNS:other.example, DNS:portal.example, DNS:mirror.example, DNS:thief.example"
#define ANY_IP4      0x0202000au /* 10.0.2.2, of every name */
#define CONNECTS_MAX 1000u
#define LATE_S       60u

static struct liar_identity identity;
static struct {
    struct liar_server *server;
    void (*give_up)(void);
    uint32_t late_ms;
    unsigned connects, open;
    uint64_t given;
    char texts[65536]; /* where it connected to, then what the server has heard */
} net;

struct net_conn {
    int fd;
};

static uint32_t real_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

void liar_net_open(void)
{
    signal(SIGPIPE, SIG_IGN); /* a client that leaves the server in mid-word is what we are after */
    liar_identity_make(&identity, NAMES, FAKE_BUILD_S);
    fake_use_clock(real_ms);
}

void liar_net_close(void)
{
    liar_identity_free(&identity);
    fake_use_clock(NULL);
}

/* --- what the device asks for (liar_transport.h) --- */

void liar_transport_start(const struct liar_case *c, const struct liar_files *files,
                          void (*give_up)(void))
{
    memset(&net, 0, sizeof net);
    net.give_up = give_up;
    net.late_ms = (c->within_s + LATE_S) * 1000;
    net.server = liar_server_start(&identity, c, files);
    esp_tls_session_forget();
}

void liar_transport_stop(void)
{
    size_t len = strlen(net.texts);
    liar_server_stop(net.server);
    snprintf(net.texts + len, sizeof net.texts - len, "%s", liar_server_requests(net.server));
    liar_server_free(net.server);
}

const char *liar_transport_ca(void)
{
    return identity.ca_pem;
}

unsigned liar_transport_connects(void)
{
    return net.connects;
}

unsigned liar_transport_open_connections(void)
{
    return net.open;
}

uint64_t liar_transport_given(void)
{
    return net.given;
}

const char *liar_transport_requests(void)
{
    return net.texts;
}

/* --- beside the HTTP client's transport --- */

esp_err_t __real_http_transport_open(struct http_transport *t, bool tls,
                                     const struct esp_tls_session_config *config);
esp_err_t __wrap_http_transport_open(struct http_transport *t, bool tls,
                                     const struct esp_tls_session_config *config);
esp_err_t __wrap_http_transport_open(struct http_transport *t, bool tls,
                                     const struct esp_tls_session_config *config)
{
    size_t len = strlen(net.texts);
    snprintf(net.texts + len, sizeof net.texts - len, "connect %s %s:%u\n", tls ? "https" : "http",
             config->host, (unsigned)config->port);
    return __real_http_transport_open(t, tls, config);
}

esp_err_t __real_http_transport_read(struct http_transport *t, void *buf, size_t len,
                                     uint32_t timeout_ms, size_t *n_read,
                                     enum http_transport_end *end);
esp_err_t __wrap_http_transport_read(struct http_transport *t, void *buf, size_t len,
                                     uint32_t timeout_ms, size_t *n_read,
                                     enum http_transport_end *end);
esp_err_t __wrap_http_transport_read(struct http_transport *t, void *buf, size_t len,
                                     uint32_t timeout_ms, size_t *n_read,
                                     enum http_transport_end *end)
{
    esp_err_t err = __real_http_transport_read(t, buf, len, timeout_ms, n_read, end);
    net.given += *n_read;
    return err;
}

/* --- net_conn.h over sockets --- */

static void check_patience(void)
{
    if (fake_now_ms() > net.late_ms || net.connects > CONNECTS_MAX) {
        net.give_up();
    }
}

esp_err_t net_resolve(const char *host, uint32_t timeout_ms, uint32_t *ip4)
{
    (void)timeout_ms;
    if (inet_pton(AF_INET, host, ip4) != 1) {
        *ip4 = ANY_IP4;
    }
    return ESP_OK;
}

static bool wait_for(int fd, short events, uint32_t timeout_ms)
{
    struct pollfd polled = {.fd = fd, .events = events};
    return poll(&polled, 1, (int)timeout_ms) > 0;
}

/* Connects a socket that does not block. */
static esp_err_t connect_to(int fd, uint16_t port, uint32_t timeout_ms)
{
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
    int reason = 0;
    socklen_t len = sizeof reason;
    if (connect(fd, (const struct sockaddr *)&to, sizeof to) == 0) {
        return ESP_OK;
    }
    if (errno != EINPROGRESS) {
        return ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST;
    }
    if (!wait_for(fd, POLLOUT, timeout_ms)) {
        return ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT;
    }
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &reason, &len);
    return reason == 0 ? ESP_OK : ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST;
}

esp_err_t net_conn_open(uint32_t ip4, uint16_t port, uint32_t timeout_ms, struct net_conn **conn)
{
    (void)ip4;
    (void)port;
    net.connects++;
    check_patience();
    struct net_conn *c = malloc(sizeof *c);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (!c || fd < 0) {
        fprintf(stderr, "liar_net: no socket: %s\n", strerror(errno));
        abort();
    }
    esp_err_t err = connect_to(fd, liar_server_route(net.server), timeout_ms);
    if (err != ESP_OK) {
        close(fd);
        free(c);
        return err;
    }
    net.open++;
    c->fd = fd;
    *conn = c;
    return ESP_OK;
}

esp_err_t net_conn_read(struct net_conn *conn, void *buf, size_t len, uint32_t timeout_ms,
                        size_t *n_read)
{
    *n_read = 0;
    check_patience();
    if (!wait_for(conn->fd, POLLIN, timeout_ms)) {
        return ESP_ERR_TIMEOUT;
    }
    ssize_t n = recv(conn->fd, buf, len, 0);
    if (n < 0) {
        return ESP_ERR_HTTP_CONNECTION_CLOSED;
    }
    *n_read = (size_t)n;
    return ESP_OK;
}

esp_err_t net_conn_write(struct net_conn *conn, const void *data, size_t len, uint32_t timeout_ms)
{
    for (const char *at = data; len > 0;) {
        ssize_t n = send(conn->fd, at, len, MSG_NOSIGNAL);
        if (n >= 0) {
            at += n;
            len -= (size_t)n;
        } else if (errno != EAGAIN) {
            return ESP_ERR_HTTP_CONNECTION_CLOSED;
        } else if (!wait_for(conn->fd, POLLOUT, timeout_ms)) {
            return ESP_ERR_TIMEOUT;
        }
    }
    return ESP_OK;
}

void net_conn_close(struct net_conn *conn)
{
    if (conn) {
        net.open--;
        close(conn->fd);
        free(conn);
    }
}
