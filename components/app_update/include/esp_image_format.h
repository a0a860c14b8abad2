/* SPDX-License-Identifier: Apache-2.0 */
/* Application images as they stand in flash. */
#ifndef ESP_IMAGE_FORMAT_H
#define ESP_IMAGE_FORMAT_H

#include <stdint.h>

#include "esp_app_format.h"
#include "esp_err.h"
#include "esp_flash_data_types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ESP_IMAGE_HEADER_MAGIC 0xE9
#define ESP_IMAGE_MAX_SEGMENTS 16

typedef enum {
    ESP_IMAGE_SPI_MODE_QIO,
    ESP_IMAGE_SPI_MODE_QOUT,
    ESP_IMAGE_SPI_MODE_DIO,
    ESP_IMAGE_SPI_MODE_DOUT,
    ESP_IMAGE_SPI_MODE_FAST_READ,
    ESP_IMAGE_SPI_MODE_SLOW_READ,
} esp_image_spi_mode_t;

typedef struct {
    uint8_t magic;
    uint8_t segment_count;
    uint8_t spi_mode;
    uint8_t spi_speed : 4;
    uint8_t spi_size : 4;
    uint32_t entry_addr;
} __attribute__((packed)) esp_image_header_t;

typedef struct {
    uint32_t load_addr;
    uint32_t data_len;
} esp_image_segment_header_t;

typedef struct {
    uint32_t start_addr;
    esp_image_header_t image;
    esp_image_segment_header_t segments[ESP_IMAGE_MAX_SEGMENTS];
    uint32_t segment_data[ESP_IMAGE_MAX_SEGMENTS]; /* flash addresses */
    uint32_t image_len;
} esp_image_metadata_t;

typedef enum {
    ESP_IMAGE_VERIFY,
    ESP_IMAGE_VERIFY_SILENT,
} esp_image_load_mode_t;

/* Verifies the image in a range of flash and describes it.
 * Errors: ESP_ERR_INVALID_ARG, ESP_ERR_IMAGE_INVALID (with a log line unless silent),
 * ESP_ERR_INVALID_SIZE (beyond the chip), ESP_ERR_FLASH_OP_FAIL, ESP_ERR_NO_MEM. */
esp_err_t esp_image_load(esp_image_load_mode_t mode, const esp_partition_pos_t *part,
                         esp_image_metadata_t *data);
#define esp_image_verify esp_image_load

#ifdef __cplusplus
}
#endif

#endif
