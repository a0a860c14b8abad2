/* SPDX-License-Identifier: Apache-2.0 */
/* A verified TLS 1.2 connection for tasks, over net_conn. Refuses to connect without a CA: there is
 * no default that trusts. One task uses a session at a time. */
#ifndef ESP_TLS_SESSION_H
#define ESP_TLS_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

struct esp_tls_session;

/* The texts need to stay valid during open only. */
struct esp_tls_session_config {
    const char *host; /* name or dotted address; also what the certificate must name */
    uint16_t port;
    const char *ca_pem;          /* trusted certificates, PEM, NUL-terminated */
    const char *client_cert_pem; /* certificates of this device, its own first; NULL: none */
    const char *client_key_pem;  /* the key of the first; NULL: none */
    const char *common_name;     /* name to check instead of host; NULL: host */
    bool skip_common_name; /* the owner's choice to check the issuer alone; logged each time */
    uint32_t timeout_ms;   /* each for resolve, connect, and one wait for the peer */
    uint32_t handshake_timeout_ms; /* whole handshake, computing included; 0: 15000 */
};

/* How a stream ended. */
enum esp_tls_end {
    ESP_TLS_END_NONE,   /* it has not */
    ESP_TLS_END_NOTIFY, /* close_notify: the peer's authenticated word that this was all */
    ESP_TLS_END_FIN,    /* the connection was closed without it: may be cut */
};

/* Resolves, connects, shakes hands and checks issuer, name, dates and usage of the server's
 * certificate; dates as far as esp_clock.h knows the time. The session with the same server on the
 * same terms is taken up again where the server agrees (CONFIG_MBEDTLS_CLIENT_SSL_SESSION_TICKETS);
 * a failure at that is followed by one full handshake. A failure is logged in one line with cause,
 * number and cure. On success *session must be closed.
 * Errors: ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED (no CA, or not a PEM certificate),
 * ESP_ERR_MBEDTLS_PK_PARSE_KEY_FAILED, ESP_ERR_MBEDTLS_SSL_CONF_OWN_CERT_FAILED, those of
 * net_resolve() and net_conn_open(), ESP_ERR_NO_MEM, ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT,
 * ESP_ERR_HTTP_CONNECTION_CLOSED (in the middle of the handshake),
 * ESP_ERR_MBEDTLS_SSL_SETUP_FAILED, ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED (all refusals).
 * On error: nothing stays open. Context: task. */
esp_err_t esp_tls_session_open(const struct esp_tls_session_config *config,
                               struct esp_tls_session **session);

/* True when the server took the session up that an earlier connection had left: its certificate was
 * checked then. */
bool esp_tls_session_is_resumed(const struct esp_tls_session *session);

/* Wipes what is kept for the next connection (master secret and ticket). */
void esp_tls_session_forget(void);

/* Waits for at least one byte and copies up to len. *n_read 0 with ESP_OK is the end: *end says
 * which. Errors: ESP_ERR_TIMEOUT (the session stays usable), ESP_ERR_HTTP_CONNECTION_CLOSED (reset,
 * or cut inside a record), ESP_ERR_INVALID_RESPONSE (the record layer refused, logged),
 * ESP_ERR_NO_MEM. On error: *n_read is 0. */
esp_err_t esp_tls_session_read(struct esp_tls_session *session, void *buf, size_t len,
                               uint32_t timeout_ms, size_t *n_read, enum esp_tls_end *end);

/* Sends all of data[len]. Errors: ESP_ERR_TIMEOUT, ESP_ERR_HTTP_CONNECTION_CLOSED,
 * ESP_ERR_MBEDTLS_SSL_WRITE_FAILED; after each the session can only be closed. */
esp_err_t esp_tls_session_write(struct esp_tls_session *session, const void *data, size_t len,
                                uint32_t timeout_ms);

/* Says close_notify if the session is sound, closes and frees; NULL is fine. */
void esp_tls_session_close(struct esp_tls_session *session);

#ifdef __cplusplus
}
#endif
#endif
