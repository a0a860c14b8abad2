/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTPS server of a folder of firmware images. It delivers regular files and listings of one
 * folder over TLS 1.2 and 1.3 with GET and HEAD, and nothing else: no uploads, no scripts, no
 * plain HTTP, nothing from outside the folder, no private key (PEM text, or DER without a pass
 * phrase). */
#ifndef SRV_SERVER_H
#define SRV_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct srv_server;

/* What went wrong and what helps; each one line without a final newline, hint "" when none. */
struct srv_error {
    char text[384];
    char hint[384];
};

enum srv_log_kind {
    SRV_LOG_REQUEST, /* one line for each request: peer method path status bytes seconds tls */
    SRV_LOG_NOTE,    /* connections that never came to a request, start and stop */
    SRV_LOG_WARNING, /* what the owner should change: expired certificate, readable key */
};

struct srv_config {
    const char *root;         /* the served folder */
    const char *cert_file;    /* PEM, the server's certificate first, then its chain */
    const char *key_file;     /* PEM, may be encrypted */
    const char *bind_address; /* numeric IPv4 or IPv6; NULL: all interfaces */
    uint16_t port;            /* 0: the system picks a free one */
    bool stop_on_signals;     /* SIGINT and SIGTERM stop srv_server_run() while it runs */

    unsigned max_connections;      /* 0: 64; more wait in the listen queue */
    unsigned handshake_timeout_ms; /* 0: 30000; from accept to the end of the handshake */
    unsigned head_timeout_ms;      /* 0: 30000; from the first byte of a request to its end */
    unsigned idle_timeout_ms;      /* 0: 60000; between two requests of a connection */
    unsigned stall_timeout_ms;     /* 0: 120000 (a device may erase flash meanwhile); no progress */
    unsigned min_bytes_per_s;      /* 0: 512; a reply slower than this, plus one stall, is cut */
    unsigned stop_timeout_ms;      /* 0: 10000; what replies under way get at a stop */

    /* Receives every log line, without newline; text from the network is escaped. May be NULL. */
    void (*log)(void *ctx, enum srv_log_kind kind, const char *line);
    /* Asks for the pass phrase of an encrypted key; NULL: such a key is an error. Returns the
     * length written to buf[size], 0 to give up. The caller wipes buf. */
    size_t (*ask_pass_phrase)(void *ctx, char *buf, size_t size);
    void *ctx;
};

/* Loads the certificate and listens. Strings of config are copied where they are needed later.
 * SIGPIPE is set to ignored for the process when it was at its default.
 * Errors: NULL with err filled: folder, certificate, key, their pairing, address and port.
 * On error: nothing stays open. */
struct srv_server *srv_server_open(const struct srv_config *config, struct srv_error *err);

/* The port it listens on. */
uint16_t srv_server_port(const struct srv_server *server);

/* The first name of the certificate (subjectAltName, else common name), for URLs; "" when none. */
const char *srv_server_name(const struct srv_server *server);

/* Serves until srv_server_stop() or a signal; replies under way then get stop_timeout_ms, a second
 * stop ends at once. Returns false when the event loop failed. */
bool srv_server_run(struct srv_server *server);

/* Ends srv_server_run(). Context: any thread, also a signal handler. */
void srv_server_stop(struct srv_server *server);

/* Closes everything; NULL is fine. */
void srv_server_close(struct srv_server *server);

#endif
