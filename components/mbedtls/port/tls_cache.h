/* SPDX-License-Identifier: Apache-2.0 */
/* The last session, kept in RAM so that the next connection to the same server on the same terms
 * needs no public-key arithmetic. One; about 300 bytes of heap with a ticket of 200. */
#ifndef TLS_CACHE_H
#define TLS_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "esp_tls_session.h"
#include "mbedtls/ssl.h"
#include "tls_verify.h"

#define TLS_CACHE_KEY_LEN    32u
#define TLS_CACHE_TICKET_MAX 1024u /* bytes; sessions with longer ones are not kept */
#define TLS_CACHE_AGE_MS     (24u * 3600u * 1000u) /* at most, whatever the server says */

/* Hashes all that the session's verification depended on: a session is taken up again on exactly
 * the terms on which the server was verified. */
void tls_cache_key(const struct esp_tls_session_config *config, const char *name,
                   uint8_t key[TLS_CACHE_KEY_LEN]);

/* Offers the kept session to a connection that has not begun. now_ms: of a clock that does not wrap
 * within the device's idle months; one that went back ends the session. *is_offered false: there is
 * none for this key, or it or a certificate behind it is too old by now. Returns mbedTLS's code; on
 * error (no memory) the connection is not to be used. */
int tls_cache_offer(const uint8_t key[TLS_CACHE_KEY_LEN], uint64_t now_ms, mbedtls_ssl_context *ssl,
                    bool *is_offered);

/* Keeps the session of a connection whose handshake is over. v: of its verification; NULL: it was
 * resumed, and what was found then still holds, unless another session has taken its place
 * meanwhile: then nothing is kept. Without memory nothing is kept either. */
void tls_cache_keep(const uint8_t key[TLS_CACHE_KEY_LEN], uint64_t now_ms,
                    const struct tls_verify *v, const mbedtls_ssl_context *ssl);

/* Forgets it; master secret and ticket are wiped. */
void tls_cache_drop(void);

#endif
