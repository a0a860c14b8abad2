/* SPDX-License-Identifier: Apache-2.0 */
#include "asl_boot.h"

#include <stddef.h>
#include <string.h>

/* Bit i set: the table has a slot of subtype ota_i. */
static uint32_t ota_mask(const uint8_t *raw, uint32_t n_entries)
{
    struct asl_partition p;
    uint32_t mask = 0;

    for (uint32_t i = 0; i < n_entries; i++) {
        asl_table_get(raw, i, &p);
        if (asl_partition_is_ota(&p)) {
            mask |= 1u << (p.subtype - ASL_APP_OTA_0);
        }
    }
    return mask;
}

static uint32_t count_bits(uint32_t mask)
{
    uint32_t n = 0;

    for (; mask != 0; mask &= mask - 1u) {
        n++;
    }
    return n;
}

uint32_t asl_boot_n_ota(const uint8_t *raw, uint32_t n_entries)
{
    return count_bits(ota_mask(raw, n_entries));
}

int asl_boot_ota_index(const uint8_t *raw, uint32_t n_entries, uint32_t subtype)
{
    uint32_t mask = ota_mask(raw, n_entries);
    uint32_t bit = subtype - ASL_APP_OTA_0;

    if (bit >= ASL_APP_OTA_MAX || (mask >> bit & 1u) == 0) {
        return -1;
    }
    return (int)count_bits(mask & ((1u << bit) - 1u));
}

/* Subtype of ota slot index (below the number of ota slots). */
static uint32_t ota_subtype(uint32_t mask, uint32_t index)
{
    uint32_t bit = 0;

    for (; index > 0; index--) {
        mask &= mask - 1u;
    }
    while ((mask >> bit & 1u) == 0) {
        bit++;
    }
    return ASL_APP_OTA_0 + bit;
}

static bool is_usable(const struct asl_partition *p, uint32_t flash_size)
{
    return p->size != 0 && p->addr <= flash_size && p->size <= flash_size - p->addr &&
           !asl_partition_crosses_window(p);
}

struct planner {
    const uint8_t *raw;
    uint32_t n_entries;
    uint32_t flash_size;
    struct asl_boot_plan *plan;
};

static bool is_planned(const struct asl_boot_plan *plan, uint32_t subtype)
{
    for (uint32_t i = 0; i < plan->n_candidates; i++) {
        if (plan->candidate[i].slot.subtype == subtype) {
            return true;
        }
    }
    return false;
}

/* Appends the usable slot of a subtype, once. */
static void add(struct planner *planner, uint32_t subtype, enum asl_boot_reason reason)
{
    struct asl_boot_plan *plan = planner->plan;
    struct asl_partition p;

    if (is_planned(plan, subtype)) {
        return;
    }
    for (uint32_t i = 0; i < planner->n_entries; i++) {
        asl_table_get(planner->raw, i, &p);
        if (p.type == ASL_TYPE_APP && p.subtype == subtype && is_usable(&p, planner->flash_size)) {
            plan->candidate[plan->n_candidates].slot = p;
            plan->candidate[plan->n_candidates].reason = reason;
            plan->n_candidates++;
            return;
        }
    }
}

static uint32_t count_skipped(const uint8_t *raw, uint32_t n_entries, uint32_t flash_size)
{
    struct asl_partition p;
    uint32_t n = 0;

    for (uint32_t i = 0; i < n_entries; i++) {
        asl_table_get(raw, i, &p);
        if (asl_partition_is_slot(&p) && !is_usable(&p, flash_size)) {
            n++;
        }
    }
    return n;
}

/* The slots that the records name: the active one's, then the other's. */
static void add_recorded(struct planner *planner, uint32_t mask)
{
    const struct asl_boot_plan *plan = planner->plan;
    uint32_t n_ota = count_bits(mask);

    if (plan->active < 0 || n_ota == 0) {
        return;
    }
    const struct asl_record *active = &plan->records[plan->active];
    const struct asl_record *other = &plan->records[1 - plan->active];
    add(planner, ota_subtype(mask, (active->seq - 1u) % n_ota), ASL_BOOT_SELECTED);
    if (other->kind == ASL_RECORD_VALID) {
        add(planner, ota_subtype(mask, (other->seq - 1u) % n_ota), ASL_BOOT_PREVIOUS);
    }
}

/* Factory and the ota slots ascending. The first has reason first when no record chose. */
static void add_fallbacks(struct planner *planner, uint32_t mask, enum asl_boot_reason first)
{
    add(planner, ASL_APP_FACTORY, first);
    for (uint32_t bit = 0; bit < ASL_APP_OTA_MAX; bit++) {
        if ((mask >> bit & 1u) != 0) {
            bool is_first = planner->plan->n_candidates == 0;
            add(planner, ASL_APP_OTA_0 + bit, is_first ? first : ASL_BOOT_FALLBACK);
        }
    }
    add(planner, ASL_APP_TEST, ASL_BOOT_LAST_RESORT);
}

static enum asl_boot_reason first_reason(const struct asl_boot_plan *plan)
{
    if (plan->active >= 0) {
        return ASL_BOOT_FALLBACK;
    }
    bool blank =
        plan->records[0].kind == ASL_RECORD_BLANK && plan->records[1].kind == ASL_RECORD_BLANK;
    return blank ? ASL_BOOT_BLANK : ASL_BOOT_NO_RECORD;
}

/* A table without otadata is one whose records are blank. */
static void read_records(const uint8_t (*otadata)[ASL_OTADATA_RECORD_LEN],
                         struct asl_record records[2])
{
    static const struct asl_record blank = {ASL_RECORD_BLANK, ASL_OTADATA_SEQ_BLANK,
                                            ASL_OTA_UNDEFINED};

    for (int i = 0; i < 2; i++) {
        records[i] = blank;
        if (otadata != NULL) {
            asl_record_parse(otadata[i], &records[i]);
        }
    }
}

void asl_boot_plan(const uint8_t *raw, uint32_t n_entries, uint32_t flash_size,
                   const uint8_t (*otadata)[ASL_OTADATA_RECORD_LEN], struct asl_boot_plan *plan)
{
    struct planner planner = {raw, n_entries, flash_size, plan};
    uint32_t mask = ota_mask(raw, n_entries);

    memset(plan, 0, sizeof(*plan));
    read_records(otadata, plan->records);
    plan->active = asl_otadata_active(plan->records);
    plan->n_skipped = count_skipped(raw, n_entries, flash_size);
    add_recorded(&planner, mask);
    add_fallbacks(&planner, mask, first_reason(plan));
}
