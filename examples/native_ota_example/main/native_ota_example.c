/* SPDX-License-Identifier: Apache-2.0 */
/* Updates itself over HTTPS by the native calls: esp_http_client brings the bytes, esp_ota_begin,
 * _write and _end put them into the next slot. The place to start from for an own protocol, an own
 * version rule, or an image from somewhere else than the network. */
#include <string.h>

#include "esp_event.h"
#include "esp_http_client.h"
#include "esp_log.h"
#include "esp_netif.h"
#include "esp_ota_ops.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "nvs_flash.h"
#include "protocol_examples_common.h"
#include "sdkconfig.h"

static const char *TAG = "native_ota_example";

#define TASK_STACK_LEN  6144 /* bytes; the handshake takes the most */
#define BUFFER_LEN      1024
#define RECV_TIMEOUT_MS 5000
#define MAX_READS       6 /* that leave the buffer unfilled: half a minute ends the download */
#define DESC_OFF        (sizeof(esp_image_header_t) + sizeof(esp_image_segment_header_t))

extern const char server_cert_pem_start[] asm("_binary_ca_cert_pem_start");

static char buffer[BUFFER_LEN];

/* Fills the buffer; less than all of it only at the end of the body. -1: the download failed. */
static int read_piece(esp_http_client_handle_t client)
{
    int len = 0;
    for (int reads = 0; reads < MAX_READS; reads++) {
        int n = esp_http_client_read(client, buffer + len, BUFFER_LEN - len);
        if (n < 0 && n != -ESP_ERR_HTTP_EAGAIN) {
            return -1;
        }
        len += n > 0 ? n : 0;
        if (n == 0 || len == BUFFER_LEN) {
            return len;
        }
    }
    ESP_LOGE(TAG, "the server is silent; check the network and try again");
    return -1;
}

/* Says what comes. The application's own rule (never older, same project) belongs here: so far
 * nothing is erased. */
static esp_err_t judge_first_piece(int len)
{
    esp_app_desc_t next;
    if (len < (int)(DESC_OFF + sizeof(next))) {
        ESP_LOGE(TAG, "%d bytes are no image; check that the URL names the built .bin", len);
        return ESP_ERR_INVALID_SIZE;
    }
    memcpy(&next, buffer + DESC_OFF, sizeof(next));
    if (next.magic_word != ESP_APP_DESC_MAGIC_WORD) {
        ESP_LOGW(TAG, "the image carries no description");
        return ESP_OK;
    }
    ESP_LOGI(TAG, "New firmware: %.*s version %.*s", (int)sizeof(next.project_name),
             next.project_name, (int)sizeof(next.version), next.version);
    const esp_app_desc_t *own = esp_ota_get_app_description();
    ESP_LOGI(TAG, "Running firmware: %s version %s", own->project_name, own->version);
    return ESP_OK;
}

/* Copies the body into the slot, piece by piece. */
static esp_err_t download(esp_http_client_handle_t client, esp_ota_handle_t ota)
{
    int total = 0;
    int length = esp_http_client_get_content_length(client);
    int next_line = 0;
    for (;;) {
        int n = read_piece(client);
        if (n < 0) {
            return ESP_ERR_HTTP_CONNECTION_CLOSED;
        }
        if (n == 0) {
            break;
        }
        esp_err_t err = total == 0 ? judge_first_piece(n) : ESP_OK;
        if (err == ESP_OK) {
            err = esp_ota_write(ota, buffer, n);
        }
        if (err != ESP_OK) {
            return err;
        }
        total += n;
        if (total >= next_line) {
            ESP_LOGI(TAG, "Written image length %d of %d", total, length);
            next_line += length > 0 ? length / 10 : 65536;
        }
    }
    ESP_LOGI(TAG, "Total Write binary data length: %d", total);
    return esp_http_client_is_complete_data_received(client) ? ESP_OK
                                                             : ESP_ERR_HTTP_INCOMPLETE_DATA;
}

/* An image that reaches its server can be updated again. Without this call within three starts, the
 * bootloader brings the previous image back. */
static void confirm_image(void)
{
    esp_ota_img_states_t state;
    if (esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) == ESP_OK &&
        state == ESP_OTA_IMG_PENDING_VERIFY && esp_ota_mark_app_valid_cancel_rollback() == ESP_OK) {
        ESP_LOGI(TAG, "this image reaches its server and can be updated again: it stays");
    }
}

static esp_err_t open_url(esp_http_client_handle_t client)
{
    esp_err_t err = esp_http_client_open(client, 0);
    if (err != ESP_OK) {
        return err;
    }
    confirm_image();
    if (esp_http_client_fetch_headers(client) < 0) {
        return ESP_ERR_HTTP_FETCH_HEADER;
    }
    int status = esp_http_client_get_status_code(client);
    if (status != HttpStatus_Ok) {
        ESP_LOGE(TAG, "the server answers with status %d; check the URL's path", status);
        return ESP_FAIL;
    }
    return ESP_OK;
}

static esp_err_t install(esp_http_client_handle_t client, const esp_partition_t *slot)
{
    int length = esp_http_client_get_content_length(client);
    esp_ota_handle_t ota;
    esp_err_t err = esp_ota_begin(slot, length > 0 ? (size_t)length : OTA_SIZE_UNKNOWN, &ota);
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "ota_begin error err=0x%x (%s)", (unsigned)err, esp_err_to_name(err));
        return err;
    }
    err = download(client, ota);
    if (err != ESP_OK) {
        esp_ota_abort(ota);
        return err;
    }
    err = esp_ota_end(ota);
    return err == ESP_OK ? esp_ota_set_boot_partition(slot) : err;
}

static esp_err_t update(void)
{
    const esp_partition_t *running = esp_ota_get_running_partition();
    const esp_partition_t *slot = esp_ota_get_next_update_partition(NULL);
    ESP_LOGI(TAG, "Running partition type %d subtype %d (offset 0x%08x)", (int)running->type,
             (int)running->subtype, (unsigned)running->address);
    if (slot == NULL) {
        ESP_LOGE(TAG, "the partition table has no OTA slot; choose one with two OTA definitions");
        return ESP_ERR_NOT_FOUND;
    }
    const esp_http_client_config_t config = {
        .url = CONFIG_FIRMWARE_UPGRADE_URL,
        .cert_pem = server_cert_pem_start,
        .timeout_ms = RECV_TIMEOUT_MS,
    };
    esp_http_client_handle_t client = esp_http_client_init(&config);
    if (client == NULL) {
        return ESP_FAIL;
    }
    esp_err_t err = open_url(client);
    if (err == ESP_OK) {
        ESP_LOGI(TAG, "Writing to partition subtype %d at offset 0x%x", (int)slot->subtype,
                 (unsigned)slot->address);
        err = install(client, slot);
    }
    esp_http_client_cleanup(client);
    return err;
}

static void native_ota_task(void *arg)
{
    (void)arg;
    ESP_LOGI(TAG, "Starting OTA example...");
    esp_err_t err = update();
    if (err == ESP_OK) {
        ESP_LOGI(TAG, "Prepare to restart system!");
        esp_restart();
    }
    ESP_LOGE(TAG, "update failed: 0x%x (%s); the present image keeps running", (unsigned)err,
             esp_err_to_name(err));
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
    xTaskCreate(native_ota_task, "ota_example_task", TASK_STACK_LEN, NULL, 5, NULL);
}
