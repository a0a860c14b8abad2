/* SPDX-License-Identifier: Apache-2.0 */
#include "asl_boot.h"

#include <stddef.h>
#include <string.h>

#include "ota_mask.h"

uint32_t asl_boot_n_ota(const uint8_t *raw, uint32_t n_entries)
{
    return ota_mask_count(ota_mask_of(raw, n_entries));
}

int asl_boot_ota_index(const uint8_t *raw, uint32_t n_entries, uint32_t subtype)
{
    return ota_mask_index(ota_mask_of(raw, n_entries), subtype);
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

/* Appends the usable slot of a subtype, once. What a record names may be anything: only factory,
 * ota and test are slots, and so the plan has room for all. */
static void add(struct planner *planner, uint32_t subtype, enum asl_boot_reason reason)
{
    struct asl_boot_plan *plan = planner->plan;
    struct asl_partition p;

    if (plan->n_candidates == ASL_BOOT_MAX_CANDIDATES || is_planned(plan, subtype)) {
        return;
    }
    for (uint32_t i = 0; i < planner->n_entries; i++) {
        asl_table_get(planner->raw, i, &p);
        if (asl_partition_is_slot(&p) && p.subtype == subtype &&
            is_usable(&p, planner->flash_size)) {
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

uint8_t asl_boot_record_subtype(const struct asl_boot_plan *plan, const struct asl_record *r)
{
    uint32_t n_ota = ota_mask_count(plan->ota_mask);

    if (!asl_record_is_valid(r)) {
        return ASL_SUBTYPE_NONE;
    }
    if (r->is_factory) {
        return ASL_APP_FACTORY;
    }
    return n_ota == 0 ? (uint8_t)ASL_SUBTYPE_NONE
                      : ota_mask_subtype(plan->ota_mask, (r->seq - 1u) % n_ota);
}

bool asl_boot_trial_is_over(const struct asl_boot_plan *plan)
{
    return asl_otadata_is_trial(&plan->otadata) && plan->max_starts > 0 &&
           plan->otadata.record[plan->otadata.governing].starts >= plan->max_starts;
}

static bool is_governing_refused(const struct asl_boot_plan *plan)
{
    enum asl_ota_state state = plan->otadata.record[plan->otadata.governing].state;

    return asl_boot_trial_is_over(plan) || state == ASL_OTA_INVALID || state == ASL_OTA_ABORTED;
}

/* Subtype of the slot that comes last: the governing one when its trial is over or its state
 * refuses it, else the one that the last trial ended badly for. */
static uint8_t refused_subtype(const struct asl_boot_plan *plan)
{
    if (plan->otadata.governing < 0) {
        return ASL_SUBTYPE_NONE;
    }
    if (is_governing_refused(plan)) {
        return plan->governing;
    }
    const struct asl_record *r = &plan->otadata.record[plan->otadata.governing];
    bool is_failure = r->last.what != ASL_RESULT_NONE && r->last.what != ASL_RESULT_CONFIRMED;
    return is_failure ? r->last.subtype : (uint8_t)ASL_SUBTYPE_NONE;
}

/* The other record's slot is as good as its record: confirmed, or of a world without trials. */
static uint8_t other_subtype(const struct asl_boot_plan *plan)
{
    const struct asl_record *other = &plan->otadata.record[1 - plan->otadata.governing];
    bool is_good = other->state == ASL_OTA_VALID || other->state == ASL_OTA_UNDEFINED;

    return is_good ? asl_boot_record_subtype(plan, other) : (uint8_t)ASL_SUBTYPE_NONE;
}

/* The slots that the records name, but for the refused one. */
static void add_recorded(struct planner *planner, uint8_t refused)
{
    const struct asl_boot_plan *plan = planner->plan;

    if (plan->otadata.governing < 0) {
        return;
    }
    const uint8_t previous = plan->otadata.record[plan->otadata.governing].previous;
    const uint8_t other = other_subtype(plan);
    /* Also a slot that failed once and was chosen anew. */
    if (!is_governing_refused(plan)) {
        add(planner, plan->governing, ASL_BOOT_SELECTED);
    }
    if (previous != refused) {
        add(planner, previous, ASL_BOOT_PREVIOUS);
    }
    if (other != refused) {
        add(planner, other, ASL_BOOT_PREVIOUS);
    }
}

/* Factory and the ota slots ascending. The first has reason first when no record chose. */
static void add_fallbacks(struct planner *planner, uint8_t refused, enum asl_boot_reason first)
{
    add(planner, ASL_APP_FACTORY, first);
    for (uint32_t bit = 0; bit < ASL_APP_OTA_MAX; bit++) {
        bool is_first = planner->plan->n_candidates == 0;
        if ((planner->plan->ota_mask >> bit & 1u) != 0 && ASL_APP_OTA_0 + bit != refused) {
            add(planner, ASL_APP_OTA_0 + bit, is_first ? first : ASL_BOOT_FALLBACK);
        }
    }
    add(planner, refused, ASL_BOOT_REFUSED);
    add(planner, ASL_APP_TEST, ASL_BOOT_LAST_RESORT);
}

static enum asl_boot_reason first_reason(const struct asl_otadata *o)
{
    if (o->governing >= 0) {
        return ASL_BOOT_FALLBACK;
    }
    bool blank = o->record[0].kind == ASL_RECORD_BLANK && o->record[1].kind == ASL_RECORD_BLANK;
    return blank ? ASL_BOOT_BLANK : ASL_BOOT_NO_RECORD;
}

/* A table without otadata is one whose sectors are blank. */
static void parse(const struct asl_otadata_sector *sector, struct asl_otadata *out)
{
    struct asl_otadata_sector blank[2];

    if (sector == NULL) {
        memset(blank, 0xff, sizeof(blank));
        blank[0].used_pages = 0;
        blank[1].used_pages = 0;
        sector = blank;
    }
    asl_otadata_parse(sector, out);
}

void asl_boot_plan(const uint8_t *raw, uint32_t n_entries, uint32_t flash_size,
                   const struct asl_otadata_sector *sector, uint32_t max_starts,
                   struct asl_boot_plan *plan)
{
    struct planner planner = {raw, n_entries, flash_size, plan};

    memset(plan, 0, sizeof(*plan));
    parse(sector, &plan->otadata);
    plan->max_starts = max_starts;
    plan->ota_mask = ota_mask_of(raw, n_entries);
    plan->n_skipped = count_skipped(raw, n_entries, flash_size);
    plan->governing = ASL_SUBTYPE_NONE;
    if (plan->otadata.governing >= 0) {
        plan->governing =
            asl_boot_record_subtype(plan, &plan->otadata.record[plan->otadata.governing]);
    }
    uint8_t refused = refused_subtype(plan);
    add_recorded(&planner, refused);
    add_fallbacks(&planner, refused, first_reason(&plan->otadata));
}
