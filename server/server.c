/* SPDX-License-Identifier: Apache-2.0 */
/* The server as a whole: opens what it needs, accepts connections up to a limit, stops cleanly. */
#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "file.h"
#include "internal.h"
#include "log.h"
#include "tls.h"

static void set_default(unsigned *value, unsigned otherwise)
{
    *value = *value ? *value : otherwise;
}

static void fill_defaults(struct srv_config *config)
{
    set_default(&config->max_connections, 64);
    set_default(&config->handshake_timeout_ms, 30000);
    set_default(&config->head_timeout_ms, 30000);
    set_default(&config->idle_timeout_ms, 60000);
    set_default(&config->stall_timeout_ms, 120000);
    set_default(&config->min_bytes_per_s, 512);
    set_default(&config->stop_timeout_ms, 10000);
}

static struct timeval timeval_of(unsigned ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000};
}

static void on_stop_timeout(evutil_socket_t fd, short what, void *arg)
{
    struct srv_server *server = arg;
    (void)fd;
    (void)what;
    srv_log(&server->config, SRV_LOG_WARNING, "stopped with %u connections under way",
            server->n_conns);
    event_base_loopbreak(server->base);
}

/* The first stop lets replies end, the second does not. */
static void begin_stop(struct srv_server *server)
{
    struct timeval limit = timeval_of(server->config.stop_timeout_ms);
    if (server->n_stops++ > 0) {
        on_stop_timeout(-1, 0, server);
        return;
    }
    evconnlistener_disable(server->listener);
    event_del(server->accept_pause);
    event_add(server->stop_timer, &limit);
    struct srv_conn *next;
    for (struct srv_conn *c = LIST_FIRST(&server->conns); c; c = next) {
        next = srv_conn_next(c);
        srv_conn_finish(c);
    }
    if (server->n_conns == 0) {
        event_base_loopbreak(server->base);
    }
}

static void on_signal(evutil_socket_t number, short what, void *arg)
{
    (void)number;
    (void)what;
    begin_stop(arg);
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
    uint64_t n_stops = 0;
    (void)what;
    if (read(fd, &n_stops, sizeof n_stops) == sizeof n_stops) {
        begin_stop(arg);
    }
}

static void resume_accept(struct srv_server *server)
{
    if (server->n_stops == 0 && server->n_conns < server->config.max_connections) {
        evconnlistener_enable(server->listener);
    }
}

static void on_accept_pause(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    resume_accept(arg);
}

void srv_server_conn_gone(struct srv_server *server)
{
    server->n_conns--;
    resume_accept(server);
    if (server->n_stops > 0 && server->n_conns == 0) {
        event_base_loopbreak(server->base);
    }
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *peer,
                      int peer_len, void *arg)
{
    struct srv_server *server = arg;
    if (!srv_conn_open(server, fd, peer, peer_len)) {
        srv_log(&server->config, SRV_LOG_WARNING, "connection dropped: out of memory");
        return;
    }
    if (server->n_conns >= server->config.max_connections) {
        evconnlistener_disable(listener);
    }
}

/* Without a pause a full descriptor table would keep the loop spinning. */
static void on_accept_error(struct evconnlistener *listener, void *arg)
{
    struct srv_server *server = arg;
    struct timeval pause = timeval_of(1000);
    srv_log(&server->config, SRV_LOG_WARNING, "cannot accept a connection: %s", strerror(errno));
    evconnlistener_disable(listener);
    event_add(server->accept_pause, &pause);
}

static bool open_root(struct srv_server *server, struct srv_error *err)
{
    server->root_fd = srv_file_open_root(server->config.root);
    if (server->root_fd >= 0) {
        return true;
    }
    int reason = errno;
    srv_error_set(err, "cannot serve the folder '%s': %s", server->config.root, strerror(reason));
    if (reason == ENOSYS) {
        srv_error_hint(err, "this needs openat2, Linux 5.6 or later");
    } else if (reason == ENOENT) {
        srv_error_hint(err, "make it first, or check its spelling");
    }
    return false;
}

static bool open_listener(struct srv_server *server, struct srv_error *err)
{
    int fd = srv_listen(&server->config, &server->port, err);
    if (fd < 0) {
        return false;
    }
    server->listener = evconnlistener_new(server->base, on_accept, server,
                                          LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
    if (!server->listener) {
        close(fd);
        srv_error_set(err, "cannot watch the listening socket: out of memory");
        return false;
    }
    evconnlistener_set_error_cb(server->listener, on_accept_error);
    return true;
}

static struct event *add_signal(struct srv_server *server, int number)
{
    struct event *event = evsignal_new(server->base, number, on_signal, server);
    if (event) {
        event_add(event, NULL);
    }
    return event;
}

static bool open_events(struct srv_server *server, struct srv_error *err)
{
    server->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    server->base = event_base_new();
    if (server->base && server->wake_fd >= 0) {
        server->wake =
            event_new(server->base, server->wake_fd, EV_READ | EV_PERSIST, on_wake, server);
        server->stop_timer = evtimer_new(server->base, on_stop_timeout, server);
        server->accept_pause = evtimer_new(server->base, on_accept_pause, server);
    }
    bool ok = server->wake && server->stop_timer && server->accept_pause;
    if (ok && server->config.stop_on_signals) {
        server->sigint = add_signal(server, SIGINT);
        server->sigterm = add_signal(server, SIGTERM);
        ok = server->sigint && server->sigterm;
    }
    if (!ok) {
        srv_error_set(err, "cannot set up the event loop: out of memory or descriptors");
        return false;
    }
    event_add(server->wake, NULL);
    return true;
}

/* OpenSSL writes to sockets that the peer may have closed: that must be an error, not the end. */
static void ignore_sigpipe(void)
{
    struct sigaction action;
    if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL) {
        action.sa_handler = SIG_IGN;
        sigaction(SIGPIPE, &action, NULL);
    }
}

static bool open_all(struct srv_server *server, struct srv_error *err)
{
    if (!open_root(server, err)) {
        return false;
    }
    server->tls = srv_tls_new(&server->config, err);
    if (!server->tls) {
        return false;
    }
    srv_tls_get_name(server->tls, server->name, sizeof server->name);
    srv_tls_warn(server->tls, &server->config);
    return open_events(server, err) && open_listener(server, err);
}

struct srv_server *srv_server_open(const struct srv_config *config, struct srv_error *err)
{
    struct srv_server *server = calloc(1, sizeof *server);
    if (!server) {
        srv_error_set(err, "out of memory");
        return NULL;
    }
    server->config = *config;
    server->root_fd = -1;
    server->wake_fd = -1;
    LIST_INIT(&server->conns);
    fill_defaults(&server->config);
    ignore_sigpipe();
    if (!open_all(server, err)) {
        srv_server_close(server);
        return NULL;
    }
    server->config.root = server->config.cert_file = server->config.key_file = NULL;
    server->config.bind_address = NULL;
    return server;
}

uint16_t srv_server_port(const struct srv_server *server)
{
    return server->port;
}

const char *srv_server_name(const struct srv_server *server)
{
    return server->name;
}

bool srv_server_run(struct srv_server *server)
{
    int result = event_base_dispatch(server->base);
    srv_log(&server->config, SRV_LOG_NOTE, "stopped after %" PRIu64 " requests, %" PRIu64 " bytes",
            server->n_requests, server->n_bytes);
    return result == 0;
}

void srv_server_stop(struct srv_server *server)
{
    uint64_t one = 1;
    ssize_t n = write(server->wake_fd, &one, sizeof one);
    (void)n; /* full only when a stop already waits to be read */
}

static void free_event(struct event *event)
{
    if (event) {
        event_free(event);
    }
}

void srv_server_close(struct srv_server *server)
{
    if (!server) {
        return;
    }
    while (!LIST_EMPTY(&server->conns)) {
        srv_conn_close(LIST_FIRST(&server->conns));
    }
    if (server->listener) {
        evconnlistener_free(server->listener);
    }
    free_event(server->wake);
    free_event(server->sigint);
    free_event(server->sigterm);
    free_event(server->stop_timer);
    free_event(server->accept_pause);
    if (server->base) {
        event_base_free(server->base);
    }
    if (server->wake_fd >= 0) {
        close(server->wake_fd);
    }
    if (server->root_fd >= 0) {
        close(server->root_fd);
    }
    SSL_CTX_free(server->tls);
    free(server);
}
