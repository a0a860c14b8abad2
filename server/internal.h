/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share. */
#ifndef SRV_INTERNAL_H
#define SRV_INTERNAL_H

#include <openssl/ssl.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "srv_server.h"

struct event;
struct event_base;
struct evconnlistener;
struct srv_conn;

LIST_HEAD(srv_conn_list, srv_conn);

struct srv_server {
    struct srv_config config; /* defaults filled in; its strings are gone after open */
    SSL_CTX *tls;
    int root_fd;
    int wake_fd; /* eventfd: srv_server_stop() writes to it */
    uint16_t port;
    char name[256];

    struct event_base *base;
    struct evconnlistener *listener;
    struct event *wake;
    struct event *sigint, *sigterm;
    struct event *stop_timer;
    struct event *accept_pause;

    struct srv_conn_list conns;
    unsigned n_conns;
    unsigned n_stops; /* requests to stop so far */
    uint64_t n_requests;
    uint64_t n_bytes; /* of bodies */
};

/* Takes over an accepted socket. Errors: false when memory is out; fd is closed. */
bool srv_conn_open(struct srv_server *server, int fd, const struct sockaddr *peer, int peer_len);

/* Ends a connection at a stop, unless a reply is under way; that one closes when it is done. */
void srv_conn_finish(struct srv_conn *conn);

/* Cuts a connection and frees it. */
void srv_conn_close(struct srv_conn *conn);

/* Returns the one after conn in the server's list, NULL at its end. */
struct srv_conn *srv_conn_next(const struct srv_conn *conn);

/* Called by a connection after it has left the list. */
void srv_server_conn_gone(struct srv_server *server);

/* Opens the listening socket and stores its port. Errors: -1 with err filled. */
int srv_listen(const struct srv_config *config, uint16_t *port, struct srv_error *err);

#endif
