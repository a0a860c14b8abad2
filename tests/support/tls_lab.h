/* SPDX-License-Identifier: Apache-2.0 */
/* The device's TLS session against a server in memory (tls_peer): opening, a word to and fro, and
 * what the log must say. */
#ifndef TLS_LAB_H
#define TLS_LAB_H

#include "check.h"
#include "esp_tls_session.h"
#include "fake_device.h"
#include "tls_peer.h"

#define TLS_LAB_HOST    "10.0.2.2"
#define TLS_LAB_REFUSED ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED

/* Of most servers: for the host above, trusted as it is. */
extern struct tls_peer_cert tls_lab_cert;

/* For cmocka: of a group that uses it. */
int tls_lab_make(void **state);
int tls_lab_free(void **state);
/* Before a test: nothing is left of the one before. */
int tls_lab_reset(void **state);

/* Starts the server and opens a session with it, trusting pem. *session is NULL on error. */
esp_err_t tls_lab_open(const struct tls_peer_config *server, const char *host, const char *pem,
                       struct esp_tls_session **session);
/* Sends a word, reads the server's answer of 4 bytes and closes. */
void tls_lab_exchange(struct esp_tls_session *session);
/* The session was opened, and serves. */
void tls_lab_expect_good(struct esp_tls_session *session, esp_err_t err);
/* The log has a line with text. */
void tls_lab_expect_log(const char *text);

#endif
