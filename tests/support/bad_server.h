/* SPDX-License-Identifier: Apache-2.0 */
/* An HTTPS server that misbehaves as told: for tests of clients on the loopback. One connection at
 * a time, one answer a connection. It cannot ignore max_fragment_length: OpenSSL obeys whatever a
 * client negotiates, so oversized records reach only a client that asked for nothing. */
#ifndef BAD_SERVER_H
#define BAD_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum bad_framing {
    BAD_LENGTH,  /* Content-Length */
    BAD_NONE,    /* no length: the end of the stream is the end of the body */
    BAD_CHUNKED, /* chunks of odd sizes */
};

enum bad_end {
    BAD_NOTIFY, /* close_notify, then FIN */
    BAD_FIN,    /* FIN alone */
    BAD_RST,    /* reset, once the bytes before have been taken */
    BAD_STALL,  /* silence until the client leaves or stall_limit_s passes */
};

struct bad_server_config {
    const char *cert_file; /* NULL: plain HTTP */
    const char *key_file;
    unsigned record_len; /* longest record sent, 512 to 16384; 0: 16384 */

    unsigned status;      /* 0: 200 */
    const char *location; /* header of a redirect, or NULL */
    bool is_http_1_0;
    enum bad_framing framing;
    int64_t length_error; /* added to the Content-Length that is true */

    const uint8_t *body;
    size_t body_len;
    size_t cut_at; /* body bytes to send before the end; SIZE_MAX: all of them */
    enum bad_end end;
    unsigned stall_limit_s; /* 0: 300 */
};

struct bad_server_result {
    char request[128]; /* first line, printable; "" when none came */
    size_t sent;       /* body bytes that left */
    char error[128];   /* why TLS failed or the client ended it; "" when all went as told */
};

/* Listens on 127.0.0.1; port 0 picks a free one. Returns the socket, or -1 with errno set. */
int bad_server_listen(uint16_t port, uint16_t *bound);

/* Accepts one connection and treats it as config says. Returns false when it cannot accept or
 * cannot use the certificate; what the client does is never an error here. */
bool bad_server_serve(int listener, const struct bad_server_config *config,
                      struct bad_server_result *result);

#endif
