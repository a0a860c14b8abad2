/* SPDX-License-Identifier: Apache-2.0 */
/* Every request of the ROM's serial loader without a stub, each way to refuse one, and the quirks
 * that host tools live with. Facts: machine sheet, section 8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "loader_host.h"

enum {
    FLASH_BEGIN = 0x02,
    FLASH_DATA = 0x03,
    FLASH_END = 0x04,
    MEM_BEGIN = 0x05,
    MEM_END = 0x06,
    MEM_DATA = 0x07,
    SYNC = 0x08,
    WRITE_REG = 0x09,
    READ_REG = 0x0a,
    SPI_SET_PARAMS = 0x0b,
};

#define SYNC_VALUE 0x20120707u
#define MAGIC_REG  0x40001000u
#define MAGIC      0xfff0c101u
#define DRAM       0x3ffe8000u
#define IRAM       0x40101000u
#define UART_FIFO  0x60000000u
#define UART_ENA   0x6000000cu
#define UART_DIV   0x60000014u
#define RTC_CTRL   0x60000700u
#define WDT_CTL    0x60000900u
#define FULL       0xffffffffu
#define BUFFER     0x2000u

static struct loader_host h;
static uint8_t *flash;

#define ASK(op, ...)                                                                               \
    loader_ask(&h, op, (const uint32_t[]){__VA_ARGS__},                                            \
               sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static int set_up(void **state)
{
    (void)state;
    flash = malloc(LOADER_FLASH_SIZE);
    memset(flash, 0, LOADER_FLASH_SIZE); /* so that an erase shows */
    loader_host_connect(&h, flash);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    loader_host_close(&h);
    free(flash);
    return 0;
}

static void expect_ok(struct loader_reply r, uint8_t op)
{
    assert_int_equal(r.len, 10);
    assert_int_equal(r.frame[0], 1);
    assert_int_equal(r.frame[2] | r.frame[3] << 8, 2);
    assert_int_equal(r.op, op);
    assert_int_equal(r.status, 0);
}

static void expect_error(struct loader_reply r, uint8_t op, uint8_t error)
{
    assert_int_equal(r.len, 10);
    assert_int_equal(r.op, op);
    assert_int_equal(r.status, 1);
    assert_int_equal(r.error, error);
}

static uint8_t flash_byte(uint32_t addr)
{
    uint8_t byte;
    assert_true(vb_board_read_flash(h.board, addr, &byte, 1));
    return byte;
}

static uint32_t erased_sectors(void)
{
    uint32_t n = 0;
    for (uint32_t addr = 0; addr < LOADER_FLASH_SIZE; addr += 0x1000) {
        n += flash_byte(addr) == 0xff;
    }
    return n;
}

/* --- SYNC and the speed --- */

static void first_sync_trains_the_second_is_answered(void **state)
{
    static const uint8_t want[] = {0xc0, 0x01, 0x08, 0x02, 0x00, 0x07,
                                   0x07, 0x12, 0x20, 0x00, 0x00, 0xc0};
    static const uint32_t bauds[] = {9600, 57600, 74880, 115200, 230400, 460800, 921600};
    (void)state;
    for (size_t i = 0; i < sizeof(bauds) / sizeof(bauds[0]); i++) {
        loader_host_close(&h);
        loader_host_open(&h, NULL, bauds[i]);
        assert_int_equal(loader_sync(&h).len, 0);
        assert_int_equal(h.n_line, 0);
        assert_int_equal(loader_sync(&h).len, 10);
        loader_run_ms(&h, 200);
        assert_int_equal(h.n_line, 8 * sizeof(want));
        for (unsigned n = 0; n < 8; n++) {
            assert_memory_equal(h.line + n * sizeof(want), want, sizeof(want));
        }
    }
}

static void divider_is_that_of_the_host(void **state)
{
    (void)state;
    struct loader_reply r = ASK(READ_REG, UART_DIV);
    expect_ok(r, READ_REG);
    assert_int_equal(r.value, 451); /* 52 MHz / 115200 */
}

static void sync_of_another_length_is_refused(void **state)
{
    (void)state;
    expect_error(ASK(SYNC, SYNC_VALUE), SYNC, 5);
}

/* --- what is not a request --- */

static void unknown_op_answers_under_the_previous_number(void **state)
{
    (void)state;
    struct loader_reply r;
    expect_ok(ASK(READ_REG, MAGIC_REG), READ_REG);
    expect_error(ASK(0x14, 0), READ_REG, 5);
    expect_error(ASK(0x00, 0), READ_REG, 5);
    expect_error(ASK(0x0c, 0), READ_REG, 5);
    expect_ok(loader_sync(&h), SYNC);
    for (unsigned i = 1; i < 8; i++) {
        assert_true(loader_receive(&h, &r, 100));
    }
    expect_error(ASK(0xd0, 0), SYNC, 5);
    for (unsigned i = 1; i < 8; i++) {
        assert_true(loader_receive(&h, &r, 100));
        expect_error(r, SYNC, 5);
    }
    assert_false(loader_receive(&h, &r, 100));
}

static void fields_keep_what_was_there(void **state)
{
    (void)state;
    struct loader_reply r = ASK(READ_REG, MAGIC_REG);
    expect_ok(r, READ_REG);
    assert_int_equal(r.value, MAGIC);
    assert_int_equal(r.error, 0);
    r = ASK(0x55, 0);
    expect_error(r, READ_REG, 5);
    assert_int_equal(r.value, MAGIC);
    r = ASK(MEM_BEGIN, 0, 0, 0x100, DRAM);
    expect_ok(r, MEM_BEGIN);
    assert_int_equal(r.value, MAGIC);
    assert_int_equal(r.error, 5);
}

static void length_field_must_be_that_of_the_frame(void **state)
{
    (void)state;
    static const uint8_t frame[] = {0, READ_REG, 8, 0, 0, 0, 0, 0, 0x00, 0x10, 0x00, 0x40};
    struct loader_reply r;
    loader_send_frame(&h, frame, sizeof(frame));
    assert_true(loader_receive(&h, &r, 100));
    expect_error(r, READ_REG, 5);
}

static void a_reply_is_no_request(void **state)
{
    (void)state;
    static const uint8_t frame[] = {1, READ_REG, 4, 0, 0, 0, 0, 0, 0x00, 0x10, 0x00, 0x40};
    struct loader_reply r;
    loader_send_frame(&h, frame, sizeof(frame));
    assert_true(loader_receive(&h, &r, 100));
    expect_error(r, SYNC, 5);
}

static void fragments_and_giants_get_no_answer(void **state)
{
    (void)state;
    static uint8_t giant[BUFFER + 1];
    struct loader_reply r;
    loader_send_frame(&h, giant, 7);
    assert_false(loader_receive(&h, &r, 100));
    loader_send_frame(&h, giant, sizeof(giant));
    assert_false(loader_receive(&h, &r, 2000));
    loader_send_raw(&h, "noise", 5);
    expect_ok(ASK(READ_REG, MAGIC_REG), READ_REG);
}

static void escapes_go_both_ways(void **state)
{
    (void)state;
    const uint32_t word = 0xdbc0dbc0;
    expect_ok(ASK(MEM_BEGIN, 4, 1, 4, DRAM), MEM_BEGIN);
    expect_ok(loader_ask_data(&h, MEM_DATA, 0, "\xc0\xdb\xc0\xdb", 4), MEM_DATA);
    struct loader_reply r = ASK(READ_REG, DRAM);
    expect_ok(r, READ_REG);
    assert_int_equal(r.value, word);
}

/* --- registers --- */

static void registers_are_read(void **state)
{
    (void)state;
    struct loader_reply r = ASK(READ_REG, MAGIC_REG);
    expect_ok(r, READ_REG);
    assert_int_equal(r.value, MAGIC);
    expect_error(ASK(READ_REG, MAGIC_REG, 0), READ_REG, 5);
    loader_send(&h, READ_REG, "", 0, 0);
    assert_true(loader_receive(&h, &r, 100));
    expect_error(r, READ_REG, 5);
}

static void registers_are_written_under_a_mask(void **state)
{
    (void)state;
    expect_ok(ASK(WRITE_REG, DRAM, 0x11223344, FULL, 0, DRAM + 4, 0xaabbccdd, FULL, 0), WRITE_REG);
    expect_ok(ASK(WRITE_REG, DRAM, 0xffffffff, 0x00ff0000, 0), WRITE_REG);
    assert_int_equal(ASK(READ_REG, DRAM).value, 0x11ff3344);
    assert_int_equal(ASK(READ_REG, DRAM + 4).value, 0xaabbccdd);
    expect_error(ASK(WRITE_REG, DRAM, 0, FULL), WRITE_REG, 5);
    expect_error(ASK(WRITE_REG, DRAM, 0, FULL, 0, DRAM), WRITE_REG, 5);
}

static uint64_t now_us(void)
{
    struct vb_stats stats;
    vb_board_get_stats(h.board, &stats);
    return stats.virtual_us;
}

/* The ROM's microsecond lasts 80 cycles of the 52 MHz clock; only 16 bits of the delay count. */
static void write_reg_waits_first(void **state)
{
    (void)state;
    uint64_t start = now_us();
    expect_ok(ASK(WRITE_REG, DRAM, 0, FULL, 0x00010000), WRITE_REG);
    uint64_t brief = now_us() - start;
    start = now_us();
    expect_ok(ASK(WRITE_REG, DRAM, 0, FULL, 50000), WRITE_REG);
    uint64_t more = now_us() - start - brief;
    assert_in_range(more, 75000, 79000);
}

/* With interrupts off a frame waits in the FIFO; the read under a full mask takes its first byte.
 */
static void write_reg_always_reads(void **state)
{
    (void)state;
    static const uint8_t request[] = {0xc0, 0, READ_REG, 4, 0, 0, 0, 0, 0, 0, 0x10, 0, 0x40, 0xc0};
    uint32_t words[] = {UART_ENA, 0, FULL, 0, UART_FIFO, 'x', FULL, 5000, UART_ENA, 1, FULL, 0};
    struct loader_reply r;
    uint8_t data[sizeof(words)];
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
    }
    loader_send(&h, WRITE_REG, data, sizeof(data), 0);
    loader_send_raw(&h, request, sizeof(request));
    assert_true(loader_receive(&h, &r, 100));
    expect_ok(r, WRITE_REG);
    assert_false(loader_receive(&h, &r, 200));
    expect_ok(ASK(READ_REG, MAGIC_REG), READ_REG);
}

/* --- flash --- */

static void flash_begin_takes_sixteen_bytes(void **state)
{
    (void)state;
    expect_error(ASK(FLASH_BEGIN, 0x1000, 1, 0x400, 0, 0), FLASH_BEGIN, 5);
    expect_error(ASK(FLASH_BEGIN, 0x1000, 1, 0x400), FLASH_BEGIN, 5);
    expect_error(ASK(FLASH_BEGIN, 0x1000, 1, 0x1801, 0), FLASH_BEGIN, 5);
    assert_int_equal(erased_sectors(), 0);
    expect_ok(ASK(FLASH_BEGIN, 0, 0, 0x1800, 0), FLASH_BEGIN);
    assert_int_equal(erased_sectors(), 0);
}

/* Fact: machine sheet 4.3. */
static void flash_begin_erases_too_much(void **state)
{
    (void)state;
    static const uint32_t cases[][3] = {
        {0x0, 0x1000, 2}, {0x0, 0x10000, 32}, {0x10000, 0x12000, 34}, {0x1000, 0x10000, 31}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(flash, 0, LOADER_FLASH_SIZE);
        assert_true(vb_board_write_flash(h.board, 0, flash, LOADER_FLASH_SIZE));
        expect_ok(ASK(FLASH_BEGIN, cases[i][1], 1, 0x400, cases[i][0]), FLASH_BEGIN);
        assert_int_equal(erased_sectors(), cases[i][2]);
        assert_int_equal(flash_byte(cases[i][0]), 0xff);
    }
}

static void flash_begin_beyond_the_chip_fails(void **state)
{
    (void)state;
    expect_error(ASK(FLASH_BEGIN, 0x1000, 1, 0x400, LOADER_FLASH_SIZE), FLASH_BEGIN, 6);
}

static void fill(uint8_t *block, size_t len, uint8_t seed)
{
    for (size_t i = 0; i < len; i++) {
        block[i] = (uint8_t)(seed + i * 7 + i / 256);
    }
}

static void flash_data_is_written_in_order(void **state)
{
    (void)state;
    uint8_t block[0x400];
    uint8_t got[sizeof(block)];
    expect_ok(ASK(FLASH_BEGIN, 0x1000, 4, 0x400, 0x20000), FLASH_BEGIN);
    for (uint32_t seq = 0; seq < 4; seq++) {
        fill(block, sizeof(block), (uint8_t)seq);
        expect_ok(loader_ask_data(&h, FLASH_DATA, seq, block, sizeof(block)), FLASH_DATA);
        assert_true(vb_board_read_flash(h.board, 0x20000 + seq * 0x400, got, sizeof(got)));
        assert_memory_equal(got, block, sizeof(block));
    }
}

static void flash_data_is_checked(void **state)
{
    (void)state;
    uint8_t block[0x404];
    uint8_t data[16 + 8] = {8};
    struct loader_reply r;
    fill(block, sizeof(block), 1);
    expect_error(loader_ask_data(&h, FLASH_DATA, 0, block, 4), FLASH_DATA, 5); /* no BEGIN */
    expect_ok(ASK(FLASH_BEGIN, 0x1000, 4, 0x400, 0), FLASH_BEGIN);
    expect_error(loader_ask_data(&h, FLASH_DATA, 1, block, 0x400), FLASH_DATA, 5);
    expect_error(loader_ask_data(&h, FLASH_DATA, 0, block, 0x404), FLASH_DATA, 5);
    expect_error(loader_ask_data(&h, FLASH_DATA, 0, block, 0x3fe), FLASH_DATA, 5);
    loader_send(&h, FLASH_DATA, data, 16 + 4, 0xef); /* says 8, brings 4 */
    assert_true(loader_receive(&h, &r, 100));
    expect_error(r, FLASH_DATA, 5);
    loader_send(&h, FLASH_DATA, data, 8, 0xef); /* less than its own header */
    assert_true(loader_receive(&h, &r, 100));
    expect_error(r, FLASH_DATA, 5);
    loader_send(&h, FLASH_DATA, data, sizeof(data), 0xee);
    assert_true(loader_receive(&h, &r, 100));
    expect_error(r, FLASH_DATA, 7);
    assert_int_equal(flash_byte(0), 0xff);
    expect_ok(loader_ask_data(&h, FLASH_DATA, 0, block, 0x400), FLASH_DATA); /* still expected */
}

static void what_does_not_read_back_is_told(void **state)
{
    (void)state;
    expect_ok(ASK(FLASH_BEGIN, 0, 1, 0x400, 0x30000), FLASH_BEGIN); /* erases nothing */
    expect_error(loader_ask_data(&h, FLASH_DATA, 0, "\x01\x02\x03\x04", 4), FLASH_DATA, 8);
}

static void a_write_beyond_the_chip_fails(void **state)
{
    (void)state;
    expect_ok(ASK(FLASH_BEGIN, 0, 1, 0x400, LOADER_FLASH_SIZE), FLASH_BEGIN);
    expect_error(loader_ask_data(&h, FLASH_DATA, 0, "\x01\x02\x03\x04", 4), FLASH_DATA, 6);
}

static void parameters_set_the_limit(void **state)
{
    (void)state;
    expect_error(ASK(SPI_SET_PARAMS, 0, 0x100000, 0x10000, 0x1000, 0x100), SPI_SET_PARAMS, 5);
    expect_ok(ASK(SPI_SET_PARAMS, 0, 0x100000, 0x10000, 0x1000, 0x100, 0xffff), SPI_SET_PARAMS);
    expect_error(ASK(FLASH_BEGIN, 0x1000, 1, 0x400, 0x100000), FLASH_BEGIN, 6);
    assert_int_equal(ASK(READ_REG, 0x3fffc71c).value, 0x100000);
}

/* One word of code, `j .`, as an image the ROM starts. */
static const uint8_t loop_image[32] = {0xe9, 1,    2, 0, 0, 0, 0x10, 0x40, 0,    0,
                                       0x10, 0x40, 4, 0, 0, 0, 6,    0xff, 0xff, [31] = 0xe9};

static void flash_end_locks_the_chip_and_boots(void **state)
{
    (void)state;
    expect_ok(ASK(FLASH_BEGIN, sizeof(loop_image), 1, 0x400, 0), FLASH_BEGIN);
    expect_ok(loader_ask_data(&h, FLASH_DATA, 0, loop_image, sizeof(loop_image)), FLASH_DATA);
    expect_ok(ASK(FLASH_END, 1), FLASH_END); /* "stay" is not looked at */
    assert_true(loader_hears(&h, "load 0x40100000, len 4, room 16 \r\n", 200));
    assert_true(loader_hears(&h, "csum 0xe9\r\n", 100));
    /* The straps are still latched: a restart by jump would come back; EN with GPIO0 low does. */
    vb_board_external_reset(h.board, VB_BOOT_DOWNLOAD);
    loader_run_ms(&h, 100);
    h.at = h.n_line;
    loader_sync(&h);
    expect_ok(loader_sync(&h), SYNC);
    loader_run_ms(&h, 100);
    h.at = h.n_line;
    expect_ok(ASK(WRITE_REG, 0x60000200, 1u << 27, FULL, 0), WRITE_REG); /* RDSR */
    assert_int_equal(ASK(READ_REG, 0x60000210).value & 0x1c, 0x1c);
}

static void an_unfinished_flash_end_fails_and_leaves(void **state)
{
    (void)state;
    expect_ok(ASK(FLASH_BEGIN, 0x400, 1, 0x400, 0), FLASH_BEGIN);
    expect_error(ASK(FLASH_END, 0, 0), FLASH_END, 5); /* wrong length stays */
    expect_error(ASK(FLASH_END, 0), FLASH_END, 6);
    assert_true(loader_hears(&h, "ets_main.c ", 200));
}

static void an_empty_session_is_a_soft_reset(void **state)
{
    (void)state;
    assert_true(vb_board_write_flash(h.board, 0, loop_image, sizeof(loop_image)));
    expect_ok(ASK(FLASH_BEGIN, 0, 0, 0x400, 0), FLASH_BEGIN);
    expect_ok(ASK(FLASH_END, 0), FLASH_END);
    assert_true(loader_hears(&h, "csum 0xe9\r\n", 200));
}

/* --- memory --- */

static size_t load_upload(uint8_t *code, size_t max)
{
    FILE *f = fopen("build/tests/upload.bin", "rb");
    assert_non_null(f);
    size_t n = fread(code, 1, max, f);
    fclose(f);
    return (n + 3) & ~(size_t)3;
}

static void uploaded_code_runs(void **state)
{
    (void)state;
    uint8_t code[256] = {0};
    uint32_t len = (uint32_t)load_upload(code, sizeof(code));
    expect_ok(ASK(MEM_BEGIN, len, 2, 16, IRAM), MEM_BEGIN);
    expect_ok(loader_ask_data(&h, MEM_DATA, 0, code, 16), MEM_DATA);
    expect_ok(loader_ask_data(&h, MEM_DATA, 1, code + 16, len - 16), MEM_DATA);
    expect_ok(ASK(MEM_END, 1, IRAM), MEM_END); /* stays */
    expect_ok(ASK(READ_REG, MAGIC_REG), READ_REG);
    expect_ok(ASK(MEM_END, 0, IRAM), MEM_END);
    assert_true(loader_hears(&h, "hi!", 10));
}

static void memory_requests_are_checked(void **state)
{
    (void)state;
    uint8_t data[16 + 4] = {4};
    struct loader_reply r;
    expect_error(ASK(MEM_BEGIN, 4, 1, 4), MEM_BEGIN, 5);
    expect_error(ASK(MEM_BEGIN, 4, 1, 0x1801, DRAM), MEM_BEGIN, 5);
    expect_ok(ASK(MEM_BEGIN, 8, 2, 4, DRAM), MEM_BEGIN);
    expect_error(loader_ask_data(&h, MEM_DATA, 1, "abcd", 4), MEM_DATA, 5);
    expect_error(loader_ask_data(&h, MEM_DATA, 0, "abcdefgh", 8), MEM_DATA, 5);
    loader_send(&h, MEM_DATA, data, sizeof(data), 0);
    assert_true(loader_receive(&h, &r, 100));
    expect_error(r, MEM_DATA, 7);
    expect_ok(loader_ask_data(&h, MEM_DATA, 0, "abc", 3), MEM_DATA); /* any length in DRAM */
    expect_ok(loader_ask_data(&h, MEM_DATA, 1, "d", 1), MEM_DATA);
    assert_int_equal(ASK(READ_REG, DRAM).value, 0x64636261);
    expect_error(ASK(MEM_END, 0, IRAM, 0), MEM_END, 5);
    loader_send(&h, MEM_END, "", 0, 0);
    assert_true(loader_receive(&h, &r, 100));
    expect_error(r, MEM_END, 5);
}

/* The largest block a host may announce fits the buffer. */
static void the_largest_block_fits(void **state)
{
    (void)state;
    static uint8_t block[0x1800];
    fill(block, sizeof(block), 3);
    expect_ok(ASK(MEM_BEGIN, sizeof(block), 1, sizeof(block), DRAM), MEM_BEGIN);
    expect_ok(loader_ask_data(&h, MEM_DATA, 0, block, sizeof(block)), MEM_DATA);
    uint8_t got[sizeof(block)];
    assert_true(vb_board_read_mem(h.board, DRAM, got, sizeof(got)));
    assert_memory_equal(got, block, sizeof(block));
    assert_true(vb_board_read_mem(h.board, 0x3fffa000 + 8 + 16, got, 4));
    assert_memory_equal(got, block, 4);
}

/* --- ways out and back --- */

static void expect_banner(const char *banner)
{
    vb_board_set_host_baud(h.board, 74880);
    assert_true(loader_hears(&h, banner, 3000));
}

static void soft_restart_comes_back(void **state)
{
    (void)state;
    expect_ok(ASK(MEM_END, 0, 0x40000080), MEM_END);
    expect_banner("rst cause:1, boot mode:(1,6)\r\n");
    vb_board_external_reset(h.board, VB_BOOT_DOWNLOAD);
    expect_banner("rst cause:2, boot mode:(1,6)\r\n");
}

static void software_reset_boots_the_flash(void **state)
{
    (void)state;
    assert_true(vb_board_write_flash(h.board, 0, loop_image, sizeof(loop_image)));
    const uint32_t words[] = {RTC_CTRL, 1u << 31, FULL, 0};
    uint8_t data[sizeof(words)];
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
    }
    loader_send(&h, WRITE_REG, data, sizeof(data), 0);
    loader_run_ms(&h, 3); /* at the host's speed, before it listens at the ROM's */
    expect_banner("rst cause:3, boot mode:(1,6)\r\n");
    assert_true(loader_hears(&h, "csum 0xe9\r\n", 200));
}

static void the_watchdog_keeps_the_straps(void **state)
{
    (void)state;
    expect_ok(ASK(WRITE_REG, WDT_CTL + 4, 10, FULL, 0, WDT_CTL, 0x3d, FULL, 0), WRITE_REG);
    expect_banner("rst cause:4, boot mode:(1,6)\r\n\r\nwdt reset\r\n");
    vb_board_set_host_baud(h.board, LOADER_BAUD);
    loader_run_ms(&h, 3000); /* it is off now */
    h.at = h.n_line;
    loader_sync(&h);
    expect_ok(loader_sync(&h), SYNC);
}

static void en_samples_the_straps_again(void **state)
{
    (void)state;
    vb_board_external_reset(h.board, VB_BOOT_FLASH);
    expect_banner("rst cause:2, boot mode:(3,6)\r\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(first_sync_trains_the_second_is_answered),
        TEST(divider_is_that_of_the_host),
        TEST(sync_of_another_length_is_refused),
        TEST(unknown_op_answers_under_the_previous_number),
        TEST(fields_keep_what_was_there),
        TEST(length_field_must_be_that_of_the_frame),
        TEST(a_reply_is_no_request),
        TEST(fragments_and_giants_get_no_answer),
        TEST(escapes_go_both_ways),
        TEST(registers_are_read),
        TEST(registers_are_written_under_a_mask),
        TEST(write_reg_waits_first),
        TEST(write_reg_always_reads),
        TEST(flash_begin_takes_sixteen_bytes),
        TEST(flash_begin_erases_too_much),
        TEST(flash_begin_beyond_the_chip_fails),
        TEST(flash_data_is_written_in_order),
        TEST(flash_data_is_checked),
        TEST(what_does_not_read_back_is_told),
        TEST(a_write_beyond_the_chip_fails),
        TEST(parameters_set_the_limit),
        TEST(flash_end_locks_the_chip_and_boots),
        TEST(an_unfinished_flash_end_fails_and_leaves),
        TEST(an_empty_session_is_a_soft_reset),
        TEST(uploaded_code_runs),
        TEST(memory_requests_are_checked),
        TEST(the_largest_block_fits),
        TEST(soft_restart_comes_back),
        TEST(software_reset_boots_the_flash),
        TEST(the_watchdog_keeps_the_straps),
        TEST(en_samples_the_straps_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
