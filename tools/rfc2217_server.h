/* SPDX-License-Identifier: Apache-2.0 */
/* The server's half of RFC 2217 (a serial port over Telnet), as pure bytes in and out: speed, the
 * lines DTR and RTS, purges. Parity, stop and data bits are agreed to and have no effect; flow
 * control and breaks are refused. */
#ifndef TOOLS_RFC2217_SERVER_H
#define TOOLS_RFC2217_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RFC2217_SB_MAX  64u  /* bytes of one sub-negotiation; longer ones are ignored */
#define RFC2217_OUT_MAX 160u /* what one call can answer */

enum rfc2217_event {
    RFC2217_EVENT_NONE,
    RFC2217_EVENT_DATA,  /* *data is a byte for the device */
    RFC2217_EVENT_BAUD,  /* baud has changed */
    RFC2217_EVENT_LINES, /* dtr or rts has changed */
    RFC2217_EVENT_PURGE, /* drop what was sent to the device and has not reached it */
};

/* Bytes for the client. */
struct rfc2217_out {
    uint8_t byte[RFC2217_OUT_MAX];
    size_t n;
};

struct rfc2217_server {
    unsigned state;
    uint8_t verb;
    uint8_t sb[RFC2217_SB_MAX];
    size_t n_sb;
    uint64_t we, they; /* options in force, by number */
    uint32_t baud;     /* 0: never set */
    uint8_t data_bits, parity, stop_bits;
    bool dtr, rts; /* asserted */
};

/* A new client: what to greet it with. Both lines are released, no speed is set. */
void rfc2217_server_open(struct rfc2217_server *r, struct rfc2217_out *out);
/* Takes one byte from the client. out is set to what it must be answered, mostly nothing. */
enum rfc2217_event rfc2217_server_take(struct rfc2217_server *r, uint8_t byte, uint8_t *data,
                                       struct rfc2217_out *out);
/* A byte of the device as the client wants it: one byte, or two. Returns how many. */
size_t rfc2217_server_escape(uint8_t byte, uint8_t out[2]);

#endif
