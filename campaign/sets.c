/* SPDX-License-Identifier: Apache-2.0 */
/* See sets.h. The sets that try what there is, one by one; those that draw are in drawn.c. */
#include "sets.h"

#include <time.h>

#include "branch.h"
#include "drawn.h"

static const char *const names[CAM_N_SETS] = {"single", "pairs", "double",   "cuts",
                                              "flips",  "dead",  "brownout", "case"};

const char *cam_set_name(enum cam_set set)
{
    return names[set];
}

bool cam_is_out_of_time(const struct cam_campaign *c)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return c->deadline > 0 && (double)now.tv_sec + (double)now.tv_nsec / 1e9 > c->deadline;
}

/* --- single faults --- */

static void try_single(struct cam_campaign *c, const struct cam_task *task,
                       const struct cam_device *walker)
{
    struct cam_branch b = cam_branch_at(c, CAM_SINGLE, task, walker);
    for (unsigned k = 0; k < c->config->n_kinds && !cam_is_out_of_time(c); k++) {
        if (cam_fits(&c->config->kind[k], &c->shared->op[task->at])) {
            b.row = k;
            b.next = cam_fault_of(c, k, task->at + 1);
            cam_branch_act(&b, cam_act_last);
        }
    }
}

/* --- every pair on the records --- */

#define MAX_RECORD_OPS 256u

/* Lists the operations on the records from here to the goal. */
static unsigned list_recovery(const struct cam_campaign *c, const struct cam_trial *from,
                              struct vb_flash_op op[MAX_RECORD_OPS])
{
    struct cam_trial t;
    unsigned n = 0;
    if (!cam_trial_fork(&t, from)) {
        return 0;
    }
    uint64_t next = cam_device_ops(&t.device) + 1;
    while (n < MAX_RECORD_OPS && cam_device_walk_to_op(&t.device, next)) {
        vb_board_last_flash_op(t.device.board, &op[n]);
        n += cam_is_record(c, &op[n]);
        next++;
    }
    cam_trial_end(&t);
    return n;
}

/* The pairs of a first fault take its place in the plan. A list that is full may not be all there
 * is: the first fault stays in the plan, and is not run. */
static void plan_pairs(const struct cam_branch *b, const struct vb_flash_op *op, unsigned n)
{
    uint64_t *planned = &b->c->shared->total[b->set].planned;
    uint64_t n_pairs = 0;
    for (unsigned i = 0; i < n; i++) {
        n_pairs += cam_count_fitting(b->c, &op[i]);
    }
    __atomic_add_fetch(planned, n_pairs, __ATOMIC_RELAXED);
    __atomic_sub_fetch(planned, n < MAX_RECORD_OPS, __ATOMIC_RELAXED);
}

static void try_second(struct cam_branch *b, const struct vb_flash_op *op)
{
    struct cam_campaign *c = b->c;
    for (unsigned k = 0; k < c->config->n_kinds && !cam_is_out_of_time(c); k++) {
        if (cam_fits(&c->config->kind[k], op)) {
            b->next = cam_fault_of(c, k, op->number);
            cam_act_last(b);
        }
    }
}

static void act_pairs(struct cam_branch *b)
{
    struct vb_flash_op op[MAX_RECORD_OPS];
    struct cam_branch inner;
    if (!cam_branch_meet(&inner, b)) {
        return;
    }
    struct cam_way way;
    if (cam_branch_measure(&inner, &way)) {
        unsigned n = list_recovery(b->c, &inner.trial, op);
        plan_pairs(&inner, op, n);
        for (unsigned i = 0; i < n && !cam_is_out_of_time(b->c); i++) {
            if (!cam_device_walk_to_op(&inner.trial.device, op[i].number - 1)) {
                break; /* not run */
            }
            try_second(&inner, &op[i]);
        }
    }
    cam_trial_end(&inner.trial);
}

static void try_pairs(struct cam_campaign *c, const struct cam_task *task,
                      const struct cam_device *walker)
{
    struct cam_branch b = cam_branch_at(c, CAM_PAIRS, task, walker);
    for (unsigned k = 0; k < c->config->n_kinds && !cam_is_out_of_time(c); k++) {
        if (cam_fits(&c->config->kind[k], &c->shared->op[task->at])) {
            b.next = cam_fault_of(c, k, task->at + 1);
            act_pairs(&b);
        }
    }
}

/* --- the others --- */

static void try_dead(struct cam_campaign *c, const struct cam_task *task,
                     const struct cam_device *walker)
{
    struct cam_branch b = cam_branch_at(c, CAM_DEAD, task, walker);
    b.next = (struct vb_fault){.kind = VB_FAULT_DEAD, .addr = (uint32_t)task->seed};
    cam_branch_act(&b, cam_act_last);
}

static void act_given(struct cam_branch *b)
{
    struct cam_trial t;
    const struct cam_faults *given = &b->c->config->given;
    bool goes_on = true;
    if (!cam_trial_fork(&t, &b->trial)) {
        return;
    }
    for (unsigned i = 0; i < given->n && goes_on; i++) {
        goes_on = cam_trial_meet(&t, &given->fault[i]);
    }
    if (goes_on) {
        cam_trial_finish(&t, NULL);
    }
    cam_note(b, &t);
    cam_trial_end(&t);
}

static void try_given(struct cam_campaign *c, const struct cam_task *task,
                      const struct cam_device *walker)
{
    struct cam_branch b = cam_branch_at(c, CAM_GIVEN, task, walker);
    cam_branch_act(&b, act_given);
}

void cam_set_try(struct cam_campaign *c, enum cam_set set, const struct cam_task *task,
                 const struct cam_device *walker)
{
    static void (*const tries[CAM_N_SETS])(struct cam_campaign *, const struct cam_task *,
                                           const struct cam_device *) = {
        [CAM_SINGLE] = try_single,         [CAM_PAIRS] = try_pairs,
        [CAM_DOUBLE] = cam_try_double,     [CAM_CUTS] = cam_try_cut,
        [CAM_FLIPS] = cam_try_flip,        [CAM_DEAD] = try_dead,
        [CAM_BROWNOUT] = cam_try_brownout, [CAM_GIVEN] = try_given,
    };
    tries[set](c, task, walker);
}
