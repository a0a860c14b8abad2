/* SPDX-License-Identifier: Apache-2.0 */
/* The ROM image as data of the host program: const unsigned char vb_builtin_rom[65536]. */
    .section .rodata
    .global vb_builtin_rom
    .type   vb_builtin_rom, %object
    .balign 16
vb_builtin_rom:
    .incbin "rom.bin"
    .size   vb_builtin_rom, . - vb_builtin_rom
    .section .note.GNU-stack, "", %progbits
