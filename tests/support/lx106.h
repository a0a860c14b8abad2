/* SPDX-License-Identifier: Apache-2.0 */
/* A board whose CPU runs a few instructions assembled by a test: encodings, a fresh board with
 * vectors in IRAM, and the state after some steps. */
#ifndef LX106_H
#define LX106_H

#include <stdint.h>

#include "vb_cpu_state.h"

#define LX_CODE    0x40100000u
#define LX_VECBASE 0x40104000u
#define LX_DRAM    0x3ffe8000u

enum { LX_L8UI = 0, LX_L16UI = 1, LX_L32I = 2, LX_S8I = 4, LX_S16I = 5, LX_S32I = 6, LX_L16SI = 9 };

/* 24-bit instruction words; narrow ones have 0 in their upper byte and are told by op0. */
#define LX_RRI8(r, t, s, imm)                                                                      \
    (2u | (uint32_t)(t) << 4 | (uint32_t)(s) << 8 | (uint32_t)(r) << 12 |                          \
     ((uint32_t)(imm)&0xffu) << 16)
#define LX_MOVI(t, imm)    LX_RRI8(10, t, (uint32_t)(imm) >> 8 & 15u, imm)
#define LX_ADDI(t, s, imm) LX_RRI8(12, t, s, imm)
#define LX_RSR(t, sr)      (0x030000u | (uint32_t)(sr) << 8 | (uint32_t)(t) << 4)
#define LX_WSR(t, sr)      (0x130000u | (uint32_t)(sr) << 8 | (uint32_t)(t) << 4)
#define LX_RSIL(t, level)  (0x6000u | (uint32_t)(level) << 8 | (uint32_t)(t) << 4)
#define LX_WAITI(level)    (0x7000u | (uint32_t)(level) << 8)
#define LX_J(distance)     (6u | ((uint32_t)((distance)-4) & 0x3ffffu) << 6)
#define LX_JX(s)           (0xa0u | (uint32_t)(s) << 8)
#define LX_SYSCALL         0x5000u
#define LX_SIMCALL         0x5100u
#define LX_RFE             0x3000u
#define LX_NOP             0x20f0u

struct lx106 {
    struct vb_board *board;
    struct vb_cpu_state cpu; /* as of lx_load() or the last lx_step() */
    uint32_t end;            /* where lx_put() goes on */
};

/* A powered board with blank flash, interrupts masked by nothing, PS = user mode, vectors that
 * loop, registers 0. Fails the test when there is none. */
void lx_open(struct lx106 *lx);
void lx_close(struct lx106 *lx);
/* Both for cmocka: *state is the struct lx106. */
int lx_set_up(void **state);
int lx_tear_down(void **state);
/* Appends an instruction at lx->end, which starts at LX_CODE. */
void lx_put(struct lx106 *lx, uint32_t word);
/* Executes n instructions from lx->cpu, which is loaded before and stored after. */
enum vb_stop lx_step(struct lx106 *lx, unsigned n);
/* Runs one instruction with as = vaddr, at = value; returns EXCCAUSE, or -1 without an exception.
 */
int lx_access(struct lx106 *lx, unsigned op, uint32_t vaddr, uint32_t value);

#endif
