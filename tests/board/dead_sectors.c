/* SPDX-License-Identifier: Apache-2.0 */
/* A sector that takes no more programs and erases, in each role: the update is refused by name or
 * does without it, and the image that ran before keeps starting. */
#include "trial_device.h"

#include "vb_fault.h"

#define REFUSED  "trial: installed 0x10011"
#define RECORD_0 OTADATA_ADDR
#define RECORD_1 (OTADATA_ADDR + 0x1000u)

static struct device d;

static int set_up(void **state)
{
    (void)state;
    trial_init(&d);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_free(&d);
    return 0;
}

static void kill_sector(uint32_t addr)
{
    const struct vb_fault dead = {.kind = VB_FAULT_DEAD, .addr = addr};
    vb_board_set_fault(d.board, &dead);
}

/* The dead sector was asked for something, and the image in a slot starts again and again. */
static void expect_stays(enum trial_slot slot)
{
    assert_true(vb_board_fault_fired(d.board));
    trial_order(&d, slot, TRIAL_IDLE);
    for (unsigned i = 0; i < 4; i++) {
        trial_power_cycle(&d);
        trial_expect(&d, trial_greeting(slot), TRIAL_LIMIT_MS);
    }
}

/* Gives the order to update with one sector dead. */
static void expect_refusal(enum trial_slot slot, uint32_t dead, const char *name)
{
    trial_power_cycle(&d);
    trial_order(&d, slot, TRIAL_UPDATE);
    kill_sector(dead);
    trial_expect(&d, REFUSED, TRIAL_LIMIT_MS);
    trial_expect_printed(&d, name);
    expect_stays(slot);
}

static void start_idle(void)
{
    trial_expect(&d, "trial: idle", TRIAL_LIMIT_MS);
}

static void each_sector_of_the_slot(void **state)
{
    (void)state;
    static const uint32_t at[] = {0, 0x5000, 0xe000};

    for (size_t i = 0; i < COUNT(at); i++) {
        start_idle();
        expect_refusal(FACTORY, OTA_0_ADDR + at[i], "ASL_ERR_FLASH_VERIFY");
        device_power_off(&d);
        trial_order(&d, FACTORY, TRIAL_IDLE);
        memset(d.flash + OTA_0_ADDR, 0, SLOT_SIZE); /* bits to erase */
    }
}

static void record_0_of_a_new_device(void **state)
{
    (void)state;
    start_idle();
    memset(d.flash, 0, 32);
    assert_true(vb_board_write_flash(d.board, RECORD_0, d.flash, 32));
    expect_refusal(FACTORY, RECORD_0, "ASL_ERR_FLASH_VERIFY");
}

/* ota_0 is confirmed in sector 1; the next choice belongs into sector 0. */
static void record_0_of_a_confirmed_device(void **state)
{
    (void)state;
    trial_start(&d, FACTORY, TRIAL_CONFIRM);
    start_idle();
    expect_refusal(OTA_0, RECORD_0, "ASL_ERR_FLASH_VERIFY");
    start_idle();
    trial_expect_printed(&d, "trial: ota_0, reset 1, state 0x0 2");
}

/* The trial can be counted, but neither confirmed nor rolled back in writing. */
static void record_1_during_a_trial(void **state)
{
    (void)state;
    trial_start(&d, FACTORY, TRIAL_CONFIRM_CRASH);
    kill_sector(RECORD_1);
    trial_expect(&d, "trial: confirmed 0x10011", TRIAL_LIMIT_MS);
    trial_expect(&d, trial_greeting(FACTORY), TRIAL_LIMIT_MS);
    assert_int_equal(trial_count(&d, trial_greeting(OTA_0)), 3);
    trial_expect_printed(&d, "the roll-back to factory could not be recorded");
    expect_stays(FACTORY);
    trial_order(&d, FACTORY, TRIAL_UPDATE);
    trial_power_cycle(&d);
    trial_expect(&d, REFUSED, TRIAL_LIMIT_MS);
    expect_stays(FACTORY);
}

static void select_and_kill_record_0(void)
{
    trial_order(&d, FACTORY, TRIAL_UPDATE);
    trial_expect(&d, "trial: installed 0x0", TRIAL_LIMIT_MS);
    kill_sector(RECORD_0);
    trial_order(&d, FACTORY, TRIAL_IDLE);
}

/* A start that cannot be counted is not made. */
static void record_0_before_the_first_start(void **state)
{
    (void)state;
    select_and_kill_record_0();
    start_idle();
    trial_expect_printed(&d, "the start of ota_0 could not be counted");
    assert_int_equal(trial_count(&d, trial_greeting(OTA_0)), 0);
    trial_expect_last(&d, RECORD, OTA_0, 0, RESTART);
    expect_stays(FACTORY);
}

/* Unless nothing else is left: something always boots. */
static void record_0_and_no_other_image(void **state)
{
    (void)state;
    select_and_kill_record_0();
    memset(d.flash, 0, 0x1000);
    assert_true(vb_board_write_flash(d.board, FACTORY_ADDR, d.flash, 0x1000));
    trial_expect(&d, trial_greeting(OTA_0), TRIAL_LIMIT_MS);
    expect_stays(OTA_0);
}

/* What should be forgotten and stays is said to stay. */
static void expect_unforgotten(uint32_t dead, const char *said)
{
    trial_start(&d, OTA_0, TRIAL_CONFIRM);
    start_idle();
    trial_order(&d, OTA_1, TRIAL_FORGET);
    trial_power_cycle(&d);
    kill_sector(dead);
    trial_expect(&d, "trial: rollback ", TRIAL_LIMIT_MS);
    trial_expect_printed(&d, said);
    expect_stays(OTA_1);
}

static void image_that_cannot_be_erased(void **state)
{
    (void)state;
    expect_unforgotten(OTA_0_ADDR, "trial: erased 0x10011");
}

/* ota_1 is confirmed in sector 1, and the image is forgotten in sector 0, which then governs. */
static void record_that_cannot_be_erased(void **state)
{
    (void)state;
    expect_unforgotten(RECORD_1, "trial: invalidated 0x10011");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(each_sector_of_the_slot),         CASE(record_0_of_a_new_device),
        CASE(record_0_of_a_confirmed_device),  CASE(record_1_during_a_trial),
        CASE(record_0_before_the_first_start), CASE(record_0_and_no_other_image),
        CASE(image_that_cannot_be_erased),     CASE(record_that_cannot_be_erased),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
