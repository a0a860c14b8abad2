/* SPDX-License-Identifier: Apache-2.0 */
/* Servers that handshake or talk in every wrong way, against the device's TLS: each is refused with
 * the words that name it, or borne; none is waited for beyond the deadline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "esp_tls_session.h"
#include "fake_device.h"
#include "tls_certs.h"
#include "tls_peer.h"
#include "tls_wire.h"

#define HOST     "10.0.2.2"
#define PIECES   8
#define REFUSED  ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED
#define HELLO    2
#define CERT     11
#define EXCHANGE 12
#define DONE     14

/* What the server says after the handshake. */
struct piece {
    uint8_t type; /* of the record; 0: bytes without a record */
    const char *data;
    size_t len;     /* with data NULL: so many zeros */
    unsigned times; /* 0: once */
    bool in_clear;
    bool is_spoilt; /* its last bit is flipped */
};

struct talk_case {
    const char *title;
    struct piece pieces[PIECES];
    esp_err_t err;        /* of reading to the end */
    enum esp_tls_end end; /* when err is 0 */
    size_t n_data;        /* bytes that come before that */
    const char *says;     /* in the log; NULL: nothing */
};

struct shake_case {
    const char *title;
    struct tls_peer_config server; /* cert: see below */
    bool is_rsa;
    esp_err_t err;    /* 0: REFUSED when it says something */
    const char *says; /* in the log; NULL: accepted */
};

static struct tls_peer_cert p256, rsa;
static X509 *authority; /* that the device trusts beside p256, and that signs with its key */
static char trusted[8192];
static const struct talk_case *talking;

/* --- tuning the server --- */

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

/* --- bending its first flight --- */

/* Where the body of a message begins; NULL: it is not in these bytes. */
static uint8_t *body_of(uint8_t *bytes, size_t len, uint8_t message)
{
    size_t at = tls_wire_find(bytes, len, message);
    return at < len ? bytes + at + 9 : NULL;
}

static size_t hello_version(uint8_t *bytes, size_t len, uint8_t minor)
{
    uint8_t *hello = body_of(bytes, len, HELLO);
    if (hello != NULL) {
        hello[1] = minor;
    }
    return len;
}

static size_t says_tls11(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return hello_version(bytes, len, 2);
}

static size_t says_tls10(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return hello_version(bytes, len, 1);
}

static size_t says_ssl3(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return hello_version(bytes, len, 0);
}

/* Behind version, random and the session id with its length stand cipher suite and compression. */
static size_t hello_suite(uint8_t *bytes, size_t len, uint8_t high, uint8_t low, uint8_t compress)
{
    uint8_t *hello = body_of(bytes, len, HELLO);
    if (hello != NULL) {
        uint8_t *suite = hello + 34 + 1 + hello[34];
        suite[0] = high;
        suite[1] = low;
        suite[2] = compress;
    }
    return len;
}

static size_t picks_rc4(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return hello_suite(bytes, len, 0xc0, 0x07, 0); /* ECDHE-ECDSA-RC4-SHA */
}

static size_t picks_null(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return hello_suite(bytes, len, 0xc0, 0x06, 0); /* ECDHE-ECDSA-NULL-SHA */
}

static size_t picks_cbc(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return hello_suite(bytes, len, 0xc0, 0x23, 0); /* ECDHE-ECDSA-AES128-SHA256 */
}

static size_t compresses(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return hello_suite(bytes, len, 0xcc, 0xa9, 1);
}

static size_t no_certificate(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return tls_wire_replace(bytes, len, CERT, "\0\0\0", 3);
}

static size_t empty_certificate(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return tls_wire_replace(bytes, len, CERT, "\0\0\3\0\0\0", 6);
}

static size_t lying_certificate_len(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return tls_wire_replace(bytes, len, CERT, "\0\0\4\0\0\x40x", 7);
}

/* Sends a certificate that OpenSSL itself would not send, or only a part of it. */
static size_t send_instead(uint8_t *bytes, size_t len, X509 *x509, size_t cut)
{
    unsigned char *der = NULL;
    size_t n = (size_t)i2d_X509(x509, &der) - cut;
    uint8_t body[2048];
    for (int i = 0; i < 2; i++) {
        size_t value = n + (i == 0 ? 3 : 0);
        body[3 * i] = 0;
        body[3 * i + 1] = (uint8_t)(value >> 8);
        body[3 * i + 2] = (uint8_t)value;
    }
    memcpy(body + 6, der, n);
    OPENSSL_free(der);
    return tls_wire_replace(bytes, len, CERT, body, 6 + n);
}

static size_t truncated_certificate(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return send_instead(bytes, len, p256.x509, 100);
}

/* Signed by the anchor that the device trusts, so that only what is odd about it counts. */
static size_t send_leaf(uint8_t *bytes, size_t len, const struct tls_cert_spec *spec, EVP_PKEY *key)
{
    X509 *x509 = tls_certs_make(spec, key, FAKE_BUILD_S, authority, p256.key);
    len = send_instead(bytes, len, x509, 0);
    X509_free(x509);
    return len;
}

static size_t key_agreement_alone(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return send_leaf(bytes, len,
                     &(struct tls_cert_spec){
                         .name = "leaf", .san = "IP:" HOST, .usage = "critical, keyAgreement"},
                     p256.key);
}

static size_t anothers_certificate(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return send_leaf(bytes, len, &(struct tls_cert_spec){.name = "leaf", .san = "IP:" HOST},
                     tls_certs_key(TLS_KEY_P256, 1));
}

static size_t p384_certificate(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return send_leaf(bytes, len, &(struct tls_cert_spec){.name = "leaf", .san = "IP:" HOST},
                     tls_certs_key(TLS_KEY_P384, 1));
}

static size_t ed25519_certificate(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return send_leaf(bytes, len, &(struct tls_cert_spec){.name = "leaf", .san = "IP:" HOST},
                     tls_certs_key(TLS_KEY_ED25519, 1));
}

static size_t flip_exchange(uint8_t *bytes, size_t len, bool last)
{
    uint8_t *body = body_of(bytes, len, EXCHANGE);
    if (body != NULL) {
        size_t n = (size_t)body[-2] << 8 | body[-1];
        body[last ? n - 1 : 20] ^= 1;
    }
    return len;
}

static size_t wrong_signature(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return flip_exchange(bytes, len, true);
}

static size_t point_off_the_curve(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return flip_exchange(bytes, len, false);
}

static size_t other_curve(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    uint8_t *body = body_of(bytes, len, EXCHANGE);
    if (body != NULL) {
        body[2] = 25; /* secp521r1 */
    }
    return len;
}

static size_t drop(uint8_t *bytes, size_t len, uint8_t message)
{
    size_t at = tls_wire_find(bytes, len, message);
    if (at == len) {
        return len;
    }
    size_t n = 5 + ((size_t)bytes[at + 3] << 8 | bytes[at + 4]);
    memmove(bytes + at, bytes + at + n, len - at - n);
    return len - n;
}

static size_t without_certificate(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return drop(bytes, len, CERT);
}

static size_t without_exchange(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return drop(bytes, len, EXCHANGE);
}

/* Puts a record in front of the message. */
static size_t insert(uint8_t *bytes, size_t len, uint8_t message, const char *record, size_t n)
{
    size_t at = tls_wire_find(bytes, len, message);
    if (at == len) {
        return len;
    }
    memmove(bytes + at + n, bytes + at, len - at);
    memcpy(bytes + at, record, n);
    return len + n;
}
#define INSERTS(name, message, record)                                                             \
    static size_t name(uint8_t *bytes, size_t len, size_t cap)                                     \
    {                                                                                              \
        (void)cap;                                                                                 \
        return insert(bytes, len, message, record, sizeof(record) - 1);                            \
    }
INSERTS(empty_record, CERT, "\x16\3\3\0\0")
INSERTS(warning, CERT, "\x15\3\3\0\2\1\x5a")
INSERTS(fatal_alert, CERT, "\x15\3\3\0\2\2\x50")
INSERTS(late_failure, DONE, "\x15\3\3\0\2\2\x28")
INSERTS(early_close, CERT, "\x15\3\3\0\2\1\0")
INSERTS(odd_alert, CERT, "\x15\3\3\0\2\2\xc8")
INSERTS(early_data, CERT, "\x17\3\3\0\1x")
INSERTS(heartbeat, CERT, "\x18\3\3\0\3\1\0\0")
INSERTS(early_cipher_spec, CERT, "\x14\3\3\0\1\1")
INSERTS(hello_request, CERT, "\x16\3\3\0\4\0\0\0\0")
INSERTS(second_hello_done, CERT, "\x16\3\3\0\4\x0e\0\0\0")
INSERTS(huge_message, CERT, "\x16\3\3\0\4\x0b\xff\xff\xff")
INSERTS(huge_record, CERT, "\x16\3\3\x40\0\x0b")

/* A first piece of a message, then pieces without end. */
static size_t endless_message(uint8_t *bytes, size_t len, size_t cap)
{
    static const uint8_t zeros[1000];
    size_t at = tls_wire_find(bytes, len, CERT);
    if (at == len) {
        return len;
    }
    at += tls_wire_record(bytes + at, TLS_WIRE_HANDSHAKE, "\x0b\xff\xff\xff", 4);
    while (at + sizeof(zeros) + 5 <= cap && at < 6000) {
        at += tls_wire_record(bytes + at, TLS_WIRE_HANDSHAKE, zeros, sizeof(zeros));
    }
    return at;
}

/* Cuts every handshake message in clear into records of first, then of rest bytes. */
static size_t cut_messages(uint8_t *bytes, size_t len, size_t first, size_t rest)
{
    static uint8_t all[65536];
    size_t out = 0, at = 0;
    while (at + 9 < len && bytes[at] == TLS_WIRE_HANDSHAKE) {
        size_t n = (size_t)bytes[at + 3] << 8 | bytes[at + 4];
        if (n != 4u + ((size_t)bytes[at + 6] << 16 | (size_t)bytes[at + 7] << 8 | bytes[at + 8])) {
            break; /* sealed */
        }
        for (size_t i = 0; i < n;) {
            size_t piece = i == 0 ? first : rest;
            piece = piece < n - i ? piece : n - i;
            out += tls_wire_record(all + out, TLS_WIRE_HANDSHAKE, bytes + at + 5 + i, piece);
            i += piece;
        }
        at += 5 + n;
    }
    memmove(bytes + out, bytes + at, len - at);
    memcpy(bytes, all, out);
    return out + len - at;
}

static size_t crumbs(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return cut_messages(bytes, len, 4, 16);
}

static size_t split_header(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
    return cut_messages(bytes, len, 2, 500);
}

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
     .server = {.bend = says_tls11},
     .says = "no common version or cipher; the server must offer TLS 1.2"},
    {.title = "answers with TLS 1.0",
     .server = {.bend = says_tls10},
     .says = "no common version or cipher"},
    {.title = "answers with SSL 3",
     .server = {.bend = says_ssl3},
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
    {.title = "picks RC4", .server = {.bend = picks_rc4}, .says = "breaks the rules of TLS"},
    {.title = "picks no encryption",
     .server = {.bend = picks_null},
     .says = "breaks the rules of TLS"},
    {.title = "picks a cipher that was not offered",
     .server = {.bend = picks_cbc},
     .says = "breaks the rules of TLS"},
    {.title = "compresses", .server = {.bend = compresses}, .says = "mbedtls error: 0x"},
    {.title = "AES-256-GCM", .server = {.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384"}},
    {.title = "X25519 alone", .server = {.tune = only_x25519}},
    {.title = "P-256 alone", .server = {.tune = only_p256}},
    {.title = "P-521 alone", .server = {.tune = only_p521}, .says = "no common cipher, alert 40"},
    {.title = "names a curve that was not offered",
     .server = {.bend = other_curve},
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
    {.title = "no certificate in the list",
     .server = {.bend = no_certificate},
     .says = "mbedtls error: 0x7"},
    {.title = "a certificate of no bytes",
     .server = {.bend = empty_certificate},
     .says = "mbedtls error: 0x7"},
    {.title = "a certificate longer than its message",
     .server = {.bend = lying_certificate_len},
     .says = "mbedtls error: 0x7"},
    {.title = "a truncated certificate",
     .server = {.bend = truncated_certificate},
     .says = "is damaged or of an unknown form"},
    {.title = "a key for key agreement alone",
     .server = {.bend = key_agreement_alone},
     .says = "must allow digitalSignature"},
    {.title = "a certificate without its key",
     .server = {.bend = anothers_certificate},
     .says = "does not hold the key of its certificate"},
    {.title = "a P-384 certificate unasked",
     .server = {.bend = p384_certificate},
     .says = "a key of an unknown kind"},
    {.title = "an Ed25519 certificate unasked",
     .server = {.bend = ed25519_certificate},
     .says = "a key of an unknown kind"},

    /* --- messages --- */
    {.title = "a wrong signature under the key exchange",
     .server = {.bend = wrong_signature},
     .says = "does not hold the key of its certificate"},
    {.title = "a point off the curve",
     .server = {.bend = point_off_the_curve},
     .says = "mbedtls error: 0x"},
    {.title = "no Certificate message",
     .server = {.bend = without_certificate},
     .says = "breaks the rules of TLS"},
    {.title = "no ServerKeyExchange message",
     .server = {.bend = without_exchange},
     .says = "mbedtls error: 0x"},
    {.title = "ServerHelloDone too early",
     .server = {.bend = second_hello_done},
     .says = "breaks the rules of TLS"},
    {.title = "HelloRequest in the handshake",
     .server = {.bend = hello_request},
     .says = "mbedtls error: 0x"},
    {.title = "a message of 16 MB announced",
     .server = {.bend = huge_message},
     .err = ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT,
     .says = "no TLS answer from 10.0.2.2 within 15000 ms"},
    {.title = "a message of 16 MB announced and begun",
     .server = {.bend = endless_message},
     .says = "(certificate chain) is larger than CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN 4096"},
    {.title = "a message whose header is split",
     .server = {.bend = split_header},
     .says = "breaks the rules of TLS"},
    {.title = "every message in crumbs", .server = {.bend = crumbs}},

    /* --- records --- */
    {.title = "an empty handshake record",
     .server = {.bend = empty_record},
     .says = "mbedtls error: 0x"},
    {.title = "application data in the handshake",
     .server = {.bend = early_data},
     .says = "breaks the rules of TLS"},
    {.title = "ChangeCipherSpec too early",
     .server = {.bend = early_cipher_spec},
     .says = "breaks the rules of TLS"},
    {.title = "a heartbeat", .server = {.bend = heartbeat}, .says = "the answer is no TLS"},
    {.title = "a record of 16 KB",
     .server = {.bend = huge_record},
     .says = "record of 16384 bytes is larger than CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN 4096 (the "
             "server ignores max_fragment_length); raise it to 16384"},

    /* --- alerts --- */
    {.title = "a warning in the handshake", .server = {.bend = warning}},
    {.title = "a fatal alert in the handshake",
     .server = {.bend = fatal_alert},
     .says = "the server refused with alert 80 (internal_error); see its log"},
    {.title = "a failure behind the server's hello",
     .server = {.bend = late_failure},
     .says = "asks for a certificate of this device, alert 40"},
    {.title = "an alert that nobody knows",
     .server = {.bend = odd_alert},
     .says = "with alert 200 (unknown)"},
    {.title = "close_notify in the handshake",
     .server = {.bend = early_close},
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
#define N_SHAKES (sizeof(shakes) / sizeof(shakes[0]))

#define DATA(text)                                                                                 \
    {                                                                                              \
        .type = TLS_WIRE_DATA, .data = text, .len = sizeof(text) - 1                               \
    }
#define BYE                                                                                        \
    {                                                                                              \
        .type = TLS_WIRE_ALERT, .data = "\1\0", .len = 2                                           \
    }

static const struct talk_case talks[] = {
    {.title = "data and close_notify",
     .pieces = {DATA("hello"), BYE},
     .end = ESP_TLS_END_NOTIFY,
     .n_data = 5},
    {.title = "data and a bare end",
     .pieces = {DATA("hello")},
     .end = ESP_TLS_END_FIN,
     .n_data = 5},
    {.title = "records of one byte",
     .pieces = {{.type = TLS_WIRE_DATA, .data = "x", .len = 1, .times = 500}, BYE},
     .end = ESP_TLS_END_NOTIFY,
     .n_data = 500},
    {.title = "the largest record",
     .pieces = {{.type = TLS_WIRE_DATA, .len = 4096}, BYE},
     .end = ESP_TLS_END_NOTIFY,
     .n_data = 4096},
    {.title = "a byte more than the largest",
     .pieces = {DATA("hello"), {.type = TLS_WIRE_DATA, .len = 4097}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 5,
     .says = "larger than CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN 4096 (the server ignores"},
    {.title = "a record of 16 KB",
     .pieces = {DATA("hello"), {.type = TLS_WIRE_DATA, .len = 16384}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 5,
     .says = "TLS record of 16408 bytes is larger than CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN 4096"},
    {.title = "three empty records",
     .pieces = {DATA("a"), {.type = TLS_WIRE_DATA, .times = 3}, DATA("b"), BYE},
     .end = ESP_TLS_END_NOTIFY,
     .n_data = 2},
    {.title = "empty records without end",
     .pieces = {DATA("a"), {.type = TLS_WIRE_DATA, .times = 1000}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 1,
     .says = "mbedtls error: 0x7180"},
    {.title = "asks for renegotiation",
     .pieces =
         {DATA("a"), {.type = TLS_WIRE_HANDSHAKE, .data = "\0\0\0\0", .len = 4}, DATA("b"), BYE},
     .end = ESP_TLS_END_NOTIFY,
     .n_data = 2},
    {.title = "a warning among the data",
     .pieces = {DATA("a"), {.type = TLS_WIRE_ALERT, .data = "\1\x5a", .len = 2}, DATA("b"), BYE},
     .end = ESP_TLS_END_NOTIFY,
     .n_data = 2},
    {.title = "a fatal alert among the data",
     .pieces = {DATA("a"), {.type = TLS_WIRE_ALERT, .data = "\2\x50", .len = 2}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 1,
     .says = "the server ended the session with alert 80 (internal_error)"},
    {.title = "an alert of one byte",
     .pieces = {DATA("a"), {.type = TLS_WIRE_ALERT, .data = "\2", .len = 1}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 1,
     .says = "breaks the rules of TLS"},
    {.title = "a ServerHello among the data",
     .pieces = {DATA("a"), {.type = TLS_WIRE_HANDSHAKE, .data = "\2\0\0\0", .len = 4}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 1,
     .says = "breaks the rules of TLS"},
    {.title = "ChangeCipherSpec among the data",
     .pieces = {DATA("a"), {.type = 20, .data = "\1", .len = 1}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 1,
     .says = "breaks the rules of TLS"},
    {.title = "a record changed on its way",
     .pieces = {DATA("a"), {.type = TLS_WIRE_DATA, .data = "b", .len = 1, .is_spoilt = true}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 1,
     .says = "a record was changed on its way"},
    {.title = "data in clear",
     .pieces = {DATA("a"), {.type = TLS_WIRE_DATA, .data = "b", .len = 1, .in_clear = true}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 1,
     .says = "mbedtls error: 0x7"},
    {.title = "close_notify in clear",
     .pieces = {DATA("a"), {.type = TLS_WIRE_ALERT, .data = "\1\0", .len = 2, .in_clear = true}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 1,
     .says = "mbedtls error: 0x7"},
    {.title = "plain HTTP among the data",
     .pieces = {DATA("a"), {.data = "HTTP/1.1 200 OK\r\n\r\n", .len = 19}},
     .err = ESP_ERR_INVALID_RESPONSE,
     .n_data = 1,
     .says = "the answer is no TLS"},
    {.title = "ends inside a record",
     .pieces = {DATA("a"), {.data = "\x17\3\3\0\x20zzzz", .len = 9}},
     .err = ESP_ERR_HTTP_CONNECTION_CLOSED,
     .n_data = 1,
     .says = "closed the connection inside a record"},
};
#define N_TALKS (sizeof(talks) / sizeof(talks[0]))

static esp_err_t open_to(const struct tls_peer_config *server, struct esp_tls_session **session)
{
    struct esp_tls_session_config config = {
        .host = HOST, .port = 8070, .ca_pem = server->cert->pem, .timeout_ms = 5000};
    tls_peer_start(server);
    *session = NULL;
    return esp_tls_session_open(&config, session);
}

static void check_log(const char *text)
{
    if (text != NULL && !fake_log_has(text)) {
        fail_msg("log lacks '%s':\n%s", text, fake_log_text());
    }
}

static void check_good(struct esp_tls_session *session, esp_err_t err)
{
    uint8_t buf[8];
    size_t n = 0;
    enum esp_tls_end end;
    if (err != ESP_OK) {
        fail_msg("refused: 0x%x\n%s", (unsigned)err, fake_log_text());
    }
    assert_int_equal(esp_tls_session_write(session, "?", 1, 1000), ESP_OK);
    assert_int_equal(esp_tls_session_read(session, buf, sizeof(buf), 1000, &n, &end), ESP_OK);
    assert_int_equal(n, 4);
    esp_tls_session_close(session);
}

static int set_up(void **state)
{
    (void)state;
    fake_device_reset();
    esp_tls_session_forget();
    return 0;
}

static void shake(void **state)
{
    const struct shake_case *c = *state;
    struct esp_tls_session *session = NULL;
    struct tls_peer_config server = c->server;
    bool is_tls = server.raw == NULL;
    struct esp_tls_session_config config = {
        .host = HOST, .port = 8070, .ca_pem = c->is_rsa ? rsa.pem : trusted, .timeout_ms = 5000};
    server.cert = !is_tls ? NULL : c->is_rsa ? &rsa : &p256;
    server.answer = "good";
    server.answer_len = 4;
    tls_peer_start(&server);
    esp_err_t err = esp_tls_session_open(&config, &session);
    if (c->says == NULL) {
        check_good(session, err);
    } else {
        check_log(c->says);
        assert_int_equal(err, c->err != 0 ? c->err : REFUSED);
        assert_null(session);
    }
    assert_int_equal(tls_peer_open_connections(), 0);
    assert_in_range(fake_now_ms(), 0, 15000);
}

static void put_piece(const struct piece *p, struct tls_wire_seal *seal, BIO *to_client)
{
    static const uint8_t zeros[16384];
    static uint8_t record[sizeof(zeros) + 64];
    const void *data = p->data != NULL ? (const void *)p->data : zeros;
    size_t n;
    if (p->type == 0) {
        n = p->len;
        memcpy(record, data, n);
    } else if (p->in_clear) {
        n = tls_wire_record(record, p->type, data, p->len);
    } else {
        n = tls_wire_seal(seal, record, p->type, data, p->len);
    }
    record[n - 1] ^= p->is_spoilt;
    assert_int_equal(BIO_write(to_client, record, (int)n), n);
}

static void say_pieces(SSL *ssl, BIO *to_client)
{
    struct tls_wire_seal seal;
    tls_wire_seal_init(&seal, ssl);
    for (size_t i = 0; i < PIECES; i++) {
        const struct piece *p = &talking->pieces[i];
        for (unsigned k = 0; p->type + p->len != 0 && k < (p->times != 0 ? p->times : 1); k++) {
            put_piece(p, &seal, to_client);
        }
    }
}

static void talk(void **state)
{
    const struct talk_case *c = *state;
    struct tls_peer_config server = {.cert = &p256,
                                     .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256",
                                     .talk = say_pieces,
                                     .end = TLS_PEER_FIN};
    struct esp_tls_session *session;
    talking = c;
    assert_int_equal(open_to(&server, &session), ESP_OK);
    assert_int_equal(esp_tls_session_write(session, "?", 1, 1000), ESP_OK);
    uint8_t buf[600];
    size_t n = 0, n_data = 0;
    enum esp_tls_end end = ESP_TLS_END_NONE;
    esp_err_t err;
    do {
        err = esp_tls_session_read(session, buf, sizeof(buf), 5000, &n, &end);
        n_data += n;
    } while (err == ESP_OK && n > 0);
    check_log(c->says);
    assert_int_equal(err, c->err);
    assert_int_equal(n_data, c->n_data);
    if (err == ESP_OK) {
        assert_int_equal(end, c->end);
    }
    esp_tls_session_close(session);
    assert_int_equal(tls_peer_open_connections(), 0);
}

/* --- every byte of the server's flights --- */

static size_t flip_at, n_seen;

static size_t flip_one(uint8_t *bytes, size_t len, size_t cap)
{
    (void)cap;
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
        .cert = &p256, .bend = flip_one, .answer = "good", .answer_len = 4};
    struct esp_tls_session *session;
    n_seen = 0;
    flip_at = SIZE_MAX;
    assert_int_equal(open_to(&server, &session), ESP_OK);
    esp_tls_session_close(session);
    return n_seen - SIGNATURE_SLACK;
}

static void a_flipped_bit_anywhere_is_refused(void **state)
{
    (void)state;
    struct tls_peer_config server = {
        .cert = &p256, .bend = flip_one, .answer = "good", .answer_len = 4};
    struct esp_tls_session *session;
    size_t len = handshake_len();
    assert_true(len > 500);
    unsigned n_borne = 0;
    for (size_t at = 0; at < len; at++) {
        set_up(NULL);
        n_seen = 0;
        flip_at = at;
        if (open_to(&server, &session) == ESP_OK) {
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
    struct tls_peer_config server = {.cert = &p256, .answer = "good", .answer_len = 4};
    struct esp_tls_session *session;
    static const enum tls_peer_end ends[] = {TLS_PEER_STAYS, TLS_PEER_FIN, TLS_PEER_RESET};
    size_t len = handshake_len();
    for (size_t at = 1; at < len; at += 3) {
        set_up(NULL);
        server.cut_wire_at = at;
        server.end = ends[at % 9 / 3];
        esp_err_t err = open_to(&server, &session);
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

/* --- one program --- */

static int make_certs(void **state)
{
    (void)state;
    tls_peer_cert_new(&p256, "IP:" HOST, 0);
    tls_peer_cert_new(&rsa, "IP:" HOST, 2048);
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
    static struct CMUnitTest tests[N_SHAKES + N_TALKS + 2];
    size_t n = 0;
    for (size_t i = 0; i < N_SHAKES; i++) {
        tests[n++] = (struct CMUnitTest){.name = shakes[i].title,
                                         .test_func = shake,
                                         .setup_func = set_up,
                                         .initial_state = (void *)(uintptr_t)&shakes[i]};
    }
    for (size_t i = 0; i < N_TALKS; i++) {
        tests[n++] = (struct CMUnitTest){.name = talks[i].title,
                                         .test_func = talk,
                                         .setup_func = set_up,
                                         .initial_state = (void *)(uintptr_t)&talks[i]};
    }
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(a_flipped_bit_anywhere_is_refused);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(an_end_anywhere_is_told);
    return cmocka_run_group_tests(tests, make_certs, free_certs);
}
