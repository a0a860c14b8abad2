/* SPDX-License-Identifier: Apache-2.0 */
/* See gdb_packet.h. Fact: framing of GDB's remote serial protocol, appendix E of its manual. */
#include "gdb_packet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ESCAPE '}'
#define FLIP   0x20
#define CTRL_C 0x03

/* --- reading --- */

void gdb_reader_init(struct gdb_reader *reader)
{
    reader->state = GDB_BETWEEN;
    reader->len = 0;
}

static void begin(struct gdb_reader *r)
{
    r->len = 0;
    r->sum = 0;
    r->is_too_long = false;
    r->has_bad_sum = false;
    r->state = GDB_INSIDE;
}

static void keep(struct gdb_reader *r, uint8_t byte)
{
    if (r->len == GDB_PACKET_MAX) {
        r->is_too_long = true;
        return;
    }
    r->data[r->len++] = (char)byte;
}

static enum gdb_event feed_between(struct gdb_reader *r, uint8_t byte)
{
    switch (byte) {
    case '$':
        begin(r);
        return GDB_NOTHING;
    case '-':
        return GDB_NAK;
    case CTRL_C:
        return GDB_INTERRUPT;
    default: /* '+', and noise */
        return GDB_NOTHING;
    }
}

static void feed_inside(struct gdb_reader *r, uint8_t byte)
{
    if (byte == '$') {
        begin(r); /* the end of the one before was lost */
        return;
    }
    if (byte == '#') {
        r->state = GDB_SUM_HIGH;
        return;
    }
    r->sum = (uint8_t)(r->sum + byte);
    if (r->state == GDB_ESCAPED) {
        keep(r, byte ^ FLIP);
        r->state = GDB_INSIDE;
    } else if (byte == ESCAPE) {
        r->state = GDB_ESCAPED;
    } else {
        keep(r, byte);
    }
}

static enum gdb_event finish(struct gdb_reader *r)
{
    r->state = GDB_BETWEEN;
    r->data[r->len] = '\0';
    if (r->has_bad_sum || r->told_sum != r->sum) {
        return GDB_BAD;
    }
    return r->is_too_long ? GDB_TOO_LONG : GDB_PACKET;
}

enum gdb_event gdb_reader_feed(struct gdb_reader *r, uint8_t byte)
{
    int digit = gdb_hex_digit((char)byte);
    switch (r->state) {
    case GDB_INSIDE:
    case GDB_ESCAPED:
        feed_inside(r, byte);
        return GDB_NOTHING;
    case GDB_SUM_HIGH:
        r->has_bad_sum = digit < 0;
        r->told_sum = (uint8_t)((unsigned)digit << 4);
        r->state = GDB_SUM_LOW;
        return GDB_NOTHING;
    case GDB_SUM_LOW:
        r->has_bad_sum = r->has_bad_sum || digit < 0;
        r->told_sum |= (uint8_t)digit;
        return finish(r);
    case GDB_BETWEEN:
        break;
    }
    return feed_between(r, byte);
}

/* --- writing --- */

void gdb_text_add(struct gdb_text *text, const void *bytes, size_t len)
{
    size_t room = sizeof(text->data) - text->len;
    size_t n = len < room ? len : room;
    memcpy(text->data + text->len, bytes, n);
    text->len += n;
}

void gdb_text_printf(struct gdb_text *text, const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (n > 0) {
        gdb_text_add(text, line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
    }
}

void gdb_text_hex(struct gdb_text *text, const void *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *p = bytes;
    for (size_t i = 0; i < len; i++) {
        const char pair[2] = {digits[p[i] >> 4], digits[p[i] & 15]};
        gdb_text_add(text, pair, sizeof(pair));
    }
}

static bool needs_escape(char c)
{
    return c == '$' || c == '#' || c == ESCAPE || c == '*';
}

size_t gdb_frame(const struct gdb_text *text, char *frame)
{
    size_t at = 0;
    uint8_t sum = 0;
    frame[at++] = '$';
    for (size_t i = 0; i < text->len; i++) {
        char c = text->data[i];
        if (needs_escape(c)) {
            frame[at++] = ESCAPE;
            sum = (uint8_t)(sum + ESCAPE);
            c ^= FLIP;
        }
        frame[at++] = c;
        sum = (uint8_t)(sum + (uint8_t)c);
    }
    frame[at++] = '#';
    frame[at++] = "0123456789abcdef"[sum >> 4];
    frame[at++] = "0123456789abcdef"[sum & 15];
    return at;
}

/* --- hex --- */

int gdb_hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool gdb_hex_u32(const char **p, uint32_t *out)
{
    unsigned n = 0;
    uint32_t value = 0;
    for (; n < 8 && gdb_hex_digit(**p) >= 0; n++) {
        value = value << 4 | (uint32_t)gdb_hex_digit(*(*p)++);
    }
    *out = value;
    return n > 0;
}

bool gdb_hex_bytes(const char *p, uint8_t *dst, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        int high = gdb_hex_digit(p[2 * i]);
        int low = high >= 0 ? gdb_hex_digit(p[2 * i + 1]) : -1; /* p may end here */
        if (low < 0) {
            return false;
        }
        dst[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
