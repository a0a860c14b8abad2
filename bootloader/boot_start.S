/* SPDX-License-Identifier: Apache-2.0 */
/* Entry from the mask ROM. The ROM's stack is taken over from its top: nobody returns there. */

#define PS_UM_LEVEL1 0x21

    .section .text.bootloader_start, "ax"
    .literal_position
    .balign 4
    .global bootloader_start
    .type bootloader_start, @function
bootloader_start:
    movi    a2, PS_UM_LEVEL1
    wsr     a2, ps
    movi    a2, 0
    wsr     a2, intenable
    rsync
    movi    a1, 0x40000000
    movi    a2, boot_main
    callx0  a2
    .size bootloader_start, . - bootloader_start
