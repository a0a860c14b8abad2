/* SPDX-License-Identifier: Apache-2.0 */
/* A case that is under way: where it leaves the reference run, its faults so far, and what it
 * leaves behind in the totals, the picture and the list of failures. */
#ifndef CAM_BRANCH_H
#define CAM_BRANCH_H

#include "sets.h"

struct cam_branch {
    struct cam_campaign *c;
    enum cam_set set;
    unsigned row;
    uint64_t at;     /* for the picture */
    uint64_t random; /* state of the draws */
    struct vb_fault next;
    struct cam_trial trial;
};

/* A case of set that leaves the reference run where walker stands. */
struct cam_branch cam_branch_at(struct cam_campaign *c, enum cam_set set,
                                const struct cam_task *task, const struct cam_device *walker);

/* Calls act in a process of its own when a network hangs on the board, because that forks with the
 * process only. */
void cam_branch_act(struct cam_branch *b, void (*act)(struct cam_branch *b));

/* The end of a case: one fault more, then to the verdict. */
void cam_act_last(struct cam_branch *b);

/* Counts the verdict of t as that of b. */
void cam_note(const struct cam_branch *b, const struct cam_trial *t);

/* A configured kind of fault at an operation. */
struct vb_fault cam_fault_of(const struct cam_campaign *c, unsigned kind, uint64_t op);

#endif
