/* SPDX-License-Identifier: Apache-2.0 */
/* The lying server on real sockets: TLS by OpenSSL on the loopback, in a thread, on a port that the
 * system chooses. Each piece of the player becomes one TLS record and one segment. One connection
 * at a time, in the order in which they were routed. */
#ifndef TESTS_LIAR_SERVER_H
#define TESTS_LIAR_SERVER_H

#include <openssl/ssl.h>

#include "liar.h"

/* A key and a certificate for it: what servers show and devices trust. */
struct liar_identity {
    SSL_CTX *ctx;
    char ca_pem[4096];
};

/* names: OpenSSL's subjectAltName; valid around from_s, seconds since 1970. Ends the program when
 * OpenSSL cannot. */
void liar_identity_make(struct liar_identity *id, const char *names, int64_t from_s);
/* Certificate and key from PEM files. Ends the program when OpenSSL cannot read them. */
void liar_identity_load(struct liar_identity *id, const char *cert_file, const char *key_file);
void liar_identity_free(struct liar_identity *id);

struct liar_server;

/* Starts to listen. All of it stays the caller's until liar_server_stop(). Ends the program when
 * the system has no socket or thread. */
struct liar_server *liar_server_start(const struct liar_identity *id, const struct liar_case *c,
                                      const struct liar_files *files);
/* The same on a port of four digits, for clients that have room for no more. */
struct liar_server *liar_server_start_low(const struct liar_identity *id, const struct liar_case *c,
                                          const struct liar_files *files);
/* Where it listens. */
uint16_t liar_server_port(const struct liar_server *s);
/* The port of 127.0.0.1 for the client's next connection, which is thereby counted: that of the
 * server, or where the script refuses the connection, one that nobody listens on. */
uint16_t liar_server_route(struct liar_server *s);
/* Ends the server, after it has read what the client has sent by now. */
void liar_server_stop(struct liar_server *s);
/* Of a stopped server: all that it has read, inside TLS. */
const char *liar_server_requests(const struct liar_server *s);
/* Of a stopped server: connections that it has accepted, refused ones between them included. */
unsigned liar_server_connects(const struct liar_server *s);
void liar_server_free(struct liar_server *s);

#endif
