/* SPDX-License-Identifier: Apache-2.0 */
/* Causes and cures of TLS failures, the most telling fact first. */
#include "tls_explain.h"

#include <stdio.h>

#include "mbedtls/ecp.h"
#include "mbedtls/net_sockets.h"
#include "mbedtls/pk.h"
#include "mbedtls/rsa.h"
#include "mbedtls/ssl.h"
#include "mbedtls/x509.h"
#include "tls_alert.h"
#include "tls_say.h"

/* Fact: mbedTLS adds the number of the lower layer, below 0x80, to that of the upper one. */
#define UPPER_LAYER(code) (-(-(code)&0xff80))

#define WEAK_FLAGS                                                                                 \
    (MBEDTLS_X509_BADCERT_BAD_KEY | MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK)
#define USAGE_FLAGS                                                                                \
    (MBEDTLS_X509_BADCERT_KEY_USAGE | MBEDTLS_X509_BADCERT_EXT_KEY_USAGE |                         \
     MBEDTLS_X509_BADCERT_NS_CERT_TYPE)

/* One way out for both: who made a new certificate of the old name needs the same. */
static void explain_untrusted(const struct tls_failure *f, char *buf, size_t len)
{
    if (f->is_namesake) {
        SAY(buf, len,
            "certificate of %s comes from another authority than the given CA; embed the "
            "server's ca_cert.pem and build again (both are named %s, the signature differs)",
            f->host, f->name);
    } else {
        SAY(buf, len,
            "certificate of %s comes from another authority than the given CA; embed the "
            "server's ca_cert.pem and build again, or have it send the chain up to it (missing: "
            "%s)",
            f->host, f->name);
    }
}

static void explain_certificate(const struct tls_failure *f, char *buf, size_t len)
{
    if (f->is_unread) {
        SAY(buf, len,
            "certificate of %s is signed with a hash or key that is not accepted (MD5, SHA-1, "
            "DSA, Ed25519); use SHA-256 with RSA-2048 or P-256",
            f->host);
    } else if (f->verify_flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) {
        explain_untrusted(f, buf, len);
    } else if (f->verify_flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) {
        SAY(buf, len,
            "certificate is for another name (%s), not for %s; make one that names it as "
            "subjectAltName: airslot cert --host %s",
            f->name, f->host, f->host);
    } else if (f->verify_flags & MBEDTLS_X509_BADCERT_EXPIRED) {
        SAY(buf, len, "certificate of %s has expired; renew it, or check the device's clock",
            f->host);
    } else if (f->verify_flags & MBEDTLS_X509_BADCERT_FUTURE) {
        SAY(buf, len, "certificate of %s is not valid yet; check the device's clock", f->host);
    } else if (f->verify_flags & WEAK_FLAGS) {
        SAY(buf, len,
            "key or signature of the certificate is too weak; use RSA-2048 or P-256 with "
            "SHA-256");
    } else if (f->verify_flags & USAGE_FLAGS) {
        SAY(buf, len,
            "certificate of %s is not made for servers; its key usage must allow "
            "digitalSignature and its extended key usage serverAuth",
            f->host);
    } else if (f->verify_flags & MBEDTLS_X509_BADCERT_OTHER) {
        SAY(buf, len,
            "an authority in the chain of %s is limited by name constraints, which the device "
            "cannot check; take a certificate without them",
            f->host);
    } else {
        SAY(buf, len, "certificate of %s is refused (flags 0x%x)", f->host,
            (unsigned)f->verify_flags);
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
    } else if (f->verify_flags != 0 || f->is_unread) {
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

/* Certificates and keys that could not be read or did not prove themselves. */
static bool explain_unreadable(int code, char *buf, size_t len)
{
    switch (UPPER_LAYER(code)) {
    case MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE:
    case MBEDTLS_ERR_PK_UNKNOWN_PK_ALG:
        SAY(buf, len,
            "a certificate of the server has a key of an unknown kind; use RSA-2048 to "
            "RSA-4096 or P-256 (P-384: CONFIG_MBEDTLS_ECP_DP_SECP384R1_ENABLED=y)");
        return true;
    case MBEDTLS_ERR_X509_INVALID_EXTENSIONS:
        SAY(buf, len,
            "a certificate of the server bears a damaged extension, or a critical one that the "
            "device does not understand; take one without it");
        return true;
    case MBEDTLS_ERR_ECP_VERIFY_FAILED:
    case MBEDTLS_ERR_RSA_VERIFY_FAILED:
    case MBEDTLS_ERR_RSA_INVALID_PADDING:
    case MBEDTLS_ERR_ECP_BAD_INPUT_DATA:
        SAY(buf, len,
            "the server does not hold the key of its certificate, or its answer was changed on "
            "the way; check the server's key file, then suspect the network");
        return true;
    default:
        return false;
    }
}

/* What parsing X.509 and public keys refuses. */
static bool is_damaged_certificate(int code)
{
    unsigned number = (unsigned)-code;
    return (number >= (unsigned)-MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE && number < 0x2a00) ||
           (number >= (unsigned)-MBEDTLS_ERR_PK_BUFFER_TOO_SMALL && number < 0x4000) ||
           (number >= (unsigned)-MBEDTLS_ERR_RSA_BAD_INPUT_DATA && number < 0x5000);
}

/* Fact: mbedTLS 3.6 puts the pieces of a message together in the record's buffer; one that outgrows
 * it is bad input. In a hello, which is short, bad input is a cipher that was not offered. */
static bool is_large_message(const struct tls_failure *f)
{
    return f->code == MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE ||
           f->code == MBEDTLS_ERR_SSL_BUFFER_TOO_SMALL ||
           (f->code == MBEDTLS_ERR_SSL_BAD_INPUT_DATA && f->in_handshake && f->is_agreed);
}

static void explain_large_message(const struct tls_failure *f, char *buf, size_t len)
{
    SAY(buf, len,
        "a handshake message (certificate chain) is larger than "
        "CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN %u, or this device's own than "
        "CONFIG_MBEDTLS_SSL_OUT_CONTENT_LEN; raise it or shorten the chain",
        (unsigned)f->in_len);
}

static void explain_closed(const struct tls_failure *f, char *buf, size_t len)
{
    SAY(buf, len, "%s closed the connection %s; see the server's log", f->host,
        f->in_handshake ? "during the handshake" : "inside a record");
}

static void explain_no_match(const struct tls_failure *f, char *buf, size_t len)
{
    if (f->is_agreed) {
        SAY(buf, len,
            "the server's handshake does not hold together; try again, then suspect the server "
            "or the network between");
    } else {
        SAY(buf, len,
            "no common version or cipher; the server must offer TLS 1.2 with ECDHE and "
            "ChaCha20-Poly1305 or AES-GCM");
    }
}

static void explain_code(const struct tls_failure *f, char *buf, size_t len)
{
    if (explain_unreadable(f->code, buf, len)) {
        return;
    }
    if (is_large_message(f)) {
        explain_large_message(f, buf, len);
        return;
    }
    switch (f->code) {
    case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
        tls_alert_explain(f, buf, len);
        break;
    case MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE:
    case MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION:
        explain_no_match(f, buf, len);
        break;
    case MBEDTLS_ERR_X509_FATAL_ERROR:
        SAY(buf, len, "the server's chain is too long; it may have %u certificates",
            (unsigned)MBEDTLS_X509_MAX_INTERMEDIATE_CA + 1);
        break;
    case MBEDTLS_ERR_SSL_CONN_EOF:
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
        explain_closed(f, buf, len);
        break;
    case MBEDTLS_ERR_NET_CONN_RESET:
    case MBEDTLS_ERR_NET_SEND_FAILED:
    case MBEDTLS_ERR_NET_RECV_FAILED:
        SAY(buf, len, "connection to %s was lost; check the network and try again", f->host);
        break;
    case MBEDTLS_ERR_SSL_INVALID_MAC:
        SAY(buf, len, "a record was changed on its way; try again, then suspect the network");
        break;
    case MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER:
    case MBEDTLS_ERR_SSL_BAD_INPUT_DATA:
    case MBEDTLS_ERR_SSL_DECODE_ERROR:
    case MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE:
    case MBEDTLS_ERR_SSL_UNSUPPORTED_EXTENSION:
    case MBEDTLS_ERR_SSL_INVALID_RECORD:
        SAY(buf, len,
            "the server's answer breaks the rules of TLS; update the server, or look for "
            "something between that changes the bytes");
        break;
    default:
        if (is_damaged_certificate(f->code)) {
            SAY(buf, len,
                "a certificate of the server is damaged or of an unknown form; make it anew");
        } else {
            SAY(buf, len, "the TLS session failed; look the number up in docs/errors.md");
        }
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
