/* SPDX-License-Identifier: Apache-2.0 */
/* A TCP connection for tasks: lwIP's raw API behind blocking calls, each with a deadline. The data
 * way of an update starts here. Only one task uses a connection at a time. */
#ifndef NET_CONN_H
#define NET_CONN_H

#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

struct net_conn;

/* Resolves a host name or a dotted address to IPv4 (network byte order).
 * Errors: ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME, ESP_ERR_TIMEOUT. Context: task. */
esp_err_t net_resolve(const char *host, uint32_t timeout_ms, uint32_t *ip4);

/* Connects. On success *conn must be closed with net_conn_close().
 * Errors: ESP_ERR_NO_MEM, ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST (refused, unreachable, reset),
 * ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT. Context: task. */
esp_err_t net_conn_open(uint32_t ip4, uint16_t port, uint32_t timeout_ms, struct net_conn **conn);

/* Waits until at least one byte is there and copies up to len. *n_read 0 with ESP_OK is the orderly
 * end of the stream. Errors: ESP_ERR_TIMEOUT (nothing came; the connection stays usable),
 * ESP_ERR_HTTP_CONNECTION_CLOSED (reset or link lost). On error: *n_read is 0. Context: task. */
esp_err_t net_conn_read(struct net_conn *conn, void *buf, size_t len, uint32_t timeout_ms,
                        size_t *n_read);

/* Queues all of data[len], waiting for window and memory as needed.
 * Errors: ESP_ERR_TIMEOUT (some may have been sent: close), ESP_ERR_HTTP_CONNECTION_CLOSED. */
esp_err_t net_conn_write(struct net_conn *conn, const void *data, size_t len, uint32_t timeout_ms);

/* Closes and frees; NULL is fine. What was written goes on its way in the background, within lwIP's
 * own limits; after a write that timed out, or with received bytes unread, the peer sees a reset. */
void net_conn_close(struct net_conn *conn);

#endif
