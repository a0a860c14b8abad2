/* SPDX-License-Identifier: Apache-2.0 */
/* Code in IRAM, everything that is read by bytes in DRAM, and what the mask ROM does for us. */
#include "layout.h"

ENTRY(_start)

MEMORY
{
    text (x) : ORIGIN = STUB_TEXT, LENGTH = STUB_TEXT_LEN
    data (rw) : ORIGIN = STUB_DATA, LENGTH = STUB_DATA_LEN
}

SECTIONS
{
    .text : { *(.entry) *(.literal .text .literal.* .text.*) . = ALIGN(4); } > text
    .data : { LONG(0) *(.rodata .rodata.* .data .data.*) . = ALIGN(4); } > data
    .bss (NOLOAD) : {
        _bss_start = .;
        *(.bss .bss.* COMMON)
        . = ALIGN(4);
        _bss_end = .;
    } > data
    /DISCARD/ : { *(.xtensa.info .xt.lit .xt.lit.* .xt.prop .xt.prop.* .comment) }
}

/* The ROM's packet buffer must not lie over what is still to come. */
ASSERT(SIZEOF(.data) < 0x3FFFA000 - STUB_DATA, "the data overlap the loader's buffer")

Cache_Read_Disable = 0x400047F0;
MD5Final = 0x40009900;
MD5Init = 0x40009818;
MD5Update = 0x40009834;
ets_delay_us = 0x40002ECC;
ets_isr_attach = 0x40000F88;
ets_isr_mask = 0x40000F98;
ets_isr_unmask = 0x40000FA8;
__udivsi3 = 0x4000E21C;
__umodsi3 = 0x4000E268;
memcpy = 0x4000DF48;
memset = 0x4000E190;
spi_flash_attach = 0x40004644;
