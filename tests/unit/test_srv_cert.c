/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates as the server makes them, judged by OpenSSL in its strict mode and by mbedTLS as the
 * device is configured. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <mbedtls/x509_crt.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "served_files.h"
#include "srv_cert.h"

/* The device's TLS heap, whose limits do not matter here. */
void *tls_calloc(size_t n, size_t size)
{
    return calloc(n, size);
}

void tls_free(void *block)
{
    free(block);
}

/* Its clock: the host's. */
int64_t tls_time(int64_t *out)
{
    int64_t now = time(NULL);
    if (out) {
        *out = now;
    }
    return now;
}

struct tm *mbedtls_platform_gmtime_r(const int64_t *seconds, struct tm *out)
{
    time_t t = *seconds;
    return gmtime_r(&t, out);
}

static const char *const hosts[] = {"10.0.2.2", "update.example", "fd00::2", "*.fleet.example"};

static struct srv_cert_config config_of(enum srv_key_type type)
{
    time_t now = time(NULL);
    return (struct srv_cert_config){
        .hosts = hosts,
        .n_hosts = sizeof hosts / sizeof hosts[0],
        .key_type = type,
        .not_before = now - 86400,
        .not_after = now + 86400,
        .overwrite = true,
    };
}

static int enter(void **state)
{
    (void)state;
    return served_files_enter("cert") ? 0 : -1;
}

static X509 *read_cert(const char *path)
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    X509 *cert = PEM_read_X509(f, NULL, NULL, NULL);
    fclose(f);
    assert_non_null(cert);
    return cert;
}

static int openssl_verdict(X509 *cert, const char *host, const char *address)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    X509_STORE_add_cert(store, cert);
    X509_STORE_CTX_init(ctx, store, cert, NULL);
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
    X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
    if (host) {
        X509_VERIFY_PARAM_set1_host(param, host, 0);
    } else {
        X509_VERIFY_PARAM_set1_ip_asc(param, address);
    }
    X509_verify_cert(ctx);
    int verdict = X509_STORE_CTX_get_error(ctx);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    return verdict;
}

static void openssl_trusts_its_names(void **state)
{
    (void)state;
    for (int type = SRV_KEY_RSA2048; type <= SRV_KEY_P256; type++) {
        struct srv_error err = {0};
        struct srv_cert_config config = config_of((enum srv_key_type)type);
        assert_true(srv_cert_make(&config, "cert.pem", "key.pem", &err));
        X509 *cert = read_cert("cert.pem");
        assert_int_equal(openssl_verdict(cert, NULL, "10.0.2.2"), X509_V_OK);
        assert_int_equal(openssl_verdict(cert, NULL, "fd00::2"), X509_V_OK);
        assert_int_equal(openssl_verdict(cert, "update.example", NULL), X509_V_OK);
        assert_int_equal(openssl_verdict(cert, "a.fleet.example", NULL), X509_V_OK);
        assert_int_equal(openssl_verdict(cert, NULL, "10.0.2.3"), X509_V_ERR_IP_ADDRESS_MISMATCH);
        assert_int_equal(openssl_verdict(cert, "other.example", NULL),
                         X509_V_ERR_HOSTNAME_MISMATCH);
        X509_free(cert);
    }
}

static uint32_t mbedtls_verdict(const char *host)
{
    mbedtls_x509_crt trusted, shown;
    uint32_t flags = 0;
    char pem[8192] = "";
    FILE *f = fopen("cert.pem", "r");
    assert_non_null(f);
    size_t len = fread(pem, 1, sizeof pem - 1, f);
    fclose(f);
    mbedtls_x509_crt_init(&trusted);
    mbedtls_x509_crt_init(&shown);
    assert_int_equal(mbedtls_x509_crt_parse(&trusted, (const uint8_t *)pem, len + 1), 0);
    assert_int_equal(mbedtls_x509_crt_parse(&shown, (const uint8_t *)pem, len + 1), 0);
    mbedtls_x509_crt_verify(&shown, &trusted, NULL, host, &flags, NULL, NULL);
    mbedtls_x509_crt_free(&trusted);
    mbedtls_x509_crt_free(&shown);
    return flags;
}

/* The device's own library and configuration: no date check without a clock, address names too. */
static void mbedtls_trusts_its_names(void **state)
{
    (void)state;
    for (int type = SRV_KEY_RSA2048; type <= SRV_KEY_P256; type++) {
        struct srv_error err = {0};
        struct srv_cert_config config = config_of((enum srv_key_type)type);
        assert_true(srv_cert_make(&config, "cert.pem", "key.pem", &err));
        assert_int_equal(mbedtls_verdict("10.0.2.2"), 0);
        assert_int_equal(mbedtls_verdict("update.example"), 0);
        assert_int_equal(mbedtls_verdict("other.example"), MBEDTLS_X509_BADCERT_CN_MISMATCH);
        assert_int_equal(mbedtls_verdict("10.0.2.3"), MBEDTLS_X509_BADCERT_CN_MISMATCH);
    }
}

static void the_key_is_private_and_matches(void **state)
{
    (void)state;
    struct srv_error err = {0};
    struct stat st;
    struct srv_cert_config config = config_of(SRV_KEY_P256);
    assert_true(srv_cert_make(&config, "cert.pem", "key.pem", &err));
    assert_int_equal(stat("key.pem", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(stat("cert.pem", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0644);
    FILE *f = fopen("key.pem", "r");
    assert_non_null(f);
    EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
    fclose(f);
    X509 *cert = read_cert("cert.pem");
    assert_int_equal(X509_check_private_key(cert, key), 1);
    X509_free(cert);
    EVP_PKEY_free(key);
}

static void serials_differ(void **state)
{
    (void)state;
    struct srv_error err = {0};
    struct srv_cert_config config = config_of(SRV_KEY_P256);
    assert_true(srv_cert_make(&config, "one.pem", "one_key.pem", &err));
    assert_true(srv_cert_make(&config, "two.pem", "two_key.pem", &err));
    X509 *one = read_cert("one.pem"), *two = read_cert("two.pem");
    assert_int_not_equal(ASN1_INTEGER_cmp(X509_get0_serialNumber(one), X509_get0_serialNumber(two)),
                         0);
    assert_true(ASN1_STRING_length(X509_get0_serialNumber(one)) == 16);
    X509_free(one);
    X509_free(two);
}

static void files_that_exist_stay(void **state)
{
    (void)state;
    struct srv_error err = {0};
    struct srv_cert_config config = config_of(SRV_KEY_P256);
    char text[16] = "";
    config.overwrite = false;
    assert_true(write_text("kept.pem", "kept\n"));
    assert_false(srv_cert_make(&config, "kept.pem", "new_key.pem", &err));
    assert_string_equal(err.text, "'kept.pem' exists");
    assert_false(srv_cert_make(&config, "new_cert.pem", "kept.pem", &err));
    assert_int_not_equal(access("new_key.pem", F_OK), 0);
    assert_int_not_equal(access("new_cert.pem", F_OK), 0);
    FILE *f = fopen("kept.pem", "r");
    assert_non_null(f);
    assert_non_null(fgets(text, sizeof text, f));
    fclose(f);
    assert_string_equal(text, "kept\n");
}

static void a_folder_that_is_missing_is_named(void **state)
{
    (void)state;
    struct srv_error err = {0};
    struct srv_cert_config config = config_of(SRV_KEY_P256);
    assert_false(srv_cert_make(&config, "none/cert.pem", "none/key.pem", &err));
    assert_string_equal(err.text, "cannot write 'none/key.pem': No such file or directory");
}

static void hosts_are_checked(void **state)
{
    (void)state;
    static const char *const good[] = {"localhost", "a.b-c.example", "10.0.2.2",
                                       "fd00::1",   "*.a.example",   "esp_1.local"};
    static const char *const bad[] = {
        "",          " ",    "a b", "a..b",          "-a",      "a-",  "a.", "*", "*.*.a", "a.*.b",
        "https://a", "a:80", "a/b", "192.168.1.300", "a,DNS:b", "a\nb"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        print_message("'%s'\n", good[i]);
        assert_true(srv_cert_is_host(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        print_message("'%s'\n", bad[i]);
        assert_false(srv_cert_is_host(bad[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openssl_trusts_its_names),
        cmocka_unit_test(mbedtls_trusts_its_names),
        cmocka_unit_test(the_key_is_private_and_matches),
        cmocka_unit_test(serials_differ),
        cmocka_unit_test(files_that_exist_stay),
        cmocka_unit_test(a_folder_that_is_missing_is_named),
        cmocka_unit_test(hosts_are_checked),
    };
    return cmocka_run_group_tests(tests, enter, NULL);
}
