/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a key and a self-signed certificate that is its own trust anchor: for mbedTLS on a device,
 * for OpenSSL, for curl --cacert. Names stand in subjectAltName, where clients look. */
#include "srv_cert.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

#define COMMON_NAME_MAX 64 /* Fact: ub-common-name, RFC 5280 appendix A */

/* Returns the bytes of an IP address in text, 4 or 16 of them, or 0. */
static size_t parse_address(const char *text, unsigned char bytes[16])
{
    if (inet_pton(AF_INET, text, bytes) == 1) {
        return 4;
    }
    return inet_pton(AF_INET6, text, bytes) == 1 ? 16 : 0;
}

static bool is_label(const char *at, size_t len)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-_";
    return len >= 1 && len <= 63 && strspn(at, allowed) >= len && at[0] != '-' &&
           at[len - 1] != '-';
}

/* A name whose last label is a number was meant as an address (192.168.1.300). */
static bool is_dns_name(const char *text)
{
    size_t len = strlen(text);
    if (len == 0 || len > 253) {
        return false;
    }
    const char *label = strncmp(text, "*.", 2) == 0 ? text + 2 : text;
    for (const char *dot; (dot = strchr(label, '.')); label = dot + 1) {
        if (!is_label(label, (size_t)(dot - label))) {
            return false;
        }
    }
    return is_label(label, strlen(label)) && label[strspn(label, "0123456789")] != '\0';
}

bool srv_cert_is_host(const char *text)
{
    unsigned char bytes[16];
    return parse_address(text, bytes) > 0 || is_dns_name(text);
}

static bool push_name(GENERAL_NAMES *names, const char *host)
{
    unsigned char bytes[16];
    size_t len = parse_address(host, bytes);
    const void *data = len ? (const void *)bytes : (const void *)host;
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_STRING *value = ASN1_STRING_type_new(len ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
    if (!name || !value || !ASN1_STRING_set(value, data, len ? (int)len : (int)strlen(host))) {
        GENERAL_NAME_free(name);
        ASN1_STRING_free(value);
        return false;
    }
    GENERAL_NAME_set0_value(name, len ? GEN_IPADD : GEN_DNS, value);
    if (!sk_GENERAL_NAME_push(names, name)) {
        GENERAL_NAME_free(name);
        return false;
    }
    return true;
}

static bool add_alt_names(X509 *cert, const struct srv_cert_config *config)
{
    GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
    bool ok = names != NULL;
    for (size_t i = 0; ok && i < config->n_hosts; i++) {
        ok = push_name(names, config->hosts[i]);
    }
    ok = ok && X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, X509V3_ADD_APPEND) == 1;
    GENERAL_NAMES_free(names);
    return ok;
}

static bool add_extension(X509 *cert, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, cert, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool ok = extension && X509_add_ext(cert, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return ok;
}

/* It is a CA of its own leaf only (pathlen 0): older OpenSSL accepts a self-signed certificate as
 * an anchor only with keyCertSign, and that in turn demands CA:TRUE. */
static bool add_extensions(X509 *cert, const struct srv_cert_config *config)
{
    const char *usage = config->key_type == SRV_KEY_RSA2048
                            ? "critical,digitalSignature,keyEncipherment,keyCertSign"
                            : "critical,digitalSignature,keyCertSign";
    return add_extension(cert, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
           add_extension(cert, NID_key_usage, usage) &&
           add_extension(cert, NID_ext_key_usage, "serverAuth") &&
           add_extension(cert, NID_subject_key_identifier, "hash") && add_alt_names(cert, config);
}

static bool set_random_serial(X509 *cert)
{
    BIGNUM *number = BN_new();
    /* 127 random bits with the top one set: positive, never zero, at most 16 bytes. */
    bool ok = number && BN_rand(number, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
              BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL;
    BN_free(number);
    return ok;
}

static bool set_names(X509 *cert, const char *host)
{
    const char *common_name = strlen(host) <= COMMON_NAME_MAX ? host : "airslot";
    X509_NAME *name = X509_get_subject_name(cert);
    return X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                      (const unsigned char *)common_name, -1, -1, 0) == 1 &&
           X509_set_issuer_name(cert, name) == 1;
}

static X509 *make_cert(const struct srv_cert_config *config, EVP_PKEY *key)
{
    X509 *cert = X509_new();
    bool ok = cert && X509_set_version(cert, X509_VERSION_3) == 1 && set_random_serial(cert) &&
              set_names(cert, config->hosts[0]) &&
              X509_time_adj_ex(X509_getm_notBefore(cert), 0, 0, &(time_t){config->not_before}) &&
              X509_time_adj_ex(X509_getm_notAfter(cert), 0, 0, &(time_t){config->not_after}) &&
              X509_set_pubkey(cert, key) == 1 && add_extensions(cert, config) &&
              X509_sign(cert, key, EVP_sha256()) > 0;
    if (!ok) {
        X509_free(cert);
        return NULL;
    }
    return cert;
}

static bool check_hosts(const struct srv_cert_config *config, struct srv_error *err)
{
    if (config->n_hosts == 0 || config->n_hosts > SRV_CERT_MAX_HOSTS) {
        srv_error_set(err, "a certificate needs 1 to %d host names", SRV_CERT_MAX_HOSTS);
        return false;
    }
    for (size_t i = 0; i < config->n_hosts; i++) {
        if (!srv_cert_is_host(config->hosts[i])) {
            srv_error_set(err, "'%s' is no host name and no IP address", config->hosts[i]);
            srv_error_hint(err, "give what stands between https:// and the port in the update URL");
            return false;
        }
    }
    return true;
}

static bool check_absent(const char *path, struct srv_error *err)
{
    if (access(path, F_OK) != 0) {
        return true;
    }
    srv_error_set(err, "'%s' exists", path);
    srv_error_hint(err, "devices trust the old certificate: keep it, choose another folder, or "
                        "replace it with --force");
    return false;
}

/* A PEM file on its way: written under a name of its own, then renamed. */
struct pem_file {
    const char *path;
    char draft[1024];
    FILE *stream;
};

static bool pem_file_open(struct pem_file *f, const char *path, mode_t mode, struct srv_error *err)
{
    f->path = path;
    f->stream = NULL;
    int n = snprintf(f->draft, sizeof f->draft, "%s.XXXXXX", path);
    int fd = n > 0 && (size_t)n < sizeof f->draft ? mkostemp(f->draft, O_CLOEXEC) : -1;
    if (fd < 0) {
        srv_error_set(err, "cannot write '%s': %s", path, strerror(errno));
        f->draft[0] = '\0';
        return false;
    }
    f->stream = fchmod(fd, mode) == 0 ? fdopen(fd, "w") : NULL;
    if (!f->stream) {
        srv_error_set(err, "cannot write '%s': %s", path, strerror(errno));
        close(fd);
        return false;
    }
    return true;
}

static bool pem_file_finish(struct pem_file *f, bool is_written, struct srv_error *err)
{
    bool ok = is_written && fflush(f->stream) == 0 && fsync(fileno(f->stream)) == 0;
    int reason = errno;
    ok = fclose(f->stream) == 0 && ok;
    f->stream = NULL;
    if (!ok) {
        srv_error_set(err, "cannot write '%s': %s", f->path, strerror(reason));
    }
    return ok;
}

static bool pem_file_publish(struct pem_file *f, struct srv_error *err)
{
    if (rename(f->draft, f->path) < 0) {
        srv_error_set(err, "cannot write '%s': %s", f->path, strerror(errno));
        return false;
    }
    f->draft[0] = '\0';
    return true;
}

static void pem_file_discard(struct pem_file *f)
{
    if (f->stream) {
        fclose(f->stream);
    }
    if (f->draft[0]) {
        unlink(f->draft);
    }
}

static bool write_pair(X509 *cert, EVP_PKEY *key, struct pem_file *cert_out,
                       struct pem_file *key_out, struct srv_error *err)
{
    bool key_ok = PEM_write_PKCS8PrivateKey(key_out->stream, key, NULL, NULL, 0, NULL, NULL) == 1;
    bool cert_ok = PEM_write_X509(cert_out->stream, cert) == 1;
    return pem_file_finish(key_out, key_ok, err) && pem_file_finish(cert_out, cert_ok, err) &&
           pem_file_publish(key_out, err) && pem_file_publish(cert_out, err);
}

bool srv_cert_make(const struct srv_cert_config *config, const char *cert_file,
                   const char *key_file, struct srv_error *err)
{
    struct pem_file cert_out = {0}, key_out = {0};
    if (!check_hosts(config, err) ||
        (!config->overwrite && !(check_absent(cert_file, err) && check_absent(key_file, err)))) {
        return false;
    }
    EVP_PKEY *key = config->key_type == SRV_KEY_RSA2048 ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
    X509 *cert = key ? make_cert(config, key) : NULL;
    bool ok = cert != NULL;
    if (!ok) {
        const char *reason = ERR_reason_error_string(ERR_peek_last_error());
        srv_error_set(err, "cannot make the certificate: %s", reason ? reason : "out of memory");
    }
    ok = ok && pem_file_open(&key_out, key_file, 0600, err) &&
         pem_file_open(&cert_out, cert_file, 0644, err) &&
         write_pair(cert, key, &cert_out, &key_out, err);
    pem_file_discard(&key_out);
    pem_file_discard(&cert_out);
    X509_free(cert);
    EVP_PKEY_free(key);
    return ok;
}
