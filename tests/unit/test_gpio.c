/* SPDX-License-Identifier: Apache-2.0 */
/* Pins: who drives them, what pulls do, and what changes raise on interrupt 4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_board.h"

#define OUT        0x60000300u
#define ENABLE     0x6000030cu
#define IN         0x60000318u
#define STATUS     0x6000031cu
#define STATUS_CLR 0x60000324u
#define PIN(n)     (0x60000328u + 4 * (n))
#define OPEN_DRAIN 4u

#define PAD_GPIO4  0x6000083cu
#define PAD_GPIO12 0x60000804u
#define PULL_UP    0x80u
#define FUNCTION_3 0x30u

#define RTC_GPIO_OUT    0x60000768u
#define RTC_GPIO_ENABLE 0x60000774u
#define RTC_GPIO_IN     0x6000078cu

enum { RISING = 1 << 7, FALLING = 2 << 7, ANY = 3 << 7, LOW = 4 << 7, HIGH = 5 << 7 };

static struct {
    unsigned n;
    unsigned pin;
    int level;
} told;

static void on_pin(void *ctx, unsigned pin, int level)
{
    (void)ctx;
    told.n++;
    told.pin = pin;
    told.level = level;
}

static int set_up(void **state)
{
    struct vb_board *b = fake_board_new(1u << 20);
    told.n = 0;
    b->config.pin_changed = on_pin;
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    fake_board_free(*state);
    return 0;
}

static unsigned level(struct vb_board *b, unsigned pin)
{
    return fake_read(b, IN) >> pin & 1u;
}

static bool is_asserted(void)
{
    return (fake.irq_levels & 1u << 4) != 0;
}

static void outputs_read_back_and_reach_the_host(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, OUT, 1u << 4);
    assert_int_equal(told.n, 0);
    assert_int_equal(level(b, 4), 0);
    fake_write(b, ENABLE, 1u << 4);
    assert_int_equal(level(b, 4), 1);
    assert_int_equal(told.n, 1);
    assert_int_equal(told.pin, 4);
    assert_int_equal(told.level, 1);
    fake_write(b, OUT, 0);
    assert_int_equal(told.level, 0);
    fake_write(b, OUT, 0);
    assert_int_equal(told.n, 2);
    fake_write(b, ENABLE, 0);
    assert_int_equal(told.level, VB_PIN_FLOATING);
}

static void an_output_needs_its_pad(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, OUT, 1u << 12);
    fake_write(b, ENABLE, 1u << 12);
    assert_int_equal(level(b, 12), 0);
    assert_int_equal(told.n, 0);
    fake_write(b, PAD_GPIO12, FUNCTION_3);
    assert_int_equal(level(b, 12), 1);
    assert_int_equal(told.pin, 12);
    fake_write(b, PAD_GPIO12, FUNCTION_3 | 1u << 8); /* bit 2 of the function */
    assert_int_equal(told.level, VB_PIN_FLOATING);
}

static void an_open_drain_pulls_low_or_lets_go(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, PIN(4), OPEN_DRAIN);
    fake_write(b, PAD_GPIO4, PULL_UP);
    fake_write(b, ENABLE, 1u << 4);
    assert_int_equal(level(b, 4), 0);
    fake_write(b, OUT, 1u << 4);
    assert_int_equal(told.level, VB_PIN_FLOATING);
    assert_int_equal(level(b, 4), 1);
    assert_true(vb_board_set_pin(b, 4, 0));
    assert_int_equal(level(b, 4), 0);
    fake_write(b, PAD_GPIO4, 0);
    assert_true(vb_board_set_pin(b, 4, VB_PIN_FLOATING));
    assert_int_equal(level(b, 4), 0);
}

static void inputs_follow_pulls_straps_and_host(void **state)
{
    struct vb_board *b = *state;
    assert_int_equal(fake_read(b, IN) & 0xffff, 1u << 0 | 1u << 2); /* straps of a flash boot */
    fake_write(b, PAD_GPIO4, PULL_UP);
    assert_int_equal(level(b, 4), 1);
    assert_true(vb_board_set_pin(b, 0, 0));
    assert_int_equal(level(b, 0), 0);
    assert_int_equal(fake_read(b, IN) >> 16 & 7, VB_BOOT_FLASH);
    assert_true(vb_board_set_pin(b, 0, VB_PIN_FLOATING));
    assert_int_equal(level(b, 0), 1);
    assert_true(vb_board_set_pin(b, 5, 1));
    assert_int_equal(level(b, 5), 1);
    assert_int_equal(told.n, 0);
}

static void low_wins_between_two_drivers(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, ENABLE, 1u << 4);
    assert_true(vb_board_set_pin(b, 4, 1));
    assert_int_equal(level(b, 4), 0);
    fake_write(b, OUT, 1u << 4);
    assert_int_equal(level(b, 4), 1);
    assert_true(vb_board_set_pin(b, 4, 0));
    assert_int_equal(level(b, 4), 0);
    assert_int_equal(told.level, 1);
}

static void what_is_no_pin_or_level_is_refused(void **state)
{
    struct vb_board *b = *state;
    assert_false(vb_board_set_pin(b, VB_PINS, 0));
    assert_false(vb_board_set_pin(b, 4, 2));
    assert_false(vb_board_set_pin(b, 4, -2));
    assert_false(vb_board_set_pin_at(b, 1, VB_PINS, 0));
    assert_false(vb_board_set_pin_at(b, UINT64_MAX, 4, 0));
    for (unsigned i = 0; i < VB_PIN_PLANS; i++) {
        assert_true(vb_board_set_pin_at(b, 1000 + i, 4, 0));
    }
    assert_false(vb_board_set_pin_at(b, 1, 4, 0));
}

/* STATUS after the pin went up, and after it came down again. */
static void check_edges(struct vb_board *b, uint32_t type, bool up, bool down)
{
    fake_write(b, PIN(5), type);
    vb_board_set_pin(b, 5, 1);
    assert_int_equal(fake_read(b, STATUS), up ? 1u << 5 : 0);
    assert_int_equal(is_asserted(), up);
    fake_write(b, STATUS_CLR, 1u << 5);
    assert_false(is_asserted());
    vb_board_set_pin(b, 5, 0);
    assert_int_equal(fake_read(b, STATUS), down ? 1u << 5 : 0);
    assert_int_equal(is_asserted(), down);
    fake_write(b, STATUS_CLR, 1u << 5);
    vb_board_set_pin(b, 5, 0);
    assert_false(is_asserted());
}

static void edges_set_status_until_it_is_cleared(void **state)
{
    struct vb_board *b = *state;
    check_edges(b, 0, false, false);
    check_edges(b, RISING, true, false);
    check_edges(b, FALLING, false, true);
    check_edges(b, ANY, true, true);
}

static void a_level_raises_again_while_it_stands(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, PIN(5), HIGH);
    assert_false(is_asserted());
    vb_board_set_pin(b, 5, 1);
    fake_write(b, STATUS_CLR, 1u << 5);
    assert_true(is_asserted());
    vb_board_set_pin(b, 5, 0);
    assert_true(is_asserted());
    fake_write(b, STATUS_CLR, 1u << 5);
    assert_false(is_asserted());
    fake_write(b, PIN(5), LOW);
    assert_true(is_asserted());
    fake_write(b, PIN(5), 0);
    fake_write(b, STATUS_CLR, 1u << 5);
    assert_false(is_asserted());
}

static void the_rtc_holds_gpio16(void **state)
{
    struct vb_board *b = *state;
    assert_int_equal(fake_read(b, RTC_GPIO_IN), 0);
    vb_board_set_pin(b, 16, 1);
    assert_int_equal(fake_read(b, RTC_GPIO_IN), 1);
    assert_int_equal(fake_read(b, IN) & 0xffff, 1u << 0 | 1u << 2);
    vb_board_set_pin(b, 16, VB_PIN_FLOATING);
    fake_write(b, RTC_GPIO_OUT, 1);
    fake_write(b, RTC_GPIO_ENABLE, 1);
    assert_int_equal(fake_read(b, RTC_GPIO_IN), 1);
    assert_int_equal(told.pin, 16);
    assert_int_equal(told.level, 1);
}

static void a_planned_press_comes_at_its_time(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, PIN(0), ANY);
    assert_true(vb_board_set_pin_at(b, 300, 0, VB_PIN_FLOATING));
    assert_true(vb_board_set_pin_at(b, 100, 0, 0));
    fake_run_us(b, 99);
    assert_int_equal(level(b, 0), 1);
    fake_run_us(b, 1);
    assert_int_equal(level(b, 0), 0);
    assert_true(is_asserted());
    fake_write(b, STATUS_CLR, 1);
    fake_run_us(b, 199);
    assert_false(is_asserted());
    fake_run_us(b, 1);
    assert_true(is_asserted());
    assert_int_equal(level(b, 0), 1);
}

static void a_reset_lets_go_of_outputs_but_not_of_buttons(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, ENABLE, 1u << 4);
    fake_write(b, PIN(5), HIGH);
    vb_board_set_pin(b, 5, 1);
    for (unsigned i = 0; i < vb_n_devices; i++) {
        vb_devices[i].reset(b, VB_RESET_EXTERNAL);
    }
    assert_int_equal(told.n, 2);
    assert_int_equal(told.level, VB_PIN_FLOATING);
    assert_int_equal(level(b, 5), 1);
    assert_false(is_asserted());
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(outputs_read_back_and_reach_the_host),
        TEST(an_output_needs_its_pad),
        TEST(an_open_drain_pulls_low_or_lets_go),
        TEST(inputs_follow_pulls_straps_and_host),
        TEST(low_wins_between_two_drivers),
        TEST(what_is_no_pin_or_level_is_refused),
        TEST(edges_set_status_until_it_is_cleared),
        TEST(a_level_raises_again_while_it_stands),
        TEST(the_rtc_holds_gpio16),
        TEST(a_planned_press_comes_at_its_time),
        TEST(a_reset_lets_go_of_outputs_but_not_of_buttons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
