/* SPDX-License-Identifier: Apache-2.0 */
/* spi_flash_*: bytes at any alignment over core's flash port. */
#include "esp_spi_flash.h"

#include <stdbool.h>
#include <string.h>

#include "airslot/flash.h"
#include "airslot/format.h"
#include "esp8266/soc.h"
#include "esp_asl_err.h"
#include "esp_log.h"

static const char TAG[] = "spi_flash";

#define PIECE_LEN 64u

size_t spi_flash_get_chip_size(void)
{
    return esp_flash_port()->size;
}

static esp_err_t check_range(const char *what, size_t start, size_t size)
{
    size_t chip = esp_flash_port()->size;
    if (start <= chip && size <= chip - start) {
        return ESP_OK;
    }
    ESP_LOGE(TAG,
             "%s 0x%x bytes at 0x%x: needed 0x%x, the chip has 0x%x (0x%x, %s): set the flash size "
             "to the chip's, or move the partition",
             what, (unsigned)size, (unsigned)start, (unsigned)(start + size), (unsigned)chip,
             ESP_ERR_INVALID_SIZE, esp_err_to_name(ESP_ERR_INVALID_SIZE));
    return ESP_ERR_INVALID_SIZE;
}

esp_err_t spi_flash_erase_sector(size_t sector)
{
    return sector > UINT32_MAX / SPI_FLASH_SEC_SIZE
               ? ESP_ERR_INVALID_SIZE
               : spi_flash_erase_range(sector * SPI_FLASH_SEC_SIZE, SPI_FLASH_SEC_SIZE);
}

esp_err_t spi_flash_erase_range(size_t start, size_t size)
{
    const struct asl_flash *flash = esp_flash_port();
    if ((start | size) % SPI_FLASH_SEC_SIZE != 0) {
        return ESP_ERR_FLASH_OP_FAIL;
    }
    esp_err_t err = check_range("erase", start, size);
    for (size_t off = 0; err == ESP_OK && off < size; off += SPI_FLASH_SEC_SIZE) {
        err = esp_err_from_asl(flash->erase(flash->ctx, start + off));
    }
    return err;
}

/* Programs whole words around the wanted bytes; the others stay 0xff and so as they are. */
static enum asl_err write_piece(size_t dest, const uint8_t *src, size_t n)
{
    const struct asl_flash *flash = esp_flash_port();
    uint32_t words[PIECE_LEN / 4u + 1u];
    size_t head = dest & 3u;
    size_t len = (head + n + 3u) & ~(size_t)3u;
    memset(words, 0xff, sizeof(words));
    for (size_t i = 0; i < n; i++) {
        ((uint8_t *)words)[head + i] = src[i];
    }
    return flash->program(flash->ctx, dest - head, words, len);
}

esp_err_t spi_flash_write(size_t dest, const void *src, size_t size)
{
    const struct asl_flash *flash = esp_flash_port();
    const uint8_t *p = src;
    if (src == NULL && size > 0) {
        return ESP_ERR_INVALID_ARG;
    }
    esp_err_t err = check_range("write", dest, size);
    if (err == ESP_OK && ((dest | size | (size_t)src) & 3u) == 0) {
        return esp_err_from_asl(flash->program(flash->ctx, dest, src, size));
    }
    while (err == ESP_OK && size > 0) {
        size_t n = size < PIECE_LEN ? size : PIECE_LEN;
        err = esp_err_from_asl(write_piece(dest, p, n));
        dest += n;
        p += n;
        size -= n;
    }
    return err;
}

esp_err_t spi_flash_read(size_t src, void *dest, size_t size)
{
    const struct asl_flash *flash = esp_flash_port();
    if (dest == NULL && size > 0) {
        return ESP_ERR_INVALID_ARG;
    }
    esp_err_t err = check_range("read", src, size);
    return err != ESP_OK ? err : esp_err_from_asl(flash->read(flash->ctx, src, dest, size));
}

uintptr_t spi_flash_cache2phys(const void *cached)
{
    uintptr_t vaddr = (uintptr_t)cached;
    if (vaddr < ASL_WINDOW_VADDR || vaddr - ASL_WINDOW_VADDR >= ASL_WINDOW_LEN) {
        return UINT32_MAX;
    }
    return soc_cache_offset() + (vaddr - ASL_WINDOW_VADDR);
}
