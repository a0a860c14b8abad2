/* SPDX-License-Identifier: Apache-2.0 */
/* See rfc2217_server.h. Options are answered only when they change, so that two polite ends come to
 * rest.
 */
#include "rfc2217_server.h"

#include <string.h>

enum { SE = 240, SB = 250, WILL = 251, WONT = 252, DO = 253, DONT = 254, IAC = 255 };
enum { OPTION_BINARY = 0, OPTION_NO_GO_AHEAD = 3, OPTION_COM_PORT = 44 };
enum { STATE_DATA, STATE_IAC, STATE_OPTION, STATE_SB, STATE_SB_IAC };

/* Requests of the client; an answer has the number + 100. */
enum {
    SIGNATURE = 0,
    SET_BAUDRATE = 1,
    SET_DATASIZE = 2,
    SET_PARITY = 3,
    SET_STOPSIZE = 4,
    SET_CONTROL = 5,
    NOTIFY_MODEMSTATE = 7,
    SET_LINESTATE_MASK = 10,
    SET_MODEMSTATE_MASK = 11,
    PURGE_DATA = 12,
    TO_CLIENT = 100,
};

enum {
    CONTROL_NO_FLOW = 1,
    CONTROL_HARDWARE_FLOW = 3,
    CONTROL_BREAK_OFF = 6,
    CONTROL_DTR = 7,
    CONTROL_DTR_ON = 8,
    CONTROL_DTR_OFF = 9,
    CONTROL_RTS = 10,
    CONTROL_RTS_ON = 11,
    CONTROL_RTS_OFF = 12,
    CONTROL_NO_INBOUND_FLOW = 14,
};

enum { PURGE_SENT = 2, PURGE_BOTH = 3 };

#define MODEM_CTS_DSR_CD 0xb0u
#define OUR_OPTIONS      (1ull << OPTION_BINARY | 1ull << OPTION_NO_GO_AHEAD | 1ull << OPTION_COM_PORT)
#define MIN_BAUD         50u
#define MAX_BAUD         8000000u
#define BAUD_OF_THE_ROM  74880u
#define DATA_BITS_8      8u
#define PARITY_NONE      1u
#define STOP_BITS_1      1u

/* --- towards the client --- */

static void put(struct rfc2217_out *out, uint8_t byte)
{
    if (out->n < RFC2217_OUT_MAX) {
        out->byte[out->n++] = byte;
    }
}

static void put_option(struct rfc2217_out *out, uint8_t verb, uint8_t option)
{
    put(out, IAC);
    put(out, verb);
    put(out, option);
}

static void answer(struct rfc2217_out *out, uint8_t request, const uint8_t *value, size_t len)
{
    put_option(out, SB, OPTION_COM_PORT);
    put(out, (uint8_t)(request + TO_CLIENT));
    for (size_t i = 0; i < len; i++) {
        uint8_t escaped[2];
        size_t n = rfc2217_server_escape(value[i], escaped);
        for (size_t j = 0; j < n; j++) {
            put(out, escaped[j]);
        }
    }
    put(out, IAC);
    put(out, SE);
}

static void answer_byte(struct rfc2217_out *out, uint8_t request, uint8_t value)
{
    answer(out, request, &value, 1);
}

size_t rfc2217_server_escape(uint8_t byte, uint8_t out[2])
{
    out[0] = byte;
    out[1] = byte;
    return byte == IAC ? 2 : 1;
}

void rfc2217_server_open(struct rfc2217_server *r, struct rfc2217_out *out)
{
    *r = (struct rfc2217_server){.data_bits = DATA_BITS_8,
                                 .parity = PARITY_NONE,
                                 .stop_bits = STOP_BITS_1,
                                 .we = OUR_OPTIONS,
                                 .they = OUR_OPTIONS};
    out->n = 0;
    for (uint8_t option = 0; option < 64; option++) {
        if ((OUR_OPTIONS >> option & 1) != 0) {
            put_option(out, WILL, option);
            put_option(out, DO, option);
        }
    }
}

/* --- options --- */

/* on: the client wants it in force; yes, no: our words for it. */
static void settle(uint64_t *options, bool on, uint8_t option, uint8_t yes, uint8_t no,
                   struct rfc2217_out *out)
{
    uint64_t bit = option < 64 ? 1ull << option : 0;
    bool is_on = (*options & bit) != 0;
    if (on && (OUR_OPTIONS & bit) == 0) {
        put_option(out, no, option);
    } else if (on != is_on) {
        *options ^= bit;
        put_option(out, on ? yes : no, option);
    }
}

static void take_option(struct rfc2217_server *r, uint8_t option, struct rfc2217_out *out)
{
    if (r->verb == DO || r->verb == DONT) {
        settle(&r->we, r->verb == DO, option, WILL, WONT, out);
    } else {
        settle(&r->they, r->verb == WILL, option, DO, DONT, out);
    }
}

/* --- requests --- */

static uint32_t get_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* 0 asks for the present speed; one that no line has changes nothing. */
static enum rfc2217_event set_baud(struct rfc2217_server *r, const uint8_t *value,
                                   struct rfc2217_out *out)
{
    uint32_t wanted = get_be32(value);
    bool is_usable = wanted >= MIN_BAUD && wanted <= MAX_BAUD;
    if (is_usable) {
        r->baud = wanted;
    }
    uint32_t baud = r->baud != 0 ? r->baud : BAUD_OF_THE_ROM;
    const uint8_t reply[4] = {(uint8_t)(baud >> 24), (uint8_t)(baud >> 16), (uint8_t)(baud >> 8),
                              (uint8_t)baud};
    answer(out, SET_BAUDRATE, reply, sizeof(reply));
    return is_usable ? RFC2217_EVENT_BAUD : RFC2217_EVENT_NONE;
}

/* Data size, parity and stop bits: 0 asks, anything else is agreed to. */
static void set_format(uint8_t *setting, uint8_t request, uint8_t value, struct rfc2217_out *out)
{
    *setting = value != 0 ? value : *setting;
    answer_byte(out, request, *setting);
}

static enum rfc2217_event set_line(bool *line, bool on, uint8_t value, struct rfc2217_out *out)
{
    bool has_changed = *line != on;
    *line = on;
    answer_byte(out, SET_CONTROL, value);
    return has_changed ? RFC2217_EVENT_LINES : RFC2217_EVENT_NONE;
}

static enum rfc2217_event set_control(struct rfc2217_server *r, uint8_t value,
                                      struct rfc2217_out *out)
{
    uint8_t reply;
    if (value == CONTROL_DTR_ON || value == CONTROL_DTR_OFF) {
        return set_line(&r->dtr, value == CONTROL_DTR_ON, value, out);
    }
    if (value == CONTROL_RTS_ON || value == CONTROL_RTS_OFF) {
        return set_line(&r->rts, value == CONTROL_RTS_ON, value, out);
    }
    if (value == CONTROL_DTR) {
        reply = r->dtr ? CONTROL_DTR_ON : CONTROL_DTR_OFF;
    } else if (value == CONTROL_RTS) {
        reply = r->rts ? CONTROL_RTS_ON : CONTROL_RTS_OFF;
    } else if (value <= CONTROL_HARDWARE_FLOW) {
        reply = CONTROL_NO_FLOW;
    } else if (value <= CONTROL_BREAK_OFF) {
        reply = CONTROL_BREAK_OFF;
    } else {
        reply = CONTROL_NO_INBOUND_FLOW;
    }
    answer_byte(out, SET_CONTROL, reply);
    return RFC2217_EVENT_NONE;
}

/* What came from the device is not kept here, so there is nothing of it to drop. */
static enum rfc2217_event purge(uint8_t what, struct rfc2217_out *out)
{
    answer_byte(out, PURGE_DATA, what);
    return what == PURGE_SENT || what == PURGE_BOTH ? RFC2217_EVENT_PURGE : RFC2217_EVENT_NONE;
}

static enum rfc2217_event set_one(struct rfc2217_server *r, uint8_t request, uint8_t value,
                                  struct rfc2217_out *out)
{
    switch (request) {
    case SET_DATASIZE:
        set_format(&r->data_bits, request, value, out);
        return RFC2217_EVENT_NONE;
    case SET_PARITY:
        set_format(&r->parity, request, value, out);
        return RFC2217_EVENT_NONE;
    case SET_STOPSIZE:
        set_format(&r->stop_bits, request, value, out);
        return RFC2217_EVENT_NONE;
    case SET_CONTROL:
        return set_control(r, value, out);
    case SET_LINESTATE_MASK:
        answer_byte(out, request, value);
        return RFC2217_EVENT_NONE;
    case SET_MODEMSTATE_MASK:
        answer_byte(out, request, value);
        answer_byte(out, NOTIFY_MODEMSTATE, MODEM_CTS_DSR_CD & value);
        return RFC2217_EVENT_NONE;
    case NOTIFY_MODEMSTATE:
        answer_byte(out, request, MODEM_CTS_DSR_CD);
        return RFC2217_EVENT_NONE;
    case PURGE_DATA:
        return purge(value, out);
    default:
        return RFC2217_EVENT_NONE;
    }
}

static enum rfc2217_event take_request(struct rfc2217_server *r, struct rfc2217_out *out)
{
    static const char name[] = "airslot virtual board";
    if (r->n_sb < 2 || r->n_sb > RFC2217_SB_MAX || r->sb[0] != OPTION_COM_PORT) {
        return RFC2217_EVENT_NONE;
    }
    const uint8_t *value = r->sb + 2;
    size_t len = r->n_sb - 2;
    if (r->sb[1] == SIGNATURE) {
        answer(out, SIGNATURE, (const uint8_t *)name, len == 0 ? sizeof(name) - 1 : 0);
        return RFC2217_EVENT_NONE;
    }
    if (r->sb[1] == SET_BAUDRATE) {
        return len == 4 ? set_baud(r, value, out) : RFC2217_EVENT_NONE;
    }
    return len == 1 ? set_one(r, r->sb[1], value[0], out) : RFC2217_EVENT_NONE;
}

/* --- the byte stream --- */

static void take_verb(struct rfc2217_server *r, uint8_t byte)
{
    switch (byte) {
    case WILL:
    case WONT:
    case DO:
    case DONT:
        r->verb = byte;
        r->state = STATE_OPTION;
        break;
    case SB:
        r->n_sb = 0;
        r->state = STATE_SB;
        break;
    default: /* commands without an argument mean nothing here */
        r->state = STATE_DATA;
        break;
    }
}

/* Bytes past the room are counted only: a request that is too long is ignored as a whole. */
static void keep(struct rfc2217_server *r, uint8_t byte)
{
    if (r->n_sb < RFC2217_SB_MAX) {
        r->sb[r->n_sb] = byte;
    }
    if (r->n_sb <= RFC2217_SB_MAX) {
        r->n_sb++;
    }
    r->state = STATE_SB;
}

static enum rfc2217_event take_in_command(struct rfc2217_server *r, uint8_t byte,
                                          struct rfc2217_out *out)
{
    switch (r->state) {
    case STATE_IAC:
        take_verb(r, byte);
        return RFC2217_EVENT_NONE;
    case STATE_OPTION:
        r->state = STATE_DATA;
        take_option(r, byte, out);
        return RFC2217_EVENT_NONE;
    case STATE_SB:
        if (byte == IAC) {
            r->state = STATE_SB_IAC;
        } else {
            keep(r, byte);
        }
        return RFC2217_EVENT_NONE;
    default: /* an IAC inside a sub-negotiation: doubled, or its end */
        if (byte == IAC) {
            keep(r, byte);
            return RFC2217_EVENT_NONE;
        }
        r->state = STATE_DATA;
        return byte == SE ? take_request(r, out) : RFC2217_EVENT_NONE;
    }
}

enum rfc2217_event rfc2217_server_take(struct rfc2217_server *r, uint8_t byte, uint8_t *data,
                                       struct rfc2217_out *out)
{
    out->n = 0;
    bool is_plain = r->state == STATE_DATA && byte != IAC;
    bool is_doubled = r->state == STATE_IAC && byte == IAC;
    if (is_plain || is_doubled) {
        r->state = STATE_DATA;
        *data = byte;
        return RFC2217_EVENT_DATA;
    }
    if (r->state == STATE_DATA) {
        r->state = STATE_IAC;
        return RFC2217_EVENT_NONE;
    }
    return take_in_command(r, byte, out);
}
