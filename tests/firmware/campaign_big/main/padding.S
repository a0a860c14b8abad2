/* SPDX-License-Identifier: Apache-2.0 */
/* Fills flash text up to an image of 512 KB, with words that differ from each other and from erased
 * flash. campaign_main.c refers to it. */
    .section .irom.rodata.padding, "a"
    .balign 4
    .global padding
padding:
    .set i, 0
    .rept 114000
    .word i * 0x01010107 + 0x5a
    .set i, i + 1
    .endr
