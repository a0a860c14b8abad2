/* SPDX-License-Identifier: Apache-2.0 */
/* The boot state as the bootloader sees it, for the time of one question, and the one way to change
 * it. */
#ifndef OTA_VIEW_H
#define OTA_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "asl_boot.h"
#include "esp_partition.h"
#include "sdkconfig.h"

/* Starts that a trial has; 0: no trials. */
#ifdef CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE
#define OTA_TRIAL_STARTS CONFIG_APP_TRIAL_STARTS
#else
#define OTA_TRIAL_STARTS 0
#endif

struct ota_view {
    uint8_t table[ASL_TABLE_LEN];
    uint32_t n_entries;
    struct asl_otadata_sector sectors[2];
    const esp_partition_t *otadata; /* NULL when there is none of two whole sectors */
    struct asl_boot_plan plan;
};

/* Reads the boot state. Caller frees. NULL after a log line when memory or flash fail. */
struct ota_view *ota_view_open(void);

/* The governing record; NULL when none governs. */
const struct asl_record *ota_view_governing(const struct ota_view *view);
/* The application partition of a subtype, NULL when the table has none. */
const esp_partition_t *ota_slot_of_subtype(uint8_t subtype);

/* True when the governing record names the running slot, and its trial has begun. */
bool ota_view_is_trial_of_running(const struct ota_view *view);

/* Called before a slot is written: makes sure that the device can come back. A slot that was
 * selected without a trial and waits for the reset is deselected first, because whatever is written
 * there would start without one. Errors: ESP_ERR_OTA_ROLLBACK_INVALID_STATE (the running image is
 * on trial), ESP_ERR_OTA_PARTITION_CONFLICT (no record can name the running one), ESP_ERR_NO_MEM,
 * those of ota_view_write(). Cut: the slot is selected as before, or the running one is. */
esp_err_t ota_keep_way_back(const esp_partition_t *slot);

/* Writes a planned successor of the governing record. Logs a failure.
 * Errors: ESP_ERR_NOT_FOUND (no otadata), ESP_ERR_FLASH_OP_FAIL.
 * Cut: the old choice or the new one. */
esp_err_t ota_view_write(const struct ota_view *view, const struct asl_otadata_step *step);

#endif
