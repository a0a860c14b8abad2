/* SPDX-License-Identifier: Apache-2.0 */
/* UART FIFOs, line timing and interrupts. At reset: divider 694, so 74928 baud, 133.5 us a byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "fake_board.h"

#define UART0     0x60000000u
#define UART1     0x60000f00u
#define FIFO      0x00
#define INT_RAW   0x04
#define INT_ST    0x08
#define INT_ENA   0x0c
#define INT_CLR   0x10
#define CLKDIV    0x14
#define AUTOBAUD  0x18
#define STATUS    0x1c
#define CONF0     0x20
#define CONF1     0x24
#define LOWPULSE  0x28
#define PULSE_NUM 0x30

#define RXFIFO_FULL  0x001u
#define TXFIFO_EMPTY 0x002u
#define FRAME_ERROR  0x008u
#define RX_OVERFLOW  0x010u
#define RX_TIMEOUT   0x100u
#define IRQ          (1u << 5)

static int set_up(void **state)
{
    *state = fake_board_new(1u << 20);
    return 0;
}

static int tear_down(void **state)
{
    fake_board_free(*state);
    return 0;
}

static uint32_t get(struct vb_board *b, uint32_t off)
{
    return fake_read(b, UART0 + off);
}

static void set(struct vb_board *b, uint32_t off, uint32_t value)
{
    fake_write(b, UART0 + off, value);
}

static void type(struct vb_board *b, const char *text)
{
    for (; *text != '\0'; text++) {
        assert_true(vb_board_uart_rx(b, (uint8_t)*text));
    }
}

static void bytes_leave_at_line_speed(void **state)
{
    struct vb_board *b = *state;
    set(b, FIFO, 'o');
    set(b, FIFO, 'k');
    assert_int_equal(get(b, STATUS) >> 16 & 0xff, 1);
    assert_int_equal(get(b, STATUS) >> 31, 1);
    fake_run_us(b, 133);
    assert_string_equal(fake.uart_text, "");
    fake_run_us(b, 1);
    assert_string_equal(fake.uart_text, "o");
    assert_int_equal(get(b, STATUS) >> 16 & 0xff, 0);
    fake_run_us(b, 133);
    assert_string_equal(fake.uart_text, "ok");
    assert_int_equal(get(b, STATUS) >> 31, 0);
}

static void divider_and_frame_set_the_speed(void **state)
{
    struct vb_board *b = *state;
    set(b, CLKDIV, 52);  /* 1 Mbaud */
    set(b, CONF0, 0x3e); /* 8 bits, parity, two stop bits: 12 bits */
    set(b, FIFO, 'x');
    fake_run_us(b, 11);
    assert_string_equal(fake.uart_text, "");
    fake_run_us(b, 1);
    assert_string_equal(fake.uart_text, "x");
}

static void a_full_fifo_drops(void **state)
{
    struct vb_board *b = *state;
    for (unsigned i = 0; i < 140; i++) {
        set(b, FIFO, 'a');
    }
    assert_int_equal(get(b, STATUS) >> 16 & 0xff, 128);
    fake_run_us(b, 140 * 134);
    assert_int_equal(fake.n_uart_text, 129);
}

static void tx_reset_loses_what_waits(void **state)
{
    struct vb_board *b = *state;
    set(b, FIFO, '1');
    set(b, FIFO, '2');
    set(b, CONF0, 0x4000c);
    set(b, CONF0, 0x0000c);
    fake_run_us(b, 1000);
    assert_string_equal(fake.uart_text, "1");
}

static void tx_empty_returns_while_it_holds(void **state)
{
    struct vb_board *b = *state;
    set(b, CONF1, 2u << 8);
    set(b, INT_ENA, TXFIFO_EMPTY);
    assert_int_equal(fake.irq_levels & IRQ, IRQ);
    set(b, INT_CLR, TXFIFO_EMPTY);
    assert_int_equal(get(b, INT_ST), TXFIFO_EMPTY);
    for (unsigned i = 0; i < 4; i++) {
        set(b, FIFO, 'a');
    }
    set(b, INT_CLR, TXFIFO_EMPTY);
    assert_int_equal(get(b, INT_ST), 0);
    assert_int_equal(fake.irq_levels & IRQ, 0);
    fake_run_us(b, 134);
    assert_int_equal(get(b, INT_ST), TXFIFO_EMPTY);
}

static void bytes_arrive_at_line_speed(void **state)
{
    struct vb_board *b = *state;
    type(b, "hi");
    fake_run_us(b, 134);
    assert_int_equal(get(b, STATUS) & 0xff, 1);
    fake_run_us(b, 134);
    assert_int_equal(get(b, STATUS) & 0xff, 2);
    assert_int_equal(get(b, FIFO), 'h');
    assert_int_equal(get(b, FIFO), 'i');
    assert_int_equal(get(b, FIFO), 0);
}

static void rx_full_is_a_level(void **state)
{
    struct vb_board *b = *state;
    set(b, CONF1, 2);
    set(b, INT_ENA, RXFIFO_FULL);
    type(b, "abc");
    fake_run_us(b, 134);
    assert_int_equal(fake.irq_levels & IRQ, 0);
    fake_run_us(b, 300);
    assert_int_equal(fake.irq_levels & IRQ, IRQ);
    set(b, INT_CLR, RXFIFO_FULL);
    assert_int_equal(fake.irq_levels & IRQ, IRQ);
    get(b, FIFO);
    get(b, FIFO);
    set(b, INT_CLR, RXFIFO_FULL);
    assert_int_equal(fake.irq_levels & IRQ, 0);
}

static void silence_raises_the_timeout_once(void **state)
{
    struct vb_board *b = *state;
    set(b, CLKDIV, 52);
    set(b, CONF1, 1u << 31 | 10u << 24 | 32u);
    set(b, INT_ENA, RX_TIMEOUT);
    type(b, "ab");
    fake_run_us(b, 20 + 79);
    assert_int_equal(get(b, INT_RAW) & RX_TIMEOUT, 0);
    fake_run_us(b, 1);
    assert_int_equal(get(b, INT_RAW) & RX_TIMEOUT, RX_TIMEOUT);
    assert_int_equal(fake.irq_levels & IRQ, IRQ);
    set(b, INT_CLR, RX_TIMEOUT);
    fake_run_us(b, 1000);
    assert_int_equal(get(b, INT_RAW) & RX_TIMEOUT, 0);
}

static void an_emptied_fifo_has_no_timeout(void **state)
{
    struct vb_board *b = *state;
    set(b, CLKDIV, 52);
    set(b, CONF1, 1u << 31 | 10u << 24 | 32u);
    type(b, "a");
    fake_run_us(b, 11);
    get(b, FIFO);
    fake_run_us(b, 1000);
    assert_int_equal(get(b, INT_RAW) & RX_TIMEOUT, 0);
}

static void overflow_is_told_and_loses_the_newest(void **state)
{
    struct vb_board *b = *state;
    for (unsigned i = 0; i < 130; i++) {
        assert_true(vb_board_uart_rx(b, (uint8_t)i));
    }
    fake_run_us(b, 131 * 134);
    assert_int_equal(get(b, STATUS) & 0xff, 128);
    assert_int_equal(get(b, INT_RAW) & RX_OVERFLOW, RX_OVERFLOW);
    for (unsigned i = 0; i < 128; i++) {
        assert_int_equal(get(b, FIFO), i);
    }
}

static void the_host_queue_is_bounded(void **state)
{
    struct vb_board *b = *state;
    unsigned n = 0;
    while (vb_board_uart_rx(b, 'x')) {
        n++;
    }
    assert_int_equal(n, VB_UART_HOST_QUEUE);
    fake_run_us(b, 134);
    assert_true(vb_board_uart_rx(b, 'x'));
}

static void autobaud_counts_edges(void **state)
{
    struct vb_board *b = *state;
    set(b, CLKDIV, 451);
    set(b, AUTOBAUD, 0x801);
    assert_int_equal(get(b, PULSE_NUM), 0);
    assert_int_equal(get(b, LOWPULSE), 0xfffff);
    type(b, "UUU"); /* 0x55: ten edges each */
    fake_run_us(b, 300);
    assert_int_equal(get(b, PULSE_NUM), 30);
    assert_int_equal(get(b, LOWPULSE), 439);
}

static void autobaud_measures_the_host(void **state)
{
    struct vb_board *b = *state;
    vb_board_set_host_baud(b, 115200);
    set(b, AUTOBAUD, 0x801);
    type(b, "UUU");
    fake_run_us(b, 270);
    assert_int_equal(get(b, PULSE_NUM), 30);
    assert_int_equal(get(b, LOWPULSE), 439);
}

static void host_bytes_take_the_hosts_time(void **state)
{
    struct vb_board *b = *state;
    vb_board_set_host_baud(b, 9600);
    type(b, "a");
    fake_run_us(b, 1041);
    assert_int_equal(get(b, STATUS) & 0xff, 0);
    fake_run_us(b, 1);
    assert_int_equal(get(b, STATUS) & 0xff, 1);
}

/* 3 % apart is one speed, 54 % is not. */
static void another_speed_garbles_both_ways(void **state)
{
    struct vb_board *b = *state;
    vb_board_set_host_baud(b, 77000);
    type(b, "a");
    set(b, FIFO, 'b');
    fake_run_us(b, 300);
    assert_int_equal(get(b, FIFO), 'a');
    assert_string_equal(fake.uart_text, "b");
    vb_board_set_host_baud(b, 115200);
    type(b, "a");
    set(b, FIFO, 'b');
    fake_run_us(b, 300);
    assert_int_not_equal(get(b, FIFO), 'a');
    assert_int_not_equal(fake.uart_text[1], 'b');
    assert_int_equal(fake.n_uart_text, 2);
}

static void a_missing_stop_bit_is_told(void **state)
{
    struct vb_board *b = *state;
    vb_board_set_host_baud(b, 38400);
    assert_true(vb_board_uart_rx(b, 0x00));
    fake_run_us(b, 300);
    assert_int_equal(get(b, INT_RAW) & FRAME_ERROR, FRAME_ERROR);
    assert_int_equal(get(b, FIFO), 0);
}

static void purged_bytes_never_arrive(void **state)
{
    struct vb_board *b = *state;
    type(b, "abc");
    fake_run_us(b, 134);
    vb_board_uart_purge(b);
    fake_run_us(b, 1000);
    assert_int_equal(get(b, STATUS) & 0xff, 1);
    type(b, "d");
    fake_run_us(b, 134);
    assert_int_equal(get(b, FIFO), 'a');
    assert_int_equal(get(b, FIFO), 'd');
}

static void uart1_shares_the_interrupt(void **state)
{
    struct vb_board *b = *state;
    fake_write(b, UART1 + INT_ENA, TXFIFO_EMPTY);
    assert_int_equal(fake.irq_levels & IRQ, IRQ);
    fake_write(b, UART1 + FIFO, 'z');
    fake_run_us(b, 200);
    assert_string_equal(fake.uart_text, "");
    assert_int_equal(fake_read(b, UART1 + STATUS) >> 31, 0);
}

static void unknown_registers_are_refused(void **state)
{
    struct vb_board *b = *state;
    assert_false(fake_is_modelled(b, UART0 + 0x34));
    set(b, STATUS, 1);
    assert_int_equal(fake.n_unmodelled, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(bytes_leave_at_line_speed),
        TEST(divider_and_frame_set_the_speed),
        TEST(a_full_fifo_drops),
        TEST(tx_reset_loses_what_waits),
        TEST(tx_empty_returns_while_it_holds),
        TEST(bytes_arrive_at_line_speed),
        TEST(rx_full_is_a_level),
        TEST(silence_raises_the_timeout_once),
        TEST(an_emptied_fifo_has_no_timeout),
        TEST(overflow_is_told_and_loses_the_newest),
        TEST(the_host_queue_is_bounded),
        TEST(autobaud_counts_edges),
        TEST(autobaud_measures_the_host),
        TEST(host_bytes_take_the_hosts_time),
        TEST(another_speed_garbles_both_ways),
        TEST(a_missing_stop_bit_is_told),
        TEST(purged_bytes_never_arrive),
        TEST(uart1_shares_the_interrupt),
        TEST(unknown_registers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
