/* SPDX-License-Identifier: Apache-2.0 */
/* The ROM as a small operating system: interrupts, exceptions, timers, tasks, watchdog, UART input,
 * pins, and the analog bus, with handlers of our own on the board (rom_probe.S). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "rom_call.h"
#include "vb_cpu_state.h"

#define PROBE_FILE "build/tests/rom_probe.bin"
#define PROBE_BASE 0x40101000u
#define LOG        ROM_BUFFER
#define SCRATCH    (ROM_BUFFER + 0x1000)
#define STATE      0x3fffc200u /* soft INTENABLE, virtual priority mask */
#define UART_DEV   0x3fffde10u
#define UART_RX    (UART_DEV + 24)

#define SR_PS        230
#define SR_INTENABLE 228

#define ISR_ATTACH    0x40000f88u
#define ISR_MASK      0x40000f98u
#define ISR_UNMASK    0x40000fa8u
#define SET_EXCEPTION 0x40000454u
#define SET_CCOMPARE  0x4000dd40u
#define GET_CCOUNT    0x4000dd38u
#define TIMER_INIT    0x40002e68u
#define TIMER_SETFN   0x40002c48u
#define TIMER_ARM     0x40002cc4u
#define TIMER_DISARM  0x40002d40u
#define TASK          0x40000dd0u
#define POST          0x40000e24u
#define RUN           0x40000e04u
#define WDT_ENABLE    0x40002fa0u
#define WDT_DISABLE   0x400030f0u
#define WDT_RESTORE   0x40003158u
#define WDT_MODE      0x40002f34u
#define WDT_CTL       0x60000900u
#define WDT_RELOAD0   0x60000904u
#define WDT_RELOAD1   0x60000908u
#define RX_ONE_CHAR   0x40003b8cu
#define RX_STRING     0x40003c30u
#define RX_READBUFF   0x40003ec8u

/* The table at the start of rom_probe.S. */
enum probe {
    PROBE_ISR,
    PROBE_TIMER_ISR,
    PROBE_EXCEPTION,
    PROBE_LOAD,
    PROBE_RAISE,
    PROBE_CALLBACK,
    PROBE_TASK,
    PROBE_DELAY,
};

static struct rom_board b;

static int set_up(void **state)
{
    (void)state;
    static uint8_t probe[4096];
    const uint32_t zero = 0;
    FILE *file = fopen(PROBE_FILE, "rb");
    if (file == NULL) {
        return 1;
    }
    size_t len = fread(probe, 1, sizeof(probe), file);
    fclose(file);
    rom_board_boot(&b);
    rom_board_clear(&b);
    rom_write(&b, PROBE_BASE, probe, len);
    rom_write(&b, LOG, &zero, sizeof(zero));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rom_board_free(&b);
    return 0;
}

static uint32_t probe(enum probe function)
{
    return rom_word(&b, PROBE_BASE + 4 * (uint32_t)function);
}

static uint32_t logged(uint32_t i)
{
    return rom_word(&b, LOG + 4 + 4 * i);
}

static uint32_t n_logged(void)
{
    return rom_word(&b, LOG);
}

static uint64_t now_us(void)
{
    struct vb_stats stats;
    vb_board_get_stats(b.board, &stats);
    return stats.virtual_us;
}

/* Lets the board idle in its loop, interrupts open. */
static void idle(uint32_t us)
{
    assert_int_equal(vb_board_run(b.board, now_us() + us), VB_STOP_TIME);
}

static struct vb_cpu_state cpu_state(void)
{
    struct vb_cpu_state cpu;
    vb_board_get_cpu(b.board, &cpu);
    return cpu;
}

static void start_at(uint32_t pc, uint32_t a2)
{
    struct vb_cpu_state cpu = cpu_state();
    cpu.pc = pc;
    cpu.a[0] = ROM_IDLE;
    cpu.a[1] = 0x3fffff00;
    cpu.a[2] = a2;
    cpu.sr[SR_PS] = 0x20;
    vb_board_set_cpu(b.board, &cpu);
}

static void software_interrupt(void **state)
{
    (void)state;
    ROM_CALL(&b, ISR_ATTACH, 7, probe(PROBE_ISR), 0xabc);
    ROM_CALL(&b, ISR_UNMASK, 0x80);
    assert_int_equal(ROM_CALL(&b, probe(PROBE_RAISE), 0), 77);
    assert_int_equal(n_logged(), 3);
    assert_int_equal(logged(0), 0xabc);
    uint32_t epc = logged(1);
    assert_true(epc > probe(PROBE_RAISE) && epc < probe(PROBE_RAISE) + 0x20);
    assert_int_equal(logged(2), 0x20); /* handlers run at level 0 */
    assert_int_equal(cpu_state().sr[SR_INTENABLE], 0x80);
    assert_int_equal(rom_word(&b, STATE), 0x80);
    assert_int_equal(rom_word(&b, STATE + 4), 0xffffffff);
    ROM_CALL(&b, ISR_MASK, 0x80);
    assert_int_equal(cpu_state().sr[SR_INTENABLE], 0);
    ROM_CALL(&b, probe(PROBE_RAISE), 0);
    assert_int_equal(n_logged(), 3);
}

static void highest_number_goes_first(void **state)
{
    (void)state;
    ROM_CALL(&b, ISR_ATTACH, 7, probe(PROBE_ISR), 7);
    ROM_CALL(&b, ISR_ATTACH, 6, probe(PROBE_TIMER_ISR), 6);
    uint32_t now = ROM_CALL(&b, GET_CCOUNT, 0);
    ROM_CALL(&b, SET_CCOMPARE, 0, now + 5000);
    ROM_CALL(&b, probe(PROBE_RAISE), 0);
    idle(1000);
    assert_int_equal(n_logged(), 0);
    ROM_CALL(&b, ISR_UNMASK, 0xc0);
    assert_int_equal(n_logged(), 4);
    assert_int_equal(logged(0), 7);
    assert_int_equal(logged(3), 6);
}

static void nmi_is_not_attached(void **state)
{
    (void)state;
    uint32_t before = rom_word(&b, 0x3fffc208);
    ROM_CALL(&b, ISR_ATTACH, 14, probe(PROBE_ISR), 1);
    ROM_CALL(&b, ISR_ATTACH, 15, probe(PROBE_ISR), 1);
    assert_int_equal(rom_word(&b, 0x3fffc208), before);
    ROM_CALL(&b, ISR_ATTACH, 0, probe(PROBE_ISR), 0x1234);
    assert_int_equal(rom_word(&b, 0x3fffc278), probe(PROBE_ISR));
    assert_int_equal(rom_word(&b, 0x3fffc27c), 0x1234);
}

static void exception_handler_in_c(void **state)
{
    (void)state;
    const uint32_t fatal = 0x40001878;
    assert_int_equal(ROM_CALL(&b, SET_EXCEPTION, 3, probe(PROBE_EXCEPTION)), fatal);
    assert_int_equal(ROM_CALL(&b, probe(PROBE_LOAD), 0x40000002), 3 + 4 + 5 + 12 + 15 + 9);
    assert_int_equal(n_logged(), 2);
    assert_int_equal(logged(0), 3);
    assert_int_equal(logged(1), 0x40000002);
    assert_int_equal(ROM_CALL(&b, SET_EXCEPTION, 3, fatal), probe(PROBE_EXCEPTION));
    assert_int_equal(ROM_CALL(&b, SET_EXCEPTION, 64, fatal), 0);
}

static void fatal_exception_repeats_its_text(void **state)
{
    (void)state;
    char want[200];
    start_at(probe(PROBE_LOAD), 0x40000001);
    idle(60000);
    char *epc = strstr(b.console, "epc1=0x");
    assert_non_null(epc);
    snprintf(want, sizeof(want),
             "Fatal exception (3): \r\nepc1=0x%.8s, epc2=0x00000000, epc3=0x00000000, "
             "excvaddr=0x40000001, depc=0x00000000\r\nFatal exception (3)",
             epc + 7);
    assert_memory_equal(b.console, want, strlen(want));
}

static void unhandled_exception_stops_in_the_debug_vector(void **state)
{
    (void)state;
    const uint32_t syscall_insn = 0x00005000;
    rom_write(&b, PROBE_BASE + 0x800, &syscall_insn, sizeof(syscall_insn));
    start_at(PROBE_BASE + 0x800, 0);
    assert_int_equal(vb_board_run(b.board, now_us() + 10000), VB_STOP_DEAD);
    assert_true(cpu_state().pc >= 0x40000010 && cpu_state().pc < 0x40000020);
}

/* 10 ms at 312.5 kHz are 3125 ticks, which take 15.4 ms while APB runs at 52 MHz. */
static void timers(void **state)
{
    (void)state;
    ROM_CALL(&b, TIMER_INIT, 0);
    ROM_CALL(&b, TIMER_SETFN, SCRATCH, probe(PROBE_CALLBACK), 1);
    ROM_CALL(&b, TIMER_SETFN, SCRATCH + 32, probe(PROBE_CALLBACK), 2);
    ROM_CALL(&b, TIMER_ARM, SCRATCH, 10, 1);
    ROM_CALL(&b, TIMER_ARM, SCRATCH + 32, 25, 0);
    idle(85000);
    static const uint32_t order[] = {1, 1, 2, 1, 1, 1};
    assert_int_equal(n_logged(), 6);
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(logged(i), order[i]);
    }
    ROM_CALL(&b, TIMER_DISARM, SCRATCH);
    idle(50000);
    assert_int_equal(n_logged(), 6);
}

static void tasks_run_by_priority(void **state)
{
    (void)state;
    ROM_CALL(&b, TASK, probe(PROBE_TASK), 3, SCRATCH, 2);
    ROM_CALL(&b, TASK, probe(PROBE_TASK), 5, SCRATCH + 64, 4);
    assert_int_equal(ROM_CALL(&b, POST, 3, 31, 310), 0);
    assert_int_equal(ROM_CALL(&b, POST, 3, 32, 320), 0);
    assert_int_equal(ROM_CALL(&b, POST, 3, 33, 330), 1);
    assert_int_equal(ROM_CALL(&b, POST, 5, 51, 510), 0);
    assert_int_equal(ROM_CALL(&b, POST, 4, 41, 410), 1);
    start_at(RUN, 0);
    vb_board_run(b.board, now_us() + 1000);
    static const uint32_t want[] = {51, 510, 31, 310, 32, 320};
    assert_int_equal(n_logged(), 6);
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(logged(i), want[i]);
    }
}

/* Fact: machine sheet, trap 21: 80 cycles a microsecond until told otherwise. */
static void delays(void **state)
{
    (void)state;
    uint32_t cycles = ROM_CALL(&b, probe(PROBE_DELAY), 100);
    assert_in_range(cycles, 8000, 8060);
    ROM_CALL(&b, 0x40002f04, 52);
    assert_int_equal(ROM_CALL(&b, 0x40002f0c, 0), 52);
    cycles = ROM_CALL(&b, probe(PROBE_DELAY), 100);
    assert_in_range(cycles, 5200, 5260);
}

/* Fact: the table of machine sheet 6.4. */
static void watchdog_modes(void **state)
{
    (void)state;
    assert_int_equal(ROM_CALL(&b, WDT_MODE, 0), UINT32_MAX);
    ROM_CALL(&b, WDT_ENABLE, 4, 12, 12);
    assert_int_equal(rom_register(&b, WDT_CTL) & 0x3f, 0x39);
    assert_int_equal(rom_register(&b, WDT_RELOAD0), 13);
    assert_int_equal(rom_register(&b, WDT_RELOAD1), 13);
    assert_int_equal(ROM_CALL(&b, WDT_MODE, 0), 4);
    assert_int_equal(ROM_CALL(&b, WDT_DISABLE, 0), 4);
    assert_int_equal(rom_register(&b, WDT_CTL) & 1, 0);
    ROM_CALL(&b, WDT_RESTORE, 4);
    assert_int_equal(rom_register(&b, WDT_CTL) & 0x3f, 0x39);
    ROM_CALL(&b, WDT_ENABLE, 3, 3, 6);
    assert_int_equal(rom_register(&b, WDT_CTL) & 0x3f, 0x3d);
    assert_int_equal(rom_register(&b, WDT_RELOAD0), 12);
    ROM_CALL(&b, WDT_DISABLE, 0);
}

static uint32_t resets_within(uint32_t us)
{
    struct vb_stats stats;
    vb_board_run(b.board, now_us() + us);
    vb_board_get_stats(b.board, &stats);
    return stats.resets;
}

static void watchdog_fed_by_its_interrupt(void **state)
{
    (void)state;
    ROM_CALL(&b, WDT_ENABLE, 2, 1, 1); /* the shortest stages: 0.8 ms */
    assert_int_equal(resets_within(50000), 0);
    ROM_CALL(&b, ISR_MASK, 1 << 8); /* nobody feeds any more */
    assert_int_equal(resets_within(10000), 1);
}

static void watchdog_fed_by_a_timer(void **state)
{
    (void)state;
    ROM_CALL(&b, WDT_ENABLE, 1, 100 << 10, 3); /* 100 ms against 1.7 s */
    assert_int_equal(resets_within(3000000), 0);
    ROM_CALL(&b, ISR_MASK, 1 << 10);
    assert_int_equal(resets_within(3000000), 1);
}

static void send(const char *text)
{
    for (; *text != 0; text++) {
        assert_true(vb_board_uart_rx(b.board, (uint8_t)*text));
    }
}

static void polled_input(void **state)
{
    (void)state;
    uint8_t got[4];
    assert_int_equal(ROM_CALL(&b, RX_ONE_CHAR, SCRATCH), 1);
    send("ok");
    idle(1000);
    assert_int_equal(ROM_CALL(&b, RX_ONE_CHAR, SCRATCH), 0);
    assert_int_equal(ROM_CALL(&b, RX_ONE_CHAR, SCRATCH + 1), 0);
    assert_int_equal(ROM_CALL(&b, RX_ONE_CHAR, SCRATCH + 2), 1);
    rom_read(&b, SCRATCH, got, 2);
    assert_memory_equal(got, "ok", 2);
    assert_int_equal(ROM_CALL(&b, 0x40003f4c, 0), UART_DEV);
}

static void input_by_interrupt(void **state)
{
    (void)state;
    char text[301], got[301];
    for (uint32_t i = 0; i < 300; i++) {
        text[i] = (char)('a' + i % 26);
    }
    text[300] = 0;
    ROM_CALL(&b, ISR_UNMASK, 1 << 5);
    for (uint32_t i = 0; i < 300; i++) { /* further than the ring is long */
        send((char[]){text[i], 0});
        if (i % 100 == 99) {
            idle(20000);
            for (uint32_t k = i - 99; k <= i; k++) {
                assert_int_equal(ROM_CALL(&b, RX_READBUFF, UART_RX, SCRATCH), 0);
                rom_read(&b, SCRATCH, &got[k], 1);
            }
        }
    }
    assert_memory_equal(got, text, 300);
    assert_int_equal(ROM_CALL(&b, RX_READBUFF, UART_RX, SCRATCH), 1);
}

static void line_input(void **state)
{
    (void)state;
    char got[8];
    send("abx\bcdefg\r");
    assert_int_equal(ROM_CALL(&b, RX_STRING, SCRATCH, 5), 0);
    rom_read(&b, SCRATCH, got, 5);
    assert_string_equal(got, "abcd");
}

static void baud_rate_change_drops_the_fifo(void **state)
{
    (void)state;
    ROM_CALL(&b, 0x400039d8, 0, 451);
    assert_int_equal(rom_register(&b, 0x60000014), 451);
    assert_int_equal(rom_register(&b, 0x60000020), 0x0c);
}

static void output_hooks(void **state)
{
    (void)state;
    rom_write(&b, SCRATCH, "a%c", 4);
    ROM_CALL(&b, 0x4000242c, probe(PROBE_CALLBACK));
    assert_int_equal(ROM_CALL(&b, 0x400024cc, SCRATCH, 'b'), 2);
    assert_int_equal(n_logged(), 2);
    assert_int_equal(logged(0), 'a');
    assert_int_equal(logged(1), 'b');
    ROM_CALL(&b, 0x4000248c, probe(PROBE_CALLBACK));
    ROM_CALL(&b, 0x40001da0, 'c');
    assert_int_equal(n_logged(), 4);
    idle(1000);
    assert_string_equal(b.console, "");
    ROM_CALL(&b, 0x4000248c, 0);
    ROM_CALL(&b, 0x40002438, 0);
    ROM_CALL(&b, 0x40001da0, 'd');
    idle(1000);
    assert_string_equal(b.console, "d");
}

static void pins(void **state)
{
    (void)state;
    ROM_CALL(&b, 0x40004cd0, 0x30, 0, 0x30, 0);
    assert_int_equal(ROM_CALL(&b, 0x40004d5c, 0x00), 0x30);
    assert_int_equal(ROM_CALL(&b, 0x40004d5c, 0x0c), 0x30);
    ROM_CALL(&b, 0x40004cd0, 0, 0x10, 0, 0x20);
    assert_int_equal(ROM_CALL(&b, 0x40004d5c, 0x00), 0x20);
    assert_int_equal(ROM_CALL(&b, 0x40004d5c, 0x0c), 0x10);
    ROM_CALL(&b, 0x40004d90, 4, 2);
    assert_int_equal(ROM_CALL(&b, 0x40004d5c, 0x28 + 16), 2 << 7);
    ROM_CALL(&b, 0x40004e90, 4, 5);
    assert_int_equal(ROM_CALL(&b, 0x40004d5c, 0x28 + 16), 5 << 7 | 1 << 10);
    ROM_CALL(&b, 0x40004ed4, 0);
    assert_int_equal(ROM_CALL(&b, 0x40004d5c, 0x28 + 16), 0);
}

static void analog_bus_sets_the_clock(void **state)
{
    (void)state;
    ROM_CALL(&b, 0x400072d8, 103, 4, 1, 0x88);
    ROM_CALL(&b, 0x4000730c, 103, 4, 2, 7, 4, 9);
    ROM_CALL(&b, 0x4000730c, 103, 4, 2, 3, 0, 1);
    assert_int_equal(ROM_CALL(&b, 0x40007268, 103, 4, 1), 0x88);
    assert_int_equal(ROM_CALL(&b, 0x40007268, 103, 4, 2), 0x91);
    assert_int_equal(ROM_CALL(&b, 0x4000729c, 103, 4, 2, 7, 4), 9);
    uint64_t start = now_us();
    vb_board_step(b.board, 80000);
    assert_in_range(now_us() - start, 999, 1001); /* 80 MHz */
}

static void interrupt_lock(void **state)
{
    (void)state;
    ROM_CALL(&b, 0x40000f74, 0);
    assert_int_equal(cpu_state().sr[SR_PS] & 15, 3);
    ROM_CALL(&b, 0x40000f80, 0);
    assert_int_equal(cpu_state().sr[SR_PS] & 15, 0);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(software_interrupt),
        CASE(highest_number_goes_first),
        CASE(nmi_is_not_attached),
        CASE(exception_handler_in_c),
        CASE(fatal_exception_repeats_its_text),
        CASE(unhandled_exception_stops_in_the_debug_vector),
        CASE(timers),
        CASE(tasks_run_by_priority),
        CASE(delays),
        CASE(watchdog_modes),
        CASE(watchdog_fed_by_its_interrupt),
        CASE(watchdog_fed_by_a_timer),
        CASE(polled_input),
        CASE(input_by_interrupt),
        CASE(line_input),
        CASE(baud_rate_change_drops_the_fifo),
        CASE(output_hooks),
        CASE(pins),
        CASE(analog_bus_sets_the_clock),
        CASE(interrupt_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
