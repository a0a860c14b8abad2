/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of the slots' images: their state, how the last trial ended, what could come back.
 */
#include <stdlib.h>
#include <string.h>

#include "esp_asl_err.h"
#include "esp_ota_ops.h"
#include "ota_private.h"
#include "ota_view.h"

static bool ended_badly(const struct asl_last_result *last)
{
    return last->what != ASL_RESULT_NONE && last->what != ASL_RESULT_CONFIRMED;
}

/* What the last result says of a slot; false when it is about another one. */
static bool state_by_result(const struct asl_record *governing, const esp_partition_t *slot,
                            esp_ota_img_states_t *state)
{
    if (governing == NULL || !ended_badly(&governing->last) ||
        governing->last.subtype != slot->subtype) {
        return false;
    }
    *state =
        governing->last.what == ASL_RESULT_REJECTED ? ESP_OTA_IMG_INVALID : ESP_OTA_IMG_ABORTED;
    return true;
}

/* The governing record knows best, then its memory of the last trial, then the older record. */
static esp_err_t find_state(const struct ota_view *view, const esp_partition_t *slot,
                            esp_ota_img_states_t *state)
{
    const struct asl_boot_plan *plan = &view->plan;
    const struct asl_record *governing = ota_view_governing(view);

    if (governing == NULL) {
        return ESP_ERR_NOT_FOUND;
    }
    const struct asl_record *other = &plan->otadata.record[1 - plan->otadata.governing];
    if (plan->governing == slot->subtype) {
        *state = (esp_ota_img_states_t)asl_record_state(governing);
    } else if (state_by_result(governing, slot, state)) {
        return ESP_OK;
    } else if (asl_boot_record_subtype(plan, other) == slot->subtype) {
        *state = (esp_ota_img_states_t)asl_record_state(other);
    } else if (governing->previous == slot->subtype) {
        *state = ESP_OTA_IMG_VALID;
    } else {
        return ESP_ERR_NOT_FOUND;
    }
    return ESP_OK;
}

esp_err_t esp_ota_get_state_partition(const esp_partition_t *partition,
                                      esp_ota_img_states_t *ota_state)
{
    if (partition == NULL || ota_state == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    if (!ota_is_slot(partition)) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    const esp_partition_t *slot = esp_partition_verify(partition);
    if (slot == NULL) {
        return ESP_ERR_NOT_FOUND;
    }
    enum asl_err opened;
    struct ota_view *view = ota_view_open(&opened);
    esp_err_t err = view != NULL ? find_state(view, slot, ota_state) : esp_err_from_asl(opened);

    free(view);
    return err;
}

static const esp_partition_t *find_refused(const struct ota_view *view)
{
    const struct asl_record *governing = ota_view_governing(view);
    esp_ota_img_states_t state;

    for (unsigned i = 0; governing != NULL && i < ASL_APP_OTA_MAX; i++) {
        const esp_partition_t *slot = ota_slot_of_subtype((uint8_t)(ASL_APP_OTA_0 + i));
        if (slot != NULL && find_state(view, slot, &state) == ESP_OK &&
            (state == ESP_OTA_IMG_INVALID || state == ESP_OTA_IMG_ABORTED)) {
            return slot;
        }
    }
    return NULL;
}

const esp_partition_t *esp_ota_get_last_invalid_partition(void)
{
    struct ota_view *view = ota_view_open(NULL);
    const esp_partition_t *slot = view != NULL ? find_refused(view) : NULL;

    free(view);
    if (slot != NULL && ota_verify(slot->address, slot->size, true, NULL) != ESP_OK) {
        slot = NULL;
    }
    return slot;
}

static esp_ota_last_trial_t last_trial(const struct asl_record *governing)
{
    esp_ota_last_trial_t out = {.result = ESP_OTA_TRIAL_NONE};

    if (governing != NULL && governing->last.what != ASL_RESULT_NONE) {
        out.result = (esp_ota_trial_result_t)governing->last.what;
        out.partition = ota_slot_of_subtype(governing->last.subtype);
        out.starts = governing->last.starts;
        out.reset_reason = (esp_reset_reason_t)governing->last.cause;
    }
    return out;
}

esp_err_t esp_ota_get_trial_info(esp_ota_trial_info_t *info)
{
    if (info == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    enum asl_err opened;
    struct ota_view *view = ota_view_open(&opened);
    if (view == NULL) {
        return esp_err_from_asl(opened);
    }
    const struct asl_record *governing = ota_view_governing(view);
    *info = (esp_ota_trial_info_t){.state = ESP_OTA_IMG_UNDEFINED, .max_starts = OTA_TRIAL_STARTS};
    if (find_state(view, esp_ota_get_running_partition(), &info->state) == ESP_OK &&
        ota_view_is_trial_of_running(view)) {
        info->starts = (uint8_t)governing->starts;
    }
    info->last = last_trial(governing);
    free(view);
    return ESP_OK;
}
