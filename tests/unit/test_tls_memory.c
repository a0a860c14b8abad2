/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a session when memory fails at each allocation in turn: it ends with ESP_ERR_NO_MEM, or
 * is as good as ever; nothing leaks, nothing stays open, and the next try succeeds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "esp_tls_session.h"
#include "fake_device.h"
#include "tls_certs.h"
#include "tls_peer.h"

#define HOST  "10.0.2.2"
#define NEVER UINT32_MAX

static uint32_t n_until_failure = NEVER;
static uint32_t n_asked;
static struct tls_peer_cert server_cert;
static char own_pem[4096], own_key[4096];

/* The linker puts it before libc's (mk/client.mk): all that the device's code takes. */
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size)
{
    n_asked++;
    if (n_until_failure != NEVER && n_until_failure-- == 0) {
        n_until_failure = NEVER;
        return NULL;
    }
    return __real_calloc(n, size);
}

static int believe(X509_STORE_CTX *store, void *arg)
{
    (void)store;
    (void)arg;
    return 1;
}

static void accept_any(SSL_CTX *ctx)
{
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(ctx, believe, NULL);
    SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"test", 4);
}

static esp_err_t open_once(bool with_identity, bool *is_resumed)
{
    struct esp_tls_session *session = NULL;
    struct esp_tls_session_config config = {
        .host = HOST, .port = 8070, .ca_pem = server_cert.pem, .timeout_ms = 5000};
    if (with_identity) {
        config.client_cert_pem = own_pem;
        config.client_key_pem = own_key;
    }
    esp_err_t err = esp_tls_session_open(&config, &session);
    *is_resumed = err == ESP_OK && esp_tls_session_is_resumed(session);
    esp_tls_session_close(session);
    assert_int_equal(tls_peer_open_connections(), 0);
    return err;
}

/* Fails the n-th allocation, for each n at first and then in growing steps (the arithmetic takes
 * thousands, all alike), until one is no longer reached. */
static void fail_each(bool with_identity, bool resumed)
{
    struct tls_peer_config server = {.cert = &server_cert, .tune = accept_any};
    bool was_resumed;
    unsigned n_refused = 0;
    for (uint32_t n = 0;; n += 1 + n / 16) {
        fake_device_reset();
        esp_tls_session_forget();
        tls_peer_start(&server);
        if (resumed) {
            assert_int_equal(open_once(with_identity, &was_resumed), ESP_OK);
        }
        n_asked = 0;
        n_until_failure = n;
        esp_err_t err = open_once(with_identity, &was_resumed);
        bool was_reached = n_until_failure == NEVER;
        n_until_failure = NEVER;
        if (!was_reached) {
            assert_int_equal(err, ESP_OK);
            break;
        }
        if (err != ESP_OK) {
            n_refused++;
            if (err != ESP_ERR_NO_MEM) {
                fail_msg("allocation %u: 0x%x\n%s", n, (unsigned)err, fake_log_text());
            }
            assert_true(fake_log_has("out of memory") || fake_log_has("cannot connect to"));
        }
        assert_int_equal(open_once(with_identity, &was_resumed), ESP_OK);
    }
    assert_true(n_refused > 8);
}

static void at_each_allocation_of_a_full_handshake(void **state)
{
    (void)state;
    fail_each(false, false);
}

static void at_each_allocation_of_a_resumed_one(void **state)
{
    (void)state;
    fail_each(false, true);
}

static void at_each_allocation_with_a_certificate_of_its_own(void **state)
{
    (void)state;
    fail_each(true, false);
}

static int make_certs(void **state)
{
    (void)state;
    tls_peer_cert_new(&server_cert, "IP:" HOST, 0);
    X509 *own =
        tls_certs_make(&(struct tls_cert_spec){.name = "device"}, tls_certs_key(TLS_KEY_P256, 0),
                       (int64_t)time(NULL), server_cert.x509, server_cert.key);
    tls_certs_append_pem(own, own_pem, sizeof(own_pem));
    tls_certs_key_pem(tls_certs_key(TLS_KEY_P256, 0), NULL, own_key, sizeof(own_key));
    X509_free(own);
    return 0;
}

static int free_certs(void **state)
{
    (void)state;
    esp_tls_session_forget();
    tls_peer_stop();
    tls_peer_cert_free(&server_cert);
    tls_certs_free_keys();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_each_allocation_of_a_full_handshake),
        cmocka_unit_test(at_each_allocation_of_a_resumed_one),
        cmocka_unit_test(at_each_allocation_with_a_certificate_of_its_own),
    };
    return cmocka_run_group_tests(tests, make_certs, free_certs);
}
