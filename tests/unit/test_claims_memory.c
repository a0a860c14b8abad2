/* SPDX-License-Identifier: Apache-2.0 */
/* Judging a signature with the application's library while memory fails at each allocation in turn:
 * that is ASL_ERR_NO_MEM and never a forgery, it leaks nothing, and the next judgement is the true
 * one. */
#include "check.h"

#include "airslot/err.h"
#include "asl_claims.h"
#include "asl_err.h"
#include "sign_image.h"

#define SLOT_SIZE 0x8000u
#define NEVER     UINT32_MAX

static uint32_t n_until_failure = NEVER;
static uint32_t n_asked, n_held;

/* The linker puts them before the library's own (mk/signing.mk). */
void *__real_tls_calloc(size_t n, size_t size);
void __real_tls_free(void *p);
void *__wrap_tls_calloc(size_t n, size_t size);
void __wrap_tls_free(void *p);

void *__wrap_tls_calloc(size_t n, size_t size)
{
    n_asked++;
    if (n_until_failure != NEVER && n_until_failure-- == 0) {
        n_until_failure = NEVER;
        return NULL;
    }
    void *p = __real_tls_calloc(n, size);
    n_held += p != NULL;
    return p;
}

void __wrap_tls_free(void *p)
{
    n_held -= p != NULL;
    __real_tls_free(p);
}

static uint8_t image[2048];
static uint32_t image_len;
static uint8_t pub[1][ASL_KEY_LEN];

static enum asl_err judge(void)
{
    const struct asl_owner_rules rules = {.key = (const uint8_t(*)[ASL_KEY_LEN])pub, .n_keys = 1};
    struct asl_claims claims;

    return asl_owner_judge(&rules, image, 1024, SLOT_SIZE, image_len, &claims);
}

/* Every step-th allocation, whatever the signature is worth. */
static void fail_each(enum asl_err verdict, uint32_t step)
{
    n_asked = 0;
    assert_int_equal(judge(), verdict);
    uint32_t n_needed = n_asked;
    assert_true(n_needed > 100);
    for (uint32_t n = 0; n < n_needed; n += step) {
        n_until_failure = n;
        enum asl_err err = judge();
        if (err != ASL_ERR_NO_MEM) {
            fail_msg("allocation %u of %u: %s", n, n_needed, asl_err_name(err));
        }
        assert_int_equal(n_until_failure, NEVER);
        assert_int_equal(n_held, 0);
    }
    assert_int_equal(judge(), verdict);
    assert_int_equal(n_held, 0);
}

static void without_memory_a_good_signature_is_no_forgery(void **state)
{
    (void)state;
    fail_each(ASL_OK, 1);
}

/* Nor is it the other way round. */
static void without_memory_a_forgery_is_not_judged(void **state)
{
    (void)state;
    image[SIGNATURE_AT + 31] ^= 1;
    settle_claims(image, image_len);
    fail_each(ASL_ERR_CLAIMS_SIGNATURE, 7);
}

static int set_up(void **state)
{
    static const struct sign_plan plan = {.secure_version = 3, .min_version = 2, .board = "door-2"};
    EVP_PKEY *key = make_key();

    (void)state;
    key_public(key, pub[0]);
    image_len = make_signable_app(0x10000, 900, 0, 3, image, sizeof(image));
    sign_image(image, image_len, key, &plan);
    EVP_PKEY_free(key);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_memory_a_good_signature_is_no_forgery, set_up),
        cmocka_unit_test_setup(without_memory_a_forgery_is_not_judged, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
