/* SPDX-License-Identifier: Apache-2.0 */
/* Compiles and links with exactly the headers, names and argument shapes that the native_ota_example
 * of ESP-IDF v3.3 uses, without its rollback and its GPIO. It is here to be built, not to be run. */
#include <string.h>
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "freertos/event_groups.h"

#include "esp_system.h"
#include "esp_wifi.h"
#include "esp_event_loop.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "esp_http_client.h"
#include "esp_flash_partitions.h"
#include "esp_partition.h"

#include "nvs.h"
#include "nvs_flash.h"
#include "errno.h"

static const char *TAG = "compat_i1";

static char data[1024 + 1] = {0};
extern const uint8_t pem_start[] asm("_binary_ca_cert_pem_start");
extern const uint8_t pem_end[] asm("_binary_ca_cert_pem_end");

static void print_sha256(const uint8_t *hash, const char *label)
{
    char text[32 * 2 + 1];
    text[32 * 2] = 0;
    for (int i = 0; i < 32; ++i) {
        sprintf(&text[i * 2], "%02x", hash[i]);
    }
    ESP_LOGI(TAG, "%s: %s", label, text);
}

/* Hashes places that are no partitions, by a struct filled by hand. */
static void print_hashes(void)
{
    uint8_t sha_256[32] = {0};
    esp_partition_t partition;
    partition.address = ESP_PARTITION_TABLE_OFFSET;
    partition.size = ESP_PARTITION_TABLE_MAX_LEN;
    partition.type = ESP_PARTITION_TYPE_DATA;
    esp_partition_get_sha256(&partition, sha_256);
    print_sha256(sha_256, "table");
    partition.address = ESP_BOOTLOADER_OFFSET;
    partition.size = ESP_PARTITION_TABLE_OFFSET;
    partition.type = ESP_PARTITION_TYPE_APP;
    esp_partition_get_sha256(&partition, sha_256);
    print_sha256(sha_256, "bootloader");
    esp_partition_get_sha256(esp_ota_get_running_partition(), sha_256);
    print_sha256(sha_256, "firmware");
}

static void print_versions(const esp_app_desc_t *next, const esp_partition_t *running)
{
    esp_app_desc_t info;
    ESP_LOGI(TAG, "new version: %s", next->version);
    if (esp_ota_get_partition_description(running, &info) == ESP_OK) {
        ESP_LOGI(TAG, "running version: %s", info.version);
    }
    const esp_partition_t *last_invalid = esp_ota_get_last_invalid_partition();
    esp_app_desc_t invalid;
    if (esp_ota_get_partition_description(last_invalid, &invalid) == ESP_OK) {
        ESP_LOGI(TAG, "last invalid version: %s", invalid.version);
    }
    if (last_invalid != NULL &&
        memcmp(invalid.version, next->version, sizeof(next->version)) == 0) {
        ESP_LOGW(TAG, "the same as the last invalid one");
    }
}

static void update_task(void *parameter)
{
    (void)parameter;
    esp_err_t err;
    esp_ota_handle_t update_handle = 0;
    const esp_partition_t *configured = esp_ota_get_boot_partition();
    const esp_partition_t *running = esp_ota_get_running_partition();
    if (configured != running) {
        ESP_LOGW(TAG, "boot partition at 0x%08x, running from 0x%08x", configured->address,
                 running->address);
    }
    ESP_LOGI(TAG, "type %d subtype %d (offset 0x%08x)", running->type, running->subtype,
             running->address);
    esp_http_client_config_t config = {
        .url = CONFIG_FIRMWARE_UPG_URL,
        .cert_pem = (char *)pem_start,
        .timeout_ms = CONFIG_EXAMPLE_OTA_RECV_TIMEOUT,
        .keep_alive_enable = true,
    };
#ifdef CONFIG_EXAMPLE_SKIP_COMMON_NAME_CHECK
    config.skip_cert_common_name_check = true;
#endif
    esp_http_client_handle_t client = esp_http_client_init(&config);
    if (client == NULL) {
        vTaskDelete(NULL);
    }
    err = esp_http_client_open(client, 0);
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "%s", esp_err_to_name(err));
        esp_http_client_cleanup(client);
        vTaskDelete(NULL);
    }
    esp_http_client_fetch_headers(client);
    const esp_partition_t *update = esp_ota_get_next_update_partition(NULL);
    assert(update != NULL);
    ESP_LOGI(TAG, "subtype %d at offset 0x%x", update->subtype, update->address);

    int length = 0;
    bool header_checked = false;
    while (1) {
        int n = esp_http_client_read(client, data, 1024);
        if (n < 0) {
            esp_http_client_close(client);
            vTaskDelete(NULL);
        } else if (n > 0) {
            if (!header_checked) {
                esp_app_desc_t next;
                if (n > (int)(sizeof(esp_image_header_t) + sizeof(esp_image_segment_header_t) +
                              sizeof(esp_app_desc_t))) {
                    memcpy(&next,
                           &data[sizeof(esp_image_header_t) + sizeof(esp_image_segment_header_t)],
                           sizeof(esp_app_desc_t));
                    print_versions(&next, running);
                    header_checked = true;
                    err = esp_ota_begin(update, OTA_WITH_SEQUENTIAL_WRITES, &update_handle);
                    ESP_ERROR_CHECK(err);
                }
            }
            err = esp_ota_write(update_handle, (const void *)data, n);
            ESP_ERROR_CHECK(err);
            length += n;
        } else if (n == 0) {
            if (errno == ECONNRESET || errno == ENOTCONN) {
                break;
            }
            if (esp_http_client_is_complete_data_received(client) == true) {
                break;
            }
        }
    }
    ESP_LOGI(TAG, "%d bytes", length);
    err = esp_ota_end(update_handle);
    if (err == ESP_ERR_OTA_VALIDATE_FAILED) {
        ESP_LOGE(TAG, "image is corrupted");
    }
    ESP_ERROR_CHECK(esp_ota_set_boot_partition(update));
    esp_restart();
}

void app_main()
{
    print_hashes();
    esp_ota_img_states_t ota_state;
    if (esp_ota_get_state_partition(esp_ota_get_running_partition(), &ota_state) == ESP_OK) {
        if (ota_state == ESP_OTA_IMG_PENDING_VERIFY) {
            ESP_LOGI(TAG, "on trial");
        }
    }
    esp_err_t err = nvs_flash_init();
    if (err == ESP_ERR_NVS_NO_FREE_PAGES || err == ESP_ERR_NVS_NEW_VERSION_FOUND) {
        ESP_ERROR_CHECK(nvs_flash_erase());
        err = nvs_flash_init();
    }
    ESP_ERROR_CHECK(err);
    xTaskCreate(&update_task, "ota_example_task", 8192, NULL, 5, NULL);
}
