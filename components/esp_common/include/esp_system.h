/* SPDX-License-Identifier: Apache-2.0 */
/* The system as an application sees it: restart and its reasons, memory, randomness, identity. */
#ifndef ESP_SYSTEM_H
#define ESP_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_attr.h"
#include "esp_bit_defs.h"
#include "esp_err.h"
#include "esp_idf_version.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    ESP_RST_UNKNOWN = 0,
    ESP_RST_POWERON,
    ESP_RST_EXT,
    ESP_RST_SW, /* esp_restart() */
    ESP_RST_PANIC,
    ESP_RST_INT_WDT,
    ESP_RST_TASK_WDT, /* no task gave way for too long */
    ESP_RST_WDT,      /* the hardware watchdog alone */
    ESP_RST_DEEPSLEEP,
    ESP_RST_BROWNOUT,
    ESP_RST_SDIO,
    ESP_RST_FAST_SW,
} esp_reset_reason_t;

typedef void (*shutdown_handler_t)(void);

/* Calls the shutdown handlers, last registered first, and starts the chip again. Context: task. */
void esp_restart(void) __attribute__((noreturn));
/* Errors: ESP_ERR_INVALID_STATE (already registered), ESP_ERR_NO_MEM (more than 4). */
esp_err_t esp_register_shutdown_handler(shutdown_handler_t handler);

/* Why the program started. */
esp_reset_reason_t esp_reset_reason(void);
/* Reads the reason out of the hardware; called once by the start-up code. */
void esp_reset_reason_init(void);

uint32_t esp_get_free_heap_size(void);
/* The least that was free since start-up. */
uint32_t esp_get_minimum_free_heap_size(void);

/* Hardware random numbers. Fact: WDEV_RANDOM yields 32 new bits a read while the radio is on. */
uint32_t esp_random(void);
void esp_fill_random(void *buf, size_t len);

typedef enum {
    CHIP_ESP8266 = 0,
    CHIP_ESP32 = 1,
} esp_chip_model_t;

#define CHIP_FEATURE_EMB_FLASH BIT(0)
#define CHIP_FEATURE_WIFI_BGN  BIT(1)
#define CHIP_FEATURE_BLE       BIT(4)
#define CHIP_FEATURE_BT        BIT(5)

typedef struct {
    esp_chip_model_t model;
    uint32_t features;
    uint8_t cores;
    uint8_t revision;
} esp_chip_info_t;

void esp_chip_info(esp_chip_info_t *out_info);

typedef enum {
    ESP_MAC_WIFI_STA,
    ESP_MAC_WIFI_SOFTAP,
} esp_mac_type_t;

/* The address burnt into the chip, and those of its interfaces derived from the base address.
 * Errors: ESP_ERR_INVALID_ARG, ESP_ERR_INVALID_MAC (esp_base_mac_addr_get: none was set). */
esp_err_t esp_efuse_mac_get_default(uint8_t mac[6]);
esp_err_t esp_base_mac_addr_set(uint8_t mac[6]);
esp_err_t esp_base_mac_addr_get(uint8_t mac[6]);
esp_err_t esp_read_mac(uint8_t mac[6], esp_mac_type_t type);
esp_err_t esp_derive_local_mac(uint8_t local_mac[6], const uint8_t universal_mac[6]);

#ifdef __cplusplus
}
#endif

#endif
