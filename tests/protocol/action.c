/* SPDX-License-Identifier: Apache-2.0 */
#include "action.h"

#include <stdio.h>
#include <string.h>

#include "sdk_record.h"

/* --- what governs --- */

/* Pages as core reads them, without the detour through its reader. */
static void take_sector(const struct sector *s, struct asl_otadata_sector *out)
{
    static const uint8_t blank[ASL_OTADATA_RECORD_LEN] = {BLANK_8, BLANK_8, BLANK_8, BLANK_8};

    memcpy(out->record, s->record, sizeof(out->record));
    memcpy(out->seal, s->seal, sizeof(out->seal));
    out->used_pages = (uint32_t)s->marks << 2 | (s->dirt & 3u);
    out->used_pages |= memcmp(s->record, blank, sizeof(blank)) != 0 ? 1u : 0u;
    out->used_pages |= memcmp(s->seal, blank, sizeof(blank)) != 0 ? 2u : 0u;
}

/* The reads of one boot, by the pattern of model_flash.c for its first reads: record, then seal. */
static void take_sectors(const struct world *w, uint32_t pattern, struct asl_otadata_sector out[2])
{
    for (uint32_t i = 0; i < 2; i++) {
        struct sector mixed = w->sector[i];
        if (w->weak_index == i && (pattern & 1u) != 0) {
            mixed = w->weak;
        }
        if (w->weak_index == i && pattern >= 2) {
            const struct sector *seal_of = (pattern & 1u) != 0 ? &w->sector[i] : &w->weak;
            memcpy(mixed.seal, seal_of->seal, sizeof(mixed.seal));
            mixed.dirt |= seal_of->dirt;
        }
        take_sector(&mixed, &out[i]);
    }
}

void view_plan(const struct setup *setup, const struct world *w, uint32_t pattern,
               struct asl_boot_plan *plan)
{
    struct asl_otadata_sector sector[2];

    take_sectors(w, pattern, sector);
    asl_boot_plan(setup->table.raw, setup->table.n, BOOT_TABLE_FLASH, sector, setup->max_starts,
                  plan);
}

struct view view_of(const struct setup *setup, const struct world *w, uint32_t pattern)
{
    struct asl_boot_plan plan;
    struct view v = {.governing = -1};

    view_plan(setup, w, pattern, &plan);
    if (plan.otadata.governing >= 0) {
        const struct asl_record *r = &plan.otadata.record[plan.otadata.governing];
        v.governing = 0;
        v.subtype = plan.governing;
        v.state = r->state;
        v.previous = r->previous;
        v.refuses = r->last.what != ASL_RESULT_NONE && r->last.what != ASL_RESULT_CONFIRMED;
        v.refused = v.refuses ? r->last.subtype : 0;
        v.starts = r->is_factory ? 0 : r->starts;
    }
    return v;
}

bool same_view(const struct view *a, const struct view *b)
{
    return a->governing == b->governing && a->subtype == b->subtype && a->state == b->state &&
           a->previous == b->previous && a->refuses == b->refuses && a->refused == b->refused &&
           a->starts == b->starts;
}

/* --- what can happen --- */

static bool is_proven(const struct world *w, uint32_t slot)
{
    return (w->proven >> slot & 1) != 0 && w->image[slot] != IMAGE_NONE;
}

static bool any_proven(const struct world *w, const struct setup *setup, uint32_t but)
{
    for (uint32_t i = first_slot(setup); i < n_slots(setup); i++) {
        if (i != but && is_proven(w, i)) {
            return true;
        }
    }
    return false;
}

static void add(struct action *out, uint32_t *n, enum act act, uint32_t slot, enum image image)
{
    out[(*n)++] = (struct action){(uint8_t)act, (uint8_t)slot, (uint8_t)image};
}

static void add_off(const struct world *w, const struct setup *setup, struct action *out,
                    uint32_t *n)
{
    add(out, n, ACT_BOOT, 0, IMAGE_NONE);
    for (uint32_t i = first_slot(setup); setup->with_damage && i < n_slots(setup); i++) {
        if (w->image[i] != IMAGE_NONE && any_proven(w, setup, i)) {
            add(out, n, ACT_DAMAGE, i, IMAGE_NONE);
        }
    }
}

/* As esp_ota_begin() judges: never the running slot, nothing while the running image is on trial.
 */
static void add_writes(const struct world *w, const struct setup *setup, struct action *out,
                       uint32_t *n)
{
    struct asl_boot_plan plan;

    view_plan(setup, w, 0, &plan);
    if (!asl_boot_may_update(&plan, slot_subtype(w->running), can_confirm(w, w->running))) {
        return;
    }
    for (uint32_t i = 1; i < n_slots(setup); i++) {
        if (i != w->running) {
            add(out, n, ACT_WRITE_CUT, i, IMAGE_NONE);
            add(out, n, ACT_WRITE, i, IMAGE_GOOD);
            add(out, n, ACT_WRITE, i, IMAGE_BAD);
            if (setup->with_plain) {
                add(out, n, ACT_WRITE, i, IMAGE_PLAIN);
            }
        }
    }
}

static void add_selects(const struct world *w, const struct setup *setup, struct action *out,
                        uint32_t *n)
{
    /* A foreign program is one that runs for good. */
    bool foreign = w->weak_index == NOBODY && w->dead == NOBODY && is_proven(w, w->running);

    for (uint32_t i = first_slot(setup); i < n_slots(setup); i++) {
        if (w->image[i] == IMAGE_NONE) {
            continue;
        }
        add(out, n, ACT_SELECT, i, IMAGE_NONE);
        if (foreign && setup->with_sdk && i > 0 && w->image[i] != IMAGE_BAD) {
            add(out, n, ACT_SDK_SELECT, i, IMAGE_NONE);
        }
        if (foreign && setup->with_idf && i > 0 && can_confirm(w, i)) {
            add(out, n, ACT_IDF_SELECT, i, IMAGE_NONE);
        }
    }
}

uint32_t actions_of(const struct world *w, const struct setup *setup, struct action *out)
{
    uint32_t n = 0;

    if (w->running == OFF) {
        add_off(w, setup, out, &n);
        return n;
    }
    add(out, &n, ACT_RESTART, 0, IMAGE_NONE);
    add_writes(w, setup, out, &n);
    add_selects(w, setup, out, &n);
    if (w->image[w->running] == IMAGE_GOOD && w->running > 0) {
        add(out, &n, ACT_CONFIRM, w->running, IMAGE_NONE);
    }
    if (w->running > 0) {
        add(out, &n, ACT_REJECT, w->running, IMAGE_NONE);
    }
    return n;
}

const char *action_text(const struct action *a, char text[64])
{
    static const char *const names[] = {"boot",        "restart", "write",  "cut while writing",
                                        "select",      "confirm", "reject", "SDK selects",
                                        "IDF selects", "damage"};
    static const char *const images[] = {"", " good", " bad", " plain"};
    static const char *const slots[] = {"factory", "ota_0", "ota_1", "ota_2"};

    snprintf(text, 64, "%s %s%s", names[a->act], a->act <= ACT_RESTART ? "" : slots[a->slot],
             images[a->image]);
    return text;
}

/* --- acting --- */

static void fail(struct run *r, const char *what)
{
    if (r->violation == NULL) {
        r->violation = what;
    }
}

static void read_plan(struct run *r)
{
    struct asl_otadata_sector sector[2];

    if (asl_otadata_read(&r->flash.flash, 0, sector) != ASL_OK) {
        fail(r, "otadata cannot be read with the power on");
        return;
    }
    asl_boot_plan(r->setup->table.raw, r->setup->table.n, BOOT_TABLE_FLASH, sector,
                  r->setup->max_starts, &r->plan);
}

/* An unproven image may start as the governing trial with starts left, or when nothing better is
 * there. */
static void start(struct run *r, uint32_t slot)
{
    struct world *w = &r->world;

    if (r->flash.is_off) {
        return;
    }
    w->running = (uint8_t)slot;
    if (is_proven(w, slot) || !any_proven(w, r->setup, slot)) {
        w->proven |= (uint8_t)(w->image[slot] == IMAGE_PLAIN ? 1u << slot : 0);
        return;
    }
    if (!asl_otadata_is_trial(&r->plan.otadata) || r->plan.governing != slot_subtype(slot)) {
        fail(r, "an unconfirmed image starts before a confirmed one, outside of its trial");
    }
    if (w->starts[slot] >= r->setup->max_starts) {
        fail(r, "a trial goes on behind its last start");
    }
    w->starts[slot]++;
}

/* What is rolled back to may be on trial itself. */
static void roll_back(struct run *r, const struct asl_otadata_step *step)
{
    if (asl_otadata_write(&r->flash.flash, 0, step) != ASL_OK || r->flash.is_off) {
        return;
    }
    read_plan(r);
    if (asl_otadata_is_trial(&r->plan.otadata)) {
        (void)asl_otadata_mark_start(&r->flash.flash, 0, &r->plan.otadata, 1);
    }
}

/* One candidate of the bootloader's loop; true when the boot is over. */
static bool try_candidate(struct run *r, uint32_t i, uint32_t *uncounted)
{
    const uint8_t slot = subtype_slot(r->plan.candidate[i].slot.subtype);
    struct asl_otadata_step step;

    if (r->world.image[slot] == IMAGE_NONE) {
        return false;
    }
    switch (
        asl_boot_decide(&r->plan, i, can_confirm(&r->world, slot), *uncounted != OFF, 1, &step)) {
    case ASL_BOOT_MARK_START:
        if (asl_otadata_mark_start(&r->flash.flash, 0, &r->plan.otadata, 1) != ASL_OK) {
            *uncounted = slot;
            return r->flash.is_off;
        }
        break;
    case ASL_BOOT_ROLL_BACK:
        roll_back(r, &step);
        break;
    default:
        break;
    }
    start(r, slot);
    return true;
}

/* The bootloader. */
static void boot(struct run *r)
{
    uint32_t uncounted = OFF;

    read_plan(r);
    if (asl_otadata_is_unfinished(&r->plan.otadata)) {
        (void)asl_otadata_finish(&r->flash.flash, 0, &r->plan.otadata);
    }
    for (uint32_t i = 0; i < r->plan.n_candidates; i++) {
        if (r->flash.is_off || try_candidate(r, i, &uncounted)) {
            return;
        }
    }
    if (uncounted != OFF) {
        start(r, uncounted);
        return;
    }
    fail(r, "nothing boots");
}

/* esp_ota_begin() up to esp_ota_end() */
static void write_image(struct run *r, const struct action *a)
{
    struct world *w = &r->world;
    const uint8_t running = slot_subtype(w->running);
    struct asl_otadata_step step;

    read_plan(r);
    if (asl_boot_must_reselect(&r->plan, running, slot_subtype(a->slot))) {
        (void)asl_boot_select(&r->plan, running, running, can_confirm(w, w->running), &step);
        r->err = asl_otadata_write(&r->flash.flash, 0, &step);
        if (r->err != ASL_OK) {
            return;
        }
    }

    w->image[a->slot] = a->act == ACT_WRITE ? a->image : (uint8_t)IMAGE_NONE;
    w->proven &= (uint8_t) ~(1u << a->slot);
    w->starts[a->slot] = 0;
    if (a->act == ACT_WRITE_CUT) {
        w->running = OFF;
    }
}

/* esp_ota_set_boot_partition() */
static void select_slot(struct run *r, const struct action *a)
{
    struct world *w = &r->world;
    struct asl_otadata_step step;
    const uint8_t subtype = slot_subtype(a->slot);

    read_plan(r);
    if (a->slot == w->running && subtype == r->plan.governing) {
        return;
    }
    if (!asl_boot_select(&r->plan, slot_subtype(w->running), subtype, can_confirm(w, a->slot),
                         &step)) {
        fail(r, "a slot cannot be selected");
        return;
    }
    w->starts[a->slot] = 0;
    r->err = asl_otadata_write(&r->flash.flash, 0, &step);
    struct view v = view_of(r->setup, w, r->flash.pattern);
    bool took = r->err == ASL_OK || (v.governing == 0 && v.subtype == subtype);
    if (took && a->slot > 0 && v.state != ASL_OTA_NEW) {
        if (w->image[a->slot] == IMAGE_PLAIN) {
            w->proven |= (uint8_t)(1u << a->slot);
        } else if (r->err == ASL_OK && !is_proven(w, a->slot) && any_proven(w, r->setup, a->slot)) {
            fail(r, "an unconfirmed image is chosen without a trial");
        }
    }
}

/* esp_ota_mark_app_valid_cancel_rollback() */
static void confirm(struct run *r, const struct action *a)
{
    struct world *w = &r->world;
    struct asl_otadata_step step;

    read_plan(r);
    if (asl_boot_confirm(&r->plan, slot_subtype(a->slot), 0, &step)) {
        r->err = asl_otadata_write(&r->flash.flash, 0, &step);
    }
    struct view v = view_of(r->setup, w, r->flash.pattern);
    if (v.governing == 0 && v.subtype == slot_subtype(a->slot) &&
        (v.state == ASL_OTA_VALID || v.state == ASL_OTA_UNDEFINED)) {
        w->proven |= (uint8_t)(1u << a->slot);
    }
}

/* The first other slot that the bootloader would start. */
static uint32_t find_target(const struct run *r)
{
    for (uint32_t i = 0; i < r->plan.n_candidates; i++) {
        const struct asl_boot_candidate *c = &r->plan.candidate[i];
        if (c->slot.subtype != slot_subtype(r->world.running) && c->reason != ASL_BOOT_REFUSED &&
            r->world.image[subtype_slot(c->slot.subtype)] != IMAGE_NONE) {
            return i;
        }
    }
    return UINT32_MAX;
}

/* esp_ota_mark_app_invalid_rollback_and_reboot() */
static void reject(struct run *r, const struct action *a)
{
    struct world *w = &r->world;
    struct asl_otadata_step step;

    read_plan(r);
    uint32_t target = find_target(r);
    if (target == UINT32_MAX || r->plan.governing != slot_subtype(a->slot) ||
        !asl_boot_roll_back(&r->plan, target,
                            can_confirm(w, subtype_slot(r->plan.candidate[target].slot.subtype)),
                            ASL_RESULT_REJECTED, 0, &step)) {
        return;
    }
    uint8_t to = subtype_slot(r->plan.candidate[target].slot.subtype);
    r->err = asl_otadata_write(&r->flash.flash, 0, &step);
    struct view v = view_of(r->setup, w, r->flash.pattern);
    if (v.governing == 0 && v.subtype == slot_subtype(to)) {
        w->proven &= (uint8_t) ~(1u << a->slot); /* its own word */
        if (v.state == ASL_OTA_NEW) {            /* has to prove itself once more */
            w->proven &= (uint8_t) ~(1u << to);
            w->starts[to] = 0;
        }
    }
    if (r->err == ASL_OK) {
        w->running = OFF;
    }
}

static void foreign_select(struct run *r, const struct action *a)
{
    uint8_t otadata[2 * ASL_SECTOR_SIZE];
    bool is_idf = a->act == ACT_IDF_SELECT;

    world_otadata(&r->world, otadata);
    sdk_select(otadata, a->slot - 1u, r->setup->n_ota, is_idf ? ASL_OTA_NEW : UINT32_MAX);
    world_take_otadata(&r->world, otadata);
    r->world.starts[a->slot] = 0;
    r->world.running = OFF; /* and restarts */
    struct view v = view_of(r->setup, &r->world, 0);
    if (is_idf) {
        r->world.proven &= 1; /* its trial knows no way back but factory */
    } else if (v.state == ASL_OTA_UNDEFINED || v.state == ASL_OTA_VALID) {
        r->world.proven |= (uint8_t)(1u << a->slot);
    }
}

void run_init(struct run *r, const struct setup *setup, const struct world *w, uint32_t pattern)
{
    memset(r, 0, sizeof(*r));
    r->setup = setup;
    r->world = *w;
    model_flash_init(&r->flash, &r->world, pattern);
}

void run_action(struct run *r, const struct action *a)
{
    switch (a->act) {
    case ACT_BOOT:
        boot(r);
        break;
    case ACT_RESTART:
        r->world.running = OFF;
        break;
    case ACT_WRITE:
    case ACT_WRITE_CUT:
        write_image(r, a);
        break;
    case ACT_SELECT:
        select_slot(r, a);
        break;
    case ACT_CONFIRM:
        confirm(r, a);
        break;
    case ACT_REJECT:
        reject(r, a);
        break;
    case ACT_SDK_SELECT:
    case ACT_IDF_SELECT:
        foreign_select(r, a);
        break;
    default:
        r->world.image[a->slot] = IMAGE_NONE;
        r->world.proven &= (uint8_t) ~(1u << a->slot);
        break;
    }
    if (r->flash.is_off) {
        r->world.running = OFF;
    }
    if (r->flash.misuse != NULL) {
        fail(r, r->flash.misuse);
    }
}
