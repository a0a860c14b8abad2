/* SPDX-License-Identifier: Apache-2.0 */
/* The lx106 processor: registers, special registers, exceptions and interrupts. Instruction
 * semantics live in exec.c, encodings in decode.c. It knows no device and no memory map. */
#ifndef VB_CPU_H
#define VB_CPU_H

#include <stdbool.h>
#include <stdint.h>

struct vb_board;

/* Special registers by number. Fact: machine sheet 2.2. */
enum vb_sr {
    VB_SR_SAR = 3,
    VB_SR_LITBASE = 5,
    VB_SR_IBREAKENABLE = 96,
    VB_SR_DDR = 104,
    VB_SR_IBREAKA0 = 128,
    VB_SR_DBREAKA0 = 144,
    VB_SR_DBREAKC0 = 160,
    VB_SR_EPC1 = 177, /* EPC2 and EPC3 follow */
    VB_SR_DEPC = 192,
    VB_SR_EPS2 = 194, /* EPS3 follows */
    VB_SR_EXCSAVE1 = 209,
    VB_SR_INTERRUPT = 226, /* written as INTSET */
    VB_SR_INTCLEAR = 227,
    VB_SR_INTENABLE = 228,
    VB_SR_PS = 230,
    VB_SR_VECBASE = 231,
    VB_SR_EXCCAUSE = 232,
    VB_SR_DEBUGCAUSE = 233,
    VB_SR_CCOUNT = 234,
    VB_SR_PRID = 235,
    VB_SR_ICOUNT = 236,
    VB_SR_ICOUNTLEVEL = 237,
    VB_SR_EXCVADDR = 238,
    VB_SR_CCOMPARE0 = 240,
};

#define VB_PS_INTLEVEL 0x0fu
#define VB_PS_EXCM     0x10u
#define VB_PS_UM       0x20u

enum vb_cause {
    VB_CAUSE_ILLEGAL = 0,
    VB_CAUSE_SYSCALL = 1,
    VB_CAUSE_FETCH_ERROR = 2,
    VB_CAUSE_LOAD_STORE_ERROR = 3,
    VB_CAUSE_INTERRUPT = 4,
    VB_CAUSE_UNALIGNED = 9,
    VB_CAUSE_FETCH_PROHIBITED = 20,
    VB_CAUSE_LOAD_PROHIBITED = 28,
    VB_CAUSE_STORE_PROHIBITED = 29,
};

struct vb_cpu {
    uint32_t a[16];
    uint32_t pc;
    uint32_t sr[256];       /* CCOUNT is kept as ccount_base */
    uint8_t tlb_attr[2][8]; /* [0] instructions, [1] data; 15 is no access */

    uint32_t ccount_base; /* CCOUNT at ccount_time */
    uint64_t ccount_time; /* ticks */

    bool waiting;   /* WAITI, until an interrupt is taken */
    bool nmi;       /* latched NMI */
    bool counting;  /* ICOUNT counts the present instruction, should it complete */
    bool attention; /* end the slice after the present instruction */
    /* Instructions of the present slice: as granted since the last time synchronisation, and what
     * is left of them. Their difference is what vb_now() adds to the board's time. */
    int32_t slice_len;
    int32_t slice_left;
};

void vb_cpu_reset(struct vb_board *b);

/* Enters the vector of an exception whose instruction is at cpu.pc. */
void vb_cpu_raise(struct vb_board *b, enum vb_cause cause, uint32_t vaddr);
/* Enters the debug vector; debugcause is the register's new value. False: masked by the level. */
bool vb_cpu_debug(struct vb_board *b, uint32_t debugcause);
/* True when an enabled interrupt would be taken before the next instruction. */
bool vb_cpu_interrupt_ready(const struct vb_cpu *cpu);
/* Enters the vector of the most urgent interrupt, if one may be taken now. */
void vb_cpu_take_interrupt(struct vb_board *b);
/* The level that masks interrupts: INTLEVEL, and at least 1 while EXCM is set. */
unsigned vb_cpu_level(const struct vb_cpu *cpu);

/* Reads or writes a special register as RSR and WSR do. */
uint32_t vb_cpu_read_sr(const struct vb_board *b, unsigned sr);
void vb_cpu_write_sr(struct vb_board *b, unsigned sr, uint32_t value);

/* CCOUNT reached CCOMPARE0. */
void vb_cpu_ccompare_event(struct vb_board *b);
/* The CPU clock is about to change: CCOUNT goes on from its present value. */
void vb_cpu_rebase_ccount(struct vb_board *b);
/* The CPU clock has changed: CCOMPARE0 is met at another time. */
void vb_cpu_clock_changed(struct vb_board *b);

/* Executes up to cpu.slice_left instructions from cpu.pc; returns early when cpu.attention is
 * raised. cpu.slice_left then tells how many were not executed. */
void vb_exec(struct vb_board *b);

#endif
