/* SPDX-License-Identifier: Apache-2.0 */
/* Compiles and links with exactly the headers, names and argument shapes that the simple_ota_example
 * of ESP8266_RTOS_SDK (2020 to v3.4) uses. It is here to be built, not to be run. */
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "freertos/event_groups.h"

#include "esp_system.h"
#include "esp_log.h"
#include "esp_netif.h"
#include "esp_event.h"
#include "protocol_examples_common.h"
#include "nvs.h"
#include "nvs_flash.h"

#include "esp_ota_ops.h"
#include "esp_http_client.h"
#include "esp_https_ota.h"

static const char *TAG = "compat_s1";

extern const uint8_t pem_start[] asm("_binary_ca_cert_pem_start");
extern const uint8_t pem_end[] asm("_binary_ca_cert_pem_end");

/* A switch over every event without a default: one more enumerator would not compile. */
static esp_err_t on_event(esp_http_client_event_t *evt)
{
    switch (evt->event_id) {
    case HTTP_EVENT_ERROR:
        ESP_LOGD(TAG, "error");
        break;
    case HTTP_EVENT_ON_CONNECTED:
        ESP_LOGD(TAG, "connected");
        break;
    case HTTP_EVENT_HEADER_SENT:
        ESP_LOGD(TAG, "header sent");
        break;
    case HTTP_EVENT_ON_HEADER:
        ESP_LOGD(TAG, "%s=%s", evt->header_key, evt->header_value);
        break;
    case HTTP_EVENT_ON_DATA:
        ESP_LOGD(TAG, "len=%d", evt->data_len);
        break;
    case HTTP_EVENT_ON_FINISH:
        ESP_LOGD(TAG, "finish");
        break;
    case HTTP_EVENT_DISCONNECTED:
        ESP_LOGD(TAG, "disconnected");
        break;
    }
    return ESP_OK;
}

static void update_task(void *parameter)
{
    (void)parameter;
    ESP_LOGI(TAG, "certificate of %d bytes", (int)(pem_end - pem_start));
    esp_http_client_config_t config = {
        .url = CONFIG_FIRMWARE_UPGRADE_URL,
        .cert_pem = (char *)pem_start,
        .event_handler = on_event,
    };
    esp_err_t ret = esp_https_ota(&config);
    if (ret == ESP_OK) {
        esp_restart();
    } else {
        ESP_LOGE(TAG, "failed");
    }
    while (1) {
        vTaskDelay(1000 / portTICK_PERIOD_MS);
    }
}

void app_main()
{
    ESP_ERROR_CHECK(nvs_flash_init());
    ESP_ERROR_CHECK(esp_netif_init());
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    ESP_ERROR_CHECK(example_connect());
    xTaskCreate(&update_task, "ota_example_task", 8192, NULL, 5, NULL);
}
