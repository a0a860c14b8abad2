/* SPDX-License-Identifier: Apache-2.0 */
/* The flash chip by address. Any alignment and any source memory; interrupts are masked and the
 * flash window is off during each operation. The size is the chip's own, not the configured one. */
#ifndef ESP_SPI_FLASH_H
#define ESP_SPI_FLASH_H

#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SPI_FLASH_SEC_SIZE 4096

struct asl_flash;

/* Bytes of the chip as it identifies itself. */
size_t spi_flash_get_chip_size(void);

/* Errors of all four: ESP_ERR_INVALID_SIZE with a log line that says needed and available bytes
 * (beyond the chip), ESP_ERR_FLASH_OP_FAIL (misaligned erase, or the chip refused),
 * ESP_ERR_INVALID_ARG (NULL). Context: task. */
esp_err_t spi_flash_erase_sector(size_t sector);
/* Erases sector by sector; each one feeds the watchdog. */
esp_err_t spi_flash_erase_range(size_t start, size_t size);
esp_err_t spi_flash_write(size_t dest, const void *src, size_t size);
esp_err_t spi_flash_read(size_t src, void *dest, size_t size);

/* Flash address of something in the mapped window; UINT32_MAX when it is not there. */
uintptr_t spi_flash_cache2phys(const void *cached);

/* The chip as core sees it; the same object for all callers. */
const struct asl_flash *esp_flash_port(void);

#ifdef __cplusplus
}
#endif

#endif
