/* SPDX-License-Identifier: Apache-2.0 */
/* The conversation before the first byte of an image: may we connect, where to, what to ask for,
 * and what the answer is worth. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "esp_log.h"
#include "ota_session.h"

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

static esp_err_t refuse_http(void)
{
    ESP_LOGE(TAG,
             "plain http is refused: 0x%x (ESP_ERR_INVALID_ARG); give an https URL, or set "
             "CONFIG_OTA_ALLOW_HTTP=y where anybody on the way may choose the firmware",
             (unsigned)ESP_ERR_INVALID_ARG);
    return ESP_ERR_INVALID_ARG;
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
        ESP_LOGE(
            TAG, "'%.60s' is no https URL: 0x%x (ESP_ERR_INVALID_ARG); write https://host/file",
            strchr(url, '@') == NULL ? url : "(with credentials)", (unsigned)ESP_ERR_INVALID_ARG);
        return ESP_ERR_INVALID_ARG;
    }
    if (!is_https(config->http_config)) {
        return refuse_http();
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

/* Errors of a network in trouble; refusals and broken rules come again. */
static bool may_pass(esp_err_t failure)
{
    return failure == ESP_ERR_TIMEOUT || failure == ESP_ERR_HTTP_CONNECTION_CLOSED ||
           failure == ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME ||
           failure == ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST ||
           failure == ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT;
}

/* Connects and reads a head. The application's callbacks may have set another URL since the
 * configuration was checked. */
static esp_err_t exchange(struct ota_session *s)
{
    if (!ALLOW_HTTP && esp_http_client_get_transport_type(s->client) != HTTP_TRANSPORT_OVER_SSL) {
        return refuse_http();
    }
    esp_err_t err = esp_http_client_open(s->client, 0);
    if (err != ESP_OK) {
        s->may_pass =
            err == ESP_ERR_HTTP_WRITE_DATA || may_pass(esp_http_client_get_failure(s->client));
        ESP_LOGE(TAG, "Failed to open HTTP connection: 0x%x (%s)", (unsigned)err,
                 esp_err_to_name(err));
        return err;
    }
    if (esp_http_client_fetch_headers(s->client) < 0) {
        esp_err_t failure = esp_http_client_get_failure(s->client);
        s->may_pass = may_pass(failure);
        return failure == ESP_ERR_NO_MEM ? failure : ESP_ERR_HTTP_FETCH_HEADER;
    }
    return ESP_OK;
}

/* Exchanges, within the update's time, until the server neither sends us elsewhere nor asks who we
 * are. */
static esp_err_t request(struct ota_session *s)
{
    for (;;) {
        if (ota_is_overdue(s, 0)) {
            return ESP_ERR_TIMEOUT;
        }
        esp_err_t err = exchange(s);
        if (err != ESP_OK) {
            return err;
        }
        if (esp_http_client_add_auth(s->client) == ESP_OK) {
            continue;
        }
        err = s->follows ? esp_http_client_set_redirection(s->client) : ESP_ERR_INVALID_STATE;
        if (err != ESP_OK) {
            return err == ESP_ERR_INVALID_STATE ? ESP_OK : err;
        }
    }
}

/* If-Range: the rest if the file is the one that we have the beginning of, else all of the new one.
 */
static esp_err_t set_range(struct ota_session *s)
{
    char range[24];
    uint32_t from = ota_received(s);
    if (from == 0 || s->no_range || s->file.etag[0] == '\0') {
        if (s->asks_range) {
            esp_http_client_delete_header(s->client, "Range");
            esp_http_client_delete_header(s->client, "If-Range");
        }
        s->asks_range = false;
        return ESP_OK;
    }
    snprintf(range, sizeof(range), "bytes=%u-", (unsigned)from);
    s->asks_range = true;
    esp_err_t err = esp_http_client_set_header(s->client, "Range", range);
    return err == ESP_OK ? esp_http_client_set_header(s->client, "If-Range", s->file.etag) : err;
}

static enum ota_verdict judge(const struct ota_session *s)
{
    struct ota_answer answer = {
        .status = esp_http_client_get_status_code(s->client),
        .length = esp_http_client_get_content_length(s->client),
        .etag = esp_http_client_get_etag(s->client),
    };
    answer.range_err = esp_http_client_get_range(s->client, &answer.range);
    return ota_judge(&s->file, s->asks_range ? ota_received(s) : 0, &answer);
}

static esp_err_t refuse_status(struct ota_session *s)
{
    int status = esp_http_client_get_status_code(s->client);
    const char *type = esp_http_client_get_content_type(s->client);
    ESP_LOGE(TAG,
             "the server answers with status %d instead of 200: 0x%x (ESP_FAIL); %s (Content-Type "
             "'%s')",
             status, (unsigned)ESP_FAIL, ota_status_cure(status), type[0] != '\0' ? type : "none");
    return ESP_FAIL;
}

static esp_err_t check_verdict(struct ota_session *s, enum ota_verdict verdict)
{
    switch (verdict) {
    case OTA_NOT_MODIFIED:
        ESP_LOGI(TAG, "the server has nothing newer (status 304)");
        return ESP_ERR_HTTP_NOT_MODIFIED;
    case OTA_EMPTY:
        ESP_LOGE(TAG,
                 "the server's file has 0 bytes: 0x%x (ESP_ERR_INVALID_SIZE); publish it again",
                 (unsigned)ESP_ERR_INVALID_SIZE);
        return ESP_ERR_INVALID_SIZE;
    case OTA_LATER:
        s->may_pass = true;
        return refuse_status(s);
    case OTA_REFUSED:
        return refuse_status(s);
    default:
        return ESP_OK;
    }
}

esp_err_t ota_ask(struct ota_session *s, enum ota_verdict *verdict)
{
    s->may_pass = false;
    s->ended = false;
    esp_http_client_undo_redirections(s->client);
    esp_err_t err = set_range(s);
    if (err == ESP_OK) {
        err = request(s);
    }
    if (err != ESP_OK) {
        return err;
    }
    *verdict = judge(s);
    return check_verdict(s, *verdict);
}
