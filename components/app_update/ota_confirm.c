/* SPDX-License-Identifier: Apache-2.0 */
/* The running image says that it is good. This file is linked only into programs that call it (see
 * component.mk): the descriptor then points here, which is how everybody knows that the image can
 * confirm itself, and the guard below waits for it. Keep everything else out of it. */
#include <stdlib.h>

#include "esp_asl_err.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "ota_owner.h"
#include "ota_private.h"
#include "ota_view.h"

static const char TAG[] = "esp_ota_ops";

/* --- the guard of a trial --- */

#if OTA_TRIAL_STARTS > 0
#define GUARD_STACK_LEN 1536 /* 700 for a log line, the rest for shutdown handlers */

static TaskHandle_t guard;

/* Sleeps through the trial. A program that lets no other task run never reaches the end of it: the
 * watchdog ends that one. */
static void guard_task(void *arg)
{
    (void)arg;
    vTaskDelay((TickType_t)CONFIG_APP_TRIAL_TIMEOUT_S * configTICK_RATE_HZ);
    ESP_LOGE(TAG, "not confirmed within %u s: restarting", (unsigned)CONFIG_APP_TRIAL_TIMEOUT_S);
    esp_restart();
}

/* Before app_main(). Without memory for the guard the trial still ends by the count of starts. */
__attribute__((constructor)) static void start_guard(void)
{
    struct ota_view *view = ota_view_open(NULL);
    bool on_trial = view != NULL && ota_view_is_trial_of_running(view);

    free(view);
    if (on_trial) {
        ESP_LOGI(TAG, "this image is on trial: it must confirm itself within %u s",
                 (unsigned)CONFIG_APP_TRIAL_TIMEOUT_S);
        xTaskCreate(guard_task, "trial", GUARD_STACK_LEN, NULL, configMAX_PRIORITIES - 1, &guard);
    }
}

static void end_guard(void)
{
    if (guard != NULL) {
        vTaskDelete(guard);
        guard = NULL;
    }
}
#else
static void end_guard(void)
{
}
#endif

/* --- confirming --- */

static esp_err_t confirm(const struct ota_view *view)
{
    const esp_partition_t *running = esp_ota_get_running_partition();
    struct asl_otadata_step step;

    if (view->otadata == NULL) {
        return ESP_ERR_NOT_FOUND;
    }
    if (!ota_is_slot(running)) {
        ESP_LOGE(TAG, "the running image is no ota slot's: there is nothing to confirm");
        return ESP_FAIL;
    }
    if (!asl_boot_confirm(&view->plan, (uint8_t)running->subtype, ota_owner_floor_on_confirm(),
                          &step)) {
        return ESP_OK; /* no trial of it governs */
    }
    esp_err_t err = esp_err_from_asl(ota_view_write(view, &step));
    if (err == ESP_OK) {
        ESP_LOGI(TAG, "%s is confirmed", running->label);
    }
    return err;
}

esp_err_t esp_ota_mark_app_valid_cancel_rollback(void)
{
    enum asl_err opened;
    struct ota_view *view = ota_view_open(&opened);
    esp_err_t err = view != NULL ? confirm(view) : esp_err_from_asl(opened);

    free(view);
    if (err == ESP_OK) {
        end_guard();
    }
    return err;
}
