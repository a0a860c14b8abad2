/* SPDX-License-Identifier: Apache-2.0 */
/* See peer_tls.h. Sessions of TLS 1.2 are taken up by tickets, which bear a time of our own instead
 * of the host's; without tickets by their numbers, for as long as the server lives. */
#include "peer_tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peer_rand.h"

#define RNG_STREAM     4u
#define SESSION_TIME   1L                   /* of every session, seconds since 1970 */
#define SESSION_LIFE_S (100L * 365 * 86400) /* the host's clock must not end one */

struct vb_tls_server {
    struct vb_rng rng;
    struct vb_peer_rand rand;
    SSL_CTX *context;
};

struct vb_channel {
    SSL *ssl; /* NULL: plain. Owns the two below otherwise */
    BIO *in, *out;
};

/* --- the server --- */

static bool fail(char *err, size_t err_len, const char *what, const char *object)
{
    unsigned long cause = ERR_peek_error();
    const char *reason = ERR_SYSTEM_ERROR(cause) ? strerror(ERR_GET_REASON(cause))
                                                 : ERR_reason_error_string(ERR_peek_last_error());
    snprintf(err, err_len, "%s '%s': %s", what, object, reason != NULL ? reason : "refused");
    ERR_clear_error();
    return false;
}

/* Called before a ticket is written. */
static int date_ticket(SSL *ssl, void *arg)
{
    (void)arg;
    SSL_SESSION_set_time(SSL_get_session(ssl), SESSION_TIME);
    return 1;
}

static bool set_up(SSL_CTX *context, const char *cert_file, const char *key_file, char *err,
                   size_t err_len)
{
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_num_tickets(context, 0); /* of TLS 1.3 */
    SSL_CTX_set_session_ticket_cb(context, date_ticket, NULL, NULL);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER);
    SSL_CTX_set_timeout(context, SESSION_LIFE_S);
    if (SSL_CTX_use_certificate_chain_file(context, cert_file) != 1) {
        return fail(err, err_len, "cannot use the certificate", cert_file);
    }
    if (SSL_CTX_use_PrivateKey_file(context, key_file, SSL_FILETYPE_PEM) != 1) {
        return fail(err, err_len, "cannot use the key", key_file);
    }
    return true;
}

struct vb_tls_server *vb_tls_server_new(uint64_t seed, const char *cert_file, const char *key_file,
                                        char *err, size_t err_len)
{
    struct vb_tls_server *server = calloc(1, sizeof(*server));
    if (server == NULL) {
        snprintf(err, err_len, "out of memory");
        return NULL;
    }
    server->rng = vb_rng_stream(seed, RNG_STREAM);
    if (vb_peer_rand_open(&server->rand, &server->rng)) {
        server->context = SSL_CTX_new_ex(server->rand.library, NULL, TLS_server_method());
    }
    if (server->context == NULL) {
        fail(err, err_len, "cannot start", "OpenSSL");
    } else if (set_up(server->context, cert_file, key_file, err, err_len)) {
        return server;
    }
    vb_tls_server_free(server);
    return NULL;
}

void vb_tls_server_free(struct vb_tls_server *server)
{
    if (server != NULL) {
        SSL_CTX_free(server->context);
        vb_peer_rand_close(&server->rand);
        free(server);
    }
}

void vb_tls_server_set_version(struct vb_tls_server *server, int version)
{
    SSL_CTX_set_min_proto_version(server->context, version != 0 ? version : TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(server->context, version);
}

/* --- channels --- */

static bool attach_tls(struct vb_channel *channel, struct vb_tls_server *server)
{
    channel->ssl = SSL_new(server->context);
    if (channel->ssl == NULL) {
        return false;
    }
    SSL_set_bio(channel->ssl, channel->in, channel->out);
    SSL_set_accept_state(channel->ssl);
    return true;
}

struct vb_channel *vb_channel_new(struct vb_tls_server *server)
{
    struct vb_channel *channel = calloc(1, sizeof(*channel));
    if (channel == NULL) {
        return NULL;
    }
    channel->in = BIO_new(BIO_s_mem());
    channel->out = BIO_new(BIO_s_mem());
    bool ok = channel->in != NULL && channel->out != NULL &&
              (server == NULL || attach_tls(channel, server));
    if (!ok) {
        vb_channel_free(channel);
        return NULL;
    }
    return channel;
}

void vb_channel_free(struct vb_channel *channel)
{
    if (channel == NULL) {
        return;
    }
    if (channel->ssl != NULL) {
        SSL_free(channel->ssl);
    } else {
        BIO_free(channel->in);
        BIO_free(channel->out);
    }
    free(channel);
}

bool vb_channel_feed(struct vb_channel *channel, const uint8_t *bytes, size_t len)
{
    return len == 0 || BIO_write(channel->in, bytes, (int)len) == (int)len;
}

int vb_channel_read(struct vb_channel *channel, uint8_t *dst, size_t size)
{
    if (channel->ssl == NULL) {
        int n = BIO_read(channel->in, dst, (int)size);
        return n > 0 ? n : 0;
    }
    ERR_clear_error();
    int n = SSL_read(channel->ssl, dst, (int)size);
    if (n > 0) {
        return n;
    }
    return SSL_get_error(channel->ssl, n) == SSL_ERROR_WANT_READ ? 0 : -1;
}

bool vb_channel_is_ready(const struct vb_channel *channel)
{
    return channel->ssl == NULL || SSL_is_init_finished(channel->ssl);
}

bool vb_channel_write(struct vb_channel *channel, const uint8_t *bytes, size_t len)
{
    if (channel->ssl == NULL) {
        return BIO_write(channel->out, bytes, (int)len) == (int)len;
    }
    ERR_clear_error();
    return SSL_write(channel->ssl, bytes, (int)len) == (int)len;
}

void vb_channel_finish(struct vb_channel *channel)
{
    if (channel->ssl != NULL && SSL_is_init_finished(channel->ssl)) {
        ERR_clear_error();
        SSL_shutdown(channel->ssl);
    }
}

size_t vb_channel_pending(struct vb_channel *channel, const uint8_t **bytes)
{
    char *data = NULL;
    long len = BIO_get_mem_data(channel->out, &data);
    *bytes = (const uint8_t *)data;
    return len > 0 ? (size_t)len : 0;
}

void vb_channel_sent(struct vb_channel *channel, size_t len)
{
    uint8_t dropped[4096];
    while (len > 0) {
        int n =
            BIO_read(channel->out, dropped, (int)(len < sizeof(dropped) ? len : sizeof(dropped)));
        if (n <= 0) {
            return;
        }
        len -= (size_t)n;
    }
}
