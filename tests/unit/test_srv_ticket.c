/* SPDX-License-Identifier: Apache-2.0 */
/* Tickets of the server: taken up while their key lives, by this server alone, and not when
 * changed. Client and server are OpenSSL in memory; the keys' clock is ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/ssl.h>

#include "ticket.h"
#include "tls_certs.h"

#define HOUR_S 3600

static time_t now_s;
static X509 *x509;

static time_t clock_of_the_test(time_t *out)
{
    (void)out;
    return now_s;
}

static SSL_CTX *new_server(void)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
    assert_int_equal(SSL_CTX_use_certificate(ctx, x509), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey(ctx, tls_certs_key(TLS_KEY_P256, 0)), 1);
    assert_true(srv_ticket_enable(ctx));
    now_s = time(NULL);
    srv_ticket_set_clock(ctx, clock_of_the_test);
    return ctx;
}

static void connect_ends(SSL *a, SSL *b)
{
    BIO *a_to_b = BIO_new(BIO_s_mem()), *b_to_a = BIO_new(BIO_s_mem());
    BIO_up_ref(a_to_b);
    BIO_up_ref(b_to_a);
    SSL_set_bio(a, b_to_a, a_to_b);
    SSL_set_bio(b, a_to_b, b_to_a);
}

/* Shakes hands with *session, if there is one, and replaces it by what the server gives. Returns
 * whether it was taken up. */
static bool shake(SSL_CTX *server_ctx, SSL_SESSION **session)
{
    SSL_CTX *client_ctx = SSL_CTX_new(TLS_client_method());
    SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
    connect_ends(client, server);
    SSL_set_connect_state(client);
    SSL_set_accept_state(server);
    if (*session) {
        assert_int_equal(SSL_set_session(client, *session), 1);
    }
    for (int i = 0; i < 6; i++) {
        (void)SSL_do_handshake(client);
        (void)SSL_do_handshake(server);
    }
    assert_true(SSL_is_init_finished(client));
    bool was_reused = SSL_session_reused(server) == 1;
    assert_int_equal(SSL_session_reused(client), was_reused);
    SSL_SESSION_free(*session);
    *session = SSL_get1_session(client);
    SSL_shutdown(client);
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(client_ctx);
    return was_reused;
}

static void a_ticket_is_taken_up(void **state)
{
    (void)state;
    SSL_CTX *server = new_server();
    SSL_SESSION *session = NULL;
    assert_false(shake(server, &session));
    assert_true(SSL_SESSION_has_ticket(session));
    assert_int_equal(SSL_SESSION_get_ticket_lifetime_hint(session), SRV_TICKET_LIFE_S);
    assert_true(shake(server, &session));
    assert_true(shake(server, &session));
    SSL_SESSION_free(session);
    SSL_CTX_free(server);
}

static const uint8_t *ticket_of(SSL_SESSION *session, size_t *len)
{
    const unsigned char *ticket;
    SSL_SESSION_get0_ticket(session, &ticket, len);
    return ticket;
}

static void keys_change_twice_a_day(void **state)
{
    (void)state;
    SSL_CTX *server = new_server();
    SSL_SESSION *session = NULL;
    uint8_t first[16];
    size_t len;
    assert_false(shake(server, &session));
    memcpy(first, ticket_of(session, &len), sizeof(first));
    now_s += 11 * HOUR_S;
    assert_true(shake(server, &session));
    assert_memory_equal(first, ticket_of(session, &len), sizeof(first));
    now_s += HOUR_S;
    SSL_SESSION *other = NULL;
    assert_false(shake(server, &other)); /* seals with a new key, */
    assert_memory_not_equal(first, ticket_of(other, &len), sizeof(first));
    assert_true(shake(server, &session)); /* opens the old, and gives a new ticket */
    assert_memory_not_equal(first, ticket_of(session, &len), sizeof(first));
    SSL_SESSION_free(other);
    SSL_SESSION_free(session);
    SSL_CTX_free(server);
}

static void an_old_key_opens_nothing(void **state)
{
    (void)state;
    SSL_CTX *server = new_server();
    SSL_SESSION *session = NULL;
    assert_false(shake(server, &session));
    now_s += 36 * HOUR_S;
    assert_false(shake(server, &session));
    SSL_SESSION_free(session);
    SSL_CTX_free(server);
}

static void another_server_cannot_open_it(void **state)
{
    (void)state;
    SSL_CTX *server = new_server(), *other = new_server();
    SSL_SESSION *session = NULL;
    assert_false(shake(server, &session));
    assert_false(shake(other, &session));
    SSL_SESSION_free(session);
    SSL_CTX_free(server);
    SSL_CTX_free(other);
}

/* Each byte in turn: name, IV, contents, MAC. */
static void a_changed_ticket_is_not_taken_up(void **state)
{
    (void)state;
    SSL_CTX *server = new_server();
    SSL_SESSION *session = NULL;
    size_t len;
    assert_false(shake(server, &session));
    (void)ticket_of(session, &len);
    for (size_t at = 0; at < len; at += 7) {
        SSL_SESSION *bent = SSL_SESSION_dup(session);
        ((uint8_t *)(uintptr_t)ticket_of(bent, &len))[at] ^= 1;
        assert_false(shake(server, &bent));
        SSL_SESSION_free(bent);
    }
    assert_true(shake(server, &session));
    SSL_SESSION_free(session);
    SSL_CTX_free(server);
}

static int make_cert(void **state)
{
    (void)state;
    struct tls_cert_spec spec = {.name = "server", .san = "DNS:server.example"};
    x509 = tls_certs_make(&spec, tls_certs_key(TLS_KEY_P256, 0), time(NULL), NULL, NULL);
    return 0;
}

static int free_cert(void **state)
{
    (void)state;
    X509_free(x509);
    tls_certs_free_keys();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ticket_is_taken_up),
        cmocka_unit_test(keys_change_twice_a_day),
        cmocka_unit_test(an_old_key_opens_nothing),
        cmocka_unit_test(another_server_cannot_open_it),
        cmocka_unit_test(a_changed_ticket_is_not_taken_up),
    };
    return cmocka_run_group_tests(tests, make_cert, free_cert);
}
