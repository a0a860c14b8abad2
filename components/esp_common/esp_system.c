/* SPDX-License-Identifier: Apache-2.0 */
/* Restart, reset reason, heap figures, random numbers and what the chip is. */
#include "esp_system.h"

#include <stdlib.h>
#include <string.h>

#include "esp8266/heap.h"
#include "esp8266/regs.h"
#include "esp8266/soc.h"
#include "esp_heap_caps.h"
#include "esp_timer.h"

#define MAX_SHUTDOWN_HANDLERS 4u

static shutdown_handler_t shutdown_handlers[MAX_SHUTDOWN_HANDLERS];
static esp_reset_reason_t reset_reason;

esp_err_t esp_register_shutdown_handler(shutdown_handler_t handler)
{
    for (size_t i = 0; i < MAX_SHUTDOWN_HANDLERS; i++) {
        if (shutdown_handlers[i] == handler) {
            return ESP_ERR_INVALID_STATE;
        }
        if (shutdown_handlers[i] == NULL) {
            shutdown_handlers[i] = handler;
            return ESP_OK;
        }
    }
    return ESP_ERR_NO_MEM;
}

void esp_restart(void)
{
    for (size_t i = MAX_SHUTDOWN_HANDLERS; i > 0; i--) {
        if (shutdown_handlers[i - 1] != NULL) {
            shutdown_handlers[i - 1]();
        }
    }
    soc_reset_hint_set(ESP_RST_SW);
    soc_restart();
}

void esp_reset_reason_init(void)
{
    reset_reason = (esp_reset_reason_t)soc_reset_reason(soc_reset_hint_take());
}

esp_reset_reason_t esp_reset_reason(void)
{
    return reset_reason;
}

uint32_t esp_get_free_heap_size(void)
{
    return heap_free_bytes();
}

uint32_t esp_get_minimum_free_heap_size(void)
{
    return heap_minimum_free_bytes();
}

const char *esp_get_idf_version(void)
{
    return "v3.4-airslot";
}

int64_t esp_timer_get_time(void)
{
    return (int64_t)soc_time_us();
}

uint32_t esp_random(void)
{
    return REG_READ(WDEV_RANDOM);
}

void esp_fill_random(void *buf, size_t len)
{
    uint8_t *p = buf;
    while (len > 0) {
        uint32_t word = esp_random();
        size_t n = len < sizeof(word) ? len : sizeof(word);
        memcpy(p, &word, n);
        p += n;
        len -= n;
    }
}

/* Fact: esp8266-machine 6.8, the ESP8285 carries its flash inside. */
void esp_chip_info(esp_chip_info_t *out_info)
{
    bool embedded =
        (REG_READ(DPORT_EFUSE0) & BIT(4)) != 0 || (REG_READ(DPORT_EFUSE2) & BIT(16)) != 0;
    *out_info = (esp_chip_info_t){
        .model = CHIP_ESP8266,
        .features = CHIP_FEATURE_WIFI_BGN | (embedded ? CHIP_FEATURE_EMB_FLASH : 0u),
        .cores = 1,
        .revision = 1,
    };
}

void *heap_caps_malloc(size_t size, uint32_t caps)
{
    return (caps & MALLOC_CAP_EXEC) != 0 ? NULL : malloc(size);
}

void *heap_caps_calloc(size_t n, size_t size, uint32_t caps)
{
    return (caps & MALLOC_CAP_EXEC) != 0 ? NULL : calloc(n, size);
}

void heap_caps_free(void *p)
{
    free(p);
}

size_t heap_caps_get_free_size(uint32_t caps)
{
    return (caps & MALLOC_CAP_EXEC) != 0 ? 0 : heap_free_bytes();
}

size_t heap_caps_get_minimum_free_size(uint32_t caps)
{
    return (caps & MALLOC_CAP_EXEC) != 0 ? 0 : heap_minimum_free_bytes();
}

size_t heap_caps_get_largest_free_block(uint32_t caps)
{
    return (caps & MALLOC_CAP_EXEC) != 0 ? 0 : heap_largest_free_bytes();
}
