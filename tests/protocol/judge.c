/* SPDX-License-Identifier: Apache-2.0 */
#include "judge.h"

#include <stddef.h>

#include "sdk_record.h"

const char *judge_world(const struct setup *setup, const struct world *w)
{
    struct view first = view_of(setup, w, 0);

    for (uint32_t pattern = 1; w->weak_index != NOBODY && pattern < N_PATTERNS; pattern++) {
        struct view v = view_of(setup, w, pattern);
        if (!same_view(&v, &first)) {
            return "the choice depends on how weak bits read";
        }
    }
    return NULL;
}

const char *judge_change(const struct run *r, const struct view *before, const struct view *after)
{
    struct view v = view_of(r->setup, &r->world, r->flash.pattern);

    bool is_stubborn = r->world.dead != NOBODY || r->flash.is_off;
    if (r->err != ASL_OK && !is_stubborn) {
        return "one failure was too much for a change";
    }
    if (r->err == ASL_OK && !r->flash.is_off && !same_view(&v, after)) {
        return "a change that was reported done is not";
    }
    if (!same_view(&v, before) && !same_view(&v, after)) {
        return "a change left neither the old choice nor the new one";
    }
    return NULL;
}

const char *judge_foreign_view(const struct setup *setup, const struct world *w)
{
    uint8_t otadata[2 * ASL_SECTOR_SIZE];
    struct view v = view_of(setup, w, 0);
    int want = SDK_BOOTS_FACTORY;

    if (v.governing == 0 && v.subtype != ASL_APP_FACTORY) {
        want = v.subtype - ASL_APP_OTA_0;
    }
    world_otadata(w, otadata);
    return sdk_slot(otadata, setup->n_ota, false) == want ? NULL
                                                          : "the SDK would boot another slot";
}

/* --- recovery --- */

struct recovery {
    const struct setup *setup;
    struct world w;
    const char *violation;
    uint64_t *n_runs;
    enum asl_err err;
};

static void step(struct recovery *rec, enum act act, uint32_t slot, enum image image)
{
    struct action a = {(uint8_t)act, (uint8_t)slot, (uint8_t)image};
    struct run r;

    if (rec->violation != NULL) {
        return;
    }
    run_init(&r, rec->setup, &rec->w, N_PATTERNS - 1);
    run_action(&r, &a);
    rec->w = r.world;
    rec->err = r.err;
    rec->violation = r.violation;
    (*rec->n_runs)++;
    if (r.err != ASL_OK && (r.err != ASL_ERR_FLASH_VERIFY || rec->w.dead == NOBODY)) {
        rec->violation = "without a fault, a change is refused";
    }
}

static bool is_good(const struct world *w)
{
    return w->running != OFF &&
           (w->image[w->running] == IMAGE_GOOD || w->image[w->running] == IMAGE_PLAIN);
}

/* With a dead sector and no confirmed image nothing says which of two is the better one. */
static bool is_lost(const struct recovery *rec)
{
    uint32_t proven = 0;

    for (uint32_t i = first_slot(rec->setup); i < n_slots(rec->setup); i++) {
        proven += (rec->w.proven >> i & 1) != 0 && rec->w.image[i] != IMAGE_NONE;
    }
    return rec->w.dead != NOBODY && proven == 0;
}

static bool all_bad(const struct recovery *rec)
{
    for (uint32_t i = first_slot(rec->setup); i < n_slots(rec->setup); i++) {
        if (rec->w.image[i] == IMAGE_GOOD || rec->w.image[i] == IMAGE_PLAIN) {
            return false;
        }
    }
    return true;
}

/* Boots until an image runs that works; returns the starts that bad ones had. */
static uint32_t boot_to_good(struct recovery *rec)
{
    for (uint32_t n = 0; n <= 2 * rec->setup->max_starts + 1; n++) {
        step(rec, ACT_RESTART, 0, IMAGE_NONE);
        step(rec, ACT_BOOT, 0, IMAGE_NONE);
        if (rec->violation != NULL || is_good(&rec->w)) {
            return n;
        }
    }
    if (rec->violation == NULL && !all_bad(rec) && !is_lost(rec)) {
        rec->violation = "a bad image boots for ever";
    }
    return 0;
}

static void check_foreign(struct recovery *rec)
{
    bool is_plain = rec->w.dead == NOBODY && rec->w.weak_index == NOBODY;

    if (rec->violation == NULL && is_plain && rec->setup->base < 0x1000) {
        rec->violation = judge_foreign_view(rec->setup, &rec->w);
    }
}

/* What esp_ota_begin() asks first. */
static bool may_update(struct recovery *rec)
{
    struct asl_boot_plan plan;

    view_plan(rec->setup, &rec->w, 0, &plan);
    bool may = asl_boot_may_update(&plan, slot_subtype(rec->w.running),
                                   can_confirm(&rec->w, rec->w.running));
    if (!may && rec->violation == NULL && rec->w.dead == NOBODY) {
        rec->violation = "an update is refused";
    }
    return may;
}

/* Updates slot to with an image; false when a dead sector refused it. */
static bool update(struct recovery *rec, uint32_t to, enum image image)
{
    if (!may_update(rec)) {
        return false;
    }
    step(rec, ACT_WRITE, to, image);
    step(rec, ACT_SELECT, to, IMAGE_NONE);
    check_foreign(rec);
    return rec->violation == NULL && rec->err == ASL_OK;
}

static void try_updates(struct recovery *rec, uint32_t to)
{
    const uint32_t from = rec->w.running;

    if (update(rec, to, IMAGE_BAD)) {
        uint32_t n = boot_to_good(rec);
        if (rec->violation == NULL && rec->w.dead == NOBODY && n != rec->setup->max_starts) {
            rec->violation = "a bad update had other than its starts";
        }
        check_foreign(rec);
    }
    if (rec->violation == NULL && rec->w.running != from) {
        rec->violation = "a bad update did not end where it began";
    }
    if (update(rec, to, IMAGE_GOOD)) {
        step(rec, ACT_RESTART, 0, IMAGE_NONE);
        step(rec, ACT_BOOT, 0, IMAGE_NONE);
        if (rec->violation == NULL && rec->w.dead == NOBODY && rec->w.running != to) {
            rec->violation = "a good update does not run";
        }
        step(rec, ACT_CONFIRM, rec->w.running, IMAGE_NONE);
        check_foreign(rec);
    }
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t stays = rec->w.running;
        (void)boot_to_good(rec);
        if (rec->violation == NULL && rec->w.dead == NOBODY && rec->w.running != stays) {
            rec->violation = "a confirmed image does not stay";
        }
    }
}

const char *judge_recovery(const struct setup *setup, const struct world *w, uint64_t *n_runs)
{
    struct recovery rec = {.setup = setup, .w = *w, .n_runs = n_runs};

    (void)boot_to_good(&rec);
    if (rec.violation != NULL || !is_good(&rec.w)) {
        return rec.violation;
    }
    if (rec.w.running > 0 && rec.w.image[rec.w.running] == IMAGE_GOOD) {
        step(&rec, ACT_CONFIRM, rec.w.running, IMAGE_NONE);
    }
    uint32_t to = rec.w.running == 1 ? 2 : 1;
    if (rec.violation == NULL && to < n_slots(setup)) {
        try_updates(&rec, to);
    }
    return rec.violation;
}
