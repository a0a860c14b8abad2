/* SPDX-License-Identifier: Apache-2.0 */
/* An image staged in flash goes into ota_0 through esp_ota_* and boots from there; what is no good
 * image for the slot is refused with a number, and the boot choice stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "device.h"

#define COPY_BUILD  "tests/firmware/slot_copy/build/"
#define STAGED_ADDR 0x210000u
#define IMAGE_ADDR  (STAGED_ADDR + 0x1000u)
#define GREETING    "Hello world!"
#define LIMIT_MS    20000u

static struct device d;
static uint32_t image_len;

static void set_length(uint32_t len)
{
    for (unsigned i = 0; i < 4; i++) {
        d.flash[STAGED_ADDR + i] = (uint8_t)(len >> 8 * i);
    }
}

static int set_up(void **state)
{
    (void)state;
    device_init(&d, 4u << 20);
    device_load(&d, 0, COPY_BUILD "bootloader/bootloader.bin");
    device_load(&d, 0x8000, COPY_BUILD "partition-table.bin");
    device_load(&d, FACTORY_ADDR, COPY_BUILD "slot_copy.bin");
    image_len = device_load(&d, IMAGE_ADDR, "examples/hello_world/build/hello_world.bin");
    set_length(image_len);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_free(&d);
    return 0;
}

static void good_image_is_installed(void **state)
{
    (void)state;
    if (!device_run(&d, GREETING, LIMIT_MS)) {
        fail_msg("console:\n%s", d.console);
    }
    assert_true(device_printed(&d, "a stranger's state 0x105, begin 0x105, boot 0x105"));
    assert_true(device_printed(&d, "slot_copy: installed in ota_0"));
    assert_true(vb_board_has_executed(d.board, OTA_0_ADDR, SLOT_SIZE));
}

/* Runs to the refusal; ota_0 must be as before when the first bytes already told. */
static void expect_refusal(const char *words, bool before_erase)
{
    if (!device_run(&d, "boot choice still factory", LIMIT_MS)) {
        fail_msg("no refusal; console:\n%s", d.console);
    }
    assert_true(device_printed(&d, words));
    assert_int_equal(device_stats(&d).flash_erases == 0, before_erase);
    device_power_off(&d);
    assert_true(device_run(&d, "slot_copy: running from factory", LIMIT_MS));
    device_power_off(&d);
}

static void damaged_bytes_are_refused(void **state)
{
    (void)state;
    const struct {
        uint32_t at;
        const char *words;
        bool before_erase;
    } damages[] = {
        {0, "ASL_ERR_IMAGE_MAGIC", true},        {1, "ASL_ERR_IMAGE_SEGMENTS", true},
        {9, "ASL_ERR_IMAGE_LINK", true},         {4, "ASL_ERR_IMAGE_HASH", false},
        {3000, "ASL_ERR_IMAGE_CHECKSUM", false}, {image_len - 1, "ASL_ERR_IMAGE_HASH", false},
    };

    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        uint8_t *byte = &d.flash[IMAGE_ADDR + damages[i].at];
        uint8_t good = *byte;
        *byte ^= 0x40;
        expect_refusal(damages[i].words, damages[i].before_erase);
        *byte = good;
    }
}

static void wrong_lengths_are_refused(void **state)
{
    (void)state;
    set_length(SLOT_SIZE + 1);
    expect_refusal("ota_begin error err=0x104", true);
    set_length(image_len + 1);
    expect_refusal("ASL_ERR_IMAGE_TRAILING", false);
    set_length(image_len - 40);
    expect_refusal("0x1503", false);
}

/* A table whose ota_0 lies over what must not be erased: the program that runs, the boot chain. */
static void slots_over_other_things_are_refused(void **state)
{
    (void)state;
    uint8_t *ota_0 = d.flash + 0x8000;
    while (ota_0[2] != 0 || ota_0[3] != 0x10) {
        ota_0 += 32;
    }
    ota_0[6] = 0x01; /* offset 0x10000: that of factory */
    expect_refusal("ota_begin error err=0x1501", true);
    ota_0[5] = 0x80;
    ota_0[6] = 0x00; /* offset 0x8000: that of the table */
    ota_0[9] = 0x80;
    ota_0[10] = 0x00; /* size 0x8000 */
    expect_refusal("ota_begin error err=0x1501", true);
}

/* What a refused update leaves does not stand in the way of the next one. */
static void good_image_after_a_bad_one(void **state)
{
    (void)state;
    d.flash[IMAGE_ADDR + 3000] ^= 0x40;
    expect_refusal("ASL_ERR_IMAGE_CHECKSUM", false);
    d.flash[IMAGE_ADDR + 3000] ^= 0x40;
    assert_true(device_run(&d, GREETING, LIMIT_MS));
    assert_true(vb_board_has_executed(d.board, OTA_0_ADDR, SLOT_SIZE));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(good_image_is_installed),    CASE(damaged_bytes_are_refused),
        CASE(wrong_lengths_are_refused),  CASE(slots_over_other_things_are_refused),
        CASE(good_image_after_a_bad_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
