/* SPDX-License-Identifier: Apache-2.0 */
/* Stored records as the SDK's sources spell them. */
#ifndef ESP_FLASH_DATA_TYPES_H
#define ESP_FLASH_DATA_TYPES_H

#include <stdint.h>

#define ESP_PARTITION_MAGIC     0x50AA
#define ESP_PARTITION_MAGIC_MD5 0xEBEB

#define PART_TYPE_APP          0x00
#define PART_SUBTYPE_FACTORY   0x00
#define PART_SUBTYPE_OTA_FLAG  0x10
#define PART_SUBTYPE_OTA_MASK  0x0f
#define PART_SUBTYPE_TEST      0x20
#define PART_TYPE_DATA         0x01
#define PART_SUBTYPE_DATA_OTA  0x00
#define PART_SUBTYPE_DATA_RF   0x01
#define PART_SUBTYPE_DATA_WIFI 0x02
#define PART_TYPE_END          0xff
#define PART_SUBTYPE_END       0xff
#define PART_FLAG_ENCRYPTED    (1 << 0)

typedef enum {
    ESP_OTA_IMG_NEW = 0x0U,
    ESP_OTA_IMG_PENDING_VERIFY = 0x1U,
    ESP_OTA_IMG_VALID = 0x2U,
    ESP_OTA_IMG_INVALID = 0x3U,
    ESP_OTA_IMG_ABORTED = 0x4U,
    ESP_OTA_IMG_UNDEFINED = 0xFFFFFFFFU,
} esp_ota_img_states_t;

typedef struct {
    uint32_t ota_seq;
    uint8_t seq_label[20];
    uint32_t ota_state;
    uint32_t crc; /* of ota_seq alone */
} esp_ota_select_entry_t;

typedef struct {
    uint32_t offset;
    uint32_t size;
} esp_partition_pos_t;

typedef struct {
    uint16_t magic;
    uint8_t type;
    uint8_t subtype;
    esp_partition_pos_t pos;
    uint8_t label[16];
    uint32_t flags;
} esp_partition_info_t;

#endif
