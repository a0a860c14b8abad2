/* SPDX-License-Identifier: Apache-2.0 */
/* Exception vectors (VECBASE 0x40100000) and the way from them to C and back. An interrupt saves
 * the task on its own stack and is served on the interrupt stack; everything else ends in
 * soc_panic(). Runs with the flash cache off, so all of it stands in IRAM. */

#define FRAME_SIZE 96
#define FRAME_PC   64
#define FRAME_PS   68
#define FRAME_SAR  72
#define FRAME_CAUSE 76
#define FRAME_VADDR 80
#define FRAME_WORDS 21

#define CAUSE_INTERRUPT 4
#define CAUSE_DOUBLE    64
#define CAUSE_DEBUG     65
#define PS_UM_LEVEL1 0x21
#define PS_UM_LEVEL2 0x22

    .section .vectors, "ax"
    .global _vectors
    .balign 256
_vectors:
    .org _vectors + 0x10
    j       debug_entry
    .org _vectors + 0x20
    rfi     3
    .org _vectors + 0x30
    wsr     a0, excsave1
    j       level1_entry
    .org _vectors + 0x50
    wsr     a0, excsave1
    j       level1_entry
    .org _vectors + 0x70
    j       double_entry
    .org _vectors + 0x80

    .section .iram1.vectors, "ax"
    .literal_position
    .balign 4
level1_entry:
    addi    a0, a1, -FRAME_SIZE
    s32i    a1, a0, 4
    mov     a1, a0
    s32i    a2, a1, 8
    s32i    a3, a1, 12
    s32i    a4, a1, 16
    s32i    a5, a1, 20
    s32i    a6, a1, 24
    s32i    a7, a1, 28
    s32i    a8, a1, 32
    s32i    a9, a1, 36
    s32i    a10, a1, 40
    s32i    a11, a1, 44
    s32i    a12, a1, 48
    s32i    a13, a1, 52
    s32i    a14, a1, 56
    s32i    a15, a1, 60
    rsr     a2, excsave1
    s32i    a2, a1, 0
    rsr     a2, epc1
    s32i    a2, a1, FRAME_PC
    rsr     a2, ps
    s32i    a2, a1, FRAME_PS
    rsr     a2, sar
    s32i    a2, a1, FRAME_SAR
    rsr     a2, excvaddr
    s32i    a2, a1, FRAME_VADDR
    rsr     a2, exccause
    s32i    a2, a1, FRAME_CAUSE
    beqi    a2, CAUSE_INTERRUPT, interrupt

    /* The interrupt stack may hold this very frame: take it to safety first. */
    movi    a3, soc_panic_frame
    movi    a5, FRAME_WORDS
1:  l32i    a4, a1, 0
    s32i    a4, a3, 0
    addi    a1, a1, 4
    addi    a3, a3, 4
    addi    a5, a5, -1
    bnez    a5, 1b
    j       panic

interrupt:
    mov     a12, a1
    movi    a2, PS_UM_LEVEL1
    wsr     a2, ps
    rsync
    movi    a1, _stack_top
    movi    a2, soc_isr_dispatch
    callx0  a2
    mov     a1, a12
    l32i    a2, a1, FRAME_SAR
    wsr     a2, sar
    l32i    a2, a1, FRAME_PS
    wsr     a2, ps
    rsync
    l32i    a2, a1, FRAME_PC
    wsr     a2, epc1
    l32i    a0, a1, 0
    l32i    a2, a1, 8
    l32i    a3, a1, 12
    l32i    a4, a1, 16
    l32i    a5, a1, 20
    l32i    a6, a1, 24
    l32i    a7, a1, 28
    l32i    a8, a1, 32
    l32i    a9, a1, 36
    l32i    a10, a1, 40
    l32i    a11, a1, 44
    l32i    a12, a1, 48
    l32i    a13, a1, 52
    l32i    a14, a1, 56
    l32i    a15, a1, 60
    addi    a1, a1, FRAME_SIZE
    rfe

/* The stack pointer is not to be trusted here: registers go straight to the panic frame. */
    .macro  save_to_panic_frame cause, epc, save
    movi    a0, soc_panic_frame
    s32i    a1, a0, 4
    s32i    a2, a0, 8
    s32i    a3, a0, 12
    s32i    a4, a0, 16
    s32i    a5, a0, 20
    s32i    a6, a0, 24
    s32i    a7, a0, 28
    s32i    a8, a0, 32
    s32i    a9, a0, 36
    s32i    a10, a0, 40
    s32i    a11, a0, 44
    s32i    a12, a0, 48
    s32i    a13, a0, 52
    s32i    a14, a0, 56
    s32i    a15, a0, 60
    rsr     a2, \save
    s32i    a2, a0, 0
    rsr     a2, \epc
    s32i    a2, a0, FRAME_PC
    rsr     a2, ps
    s32i    a2, a0, FRAME_PS
    rsr     a2, sar
    s32i    a2, a0, FRAME_SAR
    rsr     a2, excvaddr
    s32i    a2, a0, FRAME_VADDR
    movi    a2, \cause
    s32i    a2, a0, FRAME_CAUSE
    .endm

double_entry:
    save_to_panic_frame CAUSE_DOUBLE, epc1, excsave1
    j       panic
debug_entry:
    wsr     a0, excsave2
    save_to_panic_frame CAUSE_DEBUG, epc2, excsave2

panic:
    movi    a2, PS_UM_LEVEL2
    wsr     a2, ps
    rsync
    movi    a1, _stack_top
    movi    a2, soc_panic_frame
    movi    a3, soc_panic
    callx0  a3

/* void call_start_cpu(uint32_t flash_offset): the entry of the image, in flash. RAM holds nothing
 * of ours yet; the stack at the top of DRAM is free for it. */
    .section .text.call_start_cpu, "ax"
    .literal_position
    .balign 4
    .global call_start_cpu
    .type call_start_cpu, @function
call_start_cpu:
    movi    a3, PS_UM_LEVEL1
    wsr     a3, ps
    movi    a3, 0
    wsr     a3, intenable
    rsync
    movi    a1, _stack_top
    movi    a3, soc_start
    callx0  a3
    .size call_start_cpu, . - call_start_cpu
