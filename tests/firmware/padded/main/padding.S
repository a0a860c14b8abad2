/* SPDX-License-Identifier: Apache-2.0 */
/* Fills flash text to about 512 KB with words that differ from each other and from erased flash. */
    .section .irom.rodata.padding, "a"
    .balign 4
    .global padding
padding:
    .set i, 0
    .rept 125000
    .word (i * 0x01010107 + 0x5a) & 0xffffffff
    .set i, i + 1
    .endr
