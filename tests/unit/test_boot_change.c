/* SPDX-License-Identifier: Apache-2.0 */
/* What a start and an application's calls write: every act of the bootloader, select, confirm and
 * roll back, from each kind of governing record. */
#include "check.h"

#include "asl_boot.h"
#include "boot_table.h"
#include "otadata_pair.h"

#define FACTORY    ASL_APP_FACTORY
#define OTA(i)     ((uint8_t)(ASL_APP_OTA_0 + (i)))
#define TEST_APP   ASL_APP_TEST
#define NONE       ASL_SUBTYPE_NONE
#define MAX_STARTS 3u
#define CAUSE      7u

static struct boot_table table;
static struct asl_otadata_sector pair[2];
static struct asl_boot_plan plan;
static struct asl_otadata_step step;

static int set_up(void **state)
{
    (void)state;
    boot_table_build(&table, true, 7, true);
    pair_clear(pair);
    memset(&step, 0xa5, sizeof(step));
    return 0;
}

static void make_plan(uint32_t max_starts)
{
    asl_boot_plan(table.raw, table.n, BOOT_TABLE_FLASH, pair, max_starts, &plan);
}

/* Sector 0 governs: ota slot i in a state, with a previous slot and marks. */
static void govern(uint32_t i, enum asl_ota_state state, uint8_t previous, uint32_t marks)
{
    struct asl_otadata_choice choice = {
        .state = state, .previous = previous, .last = {ASL_RESULT_NONE, NONE, 0, 0}, .floor = 4};

    pair_clear(pair);
    pair_put_own(&pair[0], 1 + i, &choice);
    pair_put_marks(&pair[0], marks);
    make_plan(MAX_STARTS);
    assert_int_equal(plan.governing, OTA(i));
}

/* Writes the step and returns the record that governs then. */
static const struct asl_record *written(void)
{
    pair_put_step(pair, &step);
    make_plan(MAX_STARTS);
    assert_int_equal(plan.otadata.governing, step.sector);
    return &plan.otadata.record[step.sector];
}

static uint32_t candidate(uint8_t subtype)
{
    for (uint32_t i = 0; i < plan.n_candidates; i++) {
        if (plan.candidate[i].slot.subtype == subtype) {
            return i;
        }
    }
    fail_msg("0x%02x is no candidate", subtype);
    return 0;
}

/* --- before a start --- */

static void a_start_on_trial_is_marked(void **state)
{
    (void)state;
    for (uint32_t marks = 0; marks < MAX_STARTS; marks++) {
        govern(1, ASL_OTA_NEW, FACTORY, marks);
        assert_int_equal(asl_boot_decide(&plan, 0, true, false, CAUSE, &step), ASL_BOOT_MARK_START);
        assert_int_equal(asl_boot_decide(&plan, 0, false, false, CAUSE, &step), ASL_BOOT_START);
        assert_int_equal(asl_boot_decide(&plan, 0, true, true, CAUSE, &step), ASL_BOOT_START);
    }
    govern(1, ASL_OTA_NEW, FACTORY, 1);
    make_plan(0);
    assert_int_equal(asl_boot_decide(&plan, 0, true, false, CAUSE, &step), ASL_BOOT_START);
}

static void nothing_is_written_without_a_trial(void **state)
{
    static const enum asl_ota_state states[] = {ASL_OTA_VALID, ASL_OTA_UNDEFINED, ASL_OTA_INVALID,
                                                ASL_OTA_ABORTED};

    (void)state;
    make_plan(MAX_STARTS);
    for (uint32_t i = 0; i < plan.n_candidates; i++) {
        assert_int_equal(asl_boot_decide(&plan, i, true, false, CAUSE, &step), ASL_BOOT_START);
        assert_false(asl_boot_roll_back(&plan, i, true, ASL_RESULT_IMAGE, CAUSE, &step));
    }
    for (size_t s = 0; s < COUNT(states); s++) {
        govern(1, states[s], FACTORY, 0);
        for (uint32_t i = 0; i < plan.n_candidates; i++) {
            assert_int_equal(asl_boot_decide(&plan, i, true, false, CAUSE, &step), ASL_BOOT_START);
        }
    }
}

static void a_failed_trial_is_rolled_back_with_its_reason(void **state)
{
    static const struct {
        uint32_t marks;
        bool uncounted;
        enum asl_ota_result want;
    } cases[] = {{3, false, ASL_RESULT_STARTS},
                 {1, false, ASL_RESULT_IMAGE},
                 {1, true, ASL_RESULT_RECORD},
                 {12, true, ASL_RESULT_RECORD}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        govern(1, ASL_OTA_PENDING_VERIFY, OTA(2), cases[i].marks);
        assert_int_equal(
            asl_boot_decide(&plan, candidate(OTA(2)), false, cases[i].uncounted, CAUSE, &step),
            ASL_BOOT_ROLL_BACK);
        const struct asl_record *r = written();
        assert_int_equal(plan.governing, OTA(2));
        assert_int_equal(r->state, ASL_OTA_VALID);
        assert_int_equal(r->previous, NONE);
        assert_int_equal(r->last.what, cases[i].want);
        assert_int_equal(r->last.subtype, OTA(1));
        assert_int_equal(r->last.starts, cases[i].marks);
        assert_int_equal(r->last.cause, CAUSE);
        assert_int_equal(r->floor, 4);
        assert_int_equal(plan.candidate[3].slot.subtype, OTA(1));
        assert_int_equal(plan.candidate[3].reason, ASL_BOOT_REFUSED);
    }
}

static void only_a_previous_slot_is_called_valid(void **state)
{
    (void)state;
    for (int can_confirm = 0; can_confirm < 2; can_confirm++) {
        govern(1, ASL_OTA_NEW, NONE, 3);
        assert_int_equal(
            asl_boot_decide(&plan, candidate(OTA(0)), can_confirm, false, CAUSE, &step),
            ASL_BOOT_ROLL_BACK);
        assert_int_equal(written()->state, can_confirm ? ASL_OTA_NEW : ASL_OTA_UNDEFINED);
        assert_int_equal(plan.governing, OTA(0));
    }
    govern(1, ASL_OTA_VALID, OTA(0), 0); /* may have been written since */
    assert_true(asl_boot_roll_back(&plan, candidate(OTA(0)), true, ASL_RESULT_REJECTED, 0, &step));
    assert_int_equal(written()->state, ASL_OTA_NEW);
    govern(1, ASL_OTA_VALID, OTA(0), 0);
    make_plan(0);
    assert_true(asl_boot_roll_back(&plan, candidate(OTA(0)), true, ASL_RESULT_REJECTED, 0, &step));
    assert_int_equal(written()->state, ASL_OTA_UNDEFINED);
}

static void a_trial_rolls_back_to_factory(void **state)
{
    (void)state;
    govern(1, ASL_OTA_NEW, FACTORY, 3);
    assert_int_equal(asl_boot_decide(&plan, candidate(FACTORY), false, false, CAUSE, &step),
                     ASL_BOOT_ROLL_BACK);
    const struct asl_record *r = written();
    assert_true(r->is_factory);
    assert_int_equal(r->state, ASL_OTA_UNDEFINED);
    assert_int_equal(r->last.subtype, OTA(1));
    assert_int_equal(plan.candidate[0].slot.subtype, FACTORY);
}

static void what_nothing_better_can_replace_starts_again(void **state)
{
    (void)state;
    govern(1, ASL_OTA_NEW, FACTORY, 3);
    assert_int_equal(asl_boot_decide(&plan, candidate(OTA(1)), true, false, CAUSE, &step),
                     ASL_BOOT_START);
    assert_int_equal(asl_boot_decide(&plan, candidate(TEST_APP), true, false, CAUSE, &step),
                     ASL_BOOT_START);
    assert_false(
        asl_boot_roll_back(&plan, candidate(OTA(1)), true, ASL_RESULT_IMAGE, CAUSE, &step));
    assert_false(
        asl_boot_roll_back(&plan, candidate(TEST_APP), true, ASL_RESULT_IMAGE, CAUSE, &step));
}

/* --- on a call --- */

static void a_choice_remembers_the_way_back(void **state)
{
    static const struct {
        enum asl_ota_state state;
        uint32_t marks;
        uint8_t previous, running, chosen, want;
    } cases[] = {
        {ASL_OTA_VALID, 0, FACTORY, OTA(0), OTA(1), OTA(0)},
        {ASL_OTA_UNDEFINED, 0, NONE, OTA(0), OTA(1), OTA(0)},
        /* a trial is nothing to go back to */
        {ASL_OTA_NEW, 1, FACTORY, OTA(0), OTA(1), FACTORY},
        {ASL_OTA_PENDING_VERIFY, 0, OTA(2), OTA(0), OTA(1), OTA(2)},
        {ASL_OTA_NEW, 1, OTA(1), OTA(0), OTA(1), NONE},
        {ASL_OTA_INVALID, 0, FACTORY, OTA(0), OTA(1), FACTORY},
        {ASL_OTA_ABORTED, 0, FACTORY, OTA(0), OTA(1), FACTORY},
        /* another slot runs: it was chosen away from, or was found instead */
        {ASL_OTA_NEW, 0, FACTORY, FACTORY, OTA(1), FACTORY},
        {ASL_OTA_NEW, 0, FACTORY, OTA(2), OTA(1), OTA(2)},
        {ASL_OTA_NEW, 3, NONE, OTA(2), OTA(1), OTA(2)},
        {ASL_OTA_VALID, 0, NONE, OTA(2), OTA(1), OTA(2)},
        {ASL_OTA_VALID, 0, FACTORY, OTA(2), OTA(1), OTA(2)},
        /* itself */
        {ASL_OTA_NEW, 0, OTA(1), OTA(1), OTA(1), NONE},
        {ASL_OTA_VALID, 0, FACTORY, OTA(0), OTA(0), FACTORY},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        govern(0, cases[i].state, cases[i].previous, cases[i].marks);
        assert_true(asl_boot_select(&plan, cases[i].running, cases[i].chosen, false, &step));
        const struct asl_record *r = written();
        assert_int_equal(r->previous, cases[i].want);
        assert_int_equal(r->state, ASL_OTA_UNDEFINED);
        assert_int_equal(r->floor, 4);
        assert_int_equal(plan.governing, cases[i].chosen);
    }
    pair_clear(pair);
    make_plan(MAX_STARTS);
    assert_true(asl_boot_select(&plan, FACTORY, OTA(1), true, &step));
    assert_int_equal(written()->previous, FACTORY);
    assert_int_equal(plan.otadata.record[step.sector].state, ASL_OTA_NEW);
}

static void what_is_known_good_gets_no_trial(void **state)
{
    (void)state;
    govern(0, ASL_OTA_NEW, OTA(1), 0); /* chosen, not started; ota_1 runs and wants to stay */
    assert_true(asl_boot_select(&plan, OTA(1), OTA(1), true, &step));
    assert_int_equal(written()->state, ASL_OTA_UNDEFINED);
    assert_true(asl_boot_select(&plan, OTA(0), OTA(1), true, &step)); /* governs already */
    assert_int_equal(written()->state, ASL_OTA_UNDEFINED);
    govern(0, ASL_OTA_NEW, OTA(1), 1); /* back from a trial to the slot before it */
    assert_true(asl_boot_select(&plan, OTA(0), OTA(1), true, &step));
    assert_int_equal(written()->state, ASL_OTA_UNDEFINED);
    govern(0, ASL_OTA_VALID, OTA(1), 0); /* ota_0 is as good to come back to */
    assert_true(asl_boot_select(&plan, OTA(0), OTA(1), true, &step));
    assert_int_equal(written()->state, ASL_OTA_NEW);
    assert_int_equal(plan.otadata.record[step.sector].previous, OTA(0));
}

static void a_trial_that_leaves_stays_unproven(void **state)
{
    (void)state;
    govern(1, ASL_OTA_NEW, OTA(2), 1);
    assert_false(asl_boot_may_update(&plan, OTA(1), true));
    assert_true(asl_boot_may_update(&plan, OTA(1), false)); /* nobody counts its starts */
    assert_true(asl_boot_select(&plan, OTA(1), OTA(0), true, &step));
    const struct asl_record *r = written();
    assert_int_equal(r->last.what, ASL_RESULT_LEFT);
    assert_int_equal(r->last.subtype, OTA(1));
    assert_int_equal(r->last.starts, 1);
    assert_int_equal(r->previous, OTA(2));
    assert_false(asl_boot_may_update(&plan, OTA(1), true));
    assert_true(asl_boot_select(&plan, OTA(1), OTA(1), true, &step));
    r = written();
    assert_int_equal(r->state, ASL_OTA_NEW);
    assert_int_equal(r->previous, OTA(2));
}

static void updates_wait_for_a_proven_program(void **state)
{
    (void)state;
    make_plan(MAX_STARTS);
    assert_true(asl_boot_may_update(&plan, OTA(0), true));
    assert_false(asl_boot_must_reselect(&plan, OTA(0), OTA(1)));
    govern(1, ASL_OTA_INVALID, NONE, 0); /* nothing better booted */
    assert_true(asl_boot_may_update(&plan, OTA(1), true));
    govern(1, ASL_OTA_NEW, OTA(0), 0); /* chosen, not started */
    assert_true(asl_boot_may_update(&plan, OTA(0), true));
    assert_true(asl_boot_must_reselect(&plan, OTA(0), OTA(1)));
    govern(1, ASL_OTA_UNDEFINED, OTA(0), 0);
    assert_true(asl_boot_must_reselect(&plan, OTA(0), OTA(1)));
    assert_false(asl_boot_must_reselect(&plan, OTA(0), OTA(2)));
    assert_false(asl_boot_must_reselect(&plan, OTA(1), OTA(1)));
}

static void factory_is_chosen_without_trial(void **state)
{
    (void)state;
    govern(1, ASL_OTA_VALID, OTA(0), 0);
    assert_true(asl_boot_select(&plan, OTA(1), FACTORY, true, &step));
    assert_true(step.is_factory);
    const struct asl_record *r = written();
    assert_int_equal(r->state, ASL_OTA_UNDEFINED);
    assert_int_equal(r->previous, OTA(1));
    assert_false(asl_boot_select(&plan, OTA(1), OTA(7), true, &step));
    assert_false(asl_boot_select(&plan, OTA(1), TEST_APP, true, &step));
}

static void a_trial_is_confirmed(void **state)
{
    (void)state;
    govern(1, ASL_OTA_NEW, OTA(0), 2);
    assert_true(asl_boot_confirm(&plan, OTA(1), 3, &step));
    const struct asl_record *r = written();
    assert_int_equal(plan.governing, OTA(1));
    assert_int_equal(r->state, ASL_OTA_VALID);
    assert_int_equal(r->previous, OTA(0));
    assert_int_equal(r->last.what, ASL_RESULT_CONFIRMED);
    assert_int_equal(r->last.subtype, OTA(1));
    assert_int_equal(r->last.starts, 2);
    assert_int_equal(r->floor, 4);
    assert_false(asl_boot_confirm(&plan, OTA(1), 0, &step)); /* once is enough */
    govern(1, ASL_OTA_PENDING_VERIFY, OTA(0), 0);
    assert_true(asl_boot_confirm(&plan, OTA(1), 9, &step));
    assert_int_equal(written()->floor, 9);
}

static void only_the_trial_that_runs_is_confirmed(void **state)
{
    (void)state;
    make_plan(MAX_STARTS);
    assert_false(asl_boot_confirm(&plan, OTA(0), 0, &step));
    govern(1, ASL_OTA_NEW, OTA(0), 0); /* waits for its first start */
    assert_false(asl_boot_confirm(&plan, OTA(0), 0, &step));
    assert_false(asl_boot_confirm(&plan, FACTORY, 0, &step));
    assert_false(asl_boot_confirm(&plan, TEST_APP, 0, &step));
    govern(1, ASL_OTA_NEW, OTA(0), 3); /* failed, and could not be rolled back */
    assert_false(asl_boot_confirm(&plan, FACTORY, 0, &step));
    assert_true(asl_boot_confirm(&plan, OTA(0), 0, &step));
    assert_int_equal(written()->previous, NONE);
    assert_int_equal(plan.governing, OTA(0));
    assert_int_equal(plan.otadata.record[step.sector].last.starts, 0);
}

static void a_program_rejects_itself(void **state)
{
    (void)state;
    govern(1, ASL_OTA_VALID, OTA(0), 0);
    assert_true(asl_boot_roll_back(&plan, candidate(OTA(0)), true, ASL_RESULT_REJECTED, 0, &step));
    const struct asl_record *r = written();
    assert_int_equal(plan.governing, OTA(0));
    assert_int_equal(r->last.what, ASL_RESULT_REJECTED);
    assert_int_equal(r->last.subtype, OTA(1));
}

static void records_name_slots(void **state)
{
    (void)state;
    govern(1, ASL_OTA_VALID, OTA(0), 0);
    assert_int_equal(asl_boot_record_subtype(&plan, &plan.otadata.record[0]), OTA(1));
    assert_int_equal(asl_boot_record_subtype(&plan, &plan.otadata.record[1]), NONE);
    boot_table_build(&table, true, 0, false);
    make_plan(MAX_STARTS);
    assert_int_equal(asl_boot_record_subtype(&plan, &plan.otadata.record[0]), NONE);
    assert_int_equal(plan.governing, NONE);
    assert_false(asl_boot_select(&plan, FACTORY, OTA(0), true, &step));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(a_start_on_trial_is_marked),
        TEST(nothing_is_written_without_a_trial),
        TEST(a_failed_trial_is_rolled_back_with_its_reason),
        TEST(only_a_previous_slot_is_called_valid),
        TEST(a_trial_rolls_back_to_factory),
        TEST(what_nothing_better_can_replace_starts_again),
        TEST(a_choice_remembers_the_way_back),
        TEST(what_is_known_good_gets_no_trial),
        TEST(a_trial_that_leaves_stays_unproven),
        TEST(updates_wait_for_a_proven_program),
        TEST(factory_is_chosen_without_trial),
        TEST(a_trial_is_confirmed),
        TEST(only_the_trial_that_runs_is_confirmed),
        TEST(a_program_rejects_itself),
        TEST(records_name_slots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
