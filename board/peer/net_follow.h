/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules of the script do to the network: the access point, the links, the address, and the
 * connections of the server. The network's inside, shared with net_peer.c. */
#ifndef VB_NET_FOLLOW_H
#define VB_NET_FOLLOW_H

#include "net_link.h"
#include "net_script.h"
#include "peer_server.h"
#include "vb_net_peer.h"

#define VB_NET_OUTBOX 8u /* frames between two polls: hardly more than one */

struct vb_sent_frame {
    uint64_t sent_us;
    size_t len;
    uint8_t byte[VB_LINK_FRAME_MAX];
};

struct vb_net_peer {
    struct vb_net backend;
    struct vb_board *board; /* that polled last; before it can send, it has polled */
    uint64_t now_us;
    struct vb_link_state up, down;
    struct vb_server server;
    struct vb_script script;
    const char *names[VB_SCRIPT_RULES];
    unsigned n_names;
    struct vb_ap ap[VB_MAX_APS];
    unsigned n_aps;
    bool ap_is_down;
    uint64_t ap_up_us; /* when it comes back by itself */
    uint64_t traffic;
    uint32_t n_outbox;
    struct vb_sent_frame outbox[VB_NET_OUTBOX];
};

/* Carries out one rule. conn: whom it hits, NULL for all connections. */
void vb_net_follow(struct vb_net_peer *net, const struct vb_script_rule *rule,
                   struct vb_conn *conn);

/* Carries out the next rule that is due by the time. */
void vb_net_follow_time(struct vb_net_peer *net);

/* The same by the bytes served. True when there was one. */
bool vb_net_follow_bytes(struct vb_net_peer *net);

/* The access point is there again. */
void vb_net_restore_ap(struct vb_net_peer *net);

#endif
