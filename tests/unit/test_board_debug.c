/* SPDX-License-Identifier: Apache-2.0 */
/* Breakpoints, watches and the trace of instructions: where they halt, and that a run which is
 * looked at stays the run that it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lx106.h"
#include "vb_debug.h"

#define A2 2u
#define A3 3u

/* a2 counts at LX_CODE + 3 .. + 9: addi, store, jump back. */
static void load_counter(struct lx106 *lx)
{
    lx_open(lx);
    lx->cpu.a[A3] = LX_DRAM;
    lx_put(lx, LX_MOVI(A2, 0));
    lx_put(lx, LX_ADDI(A2, A2, 1));
    lx_put(lx, LX_RRI8(LX_S32I, A2, A3, 0));
    lx_put(lx, LX_J(-6));
    vb_board_set_cpu(lx->board, &lx->cpu);
}

static struct vb_cpu_state cpu_of(const struct lx106 *lx)
{
    struct vb_cpu_state cpu;
    vb_board_get_cpu(lx->board, &cpu);
    return cpu;
}

static void assert_halts(struct lx106 *lx, enum vb_halt_kind kind, uint32_t vaddr)
{
    struct vb_halt halt;
    assert_int_equal(vb_board_step(lx->board, 1000), VB_STOP_DEBUG);
    vb_board_get_halt(lx->board, &halt);
    assert_int_equal(halt.kind, kind);
    assert_int_equal(halt.vaddr, vaddr);
}

static void test_breakpoint_halts_before_its_instruction(void **state)
{
    struct lx106 lx;
    (void)state;
    load_counter(&lx);
    assert_true(vb_board_set_breakpoint(lx.board, LX_CODE + 6));
    for (uint32_t round = 1; round < 4; round++) {
        assert_halts(&lx, VB_HALT_BREAKPOINT, LX_CODE + 6);
        assert_int_equal(cpu_of(&lx).pc, LX_CODE + 6);
        assert_int_equal(cpu_of(&lx).a[A2], round);
    }
    lx_close(&lx);
}

static void test_breakpoint_set_behind_execution_is_met(void **state)
{
    struct lx106 lx;
    (void)state;
    load_counter(&lx);
    assert_int_equal(vb_board_step(lx.board, 100), VB_STOP_TIME); /* decoded without it */
    assert_true(vb_board_set_breakpoint(lx.board, LX_CODE + 3));
    assert_halts(&lx, VB_HALT_BREAKPOINT, LX_CODE + 3);
    assert_true(vb_board_clear_breakpoint(lx.board, LX_CODE + 3));
    assert_false(vb_board_clear_breakpoint(lx.board, LX_CODE + 3));
    assert_int_equal(vb_board_step(lx.board, 100), VB_STOP_TIME);
    lx_close(&lx);
}

/* As a debugger does: it removes what was reported, steps, puts it back. */
static void test_breakpoint_put_back_is_met_again(void **state)
{
    struct lx106 lx;
    (void)state;
    load_counter(&lx);
    vb_board_set_breakpoint(lx.board, LX_CODE + 3);
    for (unsigned round = 0; round < 3; round++) {
        assert_halts(&lx, VB_HALT_BREAKPOINT, LX_CODE + 3);
        vb_board_clear_breakpoint(lx.board, LX_CODE + 3);
        assert_int_equal(vb_board_step(lx.board, 1), VB_STOP_TIME);
        vb_board_set_breakpoint(lx.board, LX_CODE + 3);
    }
    assert_int_equal(cpu_of(&lx).a[A2], 3);
    lx_close(&lx);
}

static void test_many_breakpoints(void **state)
{
    struct lx106 lx;
    (void)state;
    load_counter(&lx);
    for (uint32_t i = 0; i + 1 < VB_MAX_BREAKPOINTS; i++) {
        assert_true(vb_board_set_breakpoint(lx.board, 0x40200000u + 4 * i));
    }
    assert_true(vb_board_set_breakpoint(lx.board, LX_CODE + 9));
    assert_true(vb_board_set_breakpoint(lx.board, LX_CODE + 9)); /* is there */
    assert_false(vb_board_set_breakpoint(lx.board, LX_CODE + 6));
    assert_halts(&lx, VB_HALT_BREAKPOINT, LX_CODE + 9);
    vb_board_clear_debug(lx.board);
    assert_int_equal(vb_board_step(lx.board, 100), VB_STOP_TIME);
    lx_close(&lx);
}

static void test_watch_halts_after_the_store(void **state)
{
    struct lx106 lx;
    uint32_t value;
    (void)state;
    load_counter(&lx);
    assert_true(vb_board_set_watch(lx.board, LX_DRAM + 2, 1, VB_ACCESS_STORE));
    assert_halts(&lx, VB_HALT_WATCH, LX_DRAM + 2);
    assert_int_equal(cpu_of(&lx).pc, LX_CODE + 9);
    assert_true(vb_board_read_mem(lx.board, LX_DRAM, &value, 4));
    assert_int_equal(value, 1);
    assert_true(vb_board_clear_watch(lx.board, LX_DRAM + 2, 1, VB_ACCESS_STORE));
    assert_int_equal(vb_board_step(lx.board, 100), VB_STOP_TIME);
    lx_close(&lx);
}

static void test_watch_of_loads_ignores_stores_and_neighbours(void **state)
{
    struct lx106 lx;
    (void)state;
    load_counter(&lx);
    assert_true(vb_board_set_watch(lx.board, LX_DRAM, 4, VB_ACCESS_LOAD));
    assert_true(vb_board_set_watch(lx.board, LX_DRAM + 4, 64, VB_ACCESS_ANY));
    assert_false(vb_board_set_watch(lx.board, LX_DRAM, 0, VB_ACCESS_ANY));
    assert_false(vb_board_set_watch(lx.board, 0xfffffff0u, 32, VB_ACCESS_ANY));
    assert_int_equal(vb_board_step(lx.board, 100), VB_STOP_TIME);
    assert_true(vb_board_set_watch(lx.board, LX_DRAM + 3, 0xc0017ffdu, VB_ACCESS_ANY));
    assert_halts(&lx, VB_HALT_WATCH, LX_DRAM + 3);
    lx_close(&lx);
}

/* --- a whole start of the ROM --- */

#define RUN_US  15000u
#define LOG_MAX (1u << 20)

struct log {
    struct vb_board *board;
    char text[LOG_MAX];
    size_t len;
};

static void on_trace(void *ctx, enum vb_trace_kind kind, const char *text)
{
    struct log *log = ctx;
    struct vb_moment now;
    vb_board_get_moment(log->board, &now);
    int n = snprintf(log->text + log->len, LOG_MAX - log->len, "%llu %llu %d %s\n",
                     (unsigned long long)now.time_ns, (unsigned long long)now.instructions,
                     (int)kind, text);
    log->len = log->len + (size_t)n < LOG_MAX ? log->len + (size_t)n : LOG_MAX - 1;
}

static struct vb_board *start(struct log *log, uint64_t from, uint64_t to)
{
    const struct vb_config config = {
        .flash_size = 1u << 20,
        .trace = log != NULL ? on_trace : NULL,
        .ctx = log,
        .trace_insn_from = from,
        .trace_insn_to = to,
    };
    char err[128] = "";
    struct vb_board *board = vb_board_new(&config, err, sizeof(err));
    assert_non_null(board);
    if (log != NULL) {
        log->board = board;
        log->len = 0;
    }
    return board;
}

static void assert_same_end(struct vb_board *x, struct vb_board *y)
{
    static uint8_t a[0x18000], b[0x18000];
    struct vb_cpu_state cx, cy;
    struct vb_moment mx, my;
    vb_board_get_cpu(x, &cx);
    vb_board_get_cpu(y, &cy);
    vb_board_get_moment(x, &mx);
    vb_board_get_moment(y, &my);
    assert_memory_equal(&cx, &cy, sizeof(cx));
    assert_int_equal(mx.time_ns, my.time_ns);
    assert_int_equal(mx.instructions, my.instructions);
    assert_true(vb_board_read_mem(x, 0x3ffe8000, a, sizeof(a)));
    assert_true(vb_board_read_mem(y, 0x3ffe8000, b, sizeof(b)));
    assert_memory_equal(a, b, sizeof(a));
}

static void test_looking_changes_nothing(void **state)
{
    static struct log log;
    (void)state;
    struct vb_board *plain = start(NULL, 0, 0);
    struct vb_board *watched = start(&log, 1000, 3000);
    vb_board_set_watch(watched, 0x3fffc000, 0x1000, VB_ACCESS_STORE);
    vb_board_set_breakpoint(watched, 0x40000080);
    vb_board_run(plain, RUN_US);
    unsigned n_halts = 0;
    enum vb_stop stop;
    while ((stop = vb_board_run(watched, RUN_US)) == VB_STOP_DEBUG) {
        n_halts++;
    }
    assert_int_equal(stop, VB_STOP_TIME);
    assert_true(n_halts > 1);
    assert_same_end(plain, watched);
    vb_board_free(plain);
    vb_board_free(watched);
}

static void test_same_seed_gives_the_same_trace(void **state)
{
    static struct log x, y;
    (void)state;
    struct vb_board *whole = start(&x, 500, 2499);
    struct vb_board *pieces = start(&y, 500, 2499);
    vb_board_run(whole, RUN_US);
    for (uint64_t t = 0; t <= RUN_US; t += 13) {
        vb_board_run(pieces, t);
    }
    vb_board_run(pieces, RUN_US);
    assert_int_equal(x.len, y.len);
    assert_memory_equal(x.text, y.text, x.len);
    unsigned n_insn = 0;
    for (const char *p = x.text; (p = strstr(p, " 5 ")) != NULL; p++) {
        n_insn++;
    }
    assert_int_equal(VB_TRACE_INSN, 5);
    assert_int_equal(n_insn, 2000);
    assert_non_null(strstr(x.text, " 500 5 ")); /* the first and the last by number */
    assert_non_null(strstr(x.text, " 2499 5 "));
    vb_board_free(whole);
    vb_board_free(pieces);
}

static void test_trace_tells_pc_opcode_and_changes(void **state)
{
    static struct log log;
    (void)state;
    struct vb_board *board = start(&log, 1, 1);
    char expected[64];
    uint8_t op[3];
    vb_board_step(board, 1);
    assert_true(vb_board_read_mem(board, 0x40000080, op, 3));
    snprintf(expected, sizeof(expected), " 1 5 40000080 %02x%02x%02x", op[2], op[1], op[0]);
    assert_non_null(strstr(log.text, expected));
    vb_board_free(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_breakpoint_halts_before_its_instruction),
        cmocka_unit_test(test_breakpoint_set_behind_execution_is_met),
        cmocka_unit_test(test_breakpoint_put_back_is_met_again),
        cmocka_unit_test(test_many_breakpoints),
        cmocka_unit_test(test_watch_halts_after_the_store),
        cmocka_unit_test(test_watch_of_loads_ignores_stores_and_neighbours),
        cmocka_unit_test(test_looking_changes_nothing),
        cmocka_unit_test(test_same_seed_gives_the_same_trace),
        cmocka_unit_test(test_trace_tells_pc_opcode_and_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
