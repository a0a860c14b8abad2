/* SPDX-License-Identifier: Apache-2.0 */
/* Images that fail in every way are on trial after an update, from factory and from an ota slot:
 * the previous image comes back after exactly three starts, and the program that runs then can tell
 * what happened. What confirms itself stays, whatever it does later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "device.h"
#include "orders.h"

#define BUILD       "tests/firmware/trial/build/"
#define ORDERS_ADDR 0x300000u
#define STAGED_ADDR 0x301000u
#define N_STARTS    3u
#define LIMIT_MS    60000u
#define CONFIRM_MS  300000u

enum slot { FACTORY, OTA_0, OTA_1 };
static const char *const labels[] = {"factory", "ota_0", "ota_1"};
static const uint32_t addrs[] = {FACTORY_ADDR, OTA_0_ADDR, OTA_1_ADDR};

/* Numbers of esp_reset_reason_t. */
enum { POWER_ON = 1, RESTART = 3, PANIC = 4, TASK_WATCHDOG = 6, WATCHDOG = 7 };
/* Numbers of esp_ota_trial_result_t. */
enum { CONFIRMED = 1, REJECTED, STARTS, IMAGE };

static struct device d;

/* --- the device and its orders --- */

static void put_word(uint32_t addr, uint32_t word)
{
    uint8_t bytes[4];
    for (unsigned i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(word >> 8 * i);
    }
    if (d.board) {
        assert_true(vb_board_write_flash(d.board, addr, bytes, sizeof(bytes)));
    } else {
        memcpy(d.flash + addr, bytes, sizeof(bytes));
    }
}

static void order(enum slot slot, enum trial_order what)
{
    put_word(ORDERS_ADDR + 4u * slot, what);
}

static int set_up(void **state)
{
    (void)state;
    device_init(&d, 4u << 20);
    device_load(&d, 0, BUILD "bootloader/bootloader.bin");
    device_load(&d, 0x8000, BUILD "partition-table.bin");
    device_load(&d, FACTORY_ADDR, BUILD "trial.bin");
    put_word(ORDERS_ADDR + TRIAL_LENGTH_OFF, device_load(&d, STAGED_ADDR, BUILD "trial.bin"));
    order(FACTORY, TRIAL_IDLE);
    order(OTA_0, TRIAL_IDLE);
    order(OTA_1, TRIAL_IDLE);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_free(&d);
    return 0;
}

static void expect(const char *text, uint32_t limit_ms)
{
    if (!device_run(&d, text, limit_ms)) {
        fail_msg("no '%s'; console:\n%s", text, d.console);
    }
}

static void expect_printed(const char *text)
{
    if (!device_printed(&d, text)) {
        fail_msg("'%s' was not printed; console:\n%s", text, d.console);
    }
}

static unsigned count(const char *text)
{
    unsigned n = 0;
    for (const char *p = d.console; (p = strstr(p, text)) != NULL; p++) {
        n++;
    }
    return n;
}

/* The line that a start from a slot prints first. */
static const char *greeting(enum slot slot)
{
    static char text[2][32];
    static unsigned turn;
    turn ^= 1;
    snprintf(text[turn], sizeof(text[turn]), "trial: %s, reset", labels[slot]);
    return text[turn];
}

static void forget_console(void)
{
    d.console_len = 0;
    d.console[0] = '\0';
}

/* Runs to the first start of a new image: from factory that in ota_0, from ota_0, which has
 * confirmed itself, that in ota_1. What was left then idles. Returns the slot on trial. */
static enum slot start_trial(enum slot from, enum trial_order behaviour)
{
    enum slot to = from == FACTORY ? OTA_0 : OTA_1;

    order(FACTORY, TRIAL_UPDATE);
    if (from == OTA_0) {
        order(OTA_0, TRIAL_CONFIRM_UPDATE);
    }
    order(to, behaviour);
    expect(greeting(to), LIMIT_MS);
    order(FACTORY, TRIAL_IDLE);
    if (from == OTA_0) {
        order(OTA_0, TRIAL_IDLE);
    }
    return to;
}

static void expect_last(unsigned result, enum slot slot, unsigned starts, unsigned cause)
{
    char text[96];
    snprintf(text, sizeof(text), "last result %u of %s, starts %u, reset %u,", result, labels[slot],
             starts, cause);
    expect_printed(text);
}

/* Runs on until the previous image is back; the trial must have had all its starts and no more. */
static void expect_roll_back(enum slot from, enum slot to, unsigned cause, uint32_t limit_ms)
{
    expect(greeting(from), limit_ms);
    expect("trial: idle", LIMIT_MS);
    assert_true(vb_board_has_executed(d.board, addrs[from], SLOT_SIZE));
    assert_false(vb_board_has_executed(d.board, addrs[to], SLOT_SIZE));
    assert_int_equal(count(greeting(to)), N_STARTS);
    expect_printed("start 3 of 3");
    expect_last(STARTS, to, N_STARTS, cause);
    expect_printed("was not confirmed in 3 starts");
}

/* What happened can be read after the power was away, and the next update finds its way. */
static void expect_recovery(enum slot from, enum slot to, unsigned cause)
{
    vb_board_power_cycle(d.board);
    forget_console();
    expect("trial: idle", LIMIT_MS);
    expect_last(STARTS, to, N_STARTS, cause);
    expect_printed(greeting(from));
    order(from, from == FACTORY ? TRIAL_UPDATE : TRIAL_CONFIRM_UPDATE);
    order(to, TRIAL_CONFIRM);
    vb_board_power_cycle(d.board);
    expect(greeting(to), LIMIT_MS);
    expect("trial: confirmed 0x0", LIMIT_MS);
}

static void fails_all_trials(enum slot from, enum trial_order behaviour, unsigned cause,
                             uint32_t limit_ms)
{
    enum slot to = start_trial(from, behaviour);
    expect_roll_back(from, to, cause, limit_ms);
    expect_recovery(from, to, cause);
}

/* --- images that fail --- */

static void crash_in_ota_0(void **state)
{
    (void)state;
    fails_all_trials(FACTORY, TRIAL_CRASH, PANIC, LIMIT_MS);
}

static void crash_in_ota_1(void **state)
{
    (void)state;
    fails_all_trials(OTA_0, TRIAL_CRASH, PANIC, LIMIT_MS);
}

static void restart_loop_in_ota_0(void **state)
{
    (void)state;
    fails_all_trials(FACTORY, TRIAL_RESTART, RESTART, LIMIT_MS);
}

static void restart_loop_in_ota_1(void **state)
{
    (void)state;
    fails_all_trials(OTA_0, TRIAL_RESTART, RESTART, LIMIT_MS);
}

static void loop_in_ota_0(void **state)
{
    (void)state;
    fails_all_trials(FACTORY, TRIAL_LOOP, TASK_WATCHDOG, LIMIT_MS);
}

static void hang_in_ota_0(void **state)
{
    (void)state;
    fails_all_trials(FACTORY, TRIAL_HANG, TASK_WATCHDOG, LIMIT_MS);
}

static void hang_in_ota_1(void **state)
{
    (void)state;
    fails_all_trials(OTA_0, TRIAL_HANG, TASK_WATCHDOG, LIMIT_MS);
}

static void hang_with_interrupts_off_in_ota_0(void **state)
{
    (void)state;
    fails_all_trials(FACTORY, TRIAL_HANG_LOCKED, WATCHDOG, 2 * LIMIT_MS);
}

static void hang_with_interrupts_off_in_ota_1(void **state)
{
    (void)state;
    fails_all_trials(OTA_0, TRIAL_HANG_LOCKED, WATCHDOG, 2 * LIMIT_MS);
}

/* Three times 300 s of idling. */
static void never_confirmed_in_ota_0(void **state)
{
    (void)state;
    fails_all_trials(FACTORY, TRIAL_IDLE, RESTART, N_STARTS * CONFIRM_MS + LIMIT_MS);
    assert_true(device_stats(&d).virtual_us > N_STARTS * CONFIRM_MS * UINT64_C(1000));
}

static void never_confirmed_in_ota_1(void **state)
{
    (void)state;
    fails_all_trials(OTA_0, TRIAL_IDLE, RESTART, N_STARTS * CONFIRM_MS + LIMIT_MS);
}

static void power_cuts(enum slot from)
{
    enum slot to = start_trial(from, TRIAL_IDLE);

    for (unsigned i = 1; i < N_STARTS; i++) {
        vb_board_power_cycle(d.board);
        expect(greeting(to), LIMIT_MS);
    }
    vb_board_power_cycle(d.board);
    expect_roll_back(from, to, POWER_ON, LIMIT_MS);
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

static void flip_bit_of_image(enum slot slot)
{
    uint8_t byte;
    assert_true(vb_board_read_flash(d.board, addrs[slot] + 3000, &byte, 1));
    byte ^= 0x10;
    assert_true(vb_board_write_flash(d.board, addrs[slot] + 3000, &byte, 1));
}

static void image_damaged_before_its_first_start(void **state)
{
    (void)state;
    order(FACTORY, TRIAL_UPDATE);
    expect("trial: installed 0x0", LIMIT_MS);
    order(FACTORY, TRIAL_IDLE);
    flip_bit_of_image(OTA_0);
    expect("trial: idle", LIMIT_MS);
    assert_int_equal(count(greeting(OTA_0)), 0);
    expect_printed("the image in ota_0 is damaged");
    expect_last(IMAGE, OTA_0, 0, RESTART);
}

static void image_damaged_between_its_starts(void **state)
{
    (void)state;
    start_trial(OTA_0, TRIAL_IDLE);
    flip_bit_of_image(OTA_1);
    vb_board_power_cycle(d.board);
    forget_console();
    expect("trial: idle", LIMIT_MS);
    expect_printed(greeting(OTA_0));
    expect_last(IMAGE, OTA_1, 1, POWER_ON);
}

/* --- images that decide --- */

static void confirmed_image_stays_although_it_crashes(void **state)
{
    (void)state;
    start_trial(OTA_0, TRIAL_CONFIRM_CRASH);
    for (unsigned i = 0; i < 2 * N_STARTS; i++) {
        expect(greeting(OTA_1), LIMIT_MS);
    }
    expect("heap", LIMIT_MS);
    expect_printed("trial: ota_1, reset 4, state 0x0 2, start 0 of 3, boot ota_1, previous ota_0");
    expect_last(CONFIRMED, OTA_1, 1, 0);
}

static void confirmed_in_the_third_start(void **state)
{
    (void)state;
    start_trial(FACTORY, TRIAL_CRASH);
    expect("start 3 of 3", LIMIT_MS);
    order(OTA_0, TRIAL_CONFIRM);
    expect("trial: confirmed 0x0", LIMIT_MS);
    vb_board_power_cycle(d.board);
    forget_console();
    expect("trial: idle", LIMIT_MS);
    expect_printed(
        "trial: ota_0, reset 1, state 0x0 2, start 0 of 3, boot ota_0, previous factory");
    expect_last(CONFIRMED, OTA_0, 3, 0);
}

static void confirmed_image_is_not_restarted(void **state)
{
    (void)state;
    start_trial(FACTORY, TRIAL_CONFIRM);
    expect("trial: idle", LIMIT_MS);
    assert_false(device_run(&d, "ets Jan", 2 * CONFIRM_MS));
}

static void rejected_image_goes_at_once(void **state)
{
    (void)state;
    start_trial(OTA_0, TRIAL_REJECT);
    expect("trial: idle", LIMIT_MS);
    assert_int_equal(count(greeting(OTA_1)), 1);
    expect_last(REJECTED, OTA_1, 1, RESTART);
    expect_printed("invalid ota_1");
}

static void update_waits_for_the_confirmation(void **state)
{
    (void)state;
    start_trial(FACTORY, TRIAL_UPDATE);
    expect("trial: installed 0x1506", LIMIT_MS);
    expect_printed("confirm it first with esp_ota_mark_app_valid_cancel_rollback()");
}

/* Back to the previous image, on trial like any other, and nothing is downloaded. */
static void previous_image_boots_without_download(void **state)
{
    (void)state;
    start_trial(OTA_0, TRIAL_CONFIRM);
    expect("trial: idle", LIMIT_MS);
    uint32_t wear = vb_board_wear(d.board, OTA_0_ADDR);
    order(OTA_1, TRIAL_PREVIOUS);
    order(OTA_0, TRIAL_CONFIRM);
    vb_board_power_cycle(d.board);
    forget_console();
    expect("trial: confirmed 0x0", LIMIT_MS);
    expect_printed("trial: previous 0x0");
    expect_printed("trial: ota_0, reset 3, state 0x0 1, start 1 of 3, boot ota_0, previous ota_1");
    assert_int_equal(vb_board_wear(d.board, OTA_0_ADDR), wear);
    assert_true(vb_board_has_executed(d.board, OTA_0_ADDR, SLOT_SIZE));
}

/* Programs that know nothing of seals see blank records. */
static void factory_is_selected_for_all_readers(void **state)
{
    (void)state;
    uint8_t blank[32], record[32];

    memset(blank, 0xff, sizeof(blank));
    start_trial(OTA_0, TRIAL_CONFIRM);
    expect("trial: idle", LIMIT_MS);
    order(OTA_1, TRIAL_FACTORY);
    vb_board_power_cycle(d.board);
    forget_console();
    expect(greeting(FACTORY), LIMIT_MS);
    for (uint32_t i = 0; i < 2; i++) {
        assert_true(vb_board_read_flash(d.board, OTADATA_ADDR + i * 0x1000u, record, 32));
        assert_memory_equal(record, blank, sizeof(blank));
    }
}

static void nothing_of_the_previous_image_remains(void **state)
{
    (void)state;
    start_trial(OTA_0, TRIAL_CONFIRM);
    expect("trial: idle", LIMIT_MS);
    memset(d.flash, 0, 0x1000);
    assert_true(vb_board_write_flash(d.board, FACTORY_ADDR, d.flash, 0x1000));
    order(OTA_1, TRIAL_FORGET);
    vb_board_power_cycle(d.board);
    forget_console();
    expect("trial: rollback impossible", LIMIT_MS);
    expect_printed("trial: erased 0x0");
    expect_printed("trial: invalidated 0x0");
    order(OTA_1, TRIAL_REJECT);
    vb_board_power_cycle(d.board);
    expect("trial: rejected 0x1505", LIMIT_MS);
    expect_printed("previous none");
}

/* An image without the confirm call starts as often as it likes. */
static void image_that_cannot_confirm_has_no_trial(void **state)
{
    (void)state;
    put_word(ORDERS_ADDR + TRIAL_LENGTH_OFF,
             device_load(&d, STAGED_ADDR, "examples/hello_world/build/hello_world.bin"));
    order(FACTORY, TRIAL_UPDATE);
    expect("Hello world!", LIMIT_MS);
    expect_printed("it starts without trial");
    for (unsigned i = 0; i < 2 * N_STARTS; i++) {
        vb_board_power_cycle(d.board);
        expect("Hello world!", LIMIT_MS);
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
        CASE(previous_image_boots_without_download),
        CASE(factory_is_selected_for_all_readers),
        CASE(nothing_of_the_previous_image_remains),
        CASE(image_that_cannot_confirm_has_no_trial),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
