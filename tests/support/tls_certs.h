/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates to order, good ones and every kind of bad one, made with OpenSSL. */
#ifndef TLS_CERTS_H
#define TLS_CERTS_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tls_key {
    TLS_KEY_P256,
    TLS_KEY_RSA2048,
    TLS_KEY_RSA1024,
    TLS_KEY_P384,
    TLS_KEY_P521,
    TLS_KEY_ED25519,
    TLS_KEY_SECP256K1,
    TLS_KEY_COUNT,
};

/* Texts are OpenSSL's of x509v3_config; NULL: not there. Zero is a good leaf without names. */
struct tls_cert_spec {
    const char *name;    /* common name; a tab in it becomes NUL */
    const char *san;     /* "DNS:host, IP:10.0.2.2" */
    const char *basic;   /* "critical, CA:TRUE, pathlen:0" */
    const char *usage;   /* "critical, keyCertSign" */
    const char *purpose; /* extended key usage */
    const char *constraints;
    const char *odd_value; /* of an extension that nobody knows: "critical, ASN1:NULL" */
    const char *hash;      /* of its signature; NULL: SHA256, or what the key is bound to */
    enum tls_key key;
    int from_day, to_day; /* around the base date; both 0: -100 and 1000 */
    size_t padding;       /* bytes of comment */
    bool is_v1;           /* an X.509 version 1 certificate: no extensions */
    bool is_pss;          /* signed by RSA-PSS */
};

/* The i-th key of a kind, i < 4; made once. */
EVP_PKEY *tls_certs_key(enum tls_key kind, unsigned i);
void tls_certs_free_keys(void);

/* Makes the certificate of a spec for key, signed by issuer, NULL: by itself. base_s: seconds since
 * 1970. Ends the program when OpenSSL cannot. */
X509 *tls_certs_make(const struct tls_cert_spec *spec, EVP_PKEY *key, int64_t base_s, X509 *issuer,
                     EVP_PKEY *issuer_key);

/* Appends the PEM text to pem[cap], which holds a text. */
void tls_certs_append_pem(X509 *x509, char *pem, size_t cap);
/* Writes a private key as PEM to pem[cap], encrypted when phrase is not NULL. */
void tls_certs_key_pem(EVP_PKEY *key, const char *phrase, char *pem, size_t cap);

/* Makes another certificate of the same, with one bit of its DER changed: bit 0 of byte at, counted
 * from its end when at < 0. NULL: OpenSSL cannot read the result. */
X509 *tls_certs_flip(X509 *x509, long at);

#endif
