/* SPDX-License-Identifier: Apache-2.0 */
/* The bootloader's choices on the virtual board, with hello_world in the slots: what starts, what
 * is said, and that nothing hangs when nothing can start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "device.h"

#define HELLO_BUILD "examples/hello_world/build/"
#define GREETING    "Hello world!"
#define LIMIT_MS    20000u

static struct device d;
static uint32_t image_len;

static int set_up(void **state)
{
    (void)state;
    device_init(&d, 4u << 20);
    device_load(&d, 0, HELLO_BUILD "bootloader/bootloader.bin");
    device_load(&d, 0x8000, HELLO_BUILD "partition-table.bin");
    image_len = device_load(&d, FACTORY_ADDR, HELLO_BUILD "hello_world.bin");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_free(&d);
    return 0;
}

static void install(uint32_t addr)
{
    memcpy(d.flash + addr, d.flash + FACTORY_ADDR, image_len);
}

/* The entry of the table's first partition of this type and subtype. */
static uint8_t *table_entry(uint8_t type, uint8_t subtype)
{
    uint8_t *entry = d.flash + 0x8000;
    while (entry[2] != type || entry[3] != subtype) {
        entry += 32;
    }
    return entry;
}

/* Runs to the greeting and checks that it came from the slot at addr and from no other. */
static void expect_start(uint32_t addr)
{
    static const uint32_t slots[] = {FACTORY_ADDR, OTA_0_ADDR, OTA_1_ADDR};
    if (!device_run(&d, GREETING, LIMIT_MS)) {
        fail_msg("no greeting; console:\n%s", d.console);
    }
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(vb_board_has_executed(d.board, slots[i], SLOT_SIZE), slots[i] == addr);
    }
}

static void blank_otadata_starts_factory(void **state)
{
    (void)state;
    expect_start(FACTORY_ADDR);
    assert_true(device_printed(&d, "rst cause:1, boot mode:(3,"));
    assert_true(device_printed(&d, "Partition Table:"));
    assert_true(device_printed(&d, "Loaded app from partition at offset 0x10000"));
}

static void record_selects_each_slot(void **state)
{
    (void)state;
    install(OTA_0_ADDR);
    install(OTA_1_ADDR);
    device_select(&d, 0, 1);
    expect_start(OTA_0_ADDR);
    device_power_off(&d);
    device_select(&d, 1, 2);
    expect_start(OTA_1_ADDR);
    device_power_off(&d);
    device_select(&d, 0, 3);
    expect_start(OTA_0_ADDR);
}

static void damaged_image_falls_back_to_previous(void **state)
{
    (void)state;
    install(OTA_0_ADDR);
    install(OTA_1_ADDR);
    device_select(&d, 0, 1);
    device_select(&d, 1, 2);
    d.flash[OTA_1_ADDR + image_len / 2] ^= 0x10;
    expect_start(OTA_0_ADDR);
    assert_true(device_printed(&d, "not bootable"));
}

static void each_damage_is_refused(void **state)
{
    (void)state;
    const uint32_t at[] = {0, 1, 4, 8, 12, 0x10, image_len - 33, image_len - 1};
    for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
        install(OTA_0_ADDR);
        device_select(&d, 0, 1);
        d.flash[OTA_0_ADDR + at[i]] ^= 0x04;
        expect_start(FACTORY_ADDR);
        device_power_off(&d);
    }
}

static void image_linked_for_another_offset_is_refused(void **state)
{
    (void)state;
    install(OTA_0_ADDR);
    device_select(&d, 0, 1);
    /* Move ota_0 by one sector: offset mod 1 MiB no longer agrees with the link address. */
    memmove(d.flash + OTA_0_ADDR + 0x1000, d.flash + OTA_0_ADDR, image_len);
    uint8_t *entry = table_entry(0, 0x10);
    entry[5] = 0x10; /* offset 0x111000 */
    entry[9] = 0x00;
    entry[10] = 0x0e; /* size 0xe0000 */
    expect_start(FACTORY_ADDR);
    assert_true(device_printed(&d, "not bootable"));
}

static void torn_records_start_factory(void **state)
{
    (void)state;
    install(OTA_0_ADDR);
    memset(d.flash + OTADATA_ADDR, 0x5a, 32);
    memset(d.flash + OTADATA_ADDR + 0x1000, 0x00, 32);
    expect_start(FACTORY_ADDR);
}

static void misplaced_otadata_is_left_aside(void **state)
{
    (void)state;
    install(OTA_0_ADDR);
    device_select(&d, 0, 1);
    table_entry(1, 0)[4] = 1; /* offset 0xd001 */
    expect_start(FACTORY_ADDR);
    assert_true(device_printed(&d, "ota_info partition at 0xd001"));
}

static void nothing_bootable_says_why_and_resets(void **state)
{
    (void)state;
    memset(d.flash + FACTORY_ADDR, 0xff, 0x1000);
    assert_false(device_run(&d, GREETING, 60000));
    assert_true(device_printed(&d, "No bootable app partitions"));
    assert_true(device_stats(&d).resets >= 2);
}

static void missing_table_says_why_and_resets(void **state)
{
    (void)state;
    memset(d.flash + 0x8000, 0xff, 0x1000);
    assert_false(device_run(&d, GREETING, 60000));
    assert_true(device_printed(&d, "partition table"));
    assert_true(device_stats(&d).resets >= 2);
}

static void slot_beyond_the_chip_is_skipped(void **state)
{
    (void)state;
    struct device big = d;
    install(OTA_0_ADDR);
    device_init(&d, 2u << 20);
    memcpy(d.flash, big.flash, 2u << 20);
    device_free(&big);
    device_select(&d, 0, 2); /* ota_1 at 0x210000 is not there */
    device_select(&d, 1, 1);
    expect_start(OTA_0_ADDR);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(blank_otadata_starts_factory),
        CASE(record_selects_each_slot),
        CASE(damaged_image_falls_back_to_previous),
        CASE(each_damage_is_refused),
        CASE(image_linked_for_another_offset_is_refused),
        CASE(torn_records_start_factory),
        CASE(misplaced_otadata_is_left_aside),
        CASE(nothing_bootable_says_why_and_resets),
        CASE(missing_table_says_why_and_resets),
        CASE(slot_beyond_the_chip_is_skipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
