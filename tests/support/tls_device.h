/* SPDX-License-Identifier: Apache-2.0 */
/* tests/firmware/tls on a board with the network in virtual time: connections that are counted to
 * the instruction. Each run is a child process of its own, because a process has one such network.
 */
#ifndef TLS_DEVICE_H
#define TLS_DEVICE_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

#define TLS_DEVICE_CONSOLE 16384u
#define TLS_DEVICE_OPENS   8u

struct tls_device_run {
    const char *build;  /* folder of the firmware; NULL: tests/firmware/tls/build */
    const char *host;   /* that the device asks for; NULL: 10.0.2.2 */
    unsigned count;     /* connections, one after the other; 0: one */
    int64_t date_s;     /* that it is told, since 1970; 0: none, -1: it asks the time server */
    int64_t server_s;   /* what that says; 0: there is none */
    X509 *chain[5];     /* of the server, its own first, ended by NULL; none: plain HTTP */
    EVP_PKEY *key;      /* of the first */
    X509 *trusted[4];   /* by the device, ended by NULL */
    const char *script; /* of the network; NULL: none */
};

struct tls_device_result {
    bool has_ended;                          /* the firmware came to its end */
    unsigned n_opens;                        /* GPIO4 went high and low again */
    uint64_t instructions[TLS_DEVICE_OPENS]; /* of each opening, of all tasks */
    uint64_t microseconds[TLS_DEVICE_OPENS]; /* virtual */
    unsigned connections;                    /* that the server accepted */
    char console[TLS_DEVICE_CONSOLE];
};

/* Ends the program when something cannot be set up. */
void tls_device_run(const struct tls_device_run *run, struct tls_device_result *result);

#endif
