/* SPDX-License-Identifier: Apache-2.0 */
/* The memory map: what may be read, written and executed where, and which exception says no. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "lx106.h"

#define ROM    0x40000000u
#define IRAM   0x40100000u
#define WINDOW 0x40200000u

#define DPORT_CACHE      0x3ff0000cu
#define DPORT_IRAM_GRANT 0x3ff00024u
#define SPI0_CTRL        0x60000208u
#define CACHE_ON         0x100u
#define CACHE_ODD_MB     0x2000000u
#define CACHE_2MB        0x1000000u
#define SPI_CACHE_READS  0x20000u

#define EPC1     177
#define EXCVADDR 238

static const unsigned loads[] = {LX_L8UI, LX_L16UI, LX_L16SI};
static const unsigned stores[] = {LX_S8I, LX_S16I};

static void map_flash(struct lx106 *lx, uint32_t cache)
{
    assert_int_equal(lx_access(lx, LX_S32I, SPI0_CTRL, SPI_CACHE_READS), -1);
    assert_int_equal(lx_access(lx, LX_S32I, DPORT_CACHE, CACHE_ON | cache), -1);
}

static void write_flash(struct lx106 *lx, uint32_t addr, uint32_t word)
{
    assert_true(vb_board_write_flash(lx->board, addr, &word, 4));
}

static uint32_t load(struct lx106 *lx, uint32_t vaddr)
{
    assert_int_equal(lx_access(lx, LX_L32I, vaddr, 0), -1);
    return lx->cpu.a[3];
}

static void test_dram_takes_every_width(void **state)
{
    struct lx106 *lx = *state;
    assert_int_equal(lx_access(lx, LX_S32I, LX_DRAM + 16, 0x8765f321), -1);
    assert_int_equal(lx_access(lx, LX_L8UI, LX_DRAM + 17, 0), -1);
    assert_int_equal(lx->cpu.a[3], 0xf3);
    assert_int_equal(lx_access(lx, LX_L16SI, LX_DRAM + 16, 0), -1);
    assert_int_equal(lx->cpu.a[3], 0xfffff321);
    assert_int_equal(lx_access(lx, LX_L16UI, LX_DRAM + 18, 0), -1);
    assert_int_equal(lx->cpu.a[3], 0x8765);
    assert_int_equal(lx_access(lx, LX_S8I, LX_DRAM + 19, 0xaa), -1);
    assert_int_equal(lx_access(lx, LX_S16I, LX_DRAM + 16, 0xbbcc), -1);
    assert_int_equal(load(lx, LX_DRAM + 16), 0xaa65bbcc);
}

static void test_dram_ends(void **state)
{
    struct lx106 *lx = *state;
    assert_int_equal(lx_access(lx, LX_L32I, 0x3ffffffcu, 0), -1);
    assert_int_equal(lx_access(lx, LX_L8UI, 0x3fffffffu, 0), -1);
    assert_int_equal(lx_access(lx, LX_L8UI, 0x3ffe7fffu, 0), 28);
    assert_int_equal(lx_access(lx, LX_S8I, 0x3ffe7fffu, 0), 29);
}

static void test_narrow_access_to_word_memory(void **state)
{
    struct lx106 *lx = *state;
    static const uint32_t places[] = {ROM + 0x100, IRAM + 0x6000, WINDOW + 0x100};
    map_flash(lx, 0);
    for (unsigned i = 0; i < 3; i++) {
        for (unsigned k = 0; k < 3; k++) {
            uint32_t pc = lx->end;
            assert_int_equal(lx_access(lx, loads[k], places[i], 7), 3);
            assert_int_equal(lx->cpu.sr[EPC1], pc);
            assert_int_equal(lx->cpu.sr[EXCVADDR], places[i]);
            assert_int_equal(lx->cpu.a[3], 7);
        }
        for (unsigned k = 0; k < 2; k++) {
            assert_int_equal(lx_access(lx, stores[k], places[i], 7), 3);
        }
    }
}

static void test_misaligned_access(void **state)
{
    struct lx106 *lx = *state;
    static const uint32_t places[] = {LX_DRAM + 1, IRAM + 0x6001, ROM + 3, 0x60000001u, 0x1u};
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(lx_access(lx, LX_L32I, places[i], 0), 9);
        assert_int_equal(lx->cpu.sr[EXCVADDR], places[i]);
        assert_int_equal(lx_access(lx, LX_S32I, places[i], 0), 9);
        assert_int_equal(lx_access(lx, LX_L16UI, places[i], 0), 9);
    }
    assert_int_equal(lx_access(lx, LX_L32I, LX_DRAM + 2, 0), 9);
}

static void test_stores_to_read_only_memory(void **state)
{
    struct lx106 *lx = *state;
    map_flash(lx, 0);
    assert_int_equal(lx_access(lx, LX_S32I, ROM + 0x100, 0), 29);
    assert_int_equal(lx_access(lx, LX_S32I, WINDOW, 0), 29);
}

static void test_nothing_there(void **state)
{
    struct lx106 *lx = *state;
    static const uint32_t places[] = {0x20000000u, 0x40010000u, 0x40110000u,
                                      0x50000000u, 0x70000000u, 0xfffffffcu};
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(lx_access(lx, LX_L32I, places[i], 0), 28);
        assert_int_equal(lx_access(lx, LX_S32I, places[i], 0), 29);
    }
}

static int jump_to(struct lx106 *lx, uint32_t vaddr)
{
    lx->cpu.pc = vaddr;
    lx->cpu.sr[230] = 0x20;
    lx_step(lx, 1);
    assert_int_equal(lx->cpu.sr[EPC1], vaddr);
    assert_int_equal(lx->cpu.sr[EXCVADDR], vaddr);
    assert_int_equal(lx->cpu.pc, LX_VECBASE + 0x50);
    return (int)lx->cpu.sr[232];
}

static void test_fetches_from_data(void **state)
{
    struct lx106 *lx = *state;
    assert_int_equal(jump_to(lx, LX_DRAM), 2);
    assert_int_equal(jump_to(lx, 0x60000000u), 2);
    assert_int_equal(jump_to(lx, 0x20000000u), 20);
    assert_int_equal(jump_to(lx, WINDOW), 20);
}

/* WITLB and WDTLB with attribute 15, as the ROM does for the null page. */
static void test_prohibited_region(void **state)
{
    struct lx106 *lx = *state;
    lx_put(lx, 0x506000u | 3u << 4 | 2u << 8);
    lx_put(lx, 0x50e000u | 3u << 4 | 2u << 8);
    lx->cpu.a[2] = 0;
    lx->cpu.a[3] = 15;
    lx_step(lx, 2);
    assert_int_equal(lx_access(lx, LX_L32I, 0, 0), 28);
    assert_int_equal(lx_access(lx, LX_S8I, 5, 0), 29);
    assert_int_equal(jump_to(lx, 0x100), 20);
    assert_int_equal(lx_access(lx, LX_L32I, LX_DRAM, 0), -1);
}

static void test_unmodelled_registers_stop_the_run(void **state)
{
    struct lx106 *lx = *state;
    lx_put(lx, LX_RRI8(LX_L8UI, 3, 2, 0));
    lx->cpu.a[2] = 0x60000300u;
    assert_int_equal(lx_step(lx, 1), VB_STOP_UNMODELLED);
    assert_non_null(strstr(vb_board_message(lx->board), "GPIO"));
    assert_int_equal(lx->cpu.pc, LX_CODE);
    assert_int_equal(lx_step(lx, 1), VB_STOP_UNMODELLED);
}

static void test_unknown_address_of_chip_registers_stops_the_run(void **state)
{
    struct lx106 *lx = *state;
    lx_put(lx, LX_RRI8(LX_S32I, 3, 2, 0));
    lx->cpu.a[2] = 0x60000500u;
    assert_int_equal(lx_step(lx, 1), VB_STOP_UNMODELLED);
    assert_non_null(strstr(vb_board_message(lx->board), "0x60000500"));
}

static void test_granted_iram_is_gone(void **state)
{
    struct lx106 *lx = *state;
    assert_int_equal(lx_access(lx, LX_S32I, IRAM + 0xc000, 11), -1);
    assert_int_equal(load(lx, IRAM + 0xc000), 11);
    assert_int_equal(lx_access(lx, LX_S32I, DPORT_IRAM_GRANT, 0x08), -1);
    assert_int_equal(lx_access(lx, LX_L32I, IRAM + 0xc000, 0), 28);
    assert_int_equal(lx_access(lx, LX_S32I, IRAM + 0xfffc, 0), 29);
    assert_int_equal(jump_to(lx, IRAM + 0xc000), 20);
    assert_int_equal(lx_access(lx, LX_S32I, IRAM + 0x8000, 12), -1);
    assert_int_equal(lx_access(lx, LX_S32I, DPORT_IRAM_GRANT, 0), -1);
    assert_int_equal(load(lx, IRAM + 0xc000), 11);
}

static void test_window_shows_any_megabyte(void **state)
{
    struct lx106 *lx = *state;
    for (uint32_t mb = 0; mb < 4; mb++) {
        write_flash(lx, mb << 20 | 0x12344, 0x11111111u * (mb + 1));
    }
    assert_int_equal(lx_access(lx, LX_L32I, WINDOW + 0x12344, 0), 28);
    map_flash(lx, 0);
    assert_int_equal(load(lx, WINDOW + 0x12344), 0x11111111);
    map_flash(lx, CACHE_ODD_MB);
    assert_int_equal(load(lx, WINDOW + 0x12344), 0x22222222);
    map_flash(lx, 1u << 16 | CACHE_ODD_MB);
    assert_int_equal(load(lx, WINDOW + 0x12344), 0x44444444);
    assert_int_equal(lx_access(lx, LX_L32I, WINDOW + 0x112344, 0), 28);
    map_flash(lx, CACHE_2MB);
    assert_int_equal(load(lx, WINDOW + 0x112344), 0x22222222);
    assert_int_equal(lx_access(lx, LX_S32I, DPORT_CACHE, 0), -1);
    assert_int_equal(lx_access(lx, LX_L32I, WINDOW + 0x12344, 0), 28);
}

/* MOVI a4, n; J . at the start of a megabyte. */
static void write_program(struct lx106 *lx, uint32_t addr, unsigned n)
{
    uint8_t code[6];
    uint32_t movi = LX_MOVI(4, n), loop = LX_J(0);
    memcpy(code, &movi, 3);
    memcpy(code + 3, &loop, 3);
    assert_true(vb_board_write_flash(lx->board, addr, code, sizeof(code)));
}

static uint32_t run_at(struct lx106 *lx, uint32_t vaddr)
{
    lx->cpu.pc = vaddr;
    lx->cpu.a[4] = 0;
    lx_step(lx, 3);
    return lx->cpu.a[4];
}

static void test_code_follows_the_window(void **state)
{
    struct lx106 *lx = *state;
    write_program(lx, 0x40, 1);
    write_program(lx, 0x100040, 2);
    map_flash(lx, 0);
    assert_false(vb_board_has_executed(lx->board, 0, 0x100000));
    assert_int_equal(run_at(lx, WINDOW + 0x40), 1);
    assert_true(vb_board_has_executed(lx->board, 0, 0x1000));
    assert_false(vb_board_has_executed(lx->board, 0x1000, 0x3ff000));
    map_flash(lx, CACHE_ODD_MB);
    assert_int_equal(run_at(lx, WINDOW + 0x40), 2);
    assert_true(vb_board_has_executed(lx->board, 0x100000, 0x1000));
    map_flash(lx, 0);
    write_program(lx, 0x40, 3);
    map_flash(lx, CACHE_ODD_MB);
    map_flash(lx, 0);
    assert_int_equal(run_at(lx, WINDOW + 0x40), 3);
}

/* An instruction whose last byte lies in the next page, which then changes. */
static void test_code_across_pages(void **state)
{
    struct lx106 *lx = *state;
    write_program(lx, 0x1ffe, 5);
    map_flash(lx, 0);
    assert_int_equal(run_at(lx, WINDOW + 0x1ffe), 5);
    write_program(lx, 0x1ffe, 6);
    map_flash(lx, CACHE_ODD_MB);
    map_flash(lx, 0);
    assert_int_equal(run_at(lx, WINDOW + 0x1ffe), 6);
    write_program(lx, 0xfffff, 7);
    assert_int_equal(lx_access(lx, LX_L32I, LX_DRAM, 0), -1);
    lx->cpu.pc = WINDOW + 0xfffff;
    lx_step(lx, 1);
    assert_int_equal(lx->cpu.sr[232], 20);
    assert_int_equal(lx->cpu.sr[EPC1], WINDOW + 0xfffff);
    assert_int_equal(lx->cpu.sr[EXCVADDR], WINDOW + 0x100000);
}

/* The word after the store is the instruction that it replaces. */
static void test_code_that_overwrites_itself(void **state)
{
    struct lx106 *lx = *state;
    uint32_t movi = LX_MOVI(4, 2);
    lx_put(lx, 0xf03d);                    /* NOP.N */
    lx_put(lx, LX_MOVI(4, 1));             /* at 2 */
    lx_put(lx, LX_RRI8(LX_S32I, 3, 2, 0)); /* at 5 */
    lx_put(lx, LX_MOVI(4, 3));             /* at 8 */
    lx_put(lx, LX_J(-9));                  /* at 11, to 2 */
    lx->cpu.a[2] = LX_CODE + 8;
    lx->cpu.a[3] = movi | (LX_J(-9) & 0xff) << 24; /* the word's last byte begins J */
    lx_step(lx, 4);
    assert_int_equal(lx->cpu.pc, LX_CODE + 11);
    assert_int_equal(lx->cpu.a[4], 2);
    lx_step(lx, 4);
    assert_int_equal(lx->cpu.a[4], 2);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, lx_set_up, lx_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_dram_takes_every_width),
        TEST(test_dram_ends),
        TEST(test_narrow_access_to_word_memory),
        TEST(test_misaligned_access),
        TEST(test_stores_to_read_only_memory),
        TEST(test_nothing_there),
        TEST(test_fetches_from_data),
        TEST(test_prohibited_region),
        TEST(test_unmodelled_registers_stop_the_run),
        TEST(test_unknown_address_of_chip_registers_stops_the_run),
        TEST(test_granted_iram_is_gone),
        TEST(test_window_shows_any_megabyte),
        TEST(test_code_follows_the_window),
        TEST(test_code_across_pages),
        TEST(test_code_that_overwrites_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
