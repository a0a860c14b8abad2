/* SPDX-License-Identifier: Apache-2.0 */
/* A blocking HTTPS client for tests of servers on the loopback: sends what it is told, byte for
 * byte, and measures the TLS records it gets. Every wait ends after ten seconds. */
#ifndef HTTPS_CLIENT_H
#define HTTPS_CLIENT_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct https_options {
    const char *ca_file; /* the only trust anchor; NULL: no verification */
    const char *host;    /* checked against the certificate; NULL: 127.0.0.1 */
    int version;         /* TLS1_2_VERSION or TLS1_3_VERSION; 0: both */
    uint8_t fragment;    /* TLSEXT_max_fragment_length_*; 0: not asked for */
};

struct https_client {
    SSL_CTX *ctx;
    SSL *ssl;
    int fd;
    size_t max_record; /* longest plaintext of an incoming record so far, application data */
    size_t max_wire;   /* longest incoming record so far, any type, without its header */
};

struct https_response {
    unsigned status;
    char head[2048];
    uint8_t *body;              /* malloc'd */
    size_t body_len, body_size; /* bytes in use, and with room to grow */
    int64_t content_length;     /* -1: none */
    bool was_notified;          /* the stream ended with close_notify */
};

/* Opens a TCP connection to 127.0.0.1. Returns the socket or -1. */
int tcp_connect(uint16_t port);

/* Connects and shakes hands. Errors: false; https_close() is still needed. */
bool https_open(struct https_client *client, uint16_t port, const struct https_options *options);
void https_close(struct https_client *client);

bool https_send(struct https_client *client, const char *bytes, size_t len);
/* Reads a head and the body that its Content-Length announces (none for HEAD), or up to the end of
 * the stream without one. Errors: false when the stream ends early or the head is none. */
bool https_receive(struct https_client *client, bool is_head, struct https_response *out);
/* Reads until the stream ends; returns the number of bytes, dropped. */
size_t https_drain(struct https_client *client);
/* Connects, sends request, receives and closes. */
bool https_request(uint16_t port, const struct https_options *options, const char *request,
                   struct https_response *out);
void https_response_free(struct https_response *response);

/* Copies the value of a header of response to value[size]; false when it is not there. */
bool https_header(const struct https_response *response, const char *name, char *value,
                  size_t size);

#endif
