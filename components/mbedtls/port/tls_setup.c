/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates, keys and choices of a session. */
#include "tls_setup.h"

#include <string.h>

#include "esp_log.h"
#include "esp_system.h"
#include "tls_explain.h"
#include "tls_heap.h"

static const char *const TAG = "esp-tls";

#ifdef CONFIG_MBEDTLS_SSL_MAX_FRAGMENT_LENGTH
#define ASK_FRAGMENT_LEN 1
#else
#define ASK_FRAGMENT_LEN 0
#endif

static unsigned positive(int code)
{
    return (unsigned)(code < 0 ? -code : code);
}

static int entropy(void *ctx, unsigned char *buf, size_t len)
{
    (void)ctx;
    esp_fill_random(buf, len);
    return 0;
}

uint32_t tls_setup_asked_len(void)
{
    return ASK_FRAGMENT_LEN ? tls_fragment_len(CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN) : 0;
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
#ifdef CONFIG_MBEDTLS_ECP_DP_SECP384R1_ENABLED
                                  MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1,
#endif
                                  MBEDTLS_SSL_IANA_TLS_GROUP_NONE};

int tls_setup_config(mbedtls_ssl_config *conf, mbedtls_hmac_drbg_context *drbg,
                     mbedtls_x509_crt *ca)
{
    int ret = mbedtls_hmac_drbg_seed(drbg, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), entropy,
                                     NULL, NULL, 0);
    if (ret == 0) {
        ret = mbedtls_ssl_config_defaults(conf, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                          MBEDTLS_SSL_PRESET_DEFAULT);
    }
    if (ret != 0) {
        return ret;
    }
    ask_fragment_len(conf, tls_setup_asked_len());
    mbedtls_ssl_conf_authmode(conf, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ca_chain(conf, ca, NULL);
    mbedtls_ssl_conf_rng(conf, mbedtls_hmac_drbg_random, drbg);
    mbedtls_ssl_conf_groups(conf, groups);
    return 0;
}

static esp_err_t no_mem(void)
{
    ESP_LOGE(TAG, "out of memory: %u bytes needed in one piece, %u free",
             (unsigned)tls_heap_refused(), (unsigned)esp_get_free_heap_size());
    return ESP_ERR_NO_MEM;
}

/* Fact: mbedTLS numbers what it cannot do with a certificate that it could decode 0x2600 + and
 * 0x3980 to 0x3fff; ret > 0 counts such ones among others that are good. */
static bool is_unsupported(int ret)
{
    return ret > 0 || (-ret & 0xff80) == -MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG ||
           (-ret >= 0x3980 && -ret <= 0x3fff);
}

esp_err_t tls_setup_ca(mbedtls_x509_crt *ca, const char *pem)
{
    int ret = mbedtls_x509_crt_parse(ca, (const unsigned char *)pem, strlen(pem) + 1);
    if (ret == 0) {
        return ESP_OK;
    }
    if (tls_heap_refused() != 0) {
        return no_mem();
    }
    if (is_unsupported(ret)) {
        ESP_LOGE(TAG,
                 "mbedtls error: 0x%04X: a given CA certificate is signed with a hash or key that "
                 "is not accepted; give RSA-2048 or P-256 with SHA-256",
                 positive(ret));
    } else {
        ESP_LOGE(TAG,
                 "mbedtls error: 0x%04X: the given CA is no PEM certificate; make one with airslot "
                 "cert and embed its ca_cert.pem",
                 positive(ret));
    }
    return ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED;
}

static esp_err_t parse_key(mbedtls_pk_context *key, const char *pem,
                           mbedtls_hmac_drbg_context *drbg)
{
    int ret = mbedtls_pk_parse_key(key, (const unsigned char *)pem, strlen(pem) + 1, NULL, 0,
                                   mbedtls_hmac_drbg_random, drbg);
    if (ret == 0) {
        return ESP_OK;
    }
    if (tls_heap_refused() != 0) {
        return no_mem();
    }
    ESP_LOGE(TAG, "mbedtls error: 0x%04X: client_key_pem %s", positive(ret),
             ret == MBEDTLS_ERR_PK_PASSWORD_REQUIRED
                 ? "is encrypted; give it without a pass phrase: openssl pkey -in KEY -out NEWKEY"
                 : "is no PEM key of RSA or P-256, or is encrypted");
    return ESP_ERR_MBEDTLS_PK_PARSE_KEY_FAILED;
}

static esp_err_t parse_cert(mbedtls_x509_crt *cert, const char *pem)
{
    int ret = mbedtls_x509_crt_parse(cert, (const unsigned char *)pem, strlen(pem) + 1);
    if (ret == 0) {
        return ESP_OK;
    }
    if (tls_heap_refused() != 0) {
        return no_mem();
    }
    ESP_LOGE(TAG, "mbedtls error: 0x%04X: client_cert_pem is no list of PEM certificates",
             positive(ret));
    return ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED;
}

static esp_err_t load_identity(const struct esp_tls_session_config *config,
                               mbedtls_ssl_config *conf, mbedtls_hmac_drbg_context *drbg,
                               struct tls_identity *id)
{
    esp_err_t err = parse_cert(&id->cert, config->client_cert_pem);
    if (err == ESP_OK) {
        err = parse_key(&id->key, config->client_key_pem, drbg);
    }
    if (err != ESP_OK) {
        return err;
    }
    int ret = mbedtls_pk_check_pair(&id->cert.pk, &id->key, mbedtls_hmac_drbg_random, drbg);
    if (ret != 0 && tls_heap_refused() == 0) {
        ESP_LOGE(TAG,
                 "mbedtls error: 0x%04X: client_key_pem does not belong to client_cert_pem; give "
                 "the two that were made together",
                 positive(ret));
        return ESP_ERR_MBEDTLS_SSL_CONF_OWN_CERT_FAILED;
    }
    if (ret == 0) {
        ret = mbedtls_ssl_conf_own_cert(conf, &id->cert, &id->key);
    }
    return ret == 0 ? ESP_OK : no_mem();
}

esp_err_t tls_setup_identity(const struct esp_tls_session_config *config, mbedtls_ssl_config *conf,
                             mbedtls_hmac_drbg_context *drbg, struct tls_identity **identity)
{
    *identity = NULL;
    if (config->client_cert_pem == NULL && config->client_key_pem == NULL) {
        return ESP_OK;
    }
    if (config->client_cert_pem == NULL || config->client_key_pem == NULL) {
        ESP_LOGE(TAG, "client_cert_pem and client_key_pem belong together: one is missing: 0x%x",
                 (unsigned)ESP_ERR_MBEDTLS_SSL_CONF_OWN_CERT_FAILED);
        return ESP_ERR_MBEDTLS_SSL_CONF_OWN_CERT_FAILED;
    }
    struct tls_identity *id = tls_calloc(1, sizeof(*id));
    if (id == NULL) {
        return no_mem();
    }
    mbedtls_x509_crt_init(&id->cert);
    mbedtls_pk_init(&id->key);
    esp_err_t err = load_identity(config, conf, drbg, id);
    if (err != ESP_OK) {
        tls_setup_free_identity(id);
        return err;
    }
    *identity = id;
    return ESP_OK;
}

void tls_setup_free_identity(struct tls_identity *identity)
{
    if (identity != NULL) {
        mbedtls_x509_crt_free(&identity->cert);
        mbedtls_pk_free(&identity->key);
        tls_free(identity);
    }
}
