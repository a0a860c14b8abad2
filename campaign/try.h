/* SPDX-License-Identifier: Apache-2.0 */
/* One case of a campaign, from the fault to the verdict. */
#ifndef CAM_TRY_H
#define CAM_TRY_H

#include "device.h"

/* Verdicts by the state that a fault left; lives in memory that forked cases share. */
#define CAM_MAX_STATES 16384u
struct cam_memo {
    unsigned n;
    struct {
        uint64_t state;
        struct cam_case verdict;
    } seen[CAM_MAX_STATES];
};

/* Tries fault on a board that has not yet begun the operation. memo NULL: nothing is merged. */
void cam_try(const struct cam_scene *scene, struct vb_board *board, const struct vb_fault *fault,
             struct cam_memo *memo, struct cam_case *out);

#endif
