/* SPDX-License-Identifier: Apache-2.0 */
/* Which slot boots: read as the bootloader reads it, changed by one record at a time. */
#include <stdlib.h>
#include <string.h>

#include "airslot/flash.h"
#include "asl_boot.h"
#include "esp_asl_err.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "ota_private.h"

static const char TAG[] = "esp_ota_ops";

/* The bootloader's view, for the time of one question. */
struct boot_view {
    uint8_t table[ASL_TABLE_LEN];
    uint32_t n_entries;
    uint8_t records[2][ASL_OTADATA_RECORD_LEN];
    const esp_partition_t *otadata; /* NULL when there is none of two whole sectors */
    struct asl_boot_plan plan;
};

static enum asl_err read_view(struct boot_view *view)
{
    const struct asl_flash *flash = esp_flash_port();
    enum asl_err err = flash->read(flash->ctx, ASL_TABLE_ADDR, view->table, ASL_TABLE_LEN);

    if (err == ASL_OK) {
        err = asl_table_check(view->table, ASL_TABLE_LEN, &view->n_entries);
    }
    for (uint32_t i = 0; err == ASL_OK && view->otadata != NULL && i < 2; i++) {
        err = flash->read(flash->ctx, view->otadata->address + i * ASL_SECTOR_SIZE,
                          view->records[i], ASL_OTADATA_RECORD_LEN);
    }
    return err;
}

/* Caller frees. NULL after a log line when memory or flash fail. */
static struct boot_view *open_view(void)
{
    struct boot_view *view = malloc(sizeof(*view));

    if (view == NULL) {
        ESP_LOGE(TAG, "no memory to read the boot state");
        return NULL;
    }
    const esp_partition_t *p =
        esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_OTA, NULL);
    bool is_whole =
        p != NULL && p->size >= 2u * ASL_SECTOR_SIZE && p->address % ASL_SECTOR_SIZE == 0;
    view->otadata = is_whole ? p : NULL;
    enum asl_err err = read_view(view);
    if (err != ASL_OK) {
        esp_asl_err_log(TAG, "boot state", err);
        free(view);
        return NULL;
    }
    asl_boot_plan(view->table, view->n_entries, esp_flash_port()->size,
                  view->otadata != NULL ? (const uint8_t(*)[ASL_OTADATA_RECORD_LEN])view->records
                                        : NULL,
                  &view->plan);
    return view;
}

const esp_partition_t *esp_ota_get_boot_partition(void)
{
    const esp_partition_t *boot = NULL;
    struct boot_view *view = open_view();

    if (view != NULL && view->plan.n_candidates > 0) {
        uint8_t subtype = view->plan.candidate[0].slot.subtype;
        boot = esp_partition_find_first(ESP_PARTITION_TYPE_APP, (esp_partition_subtype_t)subtype,
                                        NULL);
    }
    free(view);
    return boot;
}

/* --- writing --- */

static enum asl_err check_bytes(uint32_t addr, const uint8_t *want, uint32_t len)
{
    const struct asl_flash *flash = esp_flash_port();
    uint8_t have[ASL_OTADATA_RECORD_LEN];
    enum asl_err err = flash->read(flash->ctx, addr, have, len);

    if (err != ASL_OK) {
        return err;
    }
    return memcmp(have, want, len) == 0 ? ASL_OK : ASL_ERR_FLASH_VERIFY;
}

/* Cut after 1: this sector is blank or undefined, the other record still chooses.
 * Cut after 2: the new record chooses, or is torn and the other still does. */
static enum asl_err write_record(uint32_t addr, const uint8_t raw[ASL_OTADATA_RECORD_LEN])
{
    const struct asl_flash *flash = esp_flash_port();
    uint32_t words[ASL_OTADATA_RECORD_LEN / 4u];

    memcpy(words, raw, sizeof(words));
    enum asl_err err = flash->erase(flash->ctx, addr); /* 1 */
    if (err == ASL_OK) {
        err = flash->program(flash->ctx, addr, words, sizeof(words)); /* 2 */
    }
    return err == ASL_OK ? check_bytes(addr, raw, sizeof(words)) : err;
}

static enum asl_err select_slot(const struct boot_view *view, const esp_partition_t *slot)
{
    int index = asl_boot_ota_index(view->table, view->n_entries, slot->subtype);
    uint32_t n_slots = asl_boot_n_ota(view->table, view->n_entries);
    struct asl_otadata_step step;

    if (index < 0 || !asl_otadata_select(view->plan.records, (uint32_t)index, n_slots,
                                         ASL_OTA_UNDEFINED, &step)) {
        return ASL_ERR_INVALID_ARG;
    }
    return write_record(view->otadata->address + step.sector * ASL_SECTOR_SIZE, step.raw);
}

/* Factory boots when both records are gone. Cut between the two: the newer record still chooses. */
static enum asl_err select_factory(const struct boot_view *view)
{
    const struct asl_flash *flash = esp_flash_port();
    uint8_t blank[ASL_OTADATA_RECORD_LEN];
    enum asl_err err = ASL_OK;
    uint32_t order[2];

    memset(blank, 0xff, sizeof(blank));
    asl_otadata_erase_order(view->plan.records, order);
    for (int i = 0; err == ASL_OK && i < 2; i++) {
        uint32_t addr = view->otadata->address + order[i] * ASL_SECTOR_SIZE;
        err = flash->erase(flash->ctx, addr);
        err = err == ASL_OK ? check_bytes(addr, blank, sizeof(blank)) : err;
    }
    return err;
}

static esp_err_t change_choice(const esp_partition_t *slot)
{
    struct boot_view *view = open_view();
    enum asl_err err;

    if (view == NULL) {
        return ESP_ERR_NO_MEM;
    }
    if (view->otadata == NULL) {
        err = ASL_ERR_OTADATA_SIZE;
    } else {
        err = ota_is_slot(slot) ? select_slot(view, slot) : select_factory(view);
    }
    free(view);
    if (err != ASL_OK) {
        esp_asl_err_log(TAG, "the boot choice was not changed", err);
    }
    return esp_err_from_asl(err);
}

esp_err_t esp_ota_set_boot_partition(const esp_partition_t *partition)
{
    if (partition == NULL || partition->type != ESP_PARTITION_TYPE_APP ||
        (partition->subtype != ESP_PARTITION_SUBTYPE_APP_FACTORY && !ota_is_slot(partition))) {
        return ESP_ERR_INVALID_ARG;
    }
    if (esp_partition_verify(partition) == NULL) {
        return ESP_ERR_NOT_FOUND;
    }
    esp_err_t err = ota_verify(partition->address, partition->size, false, NULL);
    return err != ESP_OK ? err : change_choice(partition);
}

/* --- states --- */

/* The slot that a record names, NULL when it names none. */
static const esp_partition_t *slot_of(const struct boot_view *view, const struct asl_record *record)
{
    uint32_t n_slots = asl_boot_n_ota(view->table, view->n_entries);
    bool names = record->kind == ASL_RECORD_VALID || record->kind == ASL_RECORD_REFUSED;

    for (unsigned i = 0; names && n_slots > 0 && i < ASL_APP_OTA_MAX; i++) {
        int index = asl_boot_ota_index(view->table, view->n_entries, ASL_APP_OTA_0 + i);
        if (index >= 0 && (uint32_t)index == (record->seq - 1u) % n_slots) {
            return esp_partition_find_first(ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_OTA(i),
                                            NULL);
        }
    }
    return NULL;
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
    struct boot_view *view = open_view();
    const struct asl_record *best = NULL;
    if (view == NULL) {
        return ESP_ERR_NO_MEM;
    }
    for (int i = 0; i < 2 && view->otadata != NULL; i++) {
        const struct asl_record *record = &view->plan.records[i];
        if (slot_of(view, record) == slot && (best == NULL || record->seq > best->seq)) {
            best = record;
        }
    }
    if (best != NULL) {
        *ota_state = (esp_ota_img_states_t)best->state;
    }
    free(view);
    return best != NULL ? ESP_OK : ESP_ERR_NOT_FOUND;
}

const esp_partition_t *esp_ota_get_last_invalid_partition(void)
{
    const esp_partition_t *invalid = NULL;
    struct boot_view *view = open_view();

    for (int i = 0; view != NULL && i < 2 && invalid == NULL; i++) {
        if (view->plan.records[i].kind == ASL_RECORD_REFUSED) {
            invalid = slot_of(view, &view->plan.records[i]);
        }
    }
    free(view);
    if (invalid != NULL && ota_verify(invalid->address, invalid->size, true, NULL) != ESP_OK) {
        invalid = NULL;
    }
    return invalid;
}
