/* SPDX-License-Identifier: Apache-2.0 */
/* Back to the previous image: whether it can be, how the running image asks for it, and how what
 * is no longer wanted is forgotten. */
#include <stdlib.h>

#include "airslot/flash.h"
#include "esp_asl_err.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "esp_system.h"
#include "ota_private.h"
#include "ota_view.h"

static const char TAG[] = "esp_ota_ops";

#define NO_TARGET "no other slot holds a complete image that this device accepts"

static bool can_come_back(const struct asl_boot_candidate *candidate)
{
    return candidate->slot.subtype != (uint8_t)esp_ota_get_running_partition()->subtype &&
           candidate->reason != ASL_BOOT_REFUSED && candidate->reason != ASL_BOOT_LAST_RESORT;
}

/* Where a roll-back goes. */
struct target {
    uint32_t candidate; /* of the plan */
    const esp_partition_t *slot;
    bool can_confirm;
};

/* Finds the image that the bootloader would start if the running one were gone, and that could be
 * chosen by the owner's rules as well. Errors: ESP_ERR_NOT_FOUND; ESP_ERR_NO_MEM when one cannot be
 * judged: then none behind it is taken instead. */
static esp_err_t find_target(const struct ota_view *view, struct target *target)
{
    struct asl_image_info *info = malloc(sizeof(*info));
    esp_err_t err = info != NULL ? ESP_ERR_NOT_FOUND : ESP_ERR_NO_MEM;

    for (uint32_t i = 0; err == ESP_ERR_NOT_FOUND && i < view->plan.n_candidates; i++) {
        const struct asl_boot_candidate *candidate = &view->plan.candidate[i];
        const esp_partition_t *slot = ota_slot_of_subtype(candidate->slot.subtype);
        if (slot == NULL || !can_come_back(candidate)) {
            continue;
        }
        esp_err_t verdict = ota_verify_choice(slot, true, info);
        if (verdict == ESP_OK) {
            *target =
                (struct target){.candidate = i, .slot = slot, .can_confirm = ota_can_confirm(info)};
        }
        if (verdict == ESP_OK || verdict == ESP_ERR_NO_MEM) {
            err = verdict;
        }
    }
    free(info);
    return err;
}

static const esp_partition_t *find_previous(const struct ota_view *view)
{
    const struct asl_boot_plan *plan = &view->plan;
    const struct asl_record *governing = ota_view_governing(view);

    if (governing == NULL) {
        return NULL;
    }
    uint8_t subtype = governing->previous;
    if (subtype == ASL_SUBTYPE_NONE) {
        subtype = asl_boot_record_subtype(plan, &plan->otadata.record[1 - plan->otadata.governing]);
    }
    bool is_other = subtype != (uint8_t)esp_ota_get_running_partition()->subtype;
    return subtype != ASL_SUBTYPE_NONE && is_other ? ota_slot_of_subtype(subtype) : NULL;
}

const esp_partition_t *esp_ota_get_previous_partition(void)
{
    struct ota_view *view = ota_view_open(NULL);
    const esp_partition_t *previous = view != NULL ? find_previous(view) : NULL;

    free(view);
    return previous;
}

bool esp_ota_check_rollback_is_possible(void)
{
    struct ota_view *view = ota_view_open(NULL);
    struct target target;
    bool possible = view != NULL && view->otadata != NULL && find_target(view, &target) == ESP_OK &&
                    !ota_is_being_written(target.slot);

    free(view);
    return possible;
}

static esp_err_t refuse_roll_back(const char *why)
{
    ESP_LOGE(TAG, "no roll-back: %s (0x%x, %s)", why, ESP_ERR_OTA_ROLLBACK_FAILED,
             esp_err_to_name(ESP_ERR_OTA_ROLLBACK_FAILED));
    return ESP_ERR_OTA_ROLLBACK_FAILED;
}

static esp_err_t roll_back(const struct ota_view *view, const esp_partition_t *running)
{
    struct asl_otadata_step step;
    struct target to;

    esp_err_t err = find_target(view, &to);
    if (err == ESP_ERR_NO_MEM) {
        ESP_LOGE(TAG, "no roll-back: out of memory to judge the images");
        return err;
    }
    if (err != ESP_OK) {
        return refuse_roll_back(NO_TARGET);
    }
    if (ota_is_being_written(to.slot)) {
        ESP_LOGE(TAG, "no roll-back: %s is being updated: end or abort that first", to.slot->label);
        return ESP_ERR_OTA_ALREADY_IN_PROGRESS;
    }
    if (!asl_boot_roll_back(&view->plan, to.candidate, to.can_confirm, ASL_RESULT_REJECTED,
                            (uint8_t)esp_reset_reason(), &step)) {
        return refuse_roll_back(NO_TARGET);
    }
    err = esp_err_from_asl(ota_view_write(view, &step));
    if (err == ESP_OK) {
        ESP_LOGW(TAG, "%s rejects itself; %s starts at the next reset", running->label,
                 to.slot->label);
    }
    return err;
}

static esp_err_t reject_running(const struct ota_view *view)
{
    const esp_partition_t *running = esp_ota_get_running_partition();

    if (view->otadata == NULL) {
        return ESP_ERR_NOT_FOUND;
    }
    if (!ota_is_slot(running)) {
        ESP_LOGE(TAG, "the running image is no ota slot's: there is nothing to roll back");
        return ESP_FAIL;
    }
    if (view->plan.governing != (uint8_t)running->subtype) {
        return refuse_roll_back("the boot record names another slot already");
    }
    return roll_back(view, running);
}

esp_err_t esp_ota_mark_app_invalid_rollback(void)
{
    enum asl_err opened;
    struct ota_view *view = ota_view_open(&opened);
    esp_err_t err = view != NULL ? reject_running(view) : esp_err_from_asl(opened);

    free(view);
    return err;
}

esp_err_t esp_ota_mark_app_invalid_rollback_and_reboot(void)
{
    esp_err_t err = esp_ota_mark_app_invalid_rollback();

    if (err == ESP_OK) {
        esp_restart();
    }
    return err;
}

/* --- forgetting --- */

static esp_err_t erase_other_record(const struct ota_view *view)
{
    enum asl_err err =
        view->otadata != NULL
            ? asl_otadata_erase_other(esp_flash_port(), view->otadata->address, &view->plan.otadata)
            : ASL_ERR_INVALID_STATE;

    return err == ASL_ERR_INVALID_STATE ? ESP_FAIL : esp_err_from_asl(err);
}

esp_err_t esp_ota_invalidate_inactive_ota_data_slot(void)
{
    enum asl_err opened;
    struct ota_view *view = ota_view_open(&opened);
    esp_err_t err = view != NULL ? erase_other_record(view) : esp_err_from_asl(opened);

    free(view);
    return err;
}

/* Plans the record of the running image anew, without a previous slot. */
static bool plan_forgetting(const struct ota_view *view, struct asl_otadata_step *step)
{
    const struct asl_boot_plan *plan = &view->plan;
    struct asl_otadata_choice choice;

    asl_otadata_carry(&plan->otadata, &choice);
    choice.slot = (uint32_t)asl_boot_ota_index(view->table, view->n_entries, plan->governing);
    choice.n_slots = asl_boot_n_ota(view->table, view->n_entries);
    choice.state = ota_view_governing(view)->state;
    choice.previous = ASL_SUBTYPE_NONE;
    return asl_otadata_plan(&plan->otadata, &choice, step);
}

/* The chip does not say when an erase did nothing; without its first byte an image is none. */
static esp_err_t erase_image(const esp_partition_t *slot)
{
    uint8_t first[ASL_IMAGE_HEADER_LEN];
    esp_err_t err = esp_partition_erase_range(slot, 0, slot->size);

    if (err == ESP_OK) {
        err = esp_partition_read(slot, 0, first, sizeof(first));
    }
    return err == ESP_OK && first[0] == ASL_IMAGE_MAGIC ? ESP_ERR_FLASH_OP_FAIL : err;
}

/* The record forgets the image before the image goes. */
static esp_err_t forget_previous(const struct ota_view *view)
{
    const esp_partition_t *running = esp_ota_get_running_partition();
    const esp_partition_t *previous = find_previous(view);
    struct asl_otadata_step step;

    if (view->otadata == NULL || previous == NULL || !ota_is_slot(previous) ||
        !ota_is_slot(running) || view->plan.governing != (uint8_t)running->subtype ||
        asl_otadata_is_trial(&view->plan.otadata) || !plan_forgetting(view, &step)) {
        return ESP_FAIL;
    }
    esp_err_t err = esp_err_from_asl(ota_view_write(view, &step));
    return err == ESP_OK ? erase_image(previous) : err;
}

esp_err_t esp_ota_erase_last_boot_app_partition(void)
{
    enum asl_err opened;
    struct ota_view *view = ota_view_open(&opened);
    esp_err_t err = view != NULL ? forget_previous(view) : esp_err_from_asl(opened);

    free(view);
    return err;
}
