/* SPDX-License-Identifier: Apache-2.0 */
/* What a session is configured with: trusted certificates, this device's own, and the choices of
 * versions, ciphers and lengths. Everything it refuses, it logs. */
#ifndef TLS_SETUP_H
#define TLS_SETUP_H

#include <stddef.h>

#include "esp_tls_session.h"
#include "mbedtls/hmac_drbg.h"
#include "mbedtls/ssl.h"

/* This device's certificate with its chain, and the key. */
struct tls_identity {
    mbedtls_x509_crt cert;
    mbedtls_pk_context key;
};

/* Bytes of a record that the server is asked for, 0: not asked. */
uint32_t tls_setup_asked_len(void);

/* Seeds drbg, then fills conf for a client that verifies against ca, which may still be empty.
 * Returns mbedTLS's code. */
int tls_setup_config(mbedtls_ssl_config *conf, mbedtls_hmac_drbg_context *drbg,
                     mbedtls_x509_crt *ca);

/* Parses one or more PEM certificates. Errors: ESP_ERR_NO_MEM,
 * ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED (one of them is none, or of a kind that is not supported).
 */
esp_err_t tls_setup_ca(mbedtls_x509_crt *ca, const char *pem);

/* Loads certificate and key and checks that they belong together; *identity NULL when config has
 * none. Errors: ESP_ERR_NO_MEM, ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED,
 * ESP_ERR_MBEDTLS_PK_PARSE_KEY_FAILED (also: encrypted), ESP_ERR_MBEDTLS_SSL_CONF_OWN_CERT_FAILED
 * (they do not belong together, or only one is there). On error: nothing is allocated. */
esp_err_t tls_setup_identity(const struct esp_tls_session_config *config, mbedtls_ssl_config *conf,
                             mbedtls_hmac_drbg_context *drbg, struct tls_identity **identity);

/* Frees; NULL is fine. */
void tls_setup_free_identity(struct tls_identity *identity);

#endif
