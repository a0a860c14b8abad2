/* SPDX-License-Identifier: Apache-2.0 */
/* Walks subjectAltName and subject. The bytes are the peer's: only printable ones are copied. */
#include "tls_cert_names.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mbedtls/asn1.h"
#include "mbedtls/oid.h"

static void append(char names[TLS_CERT_NAMES_LEN], const unsigned char *text, size_t len)
{
    size_t at = strlen(names);
    if (at > 0 && at + 2 < TLS_CERT_NAMES_LEN) {
        names[at++] = ',';
        names[at++] = ' ';
    }
    for (size_t i = 0; i < len && at + 1 < TLS_CERT_NAMES_LEN; i++) {
        names[at++] = text[i] > ' ' && text[i] <= '~' ? (char)text[i] : '?';
    }
    names[at] = '\0';
}

static void append_ip4(char names[TLS_CERT_NAMES_LEN], const unsigned char ip[4])
{
    char text[16];
    int n = snprintf(text, sizeof(text), "%u.%u.%u.%u", ip[0], ip[1], ip[2], ip[3]);
    append(names, (const unsigned char *)text, (size_t)n);
}

static void say_nothing(char names[TLS_CERT_NAMES_LEN])
{
    if (names[0] == '\0') {
        memcpy(names, "no name", sizeof("no name"));
    }
}

static bool is_common_name(const mbedtls_x509_name *name)
{
    return MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &name->oid) == 0;
}

static int san_kind(const mbedtls_x509_sequence *san)
{
    return san->buf.tag & MBEDTLS_ASN1_TAG_VALUE_MASK;
}

static bool has_san(const mbedtls_x509_crt *crt)
{
    return mbedtls_x509_crt_has_ext_type(crt, MBEDTLS_X509_EXT_SUBJECT_ALT_NAME) != 0;
}

void tls_cert_names(const mbedtls_x509_crt *crt, char names[TLS_CERT_NAMES_LEN])
{
    names[0] = '\0';
    if (has_san(crt)) {
        for (const mbedtls_x509_sequence *san = &crt->subject_alt_names; san != NULL;
             san = san->next) {
            if (san_kind(san) == MBEDTLS_X509_SAN_DNS_NAME) {
                append(names, san->buf.p, san->buf.len);
            } else if (san_kind(san) == MBEDTLS_X509_SAN_IP_ADDRESS && san->buf.len == 4) {
                append_ip4(names, san->buf.p);
            }
        }
    } else {
        for (const mbedtls_x509_name *name = &crt->subject; name != NULL; name = name->next) {
            if (is_common_name(name)) {
                append(names, name->val.p, name->val.len);
            }
        }
    }
    say_nothing(names);
}

void tls_cert_issuer(const mbedtls_x509_crt *crt, char name[TLS_CERT_NAMES_LEN])
{
    const mbedtls_x509_name *best = NULL;
    name[0] = '\0';
    for (const mbedtls_x509_name *n = &crt->issuer; n != NULL; n = n->next) {
        bool is_organization = MBEDTLS_OID_CMP(MBEDTLS_OID_AT_ORGANIZATION, &n->oid) == 0;
        if (is_common_name(n) || (is_organization && best == NULL)) {
            best = n;
        }
    }
    if (best != NULL) {
        append(name, best->val.p, best->val.len);
    }
    say_nothing(name);
}

/* A name as it stands in a certificate, against one that holds no NUL and no wildcard. */
static bool matches(const mbedtls_x509_buf *name, const char *host, size_t host_len)
{
    return name->len == host_len && strncasecmp((const char *)name->p, host, host_len) == 0;
}

/* One label, and not below a top-level domain: RFC 6125, 6.4.3, and what browsers do. */
static bool matches_wildcard(const mbedtls_x509_buf *name, const char *host)
{
    const char *rest = strchr(host, '.');
    if (rest == NULL || rest == host || name->len < 3 || memcmp(name->p, "*.", 2) != 0 ||
        memchr(name->p + 2, '.', name->len - 2) == NULL) {
        return false;
    }
    mbedtls_x509_buf tail = {.p = name->p + 1, .len = name->len - 1};
    return matches(&tail, rest, strlen(rest));
}

bool tls_cert_is_for(const mbedtls_x509_crt *crt, const char *host)
{
    unsigned char ip[16];
    size_t host_len = strlen(host);
    size_t ip_len = mbedtls_x509_crt_parse_cn_inet_pton(host, ip);
    if (!has_san(crt)) {
        for (const mbedtls_x509_name *n = &crt->subject; n != NULL; n = n->next) {
            if (is_common_name(n) && (matches(&n->val, host, host_len) ||
                                      (ip_len == 0 && matches_wildcard(&n->val, host)))) {
                return true;
            }
        }
        return false;
    }
    for (const mbedtls_x509_sequence *san = &crt->subject_alt_names; san != NULL; san = san->next) {
        const mbedtls_x509_buf *name = &san->buf;
        bool is_name =
            san_kind(san) == MBEDTLS_X509_SAN_DNS_NAME &&
            (matches(name, host, host_len) || (ip_len == 0 && matches_wildcard(name, host)));
        bool is_address = san_kind(san) == MBEDTLS_X509_SAN_IP_ADDRESS && ip_len != 0 &&
                          name->len == ip_len && memcmp(name->p, ip, ip_len) == 0;
        if (is_name || is_address) {
            return true;
        }
    }
    return false;
}

/* Goes through Extensions ::= SEQUENCE OF SEQUENCE { OID, ... }. What cannot be read was refused
 * when the certificate was parsed. */
bool tls_cert_has_name_constraints(const mbedtls_x509_crt *crt)
{
    static const unsigned char wanted[] = {0x55, 0x1d, 0x1e};
    const int sequence = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE;
    unsigned char *p = crt->v3_ext.p;
    const unsigned char *end = p + crt->v3_ext.len;
    size_t len;
    if (p == NULL || mbedtls_asn1_get_tag(&p, end, &len, sequence) != 0) {
        return false;
    }
    while (p < end && mbedtls_asn1_get_tag(&p, end, &len, sequence) == 0) {
        unsigned char *next = p + len;
        if (mbedtls_asn1_get_tag(&p, next, &len, MBEDTLS_ASN1_OID) == 0 && len == sizeof(wanted) &&
            memcmp(p, wanted, sizeof(wanted)) == 0) {
            return true;
        }
        p = next;
    }
    return false;
}
