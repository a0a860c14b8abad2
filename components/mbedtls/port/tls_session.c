/* SPDX-License-Identifier: Apache-2.0 */
/* One TLS session: mbedTLS above, net_conn below, a deadline on every wait. All memory is one block
 * for the contexts plus what mbedTLS takes; close gives all of it back. */
#include "esp_tls_session.h"

#include <stdlib.h>
#include <string.h>

#include "esp_log.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "mbedtls/net_sockets.h"
#include "net_conn.h"
#include "tls_cache.h"
#include "tls_explain.h"
#include "tls_heap.h"
#include "tls_setup.h"
#include "tls_verify.h"

static const char *const TAG = "esp-tls";

#define DEFAULT_HANDSHAKE_MS 15000u
#define CLOSE_NOTIFY_MS      500u

#ifdef CONFIG_MBEDTLS_CLIENT_SSL_SESSION_TICKETS
#define KEEP_SESSIONS true
#else
#define KEEP_SESSIONS false
#endif

struct esp_tls_session {
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config conf;
    mbedtls_x509_crt ca;
    mbedtls_hmac_drbg_context drbg;
    struct tls_identity *identity; /* NULL: this device has none */
    struct net_conn *conn;
    struct esp_tls_session_config config; /* its texts are valid during open alone */
    struct tls_record_watch record;
    struct tls_verify verify;
    uint8_t cache_key[TLS_CACHE_KEY_LEN];
    uint32_t started;    /* ms at which the present wait began */
    uint32_t timeout_ms; /* length of the present wait */
    esp_err_t net_err;   /* last answer of net_conn in this call */
    bool offered;        /* the kept session, to the server */
    bool is_agreed;      /* the server has said hello */
    bool is_resumed;     /* it took the kept session up */
    bool at_eof;         /* the peer's FIN was seen */
    bool broken;         /* only good for closing */
    bool ended;
    enum esp_tls_end end;
    char checked_name[]; /* that the certificate must have */
};

/* For ages: 32 bits of milliseconds come round after 49 days. */
static uint64_t age_now_ms(void)
{
    return (uint64_t)xTaskGetTickCount() * portTICK_PERIOD_MS;
}

static uint32_t now_ms(void)
{
    return (uint32_t)xTaskGetTickCount() * portTICK_PERIOD_MS;
}

static void start_wait(struct esp_tls_session *s, uint32_t timeout_ms)
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

static void log_failure(const struct esp_tls_session *s, int code, bool in_handshake)
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
    mbedtls_ssl_set_bio(&s->ssl, s, bio_send, bio_recv, NULL);
    return ret;
}

static esp_err_t set_up(struct esp_tls_session *s, bool may_resume)
{
    start_wait(s, 0);
    int ret = configure(s);
    if (ret == 0 && KEEP_SESSIONS) {
        tls_cache_key(&s->config, s->checked_name, s->cache_key);
    }
    if (ret == 0 && KEEP_SESSIONS && may_resume) {
        ret = tls_cache_offer(s->cache_key, age_now_ms(), &s->ssl, &s->offered);
    }
    if (ret != 0) {
        log_failure(s, ret, true);
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

/* By the network or the other side, without a word of TLS about why. */
static bool is_lost(int ret)
{
    return ret == MBEDTLS_ERR_NET_CONN_RESET || ret == MBEDTLS_ERR_SSL_CONN_EOF;
}

static esp_err_t handshake_failed(struct esp_tls_session *s, int ret)
{
    log_failure(s, ret, true);
    if (tls_heap_refused() != 0) {
        return ESP_ERR_NO_MEM;
    }
    if (ret == MBEDTLS_ERR_SSL_WANT_READ || s->net_err == ESP_ERR_TIMEOUT) {
        return ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT;
    }
    return is_lost(ret) ? ESP_ERR_HTTP_CONNECTION_CLOSED : ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED;
}

/* Step by step, so that between two computations the other tasks get their turn. */
static esp_err_t handshake(struct esp_tls_session *s)
{
    uint32_t timeout = s->config.handshake_timeout_ms;
    start_wait(s, timeout != 0 ? timeout : DEFAULT_HANDSHAKE_MS);
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
    log_failure(s, ret, false);
    if (tls_heap_refused() != 0) {
        return ESP_ERR_NO_MEM;
    }
    return is_lost(ret) ? ESP_ERR_HTTP_CONNECTION_CLOSED : ESP_ERR_INVALID_RESPONSE;
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
    start_wait(s, timeout_ms);
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
    start_wait(s, timeout_ms);
    const unsigned char *bytes = data;
    while (len > 0) {
        int ret = mbedtls_ssl_write(&s->ssl, bytes, len);
        if (ret <= 0) {
            s->broken = true;
            if (s->net_err == ESP_ERR_TIMEOUT || s->net_err == ESP_ERR_HTTP_CONNECTION_CLOSED) {
                return s->net_err;
            }
            log_failure(s, ret, false);
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
        start_wait(s, CLOSE_NOTIFY_MS);
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
