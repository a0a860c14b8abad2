/* SPDX-License-Identifier: Apache-2.0 */
/* Scans. The radio keeps the list: nothing is stored here. */
#include "esp_wifi.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "wifi_radio.h"
#include "wifi_station.h"

#define SCAN_WAIT_MS 10000u
#define SCAN_POLL_MS 50u

static uint8_t scan_id;

void wifi_scan_on_done(void)
{
    wifi_event_sta_scan_done_t event = {
        .status = 0,
        .number = (uint8_t)wifi_radio_scan_count(),
        .scan_id = scan_id,
    };

    scan_id++;
    wifi_post_event(WIFI_EVENT_SCAN_DONE, &event, sizeof(event));
}

static bool has_filter(const wifi_scan_config_t *config)
{
    return config && (config->ssid || config->bssid || config->channel);
}

static esp_err_t await_scan(void)
{
    for (uint32_t waited_ms = 0; wifi_radio_is_scanning(); waited_ms += SCAN_POLL_MS) {
        if (waited_ms >= SCAN_WAIT_MS) {
            return ESP_ERR_WIFI_TIMEOUT;
        }
        vTaskDelay(pdMS_TO_TICKS(SCAN_POLL_MS));
    }
    return ESP_OK;
}

esp_err_t esp_wifi_scan_start(const wifi_scan_config_t *config, bool block)
{
    esp_err_t err = wifi_station_need_started();

    if (err != ESP_OK) {
        return err;
    }
    if (has_filter(config)) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    if (wifi_radio_is_scanning() || wifi_radio_is_joining() || wifi_radio_is_joined()) {
        return ESP_ERR_WIFI_STATE;
    }
    wifi_radio_scan();
    return block ? await_scan() : ESP_OK;
}

esp_err_t esp_wifi_scan_get_ap_num(uint16_t *number)
{
    esp_err_t err = wifi_station_need_started();

    if (err == ESP_OK && !number) {
        err = ESP_ERR_INVALID_ARG;
    }
    if (err == ESP_OK) {
        *number = wifi_radio_scan_count();
    }
    return err;
}

esp_err_t esp_wifi_scan_get_ap_records(uint16_t *number, wifi_ap_record_t *records)
{
    esp_err_t err = wifi_station_need_started();
    uint16_t n;

    if (err != ESP_OK) {
        return err;
    }
    if (!number || !records) {
        return ESP_ERR_INVALID_ARG;
    }
    n = wifi_radio_scan_count();
    if (n > *number) {
        n = *number;
    }
    for (uint16_t i = 0; i < n; i++) {
        wifi_radio_get_scanned(i, &records[i]);
    }
    *number = n;
    return ESP_OK;
}
