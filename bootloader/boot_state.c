/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_state.h"

#include <stddef.h>

#include "asl_err.h"
#include "boot_log.h"
#include "boot_trial.h"

static const char TAG[] = "boot";

#define OTADATA_LEN (2u * ASL_SECTOR_SIZE)

static uint32_t table[ASL_TABLE_LEN / 4u];
static struct asl_otadata_sector sectors[2];

static const char *app_usage(uint8_t subtype)
{
    if (subtype == ASL_APP_FACTORY) {
        return "factory app";
    }
    if (subtype == ASL_APP_TEST) {
        return "test app";
    }
    return subtype >= ASL_APP_OTA_0 && subtype < ASL_APP_OTA_0 + ASL_APP_OTA_MAX ? "OTA app"
                                                                                 : "Unknown app";
}

static const char *data_usage(uint8_t subtype)
{
    static const char *const names[] = {"OTA data", "RF data", "WiFi data"};

    return subtype < sizeof(names) / sizeof(names[0]) ? names[subtype] : "Unknown data";
}

static const char *usage(const struct asl_partition *p)
{
    if (p->type == ASL_TYPE_APP) {
        return app_usage(p->subtype);
    }
    return p->type == ASL_TYPE_DATA ? data_usage(p->subtype) : "unknown";
}

static void print_table(uint32_t n_entries, uint32_t flash_size)
{
    BOOT_LOGI(TAG, "Partition Table:");
    BOOT_LOGI(TAG, "## Label            Usage          Type ST Offset   Length");
    for (uint32_t i = 0; i < n_entries; i++) {
        struct asl_partition p;
        asl_table_get((const uint8_t *)table, i, &p);
        BOOT_LOGI(TAG, "%2d %-16s %-16s %02x %02x %08x %08x", (int)i, p.label, usage(&p), p.type,
                  p.subtype, p.addr, p.size);
        if (p.addr > flash_size || p.size > flash_size - p.addr) {
            BOOT_LOGW(TAG,
                      "partition %d invalid - offset 0x%x size 0x%x exceeds flash chip size 0x%x",
                      (int)i, p.addr, p.size, flash_size);
        }
    }
    BOOT_LOGI(TAG, "End of partition table");
}

/* Finds otadata; 0 when the table has none that can be used. */
static uint32_t find_otadata(uint32_t n_entries, uint32_t flash_size)
{
    for (uint32_t i = 0; i < n_entries; i++) {
        struct asl_partition p;
        asl_table_get((const uint8_t *)table, i, &p);
        if (p.type != ASL_TYPE_DATA || p.subtype != ASL_DATA_OTA) {
            continue;
        }
        if (p.addr % ASL_SECTOR_SIZE != 0) {
            BOOT_LOGE(TAG, "ota_info partition at 0x%x is not aligned to 0x%x, not used", p.addr,
                      ASL_SECTOR_SIZE);
            return 0;
        }
        if (p.size < OTADATA_LEN || p.addr > flash_size - OTADATA_LEN) {
            BOOT_LOGE(TAG, "ota_info partition size %d is too small (minimum %d bytes)",
                      (int)p.size, (int)OTADATA_LEN);
            return 0;
        }
        return p.addr;
    }
    return 0;
}

const char *boot_state_label(const struct boot_state *state, uint8_t subtype)
{
    for (uint32_t i = 0; i < state->plan.n_candidates; i++) {
        if (state->plan.candidate[i].slot.subtype == subtype) {
            return state->plan.candidate[i].slot.label;
        }
    }
    return "?";
}

static void print_choice(const struct asl_boot_plan *plan)
{
    if (plan->n_candidates == 0) {
        return;
    }
    const struct asl_boot_candidate *first = &plan->candidate[0];
    bool is_factory = first->slot.subtype == ASL_APP_FACTORY;

    if (first->reason == ASL_BOOT_BLANK) {
        if (is_factory) {
            BOOT_LOGI(TAG, "Defaulting to factory image");
        } else {
            BOOT_LOGI(TAG, "No factory image, trying OTA 0");
        }
    } else if (first->reason == ASL_BOOT_NO_RECORD) {
        if (is_factory) {
            BOOT_LOGE(TAG, "ota data partition invalid, falling back to factory");
        } else {
            BOOT_LOGE(TAG, "ota data partition invalid and no factory, will try all partitions");
        }
    } else if (first->reason == ASL_BOOT_SELECTED) {
        BOOT_LOGI(TAG, "otadata selects %s (sequence %u)", first->slot.label,
                  plan->otadata.record[plan->otadata.governing].seq);
    }
}

/* Cut: the factory seal governs before and after. */
static void finish_factory_choice(const struct asl_flash *flash, const struct boot_state *state)
{
    const struct asl_otadata *otadata = &state->plan.otadata;

    if (!asl_otadata_is_unfinished(otadata)) {
        return;
    }
    enum asl_err err = asl_otadata_finish(flash, state->otadata, otadata);
    if (err == ASL_OK) {
        BOOT_LOGI(TAG, "finished the choice of factory, which a reset had interrupted");
    } else {
        BOOT_LOGW(TAG, "an old boot record stays beside the choice of factory: %s",
                  asl_err_text(err));
    }
}

enum asl_err boot_state_read(const struct asl_flash *flash, struct boot_state *state)
{
    enum asl_err err = flash->read(flash->ctx, ASL_TABLE_ADDR, table, sizeof(table));

    state->table = (const uint8_t *)table;
    if (err == ASL_OK) {
        err = asl_table_check(state->table, sizeof(table), &state->n_entries);
    }
    if (err != ASL_OK) {
        return err;
    }
    print_table(state->n_entries, flash->size);
    state->otadata = find_otadata(state->n_entries, flash->size);
    if (state->otadata != 0) {
        err = asl_otadata_read(flash, state->otadata, sectors);
    }
    if (err == ASL_OK) {
        asl_boot_plan(state->table, state->n_entries, flash->size,
                      state->otadata != 0 ? sectors : NULL, BOOT_TRIAL_STARTS, &state->plan);
        print_choice(&state->plan);
        boot_trial_print_last(state);
        finish_factory_choice(flash, state);
    }
    return err;
}
