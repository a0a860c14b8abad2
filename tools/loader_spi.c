/* SPDX-License-Identifier: Apache-2.0 */
/* The flash chip through the registers of its controller, one request a register: what either
 * loader can, and for reading the only way of the ROM's. */
#include "loader.h"

/* Fact: registers and bits of the chip's public headers. */
#define SPI_CMD    0x60000200u
#define SPI_ADDR   0x60000204u
#define SPI_USER   0x6000021cu
#define SPI_USER1  0x60000220u
#define SPI_USER2  0x60000224u
#define SPI_W0     0x60000240u
#define SPI_STATUS 0x60000210u

#define CMD_READ   (1u << 31)
#define CMD_WREN   (1u << 30)
#define CMD_RDSR   (1u << 27)
#define CMD_SE     (1u << 24)
#define CMD_USR    (1u << 18)
#define USER_READ  0x90000000u /* command and MISO phases */
#define USER2_RDID 0x7000009fu
#define MISO_24    (23u << 8)
#define BUSY       1u

/* A sector takes some tenths of a second at most, a poll no less than a millisecond. */
#define MAX_POLLS      2000u
#define READ_REG_CHUNK 32u

struct reg_write {
    uint32_t addr, value;
};

static enum loader_err write_regs(struct loader *l, const struct reg_write *w, unsigned n)
{
    enum loader_err err = LOADER_OK;

    for (unsigned i = 0; err == LOADER_OK && i < n; i++) {
        err = loader_write_reg(l, w[i].addr, w[i].value);
    }
    return err;
}

/* Reads reg until a bit is 0. */
static enum loader_err await_clear(struct loader *l, uint32_t reg, uint32_t bits)
{
    uint32_t value;

    for (unsigned i = 0; i < MAX_POLLS; i++) {
        enum loader_err err = loader_read_reg(l, reg, &value);
        if (err != LOADER_OK || (value & bits) == 0) {
            return err;
        }
    }
    return LOADER_SILENT;
}

static enum loader_err run_command(struct loader *l, uint32_t bit)
{
    enum loader_err err = loader_write_reg(l, SPI_CMD, bit);

    return err != LOADER_OK ? err : await_clear(l, SPI_CMD, bit);
}

enum loader_err loader_flash_id(struct loader *l, uint8_t id[3])
{
    const struct reg_write ask[] = {
        {SPI_USER1, MISO_24}, {SPI_USER, USER_READ}, {SPI_USER2, USER2_RDID}, {SPI_W0, 0}};
    uint32_t user = 0, user2 = 0, word = 0;
    enum loader_err err = loader_read_reg(l, SPI_USER, &user);

    if (err == LOADER_OK) {
        err = loader_read_reg(l, SPI_USER2, &user2);
    }
    if (err == LOADER_OK) {
        err = write_regs(l, ask, 4);
    }
    if (err == LOADER_OK) {
        err = run_command(l, CMD_USR);
    }
    if (err == LOADER_OK) {
        err = loader_read_reg(l, SPI_W0, &word);
    }
    if (err == LOADER_OK) {
        const struct reg_write restore[] = {{SPI_USER, user}, {SPI_USER2, user2}};
        err = write_regs(l, restore, 2);
    }
    for (unsigned i = 0; err == LOADER_OK && i < 3; i++) {
        id[i] = (uint8_t)(word >> 8 * i);
    }
    return err;
}

uint32_t loader_flash_size(const uint8_t id[3])
{
    return id[2] >= 0x13 && id[2] <= 0x18 ? 1u << id[2] : 0;
}

enum loader_err loader_spi_erase_sector(struct loader *l, uint32_t addr)
{
    enum loader_err err = run_command(l, CMD_WREN);

    if (err == LOADER_OK) {
        err = loader_write_reg(l, SPI_ADDR, addr);
    }
    if (err == LOADER_OK) {
        err = run_command(l, CMD_SE);
    }
    for (unsigned i = 0; err == LOADER_OK && i < MAX_POLLS; i++) {
        uint32_t status = 0;
        err = run_command(l, CMD_RDSR);
        if (err == LOADER_OK) {
            err = loader_read_reg(l, SPI_STATUS, &status);
        }
        if (err == LOADER_OK && (status & BUSY) == 0) {
            return LOADER_OK;
        }
    }
    return err == LOADER_OK ? LOADER_SILENT : err;
}

enum loader_err loader_spi_read(struct loader *l, uint32_t addr, uint8_t *dst, uint32_t len,
                                const struct loader_progress *progress)
{
    enum loader_err err = LOADER_OK;

    for (uint32_t at = 0; err == LOADER_OK && at < len; at += READ_REG_CHUNK) {
        err = loader_write_reg(l, SPI_ADDR, (addr + at) | READ_REG_CHUNK << 24);
        if (err == LOADER_OK) {
            err = run_command(l, CMD_READ);
        }
        for (uint32_t i = at; err == LOADER_OK && i < len && i < at + READ_REG_CHUNK; i += 4) {
            uint32_t word = 0;
            err = loader_read_reg(l, SPI_W0 + (i - at), &word);
            for (uint32_t b = 0; b < 4 && i + b < len; b++) {
                dst[i + b] = (uint8_t)(word >> 8 * b);
            }
        }
        if (progress != NULL) {
            progress->step(progress->ctx, at, len);
        }
    }
    return err;
}
