/* SPDX-License-Identifier: Apache-2.0 */
/* Non-volatile storage: its partition, "nvs". */
#ifndef NVS_FLASH_H
#define NVS_FLASH_H

#include "esp_err.h"
#include "nvs.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NVS_DEFAULT_PART_NAME "nvs"

/* Reads the partition and finishes what a power cut interrupted; a blank one stays blank until the
 * first write. Again: nothing happens.
 * Errors: ESP_ERR_NVS_PART_NOT_FOUND (no partition "nvs": flash a table that has one),
 * ESP_ERR_NVS_NO_FREE_PAGES (erase it: nvs_flash_erase(), or make erase_flash),
 * ESP_ERR_NVS_NEW_VERSION_FOUND (likewise), ESP_ERR_NO_MEM, ESP_ERR_FLASH_OP_FAIL. Context: task.
 */
esp_err_t nvs_flash_init(void);

/* Forgets handles and pages. Errors: ESP_ERR_NVS_NOT_INITIALIZED. */
esp_err_t nvs_flash_deinit(void);

/* Erases the whole partition, after a deinit where that is needed. All values are lost.
 * Errors: ESP_ERR_NVS_PART_NOT_FOUND, ESP_ERR_FLASH_OP_FAIL. Cut: values may or may not be lost. */
esp_err_t nvs_flash_erase(void);

#ifdef __cplusplus
}
#endif

#endif
