/* SPDX-License-Identifier: Apache-2.0 */
/* The integer helpers that the compiler calls and Debian's libgcc leaves to the chip's ROM. They
 * stand in flash, because picolibc and libgcc reach no farther than 512 KiB with their calls; what
 * runs while the flash is busy must do without. Products are our own, because the 64-bit one
 * decides how fast bignums are; divisions go on to the ROM. */

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
    .section .text.__umulsidi3, "ax"
    .balign 4
    .global __umulsidi3
    .type __umulsidi3, @function
__umulsidi3:
    mov     a4, a3
    umul64
    ret
    .size __umulsidi3, . - __umulsidi3

/* uint64_t __muldi3(uint64_t a3:a2, uint64_t a5:a4) */
    .section .text.__muldi3, "ax"
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

/* Fact: esp8266-machine 4.6. a9 is the caller's to lose. */
    .macro  rom_function name, address
    .section .text.\name, "ax"
    .literal_position
    .balign 4
    .global \name
    .type \name, @function
\name:
    movi    a9, \address
    jx      a9
    .size \name, . - \name
    .endm

    rom_function __divsi3, 0x4000dc88
    rom_function __udivsi3, 0x4000e21c
    rom_function __umodsi3, 0x4000e268
    rom_function __divdi3, 0x4000ce60
    rom_function __udivdi3, 0x4000d310
    rom_function __umoddi3, 0x4000d770
