/* SPDX-License-Identifier: Apache-2.0 */
/* Causes and cures of TLS failures, the most telling fact first. */
#include "tls_explain.h"

#include <stdarg.h>
#include <stdio.h>

#include "esp_attr.h"
#include "esp_rodata.h"
#include "mbedtls/net_sockets.h"
#include "mbedtls/ssl.h"
#include "mbedtls/x509.h"

#define ALERT_HANDSHAKE_FAILURE 40
#define ALERT_PROTOCOL_VERSION  70
#define ALERT_UNRECOGNIZED_NAME 112

#define FORMAT_MAX 224u

static void say(char *buf, size_t len, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Prints with a format that stands in flash. */
static void say(char *buf, size_t len, const char *format, ...)
{
    char text[FORMAT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(buf, len, esp_rodata_copy(text, sizeof(text), format), args);
    va_end(args);
}

/* These texts are read once in a device's life: they cost flash, not DRAM. */
#define SAY(buf, len, format, ...)                                                                 \
    do {                                                                                           \
        static const char text_[] ICACHE_RODATA_ATTR WORD_ALIGNED_ATTR = format;                   \
        _Static_assert(sizeof(text_) <= FORMAT_MAX, "text too long");                              \
        say(buf, len, text_, ##__VA_ARGS__);                                                       \
    } while (0)

static void explain_certificate(const struct tls_failure *f, char *buf, size_t len)
{
    if (f->verify_flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) {
        SAY(buf, len,
            "certificate of %s comes from another authority than the given CA; embed the "
            "server's ca_cert.pem and build again",
            f->host);
    } else if (f->verify_flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) {
        SAY(buf, len,
            "certificate is for another name (%s), not for %s; make one that names it as "
            "subjectAltName: airslot cert --host %s",
            f->names, f->host, f->host);
    } else if (f->verify_flags & MBEDTLS_X509_BADCERT_EXPIRED) {
        SAY(buf, len, "certificate of %s has expired; renew it, or check the device's clock",
            f->host);
    } else if (f->verify_flags & MBEDTLS_X509_BADCERT_FUTURE) {
        SAY(buf, len, "certificate of %s is not valid yet; check the device's clock", f->host);
    } else if (f->verify_flags & (MBEDTLS_X509_BADCERT_BAD_KEY | MBEDTLS_X509_BADCERT_BAD_MD |
                                  MBEDTLS_X509_BADCERT_BAD_PK)) {
        SAY(buf, len,
            "key or signature of the certificate is too weak; use RSA-2048 or P-256 with "
            "SHA-256");
    } else {
        SAY(buf, len, "certificate of %s is refused (flags 0x%x); it must allow server use",
            f->host, (unsigned)f->verify_flags);
    }
}

static void explain_alert(const struct tls_failure *f, char *buf, size_t len)
{
    int alert = tls_record_alert(&f->record);
    if (alert == ALERT_HANDSHAKE_FAILURE) {
        SAY(buf, len,
            "no common cipher; the server must offer TLS 1.2 with ECDHE and "
            "ChaCha20-Poly1305 or AES-GCM, and a key of RSA or P-256");
    } else if (alert == ALERT_PROTOCOL_VERSION) {
        SAY(buf, len, "the server refuses TLS 1.2; enable it there");
    } else if (alert == ALERT_UNRECOGNIZED_NAME) {
        SAY(buf, len, "the server does not know the name %s; check the URL", f->host);
    } else if (alert >= 0) {
        SAY(buf, len, "the server refused with alert %d; see its log", alert);
    } else {
        SAY(buf, len, "the server ended the session with an alert; see its log");
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
    SAY(buf, len,
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
        SAY(buf, len,
            "out of memory: %u bytes needed in one piece, %u free; lower "
            "CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN or free heap before the update",
            (unsigned)f->no_mem_len, (unsigned)f->free_heap);
    } else if (f->verify_flags != 0) {
        explain_certificate(f, buf, len);
    } else if (f->timed_out) {
        SAY(buf, len,
            "no TLS answer from %s within %u ms; check that the port speaks https and that "
            "the server is alive",
            f->host, (unsigned)f->timeout_ms);
    } else if (f->in_handshake && tls_record_is_http(&f->record)) {
        SAY(buf, len, "the server answers in plain http; give the port on which it speaks https");
    } else if (tls_record_is_foreign(&f->record)) {
        SAY(buf, len, "the answer is no TLS; give the port on which the server speaks https");
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
        SAY(buf, len,
            "no common version or cipher; the server must offer TLS 1.2 with ECDHE and "
            "ChaCha20-Poly1305 or AES-GCM");
        break;
    case MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE:
    case MBEDTLS_ERR_SSL_BUFFER_TOO_SMALL:
        SAY(buf, len,
            "a handshake message (certificate chain) is larger than "
            "CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN %u; raise it or shorten the chain",
            (unsigned)f->in_len);
        break;
    case MBEDTLS_ERR_SSL_CONN_EOF:
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
        SAY(buf, len, "%s closed the connection %s; see the server's log", f->host,
            f->in_handshake ? "during the handshake" : "inside a record");
        break;
    case MBEDTLS_ERR_NET_CONN_RESET:
    case MBEDTLS_ERR_NET_SEND_FAILED:
    case MBEDTLS_ERR_NET_RECV_FAILED:
        SAY(buf, len, "connection to %s was lost; check the network and try again", f->host);
        break;
    case MBEDTLS_ERR_SSL_INVALID_MAC:
        SAY(buf, len, "a record was changed on its way; try again, then suspect the network");
        break;
    default:
        SAY(buf, len, "the TLS session failed; look the number up in docs/errors.md");
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
