/* SPDX-License-Identifier: Apache-2.0 */
/* Partitions by type, subtype and label. Descriptions are read from flash once, checked by core,
 * and stay valid for ever; an entry beyond the chip is named in a warning and cannot be used. */
#ifndef ESP_PARTITION_H
#define ESP_PARTITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    ESP_PARTITION_TYPE_APP = 0x00,
    ESP_PARTITION_TYPE_DATA = 0x01,
    ESP_PARTITION_TYPE_ANY = 0xff,
} esp_partition_type_t;

typedef enum {
    ESP_PARTITION_SUBTYPE_APP_FACTORY = 0x00,
    ESP_PARTITION_SUBTYPE_APP_OTA_MIN = 0x10,
    ESP_PARTITION_SUBTYPE_APP_OTA_0 = 0x10,
    ESP_PARTITION_SUBTYPE_APP_OTA_1,
    ESP_PARTITION_SUBTYPE_APP_OTA_2,
    ESP_PARTITION_SUBTYPE_APP_OTA_3,
    ESP_PARTITION_SUBTYPE_APP_OTA_4,
    ESP_PARTITION_SUBTYPE_APP_OTA_5,
    ESP_PARTITION_SUBTYPE_APP_OTA_6,
    ESP_PARTITION_SUBTYPE_APP_OTA_7,
    ESP_PARTITION_SUBTYPE_APP_OTA_8,
    ESP_PARTITION_SUBTYPE_APP_OTA_9,
    ESP_PARTITION_SUBTYPE_APP_OTA_10,
    ESP_PARTITION_SUBTYPE_APP_OTA_11,
    ESP_PARTITION_SUBTYPE_APP_OTA_12,
    ESP_PARTITION_SUBTYPE_APP_OTA_13,
    ESP_PARTITION_SUBTYPE_APP_OTA_14,
    ESP_PARTITION_SUBTYPE_APP_OTA_15,
    ESP_PARTITION_SUBTYPE_APP_OTA_MAX = 0x20,
    ESP_PARTITION_SUBTYPE_APP_TEST = 0x20,

    ESP_PARTITION_SUBTYPE_DATA_OTA = 0x00,
    ESP_PARTITION_SUBTYPE_DATA_PHY = 0x01,
    ESP_PARTITION_SUBTYPE_DATA_NVS = 0x02,
    ESP_PARTITION_SUBTYPE_DATA_COREDUMP = 0x03,
    ESP_PARTITION_SUBTYPE_DATA_ESPHTTPD = 0x80,
    ESP_PARTITION_SUBTYPE_DATA_FAT = 0x81,
    ESP_PARTITION_SUBTYPE_DATA_SPIFFS = 0x82,

    ESP_PARTITION_SUBTYPE_ANY = 0xff,
} esp_partition_subtype_t;

#define ESP_PARTITION_SUBTYPE_OTA(i)                                                               \
    ((esp_partition_subtype_t)(ESP_PARTITION_SUBTYPE_APP_OTA_MIN + ((i)&0xf)))

typedef struct {
    esp_partition_type_t type;
    esp_partition_subtype_t subtype;
    uint32_t address;
    uint32_t size;
    char label[17];
    bool encrypted;
} esp_partition_t;

typedef struct esp_partition_iterator_opaque_ *esp_partition_iterator_t;

/* Finds the first match; label NULL and the ANY values match all. NULL when there is none. */
esp_partition_iterator_t esp_partition_find(esp_partition_type_t type,
                                            esp_partition_subtype_t subtype, const char *label);
/* Moves on; at the end it releases the iterator and returns NULL. */
esp_partition_iterator_t esp_partition_next(esp_partition_iterator_t iterator);
const esp_partition_t *esp_partition_get(esp_partition_iterator_t iterator);
void esp_partition_iterator_release(esp_partition_iterator_t iterator);
const esp_partition_t *esp_partition_find_first(esp_partition_type_t type,
                                                esp_partition_subtype_t subtype, const char *label);
/* Returns the table's own description of the same partition, NULL when the table has none. */
const esp_partition_t *esp_partition_verify(const esp_partition_t *partition);

/* Offsets are relative to the partition. Errors: ESP_ERR_INVALID_ARG (NULL, offset behind the end,
 * erase not aligned), ESP_ERR_INVALID_SIZE (end behind the partition's, erase size not a multiple
 * of 4096, beyond the chip), ESP_ERR_FLASH_OP_FAIL. */
esp_err_t esp_partition_read(const esp_partition_t *partition, size_t src_offset, void *dst,
                             size_t size);
esp_err_t esp_partition_write(const esp_partition_t *partition, size_t dst_offset, const void *src,
                              size_t size);
esp_err_t esp_partition_erase_range(const esp_partition_t *partition, size_t start_addr,
                                    size_t size);

/* SHA-256: of an application's image with its checksum, of a data partition's whole range. The
 * description may be filled in by hand.
 * Errors: ESP_ERR_INVALID_ARG, ESP_ERR_IMAGE_INVALID (no valid image), ESP_ERR_INVALID_SIZE. */
esp_err_t esp_partition_get_sha256(const esp_partition_t *partition, uint8_t sha_256[32]);
/* True when both have the same SHA-256. */
bool esp_partition_check_identity(const esp_partition_t *a, const esp_partition_t *b);

#ifdef __cplusplus
}
#endif

#endif
