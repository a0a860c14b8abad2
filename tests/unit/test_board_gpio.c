/* SPDX-License-Identifier: Apache-2.0 */
/* A button that wakes lx106 code, which lights an LED: times, trace, copies, and the end of a board
 * whose buttons have all been pressed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lx106.h"
#include "vb_debug.h"

#define GPIO         0x60000300u
#define USER_VECTOR  (LX_VECBASE + 0x50)
#define SR_INTENABLE 228u

/* Offsets of registers, in words. */
enum { OUT = 0, ENABLE = 3, STATUS_CLR = 9, PIN0 = 10 };
enum { LED = 2, BASE = 3, TRIGGER = 4, LINE = 5, BUTTON = 6 };

struct log {
    struct vb_board *board;
    char text[512];
    size_t len;
};

static void on_trace(void *ctx, enum vb_trace_kind kind, const char *text)
{
    struct log *log = ctx;
    struct vb_moment now;
    if (kind != VB_TRACE_PIN) {
        return;
    }
    vb_board_get_moment(log->board, &now);
    int n = snprintf(log->text + log->len, sizeof(log->text) - log->len, "%llu %s\n",
                     (unsigned long long)(now.time_ns / 1000), text);
    assert_true(n > 0 && (size_t)n < sizeof(log->text) - log->len);
    log->len += (size_t)n;
}

static void put_store(struct lx106 *lx, unsigned reg, unsigned value)
{
    lx_put(lx, LX_RRI8(LX_S32I, value, BASE, reg));
}

/* GPIO4 low; sleep until GPIO0 falls, which sets GPIO4, and sleep again. */
static void load_lamp(struct lx106 *lx, struct log *log)
{
    lx_open(lx);
    *log = (struct log){.board = lx->board};
    lx->cpu.a[LED] = 1u << 4;
    lx->cpu.a[BASE] = GPIO;
    lx->cpu.a[TRIGGER] = 2u << 7;
    lx->cpu.a[LINE] = 1u << 4;
    lx->cpu.a[BUTTON] = 1u << 0;
    put_store(lx, ENABLE, LED);
    put_store(lx, PIN0, TRIGGER);
    lx_put(lx, LX_WSR(LINE, SR_INTENABLE));
    lx_put(lx, LX_WAITI(0));
    lx_put(lx, LX_J(-3));
    lx->end = USER_VECTOR;
    put_store(lx, OUT, LED);
    put_store(lx, STATUS_CLR, BUTTON);
    lx_put(lx, LX_RFE);
    vb_board_set_cpu(lx->board, &lx->cpu);
    vb_board_set_output(lx->board, NULL, on_trace, log);
}

static uint64_t now_us(const struct vb_board *board)
{
    struct vb_stats stats;
    vb_board_get_stats(board, &stats);
    return stats.virtual_us;
}

static void test_a_press_wakes_code_that_lights_a_led(void **state)
{
    struct lx106 lx;
    struct log log;
    char want[128];
    (void)state;
    load_lamp(&lx, &log);
    uint64_t at = now_us(lx.board) + 5000;
    assert_true(vb_board_set_pin_at(lx.board, at, 0, 0));
    assert_true(vb_board_set_pin_at(lx.board, at + 300, 0, VB_PIN_FLOATING));
    assert_int_equal(vb_board_run(lx.board, at - 1), VB_STOP_TIME);
    assert_non_null(strstr(log.text, "gpio4 output 0\n"));
    assert_null(strstr(log.text, "gpio0"));
    log.len = 0;
    assert_int_equal(vb_board_run(lx.board, at + 1000), VB_STOP_DEAD);
    snprintf(want, sizeof(want), "%llu gpio0 held at 0\n%llu gpio4 output 1\n%llu gpio0 released\n",
             (unsigned long long)at, (unsigned long long)at, (unsigned long long)at + 300);
    assert_string_equal(log.text, want);
    lx_close(&lx);
}

static void test_a_copy_takes_its_button_along(void **state)
{
    struct lx106 lx;
    struct log log, copy_log = {0};
    (void)state;
    load_lamp(&lx, &log);
    uint64_t at = now_us(lx.board) + 5000;
    assert_true(vb_board_set_pin_at(lx.board, at, 0, 0));
    assert_int_equal(vb_board_run(lx.board, at - 1), VB_STOP_TIME);
    struct vb_board *copy = vb_board_fork(lx.board);
    assert_non_null(copy);
    copy_log.board = copy;
    vb_board_set_output(copy, NULL, on_trace, &copy_log);
    log.len = 0;
    assert_int_equal(vb_board_run(lx.board, at + 10), VB_STOP_DEAD);
    assert_int_equal(vb_board_run(copy, at + 10), VB_STOP_DEAD);
    assert_non_null(strstr(copy_log.text, "gpio4 output 1\n"));
    assert_string_equal(copy_log.text, log.text);
    vb_board_free(copy);
    lx_close(&lx);
}

static void test_a_hand_between_runs_wakes_it_too(void **state)
{
    struct lx106 lx;
    struct log log;
    (void)state;
    load_lamp(&lx, &log);
    assert_int_equal(vb_board_run(lx.board, now_us(lx.board) + 100), VB_STOP_DEAD);
    assert_true(vb_board_set_pin(lx.board, 0, 0));
    assert_null(strstr(log.text, "gpio4 output 1\n"));
    assert_int_equal(vb_board_run(lx.board, now_us(lx.board) + 100), VB_STOP_DEAD);
    assert_non_null(strstr(log.text, "gpio4 output 1\n"));
    lx_close(&lx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_press_wakes_code_that_lights_a_led),
        cmocka_unit_test(test_a_copy_takes_its_button_along),
        cmocka_unit_test(test_a_hand_between_runs_wakes_it_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
