/* SPDX-License-Identifier: Apache-2.0 */
/* The acts on otadata against a flash that fails at each operation in each way: the old choice or
 * the new one, never a page programmed twice, never the governing sector erased, and a named error
 * when something did not take. */
#include "check.h"

#include "airslot/bytes.h"
#include "asl_otadata.h"
#include "host_flash.h"
#include "otadata_pair.h"
#include "sdk_record.h"

#define ADDR 0x3000u
#define SIZE 0x8000u

static struct host_flash h;
static struct asl_otadata_sector pair[2];
static struct asl_otadata otadata;

static int set_up(void **state)
{
    (void)state;
    host_flash_init(&h, SIZE);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    host_flash_free(&h);
    return 0;
}

static const struct asl_record *governing(void)
{
    assert_int_equal(asl_otadata_read(&h.flash, ADDR, pair), ASL_OK);
    asl_otadata_parse(pair, &otadata);
    return otadata.governing < 0 ? NULL : &otadata.record[otadata.governing];
}

static struct asl_otadata_step plan(bool is_factory, uint32_t slot, enum asl_ota_state state)
{
    struct asl_otadata_choice choice;
    struct asl_otadata_step step;

    governing();
    asl_otadata_carry(&otadata, &choice);
    choice.is_factory = is_factory;
    choice.slot = slot;
    choice.n_slots = 2;
    choice.state = state;
    assert_true(asl_otadata_plan(&otadata, &choice, &step));
    return step;
}

static void choose(bool is_factory, uint32_t slot, enum asl_ota_state state)
{
    struct asl_otadata_step step = plan(is_factory, slot, state);

    assert_int_equal(asl_otadata_write(&h.flash, ADDR, &step), ASL_OK);
}

static void expect_no_misuse(void)
{
    assert_int_equal(h.n_misuses, 0);
    assert_int_equal(h.n_set_bits, 0);
    assert_int_equal(h.n_reprograms, 0);
}

static void choices_alternate_and_wear_is_even(void **state)
{
    (void)state;
    assert_null(governing());
    for (uint32_t i = 0; i < 10; i++) {
        choose(false, i % 2, ASL_OTA_UNDEFINED);
        assert_int_equal(otadata.governing < 0 ? 0 : 1 - otadata.governing, i % 2);
        assert_int_equal((governing()->seq - 1) % 2, i % 2);
    }
    assert_int_equal(h.n_sector_erases[ADDR / ASL_SECTOR_SIZE], 5);
    assert_int_equal(h.n_sector_erases[ADDR / ASL_SECTOR_SIZE + 1], 5);
    assert_int_equal(h.n_programs, 20);
    expect_no_misuse();
}

static void what_others_read_is_what_was_chosen(void **state)
{
    const uint8_t *bytes = h.bytes + ADDR;

    (void)state;
    for (uint32_t i = 0; i < 8; i++) {
        bool is_factory = i % 4 == 3;
        choose(is_factory, i % 2, i % 3 == 0 ? ASL_OTA_VALID : ASL_OTA_UNDEFINED);
        int want = is_factory ? SDK_BOOTS_FACTORY : (int)(i % 2);
        assert_int_equal(sdk_slot(bytes, 2, false), want);
        assert_int_equal(sdk_slot(bytes, 2, true), want);
    }
}

/* Their programs write in between; ours follow. */
static void what_others_write_governs(void **state)
{
    uint8_t *bytes = h.bytes + ADDR;

    (void)state;
    for (uint32_t i = 0; i < 12; i++) {
        uint32_t slot = i / 2 % 2;
        choose(i % 4 == 2, slot, ASL_OTA_VALID);
        sdk_select(bytes, 1 - slot, 2, i % 3 == 0 ? 0 : 0xffffffff);
        const struct asl_record *r = governing();
        assert_non_null(r);
        assert_int_equal(r->kind, ASL_RECORD_FOREIGN);
        assert_int_equal((r->seq - 1) % 2, 1 - slot);
        const uint8_t *stored = bytes + (uint32_t)otadata.governing * SDK_SECTOR;
        assert_int_equal((uint32_t)r->state, asl_get_le32(stored + 24));
        assert_true(i % 3 != 0 || r->state == ASL_OTA_NEW);
    }
    sdk_select_factory(bytes);
    assert_null(governing());
}

static void factory_is_settled(void **state)
{
    (void)state;
    for (uint32_t first = 0; first < 2; first++) {
        choose(false, 0, ASL_OTA_VALID);
        if (first == 1) {
            choose(false, 0, ASL_OTA_VALID);
        }
        choose(true, 0, ASL_OTA_UNDEFINED);
        assert_true(governing()->is_factory);
        assert_int_equal(otadata.governing, 0);
        assert_int_equal(otadata.record[1].kind, ASL_RECORD_BLANK);
        assert_false(asl_otadata_is_unfinished(&otadata));
        assert_int_equal(asl_otadata_finish(&h.flash, ADDR, &otadata), ASL_OK);
    }
    expect_no_misuse();
}

static void the_other_record_goes_for_good(void **state)
{
    (void)state;
    governing();
    assert_int_equal(asl_otadata_erase_other(&h.flash, ADDR, &otadata), ASL_ERR_INVALID_STATE);
    for (uint32_t i = 0; i < 2; i++) {
        choose(false, i, ASL_OTA_VALID);
        choose(false, 1 - i, ASL_OTA_VALID);
        governing();
        int other = 1 - otadata.governing;
        host_flash_plan(&h, HOST_FAULT_NOOP, 1, 0); /* once it does not take */
        assert_int_equal(asl_otadata_erase_other(&h.flash, ADDR, &otadata), ASL_OK);
        assert_non_null(governing());
        assert_int_equal(otadata.governing, 1 - other);
        assert_int_equal(otadata.record[other].kind, ASL_RECORD_BLANK);
    }
    choose(false, 0, ASL_OTA_VALID);
    governing();
    host_flash_plan(&h, HOST_FAULT_DEAD, 1, 0);
    assert_int_equal(asl_otadata_erase_other(&h.flash, ADDR, &otadata), ASL_ERR_FLASH_VERIFY);
    expect_no_misuse();
}

/* A foreign record governs, and only ours beside it knows the floor. */
static void the_floor_is_not_erased(void **state)
{
    struct asl_otadata_choice choice;
    struct asl_otadata_step step;

    (void)state;
    governing();
    asl_otadata_carry(&otadata, &choice);
    choice.n_slots = 2;
    choice.floor = 3;
    assert_true(asl_otadata_plan(&otadata, &choice, &step));
    assert_int_equal(asl_otadata_write(&h.flash, ADDR, &step), ASL_OK);
    sdk_select(h.bytes + ADDR, 1, 2, 0xffffffff);
    assert_int_equal(governing()->kind, ASL_RECORD_FOREIGN);
    assert_int_equal(asl_otadata_erase_other(&h.flash, ADDR, &otadata), ASL_ERR_INVALID_STATE);
    choose(false, 0, ASL_OTA_VALID); /* ours carries it on, over the old one */
    governing();
    assert_int_equal(asl_otadata_erase_other(&h.flash, ADDR, &otadata), ASL_OK);
    assert_int_equal(governing()->floor, 3);
}

/* What stands before a change under test. */
static void prepare(uint32_t which)
{
    host_flash_power_on(&h);
    h.dead_sector = UINT32_MAX;
    memset(h.bytes + ADDR, 0xff, SDK_OTADATA);
    memset(h.n_page_programs, 0, SIZE / ASL_PAGE_SIZE);
    for (uint32_t i = 0; i < which; i++) {
        choose(false, i % 2, ASL_OTA_VALID);
    }
}

/* One change with one fault; power returns; the choice is the old or the new one, and new exactly
 * when the call said so. Returns false when the fault did not fire any more. */
static bool try_fault(uint32_t which, bool is_factory, enum host_fault fault, uint32_t at)
{
    prepare(which);
    const struct asl_record *r = governing();
    uint32_t old_seq = r == NULL ? 0 : r->seq;
    struct asl_otadata_step step = plan(is_factory, 1, ASL_OTA_NEW);
    host_flash_plan(&h, fault, at, 0);
    enum asl_err err = asl_otadata_write(&h.flash, ADDR, &step);
    bool fired = h.fired;
    host_flash_power_on(&h);
    r = governing();
    bool is_new = r != NULL && (is_factory ? r->is_factory : r->state == ASL_OTA_NEW);
    bool is_old = which == 0 ? r == NULL : r != NULL && r->seq == old_seq;
    assert_true(is_new != is_old);
    assert_true(err != ASL_OK || is_new);
    if (fault == HOST_FAULT_ERROR || fault == HOST_FAULT_NOOP) {
        assert_int_equal(err, ASL_OK); /* the second try took */
    }
    assert_int_equal(h.n_misuses, 0);
    return fired;
}

static void a_fault_leaves_the_old_choice_or_the_new(void **state)
{
    static const enum host_fault faults[] = {HOST_FAULT_ERROR, HOST_FAULT_NOOP, HOST_FAULT_TORN,
                                             HOST_FAULT_DEAD};
    uint32_t n_fired = 0;

    (void)state;
    for (uint32_t i = 0; i < 3 * 2 * COUNT(faults); i++) {
        uint32_t at = 1;
        while (try_fault(i / 2 % 3, i % 2 != 0, faults[i / 6], at)) {
            at++;
        }
        n_fired += at - 1;
    }
    assert_true(n_fired > 60);
}

static void a_failed_read_is_reported_and_changes_nothing(void **state)
{
    (void)state;
    for (uint32_t at = 1;; at++) {
        prepare(2);
        struct asl_otadata_step step = plan(false, 0, ASL_OTA_NEW);
        host_flash_plan(&h, HOST_FAULT_NONE, 0, at);
        enum asl_err err = asl_otadata_write(&h.flash, ADDR, &step);
        if (!h.fired) {
            break;
        }
        assert_int_equal(err, ASL_OK); /* the second try */
        host_flash_power_on(&h);
        assert_int_equal(governing()->state, ASL_OTA_NEW);
    }
    prepare(2);
    for (uint32_t at = 1; at < 60; at++) {
        host_flash_plan(&h, HOST_FAULT_NONE, 0, at);
        enum asl_err err = asl_otadata_read(&h.flash, ADDR, pair);
        assert_int_equal(err, h.fired ? ASL_ERR_FLASH_READ : ASL_OK);
    }
}

static void a_dead_sector_is_refused_by_name(void **state)
{
    (void)state;
    prepare(2);
    struct asl_otadata_step step = plan(false, 0, ASL_OTA_NEW);
    h.dead_sector = (ADDR + step.sector * ASL_SECTOR_SIZE) / ASL_SECTOR_SIZE;
    assert_int_equal(asl_otadata_write(&h.flash, ADDR, &step), ASL_ERR_FLASH_VERIFY);
    assert_int_equal(governing()->seq, 2);
}

/* --- start marks --- */

static void starts_are_marked_on_pages_of_their_own(void **state)
{
    uint8_t before[2 * ASL_PAGE_SIZE];

    (void)state;
    assert_null(governing());
    assert_int_equal(asl_otadata_mark_start(&h.flash, ADDR, &otadata, 0), ASL_ERR_INVALID_STATE);
    choose(false, 1, ASL_OTA_NEW);
    governing();
    uint32_t addr = ADDR + (uint32_t)otadata.governing * ASL_SECTOR_SIZE;
    memcpy(before, h.bytes + addr, sizeof(before));
    for (uint32_t n = 1; n <= ASL_OTADATA_MAX_STARTS; n++) {
        assert_int_equal(asl_otadata_mark_start(&h.flash, ADDR, &otadata, 4), ASL_OK);
        assert_int_equal(governing()->starts, n);
        assert_int_equal(governing()->state, ASL_OTA_NEW);
        assert_memory_equal(h.bytes + addr + (1 + n) * ASL_PAGE_SIZE, "ESLT", 4); /* 'A' ^ 4 */
    }
    assert_int_equal(asl_otadata_mark_start(&h.flash, ADDR, &otadata, 0), ASL_ERR_INVALID_STATE);
    assert_memory_equal(h.bytes + addr, before, sizeof(before));
    expect_no_misuse();
}

static void a_mark_that_does_not_take_goes_to_the_next_page(void **state)
{
    static const enum host_fault faults[] = {HOST_FAULT_NOOP, HOST_FAULT_ERROR};

    (void)state;
    choose(false, 1, ASL_OTA_NEW);
    for (uint32_t i = 0; i < COUNT(faults); i++) {
        governing();
        host_flash_plan(&h, faults[i], 1, 0);
        assert_int_equal(asl_otadata_mark_start(&h.flash, ADDR, &otadata, 1), ASL_OK);
        assert_true(h.fired);
        assert_int_equal(governing()->starts, i + 1);
    }
    host_flash_plan(&h, HOST_FAULT_NONE, 0, 1);
    assert_int_equal(asl_otadata_mark_start(&h.flash, ADDR, &otadata, 1), ASL_ERR_FLASH_READ);
    assert_int_equal(governing()->starts, 3); /* it stood there all the same */
    host_flash_plan(&h, HOST_FAULT_DEAD, 1, 0);
    assert_int_equal(asl_otadata_mark_start(&h.flash, ADDR, &otadata, 1), ASL_ERR_FLASH_VERIFY);
}

static void a_torn_mark_counts_or_does_not(void **state)
{
    (void)state;
    choose(false, 1, ASL_OTA_NEW);
    governing();
    host_flash_plan(&h, HOST_FAULT_TORN, 1, 0);
    assert_int_not_equal(asl_otadata_mark_start(&h.flash, ADDR, &otadata, 1), ASL_OK);
    host_flash_power_on(&h);
    assert_true(governing()->starts <= 1);
    assert_int_equal(governing()->kind, ASL_RECORD_OWN);
}

/* --- factory, interrupted --- */

static void an_unfinished_factory_choice_is_finished(void **state)
{
    (void)state;
    for (uint32_t at = 1; at <= 5; at++) {
        prepare(1); /* record in sector 0: seal goes to sector 1 first */
        struct asl_otadata_step step = plan(true, 0, ASL_OTA_UNDEFINED);
        host_flash_plan(&h, HOST_FAULT_TORN, at + 2, 0);
        asl_otadata_write(&h.flash, ADDR, &step);
        host_flash_power_on(&h);
        assert_true(governing()->is_factory);
        bool unfinished = asl_otadata_is_unfinished(&otadata);
        assert_int_equal(unfinished, at <= 3);
        assert_int_equal(asl_otadata_finish(&h.flash, ADDR, &otadata), ASL_OK);
        assert_true(governing()->is_factory);
        assert_int_equal(otadata.governing, 0);
        assert_false(asl_otadata_is_unfinished(&otadata));
    }
    prepare(1);
    choose(true, 0, ASL_OTA_UNDEFINED);
    governing();
    h.bytes[ADDR + ASL_SECTOR_SIZE + 5 * ASL_PAGE_SIZE] = 0;
    governing();
    host_flash_plan(&h, HOST_FAULT_DEAD, 1, 0);
    assert_int_equal(asl_otadata_finish(&h.flash, ADDR, &otadata), ASL_ERR_FLASH_VERIFY);
    prepare(1);
    struct asl_otadata_step step = plan(true, 0, ASL_OTA_UNDEFINED);
    host_flash_plan(&h, HOST_FAULT_DEAD, 3, 0); /* sector 0 keeps the old record */
    assert_int_equal(asl_otadata_write(&h.flash, ADDR, &step), ASL_OK);
    assert_true(governing()->is_factory);
    assert_int_equal(asl_otadata_finish(&h.flash, ADDR, &otadata), ASL_ERR_FLASH_VERIFY);
    assert_true(governing()->is_factory);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(choices_alternate_and_wear_is_even),
        TEST(what_others_read_is_what_was_chosen),
        TEST(what_others_write_governs),
        TEST(factory_is_settled),
        TEST(the_other_record_goes_for_good),
        TEST(the_floor_is_not_erased),
        TEST(a_fault_leaves_the_old_choice_or_the_new),
        TEST(a_failed_read_is_reported_and_changes_nothing),
        TEST(a_dead_sector_is_refused_by_name),
        TEST(starts_are_marked_on_pages_of_their_own),
        TEST(a_mark_that_does_not_take_goes_to_the_next_page),
        TEST(a_torn_mark_counts_or_does_not),
        TEST(an_unfinished_factory_choice_is_finished),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
