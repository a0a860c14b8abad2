/* SPDX-License-Identifier: Apache-2.0 */
/* Layout of the 64 KiB ROM and of the DRAM that belongs to it. Gaps are zero: the illegal
 * instruction. What firmware may call after it has taken the ROM's DRAM for itself (memory, strings,
 * arithmetic, low-level SPI, cache, formatted output, analog bus) owns no data: .stateless is empty. */
#define ROM_BASE 0x40000000
#define ROM_ENTRY(address, name)  . = address - ROM_BASE; KEEP(*(.entry.name))
#define ROM_WRAP(address, name, function) ROM_ENTRY(address, name)
#define ROM_FIXED(address, name)  . = address - ROM_BASE; KEEP(*(.fixed.name))
#define ROM_HIDDEN(address, name) ROM_FIXED(address, name)
#define ROM_ALIAS(address, name)
#define ROM_CODE(group)           . = ALIGN(4); GROUP_ ## group;

#define TEXT(object) */object.o(.literal .literal.* .text .text.* .romwords)
#define STATELESS(object) */object.o(.rodata .rodata.* .data .data.* .bss .bss.* COMMON)
#define GROUP_tasks    TEXT(task) TEXT(timer)
#define GROUP_system   TEXT(system)
#define GROUP_services TEXT(slip) TEXT(download) TEXT(spi_flash) TEXT(spi_chip) TEXT(cache) TEXT(printf) TEXT(string) \
                       TEXT(memory) TEXT(gpio) TEXT(analog)
#define GROUP_math     TEXT(float32) TEXT(float64) TEXT(integer) TEXT(multiply) \
                       *libgcc.a:*(.literal .text)
#define GROUP_hash     TEXT(md5) TEXT(sha1)

ENTRY(reset_handler_body)

SECTIONS
{
    .rom ROM_BASE :
    {
#include "entries.def"
        . = ALIGN(4);
    } = 0

    .stateless 0 (NOLOAD) :
    {
        STATELESS(spi_chip) STATELESS(cache) STATELESS(printf) STATELESS(string) STATELESS(memory)
        STATELESS(gpio) STATELESS(analog) STATELESS(integer) STATELESS(float32) STATELESS(float64)
        STATELESS(md5) STATELESS(sha1)
    }

    /* Copied by the reset handler from store_table: three pieces, as in the mask ROM. */
    .vectab 0x3FFFC000 : AT(0x4000E388)
    {
        __vectab_start = .;
        KEEP(*(.fixed.exception_table))
        . = 0x200;
        KEEP(*(.fixed.interrupt_table))
        __vectab_end = .;
    }
    .data 0x3FFFC704 : AT(LOADADDR(.vectab) + SIZEOF(.vectab))
    {
        __data_start = .;
        ticks_per_us = .;
        wdt_mode = . + 4;
        flashchip = . + 0x10;
        KEEP(*(.fixed.settings))
        *(.rodata .rodata.* .data .data.*)
        . = ALIGN(4);
        __data_end = .;
    }
    .literal_pool 0x3FFFDAAC : AT(LOADADDR(.data) + SIZEOF(.data))
    {
        __literal_start = .;
        KEEP(*(.fixed.vector_literal))
        __literal_end = .;
    }
    __vectab_image = LOADADDR(.vectab);
    __data_image = LOADADDR(.data);
    __literal_image = LOADADDR(.literal_pool);
    .high LOADADDR(.literal_pool) + SIZEOF(.literal_pool) : AT(ADDR(.high))
    {
        *(.literal .literal.* .text .text.* .romwords)
        . = ALIGN(4);
    }

    /* Zeroed by start; the addresses are the mask ROM's. */
    .bss 0x3FFFDAB0 (NOLOAD) :
    {
        *(.bss .bss.* COMMON)
        . = 0x220;
        user_start = .;
        . = 0x28C;
        putc_hooks = .;
        . = 0x360;
        UartDev = .;
        . = 0x3B0;
        uart_rx_ring = .;
        . = 0x4B0;
        uart_tx_buffer = .;
        . = 0x1080;
    }

    /DISCARD/ : { *(.comment .xtensa.info .xt.* .eh_frame*) }
}

ASSERT(SIZEOF(.stateless) == 0, "a function that must work without ROM data has data")
ASSERT(user_start == 0x3FFFDCD0 && putc_hooks == 0x3FFFDD3C, "fixed .bss symbols moved")
ASSERT(UartDev == 0x3FFFDE10 && uart_rx_ring == 0x3FFFDE60, "UartDev moved")
ASSERT(ADDR(.data) + SIZEOF(.data) <= 0x3FFFDAAC, "ROM data runs into the vector literal")
ASSERT(ADDR(.bss) + SIZEOF(.bss) == 0x3FFFEB30, "ROM bss has the wrong size")
ASSERT(ADDR(.rom) + SIZEOF(.rom) <= 0x4000E388, "ROM code runs into the data image")
ASSERT(ADDR(.high) + SIZEOF(.high) <= 0x40010000, "the ROM is full")
