/* SPDX-License-Identifier: Apache-2.0 */
/* What a change of the boot choice writes: the bootloader's before a start, the application's on a
 * call. Every change is one successor of the governing record. */
#include "asl_boot.h"
#include "ota_mask.h"

/* The governing record; only asked for when one governs. */
static const struct asl_record *governing(const struct asl_boot_plan *plan)
{
    return &plan->otadata.record[plan->otadata.governing];
}

/* Lets the choice name a slot. False when the table has none such that a record could name. */
static bool name_slot(const struct asl_boot_plan *plan, uint8_t subtype,
                      struct asl_otadata_choice *choice)
{
    int index = ota_mask_index(plan->ota_mask, subtype);

    choice->is_factory = subtype == ASL_APP_FACTORY;
    choice->slot = index < 0 ? 0 : (uint32_t)index;
    choice->n_slots = ota_mask_count(plan->ota_mask);
    return choice->is_factory || index >= 0;
}

/* --- before a start --- */

/* While a trial governs, the previous slot holds what it held: nothing may be written then. Any
 * other slot, and the previous one of a confirmed image, has to prove itself, if it can. */
static enum asl_ota_state state_after(const struct asl_boot_plan *plan,
                                      const struct asl_boot_candidate *to, bool can_confirm)
{
    if (to->slot.subtype == governing(plan)->previous && asl_otadata_is_trial(&plan->otadata)) {
        return ASL_OTA_VALID;
    }
    return can_confirm && plan->max_starts > 0 ? ASL_OTA_NEW : ASL_OTA_UNDEFINED;
}

bool asl_boot_roll_back(const struct asl_boot_plan *plan, uint32_t winner, bool can_confirm,
                        enum asl_ota_result what, uint8_t cause, struct asl_otadata_step *step)
{
    const struct asl_boot_candidate *to = &plan->candidate[winner];
    struct asl_otadata_choice choice;

    asl_otadata_carry(&plan->otadata, &choice);
    if (plan->otadata.governing < 0 || to->slot.subtype == plan->governing ||
        !name_slot(plan, to->slot.subtype, &choice)) {
        return false;
    }
    if (!choice.is_factory) {
        choice.state = state_after(plan, to, can_confirm);
    }
    choice.previous = ASL_SUBTYPE_NONE;
    choice.last.what = what;
    choice.last.subtype = plan->governing;
    choice.last.starts = (uint8_t)governing(plan)->starts;
    choice.last.cause = cause;
    return asl_otadata_plan(&plan->otadata, &choice, step);
}

static enum asl_ota_result how_it_failed(const struct asl_boot_plan *plan, bool uncounted)
{
    if (uncounted) {
        return ASL_RESULT_RECORD;
    }
    return asl_boot_trial_is_over(plan) ? ASL_RESULT_STARTS : ASL_RESULT_IMAGE;
}

enum asl_boot_act asl_boot_decide(const struct asl_boot_plan *plan, uint32_t winner,
                                  bool can_confirm, bool uncounted, uint8_t cause,
                                  struct asl_otadata_step *step)
{
    if (plan->max_starts == 0 || !asl_otadata_is_trial(&plan->otadata)) {
        return ASL_BOOT_START;
    }
    if (plan->candidate[winner].slot.subtype == plan->governing) {
        bool is_counted = can_confirm && !uncounted && !asl_boot_trial_is_over(plan);
        return is_counted ? ASL_BOOT_MARK_START : ASL_BOOT_START;
    }
    return asl_boot_roll_back(plan, winner, can_confirm, how_it_failed(plan, uncounted), cause,
                              step)
               ? ASL_BOOT_ROLL_BACK
               : ASL_BOOT_START;
}

/* --- on a call --- */

static bool is_failure(enum asl_ota_result what)
{
    return what != ASL_RESULT_NONE && what != ASL_RESULT_CONFIRMED;
}

/* True when the running program may be gone back to: its record vouches for it, or it is what was
 * found when the governing slot held no image. A trial that has left for another choice stays
 * unproven: the record says so. */
static bool is_proven(const struct asl_boot_plan *plan, uint8_t running)
{
    if (plan->otadata.governing < 0 || governing(plan)->previous == running) {
        return true;
    }
    const struct asl_record *r = governing(plan);
    if (running != plan->governing) {
        return !is_failure(r->last.what) || r->last.subtype != running;
    }
    return !asl_otadata_is_trial(&plan->otadata) && r->state != ASL_OTA_INVALID &&
           r->state != ASL_OTA_ABORTED;
}

bool asl_boot_may_update(const struct asl_boot_plan *plan, uint8_t running, bool can_confirm)
{
    return is_proven(plan, running) ||
           (running == plan->governing && (!can_confirm || !asl_otadata_is_trial(&plan->otadata)));
}

bool asl_boot_must_reselect(const struct asl_boot_plan *plan, uint8_t running, uint8_t target)
{
    return target == plan->governing && target != running;
}

/* What remains good once the program in the running slot has changed the choice: that program, or
 * what it had come from, or what it had chosen instead of itself. */
static uint8_t previous_good(const struct asl_boot_plan *plan, uint8_t running, uint8_t chosen)
{
    uint8_t good = running;

    if (running == chosen || !is_proven(plan, running)) {
        good = plan->otadata.governing < 0 ? (uint8_t)ASL_SUBTYPE_NONE : governing(plan)->previous;
    }
    if (!is_proven(plan, running) && running != plan->governing &&
        is_proven(plan, plan->governing)) {
        good = plan->governing;
    }
    return good == chosen ? (uint8_t)ASL_SUBTYPE_NONE : good;
}

/* A good slot needs no trial where that could only end in a worse one: when it runs already, or
 * when nothing as good is left to go back to. */
static bool is_known_good(const struct asl_boot_plan *plan, uint8_t running, uint8_t chosen,
                          uint8_t previous)
{
    if (chosen == running || chosen == plan->governing) {
        return is_proven(plan, chosen);
    }
    return previous == ASL_SUBTYPE_NONE && plan->otadata.governing >= 0 &&
           governing(plan)->previous == chosen;
}

bool asl_boot_select(const struct asl_boot_plan *plan, uint8_t running, uint8_t subtype,
                     bool on_trial, struct asl_otadata_step *step)
{
    struct asl_otadata_choice choice;

    asl_otadata_carry(&plan->otadata, &choice);
    if (!name_slot(plan, subtype, &choice)) {
        return false;
    }
    choice.previous = previous_good(plan, running, subtype);
    if (running == plan->governing && !is_proven(plan, running)) {
        choice.last =
            (struct asl_last_result){ASL_RESULT_LEFT, running, (uint8_t)governing(plan)->starts, 0};
    }
    bool is_needed = !choice.is_factory && !is_known_good(plan, running, subtype, choice.previous);
    choice.state = on_trial && is_needed ? ASL_OTA_NEW : ASL_OTA_UNDEFINED;
    return asl_otadata_plan(&plan->otadata, &choice, step);
}

bool asl_boot_confirm(const struct asl_boot_plan *plan, uint8_t running, uint32_t floor,
                      struct asl_otadata_step *step)
{
    struct asl_otadata_choice choice;

    asl_otadata_carry(&plan->otadata, &choice);
    if (!asl_otadata_is_trial(&plan->otadata) || !name_slot(plan, running, &choice) ||
        choice.is_factory) {
        return false;
    }
    if (running != plan->governing) {
        if (governing(plan)->starts == 0) {
            return false;
        }
        choice.previous = ASL_SUBTYPE_NONE;
    }
    choice.state = ASL_OTA_VALID;
    choice.last.what = ASL_RESULT_CONFIRMED;
    choice.last.subtype = running;
    choice.last.starts = running == plan->governing ? (uint8_t)governing(plan)->starts : 0;
    choice.last.cause = 0;
    choice.floor = floor > choice.floor ? floor : choice.floor;
    return asl_otadata_plan(&plan->otadata, &choice, step);
}
