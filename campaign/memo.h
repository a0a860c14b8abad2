/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts by the state that a device was powered off in, shared by all processes of a campaign. */
#ifndef CAM_MEMO_H
#define CAM_MEMO_H

#include "campaign.h"

#define CAM_MAX_STATES (1u << 16)

struct cam_verdict {
    uint8_t outcome;         /* enum cam_outcome */
    uint32_t ops;            /* flash operations from power-on to the goal */
    uint64_t us;             /* ... virtual time */
    unsigned leading_starts; /* of an image on trial, before anything else greets */
    bool was_woken;          /* was powered on again because it stayed quiet */
    char why[CAM_WHY_MAX];   /* of a failure */
};

struct cam_memo {
    struct {
        uint64_t state; /* 0: free */
        bool is_judged;
        struct cam_verdict verdict;
    } entry[CAM_MAX_STATES];
};

/* Errors: false: nobody has judged this state yet. */
bool cam_memo_recall(const struct cam_memo *memo, uint64_t state, struct cam_verdict *out);
/* Keeps the first verdict on a state, and none when there is no more room. */
void cam_memo_keep(struct cam_memo *memo, uint64_t state, const struct cam_verdict *verdict);

#endif
