/* SPDX-License-Identifier: Apache-2.0 */
/* See https_client.h. */
#include "https_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

int tcp_connect(uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct timeval limit = {.tv_sec = 10};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    signal(SIGPIPE, SIG_IGN); /* a server that has gone is an error, not the end of the test */
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Sees the five bytes before each record: type, version, length. */
static void watch_records(int is_write, int version, int type, const void *data, size_t len,
                          SSL *ssl, void *arg)
{
    struct https_client *client = arg;
    const uint8_t *header = data;
    (void)version;
    (void)ssl;
    if (!is_write && type == SSL3_RT_HEADER && len == 5) {
        size_t record_len = (size_t)header[3] << 8 | header[4];
        client->max_wire = record_len > client->max_wire ? record_len : client->max_wire;
    }
}

static bool set_up(struct https_client *client, const struct https_options *options)
{
    client->ctx = SSL_CTX_new(TLS_client_method());
    if (!client->ctx) {
        return false;
    }
    if (options->version) {
        SSL_CTX_set_min_proto_version(client->ctx, options->version);
        SSL_CTX_set_max_proto_version(client->ctx, options->version);
    }
    if (options->fragment) {
        SSL_CTX_set_tlsext_max_fragment_length(client->ctx, options->fragment);
    }
    if (options->ca_file) {
        SSL_CTX_set_verify(client->ctx, SSL_VERIFY_PEER, NULL);
        if (SSL_CTX_load_verify_locations(client->ctx, options->ca_file, NULL) != 1) {
            return false;
        }
    }
    client->ssl = SSL_new(client->ctx);
    return client->ssl != NULL;
}

static void expect_host(SSL *ssl, const char *host)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
    if (X509_VERIFY_PARAM_set1_ip_asc(param, host) != 1) {
        X509_VERIFY_PARAM_set1_host(param, host, 0);
    }
}

bool https_open(struct https_client *client, uint16_t port, const struct https_options *options)
{
    *client = (struct https_client){.fd = tcp_connect(port)};
    if (client->fd < 0 || !set_up(client, options)) {
        return false;
    }
    expect_host(client->ssl, options->host ? options->host : "127.0.0.1");
    SSL_set_msg_callback(client->ssl, watch_records);
    SSL_set_msg_callback_arg(client->ssl, client);
    SSL_set_fd(client->ssl, client->fd);
    return SSL_connect(client->ssl) == 1;
}

void https_close(struct https_client *client)
{
    if (client->ssl) {
        SSL_shutdown(client->ssl);
    }
    SSL_free(client->ssl);
    SSL_CTX_free(client->ctx);
    if (client->fd >= 0) {
        close(client->fd);
    }
    *client = (struct https_client){.fd = -1};
}

bool https_send(struct https_client *client, const char *bytes, size_t len)
{
    return SSL_write(client->ssl, bytes, (int)len) == (int)len;
}

/* One SSL_read returns at most one record. */
static int read_record(struct https_client *client, uint8_t *dst, size_t size)
{
    int n = SSL_read(client->ssl, dst, (int)size);
    if (n > 0 && (size_t)n > client->max_record) {
        client->max_record = (size_t)n;
    }
    return n;
}

size_t https_drain(struct https_client *client)
{
    uint8_t record[SSL3_RT_MAX_PLAIN_LENGTH];
    size_t total = 0;
    for (int n; (n = read_record(client, record, sizeof record)) > 0;) {
        total += (size_t)n;
    }
    return total;
}

bool https_header(const struct https_response *response, const char *name, char *value, size_t size)
{
    size_t name_len = strlen(name);
    for (const char *line = strstr(response->head, "\r\n"); line; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, name_len) == 0 && line[name_len] == ':') {
            const char *start = line + name_len + 1 + strspn(line + name_len + 1, " ");
            int len = (int)strcspn(start, "\r\n");
            return snprintf(value, size, "%.*s", len, start) < (int)size;
        }
    }
    return false;
}

static bool append(struct https_response *out, const uint8_t *data, size_t len)
{
    if (out->body_len + len + 1 > out->body_size) {
        size_t size = 2 * (out->body_len + len + 1);
        uint8_t *grown = realloc(out->body, size);
        if (!grown) {
            return false;
        }
        out->body = grown;
        out->body_size = size;
    }
    memcpy(out->body + out->body_len, data, len);
    out->body_len += len;
    out->body[out->body_len] = '\0'; /* texts can be compared as strings */
    return true;
}

/* Cuts the head off the bytes gathered so far. Returns false while its end has not come. */
static bool take_head(struct https_response *out)
{
    char *end = out->body ? strstr((char *)out->body, "\r\n\r\n") : NULL;
    char length[32];
    size_t len = end ? (size_t)(end - (char *)out->body) + 4 : 0;
    if (len == 0 || len >= sizeof out->head) {
        return false;
    }
    memcpy(out->head, out->body, len);
    out->head[len] = '\0';
    memmove(out->body, out->body + len, out->body_len - len + 1);
    out->body_len -= len;
    out->content_length =
        https_header(out, "Content-Length", length, sizeof length) ? atoll(length) : -1;
    return sscanf(out->head, "HTTP/1.%*1[01] %u", &out->status) == 1;
}

static bool is_complete(const struct https_response *out, bool is_head)
{
    bool has_no_body = is_head || out->status == 304;
    return out->head[0] && (has_no_body || (int64_t)out->body_len == out->content_length);
}

bool https_receive(struct https_client *client, bool is_head, struct https_response *out)
{
    uint8_t record[SSL3_RT_MAX_PLAIN_LENGTH];
    *out = (struct https_response){.content_length = -1};
    while (!is_complete(out, is_head)) {
        int n = read_record(client, record, sizeof record);
        if (n <= 0) {
            out->was_notified = SSL_get_shutdown(client->ssl) & SSL_RECEIVED_SHUTDOWN;
            return out->head[0] && out->content_length < 0;
        }
        if (!append(out, record, (size_t)n)) {
            return false;
        }
        if (!out->head[0]) {
            take_head(out);
        }
    }
    return true;
}

bool https_request(uint16_t port, const struct https_options *options, const char *request,
                   struct https_response *out)
{
    struct https_client client;
    *out = (struct https_response){.content_length = -1};
    bool ok = https_open(&client, port, options) && https_send(&client, request, strlen(request)) &&
              https_receive(&client, strncmp(request, "HEAD", 4) == 0, out);
    https_close(&client);
    return ok;
}

void https_response_free(struct https_response *response)
{
    free(response->body);
    response->body = NULL;
}
