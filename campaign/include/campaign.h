/* SPDX-License-Identifier: Apache-2.0 */
/* A fault campaign: one update of a device, tried again with each kind of fault at each of its
 * flash operations. Every case is a board of its own that goes through the fault, is powered on
 * again, is judged from outside, and must then take the update. docs/campaign.md says what is
 * demanded. */
#ifndef CAMPAIGN_H
#define CAMPAIGN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "vb_board.h"
#include "vb_fault.h"

#define CAM_MAX_KINDS 24u
#define CAM_MAX_OPS   65536u
#define CAM_WHY_MAX   160u

struct cam_config {
    struct vb_config board; /* flash is the device before the update; callbacks are not used */
    const char *up;         /* what an image prints when it is up: the old one, */
    const char *up_new;     /* and the new one; may be equal */
    struct vb_fault kind[CAM_MAX_KINDS]; /* kind and bytes of each */
    unsigned n_kinds;
    uint64_t op_from, op_to; /* operations to try, from 1; op_to 0: to the last */
    uint64_t every;          /* of those in the target slot only each every-th; 0: 1 */
    uint64_t limit_us;       /* virtual, for each way to a greeting; 0: from the reference run */
    double time_limit_s;     /* host; 0: none. What is not begun by then is counted as not run */
    unsigned n_jobs;         /* processes; 0: 1 */
    bool no_merge;
    /* May be NULL; called a few times a second. */
    void (*progress)(void *ctx, uint64_t done, uint64_t planned);
    void *ctx;
};

enum cam_outcome {
    CAM_NOT_RUN,
    CAM_UNFIT,   /* the kind cannot happen to this operation */
    CAM_OLD,     /* powered on with the old image, then took the update */
    CAM_NEW,     /* powered on with the new image */
    CAM_WENT_ON, /* came to the new image without a power-on */
    CAM_FAILED,
};

struct cam_case {
    uint8_t outcome;       /* enum cam_outcome */
    bool was_merged;       /* judged by an earlier case that left the same flash */
    char why[CAM_WHY_MAX]; /* of a failure */
};

struct cam_totals {
    uint64_t planned, run, merged, failed, not_run;
    uint64_t outcome[CAM_FAILED + 1]; /* merged ones included */
};

struct cam_report {
    uint64_t n_ops;
    const struct vb_flash_op *op; /* [n_ops], the reference run's */
    uint64_t from, to;            /* as tried */
    struct cam_case *cases;       /* [n_ops][n_kinds] */
    unsigned n_kinds;
    uint64_t reference_us;       /* virtual */
    uint32_t old_slot, new_slot; /* flash addresses */
    char old_label[17], new_label[17];
    struct cam_totals total;
    double seconds; /* host */
};

/* Runs a campaign in processes of its own, so that a network in config->board.net begins anew for
 * every case (it is forked by fork(2)).
 * Errors: false with a sentence in err[err_len]: the device does not update even without a fault. A
 * failed case is no error. The report is to be freed in either case. */
bool cam_run(const struct cam_config *config, struct cam_report *report, char *err, size_t err_len);
void cam_report_free(struct cam_report *report);

static inline const struct cam_case *cam_case_at(const struct cam_report *report, uint64_t op,
                                                 unsigned kind)
{
    return &report->cases[(op - 1) * report->n_kinds + kind];
}

/* Draws operation by fault, several operations to a column when they are many. */
void cam_picture_text(const struct cam_config *config, const struct cam_report *report, FILE *out);
void cam_picture_svg(const struct cam_config *config, const struct cam_report *report, FILE *out);

#endif
