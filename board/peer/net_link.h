/* SPDX-License-Identifier: Apache-2.0 */
/* One direction of the link model: what happens to a frame between sender and receiver, and the
 * frames that are on their way. Pure; times are virtual microseconds. */
#ifndef VB_NET_LINK_H
#define VB_NET_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peer_rng.h"
#include "vb_net_peer.h"

#define VB_LINK_FRAME_MAX  1514u
#define VB_LINK_QUEUE      256u
#define VB_LINK_REORDER_US 10000u

struct vb_link_frame {
    uint64_t due_us;
    uint16_t len;
    uint8_t byte[VB_LINK_FRAME_MAX];
};

struct vb_link_state {
    struct vb_link link; /* may change at any time; frames on their way keep their times */
    struct vb_rng rng;
    struct vb_link_stats stats;
    uint64_t free_us;   /* when the sender has finished its last frame */
    uint64_t newest_us; /* due time of the last frame in order */
    uint32_t n;
    uint16_t order[VB_LINK_QUEUE]; /* slots by due time, then age; beyond n: free slots */
    struct vb_link_frame frame[VB_LINK_QUEUE];
};

void vb_link_init(struct vb_link_state *state, const struct vb_link *link, uint64_t seed,
                  uint64_t stream);
/* Sends a frame at now_us, which must not decrease. */
void vb_link_send(struct vb_link_state *state, const uint8_t *frame, size_t len, uint64_t now_us);
/* A frame that nobody can carry: counted as offered and lost. */
void vb_link_lose(struct vb_link_state *state);
/* When the next frame arrives; UINT64_MAX for never. */
uint64_t vb_link_next_us(const struct vb_link_state *state);
/* Takes the next frame; there must be one. It is valid until the next send. */
const struct vb_link_frame *vb_link_take(struct vb_link_state *state);

#endif
