/* SPDX-License-Identifier: Apache-2.0 */
/* One byte stream under the client: TCP, or TLS over it. */
#ifndef HTTP_TRANSPORT_H
#define HTTP_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"
#include "esp_tls_session.h"
#include "net_conn.h"

/* All zero is closed. */
struct http_transport {
    struct net_conn *tcp;
    struct esp_tls_session *tls;
};

enum http_transport_end {
    HTTP_END_NONE,
    HTTP_END_PROVEN, /* the peer meant to end here */
    HTTP_END_BARE,   /* the connection was closed, and TLS cannot tell whether by the peer */
};

/* Connects as config says, with TLS if tls. Logs a failure. Errors: those of
 * esp_tls_session_open(), net_resolve() and net_conn_open(). */
esp_err_t http_transport_open(struct http_transport *t, bool tls,
                              const struct esp_tls_session_config *config);
/* As esp_tls_session_read(), for both. */
esp_err_t http_transport_read(struct http_transport *t, void *buf, size_t len, uint32_t timeout_ms,
                              size_t *n_read, enum http_transport_end *end);
esp_err_t http_transport_write(struct http_transport *t, const void *data, size_t len,
                               uint32_t timeout_ms);
bool http_transport_is_open(const struct http_transport *t);
void http_transport_close(struct http_transport *t);

#endif
