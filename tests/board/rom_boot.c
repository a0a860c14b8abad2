/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in ROM from reset to an image: its console byte for byte, what it refuses, and the
 * state in which an image finds the chip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rom_call.h"
#include "vb_cpu_state.h"

#define FLASH_SIZE (4u << 20)
#define BOOT_US    300000u
#define SELF_JUMP  0x00ffff06u /* j . */
#define DRAM       0x3ffe8000u
#define PS         230
#define INTENABLE  228
#define VECBASE    231
#define BANNER     "\r\n ets Jan  8 2013,rst cause:%d, boot mode:(3,6)\r\n\r\n"

#define SPI0_CTRL 0x60000208u
#define SPI0_USER 0x6000021cu

static uint8_t *flash;
static uint32_t flash_end;
static uint8_t checksum;
static struct rom_board b;

static void put32(uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        flash[flash_end++] = (uint8_t)(value >> 8 * i);
    }
}

static void start_image(uint8_t n_segments, uint8_t mode, uint32_t entry)
{
    memset(flash, 0xff, FLASH_SIZE);
    flash_end = 0;
    checksum = 0xef;
    put32(0xe9u | (uint32_t)n_segments << 8 | (uint32_t)mode << 16);
    put32(entry);
}

/* A segment of repeated words. */
static void add_segment(uint32_t vaddr, uint32_t len, uint32_t word)
{
    put32(vaddr);
    put32(len);
    for (uint32_t i = 0; i < len; i++) {
        uint8_t byte = (uint8_t)(word >> 8 * (i % 4));
        flash[flash_end++] = byte;
        checksum ^= byte;
    }
}

static void end_image(void)
{
    memset(flash + flash_end, 0, 16 - flash_end % 16);
    flash_end |= 15;
    flash[flash_end++] = checksum;
}

static void boot(void)
{
    rom_board_power_on(&b, flash, FLASH_SIZE, BOOT_US);
}

static int set_up(void **state)
{
    (void)state;
    flash = malloc(FLASH_SIZE);
    return flash == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    rom_board_free(&b);
    free(flash);
    return 0;
}

static uint32_t pc(void)
{
    struct vb_cpu_state cpu;
    vb_board_get_cpu(b.board, &cpu);
    return cpu.pc;
}

static void expect_console(int cause, const char *rest)
{
    char want[ROM_CONSOLE_MAX];
    snprintf(want, sizeof(want), BANNER, cause);
    strcat(want, rest);
    assert_string_equal(b.console, want);
}

/* The example of the machine sheet, 3.3, with its own checksums. */
static void three_segments(void **state)
{
    (void)state;
    char want[512];
    uint8_t sums[3];
    start_image(3, 2, ROM_IDLE);
    add_segment(ROM_IDLE, 44, SELF_JUMP);
    sums[0] = checksum;
    add_segment(DRAM, 100, 0x01020304);
    sums[1] = checksum;
    add_segment(DRAM + 0x100, 8, 0x00000008);
    sums[2] = checksum ^ 8;
    flash[flash_end - 4] = 0;
    checksum ^= 8;
    end_image();
    boot();
    snprintf(want, sizeof(want),
             "load 0x40100000, len 44, room 16 \r\ntail 12\r\nchksum 0x%02x\r\n"
             "ho 0 tail 12 room 4\r\n"
             "load 0x3ffe8000, len 100, room 12 \r\ntail 8\r\nchksum 0x%02x\r\n"
             "load 0x3ffe8100, len 8, room 0 \r\ntail 8\r\nchksum 0x%02x\r\ncsum 0x%02x\r\n",
             sums[0], sums[1], sums[2], sums[2]);
    expect_console(1, want);
    assert_int_equal(pc(), ROM_IDLE);
    assert_int_equal(rom_word(&b, ROM_IDLE + 40), SELF_JUMP);
    assert_int_equal(rom_word(&b, DRAM), 0x01020304);
    assert_int_equal(rom_word(&b, DRAM + 96), 0x01020304);
    assert_int_equal(rom_word(&b, DRAM + 0x100), 8);
}

/* Lines as users' logs show them: a segment that ends with its block, a header inside one. */
static void whole_blocks(void **state)
{
    (void)state;
    start_image(3, 2, ROM_IDLE);
    add_segment(ROM_IDLE, 2592, SELF_JUMP);
    add_segment(DRAM, 764, 0);
    add_segment(DRAM + 764, 676, 0);
    end_image();
    boot();
    expect_console(1,
                   "load 0x40100000, len 2592, room 16 \r\ntail 0\r\nchksum 0xef\r\n"
                   "load 0x3ffe8000, len 764, room 8 \r\ntail 4\r\nchksum 0xef\r\n"
                   "load 0x3ffe82fc, len 676, room 4 \r\ntail 0\r\nchksum 0xef\r\ncsum 0xef\r\n");
    assert_int_equal(pc(), ROM_IDLE);
}

/* Byte lengths are fine in DRAM. */
static void odd_lengths(void **state)
{
    (void)state;
    uint8_t bytes[7];
    start_image(3, 2, ROM_IDLE);
    add_segment(ROM_IDLE, 4, SELF_JUMP);
    add_segment(DRAM, 7, 0x44332211);
    add_segment(DRAM + 0x20, 3, 0x88776655);
    end_image();
    boot();
    assert_int_equal(pc(), ROM_IDLE);
    rom_read(&b, DRAM, bytes, sizeof(bytes));
    assert_memory_equal(bytes, "\x11\x22\x33\x44\x11\x22\x33", 7);
    rom_read(&b, DRAM + 0x20, bytes, sizeof(bytes));
    assert_memory_equal(bytes, "\x55\x66\x77", 3);
}

static void expect_dead(const char *rest)
{
    expect_console(1, rest);
    assert_true(pc() >= 0x40000010 && pc() < 0x40000020);
    assert_int_equal(vb_board_run(b.board, 100000000), VB_STOP_DEAD);
}

static void blank_flash_hangs(void **state)
{
    (void)state;
    memset(flash, 0xff, FLASH_SIZE);
    boot();
    expect_dead("ets_main.c ");
}

static void bad_checksum_hangs(void **state)
{
    (void)state;
    start_image(1, 2, ROM_IDLE);
    add_segment(ROM_IDLE, 4, SELF_JUMP);
    end_image();
    flash[flash_end - 1] ^= 1;
    boot();
    expect_dead("load 0x40100000, len 4, room 16 \r\ntail 4\r\nchksum 0xe9\r\n"
                "csum 0xe8\r\ncsum err\r\nets_main.c ");
}

/* Fact: machine sheet 3.4: no segments, no checksum. */
static void no_segments_calls_entry(void **state)
{
    (void)state;
    start_image(0, 2, 0x40000033); /* the jump to itself behind the kernel vector's break */
    boot();
    expect_console(1, "");
    assert_int_equal(pc(), 0x40000033);
}

static void iram_segment_of_odd_length_faults(void **state)
{
    (void)state;
    start_image(1, 2, ROM_IDLE);
    add_segment(ROM_IDLE, 6, SELF_JUMP);
    end_image();
    boot();
    assert_null(strstr(b.console, "chksum"));
    assert_int_not_equal(pc(), ROM_IDLE);
}

static void read_modes(void **state)
{
    (void)state;
    static const uint32_t control[] = {0x0168a313, 0x0078a313, 0x00e8a313,
                                       0x0068e313, 0x0068a313, 0x00688313};
    for (uint8_t mode = 0; mode < 6; mode++) {
        start_image(1, mode, ROM_IDLE);
        add_segment(ROM_IDLE, 4, SELF_JUMP);
        end_image();
        boot();
        assert_int_equal(pc(), ROM_IDLE);
        assert_int_equal(rom_register(&b, SPI0_CTRL), control[mode]);
        assert_int_equal(rom_register(&b, SPI0_USER), 4);
        rom_board_free(&b);
    }
}

/* Fact: machine sheet 3.5. */
static void state_at_entry(void **state)
{
    (void)state;
    struct vb_cpu_state cpu;
    rom_board_boot(&b);
    vb_board_get_cpu(b.board, &cpu);
    assert_int_equal(cpu.a[0], 0x40001100);
    assert_int_equal(cpu.a[1], 0x3ffffff0);
    assert_int_equal(cpu.a[2], ROM_IDLE);
    assert_int_equal(cpu.sr[PS], 0x20);
    assert_int_equal(cpu.sr[INTENABLE], 0);
    assert_int_equal(cpu.sr[VECBASE], 0x40000000);

    static const uint32_t registers[][2] = {
        {0x3ff0000c, 0},     {0x60000014, 0x2b6}, {0x60000020, 0x0c}, {0x60000024, 1},
        {0x6000000c, 1},     {0x6000081c, 0x10},  {0x60000830, 0x10}, {0x60000818, 0},
        {0x60000838, 0x100}, {0x60000900, 0},
    };
    for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
        assert_int_equal(rom_register(&b, registers[i][0]), registers[i][1]);
    }
    static const uint32_t words[][2] = {
        {0x3fffc704, 80},         {0x3fffc708, UINT32_MAX}, {0x3fffc714, 0x3fffc718},
        {0x3fffc718, 0x001640ef}, {0x3fffc71c, 0x00400000}, {0x3fffc720, 0x10000},
        {0x3fffc724, 0x1000},     {0x3fffc728, 0x100},      {0x3fffc72c, 0xffff},
        {0x3fffdaac, 0x3fffc000}, {0x3fffc010, 0x4000048c}, {0x3fffc000, 0x40000598},
        {0x40001000, 0xfff0c101}, {0x3fffdcd0, ROM_IDLE},
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        assert_int_equal(rom_word(&b, words[i][0]), words[i][1]);
    }
}

static void returning_image_ends_in_the_event_loop(void **state)
{
    (void)state;
    start_image(1, 2, ROM_IDLE);
    add_segment(ROM_IDLE, 4, 0x00000080); /* ret */
    end_image();
    boot();
    assert_non_null(strstr(b.console, "csum 0x6f\r\nuser code done\r\n"));
}

static void power_and_pin_are_told_apart(void **state)
{
    (void)state;
    rom_board_boot(&b);
    rom_board_clear(&b);
    vb_board_external_reset(b.board, VB_BOOT_FLASH);
    vb_board_run(b.board, 1000000);
    expect_console(2, "load 0x40100000, len 4, room 16 \r\ntail 4\r\nchksum 0xe9\r\ncsum 0xe9\r\n");
}

static void goto_rom(uint32_t vaddr)
{
    struct vb_cpu_state cpu;
    struct vb_stats stats;
    vb_board_get_cpu(b.board, &cpu);
    cpu.pc = vaddr;
    vb_board_set_cpu(b.board, &cpu);
    rom_board_clear(&b);
    vb_board_get_stats(b.board, &stats);
    vb_board_run(b.board, stats.virtual_us + BOOT_US);
}

/* A jump to the reset vector is no reset: cause and straps stay. */
static void soft_restart_repeats_the_cause(void **state)
{
    (void)state;
    rom_board_boot(&b);
    uint32_t zero = 0;
    rom_write(&b, 0x3fffc704, &zero, sizeof(zero));
    goto_rom(0x40000080);
    expect_console(1, "load 0x40100000, len 4, room 16 \r\ntail 4\r\nchksum 0xe9\r\ncsum 0xe9\r\n");
    assert_int_equal(rom_word(&b, 0x3fffc704), 80);
}

/* Stubs leave this way. */
static void boot_from_flash_now(void **state)
{
    (void)state;
    rom_board_boot(&b);
    uint32_t zero = 0;
    rom_write(&b, ROM_IDLE, &zero, sizeof(zero));
    goto_rom(0x400010a8);
    assert_string_equal(
        b.console, "load 0x40100000, len 4, room 16 \r\ntail 4\r\nchksum 0xe9\r\ncsum 0xe9\r\n");
    assert_int_equal(pc(), ROM_IDLE);
}

static void read_failure_is_told(void **state)
{
    (void)state;
    rom_board_boot(&b);
    uint32_t one_block = 16;
    rom_write(&b, 0x3fffc71c, &one_block, sizeof(one_block));
    goto_rom(0x400010a8);
    assert_string_equal(b.console, "load 0x40100000, len 4, room 16 \r\n"
                                   "flash read err, SPIRead\r\nets_main.c ");
}

static void software_reset(void **state)
{
    (void)state;
    rom_board_boot(&b);
    goto_rom(0x4000264c);
    expect_console(3, "load 0x40100000, len 4, room 16 \r\ntail 4\r\nchksum 0xe9\r\ncsum 0xe9\r\n");
    assert_int_equal(ROM_CALL(&b, 0x400025e0, 0), 3);
}

static void watchdog_reset_is_told(void **state)
{
    (void)state;
    struct vb_stats stats;
    rom_board_boot(&b);
    ROM_CALL(&b, 0x40002fa0, 4, 1, 1); /* two stages of 0.8 ms that nobody feeds */
    rom_board_clear(&b);
    vb_board_get_stats(b.board, &stats);
    vb_board_run(b.board, stats.virtual_us + BOOT_US);
    expect_console(4, "wdt reset\r\n"
                      "load 0x40100000, len 4, room 16 \r\ntail 4\r\nchksum 0xe9\r\ncsum 0xe9\r\n");
    vb_board_run(b.board, stats.virtual_us + 3 * BOOT_US);
    vb_board_get_stats(b.board, &stats);
    assert_int_equal(stats.resets, 1);
}

static void download_mode_prints_its_banner(void **state)
{
    (void)state;
    rom_board_boot(&b);
    rom_board_clear(&b);
    vb_board_external_reset(b.board, VB_BOOT_DOWNLOAD);
    assert_int_equal(vb_board_run(b.board, 1000000), VB_STOP_DEAD);
    assert_string_equal(b.console, "\r\n ets Jan  8 2013,rst cause:2, boot mode:(1,6)\r\n\r\n");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(three_segments),
        CASE(whole_blocks),
        CASE(odd_lengths),
        CASE(blank_flash_hangs),
        CASE(bad_checksum_hangs),
        CASE(no_segments_calls_entry),
        CASE(read_failure_is_told),
        CASE(iram_segment_of_odd_length_faults),
        CASE(read_modes),
        CASE(state_at_entry),
        CASE(returning_image_ends_in_the_event_loop),
        CASE(power_and_pin_are_told_apart),
        CASE(soft_restart_repeats_the_cause),
        CASE(boot_from_flash_now),
        CASE(software_reset),
        CASE(watchdog_reset_is_told),
        CASE(download_mode_prints_its_banner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
