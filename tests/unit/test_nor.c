/* SPDX-License-Identifier: Apache-2.0 */
/* The NOR chip, command by command, and SPI0 in front of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "fake_board.h"
#include "nor.h"

#define SIZE (4u << 20)

static int set_up(void **state)
{
    *state = fake_board_new(SIZE);
    return 0;
}

static int tear_down(void **state)
{
    fake_board_free(*state);
    return 0;
}

static void send(struct vb_board *b, const uint8_t *tx, uint32_t n)
{
    uint8_t none[1];
    vb_nor_transact(b, tx, n, none, 0);
}

#define SEND(b, ...)                                                                               \
    send(b, (const uint8_t[]){__VA_ARGS__}, (uint32_t)sizeof((const uint8_t[]){__VA_ARGS__}))

static uint8_t status(struct vb_board *b, uint8_t opcode)
{
    uint8_t value;
    vb_nor_transact(b, &opcode, 1, &value, 1);
    return value;
}

static uint8_t byte_at(struct vb_board *b, uint32_t addr)
{
    uint8_t value;
    assert_true(vb_board_read_flash(b, addr, &value, 1));
    return value;
}

static void poke(struct vb_board *b, uint32_t addr, uint8_t value)
{
    assert_true(vb_board_write_flash(b, addr, &value, 1));
}

static void programs_clear_bits_only(void **state)
{
    struct vb_board *b = *state;
    poke(b, 0x1000, 0xf0);
    SEND(b, 0x06);
    SEND(b, 0x02, 0x00, 0x10, 0x00, 0x3c);
    fake_run_us(b, 1000);
    assert_int_equal(byte_at(b, 0x1000), 0x30);
    assert_int_equal(byte_at(b, 0x1001), 0xff);
}

static void programs_wrap_inside_their_page(void **state)
{
    struct vb_board *b = *state;
    SEND(b, 0x06);
    SEND(b, 0x02, 0x00, 0x10, 0xfe, 0x01, 0x02, 0x03);
    fake_run_us(b, 1000);
    assert_int_equal(byte_at(b, 0x10fe), 0x01);
    assert_int_equal(byte_at(b, 0x10ff), 0x02);
    assert_int_equal(byte_at(b, 0x1000), 0x03);
    assert_int_equal(byte_at(b, 0x1100), 0xff);
}

static void of_an_overlong_program_the_last_page_counts(void **state)
{
    struct vb_board *b = *state;
    uint8_t tx[4 + 300] = {0x02, 0x00, 0x20, 0x00};
    for (unsigned i = 0; i < 300; i++) {
        tx[4 + i] = i < 44 ? 0x00 : 0x55;
    }
    SEND(b, 0x06);
    send(b, tx, sizeof(tx));
    fake_run_us(b, 1000);
    for (uint32_t i = 0; i < 256; i++) {
        assert_int_equal(byte_at(b, 0x2000 + i), 0x55);
    }
}

static void nothing_changes_without_write_enable(void **state)
{
    struct vb_board *b = *state;
    poke(b, 0x3000, 0x12);
    SEND(b, 0x02, 0x00, 0x30, 0x00, 0x00);
    SEND(b, 0x20, 0x00, 0x30, 0x00);
    SEND(b, 0x01, 0x1c);
    fake_run_us(b, 100000);
    assert_int_equal(byte_at(b, 0x3000), 0x12);
    assert_int_equal(status(b, 0x05), 0);
    assert_int_equal(b->nor.n_ops, 0);
}

static void write_enable_lasts_for_one_operation(void **state)
{
    struct vb_board *b = *state;
    SEND(b, 0x06);
    assert_int_equal(status(b, 0x05), VB_NOR_SR1_WEL);
    SEND(b, 0x02, 0, 0, 0, 0x7f);
    assert_int_equal(status(b, 0x05), VB_NOR_SR1_WEL | VB_NOR_SR1_WIP);
    fake_run_us(b, 1000);
    assert_int_equal(status(b, 0x05), 0);
    SEND(b, 0x06);
    SEND(b, 0x04);
    assert_int_equal(status(b, 0x05), 0);
}

static void erases_take_their_time_and_wear(void **state)
{
    struct vb_board *b = *state;
    poke(b, 0x5fff, 0x00);
    poke(b, 0x6000, 0x00);
    SEND(b, 0x06);
    SEND(b, 0x20, 0x00, 0x5a, 0xbc);
    fake_run_us(b, 44900);
    assert_int_equal(status(b, 0x05) & VB_NOR_SR1_WIP, VB_NOR_SR1_WIP);
    assert_int_equal(byte_at(b, 0x5fff), 0x00);
    fake_run_us(b, 200);
    assert_int_equal(status(b, 0x05), 0);
    assert_int_equal(byte_at(b, 0x5fff), 0xff);
    assert_int_equal(byte_at(b, 0x6000), 0x00);
    assert_int_equal(b->nor.wear[5], 1);
    assert_int_equal(b->nor.wear[6], 0);
}

static void blocks_and_the_chip_are_erased_whole(void **state)
{
    struct vb_board *b = *state;
    poke(b, 0x10000, 0);
    poke(b, 0x1ffff, 0);
    poke(b, SIZE - 1, 0);
    SEND(b, 0x06);
    SEND(b, 0x52, 0x01, 0x80, 0x00);
    fake_run_us(b, 121000);
    assert_int_equal(byte_at(b, 0x10000), 0x00);
    assert_int_equal(byte_at(b, 0x1ffff), 0xff);
    SEND(b, 0x06);
    SEND(b, 0xd8, 0x01, 0x80, 0x00);
    fake_run_us(b, 151000);
    assert_int_equal(byte_at(b, 0x10000), 0xff);
    SEND(b, 0x06);
    SEND(b, 0xc7);
    fake_run_us(b, 9999000);
    assert_int_equal(byte_at(b, SIZE - 1), 0x00);
    fake_run_us(b, 2000);
    assert_int_equal(byte_at(b, SIZE - 1), 0xff);
}

static void busy_answers_status_only(void **state)
{
    struct vb_board *b = *state;
    uint8_t rx[3];
    SEND(b, 0x06);
    SEND(b, 0x20, 0, 0, 0);
    vb_nor_transact(b, (const uint8_t[]){0x9f}, 1, rx, 3);
    assert_int_equal(rx[0], 0xff);
    SEND(b, 0x06);
    fake_run_us(b, 50000);
    assert_int_equal(status(b, 0x05), 0);
    vb_nor_transact(b, (const uint8_t[]){0x9f}, 1, rx, 3);
    assert_memory_equal(rx, "\xef\x40\x16", 3);
}

static void write_status(struct vb_board *b, uint8_t sr1, uint8_t sr2)
{
    SEND(b, 0x06);
    SEND(b, 0x01, sr1, sr2);
    fake_run_us(b, 11000);
}

static void protected_areas_refuse(void **state)
{
    struct vb_board *b = *state;
    write_status(b, 0x1c, 0);
    assert_int_equal(status(b, 0x05), 0x1c);
    SEND(b, 0x06);
    SEND(b, 0x02, 0, 0, 0, 0x00);
    SEND(b, 0x06);
    SEND(b, 0x20, 0, 0, 0);
    fake_run_us(b, 50000);
    assert_int_equal(byte_at(b, 0), 0xff);
    assert_int_equal(b->stats.flash_programs + b->stats.flash_erases, 0);
    /* BP 001: the upper 64 KiB. */
    write_status(b, 0x04, 0);
    SEND(b, 0x06);
    SEND(b, 0x02, 0x3f, 0x00, 0x00, 0x00);
    fake_run_us(b, 1000);
    assert_int_equal(byte_at(b, 0x3f0000), 0xff);
    SEND(b, 0x06);
    SEND(b, 0x02, 0x3e, 0xff, 0x00, 0x00);
    fake_run_us(b, 1000);
    assert_int_equal(byte_at(b, 0x3eff00), 0x00);
}

static void protection_follows_the_datasheet(void **state)
{
    (void)state;
    static const struct {
        uint8_t sr1, sr2;
        uint32_t first, end; /* protected */
    } rows[] = {
        {0x00, 0x00, 0, 0},
        {0x04, 0x00, 0x3f0000, 0x400000},
        {0x18, 0x00, 0x200000, 0x400000},
        {0x24, 0x00, 0, 0x010000},
        {0x38, 0x00, 0, 0x200000},
        {0x1c, 0x00, 0, 0x400000},
        {0x44, 0x00, 0x3ff000, 0x400000},
        {0x4c, 0x00, 0x3fc000, 0x400000},
        {0x54, 0x00, 0x3f8000, 0x400000},
        {0x64, 0x00, 0, 0x001000},
        {0x00, 0x40, 0, 0x400000},
        {0x04, 0x40, 0, 0x3f0000},
        {0x24, 0x40, 0x010000, 0x400000},
        {0x1c, 0x40, 0, 0},
    };
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const uint8_t sr[3] = {rows[i].sr1, rows[i].sr2, 0};
        for (uint32_t at = 0; at < SIZE; at += 0x1000) {
            bool expected = at >= rows[i].first && at < rows[i].end;
            assert_int_equal(vb_nor_is_protected(sr, SIZE, at, 0x1000), expected);
        }
    }
}

static void quad_reads_need_qe(void **state)
{
    struct vb_board *b = *state;
    const uint8_t tx[7] = {0xeb, 0x00, 0x10, 0x00, 0, 0, 0};
    uint8_t rx[1];
    poke(b, 0x1000, 0x42);
    vb_nor_transact(b, tx, sizeof(tx), rx, 1);
    assert_int_equal(rx[0], 0xff);
    write_status(b, 0, VB_NOR_SR2_QE);
    vb_nor_transact(b, tx, sizeof(tx), rx, 1);
    assert_int_equal(rx[0], 0x42);
}

static void reads_wrap_at_the_end(void **state)
{
    struct vb_board *b = *state;
    uint8_t rx[2];
    poke(b, SIZE - 1, 0x11);
    poke(b, 0, 0x22);
    vb_nor_transact(b, (const uint8_t[]){0x03, 0x3f, 0xff, 0xff}, 4, rx, 2);
    assert_memory_equal(rx, "\x11\x22", 2);
}

static void power_down_ignores_all_but_release(void **state)
{
    struct vb_board *b = *state;
    uint8_t rx[3];
    SEND(b, 0xb9);
    vb_nor_transact(b, (const uint8_t[]){0x9f}, 1, rx, 3);
    assert_memory_equal(rx, "\xff\xff\xff", 3);
    vb_nor_transact(b, (const uint8_t[]){0xab, 0, 0, 0}, 4, rx, 1);
    assert_int_equal(rx[0], 0x15);
    vb_nor_transact(b, (const uint8_t[]){0x9f}, 1, rx, 3);
    assert_memory_equal(rx, "\xef\x40\x16", 3);
}

static void volatile_status_is_lost_by_reset(void **state)
{
    struct vb_board *b = *state;
    SEND(b, 0x50);
    SEND(b, 0x31, VB_NOR_SR2_QE);
    fake_run_us(b, 11000);
    assert_int_equal(status(b, 0x35), VB_NOR_SR2_QE);
    SEND(b, 0x99);
    assert_int_equal(status(b, 0x35), VB_NOR_SR2_QE);
    SEND(b, 0x66);
    SEND(b, 0x99);
    assert_int_equal(status(b, 0x35), 0);
}

static void sfdp_is_signed_and_knows_the_size(void **state)
{
    struct vb_board *b = *state;
    uint8_t rx[24];
    vb_nor_transact(b, (const uint8_t[]){0x5a, 0, 0, 0, 0}, 5, rx, sizeof(rx));
    assert_memory_equal(rx, "SFDP", 4);
    assert_memory_equal(rx + 20, "\xff\xff\xff\x01", 4); /* 32 Mbit, less one */
}

static void a_cut_program_only_clears_bits_of_its_page(void **state)
{
    struct vb_board *b = *state;
    for (uint32_t i = 0; i < 0x300; i++) {
        poke(b, 0x1000 + i, 0xf5);
    }
    SEND(b, 0x06);
    SEND(b, 0x02, 0x00, 0x11, 0x00, 0, 0, 0, 0, 0, 0, 0, 0);
    vb_nor_reset(b, VB_RESET_POWER);
    assert_int_equal(status(b, 0x05), 0);
    unsigned n_changed = 0;
    for (uint32_t i = 0; i < 0x300; i++) {
        uint8_t now = byte_at(b, 0x1000 + i);
        assert_int_equal(now & ~0xf5, 0);
        assert_true(i / 0x100 == 1 || now == 0xf5);
        n_changed += now != 0xf5;
    }
    assert_true(n_changed > 0);
}

static void forks_share_until_written(void **state)
{
    struct vb_board *b = *state;
    static struct vb_board copy;
    poke(b, 0x1000, 0x11);
    copy = *b;
    assert_true(vb_nor_fork(&copy));
    assert_ptr_equal(vb_nor_page(b, 0x1000), vb_nor_page(&copy, 0x1000));
    poke(&copy, 0x1000, 0x22);
    assert_int_equal(byte_at(b, 0x1000), 0x11);
    assert_int_equal(byte_at(&copy, 0x1000), 0x22);
    poke(b, 0x1000, 0x33);
    assert_int_equal(byte_at(&copy, 0x1000), 0x22);
    vb_nor_free(&copy);
}

/* --- chips --- */

static void put_chip(struct vb_board *b, const struct vb_flash_chip *chip)
{
    b->config.flash_chip = chip;
}

/* Waits until the chip is idle; returns the microseconds, to the nearest 5. */
static uint32_t busy_us(struct vb_board *b)
{
    uint32_t us = 0;
    while ((status(b, 0x05) & VB_NOR_SR1_WIP) != 0) {
        fake_run_us(b, 5);
        us += 5;
    }
    return us;
}

static uint32_t erase_time(struct vb_board *b, uint8_t opcode)
{
    SEND(b, 0x06);
    SEND(b, opcode, 0, 0, 0);
    return busy_us(b);
}

static void chips_take_the_times_of_their_rows(void **state)
{
    struct vb_board *b = *state;
    const struct vb_flash_chip *chip;
    uint8_t page[4 + 256] = {0x02};
    for (unsigned i = 0; (chip = vb_flash_chip_at(i)) != NULL; i++) {
        put_chip(b, chip);
        assert_ptr_equal(vb_flash_chip_find(chip->name), chip);
        SEND(b, 0x06);
        send(b, page, sizeof(page));
        assert_int_equal(busy_us(b), chip->page_us);
        SEND(b, 0x06);
        send(b, page, 5);
        assert_int_equal(busy_us(b), chip->first_byte_us);
        assert_int_equal(erase_time(b, 0x20), chip->sector_us);
        assert_int_equal(erase_time(b, 0x52), chip->block_32k_us);
        assert_int_equal(erase_time(b, 0xd8), chip->block_64k_us);
        assert_int_equal(erase_time(b, 0xc7), 4 * chip->chip_us_per_mb);
        SEND(b, 0x06);
        SEND(b, 0x01, 0x00);
        assert_int_equal(busy_us(b), chip->status_us);
    }
    assert_null(vb_flash_chip_find("w25q"));
}

static void gigadevice_has_its_id_and_narrow_status_writes(void **state)
{
    struct vb_board *b = *state;
    uint8_t rx[3];
    put_chip(b, vb_flash_chip_find("gd25q32"));
    vb_nor_transact(b, (const uint8_t[]){0x9f}, 1, rx, 3);
    assert_memory_equal(rx, "\xc8\x40\x16", 3);
    vb_nor_transact(b, (const uint8_t[]){0x90, 0, 0, 0}, 4, rx, 2);
    assert_memory_equal(rx, "\xc8\x15", 2);
    write_status(b, 0x1c, VB_NOR_SR2_QE);
    assert_int_equal(status(b, 0x05), 0);
    assert_int_equal(status(b, 0x35), 0);
    SEND(b, 0x06);
    SEND(b, 0x01, 0x1c);
    fake_run_us(b, 5001);
    assert_int_equal(status(b, 0x05), 0x1c);
    SEND(b, 0x06);
    SEND(b, 0x31, VB_NOR_SR2_QE);
    fake_run_us(b, 5001);
    assert_int_equal(status(b, 0x05), 0x1c);
    assert_int_equal(status(b, 0x35), VB_NOR_SR2_QE);
}

/* Erases sector 7 n times; returns how many erases left bits behind. */
static unsigned failed_erases(struct vb_board *b, unsigned n)
{
    unsigned n_failed = 0;
    for (unsigned i = 0; i < n; i++) {
        SEND(b, 0x06);
        SEND(b, 0x20, 0x00, 0x70, 0x00);
        fake_run_us(b, 100);
        bool is_blank = true;
        for (uint32_t at = 0x6000; at < 0x9000; at++) {
            bool is_inside = at >= 0x7000 && at < 0x8000;
            assert_true(is_inside || byte_at(b, at) == 0xff);
            is_blank = is_blank && byte_at(b, at) == 0xff;
        }
        n_failed += !is_blank;
    }
    return n_failed;
}

static void worn_sectors_fail_more_and_more(void **state)
{
    struct vb_board *b = *state;
    struct vb_flash_chip frail = *vb_flash_chip_at(0);
    frail.endurance = 64;
    frail.sector_us = 10;
    put_chip(b, &frail);
    uint64_t before = b->random[0];
    assert_int_equal(failed_erases(b, 64), 0);
    assert_int_equal(b->random[0], before);
    unsigned n_early = failed_erases(b, 32);
    unsigned n_late = failed_erases(b, 32);
    assert_in_range(n_early, 1, 16);
    assert_in_range(n_late, n_early + 1, 32);
    assert_int_equal(failed_erases(b, 16), 16);
    assert_int_equal(b->stats.flash_failed_erases, n_early + n_late + 16);
    assert_int_equal(vb_board_wear(b, 0x7abc), 144);
    assert_int_equal(vb_board_wear(b, 0x8000), 0);
    frail.endurance = 0;
    assert_int_equal(failed_erases(b, 8), 0);
}

static void wear_goes_on_where_it_was(void **state)
{
    struct vb_board *b = *state;
    static uint32_t wear[SIZE / VB_FLASH_SECTOR];
    wear[3] = 41;
    wear[SIZE / VB_FLASH_SECTOR - 1] = UINT32_MAX;
    vb_nor_free(b);
    b->config.flash_wear = wear;
    assert_true(vb_nor_init(b));
    SEND(b, 0x06);
    SEND(b, 0xc7);
    assert_int_equal(vb_board_wear(b, 0x3000), 42);
    assert_int_equal(vb_board_wear(b, 0x4000), 1);
    assert_int_equal(vb_board_wear(b, SIZE - 1), UINT32_MAX);
}

/* --- through SPI0 --- */

#define SPI       0x60000200u
#define SPI_CMD   (SPI + 0x00)
#define SPI_ADDR  (SPI + 0x04)
#define SPI_RDST  (SPI + 0x10)
#define SPI_USER  (SPI + 0x1c)
#define SPI_USER1 (SPI + 0x20)
#define SPI_USER2 (SPI + 0x24)
#define SPI_W0    (SPI + 0x40)

static void spi_command(struct vb_board *b, uint32_t cmd)
{
    fake_write(b, SPI_CMD, cmd);
    assert_int_equal(fake_read(b, SPI_CMD), cmd);
    fake_run_us(b, 200);
    assert_int_equal(fake_read(b, SPI_CMD), 0);
}

static void spi_reads_take_the_time_of_their_bits(void **state)
{
    struct vb_board *b = *state;
    poke(b, 0x10, 0x78);
    poke(b, 0x13, 0x12);
    fake_write(b, SPI_ADDR, 0x10u | 32u << 24);
    fake_write(b, SPI_CMD, 1u << 31);
    /* 8 + 24 + 256 clocks of 13 MHz are 22.15 us. */
    fake_run_us(b, 22);
    assert_int_not_equal(fake_read(b, SPI_CMD), 0);
    fake_run_us(b, 1);
    assert_int_equal(fake_read(b, SPI_CMD), 0);
    assert_int_equal(fake_read(b, SPI_W0), 0x12ffff78);
}

static void spi_programs_and_erases(void **state)
{
    struct vb_board *b = *state;
    spi_command(b, 1u << 30);
    fake_write(b, SPI_W0, 0x44332211);
    fake_write(b, SPI_ADDR, 0x2000u | 4u << 24);
    spi_command(b, 1u << 25);
    fake_run_us(b, 1000);
    assert_int_equal(byte_at(b, 0x2000), 0x11);
    assert_int_equal(byte_at(b, 0x2003), 0x44);
    spi_command(b, 1u << 30);
    spi_command(b, 1u << 24);
    spi_command(b, 1u << 27);
    assert_int_equal(fake_read(b, SPI_RDST), VB_NOR_SR1_WEL | VB_NOR_SR1_WIP);
    fake_run_us(b, 45000);
    assert_int_equal(byte_at(b, 0x2000), 0xff);
}

static void spi_identifies_the_chip_both_ways(void **state)
{
    struct vb_board *b = *state;
    spi_command(b, 1u << 28);
    assert_int_equal(fake_read(b, SPI_W0), 0x1640ef);
    fake_write(b, SPI_W0, 0);
    fake_write(b, SPI_USER, 0x90000000);
    fake_write(b, SPI_USER1, 23u << 8);
    fake_write(b, SPI_USER2, 0x7000009f);
    spi_command(b, 1u << 18);
    assert_int_equal(fake_read(b, SPI_W0), 0x1640ef);
}

static void spi_user_command_reads_sfdp(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, SPI_USER, 1u << 31 | 1u << 30 | 1u << 29 | 1u << 28);
    fake_write(b, SPI_USER1, 23u << 26 | 31u << 8 | 7u);
    fake_write(b, SPI_USER2, 0x7000005a);
    fake_write(b, SPI_ADDR, 0);
    spi_command(b, 1u << 18);
    assert_int_equal(fake_read(b, SPI_W0), 0x50444653);
}

static void spi_refuses_what_it_does_not_know(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, SPI_CMD, 1u << 19);
    assert_int_equal(fake.n_unmodelled, 1);
    fake_write(b, SPI_CMD, 1u << 30 | 1u << 29);
    assert_int_equal(fake.n_unmodelled, 2);
    fake_write(b, SPI_ADDR, 65u << 24);
    fake_write(b, SPI_CMD, 1u << 31);
    assert_int_equal(fake.n_unmodelled, 3);
    assert_false(fake_is_modelled(b, SPI + 0x80));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(programs_clear_bits_only),
        TEST(programs_wrap_inside_their_page),
        TEST(of_an_overlong_program_the_last_page_counts),
        TEST(nothing_changes_without_write_enable),
        TEST(write_enable_lasts_for_one_operation),
        TEST(erases_take_their_time_and_wear),
        TEST(blocks_and_the_chip_are_erased_whole),
        TEST(busy_answers_status_only),
        TEST(protected_areas_refuse),
        TEST(protection_follows_the_datasheet),
        TEST(quad_reads_need_qe),
        TEST(reads_wrap_at_the_end),
        TEST(power_down_ignores_all_but_release),
        TEST(volatile_status_is_lost_by_reset),
        TEST(sfdp_is_signed_and_knows_the_size),
        TEST(a_cut_program_only_clears_bits_of_its_page),
        TEST(forks_share_until_written),
        TEST(chips_take_the_times_of_their_rows),
        TEST(gigadevice_has_its_id_and_narrow_status_writes),
        TEST(worn_sectors_fail_more_and_more),
        TEST(wear_goes_on_where_it_was),
        TEST(spi_reads_take_the_time_of_their_bits),
        TEST(spi_programs_and_erases),
        TEST(spi_identifies_the_chip_both_ways),
        TEST(spi_user_command_reads_sfdp),
        TEST(spi_refuses_what_it_does_not_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
