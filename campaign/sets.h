/* SPDX-License-Identifier: Apache-2.0 */
/* The sets of cases: which tasks make up each, and how a task's cases are drawn and tried. A task
 * begins at one place of the reference run, and its cases branch off there. */
#ifndef CAM_SETS_H
#define CAM_SETS_H

#include "trial.h"

/* Shared by all processes. */
struct cam_shared {
    struct cam_scene scene;
    struct vb_flash_op op[CAM_MAX_OPS];
    bool is_reached; /* the goal, by the reference run */
    char problem[CAM_WHY_MAX];
    struct cam_totals total[CAM_N_SETS];
    uint16_t cell[CAM_MAX_KINDS + CAM_N_SETS][CAM_COLUMNS];
    unsigned n_failures, n_died;
    struct cam_failure failure[CAM_MAX_FAILURES];
    struct cam_memo memo;
};

struct cam_campaign {
    const struct cam_config *config;
    struct cam_shared *shared;
    struct cam_memo *memo; /* NULL: nothing is merged */
    double deadline;       /* host seconds; 0: none */
};

struct cam_task {
    uint64_t at;   /* an operation that has begun (0: power-on), or by_time: virtual microseconds */
    uint64_t seed; /* of what the task draws */
    unsigned n;    /* cases, when it is a group that shares one first fault */
};

/* Number of tasks of a set; CAM_CUTS goes by time, the others by operation. */
uint64_t cam_set_tasks(const struct cam_campaign *c, enum cam_set set, struct cam_task *task,
                       uint64_t max);
static inline bool cam_set_goes_by_time(enum cam_set set)
{
    return set == CAM_CUTS;
}
/* Cases that a set plans; of CAM_PAIRS one for each first fault, until it is known how many second
 * ones there are. */
uint64_t cam_set_planned(const struct cam_campaign *c, enum cam_set set);
/* Tries the cases of a task; walker stands at its place. */
void cam_set_try(struct cam_campaign *c, enum cam_set set, const struct cam_task *task,
                 const struct cam_device *walker);

/* Random second faults that share one walk through a recovery. */
#define CAM_GROUP 16u
/* Beyond the goal, where random cuts fall too; virtual microseconds. */
#define CAM_PAST_US 20000u

uint64_t cam_draw(uint64_t *random);
/* Below n; 0 when n is 0. */
uint64_t cam_draw_below(uint64_t *random, uint64_t n);
/* True when the operation touches the boot records. */
bool cam_is_record(const struct cam_campaign *c, const struct vb_flash_op *op);
/* True when a kind of fault can happen to an operation. A number of bytes that the operation does
 * not leave out anything of is no torn program. */
bool cam_fits(const struct vb_fault *kind, const struct vb_flash_op *op);
/* Number of the configured kinds that fit. */
unsigned cam_count_fitting(const struct cam_campaign *c, const struct vb_flash_op *op);
/* True when nothing more is to be begun. */
bool cam_is_out_of_time(const struct cam_campaign *c);

#endif
