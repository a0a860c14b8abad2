/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_flash.h"

#include <stddef.h>
#include <string.h>

#include "airslot/format.h"
#include "esp8266/flash_chip.h"
#include "esp8266/regs.h"
#include "esp8266/rom.h"
#include "esp8266/soc.h"

#define SIZE_DEFAULT 0x100000u /* of a chip that does not tell: the least that holds a layout */
#define PIECE_LEN    64u
#define SPEED_80M    0xfu
#define SPEED_MAX    2u

/* 13.4 s for each stage: our start-up takes over at once, the SDK's in esp_task_wdt_init(). An
 * image of the SDK that was built without CONFIG_TASK_WDT has to feed or disable the watchdog
 * itself. */
#define WDT_HANDOVER 14u

/* mode, speed and size codes of the header at address 0 */
static uint32_t header_word;

/* The ROM stores whole words, so what is not made of words passes through a piece that is. */
static enum asl_err read_piece(uint32_t addr, uint8_t *dst, uint32_t len)
{
    uint32_t piece[PIECE_LEN / 4u + 1u];
    uint32_t head = addr & 3u;

    if (soc_flash_read(addr - head, piece, (head + len + 3u) & ~3u) != 0) {
        return ASL_ERR_FLASH_READ;
    }
    memcpy(dst, (const uint8_t *)piece + head, len);
    return ASL_OK;
}

static enum asl_err read(void *ctx, uint32_t addr, void *dst, uint32_t len)
{
    uint8_t *out = dst;
    enum asl_err err = ASL_OK;

    (void)ctx;
    soc_wdt_feed();
    if (((addr | len | (uint32_t)dst) & 3u) == 0) {
        return soc_flash_read(addr, dst, len) == 0 ? ASL_OK : ASL_ERR_FLASH_READ;
    }
    for (uint32_t off = 0; err == ASL_OK && off < len; off += PIECE_LEN) {
        uint32_t n = len - off < PIECE_LEN ? len - off : PIECE_LEN;
        err = read_piece(addr + off, out + off, n);
    }
    return err;
}

static enum asl_err program(void *ctx, uint32_t addr, const void *src, uint32_t len)
{
    const uint32_t *words = src;

    (void)ctx;
    if (((addr | len | (uint32_t)src) & 3u) != 0 || len > ASL_PAGE_SIZE - addr % ASL_PAGE_SIZE) {
        return ASL_ERR_INVALID_ARG;
    }
    return soc_flash_program(addr, words, len) == 0 ? ASL_OK : ASL_ERR_FLASH_PROGRAM;
}

static enum asl_err erase(void *ctx, uint32_t addr)
{
    (void)ctx;
    soc_wdt_feed();
    return soc_flash_erase(addr) == 0 ? ASL_OK : ASL_ERR_FLASH_ERASE;
}

static uint32_t speed_code(void)
{
    return (header_word >> 24) & 0xfu;
}

/* Fact: esp8266-machine 3.5 and 6.2: clock field of SPI CTRL for a divider d is
 * N = d-1, H = d/2-1, L = d-1. The ROM leaves 4; codes 0, 1, 2 mean 2, 3, 4 of 80 MHz. */
static void set_speed(void)
{
    uint32_t ctrl = REG_READ(SPI_CTRL) & ~(SPI_CTRL_CLOCK_MASK | SPI_CTRL_CLOCK_SYS);
    uint32_t divider = speed_code() + 2u;

    REG_SET_BITS(SPI_USER, SPI_USER_CS_SETUP);
    if (speed_code() == SPEED_80M) {
        REG_SET_BITS(IOMUX_CONF, IOMUX_CONF_SPI0_SYS);
        REG_WRITE(SPI_CTRL, ctrl | SPI_CTRL_CLOCK_SYS);
    } else if (speed_code() <= SPEED_MAX) {
        REG_CLR_BITS(IOMUX_CONF, IOMUX_CONF_SPI0_SYS);
        REG_WRITE(SPI_CTRL, ctrl | (divider - 1u) << 8 | (divider / 2u - 1u) << 4 | (divider - 1u));
    }
}

enum asl_err boot_flash_open(struct asl_flash *flash)
{
    static const struct asl_flash port = {
        .read = read,
        .program = program,
        .erase = erase,
        .erase_size = ASL_SECTOR_SIZE,
        .page_size = ASL_PAGE_SIZE,
        .program_size = 4,
    };

    *flash = port;
    flash->size = soc_flash_init(SIZE_DEFAULT);
    enum asl_err err = read(NULL, 0, &header_word, sizeof(header_word));
    if (err == ASL_OK) {
        set_speed();
    }
    return err;
}

void boot_flash_describe(struct boot_flash_header *out)
{
    static const char *const modes[] = {"QIO", "QOUT", "DIO", "DOUT"};
    static const char *const speeds[] = {"40MHz", "26.7MHz", "20MHz"};
    static const char *const sizes[] = {"512KB",  "256KB",  "1MB",     "2MB", "4MB",
                                        "2MB-c1", "4MB-c1", "unknown", "8MB", "16MB"};
    uint32_t mode = (header_word >> 16) & 0xffu;
    uint32_t size = header_word >> 28;

    out->mode = mode < 4 ? modes[mode] : "unknown";
    out->speed = speed_code() == SPEED_80M   ? "80MHz"
                 : speed_code() <= SPEED_MAX ? speeds[speed_code()]
                                             : "unknown";
    out->size = size < 10 ? sizes[size] : "unknown";
}

void boot_flash_start(uint32_t addr, uint32_t entry)
{
    void (*start)(uint32_t) = (void (*)(uint32_t))entry;

    soc_wdt_arm(WDT_HANDOVER, WDT_HANDOVER);
    Cache_Read_Disable();
    Cache_Read_Enable((addr >> 20) & 1u, addr >> 21, 0);
    start(addr);
    soc_wait_for_watchdog();
}
