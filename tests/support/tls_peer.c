/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL over memory BIOs, driven from the client's own calls to net_conn. */
#include "tls_peer.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "fake_device.h"
#include "net_conn.h"

static void require(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "tls_peer: %s failed\n", what);
        ERR_print_errors_fp(stderr);
        abort();
    }
}

static void add_san(X509 *x509, const char *san)
{
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, x509, x509, NULL, NULL, 0);
    X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, NID_subject_alt_name, san);
    require(ext != NULL && X509_add_ext(x509, ext, -1) == 1, "subjectAltName");
    X509_EXTENSION_free(ext);
}

void tls_peer_cert_new(struct tls_peer_cert *cert, const char *san, int rsa_bits)
{
    cert->key = rsa_bits != 0 ? EVP_RSA_gen((unsigned)rsa_bits) : EVP_EC_gen("P-256");
    cert->x509 = X509_new();
    require(cert->key != NULL && cert->x509 != NULL, "key");
    X509_set_version(cert->x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert->x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert->x509), 0);
    X509_gmtime_adj(X509_getm_notAfter(cert->x509), 86400);
    X509_set_pubkey(cert->x509, cert->key);
    X509_NAME *name = X509_get_subject_name(cert->x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)san, -1, -1, 0);
    X509_set_issuer_name(cert->x509, name);
    add_san(cert->x509, san);
    require(X509_sign(cert->x509, cert->key, EVP_sha256()) != 0, "sign");
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, cert->x509);
    int n = BIO_read(bio, cert->pem, sizeof(cert->pem) - 1);
    require(n > 0, "PEM");
    cert->pem[n] = '\0';
    BIO_free(bio);
}

void tls_peer_cert_free(struct tls_peer_cert *cert)
{
    X509_free(cert->x509);
    EVP_PKEY_free(cert->key);
}

static struct {
    const struct tls_peer_config *config;
    SSL_CTX *ctx;
    char cipher[64];
    int fragment_code;
    char request[4096];
    size_t request_len;
    unsigned connects;
    unsigned resumed;
    unsigned open;
} peer;

struct net_conn {
    SSL *ssl; /* NULL: raw */
    BIO *to_server;
    BIO *to_client;
    size_t sent; /* bytes that the client has taken */
    BIO *bent;   /* what config's bend made of to_client; NULL: nothing is bent */
    bool heard;  /* the client has sent something */
    bool answered;
};

void tls_peer_start(const struct tls_peer_config *config)
{
    tls_peer_stop();
    memset(&peer, 0, sizeof(peer));
    peer.config = config;
    if (config->cert == NULL) {
        return;
    }
    peer.ctx = SSL_CTX_new(TLS_server_method());
    require(peer.ctx != NULL, "SSL_CTX_new");
    SSL_CTX_set_security_level(peer.ctx, 0); /* it shall serve what no good server would */
    if (config->tune != NULL) {
        config->tune(peer.ctx);
    }
    SSL_CTX_set_min_proto_version(peer.ctx,
                                  config->min_version ? config->min_version : TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(peer.ctx,
                                  config->max_version ? config->max_version : TLS1_2_VERSION);
    if (config->ciphers != NULL) {
        require(SSL_CTX_set_cipher_list(peer.ctx, config->ciphers) == 1, "ciphers");
    }
    require(SSL_CTX_use_certificate(peer.ctx, config->cert->x509) == 1 &&
                SSL_CTX_use_PrivateKey(peer.ctx, config->cert->key) == 1,
            "certificate");
    for (X509 *const *x = config->chain; x != NULL && *x != NULL; x++) {
        require(SSL_CTX_add1_chain_cert(peer.ctx, *x) == 1, "chain");
    }
}

void tls_peer_stop(void)
{
    SSL_CTX_free(peer.ctx);
    peer.ctx = NULL;
}

const char *tls_peer_cipher(void)
{
    return peer.cipher;
}

int tls_peer_fragment_code(void)
{
    return peer.fragment_code;
}

const char *tls_peer_request(void)
{
    return peer.request;
}

unsigned tls_peer_connects(void)
{
    return peer.connects;
}

unsigned tls_peer_resumed(void)
{
    return peer.resumed;
}

unsigned tls_peer_open_connections(void)
{
    return peer.open;
}

static void send_raw(struct net_conn *conn)
{
    const char *text = peer.config->raw;
    size_t len = peer.config->raw_len;
    if (peer.config->raw_list != NULL) {
        text = peer.config->raw_list[peer.connects - 1];
        require(text != NULL, "raw_list: one more text");
        len = strlen(text);
    }
    BIO_write(conn->to_client, text, (int)len);
}

static void send_answer(struct net_conn *conn)
{
    const char *next = peer.config->answer;
    size_t left = peer.config->answer_len;
    size_t piece = peer.config->record_len != 0 ? peer.config->record_len : left;
    while (left > 0) {
        size_t n = left < piece ? left : piece;
        require(SSL_write(conn->ssl, next, (int)n) > 0, "SSL_write");
        next += n;
        left -= n;
    }
}

static void speak(struct net_conn *conn)
{
    conn->answered = true;
    peer.resumed += SSL_session_reused(conn->ssl) == 1;
    if (peer.config->on_request != NULL) {
        peer.config->on_request(peer.connects, peer.request);
    }
    if (peer.config->talk != NULL) {
        peer.config->talk(conn->ssl, conn->to_client);
        return;
    }
    send_answer(conn);
    if (peer.config->end == TLS_PEER_NOTIFY) {
        SSL_shutdown(conn->ssl);
    }
}

/* The server's side gets on as far as its input allows. */
static void run_server(struct net_conn *conn)
{
    if (conn->ssl == NULL) {
        if (conn->heard && !conn->answered) {
            send_raw(conn);
            conn->answered = true;
        }
        return;
    }
    if (!SSL_is_init_finished(conn->ssl) && SSL_do_handshake(conn->ssl) != 1) {
        ERR_clear_error();
        return;
    }
    strncpy(peer.cipher, SSL_get_cipher_name(conn->ssl), sizeof(peer.cipher) - 1);
    peer.fragment_code = SSL_SESSION_get_max_fragment_length(SSL_get_session(conn->ssl));
    int n = SSL_read(conn->ssl, peer.request + peer.request_len,
                     (int)(sizeof(peer.request) - 1 - peer.request_len));
    if (n > 0) {
        peer.request_len += (size_t)n;
    }
    if (n > 0 && !conn->answered) {
        speak(conn);
    }
    ERR_clear_error();
}

/* Where the client reads: what the server wrote, bent if the config says so. */
static BIO *wire(struct net_conn *conn)
{
    static uint8_t bytes[65536];
    if (conn->bent == NULL) {
        return conn->to_client;
    }
    int n = BIO_read(conn->to_client, bytes, sizeof(bytes) - 1024);
    if (n > 0) {
        size_t len = peer.config->bend(peer.config->bend_ctx, bytes, (size_t)n, sizeof(bytes));
        require(BIO_write(conn->bent, bytes, (int)len) == (int)len, "BIO_write");
    }
    return conn->bent;
}

esp_err_t net_resolve(const char *host, uint32_t timeout_ms, uint32_t *ip4)
{
    (void)timeout_ms;
    *ip4 = 0x0202000a;
    return strcmp(host, "unknown.invalid") == 0 ? ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME : ESP_OK;
}

esp_err_t net_conn_open(uint32_t ip4, uint16_t port, uint32_t timeout_ms, struct net_conn **out)
{
    (void)ip4;
    (void)port;
    (void)timeout_ms;
    if (peer.config->refuse_connect) {
        return ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST;
    }
    struct net_conn *conn = calloc(1, sizeof(*conn));
    if (conn == NULL) {
        return ESP_ERR_NO_MEM;
    }
    conn->to_server = BIO_new(BIO_s_mem());
    conn->to_client = BIO_new(BIO_s_mem());
    conn->bent = peer.config->bend != NULL ? BIO_new(BIO_s_mem()) : NULL;
    if (peer.ctx != NULL) {
        conn->ssl = SSL_new(peer.ctx);
        require(conn->ssl != NULL, "SSL_new");
        SSL_set_bio(conn->ssl, conn->to_server, conn->to_client);
        SSL_set_accept_state(conn->ssl);
    }
    peer.request_len = 0;
    memset(peer.request, 0, sizeof(peer.request));
    peer.connects++;
    peer.open++;
    *out = conn;
    return ESP_OK;
}

/* Nothing is left on the wire: what the client then sees. */
static esp_err_t at_end(const struct net_conn *conn, uint32_t timeout_ms)
{
    bool done =
        conn->answered || (peer.config->cut_wire_at != 0 && conn->sent >= peer.config->cut_wire_at);
    if (done && peer.config->end == TLS_PEER_RESET) {
        return ESP_ERR_HTTP_CONNECTION_CLOSED;
    }
    if (done && peer.config->end != TLS_PEER_STAYS) {
        return ESP_OK;
    }
    fake_pass_ms(timeout_ms);
    return ESP_ERR_TIMEOUT;
}

esp_err_t net_conn_read(struct net_conn *conn, void *buf, size_t len, uint32_t timeout_ms,
                        size_t *n_read)
{
    *n_read = 0;
    run_server(conn);
    BIO *from = wire(conn);
    size_t there = BIO_ctrl_pending(from);
    size_t cut = peer.config->cut_wire_at;
    if (cut != 0) {
        size_t left = conn->sent < cut ? cut - conn->sent : 0;
        there = there < left ? there : left;
    }
    if (there == 0) {
        return at_end(conn, timeout_ms);
    }
    if (conn->answered && peer.config->pace_ms > timeout_ms) {
        fake_pass_ms(timeout_ms);
        return ESP_ERR_TIMEOUT;
    }
    fake_pass_ms(conn->answered ? peer.config->pace_ms : 0);
    /* Like segments: never more than 1460 bytes, and not aligned to records. */
    size_t n = there < len ? there : len;
    size_t segment = peer.config->segment != 0 ? peer.config->segment : 1460;
    n = n < segment ? n : segment;
    require(BIO_read(from, buf, (int)n) == (int)n, "BIO_read");
    conn->sent += n;
    *n_read = n;
    return ESP_OK;
}

esp_err_t net_conn_write(struct net_conn *conn, const void *data, size_t len, uint32_t timeout_ms)
{
    (void)timeout_ms;
    if (conn->ssl == NULL) {
        size_t space = sizeof(peer.request) - 1 - peer.request_len;
        size_t n = len < space ? len : space;
        memcpy(peer.request + peer.request_len, data, n);
        peer.request_len += n;
    } else {
        require(BIO_write(conn->to_server, data, (int)len) == (int)len, "BIO_write");
    }
    conn->heard = true;
    return ESP_OK;
}

void net_conn_close(struct net_conn *conn)
{
    if (conn == NULL) {
        return;
    }
    if (conn->ssl != NULL) {
        SSL_free(conn->ssl);
    } else {
        BIO_free(conn->to_server);
        BIO_free(conn->to_client);
    }
    BIO_free(conn->bent);
    free(conn);
    peer.open--;
}
