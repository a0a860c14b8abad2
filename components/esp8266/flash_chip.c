/* SPDX-License-Identifier: Apache-2.0 */
/* The flash chip through the ROM's low-level functions with a chip description of our own: the
 * ROM's says 4 MB and stands in DRAM that applications use otherwise. */
#include "esp8266/flash_chip.h"

#include "esp8266/regs.h"
#include "esp8266/rom.h"
#include "esp_attr.h"

/* Fact: esp8266-machine 7.1 and 7.2. SR1 bits 2..5 protect blocks, SR2 bit 1 enables quad. */
#define STATUS_PROTECT 0x3cu
#define STATUS_QUAD    0x0200u
#define LOG2_SIZE_MIN  18u
#define LOG2_SIZE_MAX  24u

static struct rom_flashchip chip = {
    .id = 0,
    .chip_size = 0x1000000,
    .block_size = 0x10000,
    .sector_size = 0x1000,
    .page_size = 0x100,
    .status_mask = 0xffff,
};

static uint32_t IRAM_ATTR read_id(void)
{
    Wait_SPI_Idle(&chip);
    REG_WRITE(SPI_W0, 0);
    REG_WRITE(SPI_CMD, SPI_CMD_RDID);
    while (REG_READ(SPI_CMD) != 0) {
    }
    return REG_READ(SPI_W0) & 0xffffffu;
}

/* A status write that clears the protection keeps what the read mode in use needs. */
static void IRAM_ATTR unprotect(void)
{
    uint32_t status = 0;
    SPI_read_status(&chip, &status);
    if ((status & STATUS_PROTECT) != 0) {
        SPI_write_enable(&chip);
        SPI_write_status(&chip, (REG_READ(SPI_CTRL) & SPI_CTRL_QUAD) != 0 ? STATUS_QUAD : 0);
        Wait_SPI_Idle(&chip);
    }
}

uint32_t IRAM_ATTR soc_flash_init(uint32_t default_size)
{
    chip.id = read_id();
    uint32_t log2_size = chip.id >> 16;
    chip.chip_size =
        log2_size >= LOG2_SIZE_MIN && log2_size <= LOG2_SIZE_MAX ? 1u << log2_size : default_size;
    unprotect();
    return chip.chip_size;
}

int IRAM_ATTR soc_flash_read(uint32_t addr, uint32_t *data, uint32_t len)
{
    return SPI_read_data(&chip, addr, data, len);
}

int IRAM_ATTR soc_flash_program(uint32_t addr, const uint32_t *data, uint32_t len)
{
    int result = SPI_page_program(&chip, addr, data, len);
    Wait_SPI_Idle(&chip);
    return result;
}

int IRAM_ATTR soc_flash_erase(uint32_t addr)
{
    SPI_write_enable(&chip);
    return SPI_sector_erase(&chip, addr);
}
