/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL as a careless authority. */
#include "tls_certs.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_S     86400
#define N_KEYS    4
#define UNKNOWN   "1.3.6.1.4.1.55555.1"
#define FROM_DAY  (-100)
#define UNTIL_DAY 1000

static EVP_PKEY *keys[TLS_KEY_COUNT][N_KEYS];

static void require(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "tls_certs: %s failed\n", what);
        ERR_print_errors_fp(stderr);
        abort();
    }
}

static EVP_PKEY *new_key(enum tls_key kind)
{
    switch (kind) {
    case TLS_KEY_RSA2048:
        return EVP_RSA_gen(2048);
    case TLS_KEY_RSA1024:
        return EVP_RSA_gen(1024);
    case TLS_KEY_P384:
        return EVP_EC_gen("P-384");
    case TLS_KEY_P521:
        return EVP_EC_gen("P-521");
    case TLS_KEY_ED25519:
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    case TLS_KEY_SECP256K1:
        return EVP_EC_gen("secp256k1");
    case TLS_KEY_P256:
    case TLS_KEY_COUNT:
        break;
    }
    return EVP_EC_gen("P-256");
}

EVP_PKEY *tls_certs_key(enum tls_key kind, unsigned i)
{
    require(i < N_KEYS, "key number");
    if (keys[kind][i] == NULL) {
        keys[kind][i] = new_key(kind);
        require(keys[kind][i] != NULL, "key");
    }
    return keys[kind][i];
}

void tls_certs_free_keys(void)
{
    for (size_t kind = 0; kind < TLS_KEY_COUNT; kind++) {
        for (size_t i = 0; i < N_KEYS; i++) {
            EVP_PKEY_free(keys[kind][i]);
            keys[kind][i] = NULL;
        }
    }
}

static void add(X509 *x509, X509 *issuer, int nid, const char *value)
{
    if (value == NULL) {
        return;
    }
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, issuer != NULL ? issuer : x509, x509, NULL, NULL, 0);
    X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    require(ext != NULL && X509_add_ext(x509, ext, -1) == 1, value);
    X509_EXTENSION_free(ext);
}

static void add_unknown(X509 *x509, const char *value)
{
    if (value == NULL) {
        return;
    }
    X509_EXTENSION *ext = X509V3_EXT_conf(NULL, NULL, UNKNOWN, value);
    require(ext != NULL && X509_add_ext(x509, ext, -1) == 1, value);
    X509_EXTENSION_free(ext);
}

static void add_comment(X509 *x509, size_t len)
{
    if (len == 0) {
        return;
    }
    char *text = malloc(len + 1);
    require(text != NULL, "malloc");
    memset(text, 'x', len);
    text[len] = '\0';
    add(x509, NULL, NID_netscape_comment, text);
    free(text);
}

static void sign(X509 *x509, const struct tls_cert_spec *spec, EVP_PKEY *key)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pkey_ctx = NULL;
    const char *hash = spec->hash != NULL ? spec->hash : "SHA256";
    const EVP_MD *md = EVP_PKEY_is_a(key, "ED25519") ? NULL : EVP_get_digestbyname(hash);
    require(EVP_DigestSignInit(ctx, &pkey_ctx, md, NULL, key) == 1, "EVP_DigestSignInit");
    if (spec->is_pss) {
        require(EVP_PKEY_CTX_set_rsa_padding(pkey_ctx, RSA_PKCS1_PSS_PADDING) == 1, "PSS");
    }
    require(X509_sign_ctx(x509, ctx) > 0, "X509_sign_ctx");
    EVP_MD_CTX_free(ctx);
}

static void set_name(X509 *x509, const char *text)
{
    unsigned char name[128];
    const char *field = text != NULL ? "CN" : "O";
    text = text != NULL ? text : "nameless";
    size_t len = strlen(text);
    require(len < sizeof(name), "name");
    for (size_t i = 0; i < len; i++) {
        name[i] = text[i] == '\t' ? '\0' : (unsigned char)text[i];
    }
    require(X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), field, MBSTRING_ASC, name,
                                       (int)len, -1, 0) == 1,
            "name");
}

X509 *tls_certs_make(const struct tls_cert_spec *spec, EVP_PKEY *key, int64_t base_s, X509 *issuer,
                     EVP_PKEY *issuer_key)
{
    static long serial;
    bool usual = spec->from_day == 0 && spec->to_day == 0;
    time_t from = (time_t)(base_s + DAY_S * (int64_t)(usual ? FROM_DAY : spec->from_day));
    time_t to = (time_t)(base_s + DAY_S * (int64_t)(usual ? UNTIL_DAY : spec->to_day));
    X509 *x509 = X509_new();
    require(x509 != NULL, "X509_new");
    X509_set_version(x509, spec->is_v1 ? X509_VERSION_1 : X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
    X509_time_adj_ex(X509_getm_notBefore(x509), 0, 0, &from);
    X509_time_adj_ex(X509_getm_notAfter(x509), 0, 0, &to);
    X509_set_pubkey(x509, key);
    set_name(x509, spec->name);
    X509_set_issuer_name(x509, X509_get_subject_name(issuer != NULL ? issuer : x509));
    if (!spec->is_v1) {
        add(x509, issuer, NID_subject_alt_name, spec->san);
        add(x509, issuer, NID_basic_constraints, spec->basic);
        add(x509, issuer, NID_key_usage, spec->usage);
        add(x509, issuer, NID_ext_key_usage, spec->purpose);
        add(x509, issuer, NID_name_constraints, spec->constraints);
        add_unknown(x509, spec->odd_value);
        add_comment(x509, spec->padding);
    }
    sign(x509, spec, issuer_key != NULL ? issuer_key : key);
    return x509;
}

static void append_bio(BIO *bio, char *pem, size_t cap)
{
    size_t len = strlen(pem);
    int n = BIO_read(bio, pem + len, (int)(cap - len - 1));
    require(n > 0 && BIO_pending(bio) == 0, "PEM");
    pem[len + (size_t)n] = '\0';
    BIO_free(bio);
}

void tls_certs_append_pem(X509 *x509, char *pem, size_t cap)
{
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, x509);
    append_bio(bio, pem, cap);
}

void tls_certs_key_pem(EVP_PKEY *key, const char *phrase, char *pem, size_t cap)
{
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key, phrase != NULL ? EVP_aes_128_cbc() : NULL, NULL, 0, NULL,
                             (void *)(uintptr_t)phrase);
    pem[0] = '\0';
    append_bio(bio, pem, cap);
}

X509 *tls_certs_flip(X509 *x509, long at)
{
    unsigned char *der = NULL;
    int len = i2d_X509(x509, &der);
    require(len > 0, "i2d_X509");
    der[at < 0 ? len + at : at] ^= 1;
    const unsigned char *p = der;
    X509 *flipped = d2i_X509(NULL, &p, len);
    OPENSSL_free(der);
    ERR_clear_error();
    return flipped;
}
