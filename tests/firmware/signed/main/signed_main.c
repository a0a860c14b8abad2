/* SPDX-License-Identifier: Apache-2.0 */
/* Test application: demands signatures. Confirms itself when it runs from an ota slot, then
 * installs an image that a test has staged in flash. Partition "staged": a word with the image's
 * length (none when erased; 0: the next slot is chosen as it is; 0xfffffffe: this image is given
 * up), the image from 0x1000 on. Prints lines that begin with "signed:". */
#include <stdio.h>

#include "esp_ota_ops.h"
#include "esp_system.h"
#include "esp_timer.h"

#define IMAGE_OFF 0x1000u
#define ROLL_BACK 0xfffffffeu

static uint32_t piece[256];

static esp_err_t copy(const esp_partition_t *staged, uint32_t len, esp_ota_handle_t handle)
{
    esp_err_t err = ESP_OK;

    for (uint32_t off = 0; err == ESP_OK && off < len; off += sizeof(piece)) {
        uint32_t n = len - off < sizeof(piece) ? len - off : sizeof(piece);
        err = esp_partition_read(staged, IMAGE_OFF + off, piece, n);
        if (err == ESP_OK) {
            err = esp_ota_write(handle, piece, n);
        }
    }
    return err;
}

/* Also tried while the slot to go back to is being written. */
static esp_err_t roll_back(void)
{
    esp_ota_handle_t handle;
    esp_err_t err =
        esp_ota_begin(esp_ota_get_next_update_partition(NULL), OTA_SIZE_UNKNOWN, &handle);

    if (err != ESP_OK) {
        return err;
    }
    printf("signed: roll-back while updating 0x%x\n",
           (unsigned)esp_ota_mark_app_invalid_rollback());
    esp_ota_abort(handle);
    printf("signed: roll-back is %spossible\n", esp_ota_check_rollback_is_possible() ? "" : "im");
    return esp_ota_mark_app_invalid_rollback();
}

static esp_err_t install(const esp_partition_t *staged, uint32_t len)
{
    const esp_partition_t *slot = esp_ota_get_next_update_partition(NULL);
    esp_ota_handle_t handle;

    if (len == ROLL_BACK) {
        return roll_back();
    }
    if (len == 0) {
        return esp_ota_set_boot_partition(slot);
    }
    esp_err_t err = esp_ota_begin(slot, len, &handle);
    if (err != ESP_OK) {
        return err;
    }
    err = copy(staged, len, handle);
    esp_err_t end = esp_ota_end(handle);
    printf("signed: write 0x%x, end 0x%x\n", (unsigned)err, (unsigned)end);
    err = err == ESP_OK ? end : err;
    return err == ESP_OK ? esp_ota_set_boot_partition(slot) : err;
}

void app_main(void)
{
    const esp_partition_t *running = esp_ota_get_running_partition();
    const esp_partition_t *staged =
        esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_ANY, "staged");
    uint32_t len = 0;

    printf("signed: running %s from %s\n", esp_ota_get_app_description()->version, running->label);
    if (running->subtype != ESP_PARTITION_SUBTYPE_APP_FACTORY) {
        printf("signed: confirm 0x%x\n", (unsigned)esp_ota_mark_app_valid_cancel_rollback());
    }
    if (esp_partition_read(staged, 0, &len, sizeof(len)) != ESP_OK || len == UINT32_MAX) {
        printf("signed: nothing is staged\n");
        return;
    }
    int64_t start = esp_timer_get_time();
    esp_err_t err = install(staged, len);
    printf("signed: %s 0x%x after %u ms\n", err == ESP_OK ? "installed" : "refused", (unsigned)err,
           (unsigned)((esp_timer_get_time() - start) / 1000));
    if (err != ESP_OK) {
        return;
    }
    esp_restart();
}
