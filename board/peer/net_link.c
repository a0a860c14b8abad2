/* SPDX-License-Identifier: Apache-2.0 */
/* See net_link.h. Every frame draws the same random numbers in the same order, whatever the rates,
 * so that changing one rate does not move the faults of another. */
#include "net_link.h"

#include <string.h>

#define ETH_LEN   14u
#define USUAL_MTU 1500u
#define US_PER_S  UINT64_C(1000000)

/* What chance has in store for one frame. */
struct fate {
    bool is_lost, is_twice, is_late;
    uint32_t jitter_us;
};

void vb_link_init(struct vb_link_state *state, const struct vb_link *link, uint64_t seed,
                  uint64_t stream)
{
    memset(state, 0, sizeof(*state));
    state->link = *link;
    state->rng = vb_rng_stream(seed, stream);
    for (uint16_t i = 0; i < VB_LINK_QUEUE; i++) {
        state->order[i] = i;
    }
}

static struct fate draw(struct vb_link_state *s)
{
    struct fate fate;
    fate.is_lost = vb_rng_hits(&s->rng, s->link.loss_ppm);
    fate.is_twice = vb_rng_hits(&s->rng, s->link.dup_ppm);
    fate.is_late = vb_rng_hits(&s->rng, s->link.reorder_ppm);
    fate.jitter_us =
        (uint32_t)((vb_rng_next(&s->rng) >> 32) * ((uint64_t)s->link.jitter_us + 1) >> 32);
    return fate;
}

/* When the last bit has left the sender, who sends one frame after another. */
static uint64_t sent_us(struct vb_link_state *s, size_t len, uint64_t now_us)
{
    uint64_t start = s->free_us > now_us ? s->free_us : now_us;
    if (s->link.bandwidth > 0) {
        start += (len * US_PER_S + s->link.bandwidth - 1) / s->link.bandwidth;
    }
    s->free_us = start;
    return start;
}

/* Behind every frame that is due at the same time or earlier. */
static void enqueue(struct vb_link_state *s, const uint8_t *frame, size_t len, uint64_t due_us)
{
    uint16_t slot = s->order[s->n];
    uint32_t at = s->n;
    while (at > 0 && s->frame[s->order[at - 1]].due_us > due_us) {
        s->order[at] = s->order[at - 1];
        at--;
    }
    s->order[at] = slot;
    s->n++;
    s->frame[slot].due_us = due_us;
    s->frame[slot].len = (uint16_t)len;
    memcpy(s->frame[slot].byte, frame, len);
}

static uint64_t arrival_us(struct vb_link_state *s, const struct fate *fate, uint64_t left_us)
{
    uint64_t due = left_us + s->link.delay_us + fate->jitter_us;
    if (fate->is_late) {
        s->stats.reordered++;
        return due + VB_LINK_REORDER_US;
    }
    s->newest_us = due > s->newest_us ? due : s->newest_us;
    return s->newest_us;
}

void vb_link_lose(struct vb_link_state *state)
{
    state->stats.frames++;
    state->stats.lost++;
}

void vb_link_send(struct vb_link_state *state, const uint8_t *frame, size_t len, uint64_t now_us)
{
    struct vb_link_state *s = state;
    uint32_t mtu = s->link.mtu > 0 ? s->link.mtu : USUAL_MTU;
    struct fate fate = draw(s);
    if (len > ETH_LEN + mtu || len > VB_LINK_FRAME_MAX || s->n == VB_LINK_QUEUE) {
        vb_link_lose(s);
        return;
    }
    uint64_t left_us = sent_us(s, len, now_us);
    if (fate.is_lost) { /* on its way: it has taken its time in the air */
        vb_link_lose(s);
        return;
    }
    s->stats.frames++;
    uint64_t due_us = arrival_us(s, &fate, left_us);
    enqueue(s, frame, len, due_us);
    if (fate.is_twice && s->n < VB_LINK_QUEUE) {
        s->stats.duplicated++;
        enqueue(s, frame, len, due_us);
    }
}

uint64_t vb_link_next_us(const struct vb_link_state *state)
{
    return state->n > 0 ? state->frame[state->order[0]].due_us : UINT64_MAX;
}

const struct vb_link_frame *vb_link_take(struct vb_link_state *state)
{
    uint16_t slot = state->order[0];
    state->n--;
    memmove(state->order, state->order + 1, state->n * sizeof(state->order[0]));
    state->order[state->n] = slot;
    return &state->frame[slot];
}
