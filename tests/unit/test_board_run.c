/* SPDX-License-Identifier: Apache-2.0 */
/* The board as an object: the same run however it is cut, copies that go their own ways, randomness
 * from the seed alone. The load is the ROM's start from blank flash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "vb_cpu_state.h"

#define RUN_US 15000u

struct output {
    char text[512];
    size_t len;
};

static void on_tx(void *ctx, unsigned uart, uint8_t byte)
{
    struct output *out = ctx;
    (void)uart;
    if (out->len < sizeof(out->text) - 1) {
        out->text[out->len++] = (char)byte;
    }
}

static struct vb_board *new_board(uint64_t seed, struct output *out)
{
    const struct vb_config config = {
        .flash_size = 1u << 20, .seed = seed, .uart_tx = on_tx, .ctx = out};
    char err[128] = "";
    memset(out, 0, sizeof(*out));
    struct vb_board *board = vb_board_new(&config, err, sizeof(err));
    assert_non_null(board);
    return board;
}

static void assert_same_state(const struct vb_board *x, const struct vb_board *y)
{
    static uint8_t a[0x18000], b[0x18000];
    struct vb_cpu_state cx, cy;
    struct vb_stats sx, sy;
    vb_board_get_cpu(x, &cx);
    vb_board_get_cpu(y, &cy);
    assert_memory_equal(&cx, &cy, sizeof(cx));
    vb_board_get_stats(x, &sx);
    vb_board_get_stats(y, &sy);
    assert_int_equal(sx.instructions, sy.instructions);
    assert_int_equal(sx.virtual_us, sy.virtual_us);
    assert_true(vb_board_read_mem(x, 0x3ffe8000, a, sizeof(a)));
    assert_true(vb_board_read_mem(y, 0x3ffe8000, b, sizeof(b)));
    assert_memory_equal(a, b, sizeof(a));
    assert_true(vb_board_read_mem(x, 0x40100000, a, 0x10000));
    assert_true(vb_board_read_mem(y, 0x40100000, b, 0x10000));
    assert_memory_equal(a, b, 0x10000);
}

static void test_pieces_make_the_same_run(void **state)
{
    struct output whole_out, pieces_out, steps_out;
    (void)state;
    struct vb_board *whole = new_board(7, &whole_out);
    struct vb_board *pieces = new_board(7, &pieces_out);
    struct vb_board *steps = new_board(7, &steps_out);
    vb_board_run(whole, RUN_US);
    for (uint64_t t = 0; t <= RUN_US; t += 37) {
        vb_board_run(pieces, t);
    }
    vb_board_run(pieces, RUN_US);
    for (unsigned i = 0; i < 20000; i++) {
        vb_board_step(steps, 1 + i % 7);
    }
    vb_board_run(steps, RUN_US);
    assert_same_state(whole, pieces);
    assert_same_state(whole, steps);
    assert_string_equal(whole_out.text, pieces_out.text);
    assert_string_equal(whole_out.text, steps_out.text);
    assert_non_null(strstr(whole_out.text, "rst cause:1, boot mode:(3,"));
    vb_board_free(whole);
    vb_board_free(pieces);
    vb_board_free(steps);
}

static void test_fork_continues_alike_and_apart(void **state)
{
    struct output out, fork_out = {0};
    const uint32_t mark = 0x12345678;
    uint32_t seen;
    (void)state;
    struct vb_board *board = new_board(8, &out);
    vb_board_run(board, RUN_US / 3);
    struct vb_board *copy = vb_board_fork(board);
    assert_non_null(copy);
    vb_board_set_output(copy, on_tx, NULL, &fork_out);
    vb_board_run(copy, RUN_US);
    vb_board_run(board, RUN_US);
    assert_same_state(board, copy);
    assert_true(vb_board_write_mem(copy, 0x40107ff0, &mark, 4));
    assert_true(vb_board_write_flash(copy, 0x1000, &mark, 4));
    assert_true(vb_board_read_mem(board, 0x40107ff0, &seen, 4));
    assert_int_not_equal(seen, mark);
    assert_true(vb_board_read_flash(board, 0x1000, &seen, 4));
    assert_int_equal(seen, 0xffffffff);
    vb_board_free(board);
    assert_true(vb_board_read_flash(copy, 0x1000, &seen, 4));
    assert_int_equal(seen, mark);
    assert_int_equal(vb_board_run(copy, 2 * RUN_US), VB_STOP_DEAD);
    assert_true(fork_out.len > 0);
    vb_board_free(copy);
}

static void test_seed_decides_undefined_memory(void **state)
{
    struct output out;
    uint8_t a[64], b[64], c[64];
    (void)state;
    uint8_t *bytes[] = {a, b, c};
    static const uint64_t seeds[] = {1, 1, 2};
    for (unsigned i = 0; i < 3; i++) {
        struct vb_board *board = new_board(seeds[i], &out);
        vb_board_step(board, 0);
        assert_true(vb_board_read_mem(board, 0x3fff0000, bytes[i], 64));
        vb_board_free(board);
    }
    assert_memory_equal(a, b, 64);
    assert_memory_not_equal(a, c, 64);
}

static void test_resets_keep_memory_and_power_does_not(void **state)
{
    struct output out;
    struct vb_stats stats;
    const uint32_t mark = 0x12345678;
    uint32_t seen;
    (void)state;
    struct vb_board *board = new_board(3, &out);
    vb_board_step(board, 0);
    assert_true(vb_board_write_mem(board, 0x3fff0000, &mark, 4));
    vb_board_external_reset(board, VB_BOOT_FLASH);
    vb_board_run(board, RUN_US);
    assert_non_null(strstr(out.text, "rst cause:2"));
    assert_true(vb_board_read_mem(board, 0x3fff0000, &seen, 4));
    assert_int_equal(seen, mark);
    vb_board_power_cycle(board);
    vb_board_step(board, 0);
    assert_true(vb_board_read_mem(board, 0x3fff0000, &seen, 4));
    assert_int_not_equal(seen, mark);
    vb_board_get_stats(board, &stats);
    assert_int_equal(stats.resets, 2);
    vb_board_free(board);
}

static void stop_at_first_byte(void *ctx, unsigned uart, uint8_t byte)
{
    (void)uart;
    (void)byte;
    vb_board_stop(*(struct vb_board **)ctx);
}

static void test_stop_from_a_callback(void **state)
{
    struct output out;
    struct vb_stats stats;
    (void)state;
    struct vb_board *board = new_board(3, &out);
    vb_board_set_output(board, stop_at_first_byte, NULL, &board);
    assert_int_equal(vb_board_run(board, RUN_US), VB_STOP_REQUEST);
    vb_board_get_stats(board, &stats);
    assert_true(stats.virtual_us < RUN_US);
    vb_board_set_output(board, NULL, NULL, NULL);
    assert_int_equal(vb_board_run(board, RUN_US), VB_STOP_TIME);
    vb_board_free(board);
}

static void test_bad_configs_are_refused(void **state)
{
    static const uint32_t sizes[] = {0, 256u << 10, 3u << 20, 32u << 20};
    char err[128];
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        const struct vb_config config = {.flash_size = sizes[i]};
        err[0] = '\0';
        assert_null(vb_board_new(&config, err, sizeof(err)));
        assert_non_null(strstr(err, "flash size"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_make_the_same_run),
        cmocka_unit_test(test_fork_continues_alike_and_apart),
        cmocka_unit_test(test_seed_decides_undefined_memory),
        cmocka_unit_test(test_resets_keep_memory_and_power_does_not),
        cmocka_unit_test(test_stop_from_a_callback),
        cmocka_unit_test(test_bad_configs_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
