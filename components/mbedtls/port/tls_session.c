/* SPDX-License-Identifier: Apache-2.0 */
/* One open TLS session: mbedTLS above, net_conn below, a deadline on every wait. All memory is one
 * block for the contexts plus what mbedTLS takes; close gives all of it back. */
#include <stdlib.h>

#include "esp_log.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "mbedtls/net_sockets.h"
#include "tls_explain.h"
#include "tls_heap.h"
#include "tls_session_impl.h"

static const char *const TAG = "esp-tls";

#define CLOSE_NOTIFY_MS 500u

static uint32_t now_ms(void)
{
    return (uint32_t)xTaskGetTickCount() * portTICK_PERIOD_MS;
}

void tls_session_start_wait(struct esp_tls_session *s, uint32_t timeout_ms)
{
    s->started = now_ms();
    s->timeout_ms = timeout_ms;
    s->net_err = ESP_OK;
    tls_heap_reset();
}

/* Milliseconds left of the present wait, 0 when it is over. */
static uint32_t left_ms(const struct esp_tls_session *s)
{
    uint32_t passed = now_ms() - s->started;
    return passed < s->timeout_ms ? s->timeout_ms - passed : 0;
}

static int bio_send(void *ctx, const unsigned char *data, size_t len)
{
    struct esp_tls_session *s = ctx;
    s->net_err = net_conn_write(s->conn, data, len, left_ms(s));
    if (s->net_err != ESP_OK) {
        return s->net_err == ESP_ERR_HTTP_CONNECTION_CLOSED ? MBEDTLS_ERR_NET_CONN_RESET
                                                            : MBEDTLS_ERR_NET_SEND_FAILED;
    }
    return (int)len;
}

static int bio_recv(void *ctx, unsigned char *buf, size_t len)
{
    struct esp_tls_session *s = ctx;
    size_t n = 0;
    s->net_err = net_conn_read(s->conn, buf, len, left_ms(s), &n);
    if (s->net_err == ESP_ERR_TIMEOUT) {
        return MBEDTLS_ERR_SSL_WANT_READ;
    }
    if (s->net_err != ESP_OK) {
        return s->net_err == ESP_ERR_HTTP_CONNECTION_CLOSED ? MBEDTLS_ERR_NET_CONN_RESET
                                                            : MBEDTLS_ERR_NET_RECV_FAILED;
    }
    s->at_eof = n == 0;
    tls_record_feed(&s->record, buf, n);
    return (int)n;
}

void tls_session_bind(struct esp_tls_session *s)
{
    mbedtls_ssl_set_bio(&s->ssl, s, bio_send, bio_recv, NULL);
}

/* Of the last call of mbedTLS that failed. */
static struct tls_failure failure_of(const struct esp_tls_session *s, int code, bool in_handshake)
{
    bool has_alert = code == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE;
    uint32_t checked = mbedtls_ssl_get_verify_result(&s->ssl);
    return (struct tls_failure){
        .code = code,
        /* mbedTLS adds what the usage extensions say after the callback; all ones: not checked. */
        .verify_flags = s->verify.flags | (checked == UINT32_MAX ? 0 : checked),
        .is_unread = s->verify.is_unread,
        .is_namesake = s->verify.is_namesake,
        .name = s->verify.name,
        .in_handshake = in_handshake,
        .is_agreed = s->is_agreed,
        .has_identity = s->identity != NULL,
        .timed_out = code == MBEDTLS_ERR_SSL_WANT_READ || s->net_err == ESP_ERR_TIMEOUT,
        .alert = has_alert ? s->ssl.MBEDTLS_PRIVATE(in_msg)[1] : -1,
        .no_mem_len = tls_heap_refused(),
        .free_heap = esp_get_free_heap_size(),
        .in_len = CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN,
        .asked_len = tls_setup_asked_len(),
        .timeout_ms = s->timeout_ms,
        .host = s->checked_name,
        .record = s->record,
    };
}

void tls_session_log_failure(const struct esp_tls_session *s, int code, bool in_handshake)
{
    struct tls_failure f = failure_of(s, code, in_handshake);
    char *text = malloc(TLS_EXPLAIN_LEN);
    if (text == NULL) {
        ESP_LOGE(TAG, "mbedtls error: 0x%04X: out of memory", (unsigned)-code);
        return;
    }
    tls_explain(&f, text, TLS_EXPLAIN_LEN);
    ESP_LOGE(TAG, "%s", text);
    free(text);
}

bool tls_session_is_lost(int ret)
{
    return ret == MBEDTLS_ERR_NET_CONN_RESET || ret == MBEDTLS_ERR_SSL_CONN_EOF;
}

bool esp_tls_session_is_resumed(const struct esp_tls_session *session)
{
    return session->is_resumed;
}

void esp_tls_session_forget(void)
{
    tls_cache_drop();
}

static esp_err_t end_stream(struct esp_tls_session *s, enum esp_tls_end how, enum esp_tls_end *end)
{
    s->ended = true;
    s->end = how;
    *end = how;
    return ESP_OK;
}

static esp_err_t read_failed(struct esp_tls_session *s, int ret)
{
    s->broken = true;
    tls_session_log_failure(s, ret, false);
    if (tls_heap_refused() != 0) {
        return ESP_ERR_NO_MEM;
    }
    return tls_session_is_lost(ret) ? ESP_ERR_HTTP_CONNECTION_CLOSED : ESP_ERR_INVALID_RESPONSE;
}

esp_err_t esp_tls_session_read(struct esp_tls_session *s, void *buf, size_t len,
                               uint32_t timeout_ms, size_t *n_read, enum esp_tls_end *end)
{
    *n_read = 0;
    *end = s->end;
    if (s->broken) {
        return ESP_ERR_HTTP_CONNECTION_CLOSED;
    }
    if (s->ended || len == 0) {
        return ESP_OK;
    }
    tls_session_start_wait(s, timeout_ms);
    int ret = mbedtls_ssl_read(&s->ssl, buf, len);
    /* Fact: mbedTLS returns 0 also for an empty record behind another one; after four it gives up.
     */
    while (ret == 0 && !s->at_eof) {
        ret = mbedtls_ssl_read(&s->ssl, buf, len);
    }
    if (ret > 0) {
        *n_read = (size_t)ret;
        return ESP_OK;
    }
    switch (ret) {
    case MBEDTLS_ERR_SSL_WANT_READ:
        return ESP_ERR_TIMEOUT;
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
        return end_stream(s, ESP_TLS_END_NOTIFY, end);
    case 0: /* end of the connection, also in the middle of a record */
        return tls_record_is_whole(&s->record) ? end_stream(s, ESP_TLS_END_FIN, end)
                                               : read_failed(s, MBEDTLS_ERR_SSL_CONN_EOF);
    default:
        return read_failed(s, ret);
    }
}

esp_err_t esp_tls_session_write(struct esp_tls_session *s, const void *data, size_t len,
                                uint32_t timeout_ms)
{
    if (s->broken || s->ended) {
        return ESP_ERR_HTTP_CONNECTION_CLOSED;
    }
    tls_session_start_wait(s, timeout_ms);
    const unsigned char *bytes = data;
    while (len > 0) {
        int ret = mbedtls_ssl_write(&s->ssl, bytes, len);
        if (ret <= 0) {
            s->broken = true;
            if (s->net_err == ESP_ERR_TIMEOUT || s->net_err == ESP_ERR_HTTP_CONNECTION_CLOSED) {
                return s->net_err;
            }
            tls_session_log_failure(s, ret, false);
            return ESP_ERR_MBEDTLS_SSL_WRITE_FAILED;
        }
        bytes += ret;
        len -= (size_t)ret;
    }
    return ESP_OK;
}

void esp_tls_session_close(struct esp_tls_session *s)
{
    if (s == NULL) {
        return;
    }
    if (!s->broken) {
        tls_session_start_wait(s, CLOSE_NOTIFY_MS);
        (void)mbedtls_ssl_close_notify(&s->ssl);
    }
    net_conn_close(s->conn);
    mbedtls_ssl_free(&s->ssl);
    mbedtls_ssl_config_free(&s->conf);
    mbedtls_x509_crt_free(&s->ca);
    mbedtls_hmac_drbg_free(&s->drbg);
    tls_setup_free_identity(s->identity);
    free(s);
}
