/* SPDX-License-Identifier: Apache-2.0 */
/* Where the table stands, and its check. */
#ifndef ESP_FLASH_PARTITIONS_H
#define ESP_FLASH_PARTITIONS_H

#include <stdbool.h>

#include "esp_err.h"
#include "esp_flash_data_types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ESP_BOOTLOADER_OFFSET           0x0
#define ESP_PARTITION_TABLE_OFFSET      0x8000
#define ESP_PARTITION_TABLE_MAX_LEN     0xC00
#define ESP_PARTITION_TABLE_MAX_ENTRIES (ESP_PARTITION_TABLE_MAX_LEN / sizeof(esp_partition_info_t))

/* Checks a table of ESP_PARTITION_TABLE_MAX_LEN bytes; *num_partitions receives its entries.
 * Errors: ESP_ERR_INVALID_STATE. */
esp_err_t esp_partition_table_basic_verify(const esp_partition_info_t *partition_table,
                                           bool log_errors, int *num_partitions);
#define esp_partition_table_verify esp_partition_table_basic_verify

#ifdef __cplusplus
}
#endif

#endif
