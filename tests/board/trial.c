/* SPDX-License-Identifier: Apache-2.0 */
/* Images that fail in every way are on trial after an update, from factory and from an ota slot:
 * the previous image comes back after exactly three starts, and the program that runs then can tell
 * what happened. What confirms itself stays, whatever it does later. */
#include "trial_device.h"

#define N_STARTS   3u
#define CONFIRM_MS 300000u
#define SECTOR     4096u

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

/* Runs on until the previous image is back; the trial must have had all its starts and no more. */
static void expect_roll_back(enum trial_slot from, enum trial_slot to, unsigned cause,
                             uint32_t limit_ms)
{
    trial_expect(&d, trial_greeting(from), limit_ms);
    trial_expect(&d, "trial: idle", TRIAL_LIMIT_MS);
    assert_true(vb_board_has_executed(d.board, trial_addr[from], SLOT_SIZE));
    assert_false(vb_board_has_executed(d.board, trial_addr[to], SLOT_SIZE));
    assert_int_equal(trial_count(&d, trial_greeting(to)), N_STARTS);
    trial_expect_printed(&d, "start 3 of 3");
    trial_expect_last(&d, STARTS, to, N_STARTS, cause);
    trial_expect_printed(&d, "was not confirmed in 3 starts");
}

/* What happened can be read after the power was away, and the next update finds its way. */
static void expect_recovery(enum trial_slot from, enum trial_slot to, unsigned cause)
{
    trial_power_cycle(&d);
    trial_expect(&d, "trial: idle", TRIAL_LIMIT_MS);
    trial_expect_last(&d, STARTS, to, N_STARTS, cause);
    trial_expect_printed(&d, trial_greeting(from));
    trial_order(&d, from, from == FACTORY ? TRIAL_UPDATE : TRIAL_CONFIRM_UPDATE);
    trial_order(&d, to, TRIAL_CONFIRM);
    vb_board_power_cycle(d.board);
    trial_expect(&d, trial_greeting(to), TRIAL_LIMIT_MS);
    trial_expect(&d, "trial: confirmed 0x0", TRIAL_LIMIT_MS);
}

static void fails_all_trials(enum trial_slot from, enum trial_order behaviour, unsigned cause,
                             uint32_t limit_ms)
{
    enum trial_slot to = trial_start(&d, from, behaviour);
    expect_roll_back(from, to, cause, limit_ms);
    expect_recovery(from, to, cause);
}

/* --- images that fail --- */

static void crash_in_ota_0(void **state)
{
    (void)state;
    fails_all_trials(FACTORY, TRIAL_CRASH, PANIC, TRIAL_LIMIT_MS);
}

static void crash_in_ota_1(void **state)
{
    (void)state;
    fails_all_trials(OTA_0, TRIAL_CRASH, PANIC, TRIAL_LIMIT_MS);
}

static void restart_loop_in_ota_0(void **state)
{
    (void)state;
    fails_all_trials(FACTORY, TRIAL_RESTART, RESTART, TRIAL_LIMIT_MS);
}

static void restart_loop_in_ota_1(void **state)
{
    (void)state;
    fails_all_trials(OTA_0, TRIAL_RESTART, RESTART, TRIAL_LIMIT_MS);
}

/* One start that loops: 14 s of instructions. The others hang asleep. */
static void loop_in_ota_0(void **state)
{
    (void)state;
    trial_start(&d, FACTORY, TRIAL_LOOP);
    trial_order(&d, OTA_0, TRIAL_HANG);
    trial_expect(&d, "start 2 of 3, last reset: task watchdog", TRIAL_LIMIT_MS);
    expect_roll_back(FACTORY, OTA_0, TASK_WATCHDOG, TRIAL_LIMIT_MS);
}

static void hang_in_ota_0(void **state)
{
    (void)state;
    fails_all_trials(FACTORY, TRIAL_HANG, TASK_WATCHDOG, TRIAL_LIMIT_MS);
}

static void hang_in_ota_1(void **state)
{
    (void)state;
    fails_all_trials(OTA_0, TRIAL_HANG, TASK_WATCHDOG, TRIAL_LIMIT_MS);
}

static void hang_with_interrupts_off_in_ota_0(void **state)
{
    (void)state;
    fails_all_trials(FACTORY, TRIAL_HANG_LOCKED, WATCHDOG, 2 * TRIAL_LIMIT_MS);
}

static void hang_with_interrupts_off_in_ota_1(void **state)
{
    (void)state;
    fails_all_trials(OTA_0, TRIAL_HANG_LOCKED, WATCHDOG, 2 * TRIAL_LIMIT_MS);
}

/* Three times 300 s of idling. */
static void never_confirmed_in_ota_0(void **state)
{
    (void)state;
    fails_all_trials(FACTORY, TRIAL_IDLE, RESTART, N_STARTS * CONFIRM_MS + TRIAL_LIMIT_MS);
    assert_true(device_stats(&d).virtual_us > N_STARTS * CONFIRM_MS * UINT64_C(1000));
}

static void never_confirmed_in_ota_1(void **state)
{
    (void)state;
    fails_all_trials(OTA_0, TRIAL_IDLE, RESTART, N_STARTS * CONFIRM_MS + TRIAL_LIMIT_MS);
}

static void power_cuts(enum trial_slot from)
{
    enum trial_slot to = trial_start(&d, from, TRIAL_IDLE);

    for (unsigned i = 1; i < N_STARTS; i++) {
        vb_board_power_cycle(d.board);
        trial_expect(&d, trial_greeting(to), TRIAL_LIMIT_MS);
    }
    vb_board_power_cycle(d.board);
    expect_roll_back(from, to, POWER_ON, TRIAL_LIMIT_MS);
}

static void power_cuts_count_as_starts(void **state)
{
    (void)state;
    power_cuts(FACTORY);
}

static void power_cuts_count_as_starts_in_ota_1(void **state)
{
    (void)state;
    power_cuts(OTA_0);
}

static void flip_bit_of_image(enum trial_slot slot)
{
    uint8_t byte;
    assert_true(vb_board_read_flash(d.board, trial_addr[slot] + 3000, &byte, 1));
    byte ^= 0x10;
    assert_true(vb_board_write_flash(d.board, trial_addr[slot] + 3000, &byte, 1));
}

static void image_damaged_before_its_first_start(void **state)
{
    (void)state;
    trial_order(&d, FACTORY, TRIAL_UPDATE);
    trial_expect(&d, "trial: installed 0x0", TRIAL_LIMIT_MS);
    trial_order(&d, FACTORY, TRIAL_IDLE);
    flip_bit_of_image(OTA_0);
    trial_expect(&d, "trial: idle", TRIAL_LIMIT_MS);
    assert_int_equal(trial_count(&d, trial_greeting(OTA_0)), 0);
    trial_expect_printed(&d, "the image in ota_0 is damaged");
    trial_expect_last(&d, IMAGE, OTA_0, 0, RESTART);
}

static void image_damaged_between_its_starts(void **state)
{
    (void)state;
    trial_start(&d, OTA_0, TRIAL_IDLE);
    flip_bit_of_image(OTA_1);
    trial_power_cycle(&d);
    trial_expect(&d, "trial: idle", TRIAL_LIMIT_MS);
    trial_expect_printed(&d, trial_greeting(OTA_0));
    trial_expect_last(&d, IMAGE, OTA_1, 1, POWER_ON);
}

/* --- images that decide --- */

static void confirmed_image_stays_although_it_crashes(void **state)
{
    (void)state;
    trial_start(&d, OTA_0, TRIAL_CONFIRM_CRASH);
    for (unsigned i = 0; i < 2 * N_STARTS; i++) {
        trial_expect(&d, trial_greeting(OTA_1), TRIAL_LIMIT_MS);
    }
    trial_expect(&d, "heap", TRIAL_LIMIT_MS);
    trial_expect_printed(
        &d, "trial: ota_1, reset 4, state 0x0 2, start 0 of 3, boot ota_1, previous ota_0");
    trial_expect_last(&d, CONFIRMED, OTA_1, 1, 0);
}

static void confirmed_in_the_third_start(void **state)
{
    (void)state;
    trial_start(&d, FACTORY, TRIAL_CRASH);
    trial_expect(&d, "start 3 of 3", TRIAL_LIMIT_MS);
    trial_order(&d, OTA_0, TRIAL_CONFIRM);
    trial_expect(&d, "trial: confirmed 0x0", TRIAL_LIMIT_MS);
    trial_power_cycle(&d);
    trial_expect(&d, "trial: idle", TRIAL_LIMIT_MS);
    trial_expect_printed(
        &d, "trial: ota_0, reset 1, state 0x0 2, start 0 of 3, boot ota_0, previous factory");
    trial_expect_last(&d, CONFIRMED, OTA_0, 3, 0);
}

static void confirmed_image_is_not_restarted(void **state)
{
    (void)state;
    trial_start(&d, FACTORY, TRIAL_CONFIRM);
    trial_expect(&d, "trial: idle", TRIAL_LIMIT_MS);
    assert_false(device_run(&d, "ets Jan", 2 * CONFIRM_MS));
}

static void rejected_image_goes_at_once(void **state)
{
    (void)state;
    trial_start(&d, OTA_0, TRIAL_REJECT);
    trial_expect(&d, "trial: idle", TRIAL_LIMIT_MS);
    assert_int_equal(trial_count(&d, trial_greeting(OTA_1)), 1);
    trial_expect_last(&d, REJECTED, OTA_1, 1, RESTART);
    trial_expect_printed(&d, "invalid ota_1");
}

static void update_waits_for_the_confirmation(void **state)
{
    (void)state;
    trial_start(&d, FACTORY, TRIAL_UPDATE);
    trial_expect(&d, "trial: installed 0x1506", TRIAL_LIMIT_MS);
    trial_expect_printed(&d, "confirm it first with esp_ota_mark_app_valid_cancel_rollback()");
}

/* A record without a trial names ota_0, which holds nothing. Before an update writes there the
 * choice goes back to what runs: an image cut in the middle, or whole and unproven, must not be
 * chosen. */
static void slot_chosen_without_trial_is_left_first(void **state)
{
    (void)state;
    device_select(&d, 0, 1);
    trial_order(&d, FACTORY, TRIAL_UPDATE);
    trial_expect(&d, trial_greeting(FACTORY), TRIAL_LIMIT_MS);
    while (vb_board_wear(d.board, OTA_0_ADDR) == 0) {
        assert_false(device_run(&d, "trial: installed", 20));
    }
    trial_power_cycle(&d);
    trial_expect(&d, "otadata selects factory", TRIAL_LIMIT_MS);
    trial_expect(&d, trial_greeting(OTA_0), TRIAL_LIMIT_MS);
    trial_expect_printed(&d, "ota_0 is on trial: start 1 of 3");
}

/* What never gets as far as the first write changes no choice. */
static void refused_update_leaves_the_choice_alone(void **state)
{
    uint8_t before[2 * SECTOR], after[2 * SECTOR];

    (void)state;
    device_select(&d, 0, 1);
    trial_damage_staged(&d);
    trial_order(&d, FACTORY, TRIAL_UPDATE);
    trial_expect(&d, trial_greeting(FACTORY), TRIAL_LIMIT_MS);
    vb_board_read_flash(d.board, OTADATA_ADDR, before, sizeof(before));
    trial_expect(&d, "trial: installed 0x1503", TRIAL_LIMIT_MS);
    vb_board_read_flash(d.board, OTADATA_ADDR, after, sizeof(after));
    assert_memory_equal(before, after, sizeof(before));
    assert_int_equal(vb_board_wear(d.board, OTA_0_ADDR), 0);
}

/* Back to the previous image, on trial like any other, and nothing is downloaded. */
static void previous_image_boots_without_download(void **state)
{
    (void)state;
    trial_start(&d, OTA_0, TRIAL_CONFIRM);
    trial_expect(&d, "trial: idle", TRIAL_LIMIT_MS);
    uint32_t wear = vb_board_wear(d.board, OTA_0_ADDR);
    trial_order(&d, OTA_1, TRIAL_PREVIOUS);
    trial_order(&d, OTA_0, TRIAL_CONFIRM);
    trial_power_cycle(&d);
    trial_expect(&d, "trial: confirmed 0x0", TRIAL_LIMIT_MS);
    trial_expect_printed(&d, "trial: previous 0x0");
    trial_expect_printed(
        &d, "trial: ota_0, reset 3, state 0x0 1, start 1 of 3, boot ota_0, previous ota_1");
    assert_int_equal(vb_board_wear(d.board, OTA_0_ADDR), wear);
    assert_true(vb_board_has_executed(d.board, OTA_0_ADDR, SLOT_SIZE));
}

/* Programs that know nothing of seals see blank records. */
static void factory_is_selected_for_all_readers(void **state)
{
    (void)state;
    uint8_t blank[32], record[32];

    memset(blank, 0xff, sizeof(blank));
    trial_start(&d, OTA_0, TRIAL_CONFIRM);
    trial_expect(&d, "trial: idle", TRIAL_LIMIT_MS);
    trial_order(&d, OTA_1, TRIAL_FACTORY);
    trial_power_cycle(&d);
    trial_expect(&d, trial_greeting(FACTORY), TRIAL_LIMIT_MS);
    for (uint32_t i = 0; i < 2; i++) {
        assert_true(vb_board_read_flash(d.board, OTADATA_ADDR + i * 0x1000u, record, 32));
        assert_memory_equal(record, blank, sizeof(blank));
    }
}

static void nothing_of_the_previous_image_remains(void **state)
{
    (void)state;
    trial_start(&d, OTA_0, TRIAL_CONFIRM);
    trial_expect(&d, "trial: idle", TRIAL_LIMIT_MS);
    memset(d.flash, 0, 0x1000);
    assert_true(vb_board_write_flash(d.board, FACTORY_ADDR, d.flash, 0x1000));
    trial_order(&d, OTA_1, TRIAL_FORGET);
    trial_power_cycle(&d);
    trial_expect(&d, "trial: rollback impossible", TRIAL_LIMIT_MS);
    trial_expect_printed(&d, "trial: erased 0x0");
    trial_expect_printed(&d, "trial: invalidated 0x0");
    trial_order(&d, OTA_1, TRIAL_REJECT);
    vb_board_power_cycle(d.board);
    trial_expect(&d, "trial: rejected 0x1505", TRIAL_LIMIT_MS);
    trial_expect_printed(&d, "previous none");
}

/* An image without the confirm call starts as often as it likes. */
static void image_that_cannot_confirm_has_no_trial(void **state)
{
    (void)state;
    trial_stage(&d, "examples/hello_world/build/hello_world.bin");
    trial_order(&d, FACTORY, TRIAL_UPDATE);
    trial_expect(&d, "Hello world!", TRIAL_LIMIT_MS);
    trial_expect_printed(&d, "it starts without trial");
    for (unsigned i = 0; i < 2 * N_STARTS; i++) {
        vb_board_power_cycle(d.board);
        trial_expect(&d, "Hello world!", TRIAL_LIMIT_MS);
    }
    assert_true(vb_board_has_executed(d.board, OTA_0_ADDR, SLOT_SIZE));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(crash_in_ota_0),
        CASE(crash_in_ota_1),
        CASE(restart_loop_in_ota_0),
        CASE(restart_loop_in_ota_1),
        CASE(loop_in_ota_0),
        CASE(hang_in_ota_0),
        CASE(hang_in_ota_1),
        CASE(hang_with_interrupts_off_in_ota_0),
        CASE(hang_with_interrupts_off_in_ota_1),
        CASE(never_confirmed_in_ota_0),
        CASE(never_confirmed_in_ota_1),
        CASE(power_cuts_count_as_starts),
        CASE(power_cuts_count_as_starts_in_ota_1),
        CASE(image_damaged_before_its_first_start),
        CASE(image_damaged_between_its_starts),
        CASE(confirmed_image_stays_although_it_crashes),
        CASE(confirmed_in_the_third_start),
        CASE(confirmed_image_is_not_restarted),
        CASE(rejected_image_goes_at_once),
        CASE(update_waits_for_the_confirmation),
        CASE(slot_chosen_without_trial_is_left_first),
        CASE(refused_update_leaves_the_choice_alone),
        CASE(previous_image_boots_without_download),
        CASE(factory_is_selected_for_all_readers),
        CASE(nothing_of_the_previous_image_remains),
        CASE(image_that_cannot_confirm_has_no_trial),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
