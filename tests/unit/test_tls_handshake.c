/* SPDX-License-Identifier: Apache-2.0 */
/* Servers that handshake in every wrong way, against the device's TLS: each is refused with the
 * words that name it, or borne; none is waited for beyond the deadline. */
#include "tls_lab.h"

#include "tls_bend.h"
#include "tls_certs.h"

struct shake_case {
    const char *title;
    struct tls_peer_config server; /* cert and bend: see below */
    struct tls_bend bend;          /* how NULL: the server's handshake as it is */
    struct tls_cert_spec leaf;     /* sent instead of the server's own, signed by the authority */
    bool is_anothers;              /* the server does not have its key */
    size_t cut;                    /* bytes missing at the certificate's end */
    bool is_rsa;
    esp_err_t err;    /* 0: TLS_LAB_REFUSED when it says something */
    const char *says; /* in the log; NULL: accepted */
};

static struct tls_peer_cert p256, rsa;
static X509 *authority; /* that the device trusts beside p256, and that signs with its key */
static char trusted[8192];

static void only_x25519(SSL_CTX *ctx)
{
    SSL_CTX_set1_groups_list(ctx, "X25519");
}

static void only_p256(SSL_CTX *ctx)
{
    SSL_CTX_set1_groups_list(ctx, "P-256");
}

static void only_p521(SSL_CTX *ctx)
{
    SSL_CTX_set1_groups_list(ctx, "P-521");
}

static void asks_for_a_certificate(SSL_CTX *ctx)
{
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
}

static void insists_on_a_certificate(SSL_CTX *ctx)
{
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
}

static int refuse_name(SSL *ssl, int *alert, void *arg)
{
    (void)ssl;
    (void)arg;
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void knows_other_names(SSL_CTX *ctx)
{
    SSL_CTX_set_tlsext_servername_callback(ctx, refuse_name);
}

static int no_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                       const unsigned char *in, unsigned in_len, void *arg)
{
    (void)ssl, (void)out, (void)out_len, (void)in, (void)in_len, (void)arg;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void speaks_alpn(SSL_CTX *ctx)
{
    SSL_CTX_set_alpn_select_cb(ctx, no_protocol, NULL);
}

/* What is sent instead of the server's own certificate is odd in one way only. */
#define LEAF .name = "leaf", .san = "IP:" TLS_LAB_HOST

#define WITH(text) .data = text, .n = sizeof(text) - 1
#define POKE(which, where, text)                                                                   \
    .bend = {.how = tls_bend_poke, .message = which, .at = where, WITH(text)}
#define FLIP(which, where)   .bend = {.how = tls_bend_flip, .message = which, .at = where}
#define SUITE(text)          .bend = {.how = tls_bend_suite, WITH(text)}
#define CERTIFICATES(text)   .bend = {.how = tls_bend_replace, .message = TLS_CERTIFICATE, WITH(text)}
#define DROP(which)          .bend = {.how = tls_bend_drop, .message = which}
#define INSERT(before, text) .bend = {.how = tls_bend_insert, .message = before, WITH(text)}
#define CUT(n_first, n_rest) .bend = {.how = tls_bend_cut, .first = n_first, .rest = n_rest}

static const struct shake_case shakes[] = {
    /* --- versions --- */
    {.title = "TLS 1.3 alone",
     .server = {.min_version = TLS1_3_VERSION, .max_version = TLS1_3_VERSION},
     .says = "refuses TLS 1.2, alert 70 (protocol_version); enable it there"},
    {.title = "TLS 1.1 alone",
     .server = {.min_version = TLS1_1_VERSION, .max_version = TLS1_1_VERSION},
     .says = "alert 40 (handshake_failure); the server must offer TLS 1.2"},
    {.title = "TLS 1.0 alone",
     .server = {.min_version = TLS1_VERSION, .max_version = TLS1_VERSION},
     .says = "alert 40 (handshake_failure); the server must offer TLS 1.2"},
    {.title = "all versions",
     .server = {.min_version = TLS1_VERSION, .max_version = TLS1_3_VERSION}},
    {.title = "answers with TLS 1.1",
     POKE(TLS_HELLO, 1, "\2"),
     .says = "no common version or cipher; the server must offer TLS 1.2"},
    {.title = "answers with TLS 1.0",
     POKE(TLS_HELLO, 1, "\1"),
     .says = "no common version or cipher"},
    {.title = "answers with SSL 3",
     POKE(TLS_HELLO, 1, "\0"),
     .says = "no common version or cipher"},

    /* --- ciphers and curves --- */
    {.title = "RSA key exchange alone",
     .server = {.ciphers = "AES128-GCM-SHA256"},
     .is_rsa = true,
     .says = "no common cipher, alert 40 (handshake_failure); the server must offer"},
    {.title = "CBC alone",
     .server = {.ciphers = "ECDHE-ECDSA-AES128-SHA256"},
     .says = "no common cipher, alert 40"},
    {.title = "DHE alone",
     .server = {.ciphers = "DHE-RSA-AES128-GCM-SHA256"},
     .is_rsa = true,
     .says = "no common cipher, alert 40"},
    {.title = "no encryption alone",
     .server = {.ciphers = "ECDHE-ECDSA-NULL-SHA"},
     .says = "no common cipher, alert 40"},
    {.title = "anonymous alone",
     .server = {.ciphers = "AECDH-AES128-SHA"},
     .says = "no common cipher, alert 40"},
    {.title = "picks RC4", SUITE("\xc0\x07\0"), .says = "breaks the rules of TLS"},
    {.title = "picks no encryption", SUITE("\xc0\x06\0"), .says = "breaks the rules of TLS"},
    {.title = "picks a cipher that was not offered",
     SUITE("\xc0\x23\0"),
     .says = "breaks the rules of TLS"},
    {.title = "compresses", SUITE("\xcc\xa9\1"), .says = "mbedtls error: 0x"},
    {.title = "AES-256-GCM", .server = {.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384"}},
    {.title = "X25519 alone", .server = {.tune = only_x25519}},
    {.title = "P-256 alone", .server = {.tune = only_p256}},
    {.title = "P-521 alone", .server = {.tune = only_p521}, .says = "no common cipher, alert 40"},
    {.title = "names a curve that was not offered",
     POKE(TLS_EXCHANGE, 2, "\x19"),
     .says = "mbedtls error: 0x"},

    /* --- names and identities --- */
    {.title = "asks for a certificate of the device", .server = {.tune = asks_for_a_certificate}},
    {.title = "insists on a certificate of the device",
     .server = {.tune = insists_on_a_certificate},
     .says = "asks for a certificate of this device, alert 40 (handshake_failure); set "
             "client_cert_pem and client_key_pem"},
    {.title = "does not know the name",
     .server = {.tune = knows_other_names},
     .says = "does not know the name 10.0.2.2, alert 112 (unrecognized_name); check the URL"},
    {.title = "would choose a protocol by ALPN", .server = {.tune = speaks_alpn}},

    /* --- certificates that OpenSSL would not send --- */
    {.title = "no certificate in the list", CERTIFICATES("\0\0\0"), .says = "mbedtls error: 0x7"},
    {.title = "a certificate of no bytes",
     CERTIFICATES("\0\0\3\0\0\0"),
     .says = "mbedtls error: 0x7"},
    {.title = "a certificate longer than its message",
     CERTIFICATES("\0\0\4\0\0\x40x"),
     .says = "mbedtls error: 0x7"},
    {.title = "a truncated certificate", .cut = 100, .says = "is damaged or of an unknown form"},
    {.title = "a key for key agreement alone",
     .leaf = {LEAF, .usage = "critical, keyAgreement"},
     .says = "must allow digitalSignature"},
    {.title = "a certificate without its key",
     .leaf = {LEAF},
     .is_anothers = true,
     .says = "does not hold the key of its certificate"},
    {.title = "a P-384 certificate unasked",
     .leaf = {LEAF, .key = TLS_KEY_P384},
     .is_anothers = true,
     .says = "a key of an unknown kind"},
    {.title = "an Ed25519 certificate unasked",
     .leaf = {LEAF, .key = TLS_KEY_ED25519},
     .is_anothers = true,
     .says = "a key of an unknown kind"},

    /* --- messages --- */
    {.title = "a wrong signature under the key exchange",
     FLIP(TLS_EXCHANGE, TLS_BEND_LAST),
     .says = "does not hold the key of its certificate"},
    {.title = "a point off the curve", FLIP(TLS_EXCHANGE, 20), .says = "mbedtls error: 0x"},
    {.title = "no Certificate message", DROP(TLS_CERTIFICATE), .says = "breaks the rules of TLS"},
    {.title = "no ServerKeyExchange message", DROP(TLS_EXCHANGE), .says = "mbedtls error: 0x"},
    {.title = "ServerHelloDone too early",
     INSERT(TLS_CERTIFICATE, "\x16\3\3\0\4\x0e\0\0\0"),
     .says = "breaks the rules of TLS"},
    {.title = "HelloRequest in the handshake",
     INSERT(TLS_CERTIFICATE, "\x16\3\3\0\4\0\0\0\0"),
     .says = "mbedtls error: 0x"},
    {.title = "a message of 16 MB announced",
     INSERT(TLS_CERTIFICATE, "\x16\3\3\0\4\x0b\xff\xff\xff"),
     .err = ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT,
     .says = "no TLS answer from 10.0.2.2 within 15000 ms"},
    {.title = "a message of 16 MB announced and begun",
     .bend = {.how = tls_bend_endless, .message = TLS_CERTIFICATE},
     .says = "(certificate chain) is larger than CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN 4096"},
    {.title = "a message whose header is split", CUT(2, 500), .says = "breaks the rules of TLS"},
    {.title = "every message in crumbs", CUT(4, 16)},

    /* --- records --- */
    {.title = "an empty handshake record",
     INSERT(TLS_CERTIFICATE, "\x16\3\3\0\0"),
     .says = "mbedtls error: 0x"},
    {.title = "application data in the handshake",
     INSERT(TLS_CERTIFICATE, "\x17\3\3\0\1x"),
     .says = "breaks the rules of TLS"},
    {.title = "ChangeCipherSpec too early",
     INSERT(TLS_CERTIFICATE, "\x14\3\3\0\1\1"),
     .says = "breaks the rules of TLS"},
    {.title = "a heartbeat",
     INSERT(TLS_CERTIFICATE, "\x18\3\3\0\3\1\0\0"),
     .says = "the answer is no TLS"},
    {.title = "a record of 16 KB",
     INSERT(TLS_CERTIFICATE, "\x16\3\3\x40\0\x0b"),
     .says = "record of 16384 bytes is larger than CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN 4096 (the "
             "server ignores max_fragment_length); raise it to 16384"},

    /* --- alerts --- */
    {.title = "a warning in the handshake", INSERT(TLS_CERTIFICATE, "\x15\3\3\0\2\1\x5a")},
    {.title = "a fatal alert in the handshake",
     INSERT(TLS_CERTIFICATE, "\x15\3\3\0\2\2\x50"),
     .says = "the server refused with alert 80 (internal_error); see its log"},
    {.title = "a failure behind the server's hello",
     INSERT(TLS_DONE, "\x15\3\3\0\2\2\x28"),
     .says = "asks for a certificate of this device, alert 40"},
    {.title = "an alert that nobody knows",
     INSERT(TLS_CERTIFICATE, "\x15\3\3\0\2\2\xc8"),
     .says = "with alert 200 (unknown)"},
    {.title = "close_notify in the handshake",
     INSERT(TLS_CERTIFICATE, "\x15\3\3\0\2\1\0"),
     .says = "closed the connection during the handshake"},

    /* --- no TLS at all --- */
    {.title = "plain HTTP",
     .server = {.raw = "HTTP/1.1 400 Bad Request\r\n\r\n", .raw_len = 28},
     .says = "answers in plain http; give the port on which it speaks https"},
    {.title = "a mail server",
     .server = {.raw = "220 mail.example ESMTP\r\n", .raw_len = 24},
     .says = "the answer is no TLS"},
    {.title = "SSL 2",
     .server = {.raw = "\x80\x13\x04\0\0\0\2\0\0\0\x10", .raw_len = 11},
     .says = "the answer is no TLS"},
    {.title = "an alert at once",
     .server = {.raw = "\x15\3\1\0\2\2\x46", .raw_len = 7},
     .says = "refuses TLS 1.2, alert 70 (protocol_version)"},
    {.title = "silence",
     .server = {.raw = "", .raw_len = 0},
     .err = ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT,
     .says = "no TLS answer from 10.0.2.2 within 15000 ms"},
    {.title = "half a record, then silence",
     .server = {.raw = "\x16\3\3\0\x40\2\0", .raw_len = 7},
     .err = ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT,
     .says = "within 15000 ms"},
    {.title = "closes at once",
     .server = {.raw = "", .raw_len = 0, .end = TLS_PEER_FIN},
     .err = ESP_ERR_HTTP_CONNECTION_CLOSED,
     .says = "closed the connection during the handshake"},
    {.title = "resets at once",
     .server = {.raw = "", .raw_len = 0, .end = TLS_PEER_RESET},
     .err = ESP_ERR_HTTP_CONNECTION_CLOSED,
     .says = "connection to 10.0.2.2 was lost"},
    {.title = "accepts no connection",
     .server = {.refuse_connect = true},
     .err = ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST,
     .says = "check that the server runs there"},
};

/* Makes the server bend its handshake as the case says; bend must last as long as it runs. */
static void bend_server(const struct shake_case *c, struct tls_peer_config *server,
                        struct tls_bend *bend)
{
    *bend = c->bend;
    if (c->leaf.name != NULL) {
        EVP_PKEY *key = c->is_anothers ? tls_certs_key(c->leaf.key, 1) : p256.key;
        bend->x509 = tls_certs_make(&c->leaf, key, FAKE_BUILD_S, authority, p256.key);
    } else if (c->cut != 0) {
        X509_up_ref(p256.x509);
        bend->x509 = p256.x509;
    }
    if (bend->x509 != NULL) {
        bend->how = tls_bend_certificate;
        bend->n = c->cut;
    }
    if (bend->how != NULL) {
        server->bend = tls_bend;
        server->bend_ctx = bend;
    }
}

static void shake(void **state)
{
    const struct shake_case *c = *state;
    struct esp_tls_session *session;
    struct tls_peer_config server = c->server;
    struct tls_bend bend;
    server.cert = server.raw != NULL ? NULL : c->is_rsa ? &rsa : &p256;
    server.answer = "good";
    server.answer_len = 4;
    bend_server(c, &server, &bend);
    esp_err_t err = tls_lab_open(&server, TLS_LAB_HOST, c->is_rsa ? rsa.pem : trusted, &session);
    if (c->says == NULL) {
        tls_lab_expect_good(session, err);
    } else {
        tls_lab_expect_log(c->says);
        assert_int_equal(err, c->err != 0 ? c->err : TLS_LAB_REFUSED);
        assert_null(session);
    }
    assert_int_equal(tls_peer_open_connections(), 0);
    assert_in_range(fake_now_ms(), 0, 15000);
    assert_int_equal(bend.has_bent, bend.how != NULL);
    X509_free(bend.x509);
}

static int make_certs(void **state)
{
    (void)state;
    tls_peer_cert_new(&p256, "IP:" TLS_LAB_HOST, 0);
    tls_peer_cert_new(&rsa, "IP:" TLS_LAB_HOST, 2048);
    authority =
        tls_certs_make(&(struct tls_cert_spec){.name = "authority", .basic = "critical, CA:TRUE"},
                       p256.key, FAKE_BUILD_S, NULL, NULL);
    strcpy(trusted, p256.pem);
    tls_certs_append_pem(authority, trusted, sizeof(trusted));
    return 0;
}

static int free_certs(void **state)
{
    (void)state;
    esp_tls_session_forget();
    tls_peer_stop();
    tls_peer_cert_free(&p256);
    tls_peer_cert_free(&rsa);
    X509_free(authority);
    tls_certs_free_keys();
    return 0;
}

int main(void)
{
    static struct CMUnitTest tests[COUNT(shakes)];
    for (size_t i = 0; i < COUNT(shakes); i++) {
        tests[i] = (struct CMUnitTest){.name = shakes[i].title,
                                       .test_func = shake,
                                       .setup_func = tls_lab_reset,
                                       .initial_state = (void *)(uintptr_t)&shakes[i]};
    }
    return cmocka_run_group_tests(tests, make_certs, free_certs);
}
