/* SPDX-License-Identifier: Apache-2.0 */
#include "try.h"

#include <stdio.h>
#include <string.h>

#define MAX_OLD_STARTS   4u /* of the old image before an update must have succeeded */
#define MAX_POWER_CYCLES 2u /* of a user who waited in vain */

static enum cam_outcome fail(struct cam_device *d, const char *when)
{
    char why[CAM_WHY_MAX];
    memcpy(why, d->why, sizeof(why));
    cam_device_blame(d, "%s: %.120s", when, why);
    return CAM_FAILED;
}

static enum cam_outcome failed_because(struct cam_device *d, const char *why)
{
    cam_device_blame(d, "%s", why);
    return CAM_FAILED;
}

/* What must hold in the end, whichever way led there. */
static enum cam_outcome close_case(struct cam_device *d, enum cam_outcome good)
{
    return cam_device_is_untouched(d) && cam_device_chose_new(d) ? good : CAM_FAILED;
}

/* The device runs into the fault: until the power is cut, the new image greets all the same, or
 * nothing more comes. Returns CAM_NOT_RUN when the case goes on with a power-on. */
static enum cam_outcome meet_fault(struct cam_device *d, bool *was_cut)
{
    for (unsigned starts = 0; starts <= MAX_OLD_STARTS; starts++) {
        enum cam_event event = cam_device_run(d);
        bool fired = vb_board_fault_fired(d->board);
        *was_cut = event == CAM_CUT;
        if (event == CAM_BAD) {
            return fail(d, "at the fault");
        }
        if (event != CAM_GREETED_OLD && !fired) {
            return failed_because(d, "the fault did not fire");
        }
        if (event == CAM_GREETED_NEW) {
            return close_case(d, CAM_WENT_ON);
        }
        if (event != CAM_GREETED_OLD) {
            return CAM_NOT_RUN;
        }
    }
    return failed_because(d, "updates again and again");
}

/* The first start after the fault. */
static enum cam_outcome start_again(struct cam_device *d)
{
    enum cam_event event = cam_device_run(d);
    if (event == CAM_QUIET) {
        return failed_because(d, "does not start: no greeting after the power came back");
    }
    if (event == CAM_BAD) {
        return fail(d, "after the power came back");
    }
    if (!cam_device_is_untouched(d)) {
        return CAM_FAILED;
    }
    return event == CAM_GREETED_NEW ? CAM_NEW : CAM_OLD;
}

/* Without a fault now, the update must succeed. */
static bool takes_update(struct cam_device *d)
{
    unsigned cycles = 0;
    for (unsigned starts = 0; starts <= MAX_OLD_STARTS;) {
        switch (cam_device_run(d)) {
        case CAM_GREETED_NEW:
            return true;
        case CAM_GREETED_OLD:
            starts++;
            break;
        case CAM_QUIET:
            if (++cycles > MAX_POWER_CYCLES) {
                cam_device_blame(d, "takes no update: stays quiet with the old image");
                return false;
            }
            vb_board_power_cycle(d->board);
            break;
        default:
            fail(d, "while it takes the update again");
            return false;
        }
    }
    cam_device_blame(d, "takes no update: starts the old image again and again");
    return false;
}

static enum cam_outcome recover(struct cam_device *d)
{
    enum cam_outcome outcome = start_again(d);
    if (outcome == CAM_OLD && !takes_update(d)) {
        return CAM_FAILED;
    }
    return outcome == CAM_FAILED ? outcome : close_case(d, outcome);
}

/* --- merging --- */

static bool recall(const struct cam_memo *memo, uint64_t state, struct cam_case *out)
{
    for (unsigned i = 0; i < memo->n; i++) {
        if (memo->seen[i].state == state) {
            *out = memo->seen[i].verdict;
            out->was_merged = true;
            return true;
        }
    }
    return false;
}

static void keep(struct cam_memo *memo, uint64_t state, const struct cam_case *verdict)
{
    if (memo->n < CAM_MAX_STATES) {
        memo->seen[memo->n].state = state;
        memo->seen[memo->n].verdict = *verdict;
        memo->n++;
    }
}

/* Weak cells are no part of the state that is compared: they may stand in the target slot only. */
static bool may_merge(const struct cam_device *d, const struct vb_fault *fault)
{
    struct vb_flash_op op;
    vb_board_last_flash_op(d->board, &op);
    const struct cam_part *slot = d->scene->new_slot;
    return fault->kind != VB_FAULT_ERASE_WEAK || op.addr - slot->addr < slot->size;
}

void cam_try(const struct cam_scene *scene, struct vb_board *board, const struct vb_fault *fault,
             struct cam_memo *memo, struct cam_case *out)
{
    struct cam_device d;
    bool was_cut;
    *out = (struct cam_case){0};
    cam_device_attach(&d, scene, board);
    vb_board_set_fault(board, fault);
    out->outcome = (uint8_t)meet_fault(&d, &was_cut);
    if (out->outcome == CAM_NOT_RUN) {
        uint64_t state = cam_device_state(&d);
        bool is_mergeable = memo != NULL && may_merge(&d, fault);
        if (is_mergeable && recall(memo, state, out)) {
            return;
        }
        if (!was_cut) {
            vb_board_power_cycle(board);
        }
        out->outcome = (uint8_t)recover(&d);
        memcpy(out->why, d.why, sizeof(out->why));
        if (is_mergeable) {
            keep(memo, state, out);
        }
        return;
    }
    memcpy(out->why, d.why, sizeof(out->why));
}
