/* SPDX-License-Identifier: Apache-2.0 */
/* See peer_author.h. A step is carried out once, at its time; what it sends leaves before the next
 * one is asked for, so that pieces stay pieces on the wire. */
#include "peer_author.h"

#include "lwip/tcp.h"

bool vb_author_begin(struct vb_server *server)
{
    const struct vb_peer_author *author = server->author;
    unsigned number = server->n_connections++;
    return author == NULL || author->begin(author->ctx, number);
}

/* A client that goes on talking while it is answered is heard, but its words are dropped. */
static void read_request(struct vb_conn *conn)
{
    uint8_t dropped[256];
    int n;
    do {
        size_t room = sizeof(conn->head) - conn->n_head;
        uint8_t *at = room > 0 ? (uint8_t *)conn->head + conn->n_head : dropped;
        n = vb_channel_read(conn->channel, at, room > 0 ? room : sizeof(dropped));
        conn->n_head += n > 0 && room > 0 ? (size_t)n : 0;
    } while (n > 0);
    if (n < 0 || conn->heard_fin) {
        conn->is_closing = true;
    }
}

static bool is_taken(const struct vb_conn *conn)
{
    const uint8_t *waiting;
    return vb_channel_pending(conn->channel, &waiting) == 0;
}

/* Fetches the next step and starts its pause. False: there is none yet. */
static bool take_step(struct vb_conn *conn, uint64_t now_us)
{
    const struct vb_peer_author *author = conn->server->author;
    if (conn->has_step) {
        return true;
    }
    author->next(author->ctx, conn->number, conn->head, conn->n_head, &conn->step);
    conn->has_step = conn->step.kind != VB_PEER_WAIT;
    if (conn->has_step && conn->step.pause_us > 0) {
        conn->stalled_us = now_us + conn->step.pause_us;
    }
    return conn->has_step;
}

static void carry_out(struct vb_conn *conn)
{
    const struct vb_peer_step *step = &conn->step;
    switch (step->kind) {
    case VB_PEER_SEND:
        conn->has_step = false;
        conn->must_reset |=
            step->len > 0 && !vb_channel_write(conn->channel, step->bytes, step->len);
        conn->server->body_bytes += step->len;
        break;
    case VB_PEER_FINISH:
        vb_channel_finish(conn->channel);
        conn->is_closing = true;
        break;
    case VB_PEER_CLOSE:
        conn->is_closing = true;
        break;
    case VB_PEER_RESET: /* asked again when the device acknowledges */
        conn->must_reset |= tcp_sndqueuelen(conn->pcb) == 0;
        break;
    default:
        break;
    }
}

/* True while a step may be carried out now. */
static bool has_due_step(struct vb_conn *conn, uint64_t now_us)
{
    return !conn->is_closing && !conn->must_reset && vb_channel_is_ready(conn->channel) &&
           is_taken(conn) && now_us >= conn->stalled_us && take_step(conn, now_us) &&
           now_us >= conn->stalled_us;
}

void vb_author_work(struct vb_conn *conn, uint64_t now_us)
{
    if (!conn->is_closing) {
        read_request(conn);
    }
    while (has_due_step(conn, now_us)) {
        carry_out(conn);
        if (conn->has_step) { /* an end, or silence */
            return;
        }
    }
}
