/* SPDX-License-Identifier: Apache-2.0 */
/* 64-bit products. The compiler calls __muldi3 for every widening product, so bignum arithmetic
 * lives in it: MULL gives the low word, four MUL16U the high one. */

    .section .text.multiply, "ax"
    .align  4

    /* a2:a3 (low:high) times a4:a5 */
    .global __muldi3
    .type   __muldi3, @function
__muldi3:
    mull    a6, a2, a5
    mull    a7, a3, a4
    add     a6, a6, a7              /* what the high words add to the high word */
.Lwiden:
    extui   a7, a2, 16, 16
    extui   a8, a4, 16, 16
    mul16u  a9, a7, a8              /* high * high */
    mul16u  a7, a7, a4              /* high * low */
    mul16u  a8, a2, a8              /* low * high */
    mul16u  a10, a2, a4             /* low * low */
    mull    a2, a2, a4
    extui   a10, a10, 16, 16
    add     a10, a10, a7            /* at most 0xffff + 0xfffe0001: no carry */
    add     a10, a10, a8
    extui   a3, a10, 16, 16
    add     a3, a3, a9
    add     a3, a3, a6
    bgeu    a10, a8, 1f
    movi    a7, 1
    slli    a7, a7, 16
    add     a3, a3, a7
1:  ret

    /* a2 times a3, unsigned */
    .align  4
    .global __umulsidi3
    .type   __umulsidi3, @function
__umulsidi3:
    mov     a4, a3
    movi    a6, 0
    j       .Lwiden
