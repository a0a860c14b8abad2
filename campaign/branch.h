/* SPDX-License-Identifier: Apache-2.0 */
/* A case that is under way: where it leaves the reference run, its faults so far, and what it
 * leaves behind in the totals, the picture and the list of failures. */
#ifndef CAM_BRANCH_H
#define CAM_BRANCH_H

#include <sys/types.h>

#include "sets.h"

struct cam_branch {
    struct cam_campaign *c;
    enum cam_set set;
    unsigned row;
    uint64_t at;     /* for the picture */
    uint64_t random; /* state of the draws */
    unsigned n;      /* cases of the group */
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
/* Counts n cases that found no place for their second fault, or, when a failure of the device is
 * why there is none, that. */
void cam_note_unmet(const struct cam_branch *b, unsigned n);
/* Forks b, and has the fork meet b->next. Errors: false, and counted: there is no second fault. */
bool cam_branch_meet(struct cam_branch *inner, const struct cam_branch *b);
/* Length of the way from here to the goal. Errors: false, and counted: a failure on it. */
struct cam_way {
    uint64_t ops, us;
};
bool cam_branch_measure(const struct cam_branch *b, struct cam_way *out);
/* Counts a process that died, or that could not be made or waited for (pid below 0). */
void cam_check_end(struct cam_campaign *c, pid_t pid, int status);

/* A configured kind of fault at an operation. */
struct vb_fault cam_fault_of(const struct cam_campaign *c, unsigned kind, uint64_t op);

#endif
