/* SPDX-License-Identifier: Apache-2.0 */
/* Code that the ROM calls back in tests/board/rom_system.c: handlers for interrupts, exceptions,
 * timers and tasks, loaded at 0x40101000. Each appends what it sees to a log in DRAM: the number of
 * words, then the words. Starts with the addresses of its functions, in the order of the test. */
    .text
    .word   probe_isr, probe_timer_isr, probe_exception, probe_load, probe_raise
    .word   probe_callback, probe_task, probe_delay
log_start:
    .word   0x3FFE8000
delay_us:
    .word   0x40002ECC

    /* Spoils a8 and a9. */
    .macro  log reg
    l32r    a8, log_start
    l32i    a9, a8, 0
    addi    a9, a9, 1
    s32i    a9, a8, 0
    addx4   a9, a9, a8
    s32i    \reg, a9, 0
    .endm

    .macro  function name
    .align  4
    .global \name
\name:
    .endm

    /* isr(arg, frame): argument, EPC of the interrupted code, PS during the handler */
    function probe_isr
    l32i    a3, a3, 0
    log     a2
    log     a3
    rsr     a4, ps
    log     a4
    ret

    /* The handler of the CCOUNT interrupt; writing CCOMPARE clears it. */
    function probe_timer_isr
    log     a2
    rsr     a4, ccompare0
    wsr     a4, ccompare0
    ret

    /* handler(frame, cause): cause, EXCVADDR; skips the three-byte instruction */
    function probe_exception
    log     a3
    rsr     a4, excvaddr
    log     a4
    l32i    a4, a2, 0
    addi    a4, a4, 3
    s32i    a4, a2, 0
    ret

    /* A byte load from a2 with every other register marked: returns their sum unharmed or 0. */
    function probe_load
    addi    a1, a1, -16
    s32i    a12, a1, 0
    movi    a12, 12
    movi    a3, 3
    movi    a4, 4
    movi    a5, 5
    movi    a15, 15
    ssai    9
    l8ui    a6, a2, 0
    rsr     a7, sar
    add     a3, a3, a4
    add     a3, a3, a5
    add     a3, a3, a12
    add     a3, a3, a15
    add     a2, a3, a7
    l32i    a12, a1, 0
    addi    a1, a1, 16
    ret

    /* Raises software interrupt 7 and returns a value that handlers must not change. */
    function probe_raise
    movi    a3, 128
    movi    a2, 77
    wsr     a3, interrupt
    rsync
    nop
    nop
    nop
    ret

    /* callback(value) */
    function probe_callback
    log     a2
    ret

    /* task(event) */
    function probe_task
    l32i    a3, a2, 0
    l32i    a4, a2, 4
    log     a3
    log     a4
    ret

    /* The cycles that ets_delay_us(a2) takes. */
    function probe_delay
    addi    a1, a1, -16
    s32i    a0, a1, 0
    s32i    a12, a1, 4
    l32r    a3, delay_us
    rsr     a12, ccount
    callx0  a3
    rsr     a2, ccount
    sub     a2, a2, a12
    l32i    a0, a1, 0
    l32i    a12, a1, 4
    addi    a1, a1, 16
    ret
