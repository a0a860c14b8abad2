/* SPDX-License-Identifier: Apache-2.0 */
/* The ROM's SPI flash and cache services on the virtual board, judged by the chip's contents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rom_call.h"
#include "vb_cpu_state.h"

#define FLASH_SIZE (4u << 20)
#define SECTOR     0x1000u
#define N_SECTORS  (FLASH_SIZE / SECTOR)

#define SPI_READ      0x40004b1cu
#define SPI_WRITE     0x40004a4cu
#define ERASE_SECTOR  0x40004a00u
#define ERASE_BLOCK   0x400049b4u
#define ERASE_CHIP    0x40004984u
#define ERASE_AREA    0x40004b44u
#define UNLOCK        0x40004878u
#define LOCK          0x400048a8u
#define PARAM_CFG     0x40004c2cu
#define READ_STATUS   0x400043c8u
#define WRITE_STATUS  0x40004400u
#define WRITE_ENABLE  0x4000443cu
#define SECTOR_ERASE  0x400040c0u
#define PAGE_PROGRAM  0x40004174u
#define ENABLE_QMODE  0x400044c0u
#define DISABLE_QMODE 0x40004508u
#define CACHE_ENABLE  0x40004678u
#define CACHE_DISABLE 0x400047f0u
#define CHIP          0x3fffc718u
#define DPORT_CACHE   0x3ff0000cu
#define DPORT_GRANT   0x3ff00024u
#define SPI0_CTRL     0x60000208u
#define CTRL_AHB      (1u << 17)
#define WINDOW        0x40200000u

static struct rom_board b;
static uint8_t *flash;

static int set_up(void **state)
{
    (void)state;
    flash = malloc(FLASH_SIZE);
    if (flash == NULL) {
        return 1;
    }
    rom_board_boot(&b);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rom_board_free(&b);
    free(flash);
    return 0;
}

/* Everything but the first block becomes a pattern that is never blank. */
static void fill_flash(void)
{
    for (uint32_t i = 0; i < FLASH_SIZE; i++) {
        flash[i] = (uint8_t)(i * 7 + (i >> 8) * 13) & 0x7f;
    }
    assert_true(vb_board_write_flash(b.board, 0, flash, FLASH_SIZE));
}

static void read_flash(uint32_t addr, void *dst, uint32_t len)
{
    assert_true(vb_board_read_flash(b.board, addr, dst, len));
}

static bool is_blank(uint32_t sector)
{
    uint8_t bytes[SECTOR];
    read_flash(sector * SECTOR, bytes, SECTOR);
    for (uint32_t i = 0; i < SECTOR; i++) {
        if (bytes[i] != 0xff) {
            return false;
        }
    }
    return true;
}

/* Exactly the sectors [first, first + n) are blank. */
static void expect_blank(uint32_t first, uint32_t n)
{
    for (uint32_t sector = 0; sector < N_SECTORS; sector++) {
        if (is_blank(sector) != (sector >= first && sector < first + n)) {
            fail_msg("sector %u is %sblank", sector, is_blank(sector) ? "" : "not ");
        }
    }
}

static uint32_t status(void)
{
    assert_int_equal(ROM_CALL(&b, READ_STATUS, CHIP, ROM_BUFFER), 0);
    return rom_word(&b, ROM_BUFFER);
}

static void reads_any_length(void **state)
{
    (void)state;
    uint8_t want[256], got[256];
    fill_flash();
    for (uint32_t len = 1; len <= 100; len += 9) {
        for (uint32_t addr = 0x1230; addr < 0x1236; addr++) {
            memset(got, 0xee, sizeof(got));
            rom_write(&b, ROM_BUFFER, got, sizeof(got));
            assert_int_equal(ROM_CALL(&b, SPI_READ, addr, ROM_BUFFER, len), 0);
            read_flash(addr, want, len);
            rom_read(&b, ROM_BUFFER, got, sizeof(got));
            assert_memory_equal(got, want, len);
            assert_int_equal(got[(len + 3) / 4 * 4],
                             0xee); /* at most the last word is rounded up */
        }
    }
}

/* Fact: machine sheet, trap 13. */
static void refuses_beyond_the_chip(void **state)
{
    (void)state;
    uint32_t word = 0x12345678;
    rom_write(&b, ROM_BUFFER, &word, 4);
    assert_int_equal(ROM_CALL(&b, SPI_READ, FLASH_SIZE - 4, ROM_BUFFER + 64, 4), 0);
    assert_int_equal(ROM_CALL(&b, SPI_READ, FLASH_SIZE - 4, ROM_BUFFER, 8), 1);
    assert_int_equal(ROM_CALL(&b, SPI_WRITE, FLASH_SIZE, ROM_BUFFER, 4), 1);
    assert_int_equal(ROM_CALL(&b, SPI_READ, 0xfffffff0, ROM_BUFFER, 32), 1);
    assert_int_equal(rom_word(&b, ROM_BUFFER), word);
    assert_int_equal(ROM_CALL(&b, ERASE_SECTOR, N_SECTORS), 1);
    assert_int_equal(ROM_CALL(&b, PARAM_CFG, 0x1540ef, 2u << 20, 0x10000, 0x1000, 0x100, 0xffff),
                     0);
    assert_int_equal(rom_word(&b, CHIP), 0x1540ef);
    assert_int_equal(ROM_CALL(&b, SPI_READ, 2u << 20, ROM_BUFFER, 4), 1);
}

static void writes_across_pages(void **state)
{
    (void)state;
    uint8_t data[700], got[702];
    for (uint32_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i * 11 + 1);
    }
    rom_write(&b, ROM_BUFFER, data, sizeof(data));
    assert_int_equal(ROM_CALL(&b, SPI_WRITE, 0x200c8, ROM_BUFFER, sizeof(data)), 0);
    read_flash(0x200c7, got, sizeof(got));
    assert_int_equal(got[0], 0xff);
    assert_memory_equal(got + 1, data, sizeof(data));
    assert_int_equal(got[701], 0xff);
    assert_int_equal(ROM_CALL(&b, SPI_WRITE, 0x30000, ROM_BUFFER, 6), 1);
    read_flash(0x30000, got, 8);
    assert_memory_equal(got, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
}

static void page_program_refuses_what_it_cannot(void **state)
{
    (void)state;
    uint8_t got[4];
    uint32_t word = 0;
    rom_write(&b, ROM_BUFFER, &word, 4);
    assert_int_equal(ROM_CALL(&b, PAGE_PROGRAM, CHIP, 0x40000, ROM_BUFFER, 3), 1);
    assert_int_equal(ROM_CALL(&b, PAGE_PROGRAM, CHIP, 0x400fc, ROM_BUFFER, 8), 1);
    assert_int_equal(ROM_CALL(&b, PAGE_PROGRAM, CHIP, 0x40000, ROM_BUFFER, 260), 1);
    read_flash(0x400fc, got, 4);
    assert_memory_equal(got, "\xff\xff\xff\xff", 4);
    assert_int_equal(ROM_CALL(&b, PAGE_PROGRAM, CHIP, 0x400fc, ROM_BUFFER, 4), 0);
    read_flash(0x400fc, got, 4);
    assert_memory_equal(got, "\0\0\0\0", 4);
}

static void erases_sector_block_chip(void **state)
{
    (void)state;
    fill_flash();
    assert_int_equal(ROM_CALL(&b, ERASE_SECTOR, 5), 0);
    expect_blank(5, 1);
    fill_flash();
    assert_int_equal(ROM_CALL(&b, ERASE_BLOCK, 2), 0);
    expect_blank(32, 16);
    assert_int_equal(ROM_CALL(&b, ERASE_CHIP, 0), 0);
    expect_blank(0, N_SECTORS);
}

/* Fact: machine sheet, trap 15: without WREN nothing happens. */
static void low_level_erase_needs_wren(void **state)
{
    (void)state;
    fill_flash();
    assert_int_equal(ROM_CALL(&b, SECTOR_ERASE, CHIP, 0x7100), 1);
    ROM_CALL(&b, SECTOR_ERASE, CHIP, 0x7000);
    expect_blank(0, 0);
    ROM_CALL(&b, WRITE_ENABLE, CHIP);
    ROM_CALL(&b, SECTOR_ERASE, CHIP, 0x7000);
    expect_blank(7, 1);
}

/* Fact: the table of machine sheet 4.3. */
static void erase_area_erases_too_much(void **state)
{
    (void)state;
    static const struct {
        uint32_t addr, len, n_sectors;
    } rows[] = {
        {0x0, 0x1000, 2},      {0x0, 0x10000, 32},    {0x10000, 0x12000, 34},
        {0x1000, 0x10000, 31}, {0x8000, 0x20000, 40},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fill_flash();
        assert_int_equal(ROM_CALL(&b, ERASE_AREA, rows[i].addr, rows[i].len), 0);
        expect_blank(rows[i].addr / SECTOR, rows[i].n_sectors);
    }
}

static void lock_protects_until_unlock(void **state)
{
    (void)state;
    fill_flash();
    ROM_CALL(&b, LOCK, 0);
    assert_int_equal(status() & 0x1c, 0x1c);
    ROM_CALL(&b, ERASE_SECTOR, 9);
    expect_blank(0, 0);
    ROM_CALL(&b, UNLOCK, 0);
    assert_int_equal(status() & 0x1c, 0);
    ROM_CALL(&b, ERASE_SECTOR, 9);
    expect_blank(9, 1);
}

/* Fact: machine sheet 3.4, trap 17: which status bits the mode switches keep. */
static void quad_mode_and_protection(void **state)
{
    (void)state;
    ROM_CALL(&b, LOCK, 0);
    ROM_CALL(&b, DISABLE_QMODE, CHIP);
    assert_int_equal(status() & 0x1c, 0x1c);
    ROM_CALL(&b, ENABLE_QMODE, CHIP);
    assert_int_equal(status() & 0x1c, 0);
    ROM_CALL(&b, WRITE_ENABLE, CHIP);
    ROM_CALL(&b, WRITE_STATUS, CHIP, 0x08);
    assert_int_equal(status() & 0x1c, 0x08);
}

/* Runs a jump to itself in the window; what the host sees is the board's mapping. */
static void cache_maps_each_mib(void **state)
{
    (void)state;
    for (uint32_t mib = 0; mib < 4; mib++) {
        struct vb_stats stats;
        ROM_CALL(&b, CACHE_DISABLE, 0);
        assert_int_equal(rom_register(&b, SPI0_CTRL) & CTRL_AHB, 0);
        ROM_CALL(&b, CACHE_ENABLE, mib % 2, mib / 2, mib % 2);
        vb_board_get_stats(b.board, &stats);
        assert_int_equal(stats.mapped_offset, mib << 20);
        uint32_t control = rom_register(&b, DPORT_CACHE);
        assert_int_equal(control & 0x0607ff00,
                         0x100 | (mib / 2) << 16 | (mib % 2) << 25 | (mib % 2) << 26);
        assert_int_equal(rom_register(&b, SPI0_CTRL) & CTRL_AHB, CTRL_AHB);
    }
    assert_int_equal(rom_register(&b, DPORT_GRANT) & 0x18, 0x18);
    ROM_CALL(&b, CACHE_DISABLE, 0);
    assert_int_equal(rom_register(&b, DPORT_GRANT) & 0x18, 0x18); /* trap 5 */
    assert_int_equal(rom_register(&b, DPORT_CACHE) & 0x100, 0);
}

static void window_shows_the_flash(void **state)
{
    (void)state;
    uint8_t want[64], got[64];
    fill_flash();
    ROM_CALL(&b, CACHE_ENABLE, 1, 1, 0);
    ROM_CALL(&b, 0x4000df48, ROM_BUFFER, WINDOW + 0x1230, 64);
    rom_read(&b, ROM_BUFFER, got, sizeof(got));
    read_flash(0x301230, want, sizeof(want));
    assert_memory_equal(got, want, sizeof(got));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(reads_any_length),           CASE(refuses_beyond_the_chip),
        CASE(writes_across_pages),        CASE(page_program_refuses_what_it_cannot),
        CASE(erases_sector_block_chip),   CASE(low_level_erase_needs_wren),
        CASE(erase_area_erases_too_much), CASE(lock_protects_until_unlock),
        CASE(quad_mode_and_protection),   CASE(cache_maps_each_mib),
        CASE(window_shows_the_flash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
