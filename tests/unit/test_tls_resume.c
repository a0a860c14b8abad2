/* SPDX-License-Identifier: Apache-2.0 */
/* What a second connection takes over from the first, and what it must not; and the certificate by
 * which the device proves itself. */
#include "tls_lab.h"

#include <stdlib.h>

#include "tls_cache.h"
#include "tls_certs.h"

#define HOST    TLS_LAB_HOST
#define HOUR_MS (3600u * 1000u)
#define DAY_S   86400

static struct tls_peer_cert server_cert; /* for HOST and server.example; pem: its authority's */
static X509 *authority, *own_cert, *foreign_cert;
static char foreign_pem[4096], own_pem[4096], foreign_own_pem[4096];
static char own_key[4096], other_key[4096], sealed_key[4096], rsa_key[4096];

static X509 *make(const struct tls_cert_spec *spec, unsigned key, X509 *issuer, unsigned issuer_key)
{
    return tls_certs_make(spec, tls_certs_key(TLS_KEY_P256, key), FAKE_BUILD_S, issuer,
                          issuer != NULL ? tls_certs_key(TLS_KEY_P256, issuer_key) : NULL);
}

static int make_certs(void **state)
{
    (void)state;
    struct tls_cert_spec ca = {.name = "authority", .basic = "critical, CA:TRUE"};
    authority = make(&ca, 0, NULL, 0);
    ca.name = "elsewhere";
    foreign_cert = make(&ca, 1, NULL, 0);
    server_cert.x509 = make(&(struct tls_cert_spec){.name = "server",
                                                    .san = "IP:" HOST ", DNS:server.example",
                                                    .from_day = 10,
                                                    .to_day = 20},
                            2, authority, 0);
    server_cert.key = tls_certs_key(TLS_KEY_P256, 2);
    own_cert = make(&(struct tls_cert_spec){.name = "device 7"}, 3, authority, 0);
    X509 *foreign_own = make(&(struct tls_cert_spec){.name = "device 8"}, 3, foreign_cert, 1);
    tls_certs_append_pem(authority, server_cert.pem, sizeof(server_cert.pem));
    tls_certs_append_pem(foreign_cert, foreign_pem, sizeof(foreign_pem));
    tls_certs_append_pem(own_cert, own_pem, sizeof(own_pem));
    tls_certs_append_pem(foreign_own, foreign_own_pem, sizeof(foreign_own_pem));
    X509_free(foreign_own);
    tls_certs_key_pem(tls_certs_key(TLS_KEY_P256, 3), NULL, own_key, sizeof(own_key));
    tls_certs_key_pem(tls_certs_key(TLS_KEY_P256, 1), NULL, other_key, sizeof(other_key));
    tls_certs_key_pem(tls_certs_key(TLS_KEY_P256, 3), "secret", sealed_key, sizeof(sealed_key));
    tls_certs_key_pem(tls_certs_key(TLS_KEY_RSA2048, 0), NULL, rsa_key, sizeof(rsa_key));
    return 0;
}

static int free_certs(void **state)
{
    (void)state;
    esp_tls_session_forget();
    tls_peer_stop();
    X509_free(server_cert.x509);
    X509_free(authority);
    X509_free(own_cert);
    X509_free(foreign_cert);
    tls_certs_free_keys();
    return 0;
}

static void set_id_context(SSL_CTX *ctx)
{
    SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"test", 4);
}

/* Sessions by their id in the server's own memory. */
static void without_tickets(SSL_CTX *ctx)
{
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    set_id_context(ctx);
}

static void without_sessions(SSL_CTX *ctx)
{
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
}

static void short_lived(SSL_CTX *ctx)
{
    SSL_CTX_set_timeout(ctx, 3600);
}

static struct tls_peer_config plain_server(void)
{
    return (struct tls_peer_config){
        .cert = &server_cert, .answer = "good", .answer_len = 4, .end = TLS_PEER_NOTIFY};
}

static struct esp_tls_session_config plain_client(void)
{
    return (struct esp_tls_session_config){
        .host = HOST, .port = 8070, .ca_pem = server_cert.pem, .timeout_ms = 5000};
}

/* Connects, exchanges a word, closes. */
static esp_err_t connect_as(const struct esp_tls_session_config *config, bool *resumed)
{
    struct esp_tls_session *session = NULL;
    *resumed = false;
    esp_err_t err = esp_tls_session_open(config, &session);
    if (err == ESP_OK) {
        *resumed = esp_tls_session_is_resumed(session);
        tls_lab_exchange(session);
    }
    assert_int_equal(tls_peer_open_connections(), 0);
    return err;
}

static void connects(const struct esp_tls_session_config *config, bool is_resumed)
{
    bool resumed;
    esp_err_t err = connect_as(config, &resumed);
    if (err != ESP_OK) {
        fail_msg("refused: 0x%x\n%s", (unsigned)err, fake_log_text());
    }
    assert_int_equal(resumed, is_resumed);
}

static void is_refused(const struct esp_tls_session_config *config, esp_err_t wanted,
                       const char *says)
{
    bool resumed;
    assert_int_equal(connect_as(config, &resumed), wanted);
    tls_lab_expect_log(says);
}

/* A first connection to a server that goes on running. */
static void first_connection(void (*tune)(SSL_CTX *))
{
    static struct tls_peer_config server;
    struct esp_tls_session_config client = plain_client();
    server = plain_server();
    server.tune = tune;
    tls_peer_start(&server);
    connects(&client, false);
}

/* --- resumed --- */

static void a_ticket_is_taken_up(void **state)
{
    (void)state;
    struct esp_tls_session_config client = plain_client();
    first_connection(NULL);
    for (int i = 0; i < 3; i++) {
        connects(&client, true);
    }
    assert_int_equal(tls_peer_resumed(), 3);
}

static void a_session_id_is_taken_up(void **state)
{
    (void)state;
    struct esp_tls_session_config client = plain_client();
    first_connection(without_tickets);
    connects(&client, true);
    connects(&client, true);
    assert_int_equal(tls_peer_resumed(), 2);
}

static void a_server_without_sessions_is_no_worse(void **state)
{
    (void)state;
    struct esp_tls_session_config client = plain_client();
    first_connection(without_sessions);
    connects(&client, false);
}

static void a_server_that_lost_its_keys_shakes_hands_anew(void **state)
{
    (void)state;
    struct esp_tls_session_config client = plain_client();
    first_connection(NULL);
    first_connection(NULL); /* restarted: the ticket is garbage to it */
    assert_int_equal(tls_peer_connects(), 1);
    connects(&client, true);
}

static void a_failure_at_resuming_is_followed_by_a_full_handshake(void **state)
{
    (void)state;
    struct tls_peer_config garbage = {
        .raw = "\x15\3\3\0\2\2\x50", .raw_len = 7, .end = TLS_PEER_STAYS};
    struct esp_tls_session_config client = plain_client();
    bool resumed;
    first_connection(NULL);
    tls_peer_start(&garbage);
    assert_int_equal(connect_as(&client, &resumed), TLS_LAB_REFUSED);
    assert_int_equal(tls_peer_connects(), 2);
    assert_true(fake_log_has("trying a full handshake"));
    assert_int_equal(connect_as(&client, &resumed), TLS_LAB_REFUSED);
    assert_int_equal(tls_peer_connects(), 3); /* nothing is left to take up */
}

static void silence_at_resuming_costs_one_deadline(void **state)
{
    (void)state;
    struct tls_peer_config silent = {.raw = "", .raw_len = 0};
    struct esp_tls_session_config client = plain_client();
    bool resumed;
    first_connection(NULL);
    tls_peer_start(&silent);
    assert_int_equal(connect_as(&client, &resumed), ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT);
    assert_int_equal(tls_peer_connects(), 1);
    assert_int_equal(fake_now_ms(), 15000);
}

/* --- not resumed: the terms are others --- */

static void another_host_is_verified(void **state)
{
    (void)state;
    struct esp_tls_session_config client = plain_client();
    first_connection(NULL);
    client.host = "server.example";
    connects(&client, false);
    client.host = "other.example";
    is_refused(&client, TLS_LAB_REFUSED, "is for another name (10.0.2.2, server.example)");
}

static void another_port_is_verified(void **state)
{
    (void)state;
    struct esp_tls_session_config client = plain_client();
    first_connection(NULL);
    client.port = 8071;
    connects(&client, false);
}

static void another_authority_is_asked(void **state)
{
    (void)state;
    struct esp_tls_session_config client = plain_client();
    first_connection(NULL);
    client.ca_pem = foreign_pem;
    is_refused(&client, TLS_LAB_REFUSED, "another authority than the given CA");
}

static void an_unchecked_name_does_not_become_a_checked_one(void **state)
{
    (void)state;
    struct tls_peer_config server = plain_server();
    struct esp_tls_session_config client = plain_client();
    tls_peer_start(&server);
    client.host = "other.example";
    client.skip_common_name = true;
    connects(&client, false);
    connects(&client, true);
    client.skip_common_name = false;
    is_refused(&client, TLS_LAB_REFUSED, "is for another name");
}

static void another_expected_name_is_checked(void **state)
{
    (void)state;
    struct esp_tls_session_config client = plain_client();
    first_connection(NULL);
    client.common_name = "other.example";
    is_refused(&client, TLS_LAB_REFUSED, "is for another name");
}

static void it_ends_with_the_ticket(void **state)
{
    (void)state;
    struct esp_tls_session_config client = plain_client();
    first_connection(short_lived);
    fake_pass_ms(HOUR_MS - 1000);
    connects(&client, true);
    fake_pass_ms(2000); /* an hour since the verification, whatever newer tickets say */
    connects(&client, false);
}

static void it_ends_with_the_day(void **state)
{
    (void)state;
    struct esp_tls_session_config client = plain_client();
    first_connection(without_tickets);
    fake_pass_ms(24 * HOUR_MS + 1000);
    connects(&client, false);
}

static void it_ends_with_the_certificate(void **state)
{
    (void)state;
    struct esp_tls_session_config client = plain_client();
    fake_set_date(FAKE_BUILD_S + 19 * (int64_t)DAY_S);
    first_connection(NULL);
    connects(&client, true);
    fake_set_date(FAKE_BUILD_S + 20 * (int64_t)DAY_S + 1);
    is_refused(&client, TLS_LAB_REFUSED, "has expired");
}

static void a_time_that_becomes_known_counts(void **state)
{
    (void)state;
    struct esp_tls_session_config client = plain_client();
    first_connection(NULL); /* the certificate begins later than the build, the time is unknown */
    fake_set_date(FAKE_BUILD_S + 9 * (int64_t)DAY_S);
    is_refused(&client, TLS_LAB_REFUSED, "is not valid yet");
    fake_set_date(FAKE_BUILD_S + 11 * (int64_t)DAY_S);
    connects(&client, false);
}

static int no_random(void *unused, unsigned char *out, size_t len)
{
    (void)unused;
    memset(out, 0, len);
    return 0;
}

/* A connection outside of any network, to hand sessions over. */
static void make_idle(mbedtls_ssl_context *ssl, mbedtls_ssl_config *conf)
{
    mbedtls_ssl_init(ssl);
    mbedtls_ssl_config_init(conf);
    assert_int_equal(mbedtls_ssl_config_defaults(conf, MBEDTLS_SSL_IS_CLIENT,
                                                 MBEDTLS_SSL_TRANSPORT_STREAM,
                                                 MBEDTLS_SSL_PRESET_DEFAULT),
                     0);
    mbedtls_ssl_conf_rng(conf, no_random, NULL);
    assert_int_equal(mbedtls_ssl_setup(ssl, conf), 0);
}

/* Two tasks connect at once: what one resumed has no claim to what the other verified. And an age
 * of fifty days is not one of an hour. */
static void a_verification_is_not_lent_nor_made_young(void **state)
{
    (void)state;
    const uint64_t wrap_ms = UINT64_C(1) << 32;
    struct esp_tls_session_config client = plain_client();
    uint8_t key[TLS_CACHE_KEY_LEN], other[TLS_CACHE_KEY_LEN];
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config conf;
    bool is_offered;
    first_connection(NULL);
    tls_cache_key(&client, HOST, key);
    memcpy(other, key, sizeof(other));
    other[0] ^= 1;
    make_idle(&ssl, &conf);
    assert_int_equal(tls_cache_offer(key, fake_now_ms(), &ssl, &is_offered), 0);
    assert_true(is_offered);
    ssl.MBEDTLS_PRIVATE(session) = ssl.MBEDTLS_PRIVATE(session_negotiate);
    ssl.MBEDTLS_PRIVATE(session_negotiate) = NULL;
    tls_cache_keep(other, fake_now_ms(), NULL, &ssl);
    mbedtls_ssl_free(&ssl);
    mbedtls_ssl_config_free(&conf);

    make_idle(&ssl, &conf);
    assert_int_equal(tls_cache_offer(other, fake_now_ms(), &ssl, &is_offered), 0);
    assert_false(is_offered);
    assert_int_equal(tls_cache_offer(key, wrap_ms + fake_now_ms(), &ssl, &is_offered), 0);
    assert_false(is_offered);
    mbedtls_ssl_free(&ssl);
    mbedtls_ssl_config_free(&conf);
}

static void forgetting_forgets(void **state)
{
    (void)state;
    struct esp_tls_session_config client = plain_client();
    first_connection(NULL);
    esp_tls_session_forget();
    connects(&client, false);
}

/* --- the device's own certificate --- */

static void insists_on_a_certificate(SSL_CTX *ctx)
{
    X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), authority);
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(ctx), FAKE_BUILD_S + DAY_S);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    set_id_context(ctx);
}

static struct esp_tls_session_config identified_client(const char *cert, const char *key)
{
    static struct tls_peer_config server;
    struct esp_tls_session_config client = plain_client();
    server = plain_server();
    server.tune = insists_on_a_certificate;
    tls_peer_start(&server);
    client.client_cert_pem = cert;
    client.client_key_pem = key;
    return client;
}

static void a_device_proves_itself(void **state)
{
    (void)state;
    struct esp_tls_session_config client = identified_client(own_pem, own_key);
    connects(&client, false);
    connects(&client, true);
    client.client_cert_pem = NULL;
    client.client_key_pem = NULL;
    is_refused(&client, TLS_LAB_REFUSED, "asks for a certificate of this device");
}

static void a_foreign_device_is_told_so(void **state)
{
    (void)state;
    struct esp_tls_session_config client = identified_client(foreign_own_pem, own_key);
    is_refused(&client, TLS_LAB_REFUSED,
               "does not accept this device's certificate, alert 48 (unknown_ca)");
}

static void keys_that_do_not_fit_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *cert, *key;
        esp_err_t err;
        const char *says;
    } cases[] = {
        {own_pem, other_key, ESP_ERR_MBEDTLS_SSL_CONF_OWN_CERT_FAILED,
         "client_key_pem does not belong to client_cert_pem"},
        {own_pem, rsa_key, ESP_ERR_MBEDTLS_SSL_CONF_OWN_CERT_FAILED,
         "client_key_pem does not belong to client_cert_pem"},
        {own_pem, NULL, ESP_ERR_MBEDTLS_SSL_CONF_OWN_CERT_FAILED, "one is missing"},
        {NULL, own_key, ESP_ERR_MBEDTLS_SSL_CONF_OWN_CERT_FAILED, "one is missing"},
        {own_pem, sealed_key, ESP_ERR_MBEDTLS_PK_PARSE_KEY_FAILED, "encrypted"},
        {own_pem, "no key", ESP_ERR_MBEDTLS_PK_PARSE_KEY_FAILED, "is no PEM key of RSA or P-256"},
        {"nothing", own_key, ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED,
         "client_cert_pem is no list of PEM certificates"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct esp_tls_session_config client = identified_client(cases[i].cert, cases[i].key);
        tls_lab_reset(NULL);
        is_refused(&client, cases[i].err, cases[i].says);
        assert_int_equal(tls_peer_connects(), 0);
    }
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, tls_lab_reset)
    const struct CMUnitTest tests[] = {
        CASE(a_ticket_is_taken_up),
        CASE(a_session_id_is_taken_up),
        CASE(a_server_without_sessions_is_no_worse),
        CASE(a_server_that_lost_its_keys_shakes_hands_anew),
        CASE(a_failure_at_resuming_is_followed_by_a_full_handshake),
        CASE(silence_at_resuming_costs_one_deadline),
        CASE(another_host_is_verified),
        CASE(another_port_is_verified),
        CASE(another_authority_is_asked),
        CASE(an_unchecked_name_does_not_become_a_checked_one),
        CASE(another_expected_name_is_checked),
        CASE(it_ends_with_the_ticket),
        CASE(it_ends_with_the_day),
        CASE(it_ends_with_the_certificate),
        CASE(a_time_that_becomes_known_counts),
        CASE(a_verification_is_not_lent_nor_made_young),
        CASE(forgetting_forgets),
        CASE(a_device_proves_itself),
        CASE(a_foreign_device_is_told_so),
        CASE(keys_that_do_not_fit_are_named),
    };
    return cmocka_run_group_tests(tests, make_certs, free_certs);
}
