/* SPDX-License-Identifier: Apache-2.0 */
/* The client's side of telnet's COM port option as bytes: what to send, what an answer means. Does
 * no input or output. Fact: RFC 854, RFC 2217. */
#ifndef TOOLS_RFC2217_CLIENT_H
#define TOOLS_RFC2217_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rfc2217_command {
    RFC2217_SET_BAUD = 1, /* value of 4 bytes */
    RFC2217_SET_DATA_BITS = 2,
    RFC2217_SET_PARITY = 3,
    RFC2217_SET_STOP_BITS = 4,
    RFC2217_SET_CONTROL = 5,
    RFC2217_PURGE = 12,
    RFC2217_N_COMMANDS = 13,
};
enum { RFC2217_DTR_ON = 8, RFC2217_DTR_OFF = 9, RFC2217_RTS_ON = 11, RFC2217_RTS_OFF = 12 };
enum { RFC2217_PURGE_RX = 1, RFC2217_PURGE_TX = 2 };

#define RFC2217_COMMAND_MAX 16u /* bytes of an encoded command */
#define RFC2217_REPLY_MAX   64u
#define RFC2217_HELLO_LEN   15u

struct rfc2217_client {
    /* What the server has said. */
    bool agreed, refused; /* the COM port option */
    uint32_t n_answers[RFC2217_N_COMMANDS];
    uint32_t value[RFC2217_N_COMMANDS]; /* of the last answer */
    /* What it is to be told: the caller sends it and sets n_reply to 0. */
    uint8_t reply[RFC2217_REPLY_MAX];
    size_t n_reply;
    /* Private. */
    int state;
    uint8_t verb;
    uint8_t sub[16]; /* start of a subnegotiation; the rest is counted only */
    size_t n_sub;
};

/* Writes the offer that opens a connection. */
void rfc2217_hello(uint8_t out[RFC2217_HELLO_LEN]);
/* Writes a command; returns its length. */
size_t rfc2217_command(uint8_t out[RFC2217_COMMAND_MAX], enum rfc2217_command command,
                       uint32_t value);
/* Escapes data into out[2 * len]; returns the length. */
size_t rfc2217_encode(uint8_t *out, const uint8_t *src, size_t len);
/* Takes bytes from the server; writes the line's data to out[len] and returns their number. */
size_t rfc2217_decode(struct rfc2217_client *t, const uint8_t *src, size_t len, uint8_t *out);

#endif
