/* SPDX-License-Identifier: Apache-2.0 */
/* A fault campaign: one run of a device, from power-on to its goal (an update, a confirmation, a
 * rollback), tried again with faults of many kinds. Every case is a board of its own that goes
 * through its faults, is powered on again, is judged from outside, and must then come to the goal.
 * docs/campaign.md says what is demanded. */
#ifndef CAMPAIGN_H
#define CAMPAIGN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "vb_board.h"
#include "vb_fault.h"

#define CAM_MAX_KINDS    24u
#define CAM_MAX_FAULTS   4u
#define CAM_MAX_OPS      65536u
#define CAM_MAX_FAILURES 4096u
#define CAM_MAX_LABELS   16u
#define CAM_COLUMNS      96u
#define CAM_WHY_MAX      160u

/* Ways to choose cases. */
enum cam_set {
    CAM_SINGLE,   /* each chosen operation by each kind */
    CAM_PAIRS,    /* each kind at each operation on the boot records, and then again each at each of
                     the    recovery's */
    CAM_DOUBLE,   /* any operation and kind, then a random one at a random operation of the recovery
                   */
    CAM_CUTS,     /* power cuts at random moments, of the run and of the recovery */
    CAM_FLIPS,    /* a bit of a record or an image turns over while the power is off */
    CAM_DEAD,     /* a sector that nothing changes any more */
    CAM_BROWNOUT, /* from an operation on, some programs change nothing */
    CAM_GIVEN,    /* one case, as config.given says */
    CAM_N_SETS
};

struct cam_faults {
    struct vb_fault fault[CAM_MAX_FAULTS]; /* each is planned when the one before has fired */
    unsigned n;
};

struct cam_config {
    struct vb_config board; /* flash is the device before the run; callbacks are not used */
    const char *up;         /* what an image prints when it is up */
    const char *goal;       /* what the device prints when all is done; may equal up */
    const char *refused; /* what it prints when it refuses an update for a reason; NULL: unknown */
    unsigned max_starts; /* of an image on trial, one after the other; 0: not judged */

    bool has_set[CAM_N_SETS];
    uint64_t n_samples[CAM_N_SETS];      /* of the random sets */
    struct vb_fault kind[CAM_MAX_KINDS]; /* kind and bytes of each, of CAM_SINGLE and CAM_PAIRS */
    unsigned n_kinds;
    uint64_t op_from, op_to; /* operations of CAM_SINGLE, from 1; op_to 0: to the last */
    uint64_t every;          /* of those outside the records only each every-th; 0: 1 */
    struct cam_faults given;

    uint64_t limit_us;   /* virtual, for each way to a greeting; 0: from the reference run */
    double time_limit_s; /* host; 0: none. What is not begun by then is counted as not run */
    unsigned n_jobs;     /* processes; 0: 1 */
    bool no_merge;
    /* What an unfinished update left in a spare slot decides nothing: an update never goes on from
     * there. Then states that differ only in that are merged, too. */
    bool no_resume;
    const char
        *may_change[CAM_MAX_LABELS]; /* labels of data partitions that the device may write */
    unsigned n_may_change;
    /* May be NULL; called a few times a second. */
    void (*progress)(void *ctx, uint64_t done, uint64_t planned, double seconds);
    void *ctx;
};

enum cam_outcome {
    CAM_NONE,
    CAM_UNFIRED, /* a random fault that found no place: no case */
    CAM_OLD,     /* powered on with the image of before, then came to the goal */
    CAM_NEW,     /* powered on with another image than before, or at the goal */
    CAM_WENT_ON, /* came to the goal without a power-on */
    CAM_REFUSED, /* refused the update by name, and the image of before runs */
    CAM_FAILED,
    CAM_N_OUTCOMES
};

struct cam_totals {
    uint64_t planned, run, merged; /* merged: judged by an earlier case that left the same state */
    uint64_t woken;                /* cases that needed a power-on more than their faults did */
    uint64_t outcome[CAM_N_OUTCOMES];
    double seconds; /* host */
};

struct cam_failure {
    enum cam_set set;
    struct cam_faults faults;
    char why[CAM_WHY_MAX];
};

struct cam_report {
    uint64_t n_ops;
    const struct vb_flash_op *op; /* [n_ops], the reference run's */
    uint64_t from, to;            /* as tried by CAM_SINGLE */
    uint64_t reference_us;        /* virtual */
    char start_label[17], goal_label[17];
    struct cam_totals total[CAM_N_SETS];
    const struct cam_failure *failure; /* [n_failures], the first ones */
    unsigned n_failures;
    unsigned n_died; /* processes that ended before their work did; their cases are not run */
    /* Bits 1 << outcome of the cases that fell there: a row for each kind of CAM_SINGLE, then one
     * for each other set; columns are equal parts of the reference run's operations. */
    const uint16_t (*cell)[CAM_COLUMNS];
    double seconds; /* host, all */
    void *shared;
};

/* Runs a campaign in processes of its own, so that a network in config->board.net begins anew for
 * every case (it is forked by fork(2)).
 * Errors: false with a sentence in err[err_len]: the device does not come to its goal even without
 * a fault. A failed case is no error. The report is to be freed in either case. */
bool cam_run(const struct cam_config *config, struct cam_report *report, char *err, size_t err_len);
void cam_report_free(struct cam_report *report);

const char *cam_set_name(enum cam_set set);
/* Reads "FAULT,FAULT,..." as docs/faults.md has each. Errors: false. */
bool cam_faults_parse(struct cam_faults *out, const char *text);
#define CAM_FAULTS_TEXT_MAX (CAM_MAX_FAULTS * VB_FAULT_TEXT_MAX)
/* Writes what cam_faults_parse() reads; returns text. */
const char *cam_faults_text(const struct cam_faults *faults, char text[CAM_FAULTS_TEXT_MAX]);

/* Draws operation by fault, several operations to a column when they are many. */
void cam_picture_text(const struct cam_config *config, const struct cam_report *report, FILE *out);
void cam_picture_svg(const struct cam_config *config, const struct cam_report *report, FILE *out);

#endif
