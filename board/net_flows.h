/* SPDX-License-Identifier: Apache-2.0 */
/* Watches Ethernet frames of one station for conversations that wait for the outside: open TCP
 * connections and unanswered UDP questions. Pure bookkeeping; times are microseconds. */
#ifndef VB_NET_FLOWS_H
#define VB_NET_FLOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VB_MAX_FLOWS 32u

struct vb_flow {
    uint32_t peer_ip;
    uint16_t peer_port, own_port;
    bool own_fin, peer_fin;
    uint64_t seen_us; /* last frame; 0: free */
};

struct vb_flows {
    struct vb_flow tcp[VB_MAX_FLOWS];
    uint64_t udp_asked_us; /* last unanswered question; 0: none */
};

/* Notes a frame from (outgoing) or to the station. Frames that are no IPv4 are passed over. */
void vb_flows_note(struct vb_flows *flows, const uint8_t *frame, size_t len, bool outgoing,
                   uint64_t now_us);
/* True while an answer may still come. A TCP connection that has been silent for two minutes and a
 * question that is five seconds old count no longer, so that they hold up time no longer. */
bool vb_flows_are_open(const struct vb_flows *flows, uint64_t now_us);
/* True when the frame may leave the station's own network 10.0.2.0/24: anything but IPv4 to another
 * network. */
bool vb_flows_is_local(const uint8_t *frame, size_t len);

#endif
