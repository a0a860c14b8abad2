/* SPDX-License-Identifier: Apache-2.0 */
/* Signed claims against the owner's rules. The same program is linked with each library that checks
 * signatures: OpenSSL (host), mbedTLS (application), p256-m (bootloader). */
#include "check.h"

#include <stdlib.h>

#include "airslot/bytes.h"
#include "asl_claims.h"
#include "asl_crypto.h"
#include "sign_image.h"

#ifndef BIT_STEP
#define BIT_STEP 1 /* every bit; the slower libraries take a sample */
#endif
#define SLOT_SIZE 0x8000u
#define TEXT_LEN  900u

static const char order_hex[] = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

struct fixture {
    EVP_PKEY *key, *other;
    uint8_t pub[2][ASL_KEY_LEN]; /* of key and other */
    uint8_t image[2048];
    uint32_t len;
    struct asl_owner_rules rules; /* trust key alone */
};

static const struct sign_plan plan = {.secure_version = 3, .min_version = 2, .board = "door-2"};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    assert_non_null(f);
    f->key = make_key();
    f->other = make_key();
    key_public(f->key, f->pub[0]);
    key_public(f->other, f->pub[1]);
    f->len = make_signable_app(0x10000, TEXT_LEN, 0, 3, f->image, sizeof(f->image));
    sign_image(f->image, f->len, f->key, &plan);
    f->rules = (struct asl_owner_rules){.key = (const uint8_t(*)[ASL_KEY_LEN])f->pub, .n_keys = 1};
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    EVP_PKEY_free(f->key);
    EVP_PKEY_free(f->other);
    free(f);
    return 0;
}

static void from_hex(const char *hex, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned byte;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        out[i] = (uint8_t)byte;
    }
}

static enum asl_err judge(const struct fixture *f, struct asl_claims *claims)
{
    struct asl_claims seen;

    return asl_owner_judge(&f->rules, f->image, 1024, SLOT_SIZE, f->len,
                           claims != NULL ? claims : &seen);
}

static void signed_claims_are_read_and_trusted(void **state)
{
    struct fixture *f = *state;
    struct asl_claims claims;
    uint8_t id[8], erased[2048], digest[32];

    assert_int_equal(judge(f, &claims), ASL_OK);
    assert_int_equal(claims.secure_version, 3);
    assert_int_equal(claims.min_version, 2);
    assert_int_equal(claims.image_len, f->len);
    assert_string_equal(claims.project, "test_app");
    assert_string_equal(claims.version, "1.2.3");
    assert_string_equal(claims.board, "door-2");
    key_id(f->key, id);
    assert_memory_equal(claims.key_id, id, sizeof(id));
    memcpy(erased, f->image, f->len);
    memset(erased + CLAIMS_AT, 0xff, CLAIMS_LEN);
    assert_int_equal(EVP_Digest(erased, f->len - 32, digest, NULL, EVP_sha256(), NULL), 1);
    assert_memory_equal(claims.digest, digest, sizeof(digest));
}

/* What core writes is what the drawing says. */
static void claims_are_written_as_drawn(void **state)
{
    struct fixture *f = *state;
    struct asl_claims claims;
    uint8_t raw[ASL_CLAIMS_LEN];

    assert_int_equal(asl_claims_parse(f->image + CLAIMS_AT, &claims), ASL_OK);
    asl_claims_put(&claims, raw);
    assert_memory_equal(raw, f->image + CLAIMS_AT, SIGNED_LEN);
    asl_claims_put_signature(raw, f->image + SIGNATURE_AT);
    assert_memory_equal(raw, f->image + CLAIMS_AT, ASL_CLAIMS_LEN);
}

static void a_published_signature_is_accepted(void **state)
{
    /* RFC 6979, A.2.5: P-256 with SHA-256, message "sample". */
    static const char pub_hex[] =
        "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
        "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
    static const char sig_hex[] =
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
    uint8_t pub[64], sig[64], digest[32];

    (void)state;
    from_hex(pub_hex, pub, 64);
    from_hex(sig_hex, sig, 64);
    assert_int_equal(EVP_Digest("sample", 6, digest, NULL, EVP_sha256(), NULL), 1);
    assert_int_equal(asl_p256_verify(pub, digest, sig), ASL_OK);
    /* Its s is the greater one; the smaller is as good to the curve, and the only one for us. */
    asl_signature_normalize(sig);
    assert_true(sig[32] < 0x80);
    assert_int_equal(asl_p256_verify(pub, digest, sig), ASL_OK);
    asl_signature_normalize(sig);
    assert_int_equal(asl_p256_verify(pub, digest, sig), ASL_OK);
    digest[31] ^= 1;
    assert_int_equal(asl_p256_verify(pub, digest, sig), ASL_ERR_CLAIMS_SIGNATURE);
}

enum part { ZERO, ONE, ORDER, ABOVE_ORDER, ONES, KEEP };

static void set_part(uint8_t *p, enum part part)
{
    if (part == KEEP) {
        return;
    }
    memset(p, part == ONES ? 0xff : 0, 32);
    if (part == ORDER || part == ABOVE_ORDER) {
        from_hex(order_hex, p, 32);
    }
    p[31] = (uint8_t)(p[31] + (part == ONE || part == ABOVE_ORDER));
}

/* Malformed signatures, asked of the library and of the claims' own check. */
static void malformed_signatures_are_refused(void **state)
{
    struct fixture *f = *state;
    uint8_t *sig = f->image + SIGNATURE_AT;
    uint8_t good[64], digest[32];

    memcpy(good, sig, 64);
    asl_claims_digest(f->image + CLAIMS_AT, digest);
    assert_int_equal(asl_p256_verify(f->pub[0], digest, good), ASL_OK);
    for (int r = ZERO; r <= KEEP; r++) {
        for (int s = ZERO; s <= KEEP; s++) {
            if (r == KEEP && s == KEEP) {
                continue;
            }
            memcpy(sig, good, 64);
            set_part(sig, (enum part)r);
            set_part(sig + 32, (enum part)s);
            settle_claims(f->image, f->len);
            assert_int_equal(asl_p256_verify(f->pub[0], digest, sig), ASL_ERR_CLAIMS_SIGNATURE);
            assert_int_equal(judge(f, NULL), ASL_ERR_CLAIMS_SIGNATURE);
        }
    }
    memcpy(sig, good, 64);
    settle_claims(f->image, f->len);
    assert_int_equal(judge(f, NULL), ASL_OK);
}

/* n - s verifies on the curve; claims have one valid form only. */
static void the_greater_s_is_refused(void **state)
{
    struct fixture *f = *state;
    uint8_t *s = f->image + SIGNATURE_AT + 32;
    uint8_t order[32], digest[32];
    int borrow = 0;

    from_hex(order_hex, order, 32);
    for (int i = 31; i >= 0; i--) {
        int diff = order[i] - s[i] - borrow;
        borrow = diff < 0;
        s[i] = (uint8_t)diff;
    }
    settle_claims(f->image, f->len);
    asl_claims_digest(f->image + CLAIMS_AT, digest);
    assert_int_equal(asl_p256_verify(f->pub[0], digest, f->image + SIGNATURE_AT), ASL_OK);
    assert_int_equal(judge(f, NULL), ASL_ERR_CLAIMS_SIGNATURE);
}

static void keys_that_are_no_point_verify_nothing(void **state)
{
    struct fixture *f = *state;
    uint8_t digest[32], pub[64];
    const uint8_t *sig = f->image + SIGNATURE_AT;

    asl_claims_digest(f->image + CLAIMS_AT, digest);
    memset(pub, 0, sizeof(pub));
    assert_int_equal(asl_p256_verify(pub, digest, sig), ASL_ERR_CLAIMS_SIGNATURE);
    memset(pub, 0xff, sizeof(pub));
    assert_int_equal(asl_p256_verify(pub, digest, sig), ASL_ERR_CLAIMS_SIGNATURE);
    memcpy(pub, f->pub[0], sizeof(pub));
    pub[63] ^= 1;
    assert_int_equal(asl_p256_verify(pub, digest, sig), ASL_ERR_CLAIMS_SIGNATURE);
    assert_int_equal(asl_p256_verify(f->pub[1], digest, sig), ASL_ERR_CLAIMS_SIGNATURE);
}

/* Once as it comes, once with the XOR settled by an attacker who read the format. */
static void every_flipped_bit_is_refused(void **state)
{
    struct fixture *f = *state;

    for (uint32_t bit = 0; bit < CLAIMS_LEN * 8u; bit++) {
        uint8_t *byte = &f->image[CLAIMS_AT + bit / 8];
        *byte ^= (uint8_t)(1u << bit % 8);
        assert_int_not_equal(judge(f, NULL), ASL_OK);
        if (bit % BIT_STEP == 0 && bit / 8 != CLAIMS_LEN - 1) {
            settle_claims(f->image, f->len);
            assert_int_not_equal(judge(f, NULL), ASL_OK);
        }
        *byte ^= (uint8_t)(1u << bit % 8);
        settle_claims(f->image, f->len);
    }
    assert_int_equal(judge(f, NULL), ASL_OK);
}

static void keys_rotate_and_are_revoked(void **state)
{
    struct fixture *f = *state;
    struct asl_claims claims;
    uint8_t id[8];

    f->rules.n_keys = 2;
    assert_int_equal(judge(f, NULL), ASL_OK);
    sign_image(f->image, f->len, f->other, &plan);
    assert_int_equal(judge(f, &claims), ASL_OK);
    f->rules.n_keys = 1;
    assert_int_equal(judge(f, NULL), ASL_ERR_CLAIMS_KEY);
    /* Naming a trusted key is not being signed by it. */
    key_id(f->key, id);
    struct sign_plan borrowed = plan;
    borrowed.key_id = id;
    sign_image(f->image, f->len, f->other, &borrowed);
    assert_int_equal(judge(f, NULL), ASL_ERR_CLAIMS_SIGNATURE);
}

static void rules_are_the_owners(void **state)
{
    struct fixture *f = *state;

    f->rules.project = "test_app";
    f->rules.board = "door-2";
    f->rules.min_version = 3;
    assert_int_equal(judge(f, NULL), ASL_OK);
    f->rules.min_version = 4;
    assert_int_equal(judge(f, NULL), ASL_ERR_RULE_VERSION);
    f->rules.min_version = 0;
    f->rules.board = "door-20";
    assert_int_equal(judge(f, NULL), ASL_ERR_CLAIMS_BOARD);
    f->rules.board = NULL;
    f->rules.project = "test_ap";
    assert_int_equal(judge(f, NULL), ASL_ERR_RULE_PROJECT);
}

static void rules_without_keys_ask_the_descriptor(void **state)
{
    struct fixture *f = *state;

    f->rules.n_keys = 0;
    memset(f->image + CLAIMS_AT, 0xff, CLAIMS_LEN);
    assert_int_equal(asl_owner_judge(&f->rules, f->image, 1024, SLOT_SIZE, 0, NULL), ASL_OK);
    f->rules.project = "test_app";
    f->rules.min_version = 3;
    assert_int_equal(asl_owner_judge(&f->rules, f->image, 1024, SLOT_SIZE, 0, NULL), ASL_OK);
    f->rules.min_version = 4;
    assert_int_equal(asl_owner_judge(&f->rules, f->image, 1024, SLOT_SIZE, 0, NULL),
                     ASL_ERR_RULE_VERSION);
    f->image[0x10] = 0;
    assert_int_equal(asl_owner_judge(&f->rules, f->image, 1024, SLOT_SIZE, 0, NULL),
                     ASL_ERR_IMAGE_DESC);
    assert_int_equal(asl_owner_judge(&f->rules, f->image, 0x10f, SLOT_SIZE, 0, NULL),
                     ASL_ERR_IMAGE_DESC);
}

static void the_unsigned_and_the_short_are_missing_claims(void **state)
{
    struct fixture *f = *state;
    struct asl_claims claims;

    for (uint32_t len = 0; len < CLAIMS_AT + CLAIMS_LEN; len++) {
        assert_int_equal(asl_owner_judge(&f->rules, f->image, len, SLOT_SIZE, f->len, &claims),
                         ASL_ERR_CLAIMS_MISSING);
    }
    assert_int_equal(
        asl_owner_judge(&f->rules, f->image, CLAIMS_AT + CLAIMS_LEN, SLOT_SIZE, f->len, &claims),
        ASL_OK);
    memset(f->image + CLAIMS_AT, 0xff, CLAIMS_LEN);
    assert_true(asl_claims_is_room(f->image + CLAIMS_AT));
    assert_int_equal(judge(f, NULL), ASL_ERR_CLAIMS_MISSING);
    memset(f->image + CLAIMS_AT, 0, CLAIMS_LEN);
    assert_false(asl_claims_is_room(f->image + CLAIMS_AT));
    assert_int_equal(judge(f, NULL), ASL_ERR_CLAIMS_MISSING);
}

static void sizes_must_agree(void **state)
{
    struct fixture *f = *state;
    struct asl_claims claims;

    assert_int_equal(asl_owner_judge(&f->rules, f->image, 1024, SLOT_SIZE, 0, &claims), ASL_OK);
    assert_int_equal(asl_owner_judge(&f->rules, f->image, 1024, SLOT_SIZE, f->len - 1, &claims),
                     ASL_ERR_CLAIMS_SIZE);
    assert_int_equal(asl_owner_judge(&f->rules, f->image, 1024, f->len - 1, 0, &claims),
                     ASL_ERR_CLAIMS_SIZE);
    assert_int_equal(asl_owner_judge(&f->rules, f->image, 1024, f->len, 0, &claims), ASL_OK);
}

/* The signer's own lies: what it signed is not what the image says, or locks the device. */
static void claims_that_lie_are_refused(void **state)
{
    struct fixture *f = *state;
    const struct {
        struct sign_plan plan;
        enum asl_err err;
    } cases[] = {
        {{3, 3, NULL, NULL, "door-2", 0, NULL, NULL}, ASL_OK},
        {{3, 4, NULL, NULL, "door-2", 0, NULL, NULL}, ASL_ERR_CLAIMS_FORMAT},
        {{4, 2, NULL, NULL, "door-2", 0, NULL, NULL}, ASL_ERR_CLAIMS_DESC},
        {{3, 2, "1.2.4", NULL, "door-2", 0, NULL, NULL}, ASL_ERR_CLAIMS_DESC},
        {{3, 2, NULL, "test_apq", "door-2", 0, NULL, NULL}, ASL_ERR_CLAIMS_DESC},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        sign_image(f->image, f->len, f->key, &cases[i].plan);
        assert_int_equal(judge(f, NULL), cases[i].err);
    }
    sign_image(f->image, f->len, f->key, &plan);
    f->image[0x10] ^= 1;
    assert_int_equal(judge(f, NULL), ASL_ERR_CLAIMS_DESC);
}

/* Signed by the owner, and still not this format. */
static void other_forms_are_refused(void **state)
{
    struct fixture *f = *state;
    uint8_t *room = f->image + CLAIMS_AT;
    static const struct {
        uint32_t off;
        uint8_t value;
    } cases[] = {{4, 2},   {28 + 31, 'x'}, {60 + 9, 'x'}, {92 + 7, 'x'},
                 {156, 1}, {171, 1},       {238, 1}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t digest[32], kept = room[cases[i].off];
        room[cases[i].off] = cases[i].value;
        asl_claims_digest(room, digest);
        sign_digest(f->key, digest, room + SIGNED_LEN);
        settle_claims(f->image, f->len);
        assert_int_equal(judge(f, NULL), ASL_ERR_CLAIMS_FORMAT);
        room[cases[i].off] = kept;
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(signed_claims_are_read_and_trusted),
        TEST(claims_are_written_as_drawn),
        TEST(a_published_signature_is_accepted),
        TEST(malformed_signatures_are_refused),
        TEST(the_greater_s_is_refused),
        TEST(keys_that_are_no_point_verify_nothing),
        TEST(every_flipped_bit_is_refused),
        TEST(keys_rotate_and_are_revoked),
        TEST(rules_are_the_owners),
        TEST(rules_without_keys_ask_the_descriptor),
        TEST(the_unsigned_and_the_short_are_missing_claims),
        TEST(sizes_must_agree),
        TEST(claims_that_lie_are_refused),
        TEST(other_forms_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
