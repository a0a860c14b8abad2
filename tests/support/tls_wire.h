/* SPDX-License-Identifier: Apache-2.0 */
/* TLS 1.2 on the wire, for servers that do what OpenSSL would not: handshake messages replaced
 * before keys are in use, records made with the session's keys afterwards. */
#ifndef TLS_WIRE_H
#define TLS_WIRE_H

#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>

#define TLS_WIRE_ALERT     21
#define TLS_WIRE_HANDSHAKE 22
#define TLS_WIRE_DATA      23

/* Writes a record in clear of data[len] to out; returns its length, len + 5. */
size_t tls_wire_record(uint8_t *out, uint8_t type, const void *data, size_t len);

/* Finds an unencrypted handshake message of a type (2: ServerHello, 11: Certificate) that stands
 * alone in its record. Returns the offset of the record, len when there is none. */
size_t tls_wire_find(const uint8_t *bytes, size_t len, uint8_t message);

/* Replaces the body of that message; returns the new length of all, len when there is none. cap
 * must suffice. */
size_t tls_wire_replace(uint8_t *bytes, size_t len, uint8_t message, const void *body,
                        size_t body_len);

/* Seals records as the server of an established session with ECDHE-...-AES128-GCM-SHA256. */
struct tls_wire_seal {
    uint8_t key[16];
    uint8_t salt[4];
    uint64_t sequence; /* of the next record */
};
void tls_wire_seal_init(struct tls_wire_seal *seal, SSL *ssl);
/* Writes the sealed record to out; returns its length, len + 29. */
size_t tls_wire_seal(struct tls_wire_seal *seal, uint8_t *out, uint8_t type, const void *data,
                     size_t len);

#endif
