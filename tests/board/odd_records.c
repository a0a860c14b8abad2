/* SPDX-License-Identifier: Apache-2.0 */
/* Boot records that no update of ours leaves: trials chosen by foreign programs, without a previous
 * slot, of images that cannot confirm themselves. None of them takes a device out of the rules. */
#include "trial_device.h"

static struct device d;
static uint32_t image_len;

static int set_up(void **state)
{
    (void)state;
    trial_init(&d);
    image_len = device_load(&d, OTA_0_ADDR, TRIAL_BUILD "trial.bin");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_free(&d);
    return 0;
}

/* As ESP-IDF does before a trial; its checksum does not cover the state. */
static void choose_ota_0_on_trial(void)
{
    device_select(&d, 0, 1);
    memset(d.flash + OTADATA_ADDR + 24, 0, 4);
}

/* Nothing vouches for what the bootloader goes back to here: that has to prove itself as well, from
 * its first start on. */
static void what_a_roll_back_puts_on_trial_is_counted_at_once(void **state)
{
    (void)state;
    choose_ota_0_on_trial();
    memcpy(d.flash + OTA_1_ADDR, d.flash + OTA_0_ADDR, image_len);
    d.flash[OTA_0_ADDR + 3000] ^= 0x10;
    memset(d.flash + FACTORY_ADDR, 0, 0x1000);
    trial_expect(&d, "trial: idle", TRIAL_LIMIT_MS);
    trial_expect_printed(&d, "rolled back to ota_1");
    trial_expect_printed(&d, "ota_1 is on trial: start 1 of 3");
    trial_expect_printed(&d, "this image is on trial: it must confirm itself within");
    trial_expect_last(&d, IMAGE, OTA_0, 0, POWER_ON);
}

/* The bootloader skips such a slot: an update there would never start. */
static void a_slot_across_a_window_is_not_updated(void **state)
{
    (void)state;
    uint8_t *entry = d.flash + 0x8000;

    while (entry[2] != 0 || entry[3] != 0x10) {
        entry += 32;
    }
    entry[9] = 0x10; /* 0xf1000 from 0x110000 on */
    trial_order(&d, FACTORY, TRIAL_UPDATE);
    trial_expect(&d, "trial: installed 0x0", TRIAL_LIMIT_MS);
    trial_order(&d, FACTORY, TRIAL_IDLE);
    trial_expect(&d, trial_greeting(OTA_1), TRIAL_LIMIT_MS);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(what_a_roll_back_puts_on_trial_is_counted_at_once),
        CASE(a_slot_across_a_window_is_not_updated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
