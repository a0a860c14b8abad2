/* SPDX-License-Identifier: Apache-2.0 */
/* The room of signed claims: reading, writing, and whose signature it carries. docs/format.md draws
 * it. Everything is read from 240 bytes that the caller holds. */
#include "asl_claims.h"

#include <string.h>

#include "airslot/bytes.h"
#include "asl_crypto.h"

enum {
    OFF_MAGIC = 0,
    OFF_FORMAT = 4,
    OFF_SECURE_VERSION = 8,
    OFF_MIN_VERSION = 12,
    OFF_IMAGE_LEN = 16,
    OFF_KEY_ID = 20,
    OFF_VERSION = 28,
    OFF_PROJECT = 60,
    OFF_BOARD = 92,
    OFF_DIGEST = 124,
    OFF_ZERO = 156,
    OFF_SIGNATURE = ASL_CLAIMS_SIGNED_LEN,
    OFF_ZERO_TAIL = OFF_SIGNATURE + ASL_SIGNATURE_LEN,
    OFF_XOR = ASL_CLAIMS_LEN - 1,
};
#define TEXT_LEN   32u
#define SCALAR_LEN 32u

/* Order of the curve's group, and its half, big endian. Fact: FIPS 186-4, D.1.2.3. */
static const uint8_t order[SCALAR_LEN] = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
static const uint8_t half_order[SCALAR_LEN] = {
    0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xde, 0x73, 0x7d, 0x56, 0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8};

static bool is_filled(const uint8_t *p, uint32_t len, uint8_t value)
{
    for (uint32_t i = 0; i < len; i++) {
        if (p[i] != value) {
            return false;
        }
    }
    return true;
}

static uint8_t xor_of(const uint8_t raw[ASL_CLAIMS_LEN])
{
    uint8_t sum = 0;

    for (uint32_t i = 0; i < ASL_CLAIMS_LEN; i++) {
        sum ^= raw[i];
    }
    return sum;
}

bool asl_claims_is_room(const uint8_t raw[ASL_CLAIMS_LEN])
{
    return is_filled(raw, ASL_CLAIMS_LEN, 0xff);
}

/* One text has one form: nothing hides behind its end. */
static bool is_text(const uint8_t *p)
{
    uint32_t len = 0;

    while (len < TEXT_LEN && p[len] != '\0') {
        len++;
    }
    return is_filled(p + len, TEXT_LEN - len, 0);
}

/* An image that raises the floor above itself would lock out itself. */
static bool is_well_formed(const uint8_t *raw)
{
    return asl_get_le32(raw + OFF_FORMAT) == ASL_CLAIMS_FORMAT && is_text(raw + OFF_VERSION) &&
           is_text(raw + OFF_PROJECT) && is_text(raw + OFF_BOARD) &&
           is_filled(raw + OFF_ZERO, OFF_SIGNATURE - OFF_ZERO, 0) &&
           is_filled(raw + OFF_ZERO_TAIL, OFF_XOR - OFF_ZERO_TAIL, 0) && xor_of(raw) == 0 &&
           asl_get_le32(raw + OFF_MIN_VERSION) <= asl_get_le32(raw + OFF_SECURE_VERSION);
}

static void get_text(char text[TEXT_LEN + 1u], const uint8_t *p)
{
    memcpy(text, p, TEXT_LEN);
    text[TEXT_LEN] = '\0';
}

enum asl_err asl_claims_parse(const uint8_t raw[ASL_CLAIMS_LEN], struct asl_claims *out)
{
    if (asl_get_le32(raw + OFF_MAGIC) != ASL_CLAIMS_MAGIC) {
        return ASL_ERR_CLAIMS_MISSING;
    }
    if (!is_well_formed(raw)) {
        return ASL_ERR_CLAIMS_FORMAT;
    }
    out->secure_version = asl_get_le32(raw + OFF_SECURE_VERSION);
    out->min_version = asl_get_le32(raw + OFF_MIN_VERSION);
    out->image_len = asl_get_le32(raw + OFF_IMAGE_LEN);
    memcpy(out->key_id, raw + OFF_KEY_ID, ASL_KEY_ID_LEN);
    get_text(out->version, raw + OFF_VERSION);
    get_text(out->project, raw + OFF_PROJECT);
    get_text(out->board, raw + OFF_BOARD);
    memcpy(out->digest, raw + OFF_DIGEST, sizeof(out->digest));
    return ASL_OK;
}

static void put_text(uint8_t *p, const char *text)
{
    for (uint32_t i = 0; i < TEXT_LEN && text[i] != '\0'; i++) {
        p[i] = (uint8_t)text[i];
    }
}

void asl_claims_put(const struct asl_claims *claims, uint8_t raw[ASL_CLAIMS_LEN])
{
    memset(raw, 0, ASL_CLAIMS_LEN);
    asl_put_le32(raw + OFF_MAGIC, ASL_CLAIMS_MAGIC);
    asl_put_le32(raw + OFF_FORMAT, ASL_CLAIMS_FORMAT);
    asl_put_le32(raw + OFF_SECURE_VERSION, claims->secure_version);
    asl_put_le32(raw + OFF_MIN_VERSION, claims->min_version);
    asl_put_le32(raw + OFF_IMAGE_LEN, claims->image_len);
    memcpy(raw + OFF_KEY_ID, claims->key_id, ASL_KEY_ID_LEN);
    put_text(raw + OFF_VERSION, claims->version);
    put_text(raw + OFF_PROJECT, claims->project);
    put_text(raw + OFF_BOARD, claims->board);
    memcpy(raw + OFF_DIGEST, claims->digest, sizeof(claims->digest));
    raw[OFF_XOR] = xor_of(raw);
}

void asl_claims_put_signature(uint8_t raw[ASL_CLAIMS_LEN], const uint8_t sig[ASL_SIGNATURE_LEN])
{
    memcpy(raw + OFF_SIGNATURE, sig, ASL_SIGNATURE_LEN);
    raw[OFF_XOR] = 0;
    raw[OFF_XOR] = xor_of(raw);
}

void asl_claims_digest(const uint8_t raw[ASL_CLAIMS_LEN], uint8_t digest[32])
{
    struct asl_digest d;

    asl_sha256_init(&d);
    asl_sha256_update(&d, raw, ASL_CLAIMS_SIGNED_LEN);
    asl_sha256_final(&d, digest);
}

void asl_key_id(const uint8_t pub[ASL_KEY_LEN], uint8_t id[ASL_KEY_ID_LEN])
{
    struct asl_digest d;
    uint8_t digest[32];

    asl_sha256_init(&d);
    asl_sha256_update(&d, pub, ASL_KEY_LEN);
    asl_sha256_final(&d, digest);
    memcpy(id, digest, ASL_KEY_ID_LEN);
}

void asl_signature_normalize(uint8_t sig[ASL_SIGNATURE_LEN])
{
    uint8_t *s = sig + SCALAR_LEN;
    int borrow = 0;

    if (memcmp(s, half_order, SCALAR_LEN) <= 0 || memcmp(s, order, SCALAR_LEN) >= 0) {
        return;
    }
    for (uint32_t i = SCALAR_LEN; i-- > 0;) {
        int diff = order[i] - s[i] - borrow;
        borrow = diff < 0;
        s[i] = (uint8_t)(diff + 256 * borrow);
    }
}

/* The range is judged here, so that it does not depend on which library checks the curve. */
static bool is_in_range(const uint8_t sig[ASL_SIGNATURE_LEN])
{
    const uint8_t *s = sig + SCALAR_LEN;

    return !is_filled(sig, SCALAR_LEN, 0) && memcmp(sig, order, SCALAR_LEN) < 0 &&
           !is_filled(s, SCALAR_LEN, 0) && memcmp(s, half_order, SCALAR_LEN) <= 0;
}

/* The trusted key that the claims name, NULL when it is not among them. */
static const uint8_t *find_key(const uint8_t id[ASL_KEY_ID_LEN], const uint8_t (*key)[ASL_KEY_LEN],
                               uint32_t n_keys)
{
    for (uint32_t i = 0; i < n_keys; i++) {
        uint8_t have[ASL_KEY_ID_LEN];
        asl_key_id(key[i], have);
        if (memcmp(have, id, ASL_KEY_ID_LEN) == 0) {
            return key[i];
        }
    }
    return NULL;
}

static enum asl_err judge_signature(const uint8_t *raw, const uint8_t *pub)
{
    uint8_t digest[32];

    if (!is_in_range(raw + OFF_SIGNATURE)) {
        return ASL_ERR_CLAIMS_SIGNATURE;
    }
    asl_claims_digest(raw, digest);
    return asl_p256_verify(pub, digest, raw + OFF_SIGNATURE);
}

enum asl_err asl_claims_verify(const uint8_t raw[ASL_CLAIMS_LEN], const uint8_t (*key)[ASL_KEY_LEN],
                               uint32_t n_keys, struct asl_claims *out)
{
    struct asl_claims claims;
    enum asl_err err = asl_claims_parse(raw, &claims);

    if (err != ASL_OK) {
        return err;
    }
    const uint8_t *pub = find_key(claims.key_id, key, n_keys);
    if (pub == NULL) {
        return ASL_ERR_CLAIMS_KEY;
    }
    err = judge_signature(raw, pub);
    if (err == ASL_OK) {
        *out = claims;
    }
    return err;
}
