/* SPDX-License-Identifier: Apache-2.0 */
/* The device's TLS session, with its own mbedTLS configuration, against OpenSSL in memory: what it
 * accepts, what it refuses, and that each refusal says cause, number and cure. */
#include "tls_lab.h"

#include <stdlib.h>

#include "tls_explain.h"

#define HOST TLS_LAB_HOST

static struct tls_peer_cert cert_p256, cert_rsa, cert_dns, cert_other;
static uint8_t body[100000];

static int make_certs(void **state)
{
    (void)state;
    tls_peer_cert_new(&cert_p256, "IP:" HOST, 0);
    tls_peer_cert_new(&cert_rsa, "IP:" HOST, 2048);
    tls_peer_cert_new(&cert_dns, "DNS:updates.example", 0);
    tls_peer_cert_new(&cert_other, "IP:" HOST, 0);
    for (size_t i = 0; i < sizeof(body); i++) {
        body[i] = (uint8_t)(i * 7 + i / 251);
    }
    return 0;
}

static int free_certs(void **state)
{
    (void)state;
    tls_peer_cert_free(&cert_p256);
    tls_peer_cert_free(&cert_rsa);
    tls_peer_cert_free(&cert_dns);
    tls_peer_cert_free(&cert_other);
    tls_peer_stop();
    return 0;
}

static void refused(const struct tls_peer_config *server, const char *host, const char *pem,
                    esp_err_t err, const char *number, const char *text)
{
    struct esp_tls_session *session = NULL;
    assert_int_equal(tls_lab_open(server, host, pem, &session), err);
    assert_null(session);
    assert_int_equal(tls_peer_open_connections(), 0);
    tls_lab_expect_log(number);
    tls_lab_expect_log(text);
}

/* Reads until the stream ends; returns how. */
static enum esp_tls_end read_all(struct esp_tls_session *session, uint8_t *out, size_t cap,
                                 size_t *total)
{
    enum esp_tls_end end = ESP_TLS_END_NONE;
    *total = 0;
    for (;;) {
        size_t n;
        assert_true(*total < cap);
        size_t want = cap - *total < 1000 ? cap - *total : 1000;
        assert_int_equal(esp_tls_session_read(session, out + *total, want, 5000, &n, &end), ESP_OK);
        if (n == 0) {
            return end;
        }
        *total += n;
    }
}

static void transfer(const struct tls_peer_config *server, enum esp_tls_end how)
{
    struct esp_tls_session *session = NULL;
    assert_int_equal(tls_lab_open(server, HOST, server->cert->pem, &session), ESP_OK);
    assert_int_equal(esp_tls_session_write(session, "hello", 5, 5000), ESP_OK);
    uint8_t *got = malloc(sizeof(body) + 1);
    size_t total;
    assert_int_equal(read_all(session, got, sizeof(body) + 1, &total), how);
    assert_int_equal(total, sizeof(body));
    assert_memory_equal(got, body, sizeof(body));
    free(got);
    assert_string_equal(tls_peer_request(), "hello");
    esp_tls_session_close(session);
    assert_int_equal(tls_peer_open_connections(), 0);
}

static void p256_server_prefers_chacha_and_small_records(void **state)
{
    (void)state;
    struct tls_peer_config server = {
        .cert = &cert_p256, .answer = body, .answer_len = sizeof(body), .end = TLS_PEER_NOTIFY};
    transfer(&server, ESP_TLS_END_NOTIFY);
    assert_string_equal(tls_peer_cipher(), "ECDHE-ECDSA-CHACHA20-POLY1305");
    assert_int_equal(tls_peer_fragment_code(), TLSEXT_max_fragment_length_4096);
}

static void rsa_server_and_other_ciphers(void **state)
{
    (void)state;
    static const char *const ciphers[] = {"ECDHE-RSA-CHACHA20-POLY1305",
                                          "ECDHE-RSA-AES128-GCM-SHA256",
                                          "ECDHE-RSA-AES256-GCM-SHA384"};
    for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
        struct tls_peer_config server = {.cert = &cert_rsa,
                                         .ciphers = ciphers[i],
                                         .answer = body,
                                         .answer_len = sizeof(body),
                                         .end = TLS_PEER_NOTIFY};
        transfer(&server, ESP_TLS_END_NOTIFY);
        assert_string_equal(tls_peer_cipher(), ciphers[i]);
    }
}

static void fin_without_notify_is_told_apart(void **state)
{
    (void)state;
    struct tls_peer_config server = {
        .cert = &cert_p256, .answer = body, .answer_len = sizeof(body), .end = TLS_PEER_FIN};
    transfer(&server, ESP_TLS_END_FIN);
}

static void timeout_leaves_the_session_usable(void **state)
{
    (void)state;
    struct tls_peer_config server = {.cert = &cert_p256, .answer = "late", .answer_len = 4};
    struct esp_tls_session *session = NULL;
    assert_int_equal(tls_lab_open(&server, HOST, cert_p256.pem, &session), ESP_OK);
    uint8_t buf[16];
    size_t n;
    enum esp_tls_end end;
    assert_int_equal(esp_tls_session_read(session, buf, sizeof(buf), 3000, &n, &end),
                     ESP_ERR_TIMEOUT);
    assert_int_equal(fake_now_ms(), 3000);
    assert_int_equal(esp_tls_session_write(session, "x", 1, 5000), ESP_OK);
    assert_int_equal(esp_tls_session_read(session, buf, sizeof(buf), 3000, &n, &end), ESP_OK);
    assert_int_equal(n, 4);
    assert_memory_equal(buf, "late", 4);
    esp_tls_session_close(session);
}

static void reset_and_cut_record_are_lost_connections(void **state)
{
    (void)state;
    struct tls_peer_config server = {
        .cert = &cert_p256, .answer = body, .answer_len = 4000, .end = TLS_PEER_RESET};
    for (int cut = 0; cut < 2; cut++) {
        if (cut) {
            server.cut_wire_at = 2500;
            server.end = TLS_PEER_FIN;
        }
        struct esp_tls_session *session = NULL;
        assert_int_equal(tls_lab_open(&server, HOST, cert_p256.pem, &session), ESP_OK);
        assert_int_equal(esp_tls_session_write(session, "x", 1, 5000), ESP_OK);
        uint8_t buf[5000];
        size_t n;
        enum esp_tls_end end;
        esp_err_t err;
        do {
            err = esp_tls_session_read(session, buf, sizeof(buf), 3000, &n, &end);
        } while (err == ESP_OK && n > 0);
        assert_int_equal(err, ESP_ERR_HTTP_CONNECTION_CLOSED);
        esp_tls_session_close(session);
    }
}

static void names_are_checked(void **state)
{
    (void)state;
    struct tls_peer_config server = {.cert = &cert_dns, .answer = "x", .answer_len = 1};
    struct esp_tls_session *session = NULL;
    assert_int_equal(tls_lab_open(&server, "updates.example", cert_dns.pem, &session), ESP_OK);
    esp_tls_session_close(session);
    refused(&server, HOST, cert_dns.pem, ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED,
            "mbedtls error: 0x2700", "is for another name (updates.example), not for 10.0.2.2");

    struct tls_peer_config by_ip = {.cert = &cert_p256};
    refused(&by_ip, "10.0.2.3", cert_p256.pem, ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED,
            "mbedtls error: 0x2700", "another name (10.0.2.2), not for 10.0.2.3");
}

static void owner_may_check_another_name_or_the_issuer_alone(void **state)
{
    (void)state;
    struct tls_peer_config server = {.cert = &cert_dns};
    struct esp_tls_session *session = NULL;
    struct esp_tls_session_config config = {.host = HOST,
                                            .port = 1,
                                            .ca_pem = cert_dns.pem,
                                            .common_name = "updates.example",
                                            .timeout_ms = 5000};
    tls_peer_start(&server);
    assert_int_equal(esp_tls_session_open(&config, &session), ESP_OK);
    esp_tls_session_close(session);

    config.common_name = NULL;
    config.skip_common_name = true;
    assert_int_equal(esp_tls_session_open(&config, &session), ESP_OK);
    esp_tls_session_close(session);
    tls_lab_expect_log("the server's name is not checked");

    config.ca_pem = cert_other.pem;
    assert_int_equal(esp_tls_session_open(&config, &session), ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED);
}

static void other_authority_is_refused(void **state)
{
    (void)state;
    struct tls_peer_config server = {.cert = &cert_other};
    refused(&server, HOST, cert_p256.pem, ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED,
            "mbedtls error: 0x2700", "another authority than the given CA; embed");
}

static void no_usable_ca_is_refused(void **state)
{
    (void)state;
    struct tls_peer_config server = {.cert = &cert_p256};
    refused(&server, HOST, NULL, ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED, "0x800b",
            "no CA certificate given");
    refused(&server, HOST, "", ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED, "0x800b",
            "no CA certificate given");
    refused(&server, HOST, "not a certificate", ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED,
            "mbedtls error: 0x", "is no PEM certificate");
    assert_int_equal(tls_peer_connects(), 0);
}

static void refusals_of_the_server_are_explained(void **state)
{
    (void)state;
    struct tls_peer_config cbc = {.cert = &cert_rsa, .ciphers = "AES128-SHA"};
    refused(&cbc, HOST, cert_rsa.pem, ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED, "mbedtls error: 0x7780",
            "no common cipher");
    struct tls_peer_config tls13 = {
        .cert = &cert_rsa, .min_version = TLS1_3_VERSION, .max_version = TLS1_3_VERSION};
    refused(&tls13, HOST, cert_rsa.pem, ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED,
            "mbedtls error: 0x7780", "refuses TLS 1.2");
    struct tls_peer_config deaf = {.cert = &cert_rsa, .refuse_connect = true};
    refused(&deaf, HOST, cert_rsa.pem, ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST, "0x8004",
            "check that the server runs there");
    refused(&deaf, "unknown.invalid", cert_rsa.pem, ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME,
            "0x8001", "cannot resolve unknown.invalid");
}

static void foreign_answers_are_explained(void **state)
{
    (void)state;
    struct tls_peer_config http = {.raw = "HTTP/1.0 400 Bad Request\r\n\r\n", .raw_len = 28};
    refused(&http, HOST, cert_p256.pem, ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED,
            "mbedtls error: 0x7200", "answers in plain http");
    struct tls_peer_config ssh = {.raw = "SSH-2.0-x\r\n", .raw_len = 11};
    refused(&ssh, HOST, cert_p256.pem, ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED,
            "mbedtls error: 0x7200", "the answer is no TLS");
    struct tls_peer_config large = {.raw = "\x16\x03\x03\x40\x00\x02", .raw_len = 6};
    refused(&large, HOST, cert_p256.pem, ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED,
            "mbedtls error: 0x7200",
            "record of 16384 bytes is larger than CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN 4096");
    struct tls_peer_config closes = {.raw = "", .raw_len = 0, .end = TLS_PEER_FIN};
    refused(&closes, HOST, cert_p256.pem, ESP_ERR_HTTP_CONNECTION_CLOSED, "mbedtls error: 0x7280",
            "closed the connection during the handshake");
}

static void a_silent_server_runs_into_the_deadline(void **state)
{
    (void)state;
    struct tls_peer_config silent = {.raw = "", .raw_len = 0};
    refused(&silent, HOST, cert_p256.pem, ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT, "no TLS answer",
            "within 15000 ms");
    assert_int_equal(fake_now_ms(), 15000);
}

static void explained(struct tls_failure f, const char *text)
{
    char line[TLS_EXPLAIN_LEN];
    f.host = HOST;
    f.name = "";
    tls_explain(&f, line, sizeof(line));
    if (strstr(line, text) == NULL) {
        fail_msg("'%s' lacks '%s'", line, text);
    }
}

static void explanations_name_the_cure(void **state)
{
    (void)state;
    explained((struct tls_failure){.code = -0x7f00, .no_mem_len = 16717, .free_heap = 13000},
              "mbedtls error: 0x7F00: out of memory: 16717 bytes needed in one piece, 13000 free");
    explained((struct tls_failure){.code = -0x2700, .verify_flags = 0x01}, "has expired");
    explained((struct tls_failure){.code = -0x2700, .verify_flags = 0x0200}, "not valid yet");
    explained((struct tls_failure){.code = -0x2700, .verify_flags = 0x4000}, "too weak");
    struct tls_failure large = {.code = -0x7200, .in_len = 4096};
    tls_record_feed(&large.record, "\x17\x03\x03\x40\x18", 5);
    explained(large, "set CONFIG_MBEDTLS_SSL_MAX_FRAGMENT_LENGTH=y");
    large.asked_len = 4096;
    explained(large, "ignores max_fragment_length");
}

static void fragment_length_is_the_largest_that_fits(void **state)
{
    (void)state;
    assert_int_equal(tls_fragment_len(16384), 0);
    assert_int_equal(tls_fragment_len(16383), 4096);
    assert_int_equal(tls_fragment_len(4096), 4096);
    assert_int_equal(tls_fragment_len(4095), 2048);
    assert_int_equal(tls_fragment_len(1024), 1024);
    assert_int_equal(tls_fragment_len(512), 512);
    assert_int_equal(tls_fragment_len(511), 0);
}

/* However the stream is cut into pieces, the watcher sees the same records. */
static void record_watch_does_not_depend_on_the_cut(void **state)
{
    (void)state;
    static const uint8_t wire[] = {0x16, 3, 3, 0,    3, 1, 2, 3, 0x14, 3,
                                   3,    0, 0, 0x15, 3, 3, 0, 2, 2,    40};
    for (size_t first = 0; first <= sizeof(wire); first++) {
        for (size_t second = first; second <= sizeof(wire); second++) {
            struct tls_record_watch w = {0};
            tls_record_feed(&w, wire, first);
            tls_record_feed(&w, wire + first, second - first);
            tls_record_feed(&w, wire + second, sizeof(wire) - second);
            assert_true(tls_record_seen(&w));
            assert_false(tls_record_is_foreign(&w));
            assert_int_equal(tls_record_alert(&w), 40);
        }
    }
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, tls_lab_reset)
    const struct CMUnitTest tests[] = {
        CASE(p256_server_prefers_chacha_and_small_records),
        CASE(rsa_server_and_other_ciphers),
        CASE(fin_without_notify_is_told_apart),
        CASE(timeout_leaves_the_session_usable),
        CASE(reset_and_cut_record_are_lost_connections),
        CASE(names_are_checked),
        CASE(owner_may_check_another_name_or_the_issuer_alone),
        CASE(other_authority_is_refused),
        CASE(no_usable_ca_is_refused),
        CASE(refusals_of_the_server_are_explained),
        CASE(foreign_answers_are_explained),
        CASE(a_silent_server_runs_into_the_deadline),
        CASE(explanations_name_the_cure),
        CASE(fragment_length_is_the_largest_that_fits),
        CASE(record_watch_does_not_depend_on_the_cut),
    };
    return cmocka_run_group_tests(tests, make_certs, free_certs);
}
