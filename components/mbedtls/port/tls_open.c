/* SPDX-License-Identifier: Apache-2.0 */
/* The way to an open session: contexts, connection, handshake; with the last session taken up where
 * there is one, and in full where the server chokes on that. Refuses to connect without a CA. */
#include <stdlib.h>
#include <string.h>

#include "esp_log.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "sdkconfig.h"
#include "tls_cache.h"
#include "tls_heap.h"
#include "tls_session_impl.h"
#include "tls_setup.h"

static const char *const TAG = "esp-tls";

#define DEFAULT_HANDSHAKE_MS 15000u

#ifdef CONFIG_MBEDTLS_CLIENT_SSL_SESSION_TICKETS
#define KEEP_SESSIONS true
#else
#define KEEP_SESSIONS false
#endif

/* For ages: 32 bits of milliseconds come round after 49 days. */
static uint64_t age_now_ms(void)
{
    return (uint64_t)xTaskGetTickCount() * portTICK_PERIOD_MS;
}

static int configure(struct esp_tls_session *s)
{
    int ret = tls_setup_config(&s->conf, &s->drbg, &s->ca);
    if (ret == 0) {
        mbedtls_ssl_conf_verify(&s->conf, tls_verify_note, &s->verify);
        ret = mbedtls_ssl_setup(&s->ssl, &s->conf);
    }
    if (ret == 0) {
        ret = mbedtls_ssl_set_hostname(&s->ssl, s->checked_name);
    }
    tls_session_bind(s);
    return ret;
}

static esp_err_t set_up(struct esp_tls_session *s, bool may_resume)
{
    tls_session_start_wait(s, 0);
    int ret = configure(s);
    if (ret == 0 && KEEP_SESSIONS) {
        tls_cache_key(&s->config, s->checked_name, s->cache_key);
    }
    if (ret == 0 && KEEP_SESSIONS && may_resume) {
        ret = tls_cache_offer(s->cache_key, age_now_ms(), &s->ssl, &s->offered);
    }
    if (ret != 0) {
        tls_session_log_failure(s, ret, true);
        return tls_heap_refused() != 0 ? ESP_ERR_NO_MEM : ESP_ERR_MBEDTLS_SSL_SETUP_FAILED;
    }
    /* With a kept session, this very CA has been read and used before: it is read when the server
     * does not take the session up. */
    esp_err_t err = s->offered ? ESP_OK : tls_setup_ca(&s->ca, s->config.ca_pem);
    return err == ESP_OK ? tls_setup_identity(&s->config, &s->conf, &s->drbg, &s->identity) : err;
}

static esp_err_t connect_tcp(struct esp_tls_session *s)
{
    uint32_t ip4;
    esp_err_t err = net_resolve(s->config.host, s->config.timeout_ms, &ip4);
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "cannot resolve %s: 0x%x (%s); check the name and the DNS server",
                 s->config.host, (unsigned)err, esp_err_to_name(err));
        return err;
    }
    err = net_conn_open(ip4, s->config.port, s->config.timeout_ms, &s->conn);
    if (err != ESP_OK) {
        ESP_LOGE(TAG,
                 "cannot connect to %s port %u: 0x%x (%s); check that the server runs there and "
                 "that no firewall is between",
                 s->config.host, (unsigned)s->config.port, (unsigned)err, esp_err_to_name(err));
    }
    return err;
}

/* Before the next step of the handshake: what the state that mbedTLS has reached tells. */
static esp_err_t note_progress(struct esp_tls_session *s)
{
    int state = s->ssl.MBEDTLS_PRIVATE(state);
    s->is_agreed |= state > MBEDTLS_SSL_SERVER_HELLO;
    if (state == MBEDTLS_SSL_SERVER_CERTIFICATE && s->offered && s->is_resumed) {
        s->is_resumed = false;
        return tls_setup_ca(&s->ca, s->config.ca_pem);
    }
    return ESP_OK;
}

static esp_err_t handshake_failed(struct esp_tls_session *s, int ret)
{
    tls_session_log_failure(s, ret, true);
    if (tls_heap_refused() != 0) {
        return ESP_ERR_NO_MEM;
    }
    if (ret == MBEDTLS_ERR_SSL_WANT_READ || s->net_err == ESP_ERR_TIMEOUT) {
        return ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT;
    }
    return tls_session_is_lost(ret) ? ESP_ERR_HTTP_CONNECTION_CLOSED
                                    : ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED;
}

/* Step by step, so that between two computations the other tasks get their turn. */
static esp_err_t handshake(struct esp_tls_session *s)
{
    uint32_t timeout = s->config.handshake_timeout_ms;
    tls_session_start_wait(s, timeout != 0 ? timeout : DEFAULT_HANDSHAKE_MS);
    s->is_resumed = s->offered;
    while (!mbedtls_ssl_is_handshake_over(&s->ssl)) {
        int ret = mbedtls_ssl_handshake_step(&s->ssl);
        if (ret != 0) {
            return handshake_failed(s, ret);
        }
        esp_err_t err = note_progress(s);
        if (err != ESP_OK) {
            return err;
        }
        taskYIELD();
    }
    if (KEEP_SESSIONS) {
        tls_cache_keep(s->cache_key, age_now_ms(), s->is_resumed ? NULL : &s->verify, &s->ssl);
    }
    return ESP_OK;
}

static struct esp_tls_session *new_session(const struct esp_tls_session_config *config)
{
    const char *name = config->common_name != NULL ? config->common_name : config->host;
    size_t name_len = strlen(name) + 1;
    struct esp_tls_session *s = calloc(1, sizeof(*s) + name_len);
    if (s == NULL) {
        ESP_LOGE(TAG, "out of memory: %u bytes needed", (unsigned)(sizeof(*s) + name_len));
        return NULL;
    }
    memcpy(s->checked_name, name, name_len);
    s->config = *config;
    s->verify.host = s->checked_name;
    s->verify.skip_name = config->skip_common_name;
    s->verify.ca = &s->ca;
    mbedtls_ssl_init(&s->ssl);
    mbedtls_ssl_config_init(&s->conf);
    mbedtls_x509_crt_init(&s->ca);
    mbedtls_hmac_drbg_init(&s->drbg);
    return s;
}

/* One try. *was_offered: with the kept session. */
static esp_err_t open_once(const struct esp_tls_session_config *config, bool may_resume,
                           bool *was_offered, struct esp_tls_session **session)
{
    struct esp_tls_session *s = new_session(config);
    if (s == NULL) {
        return ESP_ERR_NO_MEM;
    }
    esp_err_t err = set_up(s, may_resume);
    if (err == ESP_OK) {
        err = connect_tcp(s);
    }
    *was_offered = s->offered && s->conn != NULL;
    if (err == ESP_OK) {
        err = handshake(s);
    }
    if (err != ESP_OK) {
        s->broken = true;
        esp_tls_session_close(s);
        return err;
    }
    *session = s;
    return ESP_OK;
}

esp_err_t esp_tls_session_open(const struct esp_tls_session_config *config,
                               struct esp_tls_session **session)
{
    if (config == NULL || config->host == NULL || config->host[0] == '\0' || session == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    if (config->ca_pem == NULL || config->ca_pem[0] == '\0') {
        ESP_LOGE(TAG,
                 "no CA certificate given: 0x%x; the server cannot be verified without one, "
                 "set cert_pem to its certificate",
                 (unsigned)ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED);
        return ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED;
    }
    if (config->skip_common_name) {
        ESP_LOGW(TAG, "the server's name is not checked (skip_cert_common_name_check)");
    }
    bool was_offered = false;
    esp_err_t err = open_once(config, true, &was_offered, session);
    if (err != ESP_OK && was_offered) {
        /* Whatever was wrong: it must not stand in the way of the next connection. */
        tls_cache_drop();
        if (err == ESP_ERR_HTTP_CONNECTION_CLOSED) { /* some refuse so */
            err = ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED;
        }
        if (err == ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED) {
            ESP_LOGW(TAG, "taking the last session up has failed; trying a full handshake");
            err = open_once(config, false, &was_offered, session);
        }
    }
    return err;
}
