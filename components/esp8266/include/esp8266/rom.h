/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of the mask ROM that this firmware calls; addresses in ld/esp8266.rom.ld. None of those
 * below uses the ROM's own DRAM, so they work after the application took all of it. */
#ifndef ESP8266_ROM_H
#define ESP8266_ROM_H

#include <stdint.h>

/* Description of the flash chip for the SPI_* calls. */
struct rom_flashchip {
    uint32_t id;
    uint32_t chip_size;
    uint32_t block_size;
    uint32_t sector_size;
    uint32_t page_size;
    uint32_t status_mask;
};

/* All return 0 when done, 1 on refusal. The cache must be off and interrupts masked.
 * Fact: esp8266-machine 4.1: SPI_sector_erase sends no WREN; SPI_read_data stores whole words. */
int SPI_read_status(struct rom_flashchip *chip, uint32_t *status);
int SPI_write_status(struct rom_flashchip *chip, uint32_t status);
int SPI_write_enable(struct rom_flashchip *chip);
int SPI_sector_erase(struct rom_flashchip *chip, uint32_t addr);
int SPI_page_program(struct rom_flashchip *chip, uint32_t addr, const uint32_t *src, uint32_t len);
int SPI_read_data(struct rom_flashchip *chip, uint32_t addr, uint32_t *dst, uint32_t len);
int Wait_SPI_Idle(struct rom_flashchip *chip);

/* Maps the 1 MiB of flash at mb * 2 MiB + upper * 1 MiB; size 0: 16 KiB of cache. */
void Cache_Read_Enable(uint32_t upper, uint32_t mb, uint32_t size);
void Cache_Read_Disable(void);

uint8_t rom_i2c_readReg(uint8_t block, uint8_t host, uint8_t reg);
void rom_i2c_writeReg(uint8_t block, uint8_t host, uint8_t reg, uint8_t value);

struct rom_md5 {
    uint32_t state[4];
    uint32_t bits[2];
    uint8_t buffer[64];
};
void MD5Init(struct rom_md5 *ctx);
void MD5Update(struct rom_md5 *ctx, const void *data, uint32_t len);
void MD5Final(uint8_t digest[16], struct rom_md5 *ctx);

/* The ROM's reset vector: starts the chip again with straps and reset cause as they are. */
void rom_software_reboot(void) __attribute__((noreturn));

#endif
