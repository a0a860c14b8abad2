/* SPDX-License-Identifier: Apache-2.0 */
/* The flash chip behind the SPI controller. An erase or a program is started and left alone: the
 * next operation waits for it, so that unpacking runs while the chip works. */
#include "stub.h"

#define SPI_CMD    REG(0x60000200)
#define SPI_ADDR   REG(0x60000204)
#define SPI_CTRL   REG(0x60000208)
#define SPI_STATUS REG(0x60000210)
#define SPI_W      ((volatile uint32_t *)0x60000240)

#define CMD_READ (1u << 31)
#define CMD_WREN (1u << 30)
#define CMD_RDSR (1u << 27)
#define CMD_WRSR (1u << 26)
#define CMD_PP   (1u << 25)
#define CMD_SE   (1u << 24)
#define CMD_BE   (1u << 23)
#define CMD_CE   (1u << 22)

#define CTRL_WRSR2     (1u << 22)
#define CTRL_CLOCK     0xfffu
#define CTRL_HALF      0x101u /* the bus at half the peripheral clock: 26 or 40 MHz */
#define STATUS_BUSY    (1u << 0)
#define STATUS_PROTECT 0x7cu /* BP0-2, TB, SEC */

/* Fact: what the mask ROM moves at once; the controller's buffer holds twice that. */
#define CHUNK 32u

static uint32_t saved_ctrl;

static void command(uint32_t bit)
{
    SPI_CMD = bit;
    while (SPI_CMD != 0) {
    }
}

static uint32_t read_status(void)
{
    SPI_STATUS = 0;
    command(CMD_RDSR);
    return SPI_STATUS;
}

void chip_wait(void)
{
    while ((read_status() & STATUS_BUSY) != 0) {
    }
}

/* Only an attached chip answers; the loader may have come here without it. */
void chip_init(void)
{
    Cache_Read_Disable();
    spi_flash_attach();
    saved_ctrl = SPI_CTRL;
    SPI_CTRL = (saved_ctrl & ~CTRL_CLOCK) | CTRL_HALF;
    chip_wait();
}

void chip_close(void)
{
    chip_wait();
    SPI_CTRL = saved_ctrl;
}

void chip_unlock(void)
{
    chip_wait();
    if ((read_status() & STATUS_PROTECT) == 0) {
        return;
    }
    SPI_CTRL &= ~CTRL_WRSR2;
    command(CMD_WREN);
    SPI_STATUS = 0;
    command(CMD_WRSR);
    chip_wait();
}

static void start_erase(uint32_t addr, uint32_t bit)
{
    chip_wait();
    command(CMD_WREN);
    SPI_ADDR = addr;
    command(bit);
}

void chip_erase_all(void)
{
    start_erase(0, CMD_CE);
}

void chip_erase_sector(uint32_t addr)
{
    start_erase(addr, CMD_SE);
}

void chip_erase_block(uint32_t addr)
{
    start_erase(addr, CMD_BE);
}

void chip_program(uint32_t addr, const uint32_t *src, uint32_t len)
{
    while (len > 0) {
        uint32_t n = len < CHUNK ? len : CHUNK;
        chip_wait();
        command(CMD_WREN);
        SPI_ADDR = addr | n << 24;
        for (uint32_t i = 0; i < n / 4; i++) {
            SPI_W[i] = *src++;
        }
        command(CMD_PP);
        addr += n;
        len -= n;
    }
}

void chip_read(uint32_t addr, uint32_t *dst, uint32_t len)
{
    while (len > 0) {
        uint32_t n = len < CHUNK ? len : CHUNK;
        SPI_ADDR = addr | n << 24;
        command(CMD_READ);
        for (uint32_t i = 0; i < n / 4; i++) {
            *dst++ = SPI_W[i];
        }
        addr += n;
        len -= n;
    }
}
