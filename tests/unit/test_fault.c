/* SPDX-License-Identifier: Apache-2.0 */
/* The fault injector: each kind is seen to fire, at its operation only, and leaves what it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "nor.h"
#include "vb_fault.h"

#define SIZE (4u << 20)
#define PAGE 0x1100u
#define OLD  0xf3u /* what the sector holds before */
#define NEW  0x35u

static int set_up(void **state)
{
    struct vb_board *b = fake_board_new(SIZE);
    uint8_t sector[4096];
    memset(sector, OLD, sizeof(sector));
    assert_true(vb_board_write_flash(b, 0x1000, sector, sizeof(sector)));
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    fake_board_free(*state);
    return 0;
}

static void plan(struct vb_board *b, const char *text)
{
    struct vb_fault fault;
    assert_true(vb_fault_parse(&fault, text));
    vb_board_set_fault(b, &fault);
}

static void send(struct vb_board *b, const uint8_t *tx, uint32_t n)
{
    uint8_t none[1];
    const uint8_t enable = 0x06;
    vb_nor_transact(b, &enable, 1, none, 0);
    vb_nor_transact(b, tx, n, none, 0);
    fake_run_us(b, 500000);
}

/* A whole page, sent from its 16th byte on. */
static void program(struct vb_board *b)
{
    uint8_t tx[4 + 240] = {0x02, 0x00, 0x11, 0x10};
    memset(tx + 4, NEW, sizeof(tx) - 4);
    send(b, tx, sizeof(tx));
}

static void erase(struct vb_board *b)
{
    send(b, (const uint8_t[]){0x20, 0x00, 0x10, 0x00}, 4);
}

static const uint8_t *sector(struct vb_board *b)
{
    static uint8_t bytes[4096];
    assert_true(vb_board_read_flash(b, 0x1000, bytes, sizeof(bytes)));
    return bytes;
}

static unsigned count(struct vb_board *b, uint32_t from, uint32_t to, uint8_t value)
{
    unsigned n = 0;
    const uint8_t *bytes = sector(b);
    for (uint32_t i = from; i < to; i++) {
        n += bytes[i] == value;
    }
    return n;
}

static void expect_cut(struct vb_board *b)
{
    assert_true(vb_board_fault_fired(b));
    assert_true(b->power_cut);
    assert_int_equal(fake.n_resets, 1);
    assert_false(vb_nor_is_busy(&b->nor));
}

static void cut_before_changes_nothing(void **state)
{
    plan(*state, "cut-before@1");
    program(*state);
    expect_cut(*state);
    assert_int_equal(count(*state, 0, 4096, OLD), 4096);
}

static void cut_after_changes_all(void **state)
{
    plan(*state, "cut-after@1");
    program(*state);
    expect_cut(*state);
    assert_int_equal(count(*state, 0x110, 0x200, OLD & NEW), 240);
    assert_int_equal(count(*state, 0, 4096, OLD), 4096 - 240);
}

static void silent_changes_nothing_and_goes_on(void **state)
{
    struct vb_board *b = *state;
    plan(b, "silent@1");
    erase(b);
    assert_true(vb_board_fault_fired(b));
    assert_false(b->power_cut);
    assert_int_equal(count(b, 0, 4096, OLD), 4096);
    erase(b);
    assert_int_equal(count(b, 0, 4096, 0xff), 4096);
}

static void the_first_bytes_are_programmed(void **state)
{
    static const struct {
        const char *text;
        unsigned n;
    } cases[] = {{"program-0@1", 0},   {"program-1@1", 1},     {"program-4@1", 4},
                 {"program-16@1", 16}, {"program-128@1", 128}, {"program-239@1", 239}};
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        tear_down(state);
        set_up(state);
        plan(*state, cases[i].text);
        program(*state);
        expect_cut(*state);
        assert_int_equal(count(*state, 0x110, 0x110 + cases[i].n, OLD & NEW), cases[i].n);
        assert_int_equal(count(*state, 0, 4096, OLD), 4096 - cases[i].n);
    }
}

static void random_bits_are_only_those_asked_for(void **state)
{
    plan(*state, "program-bits@1:7");
    program(*state);
    expect_cut(*state);
    const uint8_t *bytes = sector(*state);
    for (uint32_t i = 0x110; i < 0x200; i++) {
        assert_int_equal(bytes[i] & ~OLD, 0);
        assert_int_equal(bytes[i] & (OLD & NEW), OLD & NEW);
    }
    assert_true(count(*state, 0x110, 0x200, OLD) < 200);
    assert_true(count(*state, 0x110, 0x200, OLD & NEW) < 200);
    assert_int_equal(count(*state, 0, 0x110, OLD), 0x110);
}

static void neighbours_of_the_page_are_damaged(void **state)
{
    plan(*state, "program-neighbour@1:3");
    program(*state);
    expect_cut(*state);
    unsigned outside_page = count(*state, 0, 0x100, OLD) + count(*state, 0x200, 4096, OLD);
    assert_int_equal(outside_page, 4096 - 256);
    assert_true(count(*state, 0x188, 0x200, OLD) + count(*state, 0x100, 0x110, OLD) < 136);
    assert_true(count(*state, 0x110, 0x188, OLD & NEW) > 100);
}

static void torn_erases(void **state)
{
    plan(*state, "erase-nothing@1");
    erase(*state);
    expect_cut(*state);
    assert_int_equal(count(*state, 0, 4096, OLD), 4096);

    tear_down(state);
    set_up(state);
    plan(*state, "erase-half@1");
    erase(*state);
    expect_cut(*state);
    assert_int_equal(count(*state, 0, 2048, 0xff), 2048);
    assert_int_equal(count(*state, 2048, 4096, OLD), 2048);

    tear_down(state);
    set_up(state);
    plan(*state, "erase-random@1:5");
    erase(*state);
    expect_cut(*state);
    unsigned old = count(*state, 0, 4096, OLD);
    unsigned blank = count(*state, 0, 4096, 0xff);
    assert_in_range(old, 500, 2000);
    assert_in_range(blank, 500, 2000);
}

static void read(struct vb_board *b, uint8_t *out)
{
    const uint8_t tx[] = {0x03, 0x00, 0x10, 0x00};
    vb_nor_transact(b, tx, sizeof(tx), out, 4096);
}

static void weak_cells_read_differently_until_written(void **state)
{
    static uint8_t one[4096], two[4096];
    plan(*state, "erase-weak@1:9");
    erase(*state);
    expect_cut(*state);
    read(*state, one);
    read(*state, two);
    assert_memory_not_equal(one, two, sizeof(one));
    for (unsigned i = 0; i < sizeof(one); i++) {
        assert_int_equal(one[i] & OLD, OLD); /* what was never programmed is not weak */
    }
    erase(*state);
    read(*state, one);
    assert_int_equal(count(*state, 0, 4096, 0xff), 4096);
    assert_memory_equal(one, sector(*state), sizeof(one));
}

static void a_programmed_cell_is_weak_no_more(void **state)
{
    static uint8_t one[4096], two[4096];
    uint8_t tx[4 + 256] = {0x02, 0x00, 0x11, 0x00};
    plan(*state, "erase-weak@1:9");
    erase(*state);
    send(*state, tx, sizeof(tx));
    read(*state, one);
    read(*state, two);
    assert_memory_equal(one + 0x100, two + 0x100, 0x100);
    assert_memory_not_equal(one, two, sizeof(one));
}

static void only_the_numbered_operation_is_hit(void **state)
{
    struct vb_board *b = *state;
    struct vb_flash_op op;
    plan(b, "erase-half@2");
    program(b);
    assert_false(vb_board_fault_fired(b));
    program(b);
    assert_false(vb_board_fault_fired(b)); /* no erase */
    erase(b);
    assert_false(vb_board_fault_fired(b));
    assert_int_equal(count(b, 0, 4096, 0xff), 4096);
    vb_board_last_flash_op(b, &op);
    assert_int_equal(op.number, 3);
    assert_int_equal(op.kind, VB_FLASH_OP_ERASE);
    assert_int_equal(op.addr, 0x1000);
}

static void a_hold_only_stops_the_run(void **state)
{
    struct vb_board *b = *state;
    vb_board_set_fault(b, &(struct vb_fault){.kind = VB_FAULT_HOLD, .op = 1});
    erase(b);
    assert_true(b->stop_requested);
    assert_int_equal(count(b, 0, 4096, 0xff), 4096);
}

static void a_torn_operation_is_one_of_the_torn_kinds(void **state)
{
    bool has_left_some = false, has_done_some = false;
    for (unsigned seed = 0; seed < 16; seed++) {
        char text[VB_FAULT_TEXT_MAX];
        tear_down(state);
        set_up(state);
        snprintf(text, sizeof(text), "torn@1:%u", seed);
        plan(*state, text);
        program(*state);
        expect_cut(*state);
        assert_int_equal(count(*state, 0x200, 4096, OLD), 4096 - 0x200);
        has_left_some = has_left_some || count(*state, 0x110, 0x200, OLD) > 0;
        has_done_some = has_done_some || count(*state, 0x110, 0x200, OLD) < 240;
    }
    assert_true(has_left_some && has_done_some);
}

static void in_a_brownout_programs_fail_and_erases_do_not(void **state)
{
    struct vb_board *b = *state;
    plan(b, "brownout-2@1");
    program(b);
    assert_true(vb_board_fault_fired(b));
    assert_false(b->power_cut);
    erase(b);
    assert_int_equal(count(b, 0, 4096, 0xff), 4096);
    program(b);
    assert_int_equal(count(b, 0, 4096, 0xff), 4096);
    program(b);
    assert_int_equal(count(b, 0x110, 0x200, NEW), 240);
}

/* ... and what is planned meanwhile happens at its own operation. */
static void a_brownout_outlives_its_plan(void **state)
{
    struct vb_board *b = *state;
    plan(b, "brownout-2@1");
    program(b);
    vb_board_set_fault(b, &(struct vb_fault){.kind = VB_FAULT_HOLD, .op = 3});
    program(b);
    assert_false(vb_board_fault_fired(b));
    assert_int_equal(count(b, 0, 4096, OLD), 4096);
    program(b);
    assert_true(b->stop_requested);
    assert_int_equal(count(b, 0x110, 0x200, OLD & NEW), 240);
}

static void a_brownout_ends_with_the_power(void **state)
{
    struct vb_board *b = *state;
    plan(b, "brownout-9@1");
    program(b);
    vb_nor_reset(b, VB_RESET_POWER);
    program(b);
    assert_int_equal(count(b, 0x110, 0x200, OLD & NEW), 240);
}

/* A block erase around it erases the rest of the block. */
static void a_dead_sector_never_changes(void **state)
{
    struct vb_board *b = *state;
    uint8_t other = 0;
    assert_true(vb_board_write_flash(b, 0x3000, &other, 1));
    plan(b, "dead@0x1234");
    assert_false(vb_board_fault_fired(b));
    program(b);
    assert_true(vb_board_fault_fired(b));
    erase(b);
    send(b, (const uint8_t[]){0xd8, 0x00, 0x10, 0x00}, 4);
    assert_false(b->power_cut);
    assert_int_equal(count(b, 0, 4096, OLD), 4096);
    assert_true(vb_board_read_flash(b, 0x3000, &other, 1));
    assert_int_equal(other, 0xff);
}

static void a_bit_flips_at_once_and_until_it_is_written(void **state)
{
    struct vb_board *b = *state;
    plan(b, "flip@0x1005.2");
    assert_true(vb_board_fault_fired(b));
    assert_int_equal(sector(b)[5], OLD ^ 4);
    assert_int_equal(count(b, 0, 4096, OLD), 4095);
    erase(b);
    assert_int_equal(count(b, 0, 4096, 0xff), 4096);
}

static void a_cut_at_a_moment_tears_what_is_under_way(void **state)
{
    struct vb_board *b = *state;
    plan(b, "cut-at@10000000");
    assert_false(vb_board_fault_fired(b));
    erase(b); /* 45 ms */
    expect_cut(b);
    assert_in_range(count(b, 0, 4096, OLD), 1, 2000);
    assert_true(count(b, 0, 4096, 0xff) > 0);
}

static void words_are_read_and_written(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",           "cut-before",     "cut-before@", "cut-before@0", "cut@1",   "program-256@1",
        "program-@1", "program-1x@1",   "silent@1:",   "silent@1:x",   "hold@1",  "silent@-1",
        "flip@1",     "flip@1.8",       "flip@.1",     "dead@",        "dead@1g", "brownout-0@1",
        "dead@0x",    "dead@4294967296"};
    static const char *const good[] = {"program-128@77:5", "cut-at@123", "flip@0x00d018.3",
                                       "dead@0x00e000",    "torn@8:9",   "brownout-64@7"};
    char text[VB_FAULT_TEXT_MAX];
    struct vb_fault fault;
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(vb_fault_parse(&fault, bad[i]));
    }
    for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(vb_fault_parse(&fault, good[i]));
        assert_string_equal(vb_fault_text(&fault, text), good[i]);
    }
    assert_true(vb_fault_parse(&fault, "program-128@77:5"));
    assert_int_equal(fault.bytes, 128);
    assert_int_equal(fault.op, 77);
    assert_int_equal(fault.seed, 5);
    assert_string_equal(vb_fault_kind_text(&fault, text), "program-128");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(cut_before_changes_nothing),
        CASE(cut_after_changes_all),
        CASE(silent_changes_nothing_and_goes_on),
        CASE(the_first_bytes_are_programmed),
        CASE(random_bits_are_only_those_asked_for),
        CASE(neighbours_of_the_page_are_damaged),
        CASE(torn_erases),
        CASE(weak_cells_read_differently_until_written),
        CASE(a_programmed_cell_is_weak_no_more),
        CASE(only_the_numbered_operation_is_hit),
        CASE(a_hold_only_stops_the_run),
        CASE(a_torn_operation_is_one_of_the_torn_kinds),
        CASE(in_a_brownout_programs_fail_and_erases_do_not),
        CASE(a_brownout_outlives_its_plan),
        CASE(a_brownout_ends_with_the_power),
        CASE(a_dead_sector_never_changes),
        CASE(a_bit_flips_at_once_and_until_it_is_written),
        CASE(a_cut_at_a_moment_tears_what_is_under_way),
        CASE(words_are_read_and_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
