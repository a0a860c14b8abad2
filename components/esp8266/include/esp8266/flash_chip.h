/* SPDX-License-Identifier: Apache-2.0 */
/* The flash chip on SPI 0 through the ROM, by sector and page. For those who have the flash window
 * off and interrupts masked: bootloader and spi_flash. All of it stands in IRAM. */
#ifndef ESP8266_FLASH_CHIP_H
#define ESP8266_FLASH_CHIP_H

#include <stdint.h>

/* Identifies the chip by its JEDEC id and lifts its block protection. Returns its size in bytes;
 * default_size when it gives no id that tells. */
uint32_t soc_flash_init(uint32_t default_size);

/* Return 0 when done. addr is 4-aligned, len a multiple of 4, data 4-aligned in DRAM; a program
 * stays inside one page, an erase is of the 4 KiB sector at addr. */
int soc_flash_read(uint32_t addr, uint32_t *data, uint32_t len);
int soc_flash_program(uint32_t addr, const uint32_t *data, uint32_t len);
int soc_flash_erase(uint32_t addr);

#endif
