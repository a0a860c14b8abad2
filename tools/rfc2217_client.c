/* SPDX-License-Identifier: Apache-2.0 */
#include "rfc2217_client.h"

#include <string.h>

enum {
    IAC = 255,
    DONT = 254,
    DO = 253,
    WONT = 252,
    WILL = 251,
    SB = 250,
    SE = 240,
    OPTION_BINARY = 0,
    OPTION_SGA = 3,
    OPTION_COM_PORT = 44,
    SERVER_ANSWER = 100, /* is added to the command's number */
};

enum state { DATA, AFTER_IAC, AFTER_VERB, IN_SUB, SUB_AFTER_IAC };

void rfc2217_hello(uint8_t out[RFC2217_HELLO_LEN])
{
    static const uint8_t hello[RFC2217_HELLO_LEN] = {
        IAC, WILL, OPTION_BINARY, IAC, DO,   OPTION_BINARY,  IAC, WILL, OPTION_SGA,
        IAC, DO,   OPTION_SGA,    IAC, WILL, OPTION_COM_PORT};

    memcpy(out, hello, sizeof(hello));
}

size_t rfc2217_encode(uint8_t *out, const uint8_t *src, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        out[n++] = src[i];
        if (src[i] == IAC) {
            out[n++] = IAC;
        }
    }
    return n;
}

size_t rfc2217_command(uint8_t out[RFC2217_COMMAND_MAX], enum rfc2217_command command,
                       uint32_t value)
{
    uint8_t bytes[4];
    size_t n_bytes = command == RFC2217_SET_BAUD ? 4 : 1;
    size_t n = 0;

    for (size_t i = 0; i < n_bytes; i++) {
        bytes[i] = (uint8_t)(value >> 8 * (n_bytes - 1 - i));
    }
    out[n++] = IAC;
    out[n++] = SB;
    out[n++] = OPTION_COM_PORT;
    out[n++] = (uint8_t)command;
    n += rfc2217_encode(out + n, bytes, n_bytes);
    out[n++] = IAC;
    out[n++] = SE;
    return n;
}

static void answer(struct rfc2217_client *t, uint8_t verb, uint8_t option)
{
    if (t->n_reply + 3 <= RFC2217_REPLY_MAX) {
        t->reply[t->n_reply++] = IAC;
        t->reply[t->n_reply++] = verb;
        t->reply[t->n_reply++] = option;
    }
}

/* Options that were offered at the start get no second word; others are refused. */
static void negotiate(struct rfc2217_client *t, uint8_t verb, uint8_t option)
{
    if (option == OPTION_COM_PORT) {
        t->agreed = t->agreed || verb == DO;
        t->refused = t->refused || verb == DONT;
    }
    if (option == OPTION_COM_PORT || option == OPTION_BINARY || option == OPTION_SGA) {
        return;
    }
    if (verb == DO) {
        answer(t, WONT, option);
    } else if (verb == WILL) {
        answer(t, DONT, option);
    }
}

static void end_sub(struct rfc2217_client *t)
{
    if (t->n_sub < 2 || t->n_sub > sizeof(t->sub) || t->sub[0] != OPTION_COM_PORT ||
        t->sub[1] < SERVER_ANSWER || t->sub[1] >= SERVER_ANSWER + RFC2217_N_COMMANDS) {
        return;
    }
    unsigned command = t->sub[1] - SERVER_ANSWER;
    t->value[command] = 0;
    for (size_t i = 2; i < t->n_sub; i++) {
        t->value[command] = t->value[command] << 8 | t->sub[i];
    }
    t->n_answers[command]++;
}

static void add_to_sub(struct rfc2217_client *t, uint8_t byte)
{
    if (t->n_sub < sizeof(t->sub)) {
        t->sub[t->n_sub] = byte;
    }
    /* One more than fits says that it did not fit. */
    t->n_sub += t->n_sub <= sizeof(t->sub);
}

static enum state after_iac(struct rfc2217_client *t, uint8_t byte)
{
    if (byte >= WILL && byte <= DONT) {
        t->verb = byte;
        return AFTER_VERB;
    }
    t->n_sub = 0;
    return byte == SB ? IN_SUB : DATA;
}

static enum state in_sub(struct rfc2217_client *t, uint8_t byte)
{
    if (byte == IAC) {
        return SUB_AFTER_IAC;
    }
    add_to_sub(t, byte);
    return IN_SUB;
}

static enum state sub_after_iac(struct rfc2217_client *t, uint8_t byte)
{
    if (byte == IAC) {
        add_to_sub(t, IAC);
        return IN_SUB;
    }
    if (byte == SE) {
        end_sub(t);
    }
    return DATA;
}

size_t rfc2217_decode(struct rfc2217_client *t, const uint8_t *src, size_t len, uint8_t *out)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        uint8_t byte = src[i];
        switch ((enum state)t->state) {
        case DATA:
            if (byte == IAC) {
                t->state = AFTER_IAC;
            } else {
                out[n++] = byte;
            }
            break;
        case AFTER_IAC:
            if (byte == IAC) {
                out[n++] = IAC;
                t->state = DATA;
            } else {
                t->state = after_iac(t, byte);
            }
            break;
        case AFTER_VERB:
            negotiate(t, t->verb, byte);
            t->state = DATA;
            break;
        case IN_SUB:
            t->state = in_sub(t, byte);
            break;
        case SUB_AFTER_IAC:
            t->state = sub_after_iac(t, byte);
            break;
        }
    }
    return n;
}
