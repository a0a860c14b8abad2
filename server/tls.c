/* SPDX-License-Identifier: Apache-2.0 */
/* Sets OpenSSL up for devices with little memory and explains in words what goes wrong. */
#include "tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "ticket.h"

struct pass_phrase {
    const struct srv_config *config;
    bool was_asked;
};

static int give_pass_phrase(char *buf, int size, int is_writing, void *arg)
{
    struct pass_phrase *p = arg;
    (void)is_writing;
    p->was_asked = true;
    if (!p->config->ask_pass_phrase || size <= 0) {
        return -1;
    }
    size_t len = p->config->ask_pass_phrase(p->config->ctx, buf, (size_t)size);
    return len > 0 && len <= (size_t)size ? (int)len : -1;
}

static bool is_readable(const char *what, const char *path, struct srv_error *err)
{
    if (access(path, R_OK) == 0) {
        return true;
    }
    srv_error_set(err, "cannot read the %s '%s': %s", what, path, strerror(errno));
    srv_error_hint(err, "airslot cert --host NAME --out DIR makes a certificate and its key");
    return false;
}

static bool load_cert(SSL_CTX *ctx, const struct srv_config *config, struct srv_error *err)
{
    if (!is_readable("certificate", config->cert_file, err)) {
        return false;
    }
    if (SSL_CTX_use_certificate_chain_file(ctx, config->cert_file) == 1) {
        return true;
    }
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    srv_error_set(err, "cannot use the certificate '%s': %s", config->cert_file,
                  reason ? reason : "unreadable");
    srv_error_hint(err, "it must be PEM (-----BEGIN CERTIFICATE-----), with a key of at least "
                        "2048 bits RSA or P-256");
    return false;
}

/* OpenSSL tells a foreign key of the same type while it loads it, one of another type later. */
static bool is_mismatch(bool is_loaded)
{
    unsigned long code = ERR_peek_last_error();
    int reason = ERR_GET_REASON(code);
    return is_loaded ||
           (ERR_GET_LIB(code) == ERR_LIB_X509 &&
            (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH));
}

static void explain_key(const struct srv_config *config, const struct pass_phrase *phrase,
                        bool is_loaded, struct srv_error *err)
{
    if (is_mismatch(is_loaded)) {
        srv_error_set(err, "the key '%s' does not belong to the certificate '%s'", config->key_file,
                      config->cert_file);
        srv_error_hint(err, "give the two files that were made together, or make a new pair with "
                            "airslot cert");
    } else if (phrase->was_asked && config->ask_pass_phrase) {
        srv_error_set(err, "the pass phrase does not open the key '%s'", config->key_file);
        srv_error_hint(err, "try again, or remove the phrase: openssl pkey -in KEY -out NEWKEY");
    } else if (phrase->was_asked) {
        srv_error_set(err, "the key '%s' is encrypted", config->key_file);
        srv_error_hint(err, "remove the phrase: openssl pkey -in KEY -out NEWKEY");
    } else {
        srv_error_set(err, "cannot use the key '%s': not a PEM private key", config->key_file);
        srv_error_hint(err, "airslot cert --host NAME --out DIR makes a certificate and its key");
    }
}

static bool load_key(SSL_CTX *ctx, const struct srv_config *config, struct srv_error *err)
{
    struct pass_phrase phrase = {.config = config};
    if (!is_readable("key", config->key_file, err)) {
        return false;
    }
    SSL_CTX_set_default_passwd_cb(ctx, give_pass_phrase);
    SSL_CTX_set_default_passwd_cb_userdata(ctx, &phrase);
    bool is_loaded = SSL_CTX_use_PrivateKey_file(ctx, config->key_file, SSL_FILETYPE_PEM) == 1;
    bool ok = is_loaded && SSL_CTX_check_private_key(ctx) == 1;
    if (!ok) {
        explain_key(config, &phrase, is_loaded, err);
    }
    SSL_CTX_set_default_passwd_cb(ctx, NULL);
    SSL_CTX_set_default_passwd_cb_userdata(ctx, NULL);
    return ok;
}

SSL_CTX *srv_tls_new(const struct srv_config *config, struct srv_error *err)
{
    static const unsigned char session_context[] = "airslot";
    ERR_clear_error();
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    if (!ctx) {
        srv_error_set(err, "cannot set up TLS: out of memory");
        return NULL;
    }
    /* Ciphers stay in the client's order: the device knows which one it computes fastest. */
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_id_context(ctx, session_context, sizeof session_context - 1);
    bool ok = load_cert(ctx, config, err) && load_key(ctx, config, err);
    if (ok && !srv_ticket_enable(ctx)) {
        srv_error_set(err, "cannot set up TLS: out of memory");
        ok = false;
    }
    ERR_clear_error();
    if (!ok) {
        SSL_CTX_free(ctx);
        return NULL;
    }
    return ctx;
}

static bool copy_alt_name(const GENERAL_NAME *name, char *dst, size_t size)
{
    int type;
    const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
    const unsigned char *data = ASN1_STRING_get0_data(value);
    int len = ASN1_STRING_length(value);
    if (type == GEN_DNS) {
        srv_http_escape_log((const char *)data, (size_t)len, dst, size);
        return true;
    }
    if (type != GEN_IPADD || (len != 4 && len != 16)) {
        return false;
    }
    return inet_ntop(len == 4 ? AF_INET : AF_INET6, data, dst, (socklen_t)size) != NULL;
}

/* Copies the first DNS name or address of subjectAltName. */
static bool copy_first_alt_name(X509 *cert, char *dst, size_t size)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    bool found = false;
    for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++) {
        found = copy_alt_name(sk_GENERAL_NAME_value(names, i), dst, size);
    }
    GENERAL_NAMES_free(names);
    return found;
}

void srv_tls_get_name(SSL_CTX *ctx, char *name, size_t size)
{
    X509 *cert = SSL_CTX_get0_certificate(ctx);
    name[0] = '\0';
    if (!copy_first_alt_name(cert, name, size)) {
        char common_name[256] = "";
        X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, common_name,
                                  sizeof common_name);
        srv_http_escape_log(common_name, strlen(common_name), name, size);
    }
}

void srv_tls_warn(SSL_CTX *ctx, const struct srv_config *config)
{
    X509 *cert = SSL_CTX_get0_certificate(ctx);
    char name[256];
    struct stat st;
    if (X509_cmp_current_time(X509_get0_notAfter(cert)) < 0) {
        srv_log(config, SRV_LOG_WARNING,
                "the certificate '%s' has expired: clients with a clock refuse it; make a new one "
                "with airslot cert",
                config->cert_file);
    }
    if (X509_cmp_current_time(X509_get0_notBefore(cert)) > 0) {
        srv_log(config, SRV_LOG_WARNING,
                "the certificate '%s' is not valid yet: check this machine's clock",
                config->cert_file);
    }
    if (!copy_first_alt_name(cert, name, sizeof name)) {
        srv_log(config, SRV_LOG_WARNING,
                "the certificate '%s' has no subjectAltName: most clients ignore its common name; "
                "make a new one with airslot cert",
                config->cert_file);
    }
    if (stat(config->key_file, &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO))) {
        srv_log(config, SRV_LOG_WARNING, "others can read the key '%s': chmod 600 it",
                config->key_file);
    }
}

void srv_tls_explain(unsigned long ssl_error, char *dst, size_t size)
{
    static const struct {
        int reason;
        const char *text;
    } known[] = {
        {SSL_R_HTTP_REQUEST, "plain HTTP on the HTTPS port: the URL must start with https://"},
        {SSL_R_HTTPS_PROXY_REQUEST, "a proxy request: this is no proxy"},
        {SSL_R_WRONG_VERSION_NUMBER, "the peer does not speak TLS"},
        {SSL_R_UNSUPPORTED_PROTOCOL, "the peer offers no TLS 1.2 or 1.3"},
        {SSL_R_VERSION_TOO_LOW, "the peer offers no TLS 1.2 or 1.3"},
        {SSL_R_NO_SHARED_CIPHER, "no common cipher: does the peer accept this type of key?"},
        {SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM,
         "no common signature algorithm: does the peer accept this type of key?"},
        {SSL_R_TLSV1_ALERT_UNKNOWN_CA,
         "the peer does not trust this certificate: build it in as ca_cert.pem"},
        {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,
         "the peer refuses this certificate: is the URL's host among its names?"},
        {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, "the peer finds the certificate out of its dates"},
        {SSL_R_TLSV1_ALERT_INTERNAL_ERROR, "the peer failed, perhaps for want of memory"},
    };
    if (ssl_error == 0) {
        snprintf(dst, size, "the peer left");
        return;
    }
    const char *text = ERR_reason_error_string(ssl_error);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (ERR_GET_LIB(ssl_error) == ERR_LIB_SSL && ERR_GET_REASON(ssl_error) == known[i].reason) {
            text = known[i].text;
        }
    }
    snprintf(dst, size, "%s", text ? text : "unknown reason");
}

void srv_tls_describe(const SSL *ssl, char *dst, size_t size)
{
    const SSL_SESSION *session = SSL_get0_session(ssl);
    unsigned code = session ? SSL_SESSION_get_max_fragment_length(session) : 0;
    const char *resumed = SSL_session_reused((SSL *)(uintptr_t)ssl) ? " resumed" : "";
    if (code >= TLSEXT_max_fragment_length_512 && code <= TLSEXT_max_fragment_length_4096) {
        snprintf(dst, size, "%s fragment %u%s", SSL_get_version(ssl), 256u << code, resumed);
    } else {
        snprintf(dst, size, "%s%s", SSL_get_version(ssl), resumed);
    }
}
