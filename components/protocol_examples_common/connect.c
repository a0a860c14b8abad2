/* SPDX-License-Identifier: Apache-2.0 */
/* Joins an access point and waits, with a deadline, for an address. It gives up after the
 * configured number of tries and then says what to change. */
#include <stdbool.h>
#include <string.h>

#include "esp_clock.h"
#include "esp_event.h"
#include "esp_log.h"
#include "esp_netif_sntp.h"
#include "esp_wifi.h"
#include "freertos/FreeRTOS.h"
#include "freertos/event_groups.h"
#include "protocol_examples_common.h"
#include "sdkconfig.h"

#define GOT_IP BIT0
#define FAILED BIT1

#define SSID_LEN     32u
#define PASSWORD_LEN 64u

static const char *TAG = "example_connect";

static char ssid[SSID_LEN + 1] = CONFIG_EXAMPLE_WIFI_SSID;
static char password[PASSWORD_LEN + 1] = CONFIG_EXAMPLE_WIFI_PASSWORD;

static EventGroupHandle_t happened; /* NULL: not connected */
static bool was_connected;
static unsigned n_tries;
static uint8_t last_reason; /* 0: none yet */
static esp_ip4_addr_t address;

static void on_disconnected(void *arg, esp_event_base_t base, int32_t id, void *data)
{
    const wifi_event_sta_disconnected_t *event = data;

    (void)arg;
    (void)base;
    (void)id;
    last_reason = event->reason;
    if (!was_connected && n_tries++ >= CONFIG_EXAMPLE_WIFI_CONN_MAX_RETRY) {
        xEventGroupSetBits(happened, FAILED);
        return;
    }
    ESP_LOGI(TAG, "Wi-Fi disconnected, trying to reconnect...");
    (void)esp_wifi_connect(); /* ESP_ERR_WIFI_CONN says that somebody else does it already */
}

static void on_got_ip(void *arg, esp_event_base_t base, int32_t id, void *data)
{
    const ip_event_got_ip_t *event = data;

    (void)arg;
    (void)base;
    (void)id;
    address = event->ip_info.ip;
    was_connected = true;
    xEventGroupSetBits(happened, GOT_IP);
}

static esp_err_t configure(void)
{
    wifi_init_config_t init = WIFI_INIT_CONFIG_DEFAULT();
    wifi_config_t config = {0};
    esp_err_t err = esp_wifi_init(&init);

    memcpy(config.sta.ssid, ssid, strlen(ssid));
    memcpy(config.sta.password, password, strlen(password));
    if (err == ESP_OK) {
        err = esp_wifi_set_storage(WIFI_STORAGE_RAM);
    }
    if (err == ESP_OK) {
        err = esp_wifi_set_mode(WIFI_MODE_STA);
    }
    if (err == ESP_OK) {
        err = esp_wifi_set_config(ESP_IF_WIFI_STA, &config);
    }
    return err;
}

static esp_err_t start(void)
{
    esp_err_t err = configure();

    if (err == ESP_OK) {
        err = esp_event_handler_register(WIFI_EVENT, WIFI_EVENT_STA_DISCONNECTED, on_disconnected,
                                         NULL);
    }
    if (err == ESP_OK) {
        err = esp_event_handler_register(IP_EVENT, IP_EVENT_STA_GOT_IP, on_got_ip, NULL);
    }
    if (err == ESP_OK) {
        err = esp_wifi_start();
    }
    if (err == ESP_OK) {
        ESP_LOGI(TAG, "Connecting to %s...", ssid);
        err = esp_wifi_connect();
    }
    return err;
}

static void stop(void)
{
    esp_event_handler_unregister(WIFI_EVENT, WIFI_EVENT_STA_DISCONNECTED, on_disconnected);
    esp_event_handler_unregister(IP_EVENT, IP_EVENT_STA_GOT_IP, on_got_ip);
    esp_wifi_deinit();
    vEventGroupDelete(happened);
    happened = NULL;
}

static esp_err_t explain_reason(void)
{
    char text[96];

    switch (last_reason) {
    case WIFI_REASON_NO_AP_FOUND:
        ESP_LOGE(TAG, "no access point '%s' in the air (reason %u): check EXAMPLE_WIFI_SSID", ssid,
                 last_reason);
        return ESP_ERR_WIFI_SSID;
    case WIFI_REASON_4WAY_HANDSHAKE_TIMEOUT:
    case WIFI_REASON_AUTH_FAIL:
    case WIFI_REASON_HANDSHAKE_TIMEOUT:
        ESP_LOGE(TAG,
                 "access point '%s' did not accept the password (reason %u): "
                 "check EXAMPLE_WIFI_PASSWORD",
                 ssid, last_reason);
        return ESP_ERR_WIFI_PASSWORD;
    default:
        esp_wifi_reason_to_text(last_reason, text, sizeof(text));
        ESP_LOGE(TAG, "cannot join '%s' (reason %u): %s", ssid, last_reason, text);
        return ESP_ERR_WIFI_CONN;
    }
}

/* No address in time: says which of the two steps did not come to an end. */
static esp_err_t explain_timeout(void)
{
    wifi_ap_record_t ap;

    if (esp_wifi_sta_get_ap_info(&ap) == ESP_OK) {
        ESP_LOGE(TAG, "no address from DHCP on '%s' within %d ms: check the network's DHCP server",
                 ssid, CONFIG_EXAMPLE_CONNECT_TIMEOUT_MS);
        return ESP_ERR_TIMEOUT;
    }
    if (last_reason != 0) {
        return explain_reason();
    }
    ESP_LOGE(TAG, "joining '%s' took longer than %d ms: check the distance to the access point",
             ssid, CONFIG_EXAMPLE_CONNECT_TIMEOUT_MS);
    return ESP_ERR_TIMEOUT;
}

/* Not an answer of the air but of the configuration. */
static void explain_start(esp_err_t err)
{
    const char *cure =
        err == ESP_ERR_WIFI_PASSWORD   ? "EXAMPLE_WIFI_PASSWORD needs 8 to 64 characters"
        : err == ESP_ERR_WIFI_SSID     ? "EXAMPLE_WIFI_SSID is empty"
        : err == ESP_ERR_INVALID_STATE ? "call esp_event_loop_create_default() before"
                                       : "see the lines above";

    ESP_LOGE(TAG, "cannot start Wi-Fi: %s (0x%x): %s", esp_err_to_name(err), (unsigned)err, cure);
}

static esp_err_t await_address(void)
{
    EventBits_t bits = xEventGroupWaitBits(happened, GOT_IP | FAILED, pdFALSE, pdFALSE,
                                           pdMS_TO_TICKS(CONFIG_EXAMPLE_CONNECT_TIMEOUT_MS));

    if (bits & GOT_IP) {
        ESP_LOGI(TAG, "Connected to %s", ssid);
        ESP_LOGI(TAG, "IPv4 address: " IPSTR, IP2STR(&address));
        return ESP_OK;
    }
    return bits & FAILED ? explain_reason() : explain_timeout();
}

#ifdef CONFIG_EXAMPLE_SNTP
static void ask_time(void)
{
    esp_sntp_config_t config = ESP_NETIF_SNTP_DEFAULT_CONFIG(CONFIG_EXAMPLE_SNTP_SERVER);
    if (esp_clock_is_set()) {
        return; /* by an earlier connection: it goes on, and is corrected every hour */
    }
    esp_err_t err = esp_netif_sntp_init(&config);
    if (err == ESP_OK || err == ESP_ERR_INVALID_STATE) {
        err = esp_netif_sntp_sync_wait(pdMS_TO_TICKS(CONFIG_EXAMPLE_SNTP_TIMEOUT_MS));
    }
    if (err == ESP_OK) {
        ESP_LOGI(TAG, "the time is set by %s", CONFIG_EXAMPLE_SNTP_SERVER);
    } else {
        ESP_LOGW(TAG,
                 "no time from %s: %s (0x%x); the dates of certificates are not checked "
                 "beyond the build's",
                 CONFIG_EXAMPLE_SNTP_SERVER, esp_err_to_name(err), (unsigned)err);
    }
}
#else
static void ask_time(void)
{
}
#endif

esp_err_t example_connect(void)
{
    esp_err_t err;

    if (happened) {
        return ESP_ERR_INVALID_STATE;
    }
    happened = xEventGroupCreate();
    if (!happened) {
        return ESP_ERR_NO_MEM;
    }
    was_connected = false;
    n_tries = 0;
    last_reason = 0;
    err = start();
    if (err == ESP_OK) {
        err = await_address();
    } else {
        explain_start(err);
    }
    if (err != ESP_OK) {
        stop();
        return err;
    }
    ask_time();
    return ESP_OK;
}

esp_err_t example_disconnect(void)
{
    if (!happened) {
        return ESP_ERR_INVALID_STATE;
    }
    stop();
    return ESP_OK;
}

esp_err_t example_set_connection_info(const char *new_ssid, const char *new_password)
{
    size_t ssid_len = new_ssid ? strlen(new_ssid) : 0;
    size_t password_len = new_password ? strlen(new_password) : 0;

    if (ssid_len == 0 || ssid_len > SSID_LEN || password_len > PASSWORD_LEN) {
        return ESP_ERR_INVALID_ARG;
    }
    memcpy(ssid, new_ssid, ssid_len + 1);
    memset(password, 0, sizeof(password));
    if (password_len) {
        memcpy(password, new_password, password_len);
    }
    return ESP_OK;
}

esp_netif_t *get_example_netif(void)
{
    return esp_netif_get_handle_from_ifkey("WIFI_STA_DEF");
}
