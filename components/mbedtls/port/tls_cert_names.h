/* SPDX-License-Identifier: Apache-2.0 */
/* What a certificate calls itself: whether that is the host, and a text for when it is not. */
#ifndef TLS_CERT_NAMES_H
#define TLS_CERT_NAMES_H

#include <stdbool.h>

#include "mbedtls/x509_crt.h"

#define TLS_CERT_NAMES_LEN 80u

/* True when the certificate is for host, a name or an IP address. With a subjectAltName that alone
 * counts, else the common names. Compared without case; "*.rest" stands for exactly one label,
 * never for part of an address, and only when rest has a dot. An address may also stand as text. */
bool tls_cert_is_for(const mbedtls_x509_crt *crt, const char *host);

/* Lists the DNS names and IPv4 addresses of subjectAltName, or the common name where it has none,
 * as printable text cut to fit; "no name" when there is nothing. */
void tls_cert_names(const mbedtls_x509_crt *crt, char names[TLS_CERT_NAMES_LEN]);

/* Writes the common name of the issuer, or of its organization, cut to fit; "no name" without. */
void tls_cert_issuer(const mbedtls_x509_crt *crt, char name[TLS_CERT_NAMES_LEN]);

/* True when the certificate bears the extension nameConstraints (2.5.29.30). */
bool tls_cert_has_name_constraints(const mbedtls_x509_crt *crt);

#endif
