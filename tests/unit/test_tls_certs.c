/* SPDX-License-Identifier: Apache-2.0 */
/* What the device's TLS thinks of certificates: each line of the table is made by OpenSSL, sent by
 * a server in memory, and either accepted or refused with the words that name its fault. */
#include "tls_lab.h"

#include <stdlib.h>

#include "tls_certs.h"

#define HOST     TLS_LAB_HOST
#define NAME     "fw.example.com"
#define CHAIN    4
#define BUILD_S  FAKE_BUILD_S
#define DAY_S    86400
#define PEM_SIZE 16384

/* Indices in sent and trusted name certificates of the chain; 'k' is another root with the last
 * one's name, 'x' one of another name. */
struct cert_case {
    const char *title;
    struct tls_cert_spec chain[CHAIN]; /* leaf first, each signed by the next, the last by itself */
    const char *sent;                  /* NULL: all but the last, or the only one */
    const char *trusted;               /* NULL: the last */
    const char *host;                  /* NULL: HOST */
    int day;                           /* of the device, after its build; 0: it does not know */
    int second;                        /* added to it */
    long flip;                         /* a byte of the leaf to be flipped, from its end when < 0 */
    esp_err_t err;                     /* 0: TLS_LAB_REFUSED when it says something */
    const char *number;                /* in the log; NULL: 0x2700 */
    const char *says;                  /* in the log; NULL: accepted */
};

#define LEAF    .name = "leaf", .san = "IP:" HOST
#define ANCHOR  .name = "root", .basic = "critical, CA:TRUE", .usage = "critical, keyCertSign"
#define MIDDLE  .name = "middle", .basic = "critical, CA:TRUE", .usage = "critical, keyCertSign"
#define LOWER   .name = "lower", .basic = "critical, CA:TRUE", .usage = "critical, keyCertSign"
#define SERVER  .usage = "critical, digitalSignature", .purpose = "serverAuth"
#define DNS(x)  .name = "leaf", .san = "DNS:" x
#define OTHER   "another authority than the given CA"
#define MISSING OTHER "; embed the server's ca_cert.pem and build again, or have it send the chain"

static const struct cert_case cases[] = {
    /* --- chains --- */
    {.title = "P-256 leaf of a pinned P-256 root", .chain = {{LEAF}, {ANCHOR}}},
    {.title = "P-256 leaf of a pinned RSA-2048 root",
     .chain = {{LEAF}, {ANCHOR, .key = TLS_KEY_RSA2048}}},
    {.title = "RSA-2048 leaf of a pinned P-256 root",
     .chain = {{LEAF, .key = TLS_KEY_RSA2048}, {ANCHOR}}},
    {.title = "RSA-2048 leaf of a pinned RSA-2048 root",
     .chain = {{LEAF, .key = TLS_KEY_RSA2048}, {ANCHOR, .key = TLS_KEY_RSA2048}}},
    {.title = "self-signed leaf, pinned itself", .chain = {{LEAF}}},
    {.title = "an intermediate", .chain = {{LEAF}, {MIDDLE}, {ANCHOR}}},
    {.title = "two intermediates", .chain = {{LEAF}, {LOWER}, {MIDDLE}, {ANCHOR}}},
    {.title = "the root sent along", .chain = {{LEAF}, {MIDDLE}, {ANCHOR}}, .sent = "012"},
    {.title = "an unrelated certificate sent along",
     .chain = {{LEAF}, {MIDDLE}, {ANCHOR}},
     .sent = "0x1"},
    {.title = "every certificate sent twice",
     .chain = {{LEAF}, {MIDDLE}, {ANCHOR}},
     .sent = "0011"},
    {.title = "an intermediate pinned instead of the root",
     .chain = {{LEAF}, {MIDDLE}, {ANCHOR}},
     .trusted = "1"},
    {.title = "no intermediate sent",
     .chain = {{LEAF}, {MIDDLE}, {ANCHOR}},
     .sent = "0",
     .says = MISSING " up to it (missing: middle)"},
    {.title = "the upper intermediate not sent",
     .chain = {{LEAF}, {LOWER}, {MIDDLE}, {ANCHOR}},
     .sent = "01",
     .says = "(missing: middle)"},
    {.title = "intermediates in the wrong order",
     .chain = {{LEAF}, {LOWER}, {MIDDLE}, {ANCHOR}},
     .sent = "021",
     .says = OTHER},
    {.title = "a self-signed certificate nobody gave",
     .chain = {{LEAF}},
     .trusted = "x",
     .says = OTHER},
    {.title = "an unknown issuer",
     .chain = {{LEAF}, {ANCHOR}},
     .trusted = "x",
     .says = "(missing: root)"},
    {.title = "a root of the given one's name with another key",
     .chain = {{LEAF}, {ANCHOR}},
     .trusted = "k",
     .says = "both are named root, the signature differs"},
    {.title = "a leaf pinned that its issuer signed",
     .chain = {{LEAF}, {ANCHOR}},
     .trusted = "0",
     .says = OTHER},

    /* --- anchors --- */
    {.title = "two anchors, the second is it", .chain = {{LEAF}, {ANCHOR}}, .trusted = "x1"},
    {.title = "two anchors of one name, the second is it",
     .chain = {{LEAF}, {ANCHOR}},
     .trusted = "k1"},
    {.title = "two anchors of one name, the first is it",
     .chain = {{LEAF}, {ANCHOR}},
     .trusted = "1k"},

    /* --- who may sign --- */
    {.title = "intermediate with CA:FALSE",
     .chain = {{LEAF}, {.name = "middle", .basic = "critical, CA:FALSE"}, {ANCHOR}},
     .says = OTHER},
    {.title = "intermediate without basicConstraints",
     .chain = {{LEAF}, {.name = "middle"}, {ANCHOR}},
     .says = OTHER},
    {.title = "intermediate whose usage lacks keyCertSign",
     .chain = {{LEAF},
               {.name = "middle",
                .basic = "critical, CA:TRUE",
                .usage = "critical, digitalSignature"},
               {ANCHOR}},
     .says = OTHER},
    {.title = "a leaf signs a leaf", .chain = {{LEAF}, {LEAF, SERVER}, {ANCHOR}}, .says = OTHER},
    {.title = "path length 0, one intermediate below",
     .chain =
         {{LEAF}, {LOWER}, {.name = "middle", .basic = "critical, CA:TRUE, pathlen:0"}, {ANCHOR}},
     .says = OTHER},
    {.title = "path length 1, one intermediate below",
     .chain =
         {{LEAF}, {LOWER}, {.name = "middle", .basic = "critical, CA:TRUE, pathlen:1"}, {ANCHOR}}},
    {.title = "path length 0 of the root, one intermediate",
     .chain = {{LEAF}, {MIDDLE}, {.name = "root", .basic = "critical, CA:TRUE, pathlen:0"}},
     .says = OTHER},
    {.title = "a pinned root of X.509 version 1",
     .chain = {{LEAF}, {.name = "root", .is_v1 = true}}},
    {.title = "an intermediate of X.509 version 1",
     .chain = {{LEAF}, {.name = "middle", .is_v1 = true}, {ANCHOR}},
     .says = OTHER},
    {.title = "name constraints, not critical",
     .chain = {{LEAF}, {MIDDLE, .constraints = "permitted;DNS:example.com"}, {ANCHOR}},
     .says = "limited by name constraints"},
    {.title = "name constraints, critical",
     .chain = {{LEAF}, {MIDDLE, .constraints = "critical, permitted;DNS:example.com"}, {ANCHOR}},
     .number = "0x25",
     .says = "a critical one that the device does not understand"},

    /* --- dates; the device does not know the time --- */
    {.title = "expired before the build",
     .chain = {{LEAF, .from_day = -100, .to_day = -1}, {ANCHOR}},
     .says = "has expired"},
    {.title = "intermediate expired before the build",
     .chain = {{LEAF}, {MIDDLE, .from_day = -100, .to_day = -1}, {ANCHOR}},
     .says = "has expired"},
    {.title = "root expired before the build",
     .chain = {{LEAF}, {ANCHOR, .from_day = -100, .to_day = -1}},
     .says = "has expired"},
    {.title = "valid from after the build, time unknown",
     .chain = {{LEAF, .from_day = 10, .to_day = 20}, {ANCHOR}}},
    {.title = "valid until after the build, time unknown",
     .chain = {{LEAF, .from_day = -9, .to_day = 1}, {ANCHOR}}},

    /* --- dates; it knows --- */
    {.title = "within its dates",
     .chain = {{LEAF, .from_day = 10, .to_day = 20}, {ANCHOR}},
     .day = 15},
    {.title = "its last second",
     .chain = {{LEAF, .from_day = 10, .to_day = 20}, {ANCHOR}},
     .day = 20},
    {.title = "a second past it",
     .chain = {{LEAF, .from_day = 10, .to_day = 20}, {ANCHOR}},
     .day = 20,
     .second = 1,
     .says = "has expired; renew it"},
    {.title = "its first second",
     .chain = {{LEAF, .from_day = 10, .to_day = 20}, {ANCHOR}},
     .day = 10},
    {.title = "a second before it",
     .chain = {{LEAF, .from_day = 10, .to_day = 20}, {ANCHOR}},
     .day = 10,
     .second = -1,
     .says = "is not valid yet; check the device's clock"},
    {.title = "expired intermediate",
     .chain = {{LEAF}, {MIDDLE, .from_day = 1, .to_day = 20}, {ANCHOR}},
     .day = 21,
     .says = "has expired"},
    {.title = "intermediate not yet valid",
     .chain = {{LEAF}, {MIDDLE, .from_day = 30, .to_day = 40}, {ANCHOR}},
     .day = 21,
     .says = "is not valid yet"},
    {.title = "expired root",
     .chain = {{LEAF}, {ANCHOR, .from_day = 1, .to_day = 20}},
     .day = 21,
     .says = "has expired"},
    {.title = "valid past 2050",
     .chain = {{LEAF, .from_day = 10, .to_day = 20000}, {ANCHOR, .from_day = 10, .to_day = 20000}},
     .day = 15000},

    /* --- names --- */
    {.title = "another address",
     .chain = {{.name = HOST, .san = "IP:10.0.2.3"}, {ANCHOR}},
     .says = "for another name (10.0.2.3), not for 10.0.2.2"},
    {.title = "one of several names",
     .chain = {{DNS("a.example, DNS:" NAME ", IP:" HOST)}, {ANCHOR}},
     .host = NAME},
    {.title = "one of several addresses",
     .chain = {{DNS("a.example, IP:10.0.2.3, IP:" HOST)}, {ANCHOR}}},
    {.title = "a name", .chain = {{DNS(NAME)}, {ANCHOR}}, .host = NAME},
    {.title = "a name in other case", .chain = {{DNS("FW.Example.Com")}, {ANCHOR}}, .host = NAME},
    {.title = "another name",
     .chain = {{DNS("other.example.com")}, {ANCHOR}},
     .host = NAME,
     .says = "another name (other.example.com), not for " NAME},
    {.title = "the host is only the end of the name",
     .chain = {{DNS("x." NAME)}, {ANCHOR}},
     .host = NAME,
     .says = "another name"},
    {.title = "a wildcard", .chain = {{DNS("*.example.com")}, {ANCHOR}}, .host = NAME},
    {.title = "a wildcard for two labels",
     .chain = {{DNS("*.example.com")}, {ANCHOR}},
     .host = "a.b.example.com",
     .says = "another name (*.example.com)"},
    {.title = "a wildcard for no label",
     .chain = {{DNS("*.example.com")}, {ANCHOR}},
     .host = "example.com",
     .says = "another name"},
    {.title = "a wildcard below a top-level domain",
     .chain = {{DNS("*.com")}, {ANCHOR}},
     .host = "example.com",
     .says = "another name (*.com)"},
    {.title = "a wildcard for part of a label",
     .chain = {{DNS("f*.example.com")}, {ANCHOR}},
     .host = NAME,
     .says = "another name"},
    {.title = "a wildcard in the middle",
     .chain = {{DNS("fw.*.com")}, {ANCHOR}},
     .host = NAME,
     .says = "another name"},
    {.title = "a wildcard for an address",
     .chain = {{DNS("*.0.2.2")}, {ANCHOR}},
     .says = "another name (*.0.2.2), not for 10.0.2.2"},
    {.title = "an address as DNS name", .chain = {{DNS(HOST)}, {ANCHOR}}},
    {.title = "common name, no subjectAltName", .chain = {{.name = NAME}, {ANCHOR}}, .host = NAME},
    {.title = "address as common name, no subjectAltName", .chain = {{.name = HOST}, {ANCHOR}}},
    {.title = "wildcard as common name",
     .chain = {{.name = "*.example.com"}, {ANCHOR}},
     .host = NAME},
    {.title = "the common name does not count beside a subjectAltName",
     .chain = {{.name = NAME, .san = "DNS:other.example"}, {ANCHOR}},
     .host = NAME,
     .says = "another name (other.example)"},
    {.title = "neither common name nor subjectAltName",
     .chain = {{.name = NULL}, {ANCHOR}},
     .says = "another name (no name)"},
    {.title = "a NUL in the common name",
     .chain = {{.name = NAME "\t.evil.example"}, {ANCHOR}},
     .host = NAME,
     .says = "another name (fw.example.com?.evil.example)"},
    {.title = "the host as URI",
     .chain = {{.name = "leaf", .san = "URI:" NAME}, {ANCHOR}},
     .host = NAME,
     .says = "another name"},
    {.title = "the host as mail address",
     .chain = {{.name = "leaf", .san = "email:x@" NAME}, {ANCHOR}},
     .host = NAME,
     .says = "another name"},
    {.title = "an IPv6 address alone",
     .chain = {{.name = "leaf", .san = "IP:fd00::2"}, {ANCHOR}},
     .says = "another name"},

    /* --- what it is for --- */
    {.title = "made for servers", .chain = {{LEAF, SERVER}, {ANCHOR}}},
    {.title = "made for clients",
     .chain = {{LEAF, .purpose = "clientAuth"}, {ANCHOR}},
     .number = "0x",
     .says = "is not made for servers"},
    {.title = "made for both", .chain = {{LEAF, .purpose = "clientAuth, serverAuth"}, {ANCHOR}}},
    {.title = "made for any purpose",
     .chain = {{LEAF, .purpose = "anyExtendedKeyUsage"}, {ANCHOR}}},
    {.title = "made for code signing",
     .chain = {{LEAF, .purpose = "codeSigning"}, {ANCHOR}},
     .number = "0x",
     .says = "is not made for servers"},
    {.title = "an unknown extension", .chain = {{LEAF, .odd_value = "ASN1:NULL"}, {ANCHOR}}},
    {.title = "an unknown critical extension",
     .chain = {{LEAF, .odd_value = "critical, ASN1:NULL"}, {ANCHOR}},
     .number = "0x25",
     .says = "a critical one that the device does not understand"},

    /* --- strength and kinds --- */
    {.title = "RSA-1024 leaf",
     .chain = {{LEAF, .key = TLS_KEY_RSA1024}, {ANCHOR}},
     .says = "too weak; use RSA-2048"},
    {.title = "RSA-1024 root",
     .chain = {{LEAF}, {ANCHOR, .key = TLS_KEY_RSA1024}},
     .says = "too weak; use RSA-2048"},
    {.title = "MD5 signature",
     .chain = {{LEAF, .hash = "MD5"}, {ANCHOR, .key = TLS_KEY_RSA2048}},
     .says = "not accepted (MD5, SHA-1"},
    {.title = "SHA-1 signature",
     .chain = {{LEAF, .hash = "SHA1"}, {ANCHOR}},
     .says = "not accepted (MD5, SHA-1"},
    {.title = "SHA-224 signature",
     .chain = {{LEAF, .hash = "SHA224"}, {ANCHOR}},
     .says = "too weak"},
    {.title = "SHA-384 signature", .chain = {{LEAF, .hash = "SHA384"}, {ANCHOR}}},
    {.title = "SHA-512 signature",
     .chain = {{LEAF, .hash = "SHA512"}, {ANCHOR, .key = TLS_KEY_RSA2048}}},
    {.title = "RSA-PSS signature",
     .chain = {{LEAF, .is_pss = true}, {ANCHOR, .key = TLS_KEY_RSA2048}}},
    {.title = "SHA-1 signature of an intermediate",
     .chain = {{LEAF}, {MIDDLE, .hash = "SHA1"}, {ANCHOR}},
     .says = OTHER},
    {.title = "a root that signed itself with SHA-1",
     .chain = {{LEAF}, {ANCHOR, .hash = "SHA1"}},
     .err = ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED,
     .number = "0x262E",
     .says = "is signed with a hash or key that is not accepted"},
    {.title = "P-384 intermediate",
     .chain = {{LEAF}, {MIDDLE, .key = TLS_KEY_P384}, {ANCHOR}},
     .number = "0x3A00",
     .says = "a key of an unknown kind; use RSA-2048"},
    {.title = "Ed25519 intermediate",
     .chain = {{LEAF}, {MIDDLE, .key = TLS_KEY_ED25519}, {ANCHOR}},
     .number = "0x3C80",
     .says = "a key of an unknown kind"},
    {.title = "P-384 leaf",
     .chain = {{LEAF, .key = TLS_KEY_P384}, {ANCHOR}},
     .number = "0x7780",
     .says = "no common cipher, alert 40 (handshake_failure)"},
    {.title = "P-521 leaf",
     .chain = {{LEAF, .key = TLS_KEY_P521}, {ANCHOR}},
     .number = "0x7780",
     .says = "no common cipher"},
    {.title = "secp256k1 leaf",
     .chain = {{LEAF, .key = TLS_KEY_SECP256K1}, {ANCHOR}},
     .number = "0x7780",
     .says = "no common cipher"},
    {.title = "Ed25519 leaf",
     .chain = {{LEAF, .key = TLS_KEY_ED25519}, {ANCHOR}},
     .number = "0x7780",
     .says = "no common cipher"},

    /* --- damage and size --- */
    {.title = "a flipped bit in the signature",
     .chain = {{LEAF}, {ANCHOR}},
     .flip = -1,
     .says = "both are named root, the signature differs"},
    {.title = "a flipped bit in the serial number",
     .chain = {{LEAF}, {ANCHOR}},
     .flip = 15,
     .says = OTHER},
    {.title = "a chain of 3.5 KB", .chain = {{LEAF, .padding = 3000}, {ANCHOR}}},
    {.title = "a certificate of 4 KB",
     .chain = {{LEAF, .padding = 4096}, {ANCHOR}},
     .number = "0x7",
     .says = "(certificate chain) is larger than CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN 4096"},
    {.title = "a certificate of 16 KB",
     .chain = {{LEAF, .padding = 16000}, {ANCHOR}},
     .number = "0x7",
     .says = "(certificate chain) is larger than CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN 4096"},
};
#define N_CASES (sizeof(cases) / sizeof(cases[0]))

/* What a case is made of. */
struct scene {
    X509 *chain[CHAIN];
    X509 *namesake, *stranger;
    size_t n;
    X509 *sent[8]; /* borrowed, ended by NULL */
    struct tls_peer_cert leaf;
    char pem[PEM_SIZE];
};

static bool is_there(const struct tls_cert_spec *spec)
{
    static const struct tls_cert_spec none;
    return memcmp(spec, &none, sizeof(none)) != 0;
}

static void make_chain(struct scene *scene, const struct cert_case *c)
{
    scene->n = 1;
    while (scene->n < CHAIN && is_there(&c->chain[scene->n])) {
        scene->n++;
    }
    for (size_t i = scene->n; i > 0; i--) {
        const struct tls_cert_spec *spec = &c->chain[i - 1];
        EVP_PKEY *key = tls_certs_key(spec->key, (unsigned)(i - 1));
        X509 *issuer = i < scene->n ? scene->chain[i] : NULL;
        EVP_PKEY *issuer_key = issuer != NULL ? tls_certs_key(c->chain[i].key, (unsigned)i) : NULL;
        scene->chain[i - 1] = tls_certs_make(spec, key, BUILD_S, issuer, issuer_key);
    }
    struct tls_cert_spec root = {ANCHOR};
    root.name = c->chain[scene->n - 1].name;
    scene->namesake = tls_certs_make(&root, tls_certs_key(TLS_KEY_P256, 3), BUILD_S, NULL, NULL);
    root.name = "stranger";
    scene->stranger = tls_certs_make(&root, tls_certs_key(TLS_KEY_P256, 3), BUILD_S, NULL, NULL);
}

static X509 *pick(const struct scene *scene, char which)
{
    return which == 'k'   ? scene->namesake
           : which == 'x' ? scene->stranger
                          : scene->chain[which - '0'];
}

static void flip_leaf(struct scene *scene, long at)
{
    X509 *flipped = tls_certs_flip(scene->chain[0], at);
    assert_non_null(flipped);
    X509_free(scene->chain[0]);
    scene->chain[0] = flipped;
}

static void make_scene(struct scene *scene, const struct cert_case *c)
{
    static const char all_but_last[CHAIN + 1][CHAIN] = {"", "0", "0", "01", "012"};
    char last[2] = "";
    memset(scene, 0, sizeof(*scene));
    make_chain(scene, c);
    if (c->flip != 0) {
        flip_leaf(scene, c->flip);
    }
    const char *sent = c->sent != NULL ? c->sent : all_but_last[scene->n];
    for (size_t i = 0; sent[i] != '\0'; i++) {
        scene->sent[i] = pick(scene, sent[i]);
    }
    scene->leaf.x509 = scene->sent[0];
    scene->leaf.key = tls_certs_key(c->chain[0].key, 0);
    last[0] = (char)('0' + scene->n - 1);
    for (const char *t = c->trusted != NULL ? c->trusted : last; *t != '\0'; t++) {
        tls_certs_append_pem(pick(scene, *t), scene->pem, sizeof(scene->pem));
    }
}

static void free_scene(struct scene *scene)
{
    for (size_t i = 0; i < scene->n; i++) {
        X509_free(scene->chain[i]);
    }
    X509_free(scene->namesake);
    X509_free(scene->stranger);
}

static void judge(void **state)
{
    const struct cert_case *c = *state;
    struct scene scene;
    struct esp_tls_session *session = NULL;
    make_scene(&scene, c);
    struct tls_peer_config server = {
        .cert = &scene.leaf, .chain = scene.sent + 1, .answer = "good", .answer_len = 4};
    const char *host = c->host != NULL ? c->host : HOST;
    tls_lab_reset(NULL);
    if (c->day != 0) {
        fake_set_date(BUILD_S + (int64_t)c->day * DAY_S + c->second);
    }
    esp_err_t err = tls_lab_open(&server, host, scene.pem, &session);
    if (c->says == NULL) {
        tls_lab_expect_good(session, err);
    } else {
        char number[32];
        snprintf(number, sizeof(number), "mbedtls error: %s",
                 c->number != NULL ? c->number : "0x2700");
        tls_lab_expect_log(c->says);
        tls_lab_expect_log(number);
        assert_int_equal(err, c->err != 0 ? c->err : TLS_LAB_REFUSED);
        assert_null(session);
    }
    assert_int_equal(tls_peer_open_connections(), 0);
    tls_peer_stop();
    free_scene(&scene);
}

#define LONGEST 10 /* certificates behind the leaf, the root included */

/* Opens a session with a leaf under n certificates, the last of which is trusted. */
static esp_err_t open_under(unsigned n)
{
    static const struct tls_cert_spec leaf = {LEAF};
    struct tls_peer_cert cert = {.key = tls_certs_key(TLS_KEY_P256, 0)};
    struct esp_tls_session *session = NULL;
    struct esp_tls_session_config config = {.host = HOST, .port = 1, .timeout_ms = 5000};
    X509 *chain[LONGEST + 1] = {0}; /* lowest first, the trusted one left out */
    char pem[2048] = "", name[8];
    X509 *issuer = NULL;
    for (unsigned i = n; i > 0; i--) {
        snprintf(name, sizeof(name), "ca%u", i);
        struct tls_cert_spec spec = {.name = name, .basic = "critical, CA:TRUE"};
        chain[i - 1] = tls_certs_make(&spec, tls_certs_key(TLS_KEY_P256, i % 4), BUILD_S, issuer,
                                      issuer ? tls_certs_key(TLS_KEY_P256, (i + 1) % 4) : NULL);
        issuer = chain[i - 1];
    }
    cert.x509 = tls_certs_make(&leaf, cert.key, BUILD_S, issuer, tls_certs_key(TLS_KEY_P256, 1));
    X509 *root = chain[n - 1];
    tls_certs_append_pem(root, pem, sizeof(pem));
    chain[n - 1] = NULL;
    struct tls_peer_config server = {.cert = &cert, .chain = chain};
    tls_lab_reset(NULL);
    config.ca_pem = pem;
    tls_peer_start(&server);
    esp_err_t err = esp_tls_session_open(&config, &session);
    esp_tls_session_close(session);
    tls_peer_stop();
    for (unsigned i = 0; i + 1 < n; i++) {
        X509_free(chain[i]);
    }
    X509_free(root);
    X509_free(cert.x509);
    return err;
}

static void a_chain_has_its_longest(void **state)
{
    (void)state;
    assert_int_equal(open_under(LONGEST - 1), ESP_OK);
    assert_int_equal(open_under(LONGEST), TLS_LAB_REFUSED);
    tls_lab_expect_log(
        "mbedtls error: 0x3000: the server's chain is too long; it may have 9 certificates");
}

int main(void)
{
    static struct CMUnitTest tests[N_CASES + 1];
    for (size_t i = 0; i < N_CASES; i++) {
        tests[i] = (struct CMUnitTest){.name = cases[i].title,
                                       .test_func = judge,
                                       .initial_state = (void *)(uintptr_t)&cases[i]};
    }
    tests[N_CASES] = (struct CMUnitTest)cmocka_unit_test(a_chain_has_its_longest);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    esp_tls_session_forget();
    tls_certs_free_keys();
    return failed;
}
