/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts by number, name and cure. */
#include "tls_alert.h"

#include <stdbool.h>

#include "mbedtls/ssl.h"
#include "tls_say.h"

#define NAME_LEN 32u

void tls_alert_name(int alert, char *buf, size_t len)
{
    switch (alert) {
#define ALERT(number, name)                                                                        \
    case number:                                                                                   \
        SAY(buf, len, name);                                                                       \
        break;
        ALERT(0, "close_notify")
        ALERT(10, "unexpected_message")
        ALERT(20, "bad_record_mac")
        ALERT(22, "record_overflow")
        ALERT(40, "handshake_failure")
        ALERT(42, "bad_certificate")
        ALERT(43, "unsupported_certificate")
        ALERT(44, "certificate_revoked")
        ALERT(45, "certificate_expired")
        ALERT(46, "certificate_unknown")
        ALERT(47, "illegal_parameter")
        ALERT(48, "unknown_ca")
        ALERT(49, "access_denied")
        ALERT(50, "decode_error")
        ALERT(51, "decrypt_error")
        ALERT(70, "protocol_version")
        ALERT(71, "insufficient_security")
        ALERT(80, "internal_error")
        ALERT(86, "inappropriate_fallback")
        ALERT(90, "user_canceled")
        ALERT(109, "missing_extension")
        ALERT(110, "unsupported_extension")
        ALERT(112, "unrecognized_name")
        ALERT(116, "certificate_required")
        ALERT(120, "no_application_protocol")
#undef ALERT
    default:
        SAY(buf, len, "unknown");
        break;
    }
}

static bool is_about_certificate(int alert)
{
    return (alert >= MBEDTLS_SSL_ALERT_MSG_BAD_CERT &&
            alert <= MBEDTLS_SSL_ALERT_MSG_CERT_UNKNOWN) ||
           alert == MBEDTLS_SSL_ALERT_MSG_UNKNOWN_CA ||
           alert == MBEDTLS_SSL_ALERT_MSG_ACCESS_DENIED ||
           alert == MBEDTLS_SSL_ALERT_MSG_DECRYPT_ERROR;
}

/* Behind the server's hello version and cipher are agreed: what it still misses is proof of who
 * this device is. */
static bool explain_identity(const struct tls_failure *f, const char *name, char *buf, size_t len)
{
    bool wants_one = f->alert == MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE ||
                     f->alert == MBEDTLS_SSL_ALERT_MSG_CERT_REQUIRED;
    if (f->is_agreed && f->has_identity && (wants_one || is_about_certificate(f->alert))) {
        SAY(buf, len,
            "the server does not accept this device's certificate, alert %d (%s); check "
            "client_cert_pem, its dates, and which authority the server trusts",
            f->alert, name);
    } else if (f->is_agreed && wants_one) {
        SAY(buf, len,
            "the server asks for a certificate of this device, alert %d (%s); set "
            "client_cert_pem and client_key_pem",
            f->alert, name);
    } else {
        return false;
    }
    return true;
}

void tls_alert_explain(const struct tls_failure *f, char *buf, size_t len)
{
    char name[NAME_LEN];
    tls_alert_name(f->alert, name, sizeof(name));
    if (explain_identity(f, name, buf, len)) {
        return;
    }
    switch (f->alert) {
    case MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE:
    case MBEDTLS_SSL_ALERT_MSG_INSUFFICIENT_SECURITY:
        SAY(buf, len,
            "no common cipher, alert %d (%s); the server must offer TLS 1.2 with ECDHE and "
            "ChaCha20-Poly1305 or AES-GCM, and a key of RSA or P-256",
            f->alert, name);
        break;
    case MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION:
        SAY(buf, len, "the server refuses TLS 1.2, alert %d (%s); enable it there", f->alert, name);
        break;
    case MBEDTLS_SSL_ALERT_MSG_UNRECOGNIZED_NAME:
        SAY(buf, len, "the server does not know the name %s, alert %d (%s); check the URL", f->host,
            f->alert, name);
        break;
    default:
        SAY(buf, len, "the server %s with alert %d (%s); see its log",
            f->in_handshake ? "refused" : "ended the session", f->alert, name);
        break;
    }
}
