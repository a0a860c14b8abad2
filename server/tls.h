/* SPDX-License-Identifier: Apache-2.0 */
/* The server's side of TLS: certificate, key, versions, and what failures mean. */
#ifndef SRV_TLS_H
#define SRV_TLS_H

#include <openssl/ssl.h>

#include "srv_server.h"

/* Loads certificate and key and sets the limits: TLS 1.2 and 1.3, no renegotiation, smaller records
 * for clients that ask for them (max_fragment_length, RFC 6066), session tickets (RFC 5077).
 * Errors: NULL with err filled. */
SSL_CTX *srv_tls_new(const struct srv_config *config, struct srv_error *err);

/* Copies the first name of the certificate to name[size]; "" when it has none. */
void srv_tls_get_name(SSL_CTX *ctx, char *name, size_t size);

/* Hands warnings about the certificate's dates and names and the key file's mode to the log. */
void srv_tls_warn(SSL_CTX *ctx, const struct srv_config *config);

/* Says in words why a handshake ended. ssl_error is OpenSSL's code, 0 when the peer just left. */
void srv_tls_explain(unsigned long ssl_error, char *dst, size_t size);

/* Writes "TLSv1.2 fragment 4096 resumed" or the like: version, negotiated record limit, and whether
 * the client took an earlier session up. */
void srv_tls_describe(const SSL *ssl, char *dst, size_t size);

#endif
