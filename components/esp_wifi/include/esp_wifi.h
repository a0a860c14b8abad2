/* SPDX-License-Identifier: Apache-2.0 */
/* Wi-Fi station. All calls return ESP_ERR_WIFI_NOT_INIT before esp_wifi_init(); what happens in the
 * air comes as events of WIFI_EVENT. Context: task, never the task that runs the stack. */
#ifndef ESP_WIFI_H
#define ESP_WIFI_H

#include "esp_err.h"
#include "esp_event.h"
#include "esp_wifi_default.h"
#include "esp_wifi_reason.h"
#include "esp_wifi_types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int magic;
} wifi_init_config_t;

#define WIFI_INIT_CONFIG_MAGIC 0x1F2F3F4F
#define WIFI_INIT_CONFIG_DEFAULT()                                                                 \
    {                                                                                              \
        .magic = WIFI_INIT_CONFIG_MAGIC                                                            \
    }

/* Finds the radio and prepares the station with its interface. Create the default event loop
 * before: an event that finds none is lost, with a line in the log. Errors: ESP_ERR_INVALID_ARG
 * (not WIFI_INIT_CONFIG_DEFAULT), ESP_ERR_NOT_FOUND (no virtual radio: a real chip?),
 * ESP_ERR_NO_MEM. */
esp_err_t esp_wifi_init(const wifi_init_config_t *config);

/* Stops and forgets. */
esp_err_t esp_wifi_deinit(void);

/* Errors: ESP_ERR_NOT_SUPPORTED (modes with an access point of our own). */
esp_err_t esp_wifi_set_mode(wifi_mode_t mode);
esp_err_t esp_wifi_get_mode(wifi_mode_t *mode);

/* The configuration lives in RAM. Errors: ESP_ERR_NOT_SUPPORTED (WIFI_STORAGE_FLASH). */
esp_err_t esp_wifi_set_storage(wifi_storage_t storage);

/* Copies the configuration for the next esp_wifi_connect(). Errors: ESP_ERR_WIFI_IF (not the
 * station), ESP_ERR_WIFI_SSID (empty), ESP_ERR_WIFI_PASSWORD (1 to 7 characters, or none where the
 * threshold asks for encryption), ESP_ERR_NOT_SUPPORTED (a fixed bssid, a threshold above WPA2). */
esp_err_t esp_wifi_set_config(wifi_interface_t interface, wifi_config_t *config);
/* The copy holds the password. */
esp_err_t esp_wifi_get_config(wifi_interface_t interface, wifi_config_t *config);

/* Powers the radio: WIFI_EVENT_STA_START. Errors: ESP_ERR_WIFI_MODE (no mode set). */
esp_err_t esp_wifi_start(void);
/* Leaves and switches the radio off: WIFI_EVENT_STA_DISCONNECTED if linked, WIFI_EVENT_STA_STOP. */
esp_err_t esp_wifi_stop(void);

/* Starts a join; its end is WIFI_EVENT_STA_CONNECTED or _STA_DISCONNECTED with the reason.
 * Errors: ESP_ERR_WIFI_NOT_STARTED, ESP_ERR_WIFI_SSID (none configured), ESP_ERR_WIFI_STATE (a scan
 * runs), ESP_ERR_WIFI_CONN (joined or joining already). */
esp_err_t esp_wifi_connect(void);
/* Leaves, or gives up a join: WIFI_EVENT_STA_DISCONNECTED with WIFI_REASON_ASSOC_LEAVE.
 * Errors: ESP_ERR_WIFI_NOT_STARTED. */
esp_err_t esp_wifi_disconnect(void);

/* Looks for access points; ends with WIFI_EVENT_SCAN_DONE. With block it also waits for that, 10 s
 * at most. config: NULL, or a struct without filters. Errors: ESP_ERR_WIFI_NOT_STARTED,
 * ESP_ERR_WIFI_STATE (joining, joined or scanning), ESP_ERR_NOT_SUPPORTED (filters),
 * ESP_ERR_WIFI_TIMEOUT. */
esp_err_t esp_wifi_scan_start(const wifi_scan_config_t *config, bool block);
esp_err_t esp_wifi_scan_get_ap_num(uint16_t *number);
/* number: in, room in records; out, how many were filled. */
esp_err_t esp_wifi_scan_get_ap_records(uint16_t *number, wifi_ap_record_t *records);

/* The joined access point. Errors: ESP_ERR_WIFI_NOT_CONNECT. */
esp_err_t esp_wifi_sta_get_ap_info(wifi_ap_record_t *info);

esp_err_t esp_wifi_get_mac(wifi_interface_t interface, uint8_t mac[6]);

/* Both are remembered; the virtual radio never sleeps and has one protocol. */
esp_err_t esp_wifi_set_ps(wifi_ps_type_t type);
esp_err_t esp_wifi_get_ps(wifi_ps_type_t *type);
esp_err_t esp_wifi_set_protocol(wifi_interface_t interface, uint8_t bits);
esp_err_t esp_wifi_get_protocol(wifi_interface_t interface, uint8_t *bits);

#ifdef __cplusplus
}
#endif

#endif
