/* SPDX-License-Identifier: Apache-2.0 */
/* The decisions before the first byte of an image: may we connect, where to, and is it an answer.
 */
#include "ota_connect.h"

#include <strings.h>

#include "esp_log.h"
#include "sdkconfig.h"

static const char *const TAG = "esp_https_ota";

#ifdef CONFIG_OTA_ALLOW_HTTP
#define ALLOW_HTTP true
#else
#define ALLOW_HTTP false
#endif

static bool is_https(const esp_http_client_config_t *http)
{
    if (http->url != NULL) {
        return strncasecmp(http->url, "https:", 6) == 0;
    }
    return http->transport_type == HTTP_TRANSPORT_OVER_SSL;
}

esp_err_t ota_check_config(const esp_https_ota_config_t *config)
{
    if (config == NULL || config->http_config == NULL) {
        ESP_LOGE(TAG, "no configuration: 0x%x", (unsigned)ESP_ERR_INVALID_ARG);
        return ESP_ERR_INVALID_ARG;
    }
    if (config->partial_http_download) {
        ESP_LOGE(TAG, "partial_http_download is not offered: 0x%x",
                 (unsigned)ESP_ERR_NOT_SUPPORTED);
        return ESP_ERR_NOT_SUPPORTED;
    }
    if (ALLOW_HTTP) {
        return ESP_OK;
    }
    const char *url = config->http_config->url;
    if (url != NULL && strncasecmp(url, "http", 4) != 0) {
        ESP_LOGE(TAG,
                 "'%.60s' is no https URL: 0x%x (ESP_ERR_INVALID_ARG); write https://host/file",
                 url, (unsigned)ESP_ERR_INVALID_ARG);
        return ESP_ERR_INVALID_ARG;
    }
    if (!is_https(config->http_config)) {
        ESP_LOGE(TAG,
                 "plain http is refused: 0x%x (ESP_ERR_INVALID_ARG); give an https URL, or set "
                 "CONFIG_OTA_ALLOW_HTTP=y where anybody on the way may choose the firmware",
                 (unsigned)ESP_ERR_INVALID_ARG);
        return ESP_ERR_INVALID_ARG;
    }
    if (config->http_config->cert_pem == NULL || config->http_config->cert_pem[0] == '\0') {
        ESP_LOGE(TAG,
                 "Server certificate not found: 0x%x (ESP_ERR_INVALID_ARG); set cert_pem to "
                 "server_certs/ca_cert.pem",
                 (unsigned)ESP_ERR_INVALID_ARG);
        return ESP_ERR_INVALID_ARG;
    }
    return ESP_OK;
}

/* Connects and reads heads until the server stops sending us elsewhere; any final status is ESP_OK.
 */
static esp_err_t request(esp_http_client_handle_t client, bool follow)
{
    for (;;) {
        esp_err_t err = esp_http_client_open(client, 0);
        if (err != ESP_OK) {
            ESP_LOGE(TAG, "Failed to open HTTP connection: 0x%x (%s)", (unsigned)err,
                     esp_err_to_name(err));
            return err;
        }
        if (esp_http_client_fetch_headers(client) < 0) {
            return ESP_ERR_HTTP_FETCH_HEADER;
        }
        err = follow ? esp_http_client_set_redirection(client) : ESP_ERR_INVALID_STATE;
        if (err != ESP_OK) {
            return err == ESP_ERR_INVALID_STATE ? ESP_OK : err;
        }
    }
}

static esp_err_t check_status(esp_http_client_handle_t client)
{
    int status = esp_http_client_get_status_code(client);
    if (status == HttpStatus_Ok) {
        return ESP_OK;
    }
    if (status == HttpStatus_NotModified) {
        ESP_LOGI(TAG, "the server has nothing newer (status 304)");
        return ESP_ERR_HTTP_NOT_MODIFIED;
    }
    const char *cure = status == HttpStatus_NotFound
                           ? "check the URL's path, and the files in the server's folder"
                           : "see the server's log";
    ESP_LOGE(TAG, "the server answers with status %d instead of 200: 0x%x (ESP_FAIL); %s", status,
             (unsigned)ESP_FAIL, cure);
    return ESP_FAIL;
}

esp_err_t ota_connect(esp_http_client_handle_t client, bool follow)
{
    esp_err_t err = request(client, follow);
    return err == ESP_OK ? check_status(client) : err;
}
