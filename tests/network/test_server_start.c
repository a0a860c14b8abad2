/* SPDX-License-Identifier: Apache-2.0 */
/* What the HTTPS server says when it cannot start, and what it warns of when it can. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include <openssl/pem.h>

#include "served_files.h"
#include "server_child.h"
#include "srv_cert.h"

static const struct srv_config plain = {
    .root = "root",
    .cert_file = "cert.pem",
    .key_file = "key.pem",
    .bind_address = "127.0.0.1",
};

static int make_files(void **state)
{
    (void)state;
    return served_files_enter("server_start") && served_files_make() &&
                   served_files_make_cert(false)
               ? 0
               : -1;
}

static void assert_cannot_open(const struct srv_config *config, const char *text, const char *hint)
{
    struct srv_error err;
    assert_null(srv_server_open(config, &err));
    print_message("error: %s\nhint: %s\n", err.text, err.hint);
    assert_non_null(strstr(err.text, text));
    assert_non_null(strstr(err.hint, hint));
}

static void a_start_that_fails_says_why(void **state)
{
    (void)state;
    struct srv_config config = plain;
    config.root = "missing";
    assert_cannot_open(&config, "'missing': No such file", "make it first");
    config.root = "cert.pem";
    assert_cannot_open(&config, "'cert.pem': Not a directory", "");
    config = plain;
    config.cert_file = "missing.pem";
    assert_cannot_open(&config, "certificate 'missing.pem': No such file", "airslot cert");
    config.cert_file = "root/hello.txt";
    assert_cannot_open(&config, "cannot use the certificate 'root/hello.txt'", "PEM");
    config = plain;
    config.key_file = "cert.pem";
    assert_cannot_open(&config, "'cert.pem': not a PEM private key", "airslot cert");
    config = plain;
    config.bind_address = "somewhere";
    assert_cannot_open(&config, "cannot listen on somewhere port 0", "numeric");
    config.bind_address = "192.0.2.77";
    assert_cannot_open(&config, "Cannot assign requested address", "this machine's");
}

static void a_port_in_use_is_named(void **state)
{
    (void)state;
    struct server_child server;
    struct srv_config config = plain;
    assert_true(server_child_start(&server, &plain));
    config.port = server.port;
    assert_cannot_open(&config, "Address already in use", "choose another port");
    assert_int_equal(server_child_stop(&server, SIGTERM), 0);
}

static void a_foreign_key_is_refused(void **state)
{
    (void)state;
    static const bool is_rsa[] = {false, true};
    for (size_t i = 0; i < 2; i++) {
        struct srv_config config = plain;
        config.key_file = "other_key.pem";
        assert_int_equal(rename("cert.pem", "first_cert.pem"), 0);
        assert_int_equal(rename("key.pem", "first_key.pem"), 0);
        assert_true(served_files_make_cert(is_rsa[i]));
        assert_int_equal(rename("key.pem", "other_key.pem"), 0);
        assert_int_equal(rename("first_cert.pem", "cert.pem"), 0);
        assert_int_equal(rename("first_key.pem", "key.pem"), 0);
        assert_cannot_open(&config, "does not belong to the certificate", "made together");
    }
}

struct phrase {
    const char *text;
    unsigned n_asked;
};

static size_t give_phrase(void *ctx, char *buf, size_t size)
{
    struct phrase *phrase = ctx;
    phrase->n_asked++;
    int n = snprintf(buf, size, "%s", phrase->text);
    return n > 0 && (size_t)n < size ? (size_t)n : 0;
}

static bool encrypt_key(const char *from, const char *to, const char *phrase)
{
    FILE *in = fopen(from, "r"), *out = fopen(to, "w");
    EVP_PKEY *key = in ? PEM_read_PrivateKey(in, NULL, NULL, NULL) : NULL;
    bool ok = key && out &&
              PEM_write_PKCS8PrivateKey(out, key, EVP_aes_256_cbc(), phrase, (int)strlen(phrase),
                                        NULL, NULL) == 1;
    EVP_PKEY_free(key);
    if (in) {
        fclose(in);
    }
    return out && fclose(out) == 0 && ok;
}

static void an_encrypted_key_asks_for_its_phrase(void **state)
{
    (void)state;
    struct srv_error err;
    struct phrase phrase = {.text = "open sesame"};
    struct srv_config config = plain;
    config.key_file = "encrypted_key.pem";
    assert_true(encrypt_key("key.pem", "encrypted_key.pem", "open sesame"));
    assert_cannot_open(&config, "is encrypted", "openssl pkey");

    config.ask_pass_phrase = give_phrase;
    config.ctx = &phrase;
    struct srv_server *server = srv_server_open(&config, &err);
    assert_non_null(server);
    assert_int_equal(phrase.n_asked, 1);
    srv_server_close(server);
    phrase.text = "wrong";
    assert_cannot_open(&config, "does not open the key", "try again");
    phrase.text = "";
    assert_cannot_open(&config, "does not open the key", "try again");
}

/* Keeps the warnings of a start. */
static void keep_warnings(void *ctx, enum srv_log_kind kind, const char *line)
{
    char *all = ctx;
    if (kind == SRV_LOG_WARNING) {
        snprintf(all + strlen(all), 1024 - strlen(all), "%s\n", line);
    }
}

static void a_start_warns_of(const struct srv_config *config, const char *text)
{
    char warnings[1024] = "";
    struct srv_error err;
    struct srv_config own = *config;
    own.log = keep_warnings;
    own.ctx = warnings;
    struct srv_server *server = srv_server_open(&own, &err);
    assert_non_null(server);
    srv_server_close(server);
    print_message("%s", warnings);
    if (text) {
        assert_non_null(strstr(warnings, text));
    } else {
        assert_string_equal(warnings, "");
    }
}

static void make_dated_cert(long from_s, long until_s)
{
    static const char *const hosts[] = {"localhost"};
    struct srv_error err;
    struct srv_cert_config config = {
        .hosts = hosts,
        .n_hosts = 1,
        .key_type = SRV_KEY_P256,
        .not_before = time(NULL) + from_s,
        .not_after = time(NULL) + until_s,
        .overwrite = true,
    };
    assert_true(srv_cert_make(&config, "dated.pem", "dated_key.pem", &err));
}

static void doubtful_certificates_are_warned_of(void **state)
{
    (void)state;
    struct srv_config config = plain;
    a_start_warns_of(&config, NULL);
    config.cert_file = "dated.pem";
    config.key_file = "dated_key.pem";
    make_dated_cert(-7200, -3600);
    a_start_warns_of(&config, "'dated.pem' has expired");
    make_dated_cert(3600, 7200);
    a_start_warns_of(&config, "'dated.pem' is not valid yet");
    make_dated_cert(-3600, 3600);
    assert_int_equal(chmod("dated_key.pem", 0640), 0);
    a_start_warns_of(&config, "others can read the key 'dated_key.pem': chmod 600 it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_that_fails_says_why),
        cmocka_unit_test(a_port_in_use_is_named),
        cmocka_unit_test(a_foreign_key_is_refused),
        cmocka_unit_test(an_encrypted_key_asks_for_its_phrase),
        cmocka_unit_test(doubtful_certificates_are_warned_of),
    };
    return cmocka_run_group_tests(tests, make_files, NULL);
}
