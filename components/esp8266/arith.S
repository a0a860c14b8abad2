/* SPDX-License-Identifier: Apache-2.0 */
/* 64-bit products: the two helpers of libgcc that decide how fast bignums are. In IRAM, because
 * every caller is in a hurry; the other missing helpers come from the mask ROM. */

/* low (a2) and high (a3) word of a2 * a4, from four 16-bit products; uses a5..a8. The core has
 * mul16u and a low 32-bit product, but no high one. */
    .macro  umul64
    extui   a5, a2, 16, 16
    extui   a6, a4, 16, 16
    mul16u  a7, a5, a4
    mul16u  a8, a2, a6
    mul16u  a3, a5, a6
    add     a7, a7, a8
    bgeu    a7, a8, 1f
    movi    a8, 1
    slli    a8, a8, 16
    add     a3, a3, a8
1:  extui   a8, a7, 16, 16
    add     a3, a3, a8
    slli    a7, a7, 16
    mul16u  a2, a2, a4
    add     a2, a2, a7
    bgeu    a2, a7, 2f
    addi    a3, a3, 1
2:
    .endm

/* uint64_t __umulsidi3(uint32_t a2, uint32_t a3) */
    .section .iram1.umulsidi3, "ax"
    .balign 4
    .global __umulsidi3
    .type __umulsidi3, @function
__umulsidi3:
    mov     a4, a3
    umul64
    ret
    .size __umulsidi3, . - __umulsidi3

/* uint64_t __muldi3(uint64_t a3:a2, uint64_t a5:a4) */
    .section .iram1.muldi3, "ax"
    .balign 4
    .global __muldi3
    .type __muldi3, @function
__muldi3:
    mull    a9, a3, a4
    mull    a10, a2, a5
    add     a9, a9, a10
    umul64
    add     a3, a3, a9
    ret
    .size __muldi3, . - __muldi3
