/* SPDX-License-Identifier: Apache-2.0 */
/* What a certificate calls itself, for the explanation of a name that does not match. */
#ifndef TLS_CERT_NAMES_H
#define TLS_CERT_NAMES_H

#include "mbedtls/x509_crt.h"

#define TLS_CERT_NAMES_LEN 80u

/* Lists the DNS names and IPv4 addresses of subjectAltName, or the common name where it has none,
 * as printable text cut to fit; "no name" when there is nothing. */
void tls_cert_names(const mbedtls_x509_crt *crt, char names[TLS_CERT_NAMES_LEN]);

#endif
