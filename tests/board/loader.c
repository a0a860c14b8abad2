/* SPDX-License-Identifier: Apache-2.0 */
/* The host's side of serial flashing against the board in this process: both loaders, every request
 * of our stub, what they refuse, and that nothing beside the range is touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "asl_crypto.h"
#include "board_port.h"
#include "loader.h"

#define SIZE   BOARD_PORT_FLASH_SIZE
#define SECTOR 0x1000u
#define BLOCK  0x10000u

static struct board_port board;
static struct serial_port port;
static struct loader l;
static uint8_t *flash, *data;

static void fill(uint8_t *dst, uint32_t len, uint32_t seed)
{
    for (uint32_t i = 0; i < len; i++) {
        seed = seed * 1664525u + 1013904223u;
        dst[i] = (uint8_t)(seed >> 24);
    }
}

static int set_up(void **state)
{
    (void)state;
    flash = malloc(SIZE);
    data = malloc(SIZE);
    fill(flash, SIZE, 1);
    fill(data, SIZE, 2);
    board_port_open(&board, &port, flash, SIZE);
    loader_init(&l, &port, 115200);
    assert_int_equal(loader_connect(&l, BEFORE_RESET), LOADER_OK);
    assert_false(l.is_stub);
    return 0;
}

static int set_up_stub(void **state)
{
    set_up(state);
    assert_int_equal(loader_start_stub(&l), LOADER_OK);
    assert_int_equal(loader_set_baud(&l, 921600), LOADER_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    board_port_close(&board);
    free(flash);
    free(data);
    return 0;
}

/* Flash is as it was but for [addr, addr + len), which is new: want[len], the rest of its sectors
 * blank. */
static void expect_flash(uint32_t addr, const uint8_t *want, uint32_t len)
{
    uint32_t end = (addr + len + SECTOR - 1) & ~(SECTOR - 1);
    uint8_t *have = malloc(SIZE);

    memset(flash + addr, 0xff, end - addr);
    if (want != NULL) {
        memcpy(flash + addr, want, len);
    }
    assert_true(vb_board_read_flash(board.board, 0, have, SIZE));
    for (uint32_t at = 0; at < SIZE; at += SECTOR) {
        if (memcmp(have + at, flash + at, SECTOR) != 0) {
            fail_msg("sector 0x%x differs", at);
        }
    }
    free(have);
}

static void expect_refused(enum loader_err err, uint8_t error)
{
    assert_int_equal(err, LOADER_REFUSED);
    assert_int_equal(l.refused_error, error);
}

/* --- either loader --- */

static void tells_the_flash_chip(void **state)
{
    uint8_t id[3];

    (void)state;
    assert_int_equal(loader_attach(&l), LOADER_OK);
    assert_int_equal(loader_flash_id(&l, id), LOADER_OK);
    assert_int_equal(id[0], 0xef);
    assert_int_equal(loader_flash_size(id), SIZE);
}

static const struct {
    uint32_t addr, len;
} places[] = {
    {0x8000, 0xc00},   {0x9000, 0x1001},        {0xf000, 0x2000},        {0x1d000, 0x3000},
    {0x10000, 0x6000}, {0x2f000, BLOCK + 5000}, {SIZE - 0x1000, 0x1000}, {0x30000, 1},
};

static void writes_its_range_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        uint32_t done = 0;
        assert_int_equal(loader_write(&l, places[i].addr, data + i, places[i].len, NULL, &done),
                         LOADER_OK);
        assert_int_equal(done, places[i].len);
        expect_flash(places[i].addr, data + i, places[i].len);
    }
}

static void erases_its_range_and_nothing_else(void **state)
{
    static const struct {
        uint32_t first, n;
    } ranges[] = {{8, 1}, {15, 2}, {17, 3}, {16, 16}, {31, 18}, {0, 33}, {100, 7}};

    (void)state;
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        uint32_t addr = ranges[i].first * SECTOR;
        assert_int_equal(loader_erase(&l, addr, ranges[i].n * SECTOR), LOADER_OK);
        expect_flash(addr, NULL, ranges[i].n * SECTOR);
    }
}

static void reads_any_range(void **state)
{
    static const struct {
        uint32_t addr, len;
    } ranges[] = {{0, 1}, {0x8000, 0x40}, {0x1ffe, 7}, {0x12345, 333}};
    uint8_t have[512];

    (void)state;
    assert_int_equal(loader_attach(&l), LOADER_OK);
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        assert_int_equal(loader_read(&l, ranges[i].addr, have, ranges[i].len, NULL), LOADER_OK);
        assert_memory_equal(have, flash + ranges[i].addr, ranges[i].len);
    }
}

static void says_how_far_a_vanished_port_came(void **state)
{
    uint32_t done = UINT32_MAX;

    (void)state;
    board.vanish_after = 45000;
    assert_int_equal(loader_write(&l, 0x10000, data, 0x10000, NULL, &done), LOADER_GONE);
    assert_in_range(done, 0x1000, 45000);
    vb_board_read_flash(board.board, 0x10000, flash, done);
    assert_memory_equal(flash, data, done);
    /* The next run works. */
    board.is_gone = false;
    board.vanish_after = UINT32_MAX;
    port.set_baud(port.ctx, 115200);
    loader_init(&l, &port, 115200);
    assert_int_equal(loader_connect(&l, BEFORE_RESET), LOADER_OK);
    assert_int_equal(loader_start_stub(&l), LOADER_OK);
    assert_int_equal(loader_write(&l, 0x10000, data, 0x10000, NULL, &done), LOADER_OK);
}

/* --- the stub --- */

static void unpacks_what_deflates_well_and_what_does_not(void **state)
{
    uint32_t done;

    (void)state;
    memset(data, 0, 3 * BLOCK);
    fill(data + BLOCK, BLOCK / 2, 7);
    memset(data + BLOCK + 1000, 0xc0, 5000); /* escaped on the line, each of them */
    memset(data + BLOCK + 7000, 0xdb, 5000);
    assert_int_equal(loader_write(&l, 0x40000, data, 3 * BLOCK + 77, NULL, &done), LOADER_OK);
    expect_flash(0x40000, data, 3 * BLOCK + 77);
}

static void tells_the_digest(void **state)
{
    static const uint32_t lengths[] = {0, 1, 251, 252, 253, 4096, 70001};
    uint8_t want[16], have[16];

    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        assert_int_equal(loader_md5(&l, 0x3001, lengths[i], have), LOADER_OK);
        asl_md5(flash + 0x3001, lengths[i], want);
        assert_memory_equal(have, want, 16);
    }
}

static void reads_a_long_range_ahead_of_the_answers(void **state)
{
    uint8_t *have = malloc(0x21003);

    (void)state;
    assert_int_equal(loader_read(&l, 0x123, have, 0x21003, NULL), LOADER_OK);
    assert_memory_equal(have, flash + 0x123, 0x21003);
    free(have);
}

static void erases_the_chip(void **state)
{
    (void)state;
    assert_int_equal(loader_erase_chip(&l, SIZE), LOADER_OK);
    expect_flash(0, NULL, SIZE);
}

/* As hosts do that know no window: one block, one answer. */
static enum loader_err begin(uint8_t op, uint32_t size, uint32_t addr)
{
    const uint32_t word[4] = {size, 1, 0x1000, addr};

    loader_begin_data(&l);
    return loader_ask(&l, op, word, 4, 3000, NULL);
}

static enum loader_err block(uint8_t op, const uint8_t *payload, uint32_t len)
{
    enum loader_err err = loader_send_data(&l, op, payload, len);

    return err != LOADER_OK ? err : loader_answer_data(&l, op, 0, 3000);
}

static enum loader_err end(uint8_t op)
{
    const uint32_t stay = 1;

    return loader_ask(&l, op, &stay, 1, 3000, NULL);
}

static void takes_plain_blocks_too(void **state)
{
    (void)state;
    assert_int_equal(begin(OP_FLASH_BEGIN, 0x1400, 0x20000), LOADER_OK);
    assert_int_equal(block(OP_FLASH_DATA, data, 0x1000), LOADER_OK);
    assert_int_equal(block(OP_FLASH_DATA, data + 0x1000, 0x400), LOADER_OK);
    assert_int_equal(end(OP_FLASH_END), LOADER_OK);
    expect_flash(0x20000, data, 0x1400);
}

static void refuses_what_does_not_fit_together(void **state)
{
    uint8_t packed[2048];
    uLongf n = sizeof(packed);

    (void)state;
    assert_int_equal(compress(packed, &n, data, 1000), Z_OK);
    expect_refused(end(OP_FLASH_END), 0xc6);
    expect_refused(block(OP_FLASH_DATA, data, 16), 0xc6);
    expect_refused(block(OP_DEFL_DATA, data, 16), 0xc6);
    expect_refused(begin(OP_DEFL_BEGIN, 1000, 0x20010), 0xc0);
    /* Too few. */
    assert_int_equal(begin(OP_DEFL_BEGIN, 1004, 0x20000), LOADER_OK);
    assert_int_equal(block(OP_DEFL_DATA, packed, (uint32_t)n), LOADER_OK);
    expect_refused(end(OP_DEFL_END), 0xc8);
    /* Too many. */
    assert_int_equal(begin(OP_DEFL_BEGIN, 999, 0x20000), LOADER_OK);
    assert_int_equal(block(OP_DEFL_DATA, packed, (uint32_t)n), LOADER_OK);
    expect_refused(end(OP_DEFL_END), 0xc9);
    /* A stream that ends early. */
    assert_int_equal(begin(OP_DEFL_BEGIN, 1000, 0x20000), LOADER_OK);
    assert_int_equal(block(OP_DEFL_DATA, packed, (uint32_t)n - 5), LOADER_OK);
    expect_refused(end(OP_DEFL_END), 0xc8);
    /* Damage inside. */
    packed[n - 1] ^= 1;
    assert_int_equal(begin(OP_DEFL_BEGIN, 1000, 0x20000), LOADER_OK);
    assert_int_equal(block(OP_DEFL_DATA, packed, (uint32_t)n), LOADER_OK);
    expect_refused(end(OP_DEFL_END), 0xc7);
    /* A block twice. */
    assert_int_equal(begin(OP_DEFL_BEGIN, 1000, 0x20000), LOADER_OK);
    l.next_seq = 1;
    expect_refused(block(OP_DEFL_DATA, packed, (uint32_t)n), 0xc2);
}

static void refuses_damaged_and_unknown_requests(void **state)
{
    uint8_t payload[16 + 4] = {4};
    const uint32_t odd[2] = {0x1000, 0x800};

    (void)state;
    assert_int_equal(begin(OP_FLASH_BEGIN, 0x1000, 0x20000), LOADER_OK);
    assert_int_equal(loader_send(&l, OP_FLASH_DATA, payload, sizeof(payload), 0x12), LOADER_OK);
    expect_refused(loader_answer(&l, OP_FLASH_DATA, 1000, NULL), 0xc1);
    expect_refused(loader_ask(&l, OP_ERASE_REGION, odd, 2, 1000, NULL), 0xc0);
    expect_refused(loader_ask(&l, 0x77, NULL, 0, 1000, NULL), 0xc3);
    /* Noise between frames, then sense again. */
    assert_true(port.write(port.ctx, (const uint8_t *)"noise\xdb\x01\xc0", 8));
    tells_the_flash_chip(state);
}

static void a_new_request_in_the_midst_of_a_stream_is_served(void **state)
{
    uint8_t packed[2048];
    uLongf n = sizeof(packed);
    uint32_t done;

    (void)state;
    assert_int_equal(compress(packed, &n, data, 1000), Z_OK);
    assert_int_equal(begin(OP_DEFL_BEGIN, 1000, 0x20000), LOADER_OK);
    assert_int_equal(block(OP_DEFL_DATA, packed, 100), LOADER_OK);
    tells_the_flash_chip(state);
    assert_int_equal(loader_write(&l, 0x20000, data, 5000, NULL, &done), LOADER_OK);
    expect_flash(0x20000, data, 5000);
}

static void clears_a_write_protection(void **state)
{
    uint32_t done;

    (void)state;
    /* WREN, then WRSR with all block protect bits. */
    assert_int_equal(loader_write_reg(&l, 0x60000200, 1u << 30), LOADER_OK);
    assert_int_equal(loader_write_reg(&l, 0x60000210, 0x1c), LOADER_OK);
    assert_int_equal(loader_write_reg(&l, 0x60000200, 1u << 26), LOADER_OK);
    assert_int_equal(loader_write(&l, 0x20000, data, 5000, NULL, &done), LOADER_OK);
    expect_flash(0x20000, data, 5000);
}

static void every_speed_of_adapters_works(void **state)
{
    static const uint32_t bauds[] = {9600, 57600, 74880, 230400, 460800, 921600, 1500000, 115200};
    uint8_t digest[16], want[16];

    (void)state;
    asl_md5(flash, 4096, want);
    for (size_t i = 0; i < sizeof(bauds) / sizeof(bauds[0]); i++) {
        assert_int_equal(loader_set_baud(&l, bauds[i]), LOADER_OK);
        assert_int_equal(loader_md5(&l, 0, 4096, digest), LOADER_OK);
        assert_memory_equal(digest, want, 16);
    }
}

static bool hears(const char *text, uint32_t ms)
{
    static uint8_t heard[4096];
    size_t n = 0;

    for (uint32_t i = 0; i < ms && n < sizeof(heard); i++) {
        int got = port.read(port.ctx, heard + n, sizeof(heard) - n, 1);
        n += got > 0 ? (size_t)got : 0;
        if (memmem(heard, n, text, strlen(text)) != NULL) {
            return true;
        }
    }
    return false;
}

/* Random bytes are no image: the ROM says so, which is proof that it booted. */
static void runs_what_is_in_flash_with_lines_or_without(void **state)
{
    (void)state;
    assert_int_equal(loader_set_baud(&l, 115200), LOADER_OK);
    assert_int_equal(loader_send(&l, OP_RUN_USER_CODE, NULL, 0, 0), LOADER_OK);
    assert_true(hears("ets_main.c", 1000));
    port.set_baud(port.ctx, 74880);
    assert_true(loader_run(&l));
    assert_true(hears("boot mode:(3,", 1000));
}

/* --- nobody answers --- */

static void open_again(void)
{
    board_port_close(&board);
    board_port_open(&board, &port, NULL, SIZE);
    loader_init(&l, &port, 115200);
}

static void says_that_gpio0_stays_high(void **state)
{
    (void)state;
    open_again();
    board.gpio0_open = true;
    assert_int_equal(loader_connect(&l, BEFORE_RESET), LOADER_SILENT);
    assert_int_equal(loader_diagnose(&l), DIAGNOSIS_WRONG_MODE);
}

static void says_that_nothing_is_there(void **state)
{
    (void)state;
    open_again();
    board.is_unpowered = true;
    assert_int_equal(loader_connect(&l, BEFORE_RESET), LOADER_SILENT);
    assert_int_equal(loader_diagnose(&l), DIAGNOSIS_NOTHING);
}

static void says_that_it_hears_itself(void **state)
{
    (void)state;
    open_again();
    board.is_shorted = true;
    assert_int_equal(loader_connect(&l, BEFORE_RESET), LOADER_SILENT);
    assert_int_equal(loader_diagnose(&l), DIAGNOSIS_ECHO);
}

/* Without lines a chip that boots from flash stays where it is. */
static void resets_nothing_that_it_must_not(void **state)
{
    (void)state;
    open_again();
    assert_int_equal(loader_connect(&l, BEFORE_NO_RESET), LOADER_SILENT);
    loader_diagnose(&l);
    assert_false(vb_board_in_download(board.board));
    struct vb_stats stats;
    vb_board_get_stats(board.board, &stats);
    assert_int_equal(stats.resets, 0);
}

#define T(name)    cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define STUB(name) cmocka_unit_test_setup_teardown(name, set_up_stub, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(tells_the_flash_chip),
        T(writes_its_range_and_nothing_else),
        T(erases_its_range_and_nothing_else),
        T(reads_any_range),
        T(says_how_far_a_vanished_port_came),
        T(says_that_gpio0_stays_high),
        T(says_that_nothing_is_there),
        T(says_that_it_hears_itself),
        T(resets_nothing_that_it_must_not),
        STUB(tells_the_flash_chip),
        STUB(writes_its_range_and_nothing_else),
        STUB(erases_its_range_and_nothing_else),
        STUB(reads_any_range),
        STUB(says_how_far_a_vanished_port_came),
        STUB(unpacks_what_deflates_well_and_what_does_not),
        STUB(tells_the_digest),
        STUB(reads_a_long_range_ahead_of_the_answers),
        STUB(erases_the_chip),
        STUB(takes_plain_blocks_too),
        STUB(refuses_what_does_not_fit_together),
        STUB(refuses_damaged_and_unknown_requests),
        STUB(a_new_request_in_the_midst_of_a_stream_is_served),
        STUB(clears_a_write_protection),
        STUB(every_speed_of_adapters_works),
        STUB(runs_what_is_in_flash_with_lines_or_without),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
