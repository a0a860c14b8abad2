/* SPDX-License-Identifier: Apache-2.0 */
/* Exception vectors, the dispatcher behind the user vector, and the small processor services beside
 * it. One frame serves all: 256 bytes below the stack of the interrupted code. */
#define FRAME_SIZE     256
#define FRAME_EPC      0
#define FRAME_PS       4
#define FRAME_SAR      8
#define FRAME_VPRI     12
#define FRAME_A0       16
#define FRAME_A(n)     (20 + 4 * ((n) - 2))
#define FRAME_EXCCAUSE 76

#define EXCEPTION_TABLE 0x3FFFC000
#define C_HANDLERS      0x3FFFC100
#define INTERRUPT_STATE 0x3FFFC200 /* soft INTENABLE, virtual priority mask */
#define TOP_HANDLER     0x3FFFC278 /* of interrupt 0; 8 bytes less per number */
#define TOP_PRIORITY    0x3FFFC2F0
#define PS_UM           0x20
#define CAUSE_LOADSTORE 3

    .section .fixed.debug_vector, "ax"
1:  waiti   2
    j       1b

    .section .fixed.nmi_vector, "ax"
    rfi     3

    .section .fixed.kernel_vector, "ax"
    break   1, 0
1:  j       1b

    /* The address of the exception table is a literal in DRAM, as in the mask ROM: whoever overwrites
     * it loses every exception that the ROM dispatches. */
    .section .fixed.user_vector, "ax"
    addmi   a1, a1, -FRAME_SIZE
    s32i    a2, a1, FRAME_A(2)
    s32i    a3, a1, FRAME_A(3)
    l32r    a2, vector_literal
    rsr     a3, exccause
    addx4   a2, a3, a2
    l32i    a2, a2, 0
    s32i    a4, a1, FRAME_A(4)
    jx      a2

    .section .fixed.vector_literal, "a"
vector_literal:
    .word   EXCEPTION_TABLE

    .section .fixed.double_vector, "ax"
    break   1, 4
1:  j       1b

    .section .text.dispatch, "ax"
    .literal_position

    .macro  save_frame
    s32i    a0, a1, FRAME_A0
    s32i    a5, a1, FRAME_A(5)
    s32i    a6, a1, FRAME_A(6)
    s32i    a7, a1, FRAME_A(7)
    s32i    a8, a1, FRAME_A(8)
    s32i    a9, a1, FRAME_A(9)
    s32i    a10, a1, FRAME_A(10)
    s32i    a11, a1, FRAME_A(11)
    s32i    a12, a1, FRAME_A(12)
    s32i    a13, a1, FRAME_A(13)
    s32i    a14, a1, FRAME_A(14)
    s32i    a15, a1, FRAME_A(15)
    rsr     a2, epc1
    rsr     a3, ps
    s32i    a2, a1, FRAME_EPC
    s32i    a3, a1, FRAME_PS
    rsr     a2, sar
    rsr     a3, exccause
    s32i    a2, a1, FRAME_SAR
    s32i    a3, a1, FRAME_EXCCAUSE
    .endm

    /* The saved PS has EXCM set: no interrupt can come in before rfe. */
    .global _xtos_return_from_exc
    .align  4
_xtos_return_from_exc:
    l32i    a2, a1, FRAME_PS
    wsr     a2, ps
    rsync
    l32i    a2, a1, FRAME_EPC
    l32i    a3, a1, FRAME_SAR
    wsr     a2, epc1
    wsr     a3, sar
    l32i    a0, a1, FRAME_A0
    l32i    a5, a1, FRAME_A(5)
    l32i    a6, a1, FRAME_A(6)
    l32i    a7, a1, FRAME_A(7)
    l32i    a8, a1, FRAME_A(8)
    l32i    a9, a1, FRAME_A(9)
    l32i    a10, a1, FRAME_A(10)
    l32i    a11, a1, FRAME_A(11)
    l32i    a12, a1, FRAME_A(12)
    l32i    a13, a1, FRAME_A(13)
    l32i    a14, a1, FRAME_A(14)
    l32i    a15, a1, FRAME_A(15)
    l32i    a2, a1, FRAME_A(2)
    l32i    a3, a1, FRAME_A(3)
    l32i    a4, a1, FRAME_A(4)
    addmi   a1, a1, FRAME_SIZE
    rfe

    /* Highest pending number first; INTCLEAR before the handler, so that an edge during it is seen.
     * a12 state, a13 number, a14 8 * number, a15 the handler's pair. */
    .global _xtos_l1int_handler
    .align  4
_xtos_l1int_handler:
    save_frame
    movi    a12, INTERRUPT_STATE
    l32i    a2, a12, 4
    s32i    a2, a1, FRAME_VPRI
.Lnext_interrupt:
    rsr     a2, interrupt
    rsr     a3, intenable
    and     a2, a2, a3
    beqz    a2, .Lno_interrupt
    nsau    a2, a2
    movi    a13, 31
    sub     a13, a13, a2
    movi    a2, 1
    ssl     a13
    sll     a2, a2
    wsr     a2, intclear

    slli    a14, a13, 3
    movi    a2, TOP_PRIORITY
    sub     a2, a2, a14
    l32i    a2, a2, 0
    l32i    a3, a1, FRAME_VPRI
    and     a2, a2, a3
    s32i    a2, a12, 4
    l32i    a3, a12, 0
    and     a3, a3, a2
    wsr     a3, intenable
    movi    a15, TOP_HANDLER
    sub     a15, a15, a14
    movi    a2, PS_UM
    wsr     a2, ps
    rsync

    l32i    a4, a15, 0
    l32i    a2, a15, 4
    mov     a3, a1
    callx0  a4

    rsil    a2, 1
    l32i    a2, a1, FRAME_VPRI
    s32i    a2, a12, 4
    l32i    a3, a12, 0
    and     a3, a3, a2
    wsr     a3, intenable
    rsync
    j       .Lnext_interrupt
.Lno_interrupt:
    j       _xtos_return_from_exc

    /* Bus errors of instruction side and data side look like a load/store error to C. */
    .global _xtos_cause3_handler
    .align  4
_xtos_cause3_handler:
    movi    a2, CAUSE_LOADSTORE
    wsr     a2, exccause
    rsync

    /* Calls the C handler of the cause: handler(frame, cause). It may change the frame. */
    .global _xtos_c_wrapper_handler
    .align  4
_xtos_c_wrapper_handler:
    save_frame
    mov     a12, a3
    movi    a2, PS_UM | 1
    wsr     a2, ps
    rsync
    movi    a2, C_HANDLERS
    addx4   a2, a12, a2
    l32i    a4, a2, 0
    mov     a2, a1
    mov     a3, a12
    callx0  a4
    j       _xtos_return_from_exc

    .global _xtos_alloca_handler
    .global _xtos_syscall_handler
    .global _xtos_unhandled_exception
    .align  4
_xtos_alloca_handler:
_xtos_syscall_handler:
_xtos_unhandled_exception:
    l32i    a2, a1, FRAME_A(2)
    l32i    a3, a1, FRAME_A(3)
    l32i    a4, a1, FRAME_A(4)
    addmi   a1, a1, FRAME_SIZE
    break   1, 1
    rfe

    .global _xtos_unhandled_interrupt
    .align  4
_xtos_unhandled_interrupt:
    break   1, 15
    ret

    .global _xtos_p_none
    .align  4
_xtos_p_none:
    ret

    .macro  function name
    .global \name
    .type   \name, @function
    .align  4
\name:
    .endm

    /* old PS = _xtos_set_intlevel(level) */
    function _xtos_set_intlevel
    rsil    a3, 15
    srli    a4, a3, 4
    slli    a4, a4, 4
    or      a4, a4, a2
    mov     a2, a3
    wsr     a4, ps
    rsync
    ret

    /* old PS = _xtos_set_min_intlevel(level): never lowers */
    function _xtos_set_min_intlevel
    rsil    a3, 15
    extui   a4, a3, 0, 4
    bgeu    a2, a4, 1f
    mov     a2, a4
1:  srli    a4, a3, 4
    slli    a4, a4, 4
    or      a4, a4, a2
    mov     a2, a3
    wsr     a4, ps
    rsync
    ret

    /* _xtos_restore_intlevel(old PS) */
    function _xtos_restore_intlevel
    wsr     a2, ps
    rsync
    ret

    /* old mask = _xtos_set_vpri(mask) */
    function _xtos_set_vpri
    movi    a4, INTERRUPT_STATE
    rsil    a5, 1
    l32i    a3, a4, 4
    s32i    a2, a4, 4
    l32i    a6, a4, 0
    and     a6, a6, a2
    wsr     a6, intenable
    wsr     a5, ps
    rsync
    mov     a2, a3
    ret

    /* old soft mask = _xtos_ints_on(bits), _xtos_ints_off(bits) */
    function _xtos_ints_on
    movi    a4, INTERRUPT_STATE
    rsil    a5, 1
    l32i    a3, a4, 0
    or      a2, a2, a3
.Lset_soft_mask:
    s32i    a2, a4, 0
    l32i    a6, a4, 4
    and     a6, a6, a2
    wsr     a6, intenable
    wsr     a5, ps
    rsync
    mov     a2, a3
    ret

    function _xtos_ints_off
    movi    a4, INTERRUPT_STATE
    rsil    a5, 1
    l32i    a3, a4, 0
    or      a6, a3, a2
    xor     a2, a6, a2
    j       .Lset_soft_mask

    function ets_intr_lock
    rsil    a2, 3
    ret

    function ets_intr_unlock
    rsil    a2, 0
    ret

    function xthal_get_ccount
    rsr     a2, ccount
    ret

    /* xthal_set_ccompare(n, value): there is only number 0 */
    function xthal_set_ccompare
    bnez    a2, 1f
    wsr     a3, ccompare0
    esync
1:  ret

    function xthal_get_ccompare
    rsr     a2, ccompare0
    ret

    function xthal_get_interrupt
    rsr     a2, interrupt
    ret

    function xthal_set_intclear
    wsr     a2, intclear
    ret

    /* Initial tables. */
    .section .fixed.exception_table, "a"
    .word   0x4000DC44, 0x4000DBE4, 0x4000DC44, 0x4000DC44 /* 0-3 */
    .word   0x4000048C, 0x4000DBE0                         /* 4, 5 */
    .rept   6
    .word   0x4000DC44
    .endr
    .rept   4
    .word   0x40000590                                     /* 12-15 */
    .endr
    .rept   48
    .word   0x4000DC44
    .endr
    .rept   64
    .word   0x4000DBF8
    .endr

    .section .fixed.interrupt_table, "a"
    .word   0, 0xFFFFFFFF           /* soft INTENABLE, virtual priority mask */
    .rept   15
    .word   0x4000DC3C, 0
    .endr
    /* While the handler of interrupt n runs, only higher numbers may interrupt it: 14 first. */
    .set    .Lmask, 0xFFFF8000
    .rept   15
    .word   .Lmask, 0
    .set    .Lmask, (.Lmask >> 1) | 0x80000000
    .endr
