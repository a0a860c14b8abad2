/* SPDX-License-Identifier: Apache-2.0 */
/* Updates itself over HTTPS in one call: joins the access point, downloads the configured image
 * into the next slot, and restarts into it. On a failure it says why and keeps running. After an
 * update it starts on trial, and stays once it has reached its server. */
#include "esp_event.h"
#include "esp_http_client.h"
#include "esp_https_ota.h"
#include "esp_log.h"
#include "esp_netif.h"
#include "esp_ota_ops.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "nvs_flash.h"
#include "protocol_examples_common.h"
#include "sdkconfig.h"

static const char *TAG = "simple_ota_example";

#define TASK_STACK_LEN 6144 /* bytes; the handshake takes the most */

/* The server's certificate, embedded from server_certs/ca_cert.pem: the only one that is trusted.
 */
extern const char server_cert_pem_start[] asm("_binary_ca_cert_pem_start");

/* Without this call within three starts, the bootloader brings the previous image back. */
static void confirm_image(void)
{
    esp_ota_img_states_t state;
    if (esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) == ESP_OK &&
        state == ESP_OTA_IMG_PENDING_VERIFY && esp_ota_mark_app_valid_cancel_rollback() == ESP_OK) {
        ESP_LOGI(TAG, "this image reaches its server and can be updated again: it stays");
    }
}

/* Connected means that the handshake is done and the server has proved its name. */
static esp_err_t on_http_event(esp_http_client_event_t *event)
{
    if (event->event_id == HTTP_EVENT_ON_CONNECTED) {
        confirm_image();
    }
    return ESP_OK;
}

static void simple_ota_task(void *arg)
{
    (void)arg;
    ESP_LOGI(TAG, "Starting OTA example...");
    const esp_http_client_config_t config = {
        .url = CONFIG_FIRMWARE_UPGRADE_URL,
        .cert_pem = server_cert_pem_start,
        .event_handler = on_http_event,
    };
    esp_err_t err = esp_https_ota(&config);
    if (err == ESP_OK) {
        ESP_LOGI(TAG, "update is in place, restarting");
        esp_restart();
    }
    ESP_LOGE(TAG, "Firmware Upgrades Failed: 0x%x (%s); the present image keeps running",
             (unsigned)err, esp_err_to_name(err));
    vTaskDelete(NULL);
}

void app_main(void)
{
    ESP_ERROR_CHECK(nvs_flash_init());
    ESP_ERROR_CHECK(esp_netif_init());
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    if (example_connect() != ESP_OK) {
        ESP_LOGE(TAG, "no network, no update; the present image keeps running");
        return;
    }
    xTaskCreate(simple_ota_task, "ota_example_task", TASK_STACK_LEN, NULL, 5, NULL);
}
