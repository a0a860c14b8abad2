/* SPDX-License-Identifier: Apache-2.0 */
/* Turns a failed handshake or record into one line for a person: cause, number, cure. Pure. */
#ifndef TLS_EXPLAIN_H
#define TLS_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tls_record.h"

/* All that is known when something failed. */
struct tls_failure {
    int code;              /* mbedTLS's, negative */
    uint32_t verify_flags; /* MBEDTLS_X509_BADCERT_*, 0 when the certificate was not refused */
    bool is_unread;        /* the server's certificate is signed in a way that is not compiled in */
    bool is_namesake;      /* its issuer bears the name of a given CA, and is another */
    const char *name;      /* untrusted: of the issuer; other name: what the certificate names */
    bool in_handshake;
    bool is_agreed;    /* version and cipher were agreed on */
    bool has_identity; /* this device has a certificate of its own */
    bool timed_out;
    int alert;                      /* that the server sent, -1: none */
    size_t no_mem_len;              /* bytes that the heap could not give, 0 when it gave all */
    size_t free_heap;               /* bytes free at that moment, in pieces */
    uint32_t in_len;                /* CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN */
    uint32_t asked_len;             /* max_fragment_length asked for, 0: not asked */
    uint32_t timeout_ms;            /* that ran out */
    const char *host;               /* what was asked for */
    struct tls_record_watch record; /* last record seen */
};

#define TLS_EXPLAIN_LEN 320u

/* Writes "mbedtls error: 0x7200: cause; cure" to buf[len], cut to fit, NUL-terminated. */
void tls_explain(const struct tls_failure *f, char *buf, size_t len);

/* Largest standard fragment length (512, 1024, 2048 or 4096) that a content length of in_len can
 * hold; 0 when none fits or when records of any length do (16384). */
uint32_t tls_fragment_len(uint32_t in_len);

#endif
