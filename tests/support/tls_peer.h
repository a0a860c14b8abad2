/* SPDX-License-Identifier: Apache-2.0 */
/* A TLS server in memory behind net_conn, for client components under test: no sockets, no time. It
 * is OpenSSL, or a script of raw bytes, and can end the stream in every way that servers do. */
#ifndef TLS_PEER_H
#define TLS_PEER_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A self-signed certificate and its key. */
struct tls_peer_cert {
    X509 *x509;
    EVP_PKEY *key;
    char pem[4096];
};

/* Makes one for a subjectAltName such as "IP:10.0.2.2" or "DNS:host"; rsa_bits 0 makes P-256. */
void tls_peer_cert_new(struct tls_peer_cert *cert, const char *san, int rsa_bits);
void tls_peer_cert_free(struct tls_peer_cert *cert);

enum tls_peer_end {
    TLS_PEER_STAYS,  /* open and silent: reads time out */
    TLS_PEER_NOTIFY, /* close_notify, then FIN */
    TLS_PEER_FIN,    /* FIN alone */
    TLS_PEER_RESET,
};

struct tls_peer_config {
    const struct tls_peer_cert *cert; /* NULL: raw below instead of TLS */
    X509 *const *chain;               /* sent behind it, ended by NULL; NULL: nothing */
    void (*tune)(SSL_CTX *ctx);       /* changes the server before it starts; NULL: nothing */
    /* Changes the bytes that the server sends, cap >= len + 1024; returns their new length.
     * NULL: nothing. */
    size_t (*bend)(void *ctx, uint8_t *bytes, size_t len, size_t cap);
    void *bend_ctx;
    /* Speaks instead of the answer below, to bytes of the wire. NULL: the answer. */
    void (*talk)(SSL *ssl, BIO *to_client);
    const char *ciphers;          /* OpenSSL's list for TLS 1.2; NULL: its default */
    int min_version, max_version; /* 0: TLS 1.2 */
    const void *raw;              /* sent after the client's first bytes */
    size_t raw_len;
    const char *const *raw_list; /* instead: a text for each connection in turn, ended by NULL */
    size_t segment;              /* bytes that one read gives at most; 0: 1460 */
    uint32_t pace_ms;            /* what each read of the answer waits for it */
    const void *answer;          /* application data, sent when the client has sent some */
    size_t answer_len;
    size_t record_len;  /* bytes of the answer in one record; 0: as many as fit */
    size_t cut_wire_at; /* bytes to the client after which the stream ends; 0: not */
    bool refuse_connect;
    /* Called with each request before it is answered, connections counted from 1; may change the
     * caller's config: how what it answers to this one. */
    void (*on_request)(unsigned connection, const char *request);
    enum tls_peer_end end;
};

/* Sets the server for the connections that follow; config stays the caller's. */
void tls_peer_start(const struct tls_peer_config *config);
void tls_peer_stop(void);

/* What the last connection saw. */
const char *tls_peer_cipher(void);
int tls_peer_fragment_code(void);   /* TLSEXT_max_fragment_length_*, 0 when not asked */
const char *tls_peer_request(void); /* application data received, NUL-terminated */
unsigned tls_peer_connects(void);
unsigned tls_peer_resumed(void); /* connections that took an earlier session up */
unsigned tls_peer_open_connections(void);

#endif
