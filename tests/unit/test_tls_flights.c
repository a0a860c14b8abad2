/* SPDX-License-Identifier: Apache-2.0 */
/* Every byte of the flights that a server sends for a handshake: one bit of it flipped, or the
 * stream ended there. */
#include "tls_lab.h"

static size_t flip_at, n_seen;

static size_t flip_one(void *ctx, uint8_t *bytes, size_t len, size_t cap)
{
    (void)ctx, (void)cap;
    if (flip_at >= n_seen && flip_at < n_seen + len) {
        bytes[flip_at - n_seen] ^= 0x10;
    }
    n_seen += len;
    return len;
}

/* A handshake's ECDSA signature in DER is mostly 70 to 72 bytes long; one in a million is shorter
 * than 66. */
#define SIGNATURE_SLACK 6u

/* Bytes that the server sends for a handshake, at least. */
static size_t handshake_len(void)
{
    struct tls_peer_config server = {
        .cert = &tls_lab_cert, .bend = flip_one, .answer = "good", .answer_len = 4};
    struct esp_tls_session *session;
    n_seen = 0;
    flip_at = SIZE_MAX;
    assert_int_equal(tls_lab_open(&server, TLS_LAB_HOST, tls_lab_cert.pem, &session), ESP_OK);
    esp_tls_session_close(session);
    return n_seen - SIGNATURE_SLACK;
}

static void a_flipped_bit_anywhere_is_refused(void **state)
{
    (void)state;
    struct tls_peer_config server = {
        .cert = &tls_lab_cert, .bend = flip_one, .answer = "good", .answer_len = 4};
    struct esp_tls_session *session;
    size_t len = handshake_len();
    assert_true(len > 500);
    unsigned n_borne = 0;
    for (size_t at = 0; at < len; at++) {
        tls_lab_reset(NULL);
        n_seen = 0;
        flip_at = at;
        if (tls_lab_open(&server, TLS_LAB_HOST, tls_lab_cert.pem, &session) == ESP_OK) {
            n_borne++;
            esp_tls_session_close(session);
            continue;
        }
        assert_true(fake_log_has("mbedtls error: 0x"));
        assert_int_equal(tls_peer_open_connections(), 0);
        assert_in_range(fake_now_ms(), 0, 15000);
    }
    /* The minor version in the header of a record in clear is no secret and decides nothing. */
    assert_in_range(n_borne, 0, 7);
}

static void an_end_anywhere_is_told(void **state)
{
    (void)state;
    struct tls_peer_config server = {.cert = &tls_lab_cert, .answer = "good", .answer_len = 4};
    struct esp_tls_session *session;
    static const enum tls_peer_end ends[] = {TLS_PEER_STAYS, TLS_PEER_FIN, TLS_PEER_RESET};
    size_t len = handshake_len();
    for (size_t at = 1; at < len; at += 3) {
        tls_lab_reset(NULL);
        server.cut_wire_at = at;
        server.end = ends[at % 9 / 3];
        esp_err_t err = tls_lab_open(&server, TLS_LAB_HOST, tls_lab_cert.pem, &session);
        if (server.end == TLS_PEER_STAYS) {
            assert_int_equal(err, ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT);
            assert_int_equal(fake_now_ms(), 15000);
        } else {
            assert_int_equal(err, ESP_ERR_HTTP_CONNECTION_CLOSED);
            assert_true(fake_log_has(server.end == TLS_PEER_FIN ? "closed the connection"
                                                                : "was lost; check the network"));
        }
        assert_int_equal(tls_peer_open_connections(), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flipped_bit_anywhere_is_refused),
        cmocka_unit_test(an_end_anywhere_is_told),
    };
    return cmocka_run_group_tests(tests, tls_lab_make, tls_lab_free);
}
