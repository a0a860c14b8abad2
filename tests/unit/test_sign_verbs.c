/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs key, image sign and image verify as an owner calls them: what they write, what they
 * refuse, and that they agree with the test's own signer and with OpenSSL's command. */
#include "check.h"

#include <openssl/pem.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "make_image.h"
#include "sign_image.h"
#include "tools.h"
#include "verb_run.h"

#define DIR    "build/test-sign-verbs"
#define KEY    DIR "/key.pem"
#define PUB    DIR "/key.pub"
#define OTHER  DIR "/other.pem"
#define APP    DIR "/app.bin"
#define SIGNED DIR "/signed.bin"

static uint8_t app[20000];
static uint32_t app_len;

static int set_up(void **state)
{
    (void)state;
    mkdir("build", 0777);
    mkdir(DIR, 0777);
    unlink(KEY);
    unlink(OTHER);
    unlink(SIGNED);
    app_len = make_signable_app(0x10000, 5000, 1000, 3, app, sizeof(app));
    assert_true(io_write_file(APP, app, app_len));
    assert_int_equal(RUN(key, "new", KEY, "--out-pub", PUB), EXIT_DONE);
    assert_int_equal(RUN(key, "new", OTHER), EXIT_DONE);
    return 0;
}

static void read_file(const char *path, struct bytes *out)
{
    assert_true(io_read_file(path, 1u << 20, out));
}

static EVP_PKEY *open_key(void)
{
    FILE *file = fopen(KEY, "r");

    assert_non_null(file);
    EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    assert_non_null(key);
    fclose(file);
    return key;
}

static void a_key_is_private_and_never_overwritten(void **state)
{
    struct stat st;
    struct bytes before, after;

    (void)state;
    assert_int_equal(stat(KEY, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    read_file(KEY, &before);
    assert_int_equal(RUN(key, "new", KEY), EXIT_HOST);
    verb_expect_error("cannot make '" KEY "'");
    read_file(KEY, &after);
    assert_int_equal(before.len, after.len);
    assert_memory_equal(before.data, after.data, before.len);
    free(before.data);
    free(after.data);
}

/* Whatever a verb is told to write over a key: refused by name, and the key is as it was. */
static void a_key_survives_every_verb(void **state)
{
    static const char *const calls[][10] = {
        {"key", "public", KEY, KEY, "--c"},
        {"key", "public", PUB, DIR "/../test-sign-verbs/key.pem", KEY, "--raw"},
        {"key", "public", KEY, DIR "/link.pem"},
        {"key", "public", PUB, KEY},
        {"key", "public", OTHER, PUB, DIR "/../test-sign-verbs/key.pem", "--raw"},
        {"key", "new", DIR "/new.pem", "--out-pub", KEY},
        {"image", "sign", APP, "--key", KEY, "--board", "a", "-o", KEY},
    };
    struct bytes before, after;

    (void)state;
    unlink(DIR "/link.pem");
    assert_int_equal(symlink("key.pem", DIR "/link.pem"), 0);
    read_file(KEY, &before);
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        unlink(DIR "/new.pem");
        int (*verb)(int, char **) = strcmp(calls[i][0], "key") == 0 ? cmd_key : cmd_image;
        int code = verb_run(DIR, verb, calls[i]);
        read_file(KEY, &after);
        assert_int_equal(before.len, after.len);
        assert_memory_equal(before.data, after.data, before.len);
        free(after.data);
        assert_int_equal(code, EXIT_HOST);
        verb_expect_error(i < 3 ? "would be overwritten" : "holds a private key");
        assert_int_equal(access(DIR "/new.pem", F_OK), -1);
    }
    free(before.data);
}

static void a_new_key_is_not_its_own_public_half(void **state)
{
    (void)state;
    unlink(KEY);
    assert_int_equal(RUN(key, "new", KEY, "--out-pub", "./" KEY), EXIT_HOST);
    verb_expect_error("'./" KEY "' would be overwritten");
    assert_int_equal(access(KEY, F_OK), -1);
    assert_int_equal(RUN(key, "public", OTHER, PUB, PUB, "--c"), EXIT_HOST);
    verb_expect_error("'" PUB "' would be overwritten");
}

/* The draft of a file stands beside it for a moment: not under a name that somebody may use. */
static void a_draft_takes_no_key_s_place(void **state)
{
    (void)state;
    unlink(DIR "/half.new");
    assert_int_equal(RUN(key, "new", DIR "/half.new", "--out-pub", DIR "/half"), EXIT_DONE);
    assert_int_equal(RUN(image, "sign", APP, "--key", DIR "/half.new", "--board", "a"), EXIT_DONE);
    assert_int_equal(RUN(image, "verify", APP, "--trust", DIR "/half"), EXIT_DONE);
}

static void public_keys_come_in_three_forms(void **state)
{
    struct bytes raw, pem, again, header;
    EVP_PKEY *key = open_key();
    uint8_t pub[64];
    char line[16];

    (void)state;
    key_public(key, pub);
    assert_int_equal(RUN(key, "public", PUB, DIR "/key.raw", "--raw"), EXIT_DONE);
    read_file(DIR "/key.raw", &raw);
    assert_int_equal(raw.len, 64);
    assert_memory_equal(raw.data, pub, 64);
    assert_int_equal(RUN(key, "public", DIR "/key.raw", DIR "/again.pub"), EXIT_DONE);
    read_file(PUB, &pem);
    read_file(DIR "/again.pub", &again);
    assert_int_equal(pem.len, again.len);
    assert_memory_equal(pem.data, again.data, pem.len);
    assert_int_equal(RUN(key, "public", KEY, OTHER, DIR "/keys.h", "--c"), EXIT_DONE);
    read_file(DIR "/keys.h", &header);
    header.data[header.len - 1] = '\0';
    snprintf(line, sizeof(line), "{0x%02x,0x%02x,", pub[0], pub[1]);
    assert_non_null(strstr((char *)header.data, line));
    assert_int_equal(RUN(key, "public", KEY, OTHER, DIR "/two.pub"), EXIT_HOST);
    verb_expect_error("takes one key");
    assert_int_equal(RUN(key, "public", APP, DIR "/no.pub"), EXIT_REFUSED);
    verb_expect_error("holds no key");
    memset(raw.data, 0xff, 64);
    assert_true(io_write_file(DIR "/key.raw", raw.data, 64));
    assert_int_equal(RUN(key, "public", DIR "/key.raw", DIR "/no.pub"), EXIT_REFUSED);
    verb_expect_error("no point of the curve");
    free(raw.data);
    free(pem.data);
    free(again.data);
    free(header.data);
    EVP_PKEY_free(key);
}

/* Two signers, one drawing: only the signature differs, and its XOR and the hash with it. */
static void signing_fills_the_room_and_nothing_else(void **state)
{
    const struct sign_plan plan = {.secure_version = 3, .min_version = 3, .board = "door-2"};
    EVP_PKEY *key = open_key();
    struct bytes made;

    (void)state;
    assert_int_equal(RUN(image, "sign", APP, "--key", KEY, "--board", "door-2", "-o", SIGNED),
                     EXIT_DONE);
    read_file(SIGNED, &made);
    assert_int_equal(made.len, app_len);
    assert_memory_equal(made.data, app, CLAIMS_AT);
    assert_memory_equal(made.data + CLAIMS_AT + CLAIMS_LEN, app + CLAIMS_AT + CLAIMS_LEN,
                        app_len - 32 - CLAIMS_AT - CLAIMS_LEN);
    sign_image(app, app_len, key, &plan);
    assert_memory_equal(made.data + CLAIMS_AT, app + CLAIMS_AT, SIGNED_LEN);
    assert_int_equal(RUN(image, "verify", SIGNED, "--trust", PUB, "--board", "door-2"), EXIT_DONE);
    assert_true(io_write_file(SIGNED, app, app_len));
    assert_int_equal(RUN(image, "verify", SIGNED, "--trust", OTHER, "--trust", PUB), EXIT_DONE);
    assert_int_equal(RUN(image, "info", SIGNED), EXIT_DONE);
    assert_non_null(strstr(verb_out, "for board 'door-2', minimum version 3"));
    assert_int_equal(RUN(image, "info", APP), EXIT_DONE);
    assert_non_null(strstr(verb_out, "signed:      no\n"));
    free(made.data);
    EVP_PKEY_free(key);
}

static void signing_again_replaces_the_claims(void **state)
{
    (void)state;
    assert_int_equal(RUN(image, "sign", APP, "--key", KEY, "--board", "a"), EXIT_DONE);
    assert_int_equal(RUN(image, "sign", APP, "--key", OTHER, "--board", "b", "--min-version", "1"),
                     EXIT_DONE);
    assert_int_equal(RUN(image, "verify", APP, "--trust", PUB), EXIT_REFUSED);
    verb_expect_error("ASL_ERR_CLAIMS_KEY");
    assert_int_equal(RUN(image, "verify", APP, "--trust", OTHER, "--board", "b"), EXIT_DONE);
}

static void what_cannot_be_signed_is_refused(void **state)
{
    uint32_t len = make_app(0x10000, 5000, 0, app, sizeof(app));

    (void)state;
    assert_int_equal(RUN(image, "sign", APP, "--key", KEY), EXIT_HOST);
    assert_int_equal(RUN(image, "sign", APP, "--key", KEY, "--board", ""), EXIT_REFUSED);
    assert_int_equal(
        RUN(image, "sign", APP, "--key", KEY, "--board", "123456789012345678901234567890123"),
        EXIT_REFUSED);
    assert_int_equal(RUN(image, "sign", APP, "--key", KEY, "--board", "a", "--min-version", "4"),
                     EXIT_REFUSED);
    verb_expect_error("refuse itself");
    assert_int_equal(RUN(image, "sign", APP, "--key", PUB, "--board", "a"), EXIT_HOST);
    verb_expect_error("holds no key");
    assert_true(io_write_file(SIGNED, app, len));
    assert_int_equal(RUN(image, "sign", SIGNED, "--key", KEY, "--board", "a"), EXIT_REFUSED);
    verb_expect_error("ASL_ERR_CLAIMS_NO_ROOM");
    app[100] ^= 1;
    assert_true(io_write_file(SIGNED, app, len));
    assert_int_equal(RUN(image, "sign", SIGNED, "--key", KEY, "--board", "a"), EXIT_REFUSED);
    verb_expect_error("ASL_ERR_IMAGE_CHECKSUM");
}

static void verify_judges_as_a_device_does(void **state)
{
    (void)state;
    assert_int_equal(RUN(image, "verify", APP, "--trust", PUB), EXIT_REFUSED);
    verb_expect_error("ASL_ERR_CLAIMS_MISSING");
    assert_int_equal(RUN(image, "verify", APP), EXIT_DONE);
    assert_int_equal(RUN(image, "sign", APP, "--key", KEY, "--board", "door-2"), EXIT_DONE);
    assert_int_equal(RUN(image, "verify", APP, "--trust", PUB, "--board", "door-3"), EXIT_REFUSED);
    verb_expect_error("ASL_ERR_CLAIMS_BOARD");
    assert_int_equal(RUN(image, "verify", APP, "--trust", PUB, "--min-version", "4"), EXIT_REFUSED);
    verb_expect_error("ASL_ERR_RULE_VERSION");
    assert_int_equal(RUN(image, "verify", APP, "--project", "other"), EXIT_REFUSED);
    verb_expect_error("ASL_ERR_RULE_PROJECT");
    assert_int_equal(RUN(image, "verify", APP, "--board", "door-2"), EXIT_HOST);
    struct bytes file;
    read_file(APP, &file);
    file.data[1000] ^= 1;
    reseal_image(file.data, (uint32_t)file.len);
    assert_true(io_write_file(APP, file.data, file.len));
    free(file.data);
    assert_int_equal(RUN(image, "verify", APP), EXIT_REFUSED);
    verb_expect_error("ASL_ERR_CLAIMS_DIGEST");
    assert_int_equal(RUN(image, "info", APP), EXIT_DONE);
    assert_non_null(strstr(verb_out, "not the one that was signed"));
}

/* Anybody can write claims with a signature of nothing: without a key, silence would be a lie. */
static void verify_says_what_it_did_not_check(void **state)
{
    struct bytes file;

    (void)state;
    assert_int_equal(RUN(image, "verify", APP), EXIT_DONE);
    assert_string_equal(verb_err, "");
    assert_int_equal(RUN(image, "sign", APP, "--key", KEY, "--board", "door-2"), EXIT_DONE);
    read_file(APP, &file);
    file.data[SIGNATURE_AT + 63] ^= 1;
    settle_claims(file.data, (uint32_t)file.len);
    assert_true(io_write_file(APP, file.data, file.len));
    free(file.data);
    assert_int_equal(RUN(image, "verify", APP), EXIT_DONE);
    verb_expect(verb_err, "is signed, but the signature was not checked");
    verb_expect(verb_err, "hint: give --trust KEY.pub");
    assert_int_equal(RUN(image, "verify", APP, "--trust", PUB), EXIT_REFUSED);
    verb_expect_error("ASL_ERR_CLAIMS_SIGNATURE");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(a_key_is_private_and_never_overwritten),
        TEST(public_keys_come_in_three_forms),
        TEST(signing_fills_the_room_and_nothing_else),
        TEST(signing_again_replaces_the_claims),
        TEST(a_key_survives_every_verb),
        TEST(a_draft_takes_no_key_s_place),
        TEST(a_new_key_is_not_its_own_public_half),
        TEST(what_cannot_be_signed_is_refused),
        TEST(verify_judges_as_a_device_does),
        TEST(verify_says_what_it_did_not_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
