/* SPDX-License-Identifier: Apache-2.0 */
/* High-level SPI flash on the global chip, read modes, pads, and the flash cache. Addresses beyond
 * the chip size of the global struct (4 MiB until SPIParamCfg) are refused. */
#include "rom.h"

#define CTRL_BASE      0x00688000u /* two-byte WRSR and the delays that the mask ROM sets */
#define CTRL_CLK_SYS   (1u << 12)
#define CTRL_FASTRD    (1u << 13)
#define CTRL_DOUT      (1u << 14)
#define CTRL_QOUT      (1u << 20)
#define CTRL_DIO       (1u << 23)
#define CTRL_QIO       (1u << 24)
#define CTRL_MODE_BITS (CTRL_FASTRD | CTRL_DOUT | CTRL_QOUT | CTRL_DIO | CTRL_QIO)
#define USER_FLASH     4u

#define FUNCTION_1_SPI    0x10u
#define PROTECT_ALL       0x1Cu
#define SECTORS_PER_BLOCK 16u

enum read_mode { MODE_QIO, MODE_QOUT, MODE_DIO, MODE_DOUT, MODE_FAST, MODE_SLOW };

static uint32_t mode_bits(uint32_t mode)
{
    switch (mode) {
    case MODE_QIO:
        return CTRL_QIO | CTRL_FASTRD;
    case MODE_QOUT:
        return CTRL_QOUT | CTRL_FASTRD;
    case MODE_DIO:
        return CTRL_DIO | CTRL_FASTRD;
    case MODE_DOUT:
        return CTRL_DOUT | CTRL_FASTRD;
    case MODE_FAST:
        return CTRL_FASTRD;
    default:
        return 0;
    }
}

/* The flash clock is APB / divider. */
void SPIFlashModeConfig(uint32_t mode, uint32_t divider)
{
    uint32_t clock = CTRL_CLK_SYS;
    if (divider > 1) {
        clock = (divider - 1) << 8 | (divider / 2 - 1) << 4 | (divider - 1);
    }
    REG(SPI0_USER) = USER_FLASH;
    REG(SPI0_CTRL) = CTRL_BASE | mode_bits(mode) | clock;
}

void SelectSpiFunction(void)
{
    for (uint32_t off = 0x1C; off <= 0x30; off += 4) {
        REG(IOMUX_BASE + off) = FUNCTION_1_SPI;
    }
    REG(ANALOG_SPI_PADS) = 0;
}

void spi_flash_attach(void)
{
    SelectSpiFunction();
    SPIFlashModeConfig(MODE_SLOW, 4);
    Disable_QMode(flashchip);
}

uint32_t SPIReadModeCnfig(uint32_t mode)
{
    REG(SPI0_CTRL) &= ~CTRL_MODE_BITS;
    if (mode == MODE_QIO || mode == MODE_QOUT) {
        Enable_QMode(flashchip);
    } else {
        Disable_QMode(flashchip);
    }
    REG(SPI0_CTRL) |= mode_bits(mode);
    return 0;
}

static uint32_t write_protection(uint32_t status)
{
    SPI_write_enable(flashchip);
    SPI_write_status(flashchip, status);
    return Wait_SPI_Idle(flashchip);
}

uint32_t SPIUnlock(void)
{
    return write_protection(0);
}

/* Protects the whole chip. */
uint32_t SPILock(void)
{
    return write_protection(PROTECT_ALL);
}

uint32_t SPIRead(uint32_t addr, uint32_t *dst, uint32_t len)
{
    return SPI_read_data(flashchip, addr, dst, len);
}

uint32_t SPIWrite(uint32_t addr, const uint32_t *src, uint32_t len)
{
    if (addr > flashchip->chip_size || len > flashchip->chip_size - addr) {
        return 1;
    }
    while (len > 0) {
        uint32_t room = flashchip->page_size - (addr & (flashchip->page_size - 1));
        uint32_t piece = len < room ? len : room;
        if (SPI_page_program(flashchip, addr, src, piece) != 0) {
            return 1;
        }
        addr += piece;
        src += piece / 4;
        len -= piece;
    }
    return 0;
}

uint32_t SPIEraseChip(void);
uint32_t SPIEraseChip(void)
{
    SPI_write_enable(flashchip);
    return SPI_chip_erase(flashchip);
}

static uint32_t erase_block(uint32_t block)
{
    if (block >= flashchip->chip_size / flashchip->block_size) {
        return 1;
    }
    SPI_write_enable(flashchip);
    return SPI_block_erase(flashchip, block * flashchip->block_size);
}

static uint32_t erase_sector(uint32_t sector)
{
    if (sector >= flashchip->chip_size / flashchip->sector_size) {
        return 1;
    }
    SPI_write_enable(flashchip);
    return SPI_sector_erase(flashchip, sector * flashchip->sector_size);
}

uint32_t SPIEraseBlock(uint32_t block);
uint32_t SPIEraseBlock(uint32_t block)
{
    return erase_block(block);
}

uint32_t SPIEraseSector(uint32_t sector);
uint32_t SPIEraseSector(uint32_t sector)
{
    return erase_sector(sector);
}

static uint32_t erase_sectors(uint32_t *sector, uint32_t n)
{
    for (; n > 0; n--, (*sector)++) {
        if (erase_sector(*sector) != 0) {
            return 1;
        }
    }
    return 0;
}

/* Erases head + N sectors where N would do: the mask ROM forgets to subtract the head, and host
 * tools shrink the size they ask for accordingly. */
uint32_t SPIEraseArea(uint32_t addr, uint32_t len)
{
    uint32_t sector = addr / flashchip->sector_size;
    uint32_t remaining = (len + flashchip->sector_size - 1) / flashchip->sector_size;
    uint32_t head = SECTORS_PER_BLOCK - sector % SECTORS_PER_BLOCK;
    if (head > remaining) {
        head = remaining;
    }
    SPIReadModeCnfig(MODE_SLOW);
    SPIUnlock();
    if (erase_sectors(&sector, head) != 0) {
        return 1;
    }
    while (remaining > SECTORS_PER_BLOCK) {
        if (erase_block(sector / SECTORS_PER_BLOCK) != 0) {
            return 1;
        }
        sector += SECTORS_PER_BLOCK;
        remaining -= SECTORS_PER_BLOCK;
    }
    return erase_sectors(&sector, remaining);
}

uint32_t SPIParamCfg(uint32_t id, uint32_t chip_size, uint32_t block_size, uint32_t sector_size,
                     uint32_t page_size, uint32_t status_mask)
{
    flashchip->id = id;
    flashchip->chip_size = chip_size;
    flashchip->block_size = block_size;
    flashchip->sector_size = sector_size;
    flashchip->page_size = page_size;
    flashchip->status_mask = status_mask;
    return 0;
}
