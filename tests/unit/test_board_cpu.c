/* SPDX-License-Identifier: Apache-2.0 */
/* The CPU beside its instructions, which are compared with QEMU: exceptions that QEMU does not
 * have, interrupts at their exact instruction, the cycle counter, sleeping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "internal.h"
#include "lx106.h"

#define SR_EPC1 177
#define SR_EPC3 179
#define SR_DEPC 192
#define SR_EPS3 195

static void test_state_after_reset(void **state)
{
    struct lx106 *lx = *state;
    vb_board_external_reset(lx->board, VB_BOOT_FLASH);
    vb_board_step(lx->board, 0);
    vb_board_get_cpu(lx->board, &lx->cpu);
    assert_int_equal(lx->cpu.pc, 0x40000080);
    assert_int_equal(lx->cpu.sr[VB_SR_PS], 0x1f);
    assert_int_equal(lx->cpu.sr[VB_SR_VECBASE], 0x40000000);
    assert_int_equal(lx->cpu.sr[VB_SR_INTENABLE], 0);
    assert_int_equal(lx->cpu.sr[VB_SR_CCOUNT], 0);
}

static void test_vector_by_mode(void **state)
{
    struct lx106 *lx = *state;
    static const struct {
        uint32_t ps, vector, after;
        unsigned saved;
    } rows[] = {
        {0x20, 0x50, 0x30, SR_EPC1}, {0x00, 0x30, 0x10, SR_EPC1}, {0x0f, 0x30, 0x1f, SR_EPC1},
        {0x30, 0x70, 0x30, SR_DEPC}, {0x10, 0x70, 0x10, SR_DEPC},
    };
    lx_put(lx, LX_SYSCALL);
    for (unsigned i = 0; i < 5; i++) {
        lx->cpu.pc = LX_CODE;
        lx->cpu.sr[VB_SR_PS] = rows[i].ps;
        lx_step(lx, 1);
        assert_int_equal(lx->cpu.pc, LX_VECBASE + rows[i].vector);
        assert_int_equal(lx->cpu.sr[VB_SR_PS], rows[i].after);
        assert_int_equal(lx->cpu.sr[rows[i].saved], LX_CODE);
        assert_int_equal(lx->cpu.sr[VB_SR_EXCCAUSE], VB_CAUSE_SYSCALL);
    }
}

static void test_simcall_is_illegal(void **state)
{
    struct lx106 *lx = *state;
    lx->cpu.sr[VB_SR_EXCCAUSE] = 63;
    lx_put(lx, LX_SIMCALL);
    lx_step(lx, 1);
    assert_int_equal(lx->cpu.pc, LX_VECBASE + 0x50);
    assert_int_equal(lx->cpu.sr[VB_SR_EXCCAUSE], VB_CAUSE_ILLEGAL);
}

/* Time is exact in the middle of a block, however the block is cut into steps. */
static void test_ccount_counts_instructions(void **state)
{
    struct lx106 *lx = *state;
    for (unsigned i = 0; i < 4; i++) {
        lx_put(lx, LX_RSR(4 + i, VB_SR_CCOUNT));
        lx_put(lx, LX_NOP);
    }
    lx->cpu.sr[VB_SR_CCOUNT] = 0xfffffffd;
    lx_step(lx, 3);
    lx_step(lx, 5);
    assert_int_equal(lx->cpu.a[4], 0xfffffffd);
    assert_int_equal(lx->cpu.a[5], 0xffffffff);
    assert_int_equal(lx->cpu.a[6], 1);
    assert_int_equal(lx->cpu.a[7], 3);
}

static void arm_timer(struct lx106 *lx, uint32_t cycles)
{
    lx_put(lx, LX_RSR(2, VB_SR_CCOUNT));
    lx_put(lx, LX_ADDI(2, 2, cycles));
    lx_put(lx, LX_WSR(2, VB_SR_CCOMPARE0));
    lx->cpu.sr[VB_SR_INTENABLE] = 1u << 6;
}

static void test_timer_interrupts_at_its_cycle(void **state)
{
    struct lx106 *lx = *state;
    arm_timer(lx, 20);
    for (unsigned i = 0; i < 40; i++) {
        lx_put(lx, LX_ADDI(5, 5, 1));
    }
    lx_step(lx, 19);
    assert_int_equal(lx->cpu.a[5], 16);
    assert_int_equal(lx->cpu.sr[VB_SR_INTERRUPT] & 1u << 6, 0);
    vb_board_step(lx->board, 2);
    vb_board_get_cpu(lx->board, &lx->cpu);
    assert_int_equal(lx->cpu.a[5], 17);
    assert_int_equal(lx->cpu.sr[SR_EPC1], LX_CODE + 3 * 20);
    assert_int_equal(lx->cpu.sr[VB_SR_EXCCAUSE], VB_CAUSE_INTERRUPT);
}

static void test_writing_ccompare_clears_its_interrupt(void **state)
{
    struct lx106 *lx = *state;
    arm_timer(lx, 4);
    lx->cpu.sr[VB_SR_INTENABLE] = 0;
    for (unsigned i = 0; i < 3; i++) {
        lx_put(lx, LX_NOP);
    }
    lx_put(lx, LX_RSR(4, VB_SR_INTERRUPT));
    lx_put(lx, LX_WSR(2, VB_SR_CCOMPARE0));
    lx_put(lx, LX_RSR(5, VB_SR_INTERRUPT));
    lx_step(lx, 9);
    assert_int_equal(lx->cpu.a[4] & 1u << 6, 1u << 6);
    assert_int_equal(lx->cpu.a[5] & 1u << 6, 0);
}

static void test_interrupt_waits_for_its_level(void **state)
{
    struct lx106 *lx = *state;
    lx_put(lx, LX_RSIL(4, 1));
    lx_put(lx, LX_WSR(2, VB_SR_INTERRUPT)); /* INTSET */
    lx_put(lx, LX_NOP);
    lx_put(lx, LX_RSIL(4, 0));
    lx_put(lx, LX_MOVI(5, 1));
    lx->cpu.a[2] = 1u << 7;
    lx->cpu.sr[VB_SR_INTENABLE] = 1u << 7;
    lx_step(lx, 5);
    assert_int_equal(lx->cpu.sr[SR_EPC1], LX_CODE + 12);
    assert_int_equal(lx->cpu.sr[VB_SR_EXCCAUSE], VB_CAUSE_INTERRUPT);
    assert_int_equal(lx->cpu.a[5], 0);
}

static void test_intset_and_intclear_reach_their_bits_only(void **state)
{
    struct lx106 *lx = *state;
    lx_put(lx, LX_WSR(2, VB_SR_INTERRUPT));
    lx_put(lx, LX_RSR(4, VB_SR_INTERRUPT));
    lx_put(lx, LX_WSR(2, VB_SR_INTCLEAR));
    lx_put(lx, LX_RSR(5, VB_SR_INTERRUPT));
    vb_irq_level(lx->board, 4, true);
    vb_irq_edge(lx->board, 9);
    vb_board_get_cpu(lx->board, &lx->cpu);
    lx->cpu.sr[VB_SR_VECBASE] = LX_VECBASE;
    lx->cpu.pc = LX_CODE;
    lx->cpu.a[2] = 0xffffffff;
    lx_step(lx, 4);
    assert_int_equal(lx->cpu.a[4], 1u << 4 | 1u << 7 | 1u << 9);
    assert_int_equal(lx->cpu.a[5], 1u << 4);
}

static void test_nmi_ignores_masks(void **state)
{
    struct lx106 *lx = *state;
    lx_put(lx, LX_NOP);
    lx->cpu.sr[VB_SR_PS] = 0x1f;
    vb_board_set_cpu(lx->board, &lx->cpu);
    vb_nmi(lx->board);
    vb_board_step(lx->board, 1);
    vb_board_get_cpu(lx->board, &lx->cpu);
    assert_int_equal(lx->cpu.pc, LX_VECBASE + 0x20);
    assert_int_equal(lx->cpu.sr[SR_EPC3], LX_CODE);
    assert_int_equal(lx->cpu.sr[SR_EPS3], 0x1f);
    assert_int_equal(lx->cpu.sr[VB_SR_PS], 0x13);
}

static void test_waiti_skips_to_the_interrupt(void **state)
{
    struct lx106 *lx = *state;
    struct vb_stats stats;
    arm_timer(lx, 0);
    lx->cpu.a[2] = 0;
    lx_put(lx, LX_WAITI(0));
    lx_put(lx, LX_MOVI(5, 1));
    lx->cpu.sr[VB_SR_CCOUNT] = 0;
    vb_board_get_stats(lx->board, &stats);
    uint64_t before = stats.instructions;
    lx_step(lx, 4);
    vb_board_step(lx->board, 1);
    vb_board_get_cpu(lx->board, &lx->cpu);
    vb_board_get_stats(lx->board, &stats);
    assert_int_equal(stats.instructions - before, 5);
    assert_int_equal(lx->cpu.sr[SR_EPC1], LX_CODE + 12);
    assert_int_equal(lx->cpu.a[5], 0);
    assert_true(stats.virtual_us > 80u * 1000 * 1000); /* 2^32 cycles at 52 MHz are 82.6 s */
}

static void test_sleep_without_a_way_out_is_death(void **state)
{
    struct lx106 *lx = *state;
    struct vb_stats stats;
    lx_put(lx, LX_WAITI(2));
    vb_board_set_cpu(lx->board, &lx->cpu);
    assert_int_equal(vb_board_run(lx->board, UINT64_MAX), VB_STOP_DEAD);
    vb_board_get_stats(lx->board, &stats);
    assert_true(stats.virtual_us < 1000);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, lx_set_up, lx_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_state_after_reset),
        TEST(test_vector_by_mode),
        TEST(test_simcall_is_illegal),
        TEST(test_ccount_counts_instructions),
        TEST(test_timer_interrupts_at_its_cycle),
        TEST(test_writing_ccompare_clears_its_interrupt),
        TEST(test_interrupt_waits_for_its_level),
        TEST(test_intset_and_intclear_reach_their_bits_only),
        TEST(test_nmi_ignores_masks),
        TEST(test_waiti_skips_to_the_interrupt),
        TEST(test_sleep_without_a_way_out_is_death),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
