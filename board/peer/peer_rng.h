/* SPDX-License-Identifier: Apache-2.0 */
/* The peer's random numbers: SplitMix64, one stream per user, all from the board's seed. */
#ifndef VB_PEER_RNG_H
#define VB_PEER_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct vb_rng {
    uint64_t state;
};

static inline uint64_t vb_rng_next(struct vb_rng *rng)
{
    uint64_t z = rng->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* A stream of its own for each user, so that one user's draws do not move another's. */
static inline struct vb_rng vb_rng_stream(uint64_t seed, uint64_t user)
{
    struct vb_rng mixer = {seed};
    return (struct vb_rng){vb_rng_next(&mixer) ^ user * UINT64_C(0xd1342543de82ef95)};
}

/* 0 to n - 1; n > 0. */
static inline uint32_t vb_rng_below(struct vb_rng *rng, uint32_t n)
{
    return (uint32_t)((vb_rng_next(rng) >> 32) * n >> 32);
}

static inline bool vb_rng_hits(struct vb_rng *rng, uint32_t ppm)
{
    return vb_rng_below(rng, 1000000u) < ppm;
}

#endif
