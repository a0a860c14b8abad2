/* SPDX-License-Identifier: Apache-2.0 */
/* Test application: provokes the errors of the device API and prints "api_errors: good NAME" or
 * "api_errors: BAD NAME" for each. Without an nvs partition it provokes what that leads to, and
 * without otadata likewise (tests/board/api_errors.sh changes the table). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esp_event.h"
#include "esp_image_format.h"
#include "esp_netif.h"
#include "esp_ota_ops.h"
#include "esp_system.h"
#include "esp_wifi.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "nvs.h"
#include "nvs_flash.h"

static void expect(const char *name, esp_err_t want, esp_err_t got)
{
    printf("api_errors: %s %s", got == want ? "good" : "BAD", name);
    if (got != want) {
        printf(", but 0x%x %s", (unsigned)got, esp_err_to_name(got));
    }
    printf("\n");
}
#define EXPECT(name, call) expect(#name, name, call)

/* --- nvs --- */

static void fill(nvs_handle_t handle)
{
    static uint8_t blob[1024];
    char key[8];
    esp_err_t err = ESP_OK;

    for (unsigned i = 0; i < 100 && err == ESP_OK; i++) {
        snprintf(key, sizeof(key), "blob%u", i);
        err = nvs_set_blob(handle, key, blob, sizeof(blob));
    }
    expect("ESP_ERR_NVS_NOT_ENOUGH_SPACE", ESP_ERR_NVS_NOT_ENOUGH_SPACE, err);
}

static void use_values(nvs_handle_t handle)
{
    static char text[4100];
    char little[2];
    size_t len = sizeof(little);
    uint8_t byte;
    uint32_t word;

    memset(text, 'a', sizeof(text) - 1);
    EXPECT(ESP_ERR_NVS_NOT_FOUND, nvs_get_u8(handle, "none", &byte));
    EXPECT(ESP_ERR_NVS_KEY_TOO_LONG, nvs_set_u8(handle, "a key of more than 15", 1));
    EXPECT(ESP_ERR_NVS_INVALID_NAME, nvs_set_u8(handle, "", 1));
    EXPECT(ESP_OK, nvs_set_u8(handle, "byte", 1));
    EXPECT(ESP_ERR_NVS_TYPE_MISMATCH, nvs_get_u32(handle, "byte", &word));
    EXPECT(ESP_ERR_NVS_VALUE_TOO_LONG, nvs_set_str(handle, "text", text));
    EXPECT(ESP_OK, nvs_set_str(handle, "text", "long"));
    EXPECT(ESP_ERR_NVS_INVALID_LENGTH, nvs_get_str(handle, "text", little, &len));
}

static void provoke_nvs(void)
{
    nvs_handle_t handle = 0, reader = 0;

    EXPECT(ESP_ERR_NVS_NOT_INITIALIZED, nvs_open("space", NVS_READWRITE, &handle));
    if (esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_NVS, NULL) ==
        NULL) {
        EXPECT(ESP_ERR_NVS_PART_NOT_FOUND, nvs_flash_init());
        return;
    }
    EXPECT(ESP_OK, nvs_flash_init());
    EXPECT(ESP_ERR_NVS_INVALID_HANDLE, nvs_set_u8(99, "byte", 1));
    EXPECT(ESP_OK, nvs_open("space", NVS_READWRITE, &handle));
    use_values(handle);
    EXPECT(ESP_OK, nvs_open("space", NVS_READONLY, &reader));
    EXPECT(ESP_ERR_NVS_READ_ONLY, nvs_set_u8(reader, "byte", 1));
    fill(handle);
    esp_err_t err = ESP_OK;
    for (unsigned i = 0; i < 20 && err == ESP_OK; i++) {
        err = nvs_open("space", NVS_READONLY, &reader);
    }
    expect("ESP_ERR_NO_MEM", ESP_ERR_NO_MEM, err);
}

/* --- the network --- */

static void provoke_netif(esp_netif_t *netif)
{
    esp_netif_ip_info_t info = {0};

    EXPECT(ESP_ERR_ESP_NETIF_INVALID_PARAMS, esp_netif_get_ip_info(NULL, &info));
    EXPECT(ESP_ERR_ESP_NETIF_DHCP_NOT_STOPPED, esp_netif_set_ip_info(netif, &info));
    EXPECT(ESP_ERR_ESP_NETIF_DHCP_ALREADY_STARTED, esp_netif_dhcpc_start(netif));
    EXPECT(ESP_OK, esp_netif_dhcpc_stop(netif));
    EXPECT(ESP_ERR_ESP_NETIF_DHCP_ALREADY_STOPPED, esp_netif_dhcpc_stop(netif));
}

static void set_up_wifi(void)
{
    wifi_init_config_t init = WIFI_INIT_CONFIG_DEFAULT();

    EXPECT(ESP_OK, esp_netif_init());
    EXPECT(ESP_OK, esp_event_loop_create_default());
    EXPECT(ESP_ERR_INVALID_STATE, esp_event_loop_create_default());
    EXPECT(ESP_ERR_WIFI_NOT_INIT, esp_wifi_start());
    provoke_netif(esp_netif_create_default_wifi_sta());
    EXPECT(ESP_OK, esp_wifi_init(&init));
    EXPECT(ESP_ERR_WIFI_MODE, esp_wifi_start());
    EXPECT(ESP_OK, esp_wifi_set_mode(WIFI_MODE_STA));
    EXPECT(ESP_ERR_WIFI_NOT_STARTED, esp_wifi_connect());
}

static void provoke_wifi(void)
{
    wifi_config_t config = {0};
    wifi_ap_record_t ap;
    uint8_t mac[6];

    EXPECT(ESP_ERR_INVALID_MAC, esp_base_mac_addr_get(mac));
    set_up_wifi();
    EXPECT(ESP_ERR_WIFI_IF, esp_wifi_set_config(ESP_IF_WIFI_AP, &config));
    EXPECT(ESP_ERR_WIFI_SSID, esp_wifi_set_config(ESP_IF_WIFI_STA, &config));
    strcpy((char *)config.sta.ssid, "nobody");
    strcpy((char *)config.sta.password, "short");
    EXPECT(ESP_ERR_WIFI_PASSWORD, esp_wifi_set_config(ESP_IF_WIFI_STA, &config));
    strcpy((char *)config.sta.password, "long enough");
    config.sta.bssid_set = true;
    EXPECT(ESP_ERR_NOT_SUPPORTED, esp_wifi_set_config(ESP_IF_WIFI_STA, &config));
    config.sta.bssid_set = false;
    EXPECT(ESP_OK, esp_wifi_set_config(ESP_IF_WIFI_STA, &config));
    EXPECT(ESP_OK, esp_wifi_start());
    EXPECT(ESP_ERR_WIFI_NOT_CONNECT, esp_wifi_sta_get_ap_info(&ap));
    EXPECT(ESP_OK, esp_wifi_connect());
    EXPECT(ESP_ERR_WIFI_CONN, esp_wifi_connect());
    EXPECT(ESP_ERR_WIFI_STATE, esp_wifi_scan_start(NULL, false));
}

/* --- images --- */

/* The running image, whose secure version 0 is below what this configuration accepts. */
static void provoke_old_version(const esp_partition_t *running, const esp_partition_t *slot)
{
    uint8_t *first = malloc(1024);
    esp_ota_handle_t handle;

    EXPECT(ESP_OK, esp_partition_read(running, 0, first, 1024));
    EXPECT(ESP_OK, esp_ota_begin(slot, OTA_SIZE_UNKNOWN, &handle));
    EXPECT(ESP_ERR_OTA_SMALL_SEC_VER, esp_ota_write(handle, first, 1024));
    esp_ota_abort(handle);
    free(first);
}

static bool has_otadata(void)
{
    return esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_OTA,
                                    NULL) != NULL;
}

/* All memory is taken, in ever smaller pieces, and given back. */
static void provoke_no_memory(const esp_partition_t *slot)
{
    void *taken = NULL, *piece;
    esp_ota_handle_t handle;

    for (size_t size = 16384; size >= 64; size /= 2) {
        while ((piece = malloc(size)) != NULL) {
            *(void **)piece = taken;
            taken = piece;
        }
    }
    EXPECT(ESP_ERR_NO_MEM, esp_ota_begin(slot, OTA_SIZE_UNKNOWN, &handle));
    for (; taken != NULL; taken = piece) {
        piece = *(void **)taken;
        free(taken);
    }
}

static void provoke_images(void)
{
    const esp_partition_t *running = esp_ota_get_running_partition();
    const esp_partition_t *slot = esp_ota_get_next_update_partition(NULL);
    esp_image_metadata_t data;

    const esp_partition_pos_t blank = {.offset = slot->address, .size = slot->size};
    EXPECT(ESP_ERR_IMAGE_INVALID, esp_image_load(ESP_IMAGE_VERIFY, &blank, &data));
    if (!has_otadata()) {
        esp_ota_handle_t handle;
        /* Says ASL_ERR_OTADATA_SIZE. */
        EXPECT(ESP_ERR_NOT_FOUND, esp_ota_set_boot_partition(running));
        EXPECT(ESP_ERR_NOT_FOUND, esp_ota_begin(slot, OTA_SIZE_UNKNOWN, &handle));
        return;
    }
    provoke_old_version(running, slot);
    provoke_no_memory(slot);
}

void app_main(void)
{
    provoke_nvs();
    provoke_images();
    provoke_wifi();
    printf("api_errors: done\n");
    for (;;) {
        vTaskDelay(portMAX_DELAY);
    }
}
