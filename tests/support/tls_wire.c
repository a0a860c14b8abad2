/* SPDX-License-Identifier: Apache-2.0 */
/* Records by hand, after RFC 5246 and RFC 5288. */
#include "tls_wire.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER  5u
#define NONCE   8u
#define TAG     16u
#define RANDOM  32u
#define SECRET  48u
#define N_BLOCK 40u /* two keys of 16 and two salts of 4 */

static void require(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "tls_wire: %s failed\n", what);
        abort();
    }
}

static void put_header(uint8_t *out, uint8_t type, size_t len)
{
    out[0] = type;
    out[1] = 3;
    out[2] = 3;
    out[3] = (uint8_t)(len >> 8);
    out[4] = (uint8_t)len;
}

size_t tls_wire_record(uint8_t *out, uint8_t type, const void *data, size_t len)
{
    put_header(out, type, len);
    memcpy(out + HEADER, data, len);
    return HEADER + len;
}

static size_t record_len(const uint8_t *record)
{
    return HEADER + ((size_t)record[3] << 8 | record[4]);
}

size_t tls_wire_find(const uint8_t *bytes, size_t len, uint8_t message)
{
    for (size_t at = 0; at + HEADER < len; at += record_len(bytes + at)) {
        if (bytes[at] == TLS_WIRE_HANDSHAKE && bytes[at + HEADER] == message) {
            return at;
        }
    }
    return len;
}

size_t tls_wire_replace(uint8_t *bytes, size_t len, uint8_t message, const void *body,
                        size_t body_len)
{
    size_t at = tls_wire_find(bytes, len, message);
    if (at == len) {
        return len;
    }
    size_t next = at + record_len(bytes + at), new_next = at + HEADER + 4 + body_len;
    memmove(bytes + new_next, bytes + next, len - next);
    put_header(bytes + at, TLS_WIRE_HANDSHAKE, 4 + body_len);
    bytes[at + HEADER] = message;
    bytes[at + HEADER + 1] = (uint8_t)(body_len >> 16);
    bytes[at + HEADER + 2] = (uint8_t)(body_len >> 8);
    bytes[at + HEADER + 3] = (uint8_t)body_len;
    memcpy(bytes + at + HEADER + 4, body, body_len);
    return len - next + new_next;
}

/* key_block = PRF(master_secret, "key expansion", server_random + client_random) */
static void key_block(SSL *ssl, uint8_t block[N_BLOCK])
{
    static const char label[] = "key expansion";
    uint8_t seed[sizeof(label) - 1 + 2 * RANDOM], master[SECRET];
    memcpy(seed, label, sizeof(label) - 1);
    SSL_get_server_random(ssl, seed + sizeof(label) - 1, RANDOM);
    SSL_get_client_random(ssl, seed + sizeof(label) - 1 + RANDOM, RANDOM);
    size_t n = SSL_SESSION_get_master_key(SSL_get_session(ssl), master, sizeof(master));
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)(uintptr_t) "SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, master, n),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed, sizeof(seed)),
        OSSL_PARAM_construct_end()};
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    require(n == SECRET && EVP_KDF_derive(ctx, block, N_BLOCK, params) == 1, "TLS1-PRF");
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
}

void tls_wire_seal_init(struct tls_wire_seal *seal, SSL *ssl)
{
    uint8_t block[N_BLOCK];
    key_block(ssl, block);
    memcpy(seal->key, block + 16,
           16); /* client's key, server's key, client's salt, server's salt */
    memcpy(seal->salt, block + 36, 4);
    seal->sequence = 1; /* 0 was the server's Finished */
}

static void put_be64(uint8_t *out, uint64_t v)
{
    for (int i = 7; i >= 0; i--) {
        out[i] = (uint8_t)v;
        v >>= 8;
    }
}

size_t tls_wire_seal(struct tls_wire_seal *seal, uint8_t *out, uint8_t type, const void *data,
                     size_t len)
{
    uint8_t nonce[12], about[13];
    int n;
    memcpy(nonce, seal->salt, 4);
    put_be64(nonce + 4, seal->sequence);
    put_be64(about, seal->sequence++);
    put_header(about + 8, type, len);
    put_header(out, type, NONCE + len + TAG);
    memcpy(out + HEADER, nonce + 4, NONCE);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    uint8_t *body = out + HEADER + NONCE;
    bool ok = EVP_EncryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, seal->key, nonce) == 1 &&
              EVP_EncryptUpdate(ctx, NULL, &n, about, sizeof(about)) == 1 &&
              (len == 0 || EVP_EncryptUpdate(ctx, body, &n, data, (int)len) == 1) &&
              EVP_EncryptFinal_ex(ctx, body + len, &n) == 1 &&
              EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG, body + len) == 1;
    require(ok, "AES-GCM");
    EVP_CIPHER_CTX_free(ctx);
    return HEADER + NONCE + len + TAG;
}
