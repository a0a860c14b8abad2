/* SPDX-License-Identifier: Apache-2.0 */
#include "ota_view.h"

#include <stdlib.h>

#include "airslot/flash.h"
#include "esp_asl_err.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "ota_private.h"

static const char TAG[] = "esp_ota_ops";

static const esp_partition_t *find_otadata(void)
{
    const esp_partition_t *p =
        esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_OTA, NULL);
    bool is_whole =
        p != NULL && p->size >= 2u * ASL_SECTOR_SIZE && p->address % ASL_SECTOR_SIZE == 0;
    return is_whole ? p : NULL;
}

static enum asl_err read_view(struct ota_view *view)
{
    const struct asl_flash *flash = esp_flash_port();
    enum asl_err err = flash->read(flash->ctx, ASL_TABLE_ADDR, view->table, ASL_TABLE_LEN);

    if (err == ASL_OK) {
        err = asl_table_check(view->table, ASL_TABLE_LEN, &view->n_entries);
    }
    if (err == ASL_OK && view->otadata != NULL) {
        err = asl_otadata_read(flash, view->otadata->address, view->sectors);
    }
    return err;
}

struct ota_view *ota_view_open(enum asl_err *out_err)
{
    struct ota_view *view = malloc(sizeof(*view));
    enum asl_err err = ASL_ERR_NO_MEM;

    if (view != NULL) {
        view->otadata = find_otadata();
        err = read_view(view);
    }
    if (out_err != NULL) {
        *out_err = err;
    }
    if (err != ASL_OK) {
        esp_asl_err_log(TAG, "boot state", err);
        free(view);
        return NULL;
    }
    asl_boot_plan(view->table, view->n_entries, esp_flash_port()->size,
                  view->otadata != NULL ? view->sectors : NULL, OTA_TRIAL_STARTS, &view->plan);
    return view;
}

const struct asl_record *ota_view_governing(const struct ota_view *view)
{
    const struct asl_otadata *otadata = &view->plan.otadata;

    return otadata->governing >= 0 ? &otadata->record[otadata->governing] : NULL;
}

const esp_partition_t *ota_slot_of_subtype(uint8_t subtype)
{
    return esp_partition_find_first(ESP_PARTITION_TYPE_APP, (esp_partition_subtype_t)subtype, NULL);
}

bool ota_view_is_trial_of_running(const struct ota_view *view)
{
    const struct asl_record *governing = ota_view_governing(view);

    return asl_otadata_is_trial(&view->plan.otadata) &&
           asl_record_state(governing) == ASL_OTA_PENDING_VERIFY &&
           view->plan.governing == (uint8_t)esp_ota_get_running_partition()->subtype;
}

enum asl_err ota_view_write(const struct ota_view *view, const struct asl_otadata_step *step)
{
    enum asl_err err = view->otadata != NULL
                           ? asl_otadata_write(esp_flash_port(), view->otadata->address, step)
                           : ASL_ERR_OTADATA_SIZE;

    if (err != ASL_OK) {
        esp_asl_err_log(TAG, "the boot choice was not changed", err);
    }
    return err;
}
