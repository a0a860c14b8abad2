/* SPDX-License-Identifier: Apache-2.0 */
/* AES-256-CBC and HMAC-SHA-256 as RFC 5077 recommends, with three generations of keys. */
#include "ticket.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#define N_KEYS       3 /* one that seals, two that still open */
#define NAME_LEN     16
#define MAX_SESSIONS 256 /* of clients that know no tickets, kept in memory */

struct ticket_key {
    unsigned char name[NAME_LEN];
    unsigned char cipher[32];
    unsigned char mac[32];
    time_t made;
};

struct keys {
    struct ticket_key key[N_KEYS]; /* newest first */
    time_t (*clock)(time_t *);
};

static int ex_index = -1;

static void free_keys(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int index, long argl, void *argp)
{
    (void)parent, (void)ad, (void)index, (void)argl, (void)argp;
    OPENSSL_clear_free(ptr, sizeof(struct keys));
}

static bool make_key(struct ticket_key *key, time_t now)
{
    key->made = now;
    return RAND_bytes(key->name, sizeof key->name) == 1 &&
           RAND_priv_bytes(key->cipher, sizeof key->cipher) == 1 &&
           RAND_priv_bytes(key->mac, sizeof key->mac) == 1;
}

/* The key that seals, a new one when the last is old enough. NULL: no random numbers. */
static const struct ticket_key *sealing_key(struct keys *keys)
{
    time_t now = keys->clock(NULL);
    struct ticket_key fresh;
    if (now - keys->key[0].made < SRV_TICKET_KEY_S) {
        return &keys->key[0];
    }
    if (!make_key(&fresh, now)) {
        return NULL;
    }
    memmove(keys->key + 1, keys->key, sizeof keys->key[0] * (N_KEYS - 1));
    keys->key[0] = fresh;
    OPENSSL_cleanse(&fresh, sizeof fresh);
    return &keys->key[0];
}

/* The key of that name, if it may still open. */
static const struct ticket_key *opening_key(const struct keys *keys,
                                            const unsigned char name[NAME_LEN])
{
    time_t now = keys->clock(NULL);
    for (size_t i = 0; i < N_KEYS; i++) {
        const struct ticket_key *key = &keys->key[i];
        if (memcmp(key->name, name, NAME_LEN) == 0 && now - key->made < N_KEYS * SRV_TICKET_KEY_S) {
            return key;
        }
    }
    return NULL;
}

static bool set_mac(EVP_MAC_CTX *mac, const struct ticket_key *key)
{
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)(uintptr_t)key->mac,
                                          sizeof key->mac),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)(uintptr_t) "sha256", 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(mac, params) == 1;
}

/* OpenSSL asks: < 0 no ticket, 0 an unknown one, 1 take it, 2 take it and give a new one. */
static int on_ticket(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                     EVP_MAC_CTX *mac, int is_sealing)
{
    struct keys *keys = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), ex_index);
    const struct ticket_key *key = is_sealing ? sealing_key(keys) : opening_key(keys, name);
    if (!key) {
        return is_sealing ? -1 : 0;
    }
    if (is_sealing) {
        memcpy(name, key->name, NAME_LEN);
        if (RAND_bytes(iv, 16) != 1 ||
            EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, key->cipher, iv) != 1) {
            return -1;
        }
    } else if (EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, key->cipher, iv) != 1) {
        return -1;
    }
    if (!set_mac(mac, key)) {
        return -1;
    }
    return is_sealing || key == &keys->key[0] ? 1 : 2;
}

bool srv_ticket_enable(SSL_CTX *ctx)
{
    if (ex_index < 0) {
        ex_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_keys);
    }
    struct keys *keys = OPENSSL_zalloc(sizeof *keys);
    if (!keys || ex_index < 0) {
        OPENSSL_free(keys);
        return false;
    }
    keys->clock = time;
    if (!make_key(&keys->key[0], time(NULL)) || SSL_CTX_set_ex_data(ctx, ex_index, keys) != 1) {
        OPENSSL_clear_free(keys, sizeof *keys);
        return false;
    }
    SSL_CTX_set_timeout(ctx, SRV_TICKET_LIFE_S);
    SSL_CTX_sess_set_cache_size(ctx, MAX_SESSIONS);
    return SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, on_ticket) == 1;
}

void srv_ticket_set_clock(SSL_CTX *ctx, time_t (*clock)(time_t *))
{
    struct keys *keys = SSL_CTX_get_ex_data(ctx, ex_index);
    keys->clock = clock;
}
