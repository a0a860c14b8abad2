/* SPDX-License-Identifier: Apache-2.0 */
/* A session's inside, shared by its opening (tls_open.c) and its use (tls_session.c). */
#ifndef TLS_SESSION_IMPL_H
#define TLS_SESSION_IMPL_H

#include <stdbool.h>
#include <stdint.h>

#include "esp_tls_session.h"
#include "mbedtls/hmac_drbg.h"
#include "mbedtls/ssl.h"
#include "mbedtls/x509_crt.h"
#include "net_conn.h"
#include "tls_cache.h"
#include "tls_record.h"
#include "tls_setup.h"
#include "tls_verify.h"

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

/* Begins a wait of timeout_ms, in which all that follows must be done. */
void tls_session_start_wait(struct esp_tls_session *s, uint32_t timeout_ms);

/* Puts s->conn under s->ssl. Every read and write keeps to the present wait. */
void tls_session_bind(struct esp_tls_session *s);

/* Says in the log why a call of mbedTLS has failed with code. */
void tls_session_log_failure(const struct esp_tls_session *s, int code, bool in_handshake);

/* By the network or the other side, without a word of TLS about why. */
bool tls_session_is_lost(int ret);

#endif
