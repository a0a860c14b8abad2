/* SPDX-License-Identifier: Apache-2.0 */
/* See peer_server.h. */
#include "peer_server.h"

#include <string.h>

#include "lwip/tcp.h"
#include "peer_answer.h"
#include "peer_author.h"
#include "peer_stack.h"

#define PIECE   16384u             /* of a body, in one go: a full TLS record */
#define IDLE_US UINT64_C(60000000) /* of silence, until a connection is reset */

/* --- what lwIP calls --- */

static err_t on_received(void *ctx, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
    struct vb_conn *conn = ctx;
    (void)err;
    conn->has_news = true;
    if (p == NULL) {
        conn->heard_fin = true;
        return ERR_OK;
    }
    for (const struct pbuf *part = p; part != NULL; part = part->next) {
        conn->must_reset |= !vb_channel_feed(conn->channel, part->payload, part->len);
    }
    tcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    return ERR_OK;
}

static err_t on_acknowledged(void *ctx, struct tcp_pcb *pcb, u16_t len)
{
    struct vb_conn *conn = ctx;
    (void)pcb;
    (void)len;
    conn->has_news = true;
    return ERR_OK;
}

static void on_gone(void *ctx, err_t err)
{
    struct vb_conn *conn = ctx;
    (void)err;
    conn->pcb = NULL;
}

static struct vb_conn *find_free(struct vb_server *server)
{
    for (unsigned i = 0; i < VB_SERVER_CONNS; i++) {
        if (!server->conn[i].is_used) {
            return &server->conn[i];
        }
    }
    return NULL;
}

static err_t on_accepted(void *ctx, struct tcp_pcb *pcb, err_t err)
{
    struct vb_server *server = ctx;
    struct vb_conn *conn = find_free(server);
    bool is_wanted = err == ERR_OK && conn != NULL && vb_author_begin(server);
    struct vb_channel *channel = is_wanted ? vb_channel_new(server->tls) : NULL;
    if (channel == NULL) {
        return ERR_MEM; /* lwIP resets the connection */
    }
    *conn = (struct vb_conn){.server = server,
                             .pcb = pcb,
                             .channel = channel,
                             .is_used = true,
                             .has_news = true,
                             .number = server->n_connections - 1};
    tcp_nagle_disable(pcb);
    tcp_arg(pcb, conn);
    tcp_recv(pcb, on_received);
    tcp_sent(pcb, on_acknowledged);
    tcp_err(pcb, on_gone);
    return ERR_OK;
}

/* --- ends of connections --- */

static void drop(struct vb_conn *conn)
{
    vb_channel_free(conn->channel);
    vb_body_free(&conn->body);
    if (conn->server->writer == conn) {
        conn->server->writer = NULL;
    }
    conn->is_used = false;
}

/* lwIP goes on sending what it has, without us. */
static void close_pcb(struct vb_conn *conn)
{
    struct tcp_pcb *pcb = conn->pcb;
    tcp_arg(pcb, NULL);
    tcp_recv(pcb, NULL);
    tcp_sent(pcb, NULL);
    tcp_err(pcb, NULL);
    if (tcp_close(pcb) != ERR_OK) {
        tcp_abort(pcb);
    }
    drop(conn);
}

static void reset_pcb(struct vb_conn *conn)
{
    struct tcp_pcb *pcb = conn->pcb;
    tcp_err(pcb, NULL);
    tcp_abort(pcb);
    drop(conn);
}

/* --- answers --- */

/* Answers the request that stands in head, if it is complete. */
static void take_request(struct vb_conn *conn)
{
    struct vb_http_request request;
    int used = vb_http_parse(conn->head, conn->n_head, &request);
    if (used == 0) {
        return;
    }
    size_t len = used > 0 ? (size_t)used : conn->n_head;
    vb_peer_answer(conn, &request, used > 0);
    conn->n_head -= len;
    memmove(conn->head, conn->head + len, conn->n_head);
}

static void read_requests(struct vb_conn *conn)
{
    while (!conn->is_answering && !conn->is_closing) {
        int n = vb_channel_read(conn->channel, (uint8_t *)conn->head + conn->n_head,
                                sizeof(conn->head) - conn->n_head);
        if (n < 0 || (n == 0 && conn->heard_fin)) {
            conn->is_closing = true;
        }
        if (n <= 0) {
            return;
        }
        conn->n_head += (size_t)n;
        take_request(conn);
    }
}

static size_t next_piece(const struct vb_conn *conn)
{
    size_t left = conn->body.len - conn->body_at;
    uint64_t allowed = conn->server->limit - conn->server->body_bytes;
    left = left < PIECE ? left : PIECE;
    return left < allowed ? left : (size_t)allowed;
}

static void end_answer(struct vb_conn *conn)
{
    vb_body_free(&conn->body);
    conn->is_answering = false;
    if (!conn->keeps_open) {
        vb_channel_finish(conn->channel);
        conn->is_closing = true;
    } else if (conn->n_head > 0) {
        take_request(conn);
    }
}

/* Gives the channel one more piece when it is empty. */
static void write_body(struct vb_conn *conn, uint64_t now_us)
{
    const uint8_t *waiting;
    if (now_us < conn->stalled_us || vb_channel_pending(conn->channel, &waiting) >= PIECE) {
        return;
    }
    size_t len = next_piece(conn);
    if (len > 0) {
        conn->must_reset |= !vb_channel_write(conn->channel, conn->body.bytes + conn->body_at, len);
        conn->body_at += len;
        conn->server->body_bytes += len;
        conn->server->writer = conn;
    }
    if (conn->body_at == conn->body.len) {
        end_answer(conn);
    }
}

/* Moves what waits into lwIP's send buffer. */
static void flush(struct vb_conn *conn)
{
    const uint8_t *bytes;
    size_t len = vb_channel_pending(conn->channel, &bytes);
    size_t room = tcp_sndbuf(conn->pcb);
    len = len < room ? len : room;
    if (len > 0 && tcp_write(conn->pcb, bytes, (u16_t)len, TCP_WRITE_FLAG_COPY) == ERR_OK) {
        vb_channel_sent(conn->channel, len);
    }
    tcp_output(conn->pcb);
}

static void work(struct vb_conn *conn, uint64_t now_us)
{
    const uint8_t *bytes;
    size_t waited;
    do { /* as long as the send buffer takes more */
        if (conn->server->author != NULL) {
            vb_author_work(conn, now_us);
        } else if (!conn->is_closing && !conn->is_answering) {
            read_requests(conn);
        }
        if (conn->is_answering && !conn->is_closing) {
            write_body(conn, now_us);
        }
        waited = vb_channel_pending(conn->channel, &bytes);
        flush(conn);
    } while (vb_channel_pending(conn->channel, &bytes) < waited && !conn->must_reset);
}

/* When silence has lasted too long: a client that was switched off must not keep the board awake.
 */
static uint64_t idle_end(const struct vb_conn *conn)
{
    return (conn->heard_us > conn->stalled_us ? conn->heard_us : conn->stalled_us) + IDLE_US;
}

static void service(struct vb_conn *conn, uint64_t now_us)
{
    const uint8_t *bytes;
    conn->heard_us = conn->has_news ? now_us : conn->heard_us;
    conn->has_news = false;
    conn->must_reset |= now_us >= idle_end(conn);
    if (conn->pcb != NULL && !conn->must_reset) {
        work(conn, now_us);
    }
    if (conn->pcb == NULL) {
        drop(conn);
    } else if (conn->must_reset) {
        reset_pcb(conn);
    } else if (conn->is_closing && vb_channel_pending(conn->channel, &bytes) == 0) {
        close_pcb(conn);
    }
}

/* --- the server --- */

void vb_server_service(struct vb_server *server, uint64_t now_us)
{
    for (unsigned i = 0; i < VB_SERVER_CONNS; i++) {
        if (server->conn[i].is_used) {
            service(&server->conn[i], now_us);
        }
    }
}

uint64_t vb_server_next_us(const struct vb_server *server, uint64_t now_us)
{
    uint64_t next = UINT64_MAX;
    for (unsigned i = 0; i < VB_SERVER_CONNS; i++) {
        const struct vb_conn *conn = &server->conn[i];
        if (conn->is_used) {
            uint64_t at = conn->stalled_us > now_us ? conn->stalled_us : idle_end(conn);
            next = at < next ? at : next;
        }
    }
    return next;
}

static void act(struct vb_conn *conn, const struct vb_script_rule *rule, uint64_t now_us)
{
    if (rule->act == VB_ACT_RESET) {
        conn->must_reset = true;
    } else if (rule->act == VB_ACT_CLOSE) {
        conn->is_closing = true;
    } else {
        conn->stalled_us = now_us + rule->time_us;
    }
}

void vb_server_act(struct vb_server *server, struct vb_conn *conn,
                   const struct vb_script_rule *rule, uint64_t now_us)
{
    for (unsigned i = 0; i < VB_SERVER_CONNS; i++) {
        if (server->conn[i].is_used && (conn == NULL || conn == &server->conn[i])) {
            act(&server->conn[i], rule, now_us);
        }
    }
}

bool vb_server_start(struct vb_server *server, uint16_t port)
{
    struct tcp_pcb *pcb = tcp_new();
    if (pcb == NULL || tcp_bind(pcb, netif_ip_addr4(vb_peer_server_netif()), port) != ERR_OK) {
        return false;
    }
    pcb = tcp_listen(pcb);
    if (pcb == NULL) {
        return false;
    }
    tcp_arg(pcb, server);
    tcp_accept(pcb, on_accepted);
    return true;
}

void vb_server_stop(struct vb_server *server)
{
    for (unsigned i = 0; i < VB_SERVER_CONNS; i++) {
        if (server->conn[i].is_used) {
            drop(&server->conn[i]);
        }
    }
}
