/* SPDX-License-Identifier: Apache-2.0 */
/* The guest of the CPU comparison: takes batches of cases, and for each loads memory, special
 * registers and a0..a15, runs the case's program, and records the state in the exception that ends
 * it. The same bytes run in QEMU (SIMCALL) and on the board (WAITI hands over). */
#include "cpu_diff.h"

    .begin  no-longcalls
    .section .reset, "ax"
    .global _start
_start:
    movi    a0, DIFF_TEXT >> 20
    slli    a0, a0, 20
    addmi   a0, a0, 0x100       /* entry */
    jx      a0

    .text
    .org 0x10
    j       dump_debug
    .org 0x20
    j       dump_nmi
    .org 0x30
    j       dump_kernel
    .org 0x50
    j       dump_user
    .org 0x70
    j       dump_double

    .org 0x80
.Lvecbase: .word DIFF_TEXT
.Lcontrol: .word DIFF_CONTROL
.Ldata: .word DIFF_DATA
.Lin: .word DIFF_IN
.Lout: .word DIFF_OUT
.Lslot: .word DIFF_SLOT
.Lin_len: .word DIFF_CASE_LEN * DIFF_BATCH
.Lout_len: .word DIFF_RESULT_LEN * DIFF_BATCH

    .org 0x100
entry:
    l32r    a0, .Lvecbase
    wsr     a0, 231
    movi    a0, 0
    wsr     a0, 228
next_batch:
    movi    a2, DIFF_SYS_READ
    movi    a3, 0
    l32r    a4, .Lin
    l32r    a5, .Lin_len
    call0   system
    bnez    a2, 1f
    movi    a2, DIFF_SYS_EXIT
    movi    a3, 0
    call0   system
1:  l32r    a8, .Lcontrol
    movi    a2, DIFF_BATCH
    s32i    a2, a8, DIFF_N_LEFT
    l32r    a2, .Lin
    s32i    a2, a8, DIFF_IN_PTR
    l32r    a2, .Lout
    s32i    a2, a8, DIFF_OUT_PTR

next_case:
    l32r    a0, .Lcontrol
    l32i    a0, a0, DIFF_IN_PTR
    l32r    a1, .Lslot
    .irp i, 0, 4, 8, 12
    l32i    a2, a0, DIFF_CASE_CODE + \i
    s32i    a2, a1, \i
    .endr
    isync
    addi    a2, a0, DIFF_CASE_DATA
    l32r    a3, .Ldata
    call0   copy_data
    l32r    a0, .Lcontrol
    l32i    a0, a0, DIFF_IN_PTR
    movi    a1, 0x80
    wsr     a1, 227
#define LOAD_SR(i, sr) l32i a1, a0, DIFF_CASE_SR + 4 * i; wsr a1, sr;
    DIFF_CASE_SRS(LOAD_SR)
    rsync
    .irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    l32i    a\n, a0, DIFF_CASE_A + 4 * \n
    .endr
    l32i    a0, a0, DIFF_CASE_A
    j       slot

/* Copies the data words from a2 to a3; uses a4, a5. */
    .align  4
copy_data:
    movi    a5, DIFF_DATA_WORDS
1:  l32i    a4, a2, 0
    s32i    a4, a3, 0
    addi    a2, a2, 4
    addi    a3, a3, 4
    addi    a5, a5, -1
    bnez    a5, 1b
    ret

/* Call a2 with a3..a5; the result is in a2. */
    .align  4
system:
    l32r    a8, .Lcontrol
    l32i    a8, a8, DIFF_MACHINE
    bnez    a8, 1f
    simcall
    ret
1:  waiti   15
    ret

/* a0 becomes the record; a1 is saved. Without L32R: LITBASE may be anything. */
    .macro dump name, vector
\name:
    wsr     a0, 209
    movi    a0, 0x7ff
    slli    a0, a0, 4
    addi    a0, a0, 13
    slli    a0, a0, 15          /* DIFF_CONTROL */
    l32i    a0, a0, DIFF_OUT_PTR
    s32i    a1, a0, DIFF_RESULT_A + 4
    movi    a1, \vector
    s32i    a1, a0, DIFF_RESULT_VECTOR
    j       record
    .endm
    dump dump_debug, 0x10
    dump dump_nmi, 0x20
    dump dump_kernel, 0x30
    dump dump_user, 0x50
    dump dump_double, 0x70

record:
    .irp n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    s32i    a\n, a0, DIFF_RESULT_A + 4 * \n
    .endr
    rsr     a1, 209
    s32i    a1, a0, DIFF_RESULT_A
#define STORE_SR(i, sr) rsr a1, sr; s32i a1, a0, DIFF_RESULT_SR + 4 * i;
    DIFF_RESULT_SRS(STORE_SR)
    movi    a1, 0
    wsr     a1, 5               /* LITBASE */
    wsr     a1, 228             /* INTENABLE */
    wsr     a1, 160             /* DBREAKC0 */
    wsr     a1, 96              /* IBREAKENABLE */
    wsr     a1, 237             /* ICOUNTLEVEL */
    isync
    l32r    a2, .Ldata
    mov     a3, a0
    addi    a3, a3, 80
    addi    a3, a3, DIFF_RESULT_DATA - 80
    call0   copy_data

    l32r    a8, .Lcontrol
    l32i    a2, a8, DIFF_IN_PTR
    addmi   a2, a2, 0x100
    addi    a2, a2, DIFF_CASE_LEN - 0x100
    s32i    a2, a8, DIFF_IN_PTR
    l32i    a2, a8, DIFF_OUT_PTR
    addmi   a2, a2, 0x100
    addi    a2, a2, DIFF_RESULT_LEN - 0x100
    s32i    a2, a8, DIFF_OUT_PTR
    l32i    a2, a8, DIFF_N_LEFT
    addi    a2, a2, -1
    s32i    a2, a8, DIFF_N_LEFT
    beqz    a2, 1f
    j       next_case
1:  movi    a2, DIFF_SYS_WRITE
    movi    a3, 1
    l32r    a4, .Lout
    l32r    a5, .Lout_len
    call0   system
    j       next_batch

    .section .literals, "a"
    .set    x, 1
    .rept   DIFF_LITERAL_LEN / 4
    .set    x, (x * 1664525 + 1013904223) & 0xffffffff
    .long   x
    .endr

    .section .pads, "ax"
    .fill (DIFF_SLOT - DIFF_PADS) / 2, 2, 0xf06d
    .global slot
slot:
    .fill (DIFF_PADS + DIFF_PADS_LEN - DIFF_SLOT) / 2, 2, 0xf06d
    .end    no-longcalls
