/* SPDX-License-Identifier: Apache-2.0 */
/* See tls_bend.h. */
#include "tls_bend.h"

#include <string.h>

#include "tls_wire.h"

#define RECORD_HEADER  5u
#define MESSAGE_HEADER 4u

size_t tls_bend(void *ctx, uint8_t *bytes, size_t len, size_t cap)
{
    static uint8_t before[65536];
    struct tls_bend *bend = ctx;
    memcpy(before, bytes, len);
    size_t n = bend->how(bend, bytes, len, cap);
    bend->has_bent = bend->has_bent || n != len || memcmp(before, bytes, len) != 0;
    return n;
}

static size_t record_len(const uint8_t *record)
{
    return (size_t)record[3] << 8 | record[4];
}

/* Where the message's body begins; NULL: it is not in these bytes. */
static uint8_t *body_of(uint8_t *bytes, size_t len, uint8_t message)
{
    size_t at = tls_wire_find(bytes, len, message);
    return at < len ? bytes + at + RECORD_HEADER + MESSAGE_HEADER : NULL;
}

size_t tls_bend_poke(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    uint8_t *body = body_of(bytes, len, bend->message);
    if (body != NULL) {
        memcpy(body + bend->at, bend->data, bend->n);
    }
    return len;
}

size_t tls_bend_flip(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    uint8_t *body = body_of(bytes, len, bend->message);
    if (body != NULL) {
        size_t n = (size_t)body[-2] << 8 | body[-1];
        body[bend->at == TLS_BEND_LAST ? n - 1 : bend->at] ^= 1;
    }
    return len;
}

size_t tls_bend_suite(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    uint8_t *hello = body_of(bytes, len, TLS_HELLO);
    if (hello != NULL) {
        /* Behind version, random and the session id with its length. */
        memcpy(hello + 34 + 1 + hello[34], bend->data, bend->n);
    }
    return len;
}

size_t tls_bend_replace(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return tls_wire_replace(bytes, len, bend->message, bend->data, bend->n);
}

static void put_be24(uint8_t *out, size_t value)
{
    out[0] = (uint8_t)(value >> 16);
    out[1] = (uint8_t)(value >> 8);
    out[2] = (uint8_t)value;
}

size_t tls_bend_certificate(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    unsigned char *der = NULL;
    size_t n = (size_t)i2d_X509(bend->x509, &der) - bend->n;
    uint8_t body[2048];
    put_be24(body, n + 3);
    put_be24(body + 3, n);
    memcpy(body + 6, der, n);
    OPENSSL_free(der);
    return tls_wire_replace(bytes, len, TLS_CERTIFICATE, body, 6 + n);
}

size_t tls_bend_drop(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    size_t at = tls_wire_find(bytes, len, bend->message);
    if (at == len) {
        return len;
    }
    size_t n = RECORD_HEADER + record_len(bytes + at);
    memmove(bytes + at, bytes + at + n, len - at - n);
    return len - n;
}

size_t tls_bend_insert(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    size_t at = tls_wire_find(bytes, len, bend->message);
    if (at == len) {
        return len;
    }
    memmove(bytes + at + bend->n, bytes + at, len - at);
    memcpy(bytes + at, bend->data, bend->n);
    return len + bend->n;
}

size_t tls_bend_endless(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap)
{
    static const uint8_t zeros[1000];
    const uint8_t head[] = {bend->message, 0xff, 0xff, 0xff};
    size_t at = tls_wire_find(bytes, len, bend->message);
    if (at == len) {
        return len;
    }
    at += tls_wire_record(bytes + at, TLS_WIRE_HANDSHAKE, head, sizeof(head));
    while (at + sizeof(zeros) + RECORD_HEADER <= cap && at < 6000) {
        at += tls_wire_record(bytes + at, TLS_WIRE_HANDSHAKE, zeros, sizeof(zeros));
    }
    return at;
}

/* Whether a record holds one whole message, so that it is not sealed. */
static bool is_in_clear(const uint8_t *record)
{
    size_t n = (size_t)record[6] << 16 | (size_t)record[7] << 8 | record[8];
    return record_len(record) == MESSAGE_HEADER + n;
}

size_t tls_bend_cut(const struct tls_bend *bend, uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    static uint8_t all[65536];
    size_t out = 0, at = 0;
    while (at + 9 < len && bytes[at] == TLS_WIRE_HANDSHAKE && is_in_clear(bytes + at)) {
        const uint8_t *message = bytes + at + RECORD_HEADER;
        size_t n = record_len(bytes + at);
        for (size_t i = 0; i < n;) {
            size_t piece = i == 0 ? bend->first : bend->rest;
            piece = piece < n - i ? piece : n - i;
            out += tls_wire_record(all + out, TLS_WIRE_HANDSHAKE, message + i, piece);
            i += piece;
        }
        at += RECORD_HEADER + n;
    }
    memmove(bytes + out, bytes + at, len - at);
    memcpy(bytes, all, out);
    return out + len - at;
}
