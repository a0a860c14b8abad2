/* SPDX-License-Identifier: Apache-2.0 */
#include "sign_image.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <stdlib.h>
#include <string.h>

#include "make_image.h"

#define HASH_LEN 32u

static void require(bool ok)
{
    if (!ok) {
        abort();
    }
}

static void put32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++) {
        p[i] = (uint8_t)(v >> 8 * i);
    }
}

static void put_text(uint8_t *p, const char *text)
{
    require(strlen(text) <= 32);
    memcpy(p, text, strlen(text));
}

static void sha256(const uint8_t *data, size_t len, uint8_t digest[32])
{
    require(EVP_Digest(data, len, digest, NULL, EVP_sha256(), NULL) == 1);
}

EVP_PKEY *make_key(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");

    require(key != NULL);
    return key;
}

void key_public(EVP_PKEY *key, uint8_t pub[64])
{
    BIGNUM *x = NULL, *y = NULL;

    require(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
            EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1 &&
            BN_bn2binpad(x, pub, 32) == 32 && BN_bn2binpad(y, pub + 32, 32) == 32);
    BN_free(x);
    BN_free(y);
}

void key_id(EVP_PKEY *key, uint8_t id[8])
{
    uint8_t pub[64], digest[32];

    key_public(key, pub);
    sha256(pub, sizeof(pub), digest);
    memcpy(id, digest, 8);
}

/* The smaller of s and n - s. */
static BIGNUM *lower(const BIGNUM *s)
{
    BIGNUM *n = NULL, *other = BN_new();

    require(BN_hex2bn(&n, "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551") > 0 &&
            other != NULL && BN_sub(other, n, s) == 1);
    BN_free(n);
    if (BN_cmp(s, other) < 0) {
        require(BN_copy(other, s) != NULL);
    }
    return other;
}

void sign_digest(EVP_PKEY *key, const uint8_t digest[32], uint8_t sig[64])
{
    uint8_t der[80];
    const uint8_t *p = der;
    size_t len = sizeof(der);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);

    require(ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
            EVP_PKEY_sign(ctx, der, &len, digest, 32) == 1);
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &p, (long)len);
    require(pair != NULL);
    BIGNUM *s = lower(ECDSA_SIG_get0_s(pair));
    require(BN_bn2binpad(ECDSA_SIG_get0_r(pair), sig, 32) == 32 &&
            BN_bn2binpad(s, sig + 32, 32) == 32);
    BN_free(s);
    ECDSA_SIG_free(pair);
    EVP_PKEY_CTX_free(ctx);
}

uint32_t make_signable_app(uint32_t slot_addr, uint32_t text_len, uint32_t data_len,
                           uint32_t secure_version, uint8_t *out, uint32_t max)
{
    require(text_len >= 256 + CLAIMS_LEN);
    uint32_t len = make_app(slot_addr, text_len, data_len, out, max);
    put32(out + 0x14, secure_version);
    memset(out + CLAIMS_AT, 0xff, CLAIMS_LEN);
    reseal_image(out, len);
    return len;
}

void settle_claims(uint8_t *image, uint32_t len)
{
    uint8_t sum = 0;

    for (uint32_t i = 0; i < CLAIMS_LEN - 1; i++) {
        sum ^= image[CLAIMS_AT + i];
    }
    image[CLAIMS_AT + CLAIMS_LEN - 1] = sum;
    sha256(image, len - HASH_LEN, image + len - HASH_LEN);
}

void sign_image(uint8_t *image, uint32_t len, EVP_PKEY *key, const struct sign_plan *plan)
{
    uint8_t *room = image + CLAIMS_AT;
    uint8_t digest[32];

    memset(room, 0xff, CLAIMS_LEN);
    sha256(image, len - HASH_LEN, digest);
    memset(room, 0, CLAIMS_LEN);
    memcpy(room, "ASLC", 4);
    put32(room + 4, 1);
    put32(room + 8, plan->secure_version);
    put32(room + 12, plan->min_version);
    put32(room + 16, plan->image_len != 0 ? plan->image_len : len);
    key_id(key, room + 20);
    if (plan->key_id != NULL) {
        memcpy(room + 20, plan->key_id, 8);
    }
    put_text(room + 28, plan->version != NULL ? plan->version : "1.2.3");
    put_text(room + 60, plan->project != NULL ? plan->project : "test_app");
    put_text(room + 92, plan->board);
    memcpy(room + 124, plan->digest != NULL ? plan->digest : digest, 32);
    sha256(room, SIGNED_LEN, digest);
    sign_digest(key, digest, room + SIGNED_LEN);
    settle_claims(image, len);
}
