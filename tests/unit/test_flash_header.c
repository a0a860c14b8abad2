/* SPDX-License-Identifier: Apache-2.0 */
/* A bootloader's header is changed so that its hash stays right; other files are left alone. */
#include "check.h"

#include <stdlib.h>

#include "flash_header.h"
#include "image_info.h"
#include "make_image.h"

static uint8_t image[4096];

static struct bytes make_bootloader(bool no_hash)
{
    const struct image_segment segments[] = {{0x40100000, NULL, 256}, {0x3ffe8000, NULL, 64}};
    const struct image_plan plan = {.entry = 0x40100004,
                                    .mode = 2,
                                    .size_freq = 0x40,
                                    .segments = segments,
                                    .n_segments = 2,
                                    .no_hash = no_hash};

    return (struct bytes){image, make_image(&plan, image, sizeof(image))};
}

static bool patch(struct bytes *file, const char *mode, const char *frequency, uint32_t size,
                  bool *changed)
{
    const struct flash_header want = {mode, frequency, size};

    return flash_header_patch(file, &want, changed);
}

static void the_hash_stays_right(void **state)
{
    struct image_report report;
    bool changed;

    (void)state;
    struct bytes file = make_bootloader(false);
    assert_int_equal(flash_header_size(&file), 4u << 20);
    assert_true(patch(&file, "qio", "80m", 2u << 20, &changed));
    assert_true(changed);
    assert_int_equal(image[2], 0);
    assert_int_equal(image[3], 0x3f);
    assert_int_equal(flash_header_size(&file), 2u << 20);
    image_inspect(&file, true, &report);
    assert_int_equal(report.err, ASL_OK);
    assert_true(report.info.has_hash);
}

static void nothing_asked_is_nothing_changed(void **state)
{
    uint8_t before[4096];
    bool changed;

    (void)state;
    struct bytes file = make_bootloader(false);
    memcpy(before, image, file.len);
    assert_true(patch(&file, NULL, NULL, 0, &changed));
    assert_false(changed);
    assert_true(patch(&file, "dio", "40m", 4u << 20, &changed));
    assert_false(changed);
    assert_memory_equal(before, image, file.len);
}

static void an_image_without_hash_gets_none(void **state)
{
    bool changed;

    (void)state;
    struct bytes file = make_bootloader(true);
    uint8_t last[32];
    memcpy(last, image + file.len - 32, 32);
    assert_true(patch(&file, "qio", NULL, 0, &changed));
    assert_true(changed);
    assert_memory_equal(last, image + file.len - 32, 32);
}

static void a_hash_that_was_wrong_stays_wrong(void **state)
{
    struct image_report report;
    bool changed;

    (void)state;
    struct bytes file = make_bootloader(false);
    image[file.len - 1] ^= 1;
    assert_true(patch(&file, "qio", NULL, 0, &changed));
    image_inspect(&file, true, &report);
    assert_int_not_equal(report.err, ASL_OK);
}

static void what_does_not_exist_is_refused(void **state)
{
    uint8_t before[4096];
    bool changed;

    (void)state;
    struct bytes file = make_bootloader(false);
    memcpy(before, image, file.len);
    assert_false(patch(&file, "dual", NULL, 0, &changed));
    assert_false(patch(&file, NULL, "33m", 0, &changed));
    assert_false(patch(&file, NULL, NULL, 3u << 20, &changed));
    assert_memory_equal(before, image, file.len);
}

static void only_images_for_the_rom_have_such_a_header(void **state)
{
    static uint8_t app[8192];
    struct bytes file = {app, make_app(0x10000, 1024, 64, app, sizeof(app))};

    (void)state;
    assert_false(flash_header_is_there(&file));
    file = (struct bytes){app, 3};
    assert_false(flash_header_is_there(&file));
    file = make_bootloader(false);
    assert_true(flash_header_is_there(&file));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_stays_right),
        cmocka_unit_test(nothing_asked_is_nothing_changed),
        cmocka_unit_test(an_image_without_hash_gets_none),
        cmocka_unit_test(a_hash_that_was_wrong_stays_wrong),
        cmocka_unit_test(what_does_not_exist_is_refused),
        cmocka_unit_test(only_images_for_the_rom_have_such_a_header),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
