/* SPDX-License-Identifier: Apache-2.0 */
/* FRC1, FRC2, watchdog, RTC, and the system registers around them. APB is 52 MHz at power-on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "fake_board.h"

#define FRC1_LOAD  0x60000600u
#define FRC1_COUNT 0x60000604u
#define FRC1_CTRL  0x60000608u
#define FRC1_CLEAR 0x6000060cu
#define FRC2_LOAD  0x60000620u
#define FRC2_COUNT 0x60000624u
#define FRC2_CTRL  0x60000628u
#define FRC2_CLEAR 0x6000062cu
#define FRC2_ALARM 0x60000630u
#define FRC_RUN    0x80u
#define FRC_RELOAD 0x40u
#define FRC_BY_16  0x04u

#define WDT_CTL     0x60000900u
#define WDT_RELOAD0 0x60000904u
#define WDT_RELOAD1 0x60000908u
#define WDT_STAGE   0x60000910u
#define WDT_FEED    0x60000914u

#define RTC_CTL     0x60000700u
#define RTC_CAUSE   0x60000714u
#define RTC_COUNTER 0x6000071cu
#define RTC_SCRATCH 0x60000730u
#define RTC_MEMORY  0x60001000u

#define EDGE_ENABLE 0x3ff00004u
#define CACHE       0x3ff0000cu
#define CPU_CLOCK   0x3ff00014u
#define IRAM_GRANT  0x3ff00024u
#define SPI_CTRL    0x60000208u
#define ANALOG_BUS  0x60000d10u

static int set_up(void **state)
{
    *state = fake_board_new(4u << 20);
    return 0;
}

static int tear_down(void **state)
{
    fake_board_free(*state);
    return 0;
}

static void frc2_counts_up_and_meets_its_alarm(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, EDGE_ENABLE, 4);
    fake_write(b, FRC2_LOAD, 100);
    fake_write(b, FRC2_ALARM, 100 + 520);
    fake_write(b, FRC2_CTRL, FRC_RUN);
    fake_run_us(b, 9);
    assert_int_equal(fake_read(b, FRC2_COUNT), 100 + 9 * 52);
    assert_int_equal(fake.n_edges[10], 0);
    fake_run_us(b, 1);
    assert_int_equal(fake.n_edges[10], 1);
    assert_int_equal(fake_read(b, FRC2_CTRL) & 0x100, 0x100);
    fake_write(b, FRC2_CLEAR, 1);
    assert_int_equal(fake_read(b, FRC2_CTRL) & 0x100, 0);
    fake_run_us(b, 1000);
    assert_int_equal(fake.n_edges[10], 1);
}

static void edges_need_their_gate(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, FRC2_ALARM, 52);
    fake_write(b, FRC2_CTRL, FRC_RUN);
    fake_run_us(b, 10);
    assert_int_equal(fake.n_edges[10], 0);
    assert_int_equal(fake_read(b, FRC2_CTRL) & 0x100, 0x100);
}

static void an_alarm_behind_the_counter_is_met_after_the_wrap(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, EDGE_ENABLE, 4);
    fake_write(b, FRC2_LOAD, 0xfffffff0);
    fake_write(b, FRC2_ALARM, 0x10);
    fake_write(b, FRC2_CTRL, FRC_RUN);
    fake_run_us(b, 1);
    assert_int_equal(fake.n_edges[10], 1);
}

static void frc1_reloads_without_drift(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, EDGE_ENABLE, 2);
    fake_write(b, FRC1_LOAD, 325); /* 100 us at 52 MHz / 16 */
    fake_write(b, FRC1_CTRL, FRC_RUN | FRC_RELOAD | FRC_BY_16);
    fake_run_us(b, 100000 - 1);
    assert_int_equal(fake.n_edges[9], 999);
    fake_run_us(b, 1);
    assert_int_equal(fake.n_edges[9], 1000);
    fake_run_us(b, 60);
    assert_int_equal(fake_read(b, FRC1_COUNT), 325 - 195);
}

static void a_hit_that_is_served_late_keeps_the_period(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, EDGE_ENABLE, 2);
    fake_write(b, FRC1_LOAD, 5200); /* 100 us */
    fake_write(b, FRC1_CTRL, FRC_RUN | FRC_RELOAD);
    b->now += 103 * VB_TICKS_PER_US;
    fake_run_us(b, 0);
    assert_int_equal(fake.n_edges[9], 1);
    assert_int_equal(fake_read(b, FRC1_COUNT), 97 * 52);
    fake_run_us(b, 96);
    assert_int_equal(fake.n_edges[9], 1);
    fake_run_us(b, 1);
    assert_int_equal(fake.n_edges[9], 2);
}

static void a_stopped_timer_keeps_its_count(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, FRC2_CTRL, FRC_RUN);
    fake_run_us(b, 10);
    fake_write(b, FRC2_CTRL, 0);
    fake_run_us(b, 10);
    assert_int_equal(fake_read(b, FRC2_COUNT), 520);
    fake_write(b, FRC2_CTRL, FRC_RUN);
    fake_run_us(b, 1);
    assert_int_equal(fake_read(b, FRC2_COUNT), 572);
}

static void set_pll(struct vb_board *b)
{
    fake_write(b, ANALOG_BUS, 103u | 1u << 8 | 0x88u << 16 | 1u << 24);
    assert_int_equal(b->apb_ticks, 40);
    fake_write(b, ANALOG_BUS, 103u | 2u << 8 | 0x91u << 16 | 1u << 24);
}

static void the_pll_speeds_up_cpu_and_timers(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, FRC2_CTRL, FRC_RUN);
    fake_run_us(b, 10);
    set_pll(b);
    assert_int_equal(b->apb_ticks, 26);
    assert_int_equal(b->cycle_ticks, 26);
    fake_run_us(b, 10);
    assert_int_equal(fake_read(b, FRC2_COUNT), 520 + 800);
    fake_write(b, CPU_CLOCK, 1);
    assert_int_equal(b->apb_ticks, 26);
    assert_int_equal(b->cycle_ticks, 13);
    fake_write(b, ANALOG_BUS, 103u | 1u << 8);
    assert_int_equal(fake_read(b, ANALOG_BUS) >> 16 & 0xff, 0x88);
    assert_int_equal(fake_read(b, ANALOG_BUS) >> 25, 0);
}

static void reset_all(struct vb_board *b, enum vb_reset_kind kind)
{
    for (unsigned i = 0; i < vb_n_devices; i++) {
        vb_devices[i].reset(b, kind);
    }
}

static void the_pll_survives_the_watchdog_only(void **state)
{
    struct vb_board *b = *state;
    set_pll(b);
    reset_all(b, VB_RESET_WATCHDOG);
    assert_int_equal(b->apb_ticks, 26);
    reset_all(b, VB_RESET_EXTERNAL);
    assert_int_equal(b->apb_ticks, 40);
}

static void resets_end_the_double_clock(void **state)
{
    struct vb_board *b = *state;
    set_pll(b);
    fake_write(b, CPU_CLOCK, 1);
    assert_int_equal(b->cycle_ticks, 13);
    reset_all(b, VB_RESET_EXTERNAL);
    assert_int_equal(b->cycle_ticks, 40);
    assert_int_equal(fake.n_unmodelled, 0);
}

static void the_watchdog_bites_after_two_stages(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, EDGE_ENABLE, 1);
    fake_write(b, WDT_RELOAD0, 0); /* 819.2 us */
    fake_write(b, WDT_RELOAD1, 1); /* 1638.4 us */
    fake_write(b, WDT_CTL, 0x39);
    fake_run_us(b, 819);
    assert_int_equal(fake.n_edges[8], 0);
    fake_run_us(b, 1);
    assert_int_equal(fake.n_edges[8], 1);
    assert_int_equal(fake_read(b, WDT_STAGE), 1);
    fake_run_us(b, 1637);
    assert_int_equal(fake.n_resets, 0);
    fake_run_us(b, 2);
    assert_int_equal(fake.n_resets, 1);
    assert_int_equal(fake.reset_kind, VB_RESET_WATCHDOG);
}

static void feeding_keeps_it_quiet(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, EDGE_ENABLE, 1);
    fake_write(b, WDT_CTL, 0x39);
    for (unsigned i = 0; i < 5; i++) {
        fake_run_us(b, 800);
        fake_write(b, WDT_FEED, 0x73);
    }
    assert_int_equal(fake.n_edges[8], 0);
    fake_run_us(b, 800);
    fake_write(b, WDT_FEED, 0x72);
    fake_run_us(b, 100);
    assert_int_equal(fake.n_edges[8], 1);
    fake_write(b, WDT_FEED, 0x73);
    assert_int_equal(fake_read(b, WDT_STAGE), 0);
}

static void a_single_stage_bites_at_once(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, WDT_CTL, 0x3d);
    fake_run_us(b, 820);
    assert_int_equal(fake.n_resets, 1);
}

static void a_disabled_watchdog_never_bites(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, WDT_CTL, 0x39);
    fake_write(b, WDT_CTL, 0x38);
    fake_run_us(b, 1000000);
    assert_int_equal(fake.n_resets, 0);
}

static void reset_causes_and_what_survives(void **state)
{
    struct vb_board *b = *state;
    assert_int_equal(fake_read(b, RTC_CAUSE) & 15, 1);
    fake_write(b, RTC_MEMORY + 0x3fc, 0x12345678);
    fake_write(b, RTC_SCRATCH, 42);
    fake_write(b, RTC_CTL, 0x80000000);
    assert_int_equal(fake.reset_kind, VB_RESET_SOFTWARE);
    static const enum vb_reset_kind kinds[] = {VB_RESET_EXTERNAL, VB_RESET_SOFTWARE,
                                               VB_RESET_WATCHDOG};
    for (uint32_t i = 0; i < 3; i++) {
        reset_all(b, kinds[i]);
        assert_int_equal(fake_read(b, RTC_CAUSE) & 15, i + 2);
        assert_int_equal(fake_read(b, RTC_MEMORY + 0x3fc), 0x12345678);
        assert_int_equal(fake_read(b, RTC_SCRATCH), 42);
    }
    reset_all(b, VB_RESET_POWER);
    assert_int_not_equal(fake_read(b, RTC_MEMORY + 0x3fc), 0x12345678);
}

static void the_cache_window_follows_its_bits(void **state)
{
    struct vb_board *b = *state;
    uint32_t addr;
    uint32_t len;
    fake_write(b, CACHE, 0x101);
    assert_int_equal(fake_read(b, CACHE), 0x103);
    fake_write(b, CACHE, 0x100);
    assert_int_equal(fake_read(b, CACHE), 0x100);
    assert_false(vb_cache_window(b, &addr, &len));
    fake_write(b, SPI_CTRL, 1u << 17);
    assert_true(vb_cache_window(b, &addr, &len));
    assert_int_equal(addr, 0);
    assert_int_equal(len, 1u << 20);
    fake_write(b, CACHE, 0x100 | 1u << 25 | 3u << 16);
    assert_true(vb_cache_window(b, &addr, &len));
    assert_int_equal(addr, 0x700000);
    fake_write(b, CACHE, 0x100 | 1u << 24 | 1u << 16);
    assert_true(vb_cache_window(b, &addr, &len));
    assert_int_equal(addr, 0x200000);
    assert_int_equal(len, 2u << 20);
}

static void the_grant_takes_iram_halves(void **state)
{
    struct vb_board *b = *state;
    assert_false(vb_cache_takes_iram(b, 0x4010c000));
    fake_write(b, IRAM_GRANT, 8);
    assert_true(vb_cache_takes_iram(b, 0x4010c000));
    assert_false(vb_cache_takes_iram(b, 0x4010bffc));
    fake_write(b, IRAM_GRANT, 16);
    assert_true(vb_cache_takes_iram(b, 0x40108000));
    assert_false(vb_cache_takes_iram(b, 0x40107ffc));
    assert_false(vb_cache_takes_iram(b, 0x4010c000));
}

static void efuses_hold_the_address(void **state)
{
    struct vb_board *b = *state;
    assert_int_equal(fake_read(b, 0x3ff00050), 0x12000000);
    assert_int_equal(fake_read(b, 0x3ff00054), 0x02003456);
    assert_int_equal(fake_read(b, 0x3ff00058), 0x00009000);
    assert_int_equal(fake_read(b, 0x3ff0005c), 0x005ccf7f);
    memcpy(b->config.mac, "\x02\x11\x22\x33\x44\x55", 6);
    assert_int_equal(fake_read(b, 0x3ff0005c), 0x00021122);
    assert_int_equal(fake_read(b, 0x3ff00054), 0x02003344);
}

static void straps_stand_in_gpio_in(void **state)
{
    struct vb_board *b = *state;
    assert_int_equal(fake_read(b, 0x60000318) >> 16 & 7, 3);
    assert_int_equal(fake_read(b, 0x60000318) >> 29 & 7, 6);
    b->strap = VB_BOOT_DOWNLOAD;
    assert_int_equal(fake_read(b, 0x60000318) >> 16 & 7, 1);
}

static void clocks_and_numbers_move(void **state)
{
    struct vb_board *b = *state;
    uint32_t first = fake_read(b, 0x3ff20e44);
    assert_int_not_equal(fake_read(b, 0x3ff20e44), first);
    fake_run_us(b, 600);
    assert_int_equal(fake_read(b, 0x3ff20c00), 600);
    assert_int_equal(fake_read(b, RTC_COUNTER), 100);
    assert_false(fake_is_modelled(b, 0x3ff20c04));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(frc2_counts_up_and_meets_its_alarm),
        TEST(edges_need_their_gate),
        TEST(an_alarm_behind_the_counter_is_met_after_the_wrap),
        TEST(frc1_reloads_without_drift),
        TEST(a_hit_that_is_served_late_keeps_the_period),
        TEST(a_stopped_timer_keeps_its_count),
        TEST(the_pll_speeds_up_cpu_and_timers),
        TEST(the_pll_survives_the_watchdog_only),
        TEST(resets_end_the_double_clock),
        TEST(the_watchdog_bites_after_two_stages),
        TEST(feeding_keeps_it_quiet),
        TEST(a_single_stage_bites_at_once),
        TEST(a_disabled_watchdog_never_bites),
        TEST(reset_causes_and_what_survives),
        TEST(the_cache_window_follows_its_bits),
        TEST(the_grant_takes_iram_halves),
        TEST(efuses_hold_the_address),
        TEST(straps_stand_in_gpio_in),
        TEST(clocks_and_numbers_move),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
