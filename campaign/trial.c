/* SPDX-License-Identifier: Apache-2.0 */
#include "trial.h"

#include <stdio.h>
#include <string.h>

#define MAX_GREETINGS 16u  /* on the way to the goal */
#define WATCHED_OPS   600u /* after a silent fault: more than the longest window */

bool cam_trial_begin(struct cam_trial *t, const struct cam_device *from)
{
    *t = (struct cam_trial){0};
    return cam_device_fork(&t->device, from);
}

bool cam_trial_fork(struct cam_trial *t, const struct cam_trial *from)
{
    *t = *from;
    return cam_device_fork(&t->device, &from->device);
}

void cam_trial_end(struct cam_trial *t)
{
    vb_board_free(t->device.board);
    t->device.board = NULL;
}

/* --- verdicts --- */

static bool is_over(struct cam_trial *t, enum cam_outcome outcome)
{
    t->is_over = true;
    t->verdict.outcome = (uint8_t)outcome;
    return false;
}

static bool fails(struct cam_trial *t, const char *why)
{
    snprintf(t->verdict.why, sizeof(t->verdict.why), "%s", why);
    return is_over(t, CAM_FAILED);
}

/* By what the device was blamed for. */
static bool fails_when(struct cam_trial *t, const char *when)
{
    snprintf(t->verdict.why, sizeof(t->verdict.why), "%.30s: %.120s", when, t->device.why);
    return is_over(t, CAM_FAILED);
}

void cam_trial_blame(struct cam_trial *t)
{
    fails_when(t, "on the way to a second fault");
}

/* The dead sector of a case; NULL: it has none. */
static const struct vb_fault *dead_sector(const struct cam_trial *t)
{
    for (unsigned i = 0; i < t->faults.n; i++) {
        if (t->faults.fault[i].kind == VB_FAULT_DEAD) {
            return &t->faults.fault[i];
        }
    }
    return NULL;
}

/* A record that cannot be erased any more goes on naming its slot to other readers. */
static bool is_record_dead(const struct cam_trial *t)
{
    const struct vb_fault *dead = dead_sector(t);
    const struct cam_part *otadata = t->device.scene->otadata;
    return dead != NULL && dead->addr - otadata->addr < otadata->size;
}

/* What must hold in the end, whichever way led there. */
static bool closes(struct cam_trial *t, enum cam_outcome good)
{
    if (!cam_device_is_untouched(&t->device) ||
        (!is_record_dead(t) && !cam_device_chose_goal(&t->device))) {
        return fails(t, t->device.why);
    }
    return is_over(t, good);
}

/* --- meeting a fault --- */

static bool is_spare(const struct cam_scene *s, uint32_t addr)
{
    const struct cam_part *part = cam_table_at(&s->table, addr);
    return part != NULL && s->known[part - s->table.part].is_spare;
}

/* Weak cells and a dead sector are no part of the state that is compared; weak cells in a spare
 * slot need not be when no update goes on from there. */
static bool leaves_more(const struct cam_trial *t, const struct vb_fault *fault)
{
    struct vb_flash_op op;
    vb_board_last_flash_op(t->device.board, &op);
    bool may_weaken = op.kind == VB_FLASH_OP_ERASE &&
                      (fault->kind == VB_FAULT_ERASE_WEAK || fault->kind == VB_FAULT_TORN);
    bool is_overwritten = t->device.scene->config->no_resume && is_spare(t->device.scene, op.addr);
    return (may_weaken && !is_overwritten) || fault->kind == VB_FAULT_DEAD;
}

static bool passes_goal(const struct vb_fault *fault)
{
    return fault->kind == VB_FAULT_CUT_AT;
}

static bool runs_into(struct cam_trial *t, const struct vb_fault *fault)
{
    unsigned cycles = 0;
    for (unsigned greetings = 0; greetings <= MAX_GREETINGS;) {
        switch (cam_device_run(&t->device)) {
        case CAM_BAD:
            return fails_when(t, "before the fault");
        case CAM_CUT:
            t->is_off = true;
            return true;
        case CAM_HELD:
            return true;
        case CAM_UP:
            greetings++;
            break;
        case CAM_GOAL:
            if (passes_goal(fault)) {
                greetings++;
                break;
            }
            return is_over(t, CAM_UNFIRED);
        default:
            if (cycles++ >= CAM_POWER_CYCLES) {
                return is_over(t, CAM_UNFIRED);
            }
            t->was_woken = true;
            vb_board_power_cycle(t->device.board);
        }
    }
    return fails(t, "greets again and again");
}

bool cam_trial_meet(struct cam_trial *t, const struct vb_fault *fault)
{
    struct vb_fault planned = *fault;
    planned.stops = true;
    t->faults.fault[t->faults.n++] = *fault;
    vb_board_set_fault(t->device.board, &planned);
    if (fault->kind == VB_FAULT_FLIP) {
        t->device.has_flip = true;
        t->device.flip_addr = fault->addr;
        t->device.flip_bit = fault->bit;
        return true;
    }
    t->is_off = false;
    if (!runs_into(t, &planned)) {
        return false;
    }
    t->is_own = t->is_own || leaves_more(t, fault);
    return vb_board_fault_fired(t->device.board) || fails(t, "the fault did not fire");
}

/* --- to the goal --- */

static bool greets_first(struct cam_trial *t, enum cam_event event, enum cam_outcome *outcome)
{
    struct cam_device *d = &t->device;
    if (event == CAM_QUIET) {
        return fails(t, "does not start: no greeting after the power came back");
    }
    *outcome = event == CAM_GOAL || d->slot != d->scene->start_slot ? CAM_NEW : CAM_OLD;
    return cam_device_is_untouched(d) || fails(t, d->why);
}

/* Powered on again. */
static bool recovers(struct cam_trial *t)
{
    struct cam_device *d = &t->device;
    enum cam_outcome outcome = CAM_NONE;
    unsigned cycles = 0;
    for (unsigned greetings = 0; greetings <= MAX_GREETINGS;) {
        enum cam_event event = cam_device_run(d);
        if (event == CAM_BAD) {
            return fails_when(t, outcome == CAM_NONE ? "after the power came back" : "later");
        }
        if (outcome == CAM_NONE && !greets_first(t, event, &outcome)) {
            return false;
        }
        if (event == CAM_GOAL) {
            return closes(t, outcome);
        }
        if (event != CAM_QUIET) {
            greetings++;
        } else if (++cycles > CAM_POWER_CYCLES) {
            return fails(t, "does not come to its goal: stays quiet");
        } else {
            t->verdict.was_woken = true;
            vb_board_power_cycle(d->board);
        }
    }
    return fails(t, "does not come to its goal: starts again and again");
}

/* A sector is dead for good: it is enough that the device says so and keeps the image of before. */
static bool keeps_up(struct cam_trial *t)
{
    struct cam_device *d = &t->device;
    if (d->scene->config->refused != NULL && !d->said_refused) {
        return fails(t, "comes to a rest without its goal and without a reason");
    }
    vb_board_power_cycle(d->board);
    enum cam_event event = cam_device_run(d);
    if (event == CAM_BAD) {
        return fails_when(t, "after a refusal");
    }
    if (event == CAM_QUIET) {
        return fails(t, "does not start after a refusal");
    }
    return cam_device_is_untouched(d) ? is_over(t, CAM_REFUSED) : fails(t, d->why);
}

/* True when the device is back on the way of the reference run: it begins an operation with the
 * same flash, RAM, RTC memory and registers as that run began one. From there on it does the same.
 */
static bool is_on_the_way(const struct cam_trial *t)
{
    const struct cam_scene *s = t->device.scene;
    uint64_t moment = cam_device_moment(&t->device);
    uint64_t number = cam_device_ops(&t->device);
    for (uint64_t op = t->faults.fault[0].op; op <= number && op <= s->n_ops; op++) {
        if (s->way[op - 1] == moment) {
            return true;
        }
    }
    return false;
}

/* Only silent faults may lead back there, once they are over. */
static bool may_rejoin(const struct cam_trial *t)
{
    uint64_t number = cam_device_ops(&t->device);
    for (unsigned i = 0; i < t->faults.n; i++) {
        const struct vb_fault *f = &t->faults.fault[i];
        if ((f->kind != VB_FAULT_SILENT && f->kind != VB_FAULT_BROWNOUT) ||
            number < f->op + f->count) {
            return false;
        }
    }
    return true;
}

/* Watches the next operation for a while, in case the device rejoins the reference run there. */
static void watch(struct cam_trial *t, bool may_merge)
{
    struct vb_fault hold = {.kind = VB_FAULT_HOLD, .op = cam_device_ops(&t->device) + 1};
    vb_board_set_fault(t->device.board, may_merge ? &hold : NULL);
}

/* A silent fault: the device goes on, to the goal or until nothing more comes. True: it is off. */
static bool goes_on(struct cam_trial *t, bool may_merge)
{
    unsigned watched = 0;
    for (unsigned greetings = 0; greetings <= MAX_GREETINGS;) {
        watch(t, may_merge && watched < WATCHED_OPS);
        switch (cam_device_run(&t->device)) {
        case CAM_BAD:
            return fails_when(t, "at the fault");
        case CAM_GOAL:
            return closes(t, CAM_WENT_ON);
        case CAM_UP:
            greetings++;
            break;
        case CAM_HELD:
            watched++;
            if (may_rejoin(t) && is_on_the_way(t)) {
                t->was_merged = true;
                return is_over(t, CAM_WENT_ON);
            }
            break;
        default:
            if (dead_sector(t) != NULL) {
                return keeps_up(t);
            }
            vb_board_power_cycle(t->device.board);
            t->is_off = t->was_woken = true;
            return true;
        }
    }
    return fails(t, "does not come to its goal: starts again and again");
}

/* An earlier case left the same; but starts on trial may have been counted differently before. */
static bool is_judged_before(struct cam_trial *t, struct cam_memo *memo, uint64_t state)
{
    unsigned most = t->device.scene->config->max_starts;
    struct cam_verdict verdict;
    if (!cam_memo_recall(memo, state, &verdict) ||
        (most != 0 && t->device.trial_starts + verdict.leading_starts > most)) {
        return false;
    }
    t->verdict = verdict;
    t->was_merged = t->is_over = true;
    return true;
}

void cam_trial_finish(struct cam_trial *t, struct cam_memo *memo)
{
    struct cam_device *d = &t->device;
    if (t->is_over || (!t->is_off && !goes_on(t, memo != NULL))) {
        return;
    }
    uint64_t state = cam_device_state(d);
    bool may_merge = memo != NULL && !t->is_own;
    if (may_merge && is_judged_before(t, memo, state)) {
        return;
    }
    uint64_t from_us = cam_device_now_us(d), from_op = cam_device_ops(d);
    d->leading_starts = 0;
    d->has_left_trial = false;
    recovers(t);
    t->verdict.us = cam_device_now_us(d) - from_us;
    t->verdict.ops = (uint32_t)(cam_device_ops(d) - from_op);
    t->verdict.leading_starts = d->leading_starts;
    if (may_merge) {
        cam_memo_keep(memo, state, &t->verdict);
    }
}
