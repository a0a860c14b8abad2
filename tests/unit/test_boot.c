/* SPDX-License-Identifier: Apache-2.0 */
/* Which slot boots, over tables with every mix of slots and over all pairs of records. */
#include "check.h"

#include "asl_boot.h"

#define FLASH_4MB 0x400000u
#define BLANK     0u
#define TORN      100u /* sequences from here on stand for torn and refused records */
#define REFUSED   101u

struct table {
    uint8_t raw[ASL_TABLE_LEN];
    uint32_t n;
};

static void add(struct asl_partition *map, uint32_t *n, uint8_t subtype, uint32_t addr,
                uint32_t size)
{
    map[*n] = (struct asl_partition){0, subtype, addr, size, "", 0};
    snprintf(map[*n].label, sizeof(map[*n].label), "s%02x", subtype);
    (*n)++;
}

/* A table with factory when asked, the ota slots of mask, test when asked; each of one sector. */
static void build(struct table *t, bool factory, uint32_t mask, bool test)
{
    struct asl_partition map[20];

    t->n = 0;
    if (factory) {
        add(map, &t->n, 0, 0x10000, 0x1000);
    }
    for (uint8_t i = 0; i < 16; i++) {
        if ((mask >> i & 1) != 0) {
            add(map, &t->n, (uint8_t)(0x10 + i), 0x20000u + i * 0x1000u, 0x1000);
        }
    }
    if (test) {
        add(map, &t->n, 0x20, 0x40000, 0x1000);
    }
    assert_int_equal(asl_table_build(map, t->n, false, t->raw), ASL_OK);
}

static void put_record(uint32_t what, uint8_t raw[32])
{
    memset(raw, 0xff, 32);
    if (what == TORN) {
        raw[0] = 5;
    } else if (what == REFUSED) {
        asl_record_build(9, ASL_OTA_INVALID, raw);
    } else if (what != BLANK) {
        asl_record_build(what, ASL_OTA_UNDEFINED, raw);
    }
}

static void plan_with(const struct table *t, uint32_t a, uint32_t b, struct asl_boot_plan *plan)
{
    uint8_t records[2][32];

    put_record(a, records[0]);
    put_record(b, records[1]);
    asl_boot_plan(t->raw, t->n, FLASH_4MB, (const uint8_t(*)[32])records, plan);
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
    struct table t;

    (void)state;
    build(&t, true, 3, true);
    plan_with(&t, BLANK, BLANK, &plan);
    EXPECT_ORDER(&plan, 0x00, 0x10, 0x11, 0x20);
    assert_int_equal(plan.candidate[0].reason, ASL_BOOT_BLANK);
    assert_int_equal(plan.candidate[1].reason, ASL_BOOT_FALLBACK);
    assert_int_equal(plan.candidate[3].reason, ASL_BOOT_LAST_RESORT);
    build(&t, false, 3, false);
    plan_with(&t, BLANK, BLANK, &plan);
    EXPECT_ORDER(&plan, 0x10, 0x11);
    assert_int_equal(plan.candidate[0].reason, ASL_BOOT_BLANK);
    asl_boot_plan(t.raw, t.n, FLASH_4MB, NULL, &plan);
    EXPECT_ORDER(&plan, 0x10, 0x11);
    assert_int_equal(plan.active, -1);
}

static void a_record_selects_and_the_other_is_the_way_back(void **state)
{
    struct asl_boot_plan plan;
    struct table t;

    (void)state;
    build(&t, true, 7, true);
    plan_with(&t, 4, 5, &plan); /* 5 -> ota_1, 4 -> ota_0 */
    EXPECT_ORDER(&plan, 0x11, 0x10, 0x00, 0x12, 0x20);
    assert_int_equal(plan.candidate[0].reason, ASL_BOOT_SELECTED);
    assert_int_equal(plan.candidate[1].reason, ASL_BOOT_PREVIOUS);
    assert_int_equal(plan.candidate[2].reason, ASL_BOOT_FALLBACK);
    assert_int_equal(plan.active, 1);
    plan_with(&t, TORN, 3, &plan);
    EXPECT_ORDER(&plan, 0x12, 0x00, 0x10, 0x11, 0x20);
    plan_with(&t, 2, REFUSED, &plan);
    EXPECT_ORDER(&plan, 0x11, 0x00, 0x10, 0x12, 0x20);
}

static void no_valid_record_is_not_blank(void **state)
{
    struct asl_boot_plan plan;
    struct table t;

    (void)state;
    build(&t, true, 3, false);
    plan_with(&t, TORN, REFUSED, &plan);
    EXPECT_ORDER(&plan, 0x00, 0x10, 0x11);
    assert_int_equal(plan.candidate[0].reason, ASL_BOOT_NO_RECORD);
    plan_with(&t, TORN, BLANK, &plan);
    assert_int_equal(plan.candidate[0].reason, ASL_BOOT_NO_RECORD);
}

static void records_without_slots_divide_nothing(void **state)
{
    struct asl_boot_plan plan;
    struct table t;

    (void)state;
    build(&t, true, 0, false);
    plan_with(&t, 1, 2, &plan);
    EXPECT_ORDER(&plan, 0x00);
    build(&t, false, 0, false);
    asl_boot_plan(t.raw, 0, FLASH_4MB, NULL, &plan);
    assert_int_equal(plan.n_candidates, 0);
}

static void gaps_lose_no_slot(void **state)
{
    struct asl_boot_plan plan;
    struct table t;

    (void)state;
    build(&t, false, 1u << 1 | 1u << 4 | 1u << 15, false);
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
    struct asl_partition map[5];
    struct asl_boot_plan plan;
    struct table t = {.n = 0};

    (void)state;
    add(map, &t.n, 0x00, 0x10000, 0x100000);   /* crosses a window */
    add(map, &t.n, 0x10, 0x110000, 0xf0000);   /* good */
    add(map, &t.n, 0x11, 0x3ff000, 0x2000);    /* beyond the chip */
    add(map, &t.n, 0x12, 0xfffff000u, 0x2000); /* wraps */
    add(map, &t.n, 0x13, 0x200000, 0);         /* empty */
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
    struct table t;
    uint32_t seen[256] = {0};

    build(&t, factory, mask, test);
    plan_with(&t, a, b, &plan);
    assert_int_equal(plan.n_candidates, t.n);
    for (uint32_t i = 0; i < plan.n_candidates; i++) {
        assert_int_equal(seen[plan.candidate[i].slot.subtype]++, 0);
    }
    uint32_t n_ota = asl_boot_n_ota(t.raw, t.n);
    if (plan.active >= 0 && n_ota > 0) {
        uint32_t want = (plan.records[plan.active].seq - 1) % n_ota;
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
        cmocka_unit_test(records_without_slots_divide_nothing),
        cmocka_unit_test(gaps_lose_no_slot),
        cmocka_unit_test(slots_that_cannot_run_are_skipped),
        cmocka_unit_test(every_usable_slot_is_tried_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
