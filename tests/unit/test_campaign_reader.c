/* SPDX-License-Identifier: Apache-2.0 */
/* The judge's readers: what they accept is whole, and each kind of damage is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "make_image.h"
#include "reader.h"

#define FLASH (1u << 20)
#define SLOT  0x10000u

static uint8_t flash[FLASH];
static uint8_t records[0x2000];

static void put32(uint8_t *p, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        p[i] = (uint8_t)(value >> 8 * i);
    }
}

static void entry(unsigned i, uint8_t type, uint8_t subtype, uint32_t addr, const char *label)
{
    uint8_t *p = flash + 0x8000 + 32 * i;
    memset(p, 0, 32);
    p[0] = 0xaa;
    p[1] = 0x50;
    p[2] = type;
    p[3] = subtype;
    put32(p + 4, addr);
    put32(p + 8, type == 0 ? 0x40000 : 0x2000);
    memcpy(p + 12, label, strlen(label));
}

static int set_up(void **state)
{
    (void)state;
    memset(flash, 0xff, sizeof(flash));
    memset(records, 0xff, sizeof(records));
    entry(0, 1, 0, 0xd000, "otadata");
    entry(1, 0, 0, 0x10000, "factory");
    entry(2, 0, 0x11, 0x90000, "ota_1");
    entry(3, 0, 0x10, 0x50000, "ota_0");
    return 0;
}

static void a_table_is_read(void **state)
{
    (void)state;
    struct cam_table table;
    assert_true(cam_table_read(flash, FLASH, &table));
    assert_int_equal(table.n, 4);
    assert_string_equal(cam_table_otadata(&table)->label, "otadata");
    assert_string_equal(cam_table_at(&table, 0x4ffff)->label, "factory");
    assert_string_equal(cam_table_at(&table, 0x50000)->label, "ota_0");
    assert_null(cam_table_at(&table, 0xc000));
    entry(4, 0, 0x12, 0xf0000, "beyond");
    assert_false(cam_table_read(flash, FLASH, &table));
    memset(flash + 0x8000, 0xff, 32);
    assert_false(cam_table_read(flash, FLASH, &table));
}

static void every_damaged_byte_of_an_image_is_seen(void **state)
{
    (void)state;
    struct cam_image image;
    uint32_t len = make_app(SLOT, 512, 64, flash + SLOT, 4096);
    assert_null(cam_image_check(flash + SLOT, 0x40000, &image));
    assert_int_equal(image.len, len);
    for (uint32_t i = 0; i < len; i++) {
        flash[SLOT + i] ^= 0x10;
        assert_non_null(cam_image_check(flash + SLOT, 0x40000, &image));
        flash[SLOT + i] ^= 0x10;
    }
    assert_null(cam_image_check(flash + SLOT, len, &image));
    for (uint32_t size = 0; size < len; size++) {
        assert_non_null(cam_image_check(flash + SLOT, size, &image));
    }
}

static void record(unsigned i, uint32_t seq, uint32_t crc, uint32_t state)
{
    put32(records + 0x1000 * i, seq);
    put32(records + 0x1000 * i + 24, state);
    put32(records + 0x1000 * i + 28, crc);
}

static const char *choice(void)
{
    static struct cam_table table;
    assert_true(cam_table_read(flash, FLASH, &table));
    const struct cam_part *slot = cam_choice(&table, records, NULL);
    assert_non_null(slot);
    return slot->label;
}

/* The CRCs are those of docs/format.md. */
static void records_choose_by_the_sdks_rule(void **state)
{
    (void)state;
    assert_string_equal(choice(), "factory");
    record(0, 1, 0x4743989a, UINT32_MAX);
    assert_string_equal(choice(), "ota_0");
    record(1, 2, 0x55f63774, UINT32_MAX);
    assert_string_equal(choice(), "ota_1");
    record(1, 2, 0x55f63774, 3);
    assert_string_equal(choice(), "ota_0");
    record(1, 2, 0x55f63775, UINT32_MAX);
    assert_string_equal(choice(), "ota_0");
    record(0, 3, 0x4743989a, UINT32_MAX);
    assert_string_equal(choice(), "factory");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, set_up)
    const struct CMUnitTest tests[] = {
        CASE(a_table_is_read),
        CASE(every_damaged_byte_of_an_image_is_seen),
        CASE(records_choose_by_the_sdks_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
