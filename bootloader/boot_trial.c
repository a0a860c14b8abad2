/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_trial.h"

#include "asl_err.h"
#include "boot_log.h"

static const char TAG[] = "boot";

/* Numbers of esp_reset_reason_t. */
static const char *cause_text(uint32_t cause)
{
    static const char *const texts[] = {
        "unknown",       "power-on", "reset pin",  "restart", "panic", "interrupt watchdog",
        "task watchdog", "watchdog", "deep sleep", "brownout"};

    return cause < sizeof(texts) / sizeof(texts[0]) ? texts[cause] : texts[0];
}

static void print_result(const struct boot_state *state, const struct asl_last_result *last)
{
    const char *slot = boot_state_label(state, last->subtype);
    const char *cause = cause_text(last->cause);

    switch (last->what) {
    case ASL_RESULT_REJECTED:
        BOOT_LOGW(TAG, "last trial: %s rejected itself at start %d", slot, last->starts);
        break;
    case ASL_RESULT_STARTS:
        BOOT_LOGW(TAG, "last trial: %s was not confirmed in %d starts, last reset: %s", slot,
                  last->starts, cause);
        break;
    case ASL_RESULT_IMAGE:
        BOOT_LOGW(TAG, "last trial: the image in %s is damaged, starts: %d", slot, last->starts);
        break;
    case ASL_RESULT_RECORD:
        BOOT_LOGW(TAG, "last trial: the start of %s could not be counted, otadata takes no marks",
                  slot);
        break;
    case ASL_RESULT_LEFT:
        BOOT_LOGW(TAG, "last trial: %s left before it was confirmed, starts: %d", slot,
                  last->starts);
        break;
    default:
        break;
    }
}

void boot_trial_print_last(const struct boot_state *state)
{
    const struct asl_otadata *otadata = &state->plan.otadata;

    if (otadata->governing >= 0) {
        print_result(state, &otadata->record[otadata->governing].last);
    }
}

/* otadata: its trial's slot is the one that starts. */
static bool count_start(const struct asl_flash *flash, const struct boot_state *state,
                        const struct asl_otadata *otadata, const struct asl_partition *slot)
{
    enum asl_err err = asl_otadata_mark_start(flash, state->otadata, otadata, state->cause);

    if (err != ASL_OK) {
        BOOT_LOGE(TAG, "the start of %s could not be counted: %s (%s)", slot->label,
                  asl_err_text(err), asl_err_name(err));
        return false;
    }
    BOOT_LOGI(TAG, "%s is on trial: start %d of %d, last reset: %s", slot->label,
              (int)otadata->record[otadata->governing].starts + 1, (int)state->plan.max_starts,
              cause_text(state->cause));
    return true;
}

/* What was written, as the flash now tells it: how the trial ended, and whether the slot that
 * starts instead is on trial itself. That start is the first of it. */
static void follow_written(const struct asl_flash *flash, const struct boot_state *state,
                           const struct asl_partition *slot)
{
    static struct asl_otadata_sector sectors[2];
    static struct asl_otadata otadata;

    if (asl_otadata_read(flash, state->otadata, sectors) != ASL_OK) {
        return;
    }
    asl_otadata_parse(sectors, &otadata);
    if (otadata.governing >= 0) {
        print_result(state, &otadata.record[otadata.governing].last);
    }
    BOOT_LOGW(TAG, "rolled back to %s", slot->label);
    if (asl_otadata_is_trial(&otadata)) {
        (void)count_start(flash, state, &otadata, slot);
    }
}

/* The image starts even when its record cannot be written, or its start not be counted: it is the
 * best that there is. */
static void roll_back(const struct asl_flash *flash, const struct boot_state *state,
                      const struct asl_partition *slot, const struct asl_otadata_step *step)
{
    enum asl_err err = asl_otadata_write(flash, state->otadata, step);

    if (err != ASL_OK) {
        BOOT_LOGE(TAG, "the roll-back to %s could not be recorded: %s (%s)", slot->label,
                  asl_err_text(err), asl_err_name(err));
        return;
    }
    follow_written(flash, state, slot);
}

bool boot_trial_settle(const struct asl_flash *flash, const struct boot_state *state,
                       uint32_t winner, bool can_confirm, bool uncounted)
{
    const struct asl_partition *slot = &state->plan.candidate[winner].slot;
    static struct asl_otadata_step step;

    switch (asl_boot_decide(&state->plan, winner, can_confirm, uncounted, state->cause, &step)) {
    case ASL_BOOT_MARK_START:
        return count_start(flash, state, &state->plan.otadata, slot);
    case ASL_BOOT_ROLL_BACK:
        roll_back(flash, state, slot, &step);
        return true;
    default:
        return true;
    }
}
