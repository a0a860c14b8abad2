/* SPDX-License-Identifier: Apache-2.0 */
/* Where the mask ROM's loader calls the stub, and where the stub leaves it for good. */
    .section .entry, "ax"
    .global _start
    .align 4
_start:
    j clear
    .align 4
bss_start: .word _bss_start
bss_end:   .word _bss_end
main:      .word stub_main
boot_from_flash: .word 0x400010A8
clear:
    l32r a2, bss_start
    l32r a3, bss_end
    movi a4, 0
    j 2f
1:  s32i a4, a2, 0
    addi a2, a2, 4
2:  bltu a2, a3, 1b
    l32r a0, main
    callx0 a0
    /* Fact: the mask ROM's main goes on there when its loader returns: it boots from flash. */
    l32r a0, boot_from_flash
    jx a0

    .text
    .global line_sleep
    .align 4
/* Sleeps until an interrupt unless *a2 is not zero: the look and the sleep are one step. */
line_sleep:
    rsil a4, 1
    l32i a3, a2, 0
    bnez a3, 1f
    waiti 0
1:  rsil a4, 0
    ret
