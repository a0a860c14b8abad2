/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server on lwIP: connections, their channels, and what a script does to them. lwIP's
 * callbacks only take notes; all work is done in vb_server_service(), once after every event. */
#ifndef VB_PEER_SERVER_H
#define VB_PEER_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "net_script.h"
#include "peer_files.h"
#include "peer_http.h"
#include "peer_tls.h"
#include "vb_net_peer.h"

#define VB_SERVER_CONNS 8u

struct tcp_pcb;
struct vb_server;

struct vb_conn {
    struct vb_server *server;
    struct tcp_pcb *pcb; /* NULL: lwIP has given it up */
    struct vb_channel *channel;
    bool is_used;
    bool heard_fin;
    bool must_reset;
    bool is_closing; /* FIN follows what waits to be sent */
    bool is_answering;
    bool keeps_open;     /* after the present answer */
    uint64_t stalled_us; /* no body before this time */
    unsigned number;     /* of the connection, from 0 */
    bool has_step;       /* of the author's */
    struct vb_peer_step step;
    bool has_news;       /* from the other side, since the last service */
    uint64_t heard_us;   /* when there was some */
    struct vb_body body;
    size_t body_at;
    size_t n_head; /* of what the client has sent; an author's requests are not consumed */
    char head[VB_HTTP_HEAD];
};

struct vb_server {
    struct vb_tls_server *tls; /* NULL: plain HTTP */
    struct vb_peer_files files;
    const struct vb_peer_author *author; /* NULL: the files are served */
    struct vb_script *script;
    uint64_t body_bytes; /* of all answers */
    uint64_t limit;      /* no body byte beyond this total */
    unsigned n_connections, n_requests;
    struct vb_conn *writer; /* of the last body byte; NULL: it is gone, or nobody yet */
    struct vb_conn conn[VB_SERVER_CONNS];
};

/* Listens; the fields of server that are input are set. Errors: false, memory is out. */
bool vb_server_start(struct vb_server *server, uint16_t port);
/* Frees what connections hold; lwIP's side is ended by vb_peer_stack_stop() before. */
void vb_server_stop(struct vb_server *server);
/* Does all that can be done now. */
void vb_server_service(struct vb_server *server, uint64_t now_us);
/* When a stalled connection goes on or a silent one is given up; UINT64_MAX for never. */
uint64_t vb_server_next_us(const struct vb_server *server, uint64_t now_us);
/* Carries out CLOSE, RESET or STALL on one connection, or on all when conn is NULL. */
void vb_server_act(struct vb_server *server, struct vb_conn *conn,
                   const struct vb_script_rule *rule, uint64_t now_us);

#endif
