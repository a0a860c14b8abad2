/* SPDX-License-Identifier: Apache-2.0 */
/* The host flash itself: that it is NOR, that it notes what a chip would not forgive, and that each
 * fault does what its name says. */
#include "check.h"

#include "airslot/format.h"
#include "host_flash.h"

#define SIZE 0x4000u

static struct host_flash h;
static uint8_t page[256];

static int set_up(void **state)
{
    (void)state;
    host_flash_init(&h, SIZE);
    memset(page, 0x5a, sizeof(page));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    host_flash_free(&h);
    return 0;
}

static enum asl_err program(uint32_t addr, uint32_t len)
{
    return h.flash.program(h.flash.ctx, addr, page, len);
}

static enum asl_err erase(uint32_t addr)
{
    return h.flash.erase(h.flash.ctx, addr);
}

static bool holds(uint32_t addr, uint8_t value)
{
    for (uint32_t i = 0; i < 256; i++) {
        if (h.bytes[addr + i] != value) {
            return false;
        }
    }
    return true;
}

static void programs_clear_bits_and_erases_set_them(void **state)
{
    (void)state;
    assert_int_equal(program(0x1000, 256), ASL_OK);
    assert_true(holds(0x1000, 0x5a));
    memset(page, 0xa5, sizeof(page));
    assert_int_equal(program(0x1000, 256), ASL_OK);
    assert_true(holds(0x1000, 0));
    assert_int_equal(h.n_reprograms, 1);
    assert_int_equal(h.n_set_bits, 256);
    assert_int_equal(erase(0x1000), ASL_OK);
    assert_true(holds(0x1000, 0xff));
    assert_int_equal(program(0x1000, 256), ASL_OK);
    assert_int_equal(h.n_reprograms, 1);
    assert_int_equal(h.n_sector_erases[1], 1);
}

static void misuse_is_refused_and_counted(void **state)
{
    (void)state;
    assert_int_equal(program(2, 4), ASL_ERR_FLASH_PROGRAM);
    assert_int_equal(program(0, 6), ASL_ERR_FLASH_PROGRAM);
    assert_int_equal(program(SIZE, 4), ASL_ERR_FLASH_PROGRAM);
    assert_int_equal(program(SIZE - 4, 8), ASL_ERR_FLASH_PROGRAM);
    assert_int_equal(erase(0x800), ASL_ERR_FLASH_ERASE);
    assert_int_equal(erase(SIZE), ASL_ERR_FLASH_ERASE);
    assert_int_equal(h.flash.read(h.flash.ctx, SIZE - 1, page, 2), ASL_ERR_FLASH_READ);
    assert_int_equal(h.n_misuses, 7);
}

static void an_error_and_a_noop_change_nothing(void **state)
{
    (void)state;
    host_flash_plan(&h, HOST_FAULT_ERROR, 1, 0);
    assert_int_equal(program(0, 256), ASL_ERR_FLASH_PROGRAM);
    assert_true(h.fired && holds(0, 0xff));
    host_flash_plan(&h, HOST_FAULT_NOOP, 2, 0);
    assert_int_equal(program(0, 256), ASL_OK);
    assert_false(h.fired);
    assert_int_equal(erase(0), ASL_OK);
    assert_true(h.fired && holds(0, 0x5a));
}

static void a_torn_operation_is_partial_and_ends_everything(void **state)
{
    (void)state;
    host_flash_plan(&h, HOST_FAULT_TORN, 1, 0);
    assert_int_equal(program(0, 256), ASL_ERR_FLASH_PROGRAM);
    assert_false(holds(0, 0xff) || holds(0, 0x5a));
    for (uint32_t i = 0; i < 256; i++) {
        assert_int_equal(h.bytes[i] & 0x5a, 0x5a); /* only bits that were to be cleared */
    }
    assert_true(holds(0x100, 0xff));
    assert_int_equal(program(0x1000, 256), ASL_ERR_FLASH_PROGRAM);
    assert_int_equal(erase(0x1000), ASL_ERR_FLASH_ERASE);
    assert_int_equal(h.flash.read(h.flash.ctx, 0, page, 4), ASL_ERR_FLASH_READ);
    host_flash_power_on(&h);
    assert_int_equal(erase(0), ASL_OK);
    host_flash_plan(&h, HOST_FAULT_TORN, 1, 0);
    assert_int_equal(erase(0x1000), ASL_ERR_FLASH_ERASE);
    assert_false(holds(0x1000, 0xff));
}

static void a_dead_sector_stays_dead(void **state)
{
    (void)state;
    host_flash_plan(&h, HOST_FAULT_DEAD, 1, 0);
    assert_int_equal(program(0x1000, 256), ASL_OK);
    assert_int_equal(program(0x1100, 256), ASL_OK);
    assert_int_equal(program(0x2000, 256), ASL_OK);
    assert_true(holds(0x1000, 0xff) && holds(0x1100, 0xff) && holds(0x2000, 0x5a));
}

static void a_read_fails_on_plan(void **state)
{
    (void)state;
    host_flash_plan(&h, HOST_FAULT_NONE, 0, 2);
    assert_int_equal(h.flash.read(h.flash.ctx, 0, page, 4), ASL_OK);
    assert_int_equal(h.flash.read(h.flash.ctx, 0, page, 4), ASL_ERR_FLASH_READ);
    assert_true(h.fired);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(programs_clear_bits_and_erases_set_them),
        TEST(misuse_is_refused_and_counted),
        TEST(an_error_and_a_noop_change_nothing),
        TEST(a_torn_operation_is_partial_and_ends_everything),
        TEST(a_dead_sector_stays_dead),
        TEST(a_read_fails_on_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
