/* SPDX-License-Identifier: Apache-2.0 */
/* Causes and cures of TLS failures, the most telling fact first. */
#include "tls_explain.h"

#include <stdio.h>

#include "mbedtls/net_sockets.h"
#include "mbedtls/ssl.h"
#include "mbedtls/x509.h"

#define ALERT_HANDSHAKE_FAILURE 40
#define ALERT_PROTOCOL_VERSION  70
#define ALERT_UNRECOGNIZED_NAME 112

static void explain_certificate(const struct tls_failure *f, char *buf, size_t len)
{
    if (f->verify_flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) {
        snprintf(buf, len,
                 "certificate of %s comes from another authority than the given CA; embed the "
                 "server's ca_cert.pem and build again",
                 f->host);
    } else if (f->verify_flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) {
        snprintf(buf, len,
                 "certificate is for another name (%s), not for %s; make one that names it as "
                 "subjectAltName: airslot cert --host %s",
                 f->names, f->host, f->host);
    } else if (f->verify_flags & MBEDTLS_X509_BADCERT_EXPIRED) {
        snprintf(buf, len, "certificate of %s has expired; renew it, or check the device's clock",
                 f->host);
    } else if (f->verify_flags & MBEDTLS_X509_BADCERT_FUTURE) {
        snprintf(buf, len, "certificate of %s is not valid yet; check the device's clock", f->host);
    } else if (f->verify_flags & (MBEDTLS_X509_BADCERT_BAD_KEY | MBEDTLS_X509_BADCERT_BAD_MD |
                                  MBEDTLS_X509_BADCERT_BAD_PK)) {
        snprintf(buf, len,
                 "key or signature of the certificate is too weak; use RSA-2048 or P-256 with "
                 "SHA-256");
    } else {
        snprintf(buf, len, "certificate of %s is refused (flags 0x%x); it must allow server use",
                 f->host, (unsigned)f->verify_flags);
    }
}

static void explain_alert(const struct tls_failure *f, char *buf, size_t len)
{
    int alert = tls_record_alert(&f->record);
    if (alert == ALERT_HANDSHAKE_FAILURE) {
        snprintf(buf, len,
                 "no common cipher; the server must offer TLS 1.2 with ECDHE and "
                 "ChaCha20-Poly1305 or AES-GCM, and a key of RSA or P-256");
    } else if (alert == ALERT_PROTOCOL_VERSION) {
        snprintf(buf, len, "the server refuses TLS 1.2; enable it there");
    } else if (alert == ALERT_UNRECOGNIZED_NAME) {
        snprintf(buf, len, "the server does not know the name %s; check the URL", f->host);
    } else if (alert >= 0) {
        snprintf(buf, len, "the server refused with alert %d; see its log", alert);
    } else {
        snprintf(buf, len, "the server ended the session with an alert; see its log");
    }
}

/* Fact: mbedTLS 3.6 reports a record that its buffer cannot hold as 0x7100 before it has read it
 * and as 0x7200 after; older releases, and the documents, know only 0x7200. */
static bool is_large_record(const struct tls_failure *f)
{
    return (f->code == MBEDTLS_ERR_SSL_INVALID_RECORD ||
            f->code == MBEDTLS_ERR_SSL_BAD_INPUT_DATA) &&
           tls_record_seen(&f->record) && !tls_record_is_foreign(&f->record) &&
           tls_record_len(&f->record) > f->in_len;
}

static void explain_large_record(const struct tls_failure *f, char *buf, size_t len)
{
    snprintf(buf, len,
             "TLS record of %u bytes is larger than CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN %u%s; raise "
             "it to 16384, or %s",
             (unsigned)tls_record_len(&f->record), (unsigned)f->in_len,
             f->asked_len != 0 ? " (the server ignores max_fragment_length)" : "",
             f->asked_len != 0 ? "take a server that honours it"
                               : "set CONFIG_MBEDTLS_SSL_MAX_FRAGMENT_LENGTH=y");
}

/* Facts that outrank the error code: what the heap, the clock and the wire have seen. */
static bool explain_facts(const struct tls_failure *f, char *buf, size_t len)
{
    if (f->no_mem_len != 0) {
        snprintf(buf, len,
                 "out of memory: %u bytes needed in one piece, %u free; lower "
                 "CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN or free heap before the update",
                 (unsigned)f->no_mem_len, (unsigned)f->free_heap);
    } else if (f->verify_flags != 0) {
        explain_certificate(f, buf, len);
    } else if (f->timed_out) {
        snprintf(buf, len,
                 "no TLS answer from %s within %u ms; check that the port speaks https and that "
                 "the server is alive",
                 f->host, (unsigned)f->timeout_ms);
    } else if (f->in_handshake && tls_record_is_http(&f->record)) {
        snprintf(buf, len,
                 "the server answers in plain http; give the port on which it speaks https");
    } else if (tls_record_is_foreign(&f->record)) {
        snprintf(buf, len, "the answer is no TLS; give the port on which the server speaks https");
    } else if (is_large_record(f)) {
        explain_large_record(f, buf, len);
    } else {
        return false;
    }
    return true;
}

static void explain_code(const struct tls_failure *f, char *buf, size_t len)
{
    switch (f->code) {
    case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
        explain_alert(f, buf, len);
        break;
    case MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE:
    case MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION:
        snprintf(buf, len,
                 "no common version or cipher; the server must offer TLS 1.2 with ECDHE and "
                 "ChaCha20-Poly1305 or AES-GCM");
        break;
    case MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE:
    case MBEDTLS_ERR_SSL_BUFFER_TOO_SMALL:
        snprintf(buf, len,
                 "a handshake message (certificate chain) is larger than "
                 "CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN %u; raise it or shorten the chain",
                 (unsigned)f->in_len);
        break;
    case MBEDTLS_ERR_SSL_CONN_EOF:
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
        snprintf(buf, len, "%s closed the connection %s; see the server's log", f->host,
                 f->in_handshake ? "during the handshake" : "inside a record");
        break;
    case MBEDTLS_ERR_NET_CONN_RESET:
    case MBEDTLS_ERR_NET_SEND_FAILED:
    case MBEDTLS_ERR_NET_RECV_FAILED:
        snprintf(buf, len, "connection to %s was lost; check the network and try again", f->host);
        break;
    case MBEDTLS_ERR_SSL_INVALID_MAC:
        snprintf(buf, len, "a record was changed on its way; try again, then suspect the network");
        break;
    default:
        snprintf(buf, len, "the TLS session failed; look the number up in docs/errors.md");
        break;
    }
}

void tls_explain(const struct tls_failure *f, char *buf, size_t len)
{
    int code = is_large_record(f) ? MBEDTLS_ERR_SSL_INVALID_RECORD : f->code;
    int n = snprintf(buf, len, "mbedtls error: 0x%04X: ", (unsigned)-code);
    if (n < 0 || (size_t)n >= len) {
        return;
    }
    if (!explain_facts(f, buf + n, len - (size_t)n)) {
        explain_code(f, buf + n, len - (size_t)n);
    }
}

uint32_t tls_fragment_len(uint32_t in_len)
{
    if (in_len >= 16384u) {
        return 0;
    }
    for (uint32_t len = 4096u; len >= 512u; len /= 2) {
        if (len <= in_len) {
            return len;
        }
    }
    return 0;
}
