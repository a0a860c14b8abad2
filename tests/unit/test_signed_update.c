/* SPDX-License-Identifier: Apache-2.0 */
/* Update sessions that demand a signature, over a strict NOR flash, as esp_ota_write runs them:
 * what is known to be wrong erases nothing, what turns out wrong ends as an error, and no byte
 * outside the slot changes either way. */
#include "check.h"

#include <stdlib.h>

#include "asl_claims.h"
#include "asl_resume.h"
#include "asl_update.h"
#include "host_flash.h"
#include "make_image.h"
#include "sign_image.h"

#define FLASH_SIZE 0x30000u
#define SLOT_ADDR  0x10000u
#define SLOT_SIZE  0x8000u
#define TEXT_LEN   5000u
#define DATA_LEN   1000u
#define HASH_LEN   32u

struct fixture {
    EVP_PKEY *key, *other;
    uint8_t pub[1][ASL_KEY_LEN];
    struct asl_owner_rules rules;
    struct host_flash h;
    uint8_t *before;
    uint8_t image[SLOT_SIZE + 64];
    uint8_t work[SLOT_SIZE + 64];
    uint32_t len;
    struct asl_update u;
    bool out_of_memory; /* the owner cannot be asked */
};

static const struct sign_plan plan = {.secure_version = 2, .min_version = 1, .board = "door-2"};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    assert_non_null(f);
    f->key = make_key();
    f->other = make_key();
    key_public(f->key, f->pub[0]);
    f->rules = (struct asl_owner_rules){.key = (const uint8_t(*)[ASL_KEY_LEN])f->pub,
                                        .n_keys = 1,
                                        .project = "test_app",
                                        .board = "door-2",
                                        .min_version = 2};
    host_flash_init_used(&f->h, FLASH_SIZE);
    f->before = malloc(FLASH_SIZE);
    assert_non_null(f->before);
    memcpy(f->before, f->h.bytes, FLASH_SIZE);
    f->len = make_signable_app(SLOT_ADDR, TEXT_LEN, DATA_LEN, 2, f->image, sizeof(f->image));
    sign_image(f->image, f->len, f->key, &plan);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    EVP_PKEY_free(f->key);
    EVP_PKEY_free(f->other);
    host_flash_free(&f->h);
    free(f->before);
    free(f);
    return 0;
}

static enum asl_err accept(void *ctx, const uint8_t *first, uint32_t len)
{
    struct fixture *f = ctx;
    struct asl_claims claims;
    enum asl_err err = f->out_of_memory ? ASL_ERR_NO_MEM
                                        : asl_owner_judge(&f->rules, first, len, SLOT_SIZE,
                                                          f->u.config.image_len, &claims);

    if (err == ASL_OK && f->rules.n_keys != 0) {
        asl_update_expect(&f->u, claims.digest);
    }
    return err;
}

/* Runs a session over the first len bytes of data; every write must be lawful and in the slot. */
static enum asl_err run(struct fixture *f, const uint8_t *data, uint32_t len, bool declare)
{
    const struct asl_update_config config = {.flash = &f->h.flash,
                                             .slot_addr = SLOT_ADDR,
                                             .slot_size = SLOT_SIZE,
                                             .image_len = declare ? len : 0,
                                             .accept = accept,
                                             .ctx = f};

    host_flash_plan(&f->h, HOST_FAULT_NONE, 0, 0);
    f->h.n_erases = f->h.n_programs = 0;
    enum asl_err err = asl_update_begin(&f->u, &config);
    for (uint32_t off = 0; err == ASL_OK && off < len; off += 1460) {
        err = asl_update_feed(&f->u, data + off, len - off < 1460 ? len - off : 1460);
    }
    enum asl_err end = asl_update_end(&f->u, NULL);
    assert_int_equal(f->h.n_misuses + f->h.n_set_bits + f->h.n_reprograms, 0);
    assert_true(f->h.n_erases <= (len + 0xfff) / 0x1000);
    assert_true(f->h.n_programs <= (len + 0xff) / 0x100);
    assert_true(host_flash_same_outside(&f->h, f->before, SLOT_ADDR, SLOT_SIZE));
    return err != ASL_OK ? err : end;
}

static void expect_untouched(const struct fixture *f)
{
    assert_int_equal(f->h.n_erases, 0);
    assert_int_equal(f->h.n_programs, 0);
    assert_memory_equal(f->h.bytes, f->before, FLASH_SIZE);
}

static void a_signed_image_is_installed(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(run(f, f->image, f->len, true), ASL_OK);
    assert_memory_equal(f->h.bytes + SLOT_ADDR, f->image, f->len);
    assert_int_equal(run(f, f->image, f->len, false), ASL_OK);
}

static void refusals_of_the_gate_erase_nothing(void **state)
{
    struct fixture *f = *state;
    struct sign_plan foreign = plan, larger = plan;

    foreign.board = "door-3";
    larger.image_len = f->len + 16;
    memcpy(f->work, f->image, f->len);
    sign_image(f->work, f->len, f->other, &plan);
    assert_int_equal(run(f, f->work, f->len, true), ASL_ERR_CLAIMS_KEY);
    expect_untouched(f);
    sign_image(f->work, f->len, f->key, &foreign);
    assert_int_equal(run(f, f->work, f->len, true), ASL_ERR_CLAIMS_BOARD);
    expect_untouched(f);
    sign_image(f->work, f->len, f->key, &larger);
    assert_int_equal(run(f, f->work, f->len, true), ASL_ERR_CLAIMS_SIZE);
    expect_untouched(f);
    make_signable_app(SLOT_ADDR, TEXT_LEN, DATA_LEN, 2, f->work, sizeof(f->work));
    assert_int_equal(run(f, f->work, f->len, true), ASL_ERR_CLAIMS_MISSING);
    expect_untouched(f);
    f->rules.min_version = 3;
    assert_int_equal(run(f, f->image, f->len, true), ASL_ERR_RULE_VERSION);
    expect_untouched(f);
    f->rules.min_version = 0;
    f->rules.project = "other";
    assert_int_equal(run(f, f->image, f->len, true), ASL_ERR_RULE_PROJECT);
    expect_untouched(f);
}

static void every_flipped_bit_of_the_claims_erases_nothing(void **state)
{
    struct fixture *f = *state;

    for (uint32_t bit = 0; bit < CLAIMS_LEN * 8u; bit++) {
        memcpy(f->work, f->image, f->len);
        f->work[CLAIMS_AT + bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (bit / 8 < CLAIMS_LEN - 1) {
            settle_claims(f->work, f->len);
        }
        assert_int_not_equal(run(f, f->work, f->len, true), ASL_OK);
        expect_untouched(f);
    }
}

/* Cuts the image to len bytes (a multiple of 16) and repairs what needs no key: the length of the
 * last segment, entry and checksum byte. */
static void cut(struct fixture *f, uint32_t len)
{
    const uint32_t text_at = 0x10, data_at = text_at + TEXT_LEN + 8;
    bool is_text = len < data_at + 16; /* one segment is left */
    uint8_t *end_len = f->work + (is_text ? text_at : data_at) - 4;
    uint32_t last_len = len - 4 - (is_text ? text_at : data_at);
    uint8_t sum = 0xef;

    memcpy(f->work, f->image, len);
    memset(f->work + len - 4, 0, 4); /* what the lengths leave over, and the checksum */
    f->work[1] = is_text ? 1 : 2;
    end_len[0] = (uint8_t)last_len;
    end_len[1] = (uint8_t)(last_len >> 8);
    f->work[4] = (uint8_t)text_at;
    f->work[5] = 0;
    for (uint32_t i = text_at; i < len - 1; i++) {
        bool is_header = !is_text && i >= data_at - 8 && i < data_at;
        sum ^= is_header ? 0 : f->work[i];
    }
    f->work[len - 1] = sum;
}

/* Once bare with the checksum byte repaired, once with segment lengths, checksum and hash made to
 * fit: a sound image by every rule but the signature. */
static void every_truncation_is_refused(void **state)
{
    struct fixture *f = *state;
    uint32_t n_sound = 0;

    for (uint32_t len = 16; len < f->len - HASH_LEN; len += 16) {
        uint8_t sum = 0xef;
        memcpy(f->work, f->image, len);
        for (uint32_t i = 0x10; i < len - 1; i++) {
            sum ^= f->work[i];
        }
        f->work[len - 1] = sum;
        assert_int_not_equal(run(f, f->work, len, true), ASL_OK);
        assert_int_not_equal(run(f, f->work, len, false), ASL_OK);
        if (len < 0x200 + 32) {
            continue;
        }
        cut(f, len);
        settle_claims(f->work, len + HASH_LEN);
        struct asl_owner_rules rules = f->rules;
        f->rules = (struct asl_owner_rules){0};
        n_sound += run(f, f->work, len + HASH_LEN, true) == ASL_OK;
        f->rules = rules;
        assert_int_equal(run(f, f->work, len + HASH_LEN, true), ASL_ERR_CLAIMS_SIZE);
        assert_int_equal(run(f, f->work, len + HASH_LEN, false), ASL_ERR_CLAIMS_DIGEST);
    }
    assert_true(n_sound > 300);
}

/* Each byte behind the claims changed, with checksum byte and hash repaired. */
static void every_changed_byte_of_the_rest_is_refused(void **state)
{
    struct fixture *f = *state;
    uint32_t n = 0;

    for (uint32_t at = CLAIMS_AT + CLAIMS_LEN; at < f->len - HASH_LEN; at += 7) {
        bool is_header = at - (0x10 + TEXT_LEN) < 8;
        if (is_header) {
            continue;
        }
        memcpy(f->work, f->image, f->len);
        f->work[at] ^= (uint8_t)(1u << at % 8);
        reseal_image(f->work, f->len);
        assert_int_equal(run(f, f->work, f->len, true), ASL_ERR_CLAIMS_DIGEST);
        n++;
    }
    assert_true(n > 700);
    /* The hash itself: the slot is held to it at the end. */
    memcpy(f->work, f->image, f->len);
    f->work[f->len - 1] ^= 1;
    assert_int_equal(run(f, f->work, f->len, true), ASL_ERR_IMAGE_HASH);
}

/* What the bootloader asks: the slot against its claims, in one pass. */
static void a_slot_is_held_to_its_signed_digest(void **state)
{
    struct fixture *f = *state;
    struct asl_image_verifier v;
    struct asl_claims claims;
    uint32_t scratch[256];

    assert_int_equal(run(f, f->image, f->len, true), ASL_OK);
    assert_int_equal(
        asl_owner_judge(&f->rules, f->h.bytes + SLOT_ADDR, 1024, SLOT_SIZE, 0, &claims), ASL_OK);
#define VERIFY()                                                                                   \
    asl_slot_verify_signed(&f->h.flash, SLOT_ADDR, SLOT_SIZE, false, claims.digest, scratch,       \
                           sizeof(scratch), NULL, NULL, &v, NULL)
    assert_int_equal(VERIFY(), ASL_OK);
    for (uint32_t at = CLAIMS_AT + CLAIMS_LEN; at < 0x10 + TEXT_LEN; at += 97) {
        f->h.bytes[SLOT_ADDR + at] ^= 4;
        reseal_image(f->h.bytes + SLOT_ADDR, f->len);
        assert_int_equal(VERIFY(), ASL_ERR_CLAIMS_DIGEST);
        f->h.bytes[SLOT_ADDR + at] ^= 4;
    }
    reseal_image(f->h.bytes + SLOT_ADDR, f->len);
    assert_int_equal(VERIFY(), ASL_OK);
    memset(f->h.bytes + SLOT_ADDR + f->len - HASH_LEN, 0xff, HASH_LEN);
    assert_int_equal(VERIFY(), ASL_ERR_IMAGE_NO_HASH);
}

/* Feeds [from, to) of the image to a session that goes on at from. */
static enum asl_err go_on(struct fixture *f, uint32_t from, uint32_t to)
{
    const struct asl_update_config config = {.flash = &f->h.flash,
                                             .slot_addr = SLOT_ADDR,
                                             .slot_size = SLOT_SIZE,
                                             .image_len = f->len,
                                             .note = "etag",
                                             .note_len = 4,
                                             .accept = accept,
                                             .ctx = f};
    enum asl_err err = asl_update_resume(&f->u, &config, from);

    return err == ASL_OK ? asl_update_feed(&f->u, f->image + from, to - from) : err;
}

/* Neither the note of an unfinished download nor a byte of it goes for want of memory. */
static void without_memory_a_download_is_not_forgotten(void **state)
{
    struct fixture *f = *state;
    struct asl_resume found;

    assert_int_equal(go_on(f, 0, 5120), ASL_OK);
    asl_update_abort(&f->u);
    assert_int_equal(asl_resume_find(&f->h.flash, SLOT_ADDR, SLOT_SIZE, &found), ASL_OK);
    assert_int_equal(found.at, 4096);
    memcpy(f->before, f->h.bytes, FLASH_SIZE);
    f->h.n_erases = f->h.n_programs = 0;
    f->out_of_memory = true;
    assert_int_equal(go_on(f, found.at, f->len), ASL_ERR_NO_MEM);
    expect_untouched(f);
    assert_int_equal(go_on(f, 0, f->len), ASL_ERR_NO_MEM);
    assert_int_equal(asl_update_end(&f->u, NULL), ASL_ERR_NO_MEM);
    expect_untouched(f);
    f->out_of_memory = false;
    assert_int_equal(go_on(f, found.at, f->len), ASL_OK);
    assert_int_equal(asl_update_end(&f->u, NULL), ASL_OK);
    assert_memory_equal(f->h.bytes + SLOT_ADDR, f->image, f->len);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_signed_image_is_installed),
        TEST(refusals_of_the_gate_erase_nothing),
        TEST(every_flipped_bit_of_the_claims_erases_nothing),
        TEST(every_truncation_is_refused),
        TEST(every_changed_byte_of_the_rest_is_refused),
        TEST(a_slot_is_held_to_its_signed_digest),
        TEST(without_memory_a_download_is_not_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
