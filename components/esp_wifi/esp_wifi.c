/* SPDX-License-Identifier: Apache-2.0 */
/* The station: configuration, start and stop, joining, and the events of its life. */
#include "esp_wifi.h"

#include <string.h>

#include "esp_log.h"
#include "esp_netif_station.h"
#include "net_task.h"
#include "wifi_radio.h"
#include "wifi_station.h"

#define PROTOCOL_ALL (WIFI_PROTOCOL_11B | WIFI_PROTOCOL_11G | WIFI_PROTOCOL_11N)
#define PASSWORD_MIN 8u

ESP_EVENT_DEFINE_BASE(WIFI_EVENT);

enum link { LINK_NONE, LINK_JOINING, LINK_JOINED };

static struct {
    esp_netif_t *netif; /* NULL before init */
    wifi_mode_t mode;
    wifi_ps_type_t ps;
    uint8_t protocol;
    bool is_started;
    enum link link; /* as the events told it */
    wifi_sta_config_t config;
} sta;

static const char *TAG = "wifi";

esp_err_t wifi_station_need_init(void)
{
    return sta.netif ? ESP_OK : ESP_ERR_WIFI_NOT_INIT;
}

esp_err_t wifi_station_need_started(void)
{
    if (!sta.netif) {
        return ESP_ERR_WIFI_NOT_INIT;
    }
    return sta.is_started ? ESP_OK : ESP_ERR_WIFI_NOT_STARTED;
}

void wifi_post_event(int32_t id, void *data, size_t size)
{
    esp_err_t err = esp_event_post(WIFI_EVENT, id, data, size, 0);

    if (err != ESP_OK) {
        ESP_LOGE(TAG, "event %d is lost: %s (0x%x)", (int)id, esp_err_to_name(err), (int)err);
    }
}

/* --- what the radio tells; runs in the network task --- */

static size_t ssid_len(void)
{
    return strnlen((const char *)sta.config.ssid, sizeof(sta.config.ssid));
}

static wifi_auth_mode_t auth_mode(void)
{
    return sta.config.password[0] ? WIFI_AUTH_WPA2_PSK : WIFI_AUTH_OPEN;
}

static void tell_joined(void)
{
    wifi_event_sta_connected_t event = {.ssid_len = (uint8_t)ssid_len(), .authmode = auth_mode()};
    wifi_ap_record_t ap;

    if (sta.link != LINK_JOINING) {
        return;
    }
    sta.link = LINK_JOINED;
    wifi_radio_get_link(&ap);
    memcpy(event.ssid, sta.config.ssid, event.ssid_len);
    memcpy(event.bssid, ap.bssid, sizeof(event.bssid));
    event.channel = ap.primary;
    wifi_post_event(WIFI_EVENT_STA_CONNECTED, &event, sizeof(event));
    esp_netif_station_link_up(sta.netif);
}

static void tell_disconnected(uint8_t reason)
{
    wifi_event_sta_disconnected_t event = {.ssid_len = (uint8_t)ssid_len(), .reason = reason};
    wifi_ap_record_t ap;

    if (sta.link == LINK_NONE) {
        return;
    }
    memcpy(event.ssid, sta.config.ssid, event.ssid_len);
    if (sta.link == LINK_JOINED) {
        wifi_radio_get_link(&ap);
        memcpy(event.bssid, ap.bssid, sizeof(event.bssid));
    }
    wifi_post_event(WIFI_EVENT_STA_DISCONNECTED, &event, sizeof(event));
    if (sta.link == LINK_JOINED) {
        esp_netif_station_link_down(sta.netif);
    }
    sta.link = LINK_NONE;
}

static void service_radio(void *ctx)
{
    uint32_t happened = wifi_radio_take_happenings();

    (void)ctx;
    if (!sta.is_started) {
        return;
    }
    if (happened & WIFI_RADIO_SCAN_DONE) {
        wifi_scan_on_done();
    }
    /* When both came before this task ran: a radio that is linked now left first and joined then.
     */
    if (happened & WIFI_RADIO_JOINED && !wifi_radio_is_joined()) {
        tell_joined();
    }
    if (happened & WIFI_RADIO_DISCONNECTED) {
        tell_disconnected(wifi_radio_reason());
    }
    if (happened & WIFI_RADIO_JOINED && wifi_radio_is_joined()) {
        tell_joined();
    }
    esp_netif_station_input(sta.netif);
    wifi_radio_rearm();
}

/* --- the life of the station --- */

esp_netif_t *esp_netif_create_default_wifi_sta(void)
{
    return esp_netif_station_create();
}

esp_err_t esp_wifi_init(const wifi_init_config_t *config)
{
    if (!config || config->magic != WIFI_INIT_CONFIG_MAGIC) {
        return ESP_ERR_INVALID_ARG;
    }
    if (sta.netif) {
        return ESP_OK;
    }
    if (!wifi_radio_is_present()) {
        ESP_LOGE(TAG, "no virtual radio here: this build runs on the virtual board only");
        return ESP_ERR_NOT_FOUND;
    }
    sta.netif = esp_netif_create_default_wifi_sta();
    if (!sta.netif) {
        return ESP_ERR_NO_MEM;
    }
    sta.mode = WIFI_MODE_NULL;
    sta.ps = WIFI_PS_MIN_MODEM;
    sta.protocol = PROTOCOL_ALL;
    net_task_set_source(service_radio, NULL);
    return ESP_OK;
}

esp_err_t esp_wifi_deinit(void)
{
    esp_err_t err = wifi_station_need_init();

    if (err != ESP_OK) {
        return err;
    }
    if (sta.is_started) {
        esp_wifi_stop();
    }
    net_task_set_source(NULL, NULL);
    memset(&sta, 0, sizeof(sta));
    return ESP_OK;
}

esp_err_t esp_wifi_start(void)
{
    esp_err_t err = wifi_station_need_init();

    if (err != ESP_OK) {
        return err;
    }
    if (sta.mode != WIFI_MODE_STA) {
        return ESP_ERR_WIFI_MODE;
    }
    if (!sta.is_started) {
        wifi_radio_on();
        sta.is_started = true;
        wifi_post_event(WIFI_EVENT_STA_START, NULL, 0);
    }
    return ESP_OK;
}

esp_err_t esp_wifi_stop(void)
{
    esp_err_t err = wifi_station_need_init();

    if (err != ESP_OK || !sta.is_started) {
        return err;
    }
    tell_disconnected(WIFI_REASON_ASSOC_LEAVE);
    sta.is_started = false;
    wifi_radio_off();
    wifi_post_event(WIFI_EVENT_STA_STOP, NULL, 0);
    return ESP_OK;
}

esp_err_t esp_wifi_connect(void)
{
    esp_err_t err = wifi_station_need_started();

    if (err != ESP_OK) {
        return err;
    }
    if (ssid_len() == 0) {
        return ESP_ERR_WIFI_SSID;
    }
    if (wifi_radio_is_scanning()) {
        return ESP_ERR_WIFI_STATE;
    }
    if (wifi_radio_is_joining() || wifi_radio_is_joined()) {
        return ESP_ERR_WIFI_CONN;
    }
    sta.link = LINK_JOINING;
    wifi_radio_join(sta.config.ssid, ssid_len(), sta.config.password,
                    strnlen((const char *)sta.config.password, sizeof(sta.config.password)));
    return ESP_OK;
}

esp_err_t esp_wifi_disconnect(void)
{
    esp_err_t err = wifi_station_need_started();

    if (err != ESP_OK) {
        return err;
    }
    if (sta.link == LINK_JOINED) {
        wifi_radio_leave();
    } else if (sta.link == LINK_JOINING) {
        /* The radio takes no command while it joins. */
        wifi_radio_off();
        wifi_radio_on();
        tell_disconnected(WIFI_REASON_ASSOC_LEAVE);
    }
    return ESP_OK;
}

/* --- settings --- */

static esp_err_t check_config(const wifi_sta_config_t *config)
{
    size_t password_len = strnlen((const char *)config->password, sizeof(config->password));

    if (config->ssid[0] == '\0') {
        return ESP_ERR_WIFI_SSID;
    }
    if (config->bssid_set || config->threshold.authmode > WIFI_AUTH_WPA2_PSK) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    if (password_len == 0 && config->threshold.authmode != WIFI_AUTH_OPEN) {
        return ESP_ERR_WIFI_PASSWORD;
    }
    if (password_len > 0 && password_len < PASSWORD_MIN) {
        return ESP_ERR_WIFI_PASSWORD;
    }
    return ESP_OK;
}

esp_err_t esp_wifi_set_config(wifi_interface_t interface, wifi_config_t *config)
{
    esp_err_t err = wifi_station_need_init();

    if (err != ESP_OK) {
        return err;
    }
    if (interface != WIFI_IF_STA) {
        return ESP_ERR_WIFI_IF;
    }
    if (!config) {
        return ESP_ERR_INVALID_ARG;
    }
    err = check_config(&config->sta);
    if (err == ESP_OK) {
        sta.config = config->sta;
    }
    return err;
}

esp_err_t esp_wifi_get_config(wifi_interface_t interface, wifi_config_t *config)
{
    esp_err_t err = wifi_station_need_init();

    if (err != ESP_OK) {
        return err;
    }
    if (interface != WIFI_IF_STA) {
        return ESP_ERR_WIFI_IF;
    }
    config->sta = sta.config;
    return ESP_OK;
}

esp_err_t esp_wifi_set_mode(wifi_mode_t mode)
{
    esp_err_t err = wifi_station_need_init();

    if (err != ESP_OK) {
        return err;
    }
    if (mode != WIFI_MODE_NULL && mode != WIFI_MODE_STA) {
        return mode < WIFI_MODE_MAX ? ESP_ERR_NOT_SUPPORTED : ESP_ERR_INVALID_ARG;
    }
    if (mode == WIFI_MODE_NULL) {
        esp_wifi_stop();
    }
    sta.mode = mode;
    return ESP_OK;
}

esp_err_t esp_wifi_get_mode(wifi_mode_t *mode)
{
    *mode = sta.mode;
    return wifi_station_need_init();
}

esp_err_t esp_wifi_set_storage(wifi_storage_t storage)
{
    esp_err_t err = wifi_station_need_init();

    if (err == ESP_OK && storage != WIFI_STORAGE_RAM) {
        err = ESP_ERR_NOT_SUPPORTED;
    }
    return err;
}

esp_err_t esp_wifi_sta_get_ap_info(wifi_ap_record_t *info)
{
    esp_err_t err = wifi_station_need_init();

    if (err != ESP_OK) {
        return err;
    }
    if (sta.link != LINK_JOINED) {
        return ESP_ERR_WIFI_NOT_CONNECT;
    }
    memset(info, 0, sizeof(*info));
    wifi_radio_get_link(info);
    memcpy(info->ssid, sta.config.ssid, ssid_len());
    info->authmode = auth_mode();
    return ESP_OK;
}

esp_err_t esp_wifi_get_mac(wifi_interface_t interface, uint8_t mac[6])
{
    if (interface != WIFI_IF_STA) {
        return ESP_ERR_WIFI_IF;
    }
    wifi_radio_get_mac(mac);
    return ESP_OK;
}

esp_err_t esp_wifi_set_ps(wifi_ps_type_t type)
{
    esp_err_t err = wifi_station_need_init();

    if (err == ESP_OK && type > WIFI_PS_MAX_MODEM) {
        err = ESP_ERR_INVALID_ARG;
    }
    if (err == ESP_OK) {
        sta.ps = type;
    }
    return err;
}

esp_err_t esp_wifi_get_ps(wifi_ps_type_t *type)
{
    *type = sta.ps;
    return wifi_station_need_init();
}

esp_err_t esp_wifi_set_protocol(wifi_interface_t interface, uint8_t bits)
{
    esp_err_t err = wifi_station_need_init();

    if (err != ESP_OK) {
        return err;
    }
    if (interface != WIFI_IF_STA) {
        return ESP_ERR_WIFI_IF;
    }
    if (bits == 0 || (bits & ~PROTOCOL_ALL)) {
        return ESP_ERR_INVALID_ARG;
    }
    sta.protocol = bits;
    return ESP_OK;
}

esp_err_t esp_wifi_get_protocol(wifi_interface_t interface, uint8_t *bits)
{
    if (interface != WIFI_IF_STA) {
        return ESP_ERR_WIFI_IF;
    }
    *bits = sta.protocol;
    return wifi_station_need_init();
}
