/* SPDX-License-Identifier: Apache-2.0 */
/* Which slot boots next: asked as the bootloader decides it, changed by one record. */
#include <stdlib.h>

#include "esp_asl_err.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "ota_private.h"
#include "ota_view.h"

static const char TAG[] = "esp_ota_ops";

const esp_partition_t *esp_ota_get_boot_partition(void)
{
    const esp_partition_t *boot = NULL;
    struct ota_view *view = ota_view_open(NULL);

    if (view != NULL && view->plan.n_candidates > 0) {
        boot = ota_slot_of_subtype(view->plan.candidate[0].slot.subtype);
    }
    free(view);
    return boot;
}

static esp_err_t select_slot(const struct ota_view *view, const esp_partition_t *slot,
                             bool can_confirm)
{
    uint8_t running = (uint8_t)esp_ota_get_running_partition()->subtype;
    uint8_t subtype = (uint8_t)slot->subtype;
    struct asl_otadata_step step;

    if (subtype == running && subtype == view->plan.governing) {
        return ESP_OK; /* as it is; a trial that has begun goes on */
    }
    bool on_trial = can_confirm && OTA_TRIAL_STARTS > 0;
    if (!asl_boot_select(&view->plan, running, subtype, on_trial, &step)) {
        return ESP_ERR_INVALID_ARG;
    }
    return esp_err_from_asl(ota_view_write(view, &step));
}

/* Whether a slot may be written, and what has to be written to otadata before that. */
struct way_back {
    bool must_reselect;
    struct asl_otadata_step step;
};

static esp_err_t plan_way_back(const struct ota_view *view, uint8_t target, struct way_back *out)
{
    uint8_t running = (uint8_t)esp_ota_get_running_partition()->subtype;
    bool can_confirm = esp_ota_get_app_description()->reserv1[0] != 0;
    bool on_trial = can_confirm && OTA_TRIAL_STARTS > 0;

    if (view->otadata == NULL) {
        return ESP_ERR_NOT_FOUND;
    }
    if (!asl_boot_may_update(&view->plan, running, can_confirm)) {
        return ESP_ERR_OTA_ROLLBACK_INVALID_STATE;
    }
    out->must_reselect = asl_boot_must_reselect(&view->plan, running, target);
    return !out->must_reselect ||
                   asl_boot_select(&view->plan, running, running, on_trial, &out->step)
               ? ESP_OK
               : ESP_ERR_OTA_PARTITION_CONFLICT;
}

esp_err_t ota_judge_way_back(const esp_partition_t *slot)
{
    struct way_back way;
    enum asl_err opened;
    struct ota_view *view = ota_view_open(&opened);
    esp_err_t err =
        view != NULL ? plan_way_back(view, (uint8_t)slot->subtype, &way) : esp_err_from_asl(opened);

    free(view);
    return err;
}

enum asl_err ota_keep_way_back(const esp_partition_t *slot)
{
    struct way_back way;
    enum asl_err err;
    struct ota_view *view = ota_view_open(&err);

    if (view == NULL) {
        return err;
    }
    if (plan_way_back(view, (uint8_t)slot->subtype, &way) != ESP_OK) {
        err = ASL_ERR_INVALID_STATE;
    } else if (way.must_reselect) {
        err = ota_view_write(view, &way.step);
    }
    free(view);
    return err;
}

/* Verifies the image of a slot, and asks its descriptor whether it can confirm itself. */
static esp_err_t judge(const esp_partition_t *slot, bool *can_confirm)
{
    struct asl_image_info *info = malloc(sizeof(*info));

    if (info == NULL) {
        return ESP_ERR_NO_MEM;
    }
    esp_err_t err = ota_verify_choice(slot, false, info);
    *can_confirm = err == ESP_OK && ota_can_confirm(info);
    free(info);
    return err;
}

esp_err_t esp_ota_set_boot_partition(const esp_partition_t *partition)
{
    if (partition == NULL || partition->type != ESP_PARTITION_TYPE_APP ||
        (partition->subtype != ESP_PARTITION_SUBTYPE_APP_FACTORY && !ota_is_slot(partition))) {
        return ESP_ERR_INVALID_ARG;
    }
    const esp_partition_t *slot = esp_partition_verify(partition);
    if (slot == NULL) {
        return ESP_ERR_NOT_FOUND;
    }
    if (ota_is_being_written(slot)) {
        ESP_LOGE(TAG, "%s is being updated: end or abort that first", slot->label);
        return ESP_ERR_OTA_ALREADY_IN_PROGRESS;
    }
    bool can_confirm = false;
    esp_err_t err = judge(slot, &can_confirm);
    if (err != ESP_OK) {
        return err;
    }
    enum asl_err opened;
    struct ota_view *view = ota_view_open(&opened);
    err = view != NULL ? select_slot(view, slot, can_confirm) : esp_err_from_asl(opened);
    free(view);
    if (err == ESP_OK && ota_is_slot(slot) && !can_confirm) {
        ESP_LOGW(TAG, "the image in %s links no confirm call: it starts without trial",
                 slot->label);
    }
    return err;
}
