/* SPDX-License-Identifier: Apache-2.0 */
/* One case of a campaign, from its first fault to the verdict. */
#ifndef CAM_TRIAL_H
#define CAM_TRIAL_H

#include "device.h"
#include "memo.h"

struct cam_trial {
    struct cam_device device;
    struct cam_faults faults; /* met so far */
    bool is_off;              /* the power is gone */
    bool is_own;              /* not to be merged: the state is not in the flash alone */
    bool is_over, was_merged;
    bool was_woken; /* stayed quiet on the way to a fault or after a silent one, until powered on */
    struct cam_verdict verdict;
};

/* Branches off a device that has not yet come to the first fault; the device must not be off.
 * Errors: false when memory is out. */
bool cam_trial_begin(struct cam_trial *t, const struct cam_device *from);
/* Branches off a case between two faults. Errors: false when memory is out. */
bool cam_trial_fork(struct cam_trial *t, const struct cam_trial *from);
void cam_trial_end(struct cam_trial *t);

/* Runs into a fault. False: the case is over, by a failure or because the fault found no place. */
bool cam_trial_meet(struct cam_trial *t, const struct vb_fault *fault);
/* Ends it as failed by what its device is blamed for. */
void cam_trial_blame(struct cam_trial *t);
/* Without a fault now: to the goal, and the verdict. memo NULL: nothing is merged. */
void cam_trial_finish(struct cam_trial *t, struct cam_memo *memo);

#endif
