/* SPDX-License-Identifier: Apache-2.0 */
/* From the reset vector to C, and the fixed places inside the mask ROM's main: stubs and loaders
 * jump to "boot from flash now", and image code returns to the instruction after its call. Literals
 * stand before the fixed code by hand: l32r reaches backwards only. */

    .begin no-transform

    .section .fixed._ResetVector, "ax"
    j       reset_handler_body

    /* Attribute nibbles of the eight 512 MiB regions, lowest first: null pointers trap. */
    .align  4
region_attributes:
    .word   0x2222211F

    .section .fixed.reset_handler, "ax"
    j       reset_handler_body
    .align  4
store_table_address:
    .word   store_table_body

    .align  4
    .global reset_handler_body
reset_handler_body:
    movi    a2, 0
    wsr     a2, litbase
    wsr     a2, intenable
    wsr     a2, ibreakenable
    wsr     a2, dbreakc0
    wsr     a2, icountlevel
    movi    a3, 1
    slli    a3, a3, 30              /* 0x40000000: vectors above, stack below */
    wsr     a3, vecbase
    mov     a1, a3
    movi    a3, 0x21                /* user mode, level 1 masked until the start is over */
    wsr     a3, ps
    rsync

    l32r    a2, region_attributes
    movi    a3, 0
    movi    a4, 1
    slli    a4, a4, 29
    movi    a5, 8
1:  witlb   a2, a3
    wdtlb   a2, a3
    srli    a2, a2, 4
    add     a3, a3, a4
    addi    a5, a5, -1
    bnez    a5, 1b
    isync
    dsync

    l32r    a2, store_table_address
2:  l32i    a3, a2, 0               /* start, end, source; a zero start closes the table */
    beqz    a3, 4f
    l32i    a4, a2, 4
    l32i    a5, a2, 8
3:  l32i    a6, a5, 0
    s32i    a6, a3, 0
    addi    a5, a5, 4
    addi    a3, a3, 4
    bltu    a3, a4, 3b
    addi    a2, a2, 12
    j       2b
4:  j       start_body

    .section .fixed.start, "ax"
    j       start_body

    .section .text.start, "ax"
    .align  4
bss_start:
    .word   0x3FFFDAB0
bss_end:
    .word   0x3FFFEB30
    .global start_body
start_body:
    l32r    a2, bss_start
    l32r    a3, bss_end
    movi    a4, 0
1:  s32i    a4, a2, 0
    addi    a2, a2, 4
    bltu    a2, a3, 1b
    movi    a2, 0x20
    wsr     a2, ps
    rsync
    j       rom_main_body

    .section .fixed.rom_main, "ax"
    j       rom_main_body

    .section .fixed.chip_magic, "ax"
    .word   0xFFF0C101
    .align  4
rom_main_body:
    addi    a1, a1, -16
    call0   rom_prepare             /* banner, reset cause, straps */
    bnez    a2, boot_from_flash_now
    j       enter_user_code

    /* 0x400010A8: stubs and loaders come here to start what the flash holds. */
    .section .fixed.boot_now, "ax"
    .global boot_from_flash_now
boot_from_flash_now:
    call0   boot_from_flash
    beqz    a2, enter_user_code
    call0   rom_fail
enter_user_code:
    call0   rom_get_user_start
    j       call_user_code

    /* 0x400010FD, so that images return to 0x40001100. */
    .section .fixed.call_user_code, "ax"
call_user_code:
    callx0  a2
    call0   rom_user_code_done

    .section .fixed.store_table, "ax"
store_table_body:
    .word   __vectab_start, __vectab_end, __vectab_image
    .word   __data_start, __data_end, __data_image
    .word   __literal_start, __literal_end, __literal_image
    .word   0

    .end no-transform
