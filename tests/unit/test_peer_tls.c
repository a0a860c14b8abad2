/* SPDX-License-Identifier: Apache-2.0 */
/* The peer's TLS against an OpenSSL client in memory: versions, fragment lengths, ends, and that
 * one seed gives one stream of bytes. */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "check.h"
#include "peer_rand.h"
#include "peer_tls.h"

#define CERT "build/tests/peer_tls_cert.pem"
#define KEY  "build/tests/peer_tls_key.pem"

/* A client whose randomness is seeded, too, and what it has seen of the server. */
struct client {
    struct vb_rng rng;
    struct vb_peer_rand rand;
    SSL_CTX *context;
    SSL *ssl;
    BIO *in, *out;
    uint8_t wire[65536]; /* all that the server has sent */
    size_t n_wire;
};

static char err[256];

static int make_certificate(void **state)
{
    (void)state;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    X509_NAME *name = X509_get_subject_name(cert);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), 0);
    X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"10.0.2.2", -1, -1, 0);
    X509_set_issuer_name(cert, name);
    X509_set_pubkey(cert, key);
    bool ok = X509_sign(cert, key, EVP_sha256()) > 0;
    FILE *file = fopen(CERT, "w");
    ok = ok && file && PEM_write_X509(file, cert) == 1 && fclose(file) == 0;
    file = fopen(KEY, "w");
    ok = ok && file && PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1 &&
         fclose(file) == 0;
    X509_free(cert);
    EVP_PKEY_free(key);
    return ok ? 0 : -1;
}

static void client_init(struct client *c, uint64_t seed, int version, int fragment)
{
    *c = (struct client){.rng = {seed}};
    assert_true(vb_peer_rand_open(&c->rand, &c->rng));
    c->context = SSL_CTX_new_ex(c->rand.library, NULL, TLS_client_method());
    c->ssl = SSL_new(c->context);
    c->in = BIO_new(BIO_s_mem());
    c->out = BIO_new(BIO_s_mem());
    SSL_set_bio(c->ssl, c->in, c->out);
    SSL_set_connect_state(c->ssl);
    SSL_set_min_proto_version(c->ssl, version);
    SSL_set_max_proto_version(c->ssl, version);
    SSL_set_tlsext_max_fragment_length(c->ssl, (uint8_t)fragment);
}

static void client_free(struct client *c)
{
    SSL_free(c->ssl);
    SSL_CTX_free(c->context);
    vb_peer_rand_close(&c->rand);
}

/* Carries bytes both ways until nothing moves; step of the server's reading included. */
static int exchange(struct client *c, struct vb_channel *channel, uint8_t *got, size_t size)
{
    uint8_t bytes[4096];
    int n_got = 0;
    for (bool moves = true; moves && n_got == 0;) {
        moves = false;
        SSL_read(c->ssl, bytes, 0); /* lets the handshake go on */
        int n = BIO_read(c->out, bytes, sizeof(bytes));
        if (n > 0) {
            assert_true(vb_channel_feed(channel, bytes, (size_t)n));
            moves = true;
        }
        n_got = vb_channel_read(channel, got, size);
        const uint8_t *out;
        size_t len = vb_channel_pending(channel, &out);
        if (len > 0) {
            assert_true(c->n_wire + len <= sizeof(c->wire));
            memcpy(c->wire + c->n_wire, out, len);
            c->n_wire += len;
            BIO_write(c->in, out, (int)len);
            vb_channel_sent(channel, len);
            moves = true;
        }
    }
    return n_got;
}

static struct vb_tls_server *new_server(uint64_t seed)
{
    struct vb_tls_server *server = vb_tls_server_new(seed, CERT, KEY, err, sizeof(err));
    if (server == NULL) {
        fail_msg("%s", err);
    }
    return server;
}

/* A question, an answer of 10000 bytes, the end. Leaves in c what went over the wire. */
static void converse(struct client *c, struct vb_tls_server *server)
{
    static uint8_t answer[10000];
    uint8_t got[10000];
    size_t n = 0;
    int len;
    struct vb_channel *channel = vb_channel_new(server);
    assert_non_null(channel);
    assert_int_equal(exchange(c, channel, got, sizeof(got)), 0);
    assert_int_equal(SSL_write(c->ssl, "hello", 5), 5);
    assert_int_equal(exchange(c, channel, got, sizeof(got)), 5);
    assert_memory_equal(got, "hello", 5);
    memset(answer, 0x5a, sizeof(answer));
    assert_true(vb_channel_write(channel, answer, sizeof(answer)));
    vb_channel_finish(channel);
    exchange(c, channel, got, sizeof(got));
    while ((len = SSL_read(c->ssl, got + n, (int)(sizeof(got) - n))) > 0) {
        n += (size_t)len;
    }
    assert_int_equal(n, sizeof(answer));
    assert_memory_equal(got, answer, sizeof(answer));
    assert_int_equal(SSL_get_shutdown(c->ssl), SSL_RECEIVED_SHUTDOWN);
    vb_channel_free(channel);
}

static void both_versions_carry_data(void **state)
{
    (void)state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    static struct client c;
    struct vb_tls_server *server = new_server(1);
    for (size_t i = 0; i < COUNT(versions); i++) {
        client_init(&c, 2, versions[i], 0);
        converse(&c, server);
        assert_int_equal(SSL_version(c.ssl), versions[i]);
        client_free(&c);
    }
    vb_tls_server_free(server);
}

/* Lengths of the records in what the server sent. */
static size_t longest_record(const struct client *c)
{
    size_t longest = 0;
    for (size_t at = 0; at + 5 <= c->n_wire;) {
        size_t len = (size_t)c->wire[at + 3] << 8 | c->wire[at + 4];
        longest = len > longest ? len : longest;
        at += 5 + len;
    }
    return longest;
}

static void a_maximum_fragment_length_is_kept(void **state)
{
    (void)state;
    static struct client c;
    struct vb_tls_server *server = new_server(1);
    client_init(&c, 2, TLS1_2_VERSION, TLSEXT_max_fragment_length_2048);
    converse(&c, server);
    assert_in_range(longest_record(&c), 2048, 2048 + 100);
    client_free(&c);
    client_init(&c, 2, TLS1_2_VERSION, 0);
    converse(&c, server);
    assert_in_range(longest_record(&c), 10000, 10100);
    client_free(&c);
    vb_tls_server_free(server);
}

static void one_seed_is_one_stream_of_bytes(void **state)
{
    (void)state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    static struct client c[3];
    for (size_t v = 0; v < COUNT(versions); v++) {
        for (unsigned i = 0; i < 3; i++) {
            struct vb_tls_server *server = new_server(i < 2 ? 5 : 6);
            client_init(&c[i], 2, versions[v], 0);
            converse(&c[i], server);
            client_free(&c[i]);
            vb_tls_server_free(server);
        }
        assert_int_equal(c[0].n_wire, c[1].n_wire);
        assert_memory_equal(c[0].wire, c[1].wire, c[0].n_wire);
        assert_true(c[0].n_wire != c[2].n_wire || memcmp(c[0].wire, c[2].wire, c[0].n_wire));
    }
}

static void a_version_may_be_forbidden(void **state)
{
    (void)state;
    static struct client c;
    uint8_t got[16];
    struct vb_tls_server *server = new_server(1);
    vb_tls_server_set_version(server, TLS1_3_VERSION);
    struct vb_channel *channel = vb_channel_new(server);
    client_init(&c, 2, TLS1_2_VERSION, 0);
    assert_int_equal(exchange(&c, channel, got, sizeof(got)), -1);
    assert_int_equal(c.wire[0], 21); /* an alert was sent */
    client_free(&c);
    vb_channel_free(channel);
    vb_tls_server_free(server);
}

static void a_plain_channel_passes_bytes(void **state)
{
    (void)state;
    struct vb_channel *channel = vb_channel_new(NULL);
    const uint8_t *out;
    uint8_t got[8];
    assert_int_equal(vb_channel_read(channel, got, sizeof(got)), 0);
    assert_true(vb_channel_feed(channel, (const uint8_t *)"abc", 3));
    assert_int_equal(vb_channel_read(channel, got, sizeof(got)), 3);
    assert_true(vb_channel_write(channel, (const uint8_t *)"xyz", 3));
    assert_int_equal(vb_channel_pending(channel, &out), 3);
    vb_channel_sent(channel, 1);
    assert_int_equal(vb_channel_pending(channel, &out), 2);
    assert_memory_equal(out, "yz", 2);
    vb_channel_free(channel);
}

static void unusable_files_are_named(void **state)
{
    (void)state;
    assert_null(vb_tls_server_new(1, "build/tests/none.pem", KEY, err, sizeof(err)));
    assert_non_null(strstr(err, "cannot use the certificate 'build/tests/none.pem': No such "
                                "file"));
    assert_null(vb_tls_server_new(1, CERT, CERT, err, sizeof(err)));
    assert_non_null(strstr(err, "cannot use the key '" CERT "'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_versions_carry_data),
        cmocka_unit_test(a_maximum_fragment_length_is_kept),
        cmocka_unit_test(one_seed_is_one_stream_of_bytes),
        cmocka_unit_test(a_version_may_be_forbidden),
        cmocka_unit_test(a_plain_channel_passes_bytes),
        cmocka_unit_test(unusable_files_are_named),
    };
    return cmocka_run_group_tests(tests, make_certificate, NULL);
}
