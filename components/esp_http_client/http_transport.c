/* SPDX-License-Identifier: Apache-2.0 */
/* TCP or TLS, one of the two pointers set. */
#include "http_transport.h"

#include "esp_log.h"

static const char *const TAG = "transport";

static esp_err_t open_tcp(struct http_transport *t, const struct esp_tls_session_config *config)
{
    uint32_t ip4;
    esp_err_t err = net_resolve(config->host, config->timeout_ms, &ip4);
    if (err == ESP_OK) {
        err = net_conn_open(ip4, config->port, config->timeout_ms, &t->tcp);
    }
    if (err != ESP_OK) {
        ESP_LOGE(TAG,
                 "cannot connect to %s port %u: 0x%x (%s); check the address, and that the server "
                 "runs there",
                 config->host, (unsigned)config->port, (unsigned)err, esp_err_to_name(err));
    }
    return err;
}

esp_err_t http_transport_open(struct http_transport *t, bool tls,
                              const struct esp_tls_session_config *config)
{
    return tls ? esp_tls_session_open(config, &t->tls) : open_tcp(t, config);
}

esp_err_t http_transport_read(struct http_transport *t, void *buf, size_t len, uint32_t timeout_ms,
                              size_t *n_read, enum http_transport_end *end)
{
    *end = HTTP_END_NONE;
    if (t->tls != NULL) {
        enum esp_tls_end how;
        esp_err_t err = esp_tls_session_read(t->tls, buf, len, timeout_ms, n_read, &how);
        if (err == ESP_OK && *n_read == 0) {
            *end = how == ESP_TLS_END_NOTIFY ? HTTP_END_PROVEN : HTTP_END_BARE;
        }
        return err;
    }
    *n_read = 0;
    if (t->tcp == NULL) {
        return ESP_ERR_HTTP_CONNECTION_CLOSED;
    }
    esp_err_t err = net_conn_read(t->tcp, buf, len, timeout_ms, n_read);
    if (err == ESP_OK && *n_read == 0) {
        *end = HTTP_END_PROVEN;
    }
    return err;
}

esp_err_t http_transport_write(struct http_transport *t, const void *data, size_t len,
                               uint32_t timeout_ms)
{
    if (t->tls != NULL) {
        return esp_tls_session_write(t->tls, data, len, timeout_ms);
    }
    return t->tcp != NULL ? net_conn_write(t->tcp, data, len, timeout_ms)
                          : ESP_ERR_HTTP_CONNECTION_CLOSED;
}

bool http_transport_is_open(const struct http_transport *t)
{
    return t->tls != NULL || t->tcp != NULL;
}

void http_transport_close(struct http_transport *t)
{
    esp_tls_session_close(t->tls);
    net_conn_close(t->tcp);
    *t = (struct http_transport){0};
}
