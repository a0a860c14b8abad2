/* SPDX-License-Identifier: Apache-2.0 */
/* The flash map: good contents are named, what boots is what the bootloader would start, and tables
 * of any values are drawn without harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "airslot/bytes.h"
#include "default_map.h"
#include "flash_map.h"
#include "make_image.h"
#include "sdk_record.h"

#define SIZE  (4u << 20)
#define ROUND 300u

static uint8_t flash[SIZE];
static struct flash_map map;
static struct wear wear;

static int set_up(void **state)
{
    (void)state;
    memset(flash, 0xff, sizeof(flash));
    memset(flash + ASL_TABLE_ADDR, 0xff, ASL_TABLE_LEN);
    default_map_build(flash + ASL_TABLE_ADDR);
    wear = (struct wear){.chip = "w25q32", .endurance = 100, .n = SIZE / WEAR_SECTOR};
    return 0;
}

static char *drawing(void (*draw)(const struct flash_map *, FILE *))
{
    static char text[1u << 20];
    memset(text, 0, sizeof(text));
    FILE *out = fmemopen(text, sizeof(text) - 1, "w");
    assert_non_null(out);
    draw(&map, out);
    assert_int_equal(fclose(out), 0);
    assert_true(strlen(text) < sizeof(text) - 2);
    return text;
}

static const struct map_area *area_of(const char *label)
{
    for (unsigned i = 0; i < map.n_areas; i++) {
        if (strcmp(map.area[i].label, label) == 0) {
            return &map.area[i];
        }
    }
    fail_msg("no area '%s'", label);
    return NULL;
}

static void says(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fail_msg("'%s' is not in:\n%s", part, text);
    }
}

static void names_what_boots_and_why(void **state)
{
    (void)state;
    make_app(0x10000, 0x1000, 0x100, flash + 0x10000, 0xf0000);
    make_app(0x110000, 0x2000, 0x100, flash + 0x110000, 0xf0000);
    sdk_record_make(1, UINT32_MAX, flash + 0xd000);
    flash_map_read(&map, "f.bin", flash, SIZE, NULL);
    assert_true(area_of("ota_0")->boots);
    assert_false(area_of("factory")->boots);
    char *text = drawing(flash_map_print);
    says(text, "boots ota_0: the governing record names it");
    says(text, "then factory: fallback");
    says(text, "not ota_1 (fallback): blank");
    says(text, "otadata record 0: foreign, governs, sequence 1");
    says(text, "SHA-256 verified");
    says(drawing(flash_map_svg), "<svg ");
    json_t *root = flash_map_json(&map);
    assert_string_equal(json_string_value(json_object_get(root, "boots")), "ota_0");
    json_decref(root);
}

static void says_why_an_image_does_not_verify(void **state)
{
    (void)state;
    make_app(0x10000, 0x1000, 0x100, flash + 0x10000, 0xf0000);
    flash[0x10800] ^= 1;
    flash_map_read(&map, "f.bin", flash, SIZE, NULL);
    assert_int_equal(area_of("factory")->err, ASL_ERR_IMAGE_CHECKSUM);
    char *text = drawing(flash_map_print);
    says(text, "does not verify: ");
    says(text, "boots nothing");
}

static void gaps_are_free_and_a_blank_chip_is_all_free(void **state)
{
    (void)state;
    flash_map_read(&map, "f.bin", flash, SIZE, NULL);
    assert_int_equal(area_of("free")->addr, 0x100000);
    assert_int_equal(map.area[map.n_areas - 1].kind, MAP_FREE);
    assert_int_equal(map.area[map.n_areas - 1].addr, 0x300000);
    memset(flash, 0xff, sizeof(flash));
    flash_map_read(&map, "f.bin", flash, SIZE, NULL);
    assert_int_equal(map.n_areas, 3);
    assert_int_not_equal(map.table_err, ASL_OK);
    says(drawing(flash_map_print), "no otadata");
}

static void wear_is_a_line_of_heat(void **state)
{
    (void)state;
    wear.erases[0] = 1;
    wear.erases[0x100] = 50;
    wear.erases[0x3ff] = 101;
    flash_map_read(&map, "f.bin", flash, SIZE, &wear);
    char *text = drawing(flash_map_print);
    says(text, "erases |.   ");
    says(text, "erases |+   ");
    says(text, "   !|\n");
    says(text, "1 sectors are past it");
    says(drawing(flash_map_svg), "#000000");
}

/* An entry whose every field may be anything; most are near what makes sense. */
static void put_wild_entry(uint8_t *raw)
{
    static const uint32_t places[] = {0,          1,          0x8000,     0x10000,   0xfffff,
                                      0x100000,   0x3ff000,   0x3fffff,   0x400000,  0x7fffffff,
                                      0x80000000, 0xffffefff, 0xfffff000, 0xffffffff};
    const uint32_t n = sizeof(places) / sizeof(places[0]);
    asl_put_le16(raw, ASL_TABLE_MAGIC);
    raw[2] = (uint8_t)(rand() % 3);
    raw[3] = (uint8_t)(rand() % 40);
    asl_put_le32(raw + 4, rand() % 4 == 0 ? (uint32_t)rand() * 3u : places[(uint32_t)rand() % n]);
    asl_put_le32(raw + 8, rand() % 4 == 0 ? (uint32_t)rand() * 3u : places[(uint32_t)rand() % n]);
    for (unsigned i = 12; i < 28; i++) {
        raw[i] = (uint8_t)rand();
    }
}

static void check_map(void)
{
    uint64_t end = 0;
    assert_in_range(map.n_areas, 3, MAP_MAX_AREAS);
    for (unsigned i = 0; i < map.n_areas; i++) {
        const struct map_area *area = &map.area[i];
        if (area->len > 0) {
            assert_true(area->addr <= end && area->len <= SIZE - area->addr);
            end = area->addr + area->len > end ? area->addr + area->len : end;
        }
        for (const char *c = area->label; *c != '\0'; c++) {
            assert_in_range(*c, 0x20, 0x7e);
        }
    }
    assert_int_equal(end, SIZE);
}

static void wild_tables_do_no_harm(void **state)
{
    (void)state;
    srand(8266);
    make_app(0x10000, 0x1000, 0x100, flash + 0x10000, 0xf0000);
    for (unsigned round = 0; round < ROUND; round++) {
        uint32_t n = 1 + (uint32_t)rand() % (round % 10 == 0 ? 95 : 8);
        memset(flash + ASL_TABLE_ADDR, 0xff, ASL_TABLE_LEN);
        for (uint32_t i = 0; i < n; i++) {
            put_wild_entry(flash + ASL_TABLE_ADDR + i * ASL_TABLE_ENTRY_LEN);
        }
        flash_map_read(&map, "f.bin", flash, SIZE, round % 2 == 0 ? &wear : NULL);
        assert_int_equal(map.table.n, n);
        check_map();
        json_t *root = flash_map_json(&map);
        assert_non_null(root);
        json_decref(root);
        drawing(flash_map_print);
        drawing(flash_map_svg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(names_what_boots_and_why, set_up),
        cmocka_unit_test_setup(says_why_an_image_does_not_verify, set_up),
        cmocka_unit_test_setup(gaps_are_free_and_a_blank_chip_is_all_free, set_up),
        cmocka_unit_test_setup(wear_is_a_line_of_heat, set_up),
        cmocka_unit_test_setup(wild_tables_do_no_harm, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
