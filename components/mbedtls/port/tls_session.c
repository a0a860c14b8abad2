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
#include "mbedtls/hmac_drbg.h"
#include "mbedtls/net_sockets.h"
#include "mbedtls/ssl.h"
#include "net_conn.h"
#include "tls_cert_names.h"
#include "tls_explain.h"
#include "tls_heap.h"

static const char *const TAG = "esp-tls";

#define DEFAULT_HANDSHAKE_MS 15000u
#define CLOSE_NOTIFY_MS      500u

#ifdef CONFIG_MBEDTLS_SSL_MAX_FRAGMENT_LENGTH
#define ASK_FRAGMENT_LEN 1
#else
#define ASK_FRAGMENT_LEN 0
#endif

struct esp_tls_session {
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config conf;
    mbedtls_x509_crt ca;
    mbedtls_hmac_drbg_context drbg;
    struct net_conn *conn;
    struct esp_tls_session_config config; /* its texts are valid during open alone */
    struct tls_record_watch record;
    uint32_t started;    /* ms at which the present wait began */
    uint32_t timeout_ms; /* length of the present wait */
    esp_err_t net_err;   /* last answer of net_conn in this call */
    uint32_t verify_flags;
    bool broken; /* only good for closing */
    bool ended;
    enum esp_tls_end end;
    char names[TLS_CERT_NAMES_LEN]; /* of the certificate whose name did not match */
    char checked_name[];            /* that the certificate must have */
};

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
    tls_record_feed(&s->record, buf, n);
    return (int)n;
}

static int entropy(void *ctx, unsigned char *buf, size_t len)
{
    (void)ctx;
    esp_fill_random(buf, len);
    return 0;
}

/* Keeps what the explanation of a refusal needs; the certificate itself is freed by mbedTLS. */
static int note_verify(void *ctx, mbedtls_x509_crt *crt, int depth, uint32_t *flags)
{
    struct esp_tls_session *s = ctx;
    if (depth == 0 && (*flags & MBEDTLS_X509_BADCERT_CN_MISMATCH)) {
        if (s->config.skip_common_name) {
            *flags &= ~(uint32_t)MBEDTLS_X509_BADCERT_CN_MISMATCH;
        } else {
            tls_cert_names(crt, s->names);
        }
    }
    s->verify_flags |= *flags;
    return 0;
}

static void log_failure(const struct esp_tls_session *s, int code, bool in_handshake)
{
    struct tls_failure f = {
        .code = code,
        .verify_flags = s->verify_flags,
        .in_handshake = in_handshake,
        .timed_out = code == MBEDTLS_ERR_SSL_WANT_READ || s->net_err == ESP_ERR_TIMEOUT,
        .no_mem_len = tls_heap_refused(),
        .free_heap = esp_get_free_heap_size(),
        .in_len = CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN,
        .asked_len = ASK_FRAGMENT_LEN ? tls_fragment_len(CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN) : 0,
        .timeout_ms = s->timeout_ms,
        .host = s->checked_name,
        .names = s->names,
        .record = s->record,
    };
    char *text = malloc(TLS_EXPLAIN_LEN);
    if (text == NULL) {
        ESP_LOGE(TAG, "mbedtls error: 0x%04X: out of memory", (unsigned)-code);
        return;
    }
    tls_explain(&f, text, TLS_EXPLAIN_LEN);
    ESP_LOGE(TAG, "%s", text);
    free(text);
}

/* Past mbedtls_ssl_conf_max_frag_len(), which refuses lengths above OUT_CONTENT_LEN: what is sent
 * stays below that by itself, and an output buffer as long as the input's would cost 3 KB for
 * nothing. */
static void ask_fragment_len(mbedtls_ssl_config *conf, uint32_t len)
{
    unsigned char code = MBEDTLS_SSL_MAX_FRAG_LEN_NONE;
    for (uint32_t fits = 512; fits <= len; fits *= 2) {
        code++;
    }
    conf->MBEDTLS_PRIVATE(mfl_code) = code;
}

/* P-256 first: with its fixed-point table it costs less than X25519 here. */
static const uint16_t groups[] = {MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
                                  MBEDTLS_SSL_IANA_TLS_GROUP_X25519,
                                  MBEDTLS_SSL_IANA_TLS_GROUP_NONE};

static int configure(struct esp_tls_session *s)
{
    int ret = mbedtls_hmac_drbg_seed(&s->drbg, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256),
                                     entropy, NULL, NULL, 0);
    if (ret == 0) {
        ret = mbedtls_ssl_config_defaults(&s->conf, MBEDTLS_SSL_IS_CLIENT,
                                          MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
    }
    if (ret != 0) {
        return ret;
    }
    if (ASK_FRAGMENT_LEN) {
        ask_fragment_len(&s->conf, tls_fragment_len(CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN));
    }
    mbedtls_ssl_conf_authmode(&s->conf, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ca_chain(&s->conf, &s->ca, NULL);
    mbedtls_ssl_conf_verify(&s->conf, note_verify, s);
    mbedtls_ssl_conf_rng(&s->conf, mbedtls_hmac_drbg_random, &s->drbg);
    mbedtls_ssl_conf_groups(&s->conf, groups);
    ret = mbedtls_ssl_setup(&s->ssl, &s->conf);
    if (ret == 0) {
        ret = mbedtls_ssl_set_hostname(&s->ssl, s->checked_name);
    }
    mbedtls_ssl_set_bio(&s->ssl, s, bio_send, bio_recv, NULL);
    return ret;
}

static esp_err_t set_up(struct esp_tls_session *s)
{
    start_wait(s, 0);
    const char *pem = s->config.ca_pem;
    int ret = mbedtls_x509_crt_parse(&s->ca, (const unsigned char *)pem, strlen(pem) + 1);
    if (ret != 0 && tls_heap_refused() == 0) {
        ESP_LOGE(TAG,
                 "mbedtls error: 0x%04X: the given CA is no PEM certificate; make one with airslot "
                 "cert and embed its ca_cert.pem",
                 (unsigned)(ret < 0 ? -ret : ret));
        return ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED;
    }
    if (ret == 0) {
        ret = configure(s);
    }
    if (ret != 0) {
        log_failure(s, ret, true);
        return tls_heap_refused() != 0 ? ESP_ERR_NO_MEM : ESP_ERR_MBEDTLS_SSL_SETUP_FAILED;
    }
    return ESP_OK;
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

/* Step by step, so that between two computations the other tasks get their turn. */
static esp_err_t handshake(struct esp_tls_session *s)
{
    uint32_t timeout = s->config.handshake_timeout_ms;
    start_wait(s, timeout != 0 ? timeout : DEFAULT_HANDSHAKE_MS);
    int ret = 0;
    while (ret == 0 && !mbedtls_ssl_is_handshake_over(&s->ssl)) {
        ret = mbedtls_ssl_handshake_step(&s->ssl);
        taskYIELD();
    }
    if (ret == 0) {
        return ESP_OK;
    }
    log_failure(s, ret, true);
    if (tls_heap_refused() != 0) {
        return ESP_ERR_NO_MEM;
    }
    return ret == MBEDTLS_ERR_SSL_WANT_READ || s->net_err == ESP_ERR_TIMEOUT
               ? ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT
               : ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED;
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
    mbedtls_ssl_init(&s->ssl);
    mbedtls_ssl_config_init(&s->conf);
    mbedtls_x509_crt_init(&s->ca);
    mbedtls_hmac_drbg_init(&s->drbg);
    return s;
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
    struct esp_tls_session *s = new_session(config);
    if (s == NULL) {
        return ESP_ERR_NO_MEM;
    }
    if (config->skip_common_name) {
        ESP_LOGW(TAG, "the server's name is not checked (skip_cert_common_name_check)");
    }
    esp_err_t err = set_up(s);
    if (err == ESP_OK) {
        err = connect_tcp(s);
    }
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
    return ret == MBEDTLS_ERR_NET_CONN_RESET || ret == MBEDTLS_ERR_SSL_CONN_EOF
               ? ESP_ERR_HTTP_CONNECTION_CLOSED
               : ESP_ERR_INVALID_RESPONSE;
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
    free(s);
}
