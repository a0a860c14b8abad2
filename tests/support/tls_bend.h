/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to bend the handshake that a server sends, as data: for servers that do what OpenSSL would
 * not. A message that is not in the bytes, or sealed, stays as it is. */
#ifndef TLS_BEND_H
#define TLS_BEND_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TLS_HELLO = 2, TLS_CERTIFICATE = 11, TLS_EXCHANGE = 12, TLS_DONE = 14 };
#define TLS_BEND_LAST SIZE_MAX

struct tls_bend {
    /* One of the functions below, or the test's own. Returns the new length, at most cap. */
    size_t (*how)(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap);
    uint8_t message;  /* which one it is about */
    size_t at;        /* in its body; TLS_BEND_LAST: the last byte */
    const char *data; /* data[n] */
    size_t n;
    size_t first, rest; /* bytes of a record */
    X509 *x509;
    bool has_bent; /* set by tls_bend() when bytes were changed */
};

/* For tls_peer_config.bend; ctx is a struct tls_bend. */
size_t tls_bend(void *ctx, uint8_t *bytes, size_t len, size_t cap);

/* data over the body from at. */
size_t tls_bend_poke(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap);
/* The lowest bit of the byte at. */
size_t tls_bend_flip(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap);
/* data over the ServerHello's cipher suite and compression. */
size_t tls_bend_suite(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap);
/* data instead of the body. */
size_t tls_bend_replace(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap);
/* x509 without its last n bytes instead of the server's certificates. */
size_t tls_bend_certificate(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap);
/* The message is left out. */
size_t tls_bend_drop(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap);
/* data, a record, in front of the message. */
size_t tls_bend_insert(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap);
/* Instead of the message a first piece of one of 16 MB, then pieces to the end. */
size_t tls_bend_endless(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap);
/* Every message in clear in records of first, then of rest bytes. */
size_t tls_bend_cut(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap);

#endif
