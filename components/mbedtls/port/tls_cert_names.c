/* SPDX-License-Identifier: Apache-2.0 */
/* Walks subjectAltName and subject. The bytes are the peer's: only printable ones are copied. */
#include "tls_cert_names.h"

#include <stdio.h>
#include <string.h>

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

void tls_cert_names(const mbedtls_x509_crt *crt, char names[TLS_CERT_NAMES_LEN])
{
    names[0] = '\0';
    if (mbedtls_x509_crt_has_ext_type(crt, MBEDTLS_X509_EXT_SUBJECT_ALT_NAME)) {
        for (const mbedtls_x509_sequence *san = &crt->subject_alt_names; san != NULL;
             san = san->next) {
            int kind = san->buf.tag & MBEDTLS_ASN1_TAG_VALUE_MASK;
            if (kind == MBEDTLS_X509_SAN_DNS_NAME) {
                append(names, san->buf.p, san->buf.len);
            } else if (kind == MBEDTLS_X509_SAN_IP_ADDRESS && san->buf.len == 4) {
                append_ip4(names, san->buf.p);
            }
        }
    } else {
        for (const mbedtls_x509_name *name = &crt->subject; name != NULL; name = name->next) {
            if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &name->oid) == 0) {
                append(names, name->val.p, name->val.len);
            }
        }
    }
    if (names[0] == '\0') {
        memcpy(names, "no name", sizeof("no name"));
    }
}
