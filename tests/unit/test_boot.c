/* SPDX-License-Identifier: Apache-2.0 */
/* Which slot boots, over tables with every mix of slots and over all pairs of records. */
#include "check.h"

#include "asl_boot.h"
#include "boot_table.h"
#include "otadata_pair.h"

#define BLANK   0u
#define TORN    100u /* sequences from here on stand for torn and refused records */
#define REFUSED 101u /* sequence 9, INVALID */

#define MAX_STARTS 3u

static struct asl_otadata_sector pair[2];

static void put_record(uint32_t what, struct asl_otadata_sector *sector)
{
    if (what == TORN) {
        pair_put_foreign(sector, 5, 5);
        sector->used_pages |= 2; /* half a seal */
    } else if (what == REFUSED) {
        pair_put_foreign(sector, 9, ASL_OTA_INVALID);
    } else if (what != BLANK) {
        pair_put_foreign(sector, what, (uint32_t)ASL_OTA_UNDEFINED);
    }
}

static void plan_with(const struct boot_table *t, uint32_t a, uint32_t b,
                      struct asl_boot_plan *plan)
{
    pair_clear(pair);
    put_record(a, &pair[0]);
    put_record(b, &pair[1]);
    asl_boot_plan(t->raw, t->n, BOOT_TABLE_FLASH, pair, MAX_STARTS, plan);
}

/* An own record in sector 0, and what stands in sector 1 from before. */
static void plan_own(const struct boot_table *t, uint32_t seq,
                     const struct asl_otadata_choice *choice, uint32_t marks,
                     struct asl_boot_plan *plan)
{
    pair_put_own(&pair[0], seq, choice);
    pair_put_marks(&pair[0], marks);
    asl_boot_plan(t->raw, t->n, BOOT_TABLE_FLASH, pair, MAX_STARTS, plan);
}

/* Holds the plan against subtypes, ended by 0xff. */
static void expect_order(const struct asl_boot_plan *plan, const uint8_t *subtypes)
{
    uint32_t n = 0;

    for (; subtypes[n] != 0xff; n++) {
        assert_true(n < plan->n_candidates);
        assert_int_equal(plan->candidate[n].slot.subtype, subtypes[n]);
    }
    assert_int_equal(plan->n_candidates, n);
}

#define EXPECT_ORDER(plan, ...) expect_order(plan, (const uint8_t[]){__VA_ARGS__, 0xff})

static void blank_otadata_starts_factory_or_the_first_slot(void **state)
{
    struct asl_boot_plan plan;
    struct boot_table t;

    (void)state;
    boot_table_build(&t, true, 3, true);
    plan_with(&t, BLANK, BLANK, &plan);
    EXPECT_ORDER(&plan, 0x00, 0x10, 0x11, 0x20);
    assert_int_equal(plan.candidate[0].reason, ASL_BOOT_BLANK);
    assert_int_equal(plan.candidate[1].reason, ASL_BOOT_FALLBACK);
    assert_int_equal(plan.candidate[3].reason, ASL_BOOT_LAST_RESORT);
    boot_table_build(&t, false, 3, false);
    plan_with(&t, BLANK, BLANK, &plan);
    EXPECT_ORDER(&plan, 0x10, 0x11);
    assert_int_equal(plan.candidate[0].reason, ASL_BOOT_BLANK);
    asl_boot_plan(t.raw, t.n, BOOT_TABLE_FLASH, NULL, 3, &plan);
    EXPECT_ORDER(&plan, 0x10, 0x11);
    assert_int_equal(plan.otadata.governing, -1);
}

static void a_record_selects_and_the_other_is_the_way_back(void **state)
{
    struct asl_boot_plan plan;
    struct boot_table t;

    (void)state;
    boot_table_build(&t, true, 7, true);
    plan_with(&t, 4, 5, &plan); /* 5 -> ota_1, 4 -> ota_0 */
    EXPECT_ORDER(&plan, 0x11, 0x10, 0x00, 0x12, 0x20);
    assert_int_equal(plan.candidate[0].reason, ASL_BOOT_SELECTED);
    assert_int_equal(plan.candidate[1].reason, ASL_BOOT_PREVIOUS);
    assert_int_equal(plan.candidate[2].reason, ASL_BOOT_FALLBACK);
    assert_int_equal(plan.otadata.governing, 1);
    plan_with(&t, TORN, 3, &plan);
    EXPECT_ORDER(&plan, 0x12, 0x00, 0x10, 0x11, 0x20);
    plan_with(&t, 2, REFUSED, &plan);
    EXPECT_ORDER(&plan, 0x11, 0x00, 0x10, 0x12, 0x20); /* 9 -> ota_2, refused */
}

static void no_valid_record_is_not_blank(void **state)
{
    struct asl_boot_plan plan;
    struct boot_table t;

    (void)state;
    boot_table_build(&t, true, 3, false);
    plan_with(&t, TORN, REFUSED, &plan); /* 9 -> ota_0, refused */
    EXPECT_ORDER(&plan, 0x00, 0x11, 0x10);
    assert_int_equal(plan.candidate[0].reason, ASL_BOOT_FALLBACK);
    assert_int_equal(plan.candidate[2].reason, ASL_BOOT_REFUSED);
    plan_with(&t, TORN, BLANK, &plan);
    assert_int_equal(plan.candidate[0].reason, ASL_BOOT_NO_RECORD);
}

static void a_trial_comes_first_until_it_is_over(void **state)
{
    static const struct asl_otadata_choice trial = {
        .state = ASL_OTA_NEW, .previous = 0x12, .last = {ASL_RESULT_NONE, 0xff, 0, 0}};
    struct asl_boot_plan plan;
    struct boot_table t;

    (void)state;
    boot_table_build(&t, true, 7, true);
    pair_clear(pair);
    for (uint32_t marks = 0; marks < MAX_STARTS; marks++) {
        plan_own(&t, 5, &trial, marks, &plan);
        EXPECT_ORDER(&plan, 0x11, 0x12, 0x00, 0x10, 0x20);
        assert_int_equal(plan.candidate[1].reason, ASL_BOOT_PREVIOUS);
        assert_false(asl_boot_trial_is_over(&plan));
    }
    for (uint32_t marks = MAX_STARTS; marks <= ASL_OTADATA_MAX_STARTS; marks++) {
        plan_own(&t, 5, &trial, marks, &plan);
        EXPECT_ORDER(&plan, 0x12, 0x00, 0x10, 0x11, 0x20);
        assert_int_equal(plan.candidate[3].reason, ASL_BOOT_REFUSED);
        assert_true(asl_boot_trial_is_over(&plan));
        assert_int_equal(plan.governing, 0x11);
    }
    asl_boot_plan(t.raw, t.n, BOOT_TABLE_FLASH, pair, 0, &plan); /* without trials */
    EXPECT_ORDER(&plan, 0x11, 0x12, 0x00, 0x10, 0x20);
    assert_false(asl_boot_trial_is_over(&plan));
}

static void what_failed_last_comes_late(void **state)
{
    static const enum asl_ota_result failures[] = {ASL_RESULT_REJECTED, ASL_RESULT_STARTS,
                                                   ASL_RESULT_IMAGE, ASL_RESULT_RECORD};
    struct asl_otadata_choice choice = {.state = ASL_OTA_VALID, .previous = ASL_SUBTYPE_NONE};
    struct asl_boot_plan plan;
    struct boot_table t;

    (void)state;
    boot_table_build(&t, true, 7, true);
    for (size_t i = 0; i < COUNT(failures); i++) {
        pair_clear(pair);
        pair_put_foreign(&pair[1], 4, 0xffffffff); /* ota_0, as SDK programs chose it */
        choice.last = (struct asl_last_result){failures[i], 0x10, 3, 1};
        plan_own(&t, 5, &choice, 0, &plan);
        EXPECT_ORDER(&plan, 0x11, 0x00, 0x12, 0x10, 0x20);
        assert_int_equal(plan.candidate[3].reason, ASL_BOOT_REFUSED);
    }
    choice.previous = 0x10; /* even where the record still has it as good */
    plan_own(&t, 5, &choice, 0, &plan);
    EXPECT_ORDER(&plan, 0x11, 0x00, 0x12, 0x10, 0x20);
    choice.last.what = ASL_RESULT_CONFIRMED;
    plan_own(&t, 5, &choice, 0, &plan);
    EXPECT_ORDER(&plan, 0x11, 0x10, 0x00, 0x12, 0x20);
    choice.last = (struct asl_last_result){ASL_RESULT_STARTS, 0x11, 3, 1}; /* chosen anew */
    choice.previous = ASL_SUBTYPE_NONE;
    pair_clear(pair);
    plan_own(&t, 5, &choice, 0, &plan);
    EXPECT_ORDER(&plan, 0x11, 0x00, 0x10, 0x12, 0x20);
}

/* Only what its record vouches for goes before factory. */
static void an_unconfirmed_other_record_is_no_way_back(void **state)
{
    static const uint32_t states[] = {0, 1, 3, 4};
    static const struct asl_otadata_choice valid = {
        .state = ASL_OTA_VALID, .previous = 0xff, .last = {ASL_RESULT_NONE, 0xff, 0, 0}};
    struct asl_boot_plan plan;
    struct boot_table t;

    (void)state;
    boot_table_build(&t, true, 7, false);
    for (size_t i = 0; i < COUNT(states); i++) {
        pair_clear(pair);
        pair_put_foreign(&pair[1], 4, states[i]);
        plan_own(&t, 5, &valid, 0, &plan);
        EXPECT_ORDER(&plan, 0x11, 0x00, 0x10, 0x12);
    }
    pair_put_foreign(&pair[1], 6, ASL_OTA_VALID);
    plan_own(&t, 5, &valid, 0, &plan);
    EXPECT_ORDER(&plan, 0x12, 0x11, 0x00, 0x10);
}

static void a_factory_seal_chooses_factory(void **state)
{
    static const struct asl_otadata_choice factory = {.is_factory = true,
                                                      .state = ASL_OTA_UNDEFINED,
                                                      .previous = 0x11,
                                                      .last = {ASL_RESULT_NONE, 0xff, 0, 0}};
    struct asl_boot_plan plan;
    struct boot_table t;

    (void)state;
    boot_table_build(&t, true, 7, false);
    pair_clear(pair);
    pair_put_foreign(&pair[1], 4, 0xffffffff); /* not erased yet */
    plan_own(&t, 5, &factory, 0, &plan);
    EXPECT_ORDER(&plan, 0x00, 0x11, 0x10, 0x12);
    assert_int_equal(plan.candidate[0].reason, ASL_BOOT_SELECTED);
    assert_int_equal(plan.governing, ASL_APP_FACTORY);
    boot_table_build(&t, false, 7, false);
    plan_own(&t, 5, &factory, 0, &plan);
    EXPECT_ORDER(&plan, 0x11, 0x10, 0x12);
}

static void records_without_slots_divide_nothing(void **state)
{
    struct asl_boot_plan plan;
    struct boot_table t;

    (void)state;
    boot_table_build(&t, true, 0, false);
    plan_with(&t, 1, 2, &plan);
    EXPECT_ORDER(&plan, 0x00);
    boot_table_build(&t, false, 0, false);
    asl_boot_plan(t.raw, 0, BOOT_TABLE_FLASH, NULL, 3, &plan);
    assert_int_equal(plan.n_candidates, 0);
}

static void gaps_lose_no_slot(void **state)
{
    struct asl_boot_plan plan;
    struct boot_table t;

    (void)state;
    boot_table_build(&t, false, 1u << 1 | 1u << 4 | 1u << 15, false);
    assert_int_equal(asl_boot_n_ota(t.raw, t.n), 3);
    assert_int_equal(asl_boot_ota_index(t.raw, t.n, 0x11), 0);
    assert_int_equal(asl_boot_ota_index(t.raw, t.n, 0x14), 1);
    assert_int_equal(asl_boot_ota_index(t.raw, t.n, 0x1f), 2);
    assert_int_equal(asl_boot_ota_index(t.raw, t.n, 0x12), -1);
    assert_int_equal(asl_boot_ota_index(t.raw, t.n, 0x20), -1);
    assert_int_equal(asl_boot_ota_index(t.raw, t.n, 0x00), -1);
    plan_with(&t, 2, BLANK, &plan);
    EXPECT_ORDER(&plan, 0x14, 0x11, 0x1f);
}

static void slots_that_cannot_run_are_skipped(void **state)
{
    static const struct asl_partition map[] = {
        {0, 0x00, 0x10000, 0x100000, "window", 0}, {0, 0x10, 0x110000, 0xf0000, "good", 0},
        {0, 0x11, 0x3ff000, 0x2000, "beyond", 0},  {0, 0x12, 0xfffff000u, 0x2000, "wraps", 0},
        {0, 0x13, 0x200000, 0, "empty", 0},
    };
    struct asl_boot_plan plan;
    struct boot_table t = {.n = COUNT(map)};

    (void)state;
    assert_int_equal(asl_table_build(map, t.n, false, t.raw), ASL_OK);
    plan_with(&t, 2, 3, &plan);
    EXPECT_ORDER(&plan, 0x10);
    assert_int_equal(plan.n_skipped, 4);
    assert_int_equal(plan.candidate[0].reason, ASL_BOOT_FALLBACK);
}

/* Over all small mixes: every usable slot is tried exactly once, the selected one first. */
static void check_mix(bool factory, uint32_t mask, bool test, uint32_t a, uint32_t b)
{
    struct asl_boot_plan plan;
    struct boot_table t;
    uint32_t seen[256] = {0};

    boot_table_build(&t, factory, mask, test);
    plan_with(&t, a, b, &plan);
    assert_int_equal(plan.n_candidates, t.n);
    for (uint32_t i = 0; i < plan.n_candidates; i++) {
        assert_int_equal(seen[plan.candidate[i].slot.subtype]++, 0);
    }
    uint32_t n_ota = asl_boot_n_ota(t.raw, t.n);
    if (plan.otadata.governing >= 0 && n_ota > 0 &&
        plan.otadata.record[plan.otadata.governing].state != ASL_OTA_INVALID) {
        uint32_t want = (plan.otadata.record[plan.otadata.governing].seq - 1) % n_ota;
        assert_int_equal(asl_boot_ota_index(t.raw, t.n, plan.candidate[0].slot.subtype), want);
        assert_int_equal(plan.candidate[0].reason, ASL_BOOT_SELECTED);
    }
}

static void every_usable_slot_is_tried_once(void **state)
{
    static const uint32_t whats[] = {BLANK, TORN, REFUSED, 1, 2, 3, 4, 5, 6, 7};

    (void)state;
    for (uint32_t mask = 0; mask < 16; mask++) {
        for (uint32_t ab = 0; ab < COUNT(whats) * COUNT(whats); ab++) {
            for (uint32_t extra = 0; extra < 4; extra++) {
                if (mask != 0 || extra != 0) {
                    check_mix((extra & 1) != 0, mask, (extra & 2) != 0, whats[ab % COUNT(whats)],
                              whats[ab / COUNT(whats)]);
                }
            }
        }
    }
    check_mix(true, 0xffff, true, 16, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blank_otadata_starts_factory_or_the_first_slot),
        cmocka_unit_test(a_record_selects_and_the_other_is_the_way_back),
        cmocka_unit_test(no_valid_record_is_not_blank),
        cmocka_unit_test(a_trial_comes_first_until_it_is_over),
        cmocka_unit_test(what_failed_last_comes_late),
        cmocka_unit_test(an_unconfirmed_other_record_is_no_way_back),
        cmocka_unit_test(a_factory_seal_chooses_factory),
        cmocka_unit_test(records_without_slots_divide_nothing),
        cmocka_unit_test(gaps_lose_no_slot),
        cmocka_unit_test(slots_that_cannot_run_are_skipped),
        cmocka_unit_test(every_usable_slot_is_tried_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
