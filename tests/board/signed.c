/* SPDX-License-Identifier: Apache-2.0 */
/* A device that demands signatures, of application and bootloader: what its owner signed is
 * installed and starts; everything else is refused, before the first erase where the first kilobyte
 * tells, and at boot when a slot was changed behind the application's back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/pem.h>

#include "device.h"
#include "make_image.h"
#include "sign_image.h"

#define BUILD_DIR   "tests/firmware/signed/build/"
#define STAGED_ADDR 0x310000u
#define IMAGE_ADDR  (STAGED_ADDR + 0x1000u)
#define LIMIT_MS    30000u
#define ROLL_BACK   0xfffffffeu /* staged: the running image is given up */

static struct device d;
static uint8_t *image; /* the staged one, in d.flash */
static uint32_t image_len;
static char version[33];

static EVP_PKEY *open_key(const char *path)
{
    FILE *file = fopen(path, "r");
    EVP_PKEY *key = file != NULL ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;

    if (key == NULL) {
        fail_msg("cannot read the key '%s'", path);
    }
    fclose(file);
    return key;
}

/* Signs the staged image, of this secure version, anew. */
static void sign(const char *key_path, const char *board, uint32_t secure_version)
{
    const struct sign_plan plan = {.secure_version = secure_version,
                                   .min_version = secure_version,
                                   .version = version,
                                   .project = "signed",
                                   .board = board};
    EVP_PKEY *key = open_key(key_path);

    image[0x14] = (uint8_t)secure_version;
    memset(image + CLAIMS_AT, 0xff, CLAIMS_LEN);
    reseal_image(image, image_len);
    sign_image(image, image_len, key, &plan);
    EVP_PKEY_free(key);
}
#define KEY(name) BUILD_DIR "keys/" name ".pem"

static void stage(uint32_t len)
{
    for (unsigned i = 0; i < 4; i++) {
        d.flash[STAGED_ADDR + i] = (uint8_t)(len >> 8 * i);
    }
}

static int set_up(void **state)
{
    (void)state;
    device_init(&d, 4u << 20);
    device_load(&d, 0, BUILD_DIR "bootloader/bootloader.bin");
    device_load(&d, 0x8000, BUILD_DIR "partition-table.bin");
    device_load(&d, FACTORY_ADDR, BUILD_DIR "signed.bin");
    image_len = device_load(&d, IMAGE_ADDR, BUILD_DIR "signed.bin");
    image = d.flash + IMAGE_ADDR;
    stage(image_len);
    memcpy(version, image + 0x20, 32);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_free(&d);
    return 0;
}

static void expect_run(const char *until)
{
    if (!device_run(&d, until, LIMIT_MS)) {
        fail_msg("'%s' did not come; console:\n%s", until, d.console);
    }
}

/* Runs to the refusal; nothing may have been erased when the first kilobyte tells. */
static void expect_refusal(const char *words, bool at_gate)
{
    expect_run("signed: refused");
    if (!device_printed(&d, words)) {
        fail_msg("console lacks '%s':\n%s", words, d.console);
    }
    assert_int_equal(device_stats(&d).flash_erases == 0, at_gate);
    device_power_off(&d);
    image = d.flash + IMAGE_ADDR;
}

/* The owner's update is installed, runs from its slot and confirms itself. */
static void expect_confirmed(uint32_t secure_version, const char *from)
{
    image = d.flash + IMAGE_ADDR;
    sign(KEY("a"), "door-2", secure_version);
    expect_run(from);
    expect_run("signed: confirm 0x0");
    device_power_off(&d);
}

static void what_the_owner_signed_is_installed(void **state)
{
    (void)state;
    sign(KEY("b"), "door-2", 2);
    expect_run("signed: confirm 0x0");
    assert_true(device_printed(&d, "from ota_0"));
    assert_true(vb_board_has_executed(d.board, OTA_0_ADDR, SLOT_SIZE));
}

static void everything_else_is_refused_at_the_gate(void **state)
{
    (void)state;
    sign(KEY("c"), "door-2", 2);
    expect_refusal("ASL_ERR_CLAIMS_KEY", true);
    sign(KEY("a"), "door-3", 2);
    expect_refusal("ASL_ERR_CLAIMS_BOARD", true);
    sign(KEY("a"), "door-2", 2);
    image[CLAIMS_AT + 30] ^= 1; /* the version's text */
    expect_refusal("ASL_ERR_CLAIMS_FORMAT", true);
    settle_claims(image, image_len);
    expect_refusal("ASL_ERR_CLAIMS_SIGNATURE", true);
    image[CLAIMS_AT + 30] ^= 1;
    memset(image + SIGNATURE_AT, 0, 64);
    settle_claims(image, image_len);
    expect_refusal("ASL_ERR_CLAIMS_SIGNATURE", true);
    memset(image + CLAIMS_AT, 0xff, CLAIMS_LEN);
    reseal_image(image, image_len);
    expect_refusal("ASL_ERR_CLAIMS_MISSING", true);
}

static void a_changed_rest_is_refused_at_the_end(void **state)
{
    (void)state;
    sign(KEY("a"), "door-2", 2);
    image[5000] ^= 1;
    reseal_image(image, image_len);
    expect_run("signed: write");
    expect_run("signed: refused");
    assert_true(device_printed(&d, "ASL_ERR_CLAIMS_DIGEST"));
    assert_true(device_printed(&d, "end 0x1503"));
    device_power_off(&d);
    expect_run("from factory");
}

static void the_floor_rises_and_stays(void **state)
{
    (void)state;
    expect_confirmed(1, "from ota_0");
    expect_confirmed(4, "from ota_1");
    image = d.flash + IMAGE_ADDR;
    sign(KEY("a"), "door-2", 3);
    expect_refusal("ASL_ERR_RULE_VERSION", true);
    /* The slot of version 1 is no way back any more; factory still is. */
    memset(d.flash + OTA_1_ADDR, 0, 0x1000);
    expect_run("from factory");
    assert_true(device_printed(&d, "ASL_ERR_RULE_VERSION"));
}

/* Written past esp_ota_write, by whatever means: the choice itself asks for the signature. */
static void a_slot_is_chosen_only_when_signed(void **state)
{
    (void)state;
    stage(0);
    image = d.flash + OTA_0_ADDR;
    memcpy(image, d.flash + IMAGE_ADDR, image_len);
    sign(KEY("c"), "door-2", 2);
    expect_refusal("ASL_ERR_CLAIMS_KEY", true);
    image = d.flash + OTA_0_ADDR;
    sign(KEY("a"), "door-2", 2);
    image[6000] ^= 1;
    reseal_image(image, image_len);
    expect_refusal("ASL_ERR_CLAIMS_DIGEST", true);
    image = d.flash + OTA_0_ADDR;
    image[6000] ^= 1;
    reseal_image(image, image_len);
    expect_run("from ota_0");
}

static void expect_no_roll_back(void)
{
    expect_run("signed: refused 0x1505");
    assert_true(device_printed(&d, "roll-back is impossible"));
    device_power_off(&d);
}

/* ota_1 runs, the floor is 4, factory is gone: what ota_0 holds is the only way back. */
static void a_roll_back_asks_the_owner_too(void **state)
{
    (void)state;
    expect_confirmed(1, "from ota_0");
    expect_confirmed(4, "from ota_1");
    stage(ROLL_BACK);
    memset(d.flash + FACTORY_ADDR, 0, 0x1000);
    expect_no_roll_back(); /* below the floor */
    image = d.flash + OTA_0_ADDR;
    sign(KEY("c"), "door-2", 4);
    expect_no_roll_back(); /* by a stranger */
    image = d.flash + OTA_0_ADDR;
    sign(KEY("a"), "door-2", 4);
    expect_run("signed: installed 0x0");
    assert_true(device_printed(&d, "roll-back while updating 0x1507"));
    assert_true(device_printed(&d, "roll-back is possible"));
    expect_run("from ota_0");
}

/* The bootloader says why it does not start the slot, and starts factory. */
static void expect_boot_refusal(const char *words)
{
    if (!device_run(&d, "from factory", LIMIT_MS) || !device_printed(&d, words)) {
        fail_msg("the slot is not refused with '%s'; console:\n%s", words, d.console);
    }
    device_power_off(&d);
}

static void a_slot_changed_later_is_refused_at_boot(void **state)
{
    (void)state;
    expect_confirmed(2, "from ota_0");
    stage(UINT32_MAX); /* what starts by mistake has nothing to install */
    d.flash[OTA_0_ADDR + 5000] ^= 1;
    reseal_image(d.flash + OTA_0_ADDR, image_len);
    expect_boot_refusal("ASL_ERR_CLAIMS_DIGEST");
    d.flash[OTA_0_ADDR + 5000] ^= 1;
    d.flash[OTA_0_ADDR + SIGNATURE_AT] ^= 1;
    settle_claims(d.flash + OTA_0_ADDR, image_len);
    expect_boot_refusal("ASL_ERR_CLAIMS_SIGNATURE");
    image = d.flash + OTA_0_ADDR;
    sign(KEY("a"), "door-3", 2);
    expect_boot_refusal("ASL_ERR_CLAIMS_BOARD");
    image = d.flash + OTA_0_ADDR;
    sign(KEY("c"), "door-2", 2);
    expect_boot_refusal("ASL_ERR_CLAIMS_KEY");
    memset(d.flash + OTA_0_ADDR + CLAIMS_AT, 0xff, CLAIMS_LEN);
    reseal_image(d.flash + OTA_0_ADDR, image_len);
    expect_boot_refusal("ASL_ERR_CLAIMS_MISSING");
}

/* Argument: the one test to run. */
int main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_the_owner_signed_is_installed),      TEST(everything_else_is_refused_at_the_gate),
        TEST(a_changed_rest_is_refused_at_the_end),    TEST(the_floor_rises_and_stays),
        TEST(a_slot_is_chosen_only_when_signed),       TEST(a_roll_back_asks_the_owner_too),
        TEST(a_slot_changed_later_is_refused_at_boot),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
