/* SPDX-License-Identifier: Apache-2.0 */
/* Types, numbers and events of Wi-Fi.
 * Fact: names and values of ESP8266_RTOS_SDK v3.x and ESP-IDF, as far as a station needs them. */
#ifndef ESP_WIFI_TYPES_H
#define ESP_WIFI_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "esp_event_base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    WIFI_MODE_NULL = 0,
    WIFI_MODE_STA,
    WIFI_MODE_AP,
    WIFI_MODE_APSTA,
    WIFI_MODE_MAX
} wifi_mode_t;

typedef enum { ESP_IF_WIFI_STA = 0, ESP_IF_WIFI_AP, ESP_IF_MAX } esp_interface_t;

typedef esp_interface_t wifi_interface_t;
#define WIFI_IF_STA ESP_IF_WIFI_STA
#define WIFI_IF_AP  ESP_IF_WIFI_AP

typedef enum {
    WIFI_AUTH_OPEN = 0,
    WIFI_AUTH_WEP,
    WIFI_AUTH_WPA_PSK,
    WIFI_AUTH_WPA2_PSK,
    WIFI_AUTH_WPA_WPA2_PSK,
    WIFI_AUTH_WPA2_ENTERPRISE,
    WIFI_AUTH_WPA3_PSK,
    WIFI_AUTH_WPA2_WPA3_PSK,
    WIFI_AUTH_MAX
} wifi_auth_mode_t;

typedef enum { WIFI_STORAGE_FLASH, WIFI_STORAGE_RAM } wifi_storage_t;

typedef enum { WIFI_PS_NONE, WIFI_PS_MIN_MODEM, WIFI_PS_MAX_MODEM } wifi_ps_type_t;

#define WIFI_PROTOCOL_11B 1
#define WIFI_PROTOCOL_11G 2
#define WIFI_PROTOCOL_11N 4
/* The spelling of examples of 2019. */
#define WIFI_PROTOCAL_11B WIFI_PROTOCOL_11B
#define WIFI_PROTOCAL_11G WIFI_PROTOCOL_11G
#define WIFI_PROTOCAL_11N WIFI_PROTOCOL_11N

/* Why a join failed or a link ended: 1..24 are IEEE 802.11's own numbers. */
typedef enum {
    WIFI_REASON_UNSPECIFIED = 1,
    WIFI_REASON_AUTH_EXPIRE = 2,
    WIFI_REASON_AUTH_LEAVE = 3,
    WIFI_REASON_ASSOC_EXPIRE = 4,
    WIFI_REASON_ASSOC_TOOMANY = 5,
    WIFI_REASON_NOT_AUTHED = 6,
    WIFI_REASON_NOT_ASSOCED = 7,
    WIFI_REASON_ASSOC_LEAVE = 8,
    WIFI_REASON_ASSOC_NOT_AUTHED = 9,
    WIFI_REASON_DISASSOC_PWRCAP_BAD = 10,
    WIFI_REASON_DISASSOC_SUPCHAN_BAD = 11,
    WIFI_REASON_IE_INVALID = 13,
    WIFI_REASON_MIC_FAILURE = 14,
    WIFI_REASON_4WAY_HANDSHAKE_TIMEOUT = 15,
    WIFI_REASON_GROUP_KEY_UPDATE_TIMEOUT = 16,
    WIFI_REASON_IE_IN_4WAY_DIFFERS = 17,
    WIFI_REASON_GROUP_CIPHER_INVALID = 18,
    WIFI_REASON_PAIRWISE_CIPHER_INVALID = 19,
    WIFI_REASON_AKMP_INVALID = 20,
    WIFI_REASON_UNSUPP_RSN_IE_VERSION = 21,
    WIFI_REASON_INVALID_RSN_IE_CAP = 22,
    WIFI_REASON_802_1X_AUTH_FAILED = 23,
    WIFI_REASON_CIPHER_SUITE_REJECTED = 24,
    WIFI_REASON_BEACON_TIMEOUT = 200,
    WIFI_REASON_NO_AP_FOUND = 201,
    WIFI_REASON_AUTH_FAIL = 202,
    WIFI_REASON_ASSOC_FAIL = 203,
    WIFI_REASON_HANDSHAKE_TIMEOUT = 204,
    WIFI_REASON_BASIC_RATE_NOT_SUPPORT = 207,
} wifi_err_reason_t;

typedef struct {
    int8_t rssi;
    wifi_auth_mode_t authmode;
} wifi_scan_threshold_t;

/* ssid and password are ended by NUL unless they fill their field. */
typedef struct {
    uint8_t ssid[32];
    uint8_t password[64]; /* "" for an open access point, else 8 characters at least */
    bool bssid_set;
    uint8_t bssid[6];
    uint8_t channel;                 /* a hint, not used here */
    uint16_t listen_interval;        /* not used here */
    wifi_scan_threshold_t threshold; /* authmode: the weakest to accept; rssi is not used here */
} wifi_sta_config_t;

typedef union {
    wifi_sta_config_t sta;
} wifi_config_t;

typedef struct {
    uint8_t *ssid;
    uint8_t *bssid;
    uint8_t channel;
    bool show_hidden;
} wifi_scan_config_t;

typedef struct {
    uint8_t bssid[6];
    uint8_t ssid[33];
    uint8_t primary; /* channel */
    int8_t rssi;     /* dBm */
    wifi_auth_mode_t authmode;
} wifi_ap_record_t;

ESP_EVENT_DECLARE_BASE(WIFI_EVENT);

typedef enum {
    WIFI_EVENT_WIFI_READY = 0,
    WIFI_EVENT_SCAN_DONE = 1,        /* wifi_event_sta_scan_done_t */
    WIFI_EVENT_STA_START = 2,        /* no data */
    WIFI_EVENT_STA_STOP = 3,         /* no data */
    WIFI_EVENT_STA_CONNECTED = 4,    /* wifi_event_sta_connected_t */
    WIFI_EVENT_STA_DISCONNECTED = 5, /* wifi_event_sta_disconnected_t */
} wifi_event_t;

typedef struct {
    uint32_t status; /* 0: success */
    uint8_t number;  /* of access points found */
    uint8_t scan_id;
} wifi_event_sta_scan_done_t;

typedef struct {
    uint8_t ssid[32];
    uint8_t ssid_len;
    uint8_t bssid[6];
    uint8_t channel;
    wifi_auth_mode_t authmode;
} wifi_event_sta_connected_t;

typedef struct {
    uint8_t ssid[32];
    uint8_t ssid_len;
    uint8_t bssid[6];
    uint8_t reason; /* wifi_err_reason_t */
} wifi_event_sta_disconnected_t;

#ifdef __cplusplus
}
#endif

#endif
