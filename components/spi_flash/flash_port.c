/* SPDX-License-Identifier: Apache-2.0 */
/* The flash chip through the ROM's SPI functions, as core's three operations. While a command runs
 * the window is off and interrupts are masked, so everything here that touches the chip stands in
 * IRAM; after programs and erases the cache is flushed, so that no stale line ever shows. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "airslot/flash.h"
#include "airslot/format.h"
#include "esp8266/cpu.h"
#include "esp8266/flash_chip.h"
#include "esp8266/soc.h"
#include "esp_attr.h"
#include "esp_log.h"
#include "esp_spi_flash.h"
#include "sdkconfig.h"

static const char TAG[] = "spi_flash";

#define BOUNCE_LEN 256u /* one page: the longest time that interrupts wait for a copy */

struct command {
    enum { READ, PROGRAM, ERASE } kind;
    uint32_t addr;
    uint32_t *data; /* in DRAM, 4-aligned */
    uint32_t len;   /* multiple of 4 */
};

static int IRAM_ATTR run(const struct command *command)
{
    switch (command->kind) {
    case READ:
        return soc_flash_read(command->addr, command->data, command->len);
    case PROGRAM:
        return soc_flash_program(command->addr, command->data, command->len);
    default:
        return soc_flash_erase(command->addr);
    }
}

static int IRAM_ATTR run_undisturbed(const struct command *command)
{
    uint32_t lock = cpu_lock();
    soc_cache_suspend();
    int result = run(command);
    soc_cache_resume(command->kind != READ);
    cpu_unlock(lock);
    return result;
}

static bool is_inside(uint32_t addr, uint32_t len)
{
    uint32_t size = esp_flash_port()->size;
    return addr <= size && len <= size - addr;
}

/* Reads pass through a word-aligned piece, because the ROM stores whole words. */
static enum asl_err port_read(void *ctx, uint32_t addr, void *dst, uint32_t len)
{
    (void)ctx;
    uint8_t *out = dst;
    uint32_t piece[BOUNCE_LEN / 4u];
    if (!is_inside(addr, len)) {
        return ASL_ERR_FLASH_BOUNDS;
    }
    while (len > 0) {
        uint32_t head = addr & 3u;
        uint32_t n = len < BOUNCE_LEN - head ? len : BOUNCE_LEN - head;
        struct command command = {READ, addr - head, piece, (head + n + 3u) & ~3u};
        if (run_undisturbed(&command) != 0) {
            return ASL_ERR_FLASH_READ;
        }
        memcpy(out, (const uint8_t *)piece + head, n);
        out += n;
        addr += n;
        len -= n;
    }
    return ASL_OK;
}

static enum asl_err port_program(void *ctx, uint32_t addr, const void *src, uint32_t len)
{
    (void)ctx;
    const uint32_t *words = src;
    if (!is_inside(addr, len)) {
        return ASL_ERR_FLASH_BOUNDS;
    }
    if (((addr | len | (uint32_t)src) & 3u) != 0) {
        return ASL_ERR_INVALID_ARG;
    }
    while (len > 0) {
        uint32_t room = ASL_PAGE_SIZE - addr % ASL_PAGE_SIZE;
        uint32_t n = len < room ? len : room;
        uint32_t piece[ASL_PAGE_SIZE / 4u];
        for (uint32_t i = 0; i < n / 4u; i++) {
            piece[i] = *(const volatile uint32_t *)&words[i]; /* the source may stand in flash */
        }
        struct command command = {PROGRAM, addr, piece, n};
        if (run_undisturbed(&command) != 0) {
            return ASL_ERR_FLASH_PROGRAM;
        }
        words += n / 4u;
        addr += n;
        len -= n;
    }
    return ASL_OK;
}

static enum asl_err port_erase(void *ctx, uint32_t addr)
{
    (void)ctx;
    if (!is_inside(addr, ASL_SECTOR_SIZE)) {
        return ASL_ERR_FLASH_BOUNDS;
    }
    struct command command = {ERASE, addr, NULL, 0};
    int result = run_undisturbed(&command);
    soc_wdt_feed();
    return result == 0 ? ASL_OK : ASL_ERR_FLASH_ERASE;
}

static uint32_t IRAM_ATTR detect(void)
{
    uint32_t lock = cpu_lock();
    soc_cache_suspend();
    uint32_t size = soc_flash_init(CONFIG_SPI_FLASH_SIZE);
    soc_cache_resume(false);
    cpu_unlock(lock);
    return size;
}

const struct asl_flash *esp_flash_port(void)
{
    static struct asl_flash port = {
        .read = port_read,
        .program = port_program,
        .erase = port_erase,
        .erase_size = ASL_SECTOR_SIZE,
        .page_size = ASL_PAGE_SIZE,
        .program_size = 4,
    };
    if (port.size == 0) {
        port.size = detect();
        if (port.size != CONFIG_SPI_FLASH_SIZE) {
            ESP_LOGW(TAG, "the chip holds 0x%x bytes, configured are 0x%x", (unsigned)port.size,
                     (unsigned)CONFIG_SPI_FLASH_SIZE);
        }
    }
    return &port;
}
