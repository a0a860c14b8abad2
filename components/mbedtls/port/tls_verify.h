/* SPDX-License-Identifier: Apache-2.0 */
/* Our part of judging the server's certificates, beside mbedTLS's: stricter names, dates as far as
 * the clock is known, name constraints; and what the explanation of a refusal needs. */
#ifndef TLS_VERIFY_H
#define TLS_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "mbedtls/x509_crt.h"
#include "tls_cert_names.h"

struct tls_verify {
    const char *host;           /* that the certificate must name */
    bool skip_name;             /* the owner's choice */
    const mbedtls_x509_crt *ca; /* given certificates */
    /* found */
    uint32_t flags;                /* MBEDTLS_X509_BADCERT_* */
    bool is_unread;                /* as in struct tls_failure */
    bool is_namesake;              /* as in struct tls_failure */
    char name[TLS_CERT_NAMES_LEN]; /* as in struct tls_failure */
    mbedtls_x509_time not_before;  /* the latest of the chain */
    mbedtls_x509_time not_after;   /* the earliest of the chain */
};

/* For mbedtls_ssl_conf_verify(); arg is a struct tls_verify. The certificates are gone afterwards.
 */
int tls_verify_note(void *arg, mbedtls_x509_crt *crt, int depth, uint32_t *flags);

#endif
