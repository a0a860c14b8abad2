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

/* Reads the boot state. Caller frees. NULL after an error, which is logged and, where err is not
 * NULL, told: NO_MEM, FLASH_READ, those of asl_table_check(). */
struct ota_view *ota_view_open(enum asl_err *err);

/* The governing record; NULL when none governs. */
const struct asl_record *ota_view_governing(const struct ota_view *view);
/* The application partition of a subtype, NULL when the table has none. */
const esp_partition_t *ota_slot_of_subtype(uint8_t subtype);

/* True when the governing record names the running slot, and its trial has begun. */
bool ota_view_is_trial_of_running(const struct ota_view *view);

/* Asked when an update of a slot begins: could the device come back, and the image be selected?
 * Writes nothing. Errors: ESP_ERR_NOT_FOUND (no otadata), ESP_ERR_OTA_ROLLBACK_INVALID_STATE (the
 * running image is on trial), ESP_ERR_OTA_PARTITION_CONFLICT (the slot is selected, and no record
 * can name the running one), those of ota_view_open(). */
esp_err_t ota_judge_way_back(const esp_partition_t *slot);

/* Called before the slot is written for the first time: a slot that was selected without a trial
 * and waits for the reset is deselected, because whatever is written there would start without one.
 * Errors: INVALID_STATE (ota_judge_way_back() would refuse now), those of ota_view_open() and
 * ota_view_write(). Cut: the slot is selected as before, or the running one is. */
enum asl_err ota_keep_way_back(const esp_partition_t *slot);

/* Writes a planned successor of the governing record. Logs a failure.
 * Errors: OTADATA_SIZE (no otadata), FLASH_*. Cut: the old choice or the new one. */
enum asl_err ota_view_write(const struct ota_view *view, const struct asl_otadata_step *step);

#endif
