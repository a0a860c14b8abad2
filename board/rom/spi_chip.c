/* SPDX-License-Identifier: Apache-2.0 */
/* Low-level SPI flash: the chip's geometry comes from the caller, nothing else is kept in DRAM, so
 * that firmware that has taken the ROM's data area can still call it. Disables neither cache nor
 * interrupts. The erase functions send no WREN: the caller did. */
#include "rom.h"

#define CMD_READ (1u << 31)
#define CMD_WREN (1u << 30)
#define CMD_RDSR (1u << 27)
#define CMD_WRSR (1u << 26)
#define CMD_PP   (1u << 25)
#define CMD_SE   (1u << 24)
#define CMD_BE   (1u << 23)
#define CMD_CE   (1u << 22)

#define STATUS_WIP 1u
#define STATUS_WEL 2u
#define STATUS_QE  0x200u

#define CTRL_WRSR_2_BYTES (1u << 22)
#define CACHE_SPI_BUSY    (1u << 9)
#define ADDRESS_BITS      0xFFFFFFu
#define CHUNK             32u

static void run(uint32_t command)
{
    REG(SPI0_CMD) = command;
    while (REG(SPI0_CMD) != 0) {
    }
}

static uint32_t read_status_once(void)
{
    REG(SPI0_RD_STATUS) = 0;
    run(CMD_RDSR);
    return REG(SPI0_RD_STATUS);
}

uint32_t SPI_read_status(struct rom_flash_chip *chip, uint32_t *status)
{
    uint32_t value;
    do {
        value = read_status_once() & chip->status_mask;
    } while (value & STATUS_WIP);
    *status = value;
    return 0;
}

uint32_t Wait_SPI_Idle(struct rom_flash_chip *chip)
{
    uint32_t status;
    while (REG(DPORT_CACHE) & CACHE_SPI_BUSY) {
    }
    return SPI_read_status(chip, &status);
}

/* Never returns when the chip does not set its write enable latch. */
uint32_t SPI_write_enable(struct rom_flash_chip *chip)
{
    Wait_SPI_Idle(chip);
    run(CMD_WREN);
    while ((read_status_once() & STATUS_WEL) == 0) {
    }
    return 0;
}

uint32_t SPI_write_status(struct rom_flash_chip *chip, uint32_t status)
{
    Wait_SPI_Idle(chip);
    REG(SPI0_RD_STATUS) = status;
    run(CMD_WRSR);
    return 0;
}

uint32_t SPI_chip_erase(struct rom_flash_chip *chip)
{
    run(CMD_CE);
    return Wait_SPI_Idle(chip);
}

uint32_t SPI_sector_erase(struct rom_flash_chip *chip, uint32_t addr)
{
    if (addr & 0xFFF) {
        return 1;
    }
    Wait_SPI_Idle(chip);
    REG(SPI0_ADDR) = addr & ADDRESS_BITS;
    run(CMD_SE);
    return Wait_SPI_Idle(chip);
}

uint32_t SPI_block_erase(struct rom_flash_chip *chip, uint32_t addr)
{
    Wait_SPI_Idle(chip);
    REG(SPI0_ADDR) = addr & ADDRESS_BITS;
    run(CMD_BE);
    return Wait_SPI_Idle(chip);
}

static void program_chunk(uint32_t addr, const uint32_t *src, uint32_t len)
{
    REG(SPI0_ADDR) = (addr & ADDRESS_BITS) | len << 24;
    for (uint32_t i = 0; i < len / 4; i++) {
        REG(SPI0_W(i)) = src[i];
    }
    run(CMD_PP);
}

/* Within one page; len in whole words. */
uint32_t SPI_page_program(struct rom_flash_chip *chip, uint32_t addr, const uint32_t *src,
                          uint32_t len)
{
    if (len % 4 != 0 || len > chip->page_size ||
        (addr & (chip->page_size - 1)) + len > chip->page_size) {
        return 1;
    }
    Wait_SPI_Idle(chip);
    while (len > 0) {
        uint32_t piece = len < CHUNK ? len : CHUNK;
        SPI_write_enable(chip);
        program_chunk(addr, src, piece);
        Wait_SPI_Idle(chip);
        addr += piece;
        src += piece / 4;
        len -= piece;
    }
    return 0;
}

/* Stores whole words: up to three bytes behind len. */
uint32_t SPI_read_data(struct rom_flash_chip *chip, uint32_t addr, uint32_t *dst, uint32_t len)
{
    if (addr > chip->chip_size || len > chip->chip_size - addr) {
        return 1;
    }
    Wait_SPI_Idle(chip);
    while (len > 0) {
        uint32_t piece = len < CHUNK ? len : CHUNK;
        REG(SPI0_ADDR) = addr | piece << 24;
        run(CMD_READ);
        for (uint32_t i = 0; i < piece; i += 4) {
            *dst++ = REG(SPI0_W(i / 4));
        }
        addr += piece;
        len -= piece;
    }
    return 0;
}

/* Writes nothing but QE: the block protection bits are cleared with the rest. */
uint32_t Enable_QMode(struct rom_flash_chip *chip)
{
    REG(SPI0_CTRL) |= CTRL_WRSR_2_BYTES;
    SPI_write_enable(chip);
    SPI_write_status(chip, STATUS_QE);
    return Wait_SPI_Idle(chip);
}

/* Keeps the block protection bits, clears the second status register. */
uint32_t Disable_QMode(struct rom_flash_chip *chip)
{
    uint32_t status;
    REG(SPI0_CTRL) |= CTRL_WRSR_2_BYTES;
    SPI_read_status(chip, &status);
    SPI_write_enable(chip);
    SPI_write_status(chip, status & 0xFF);
    return Wait_SPI_Idle(chip);
}
