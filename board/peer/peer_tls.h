/* SPDX-License-Identifier: Apache-2.0 */
/* TLS 1.2 and 1.3 without sockets: a channel takes and gives bytes of the wire on one side and of
 * the application on the other. A channel without a server is plain. */
#ifndef VB_PEER_TLS_H
#define VB_PEER_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vb_tls_server;

/* Certificate and key as PEM. Errors: NULL with a sentence in err[err_len]. */
struct vb_tls_server *vb_tls_server_new(uint64_t seed, const char *cert_file, const char *key_file,
                                        char *err, size_t err_len);
/* After its channels. */
void vb_tls_server_free(struct vb_tls_server *server);
/* Limits new channels to one version: 0x0303 is TLS 1.2, 0x0304 is 1.3; 0: both. */
void vb_tls_server_set_version(struct vb_tls_server *server, int version);

struct vb_channel;

/* server NULL: plain. Returns NULL when memory is out. */
struct vb_channel *vb_channel_new(struct vb_tls_server *server);
void vb_channel_free(struct vb_channel *channel);
/* Bytes that arrived. Errors: false, memory is out. */
bool vb_channel_feed(struct vb_channel *channel, const uint8_t *bytes, size_t len);
/* Reads what the other side's application sent, doing the handshake on the way.
 * Returns the number of bytes, 0 when more must arrive, -1 when the channel is at its end: closed
 * by the other side, or broken. Alerts are then among the bytes to send. */
int vb_channel_read(struct vb_channel *channel, uint8_t *dst, size_t size);
/* True once the application's bytes can be sent: at once on a plain channel. */
bool vb_channel_is_ready(const struct vb_channel *channel);
/* Sends len bytes of the application's, len > 0. Errors: false, the channel is broken. */
bool vb_channel_write(struct vb_channel *channel, const uint8_t *bytes, size_t len);
/* Says that no more follows. */
void vb_channel_finish(struct vb_channel *channel);
/* What waits to be sent; valid until the next call. Returns its length. */
size_t vb_channel_pending(struct vb_channel *channel, const uint8_t **bytes);
/* Drops the first len of it. */
void vb_channel_sent(struct vb_channel *channel, size_t len);

#endif
