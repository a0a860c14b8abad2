/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of GDB's remote serial protocol: from bytes to packets and back. Everything is bounded;
 * whatever arrives, the reader ends up in a packet, an error, or waiting for one. */
#ifndef TOOLS_GDB_PACKET_H
#define TOOLS_GDB_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GDB_PACKET_MAX 4096u /* bytes of a packet's contents, in both directions */

enum gdb_event {
    GDB_NOTHING,
    GDB_PACKET,    /* reader->data[len] is one, ended by a NUL besides */
    GDB_INTERRUPT, /* Ctrl-C */
    GDB_NAK,       /* the last reply is wanted again */
    GDB_BAD,       /* checksum wrong, or no hex: to be sent again */
    GDB_TOO_LONG,  /* to be refused */
};

struct gdb_reader {
    char data[GDB_PACKET_MAX + 1];
    size_t len;
    enum { GDB_BETWEEN, GDB_INSIDE, GDB_ESCAPED, GDB_SUM_HIGH, GDB_SUM_LOW } state;
    uint8_t sum;
    uint8_t told_sum;
    bool is_too_long;
    bool has_bad_sum;
};

void gdb_reader_init(struct gdb_reader *reader);
enum gdb_event gdb_reader_feed(struct gdb_reader *reader, uint8_t byte);

/* A packet's contents while they are composed. What does not fit is cut off. */
struct gdb_text {
    char data[GDB_PACKET_MAX];
    size_t len;
};
void gdb_text_add(struct gdb_text *text, const void *bytes, size_t len);
void gdb_text_printf(struct gdb_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Appends bytes as hex. */
void gdb_text_hex(struct gdb_text *text, const void *bytes, size_t len);

#define GDB_FRAME_MAX (2 * GDB_PACKET_MAX + 4)
/* Puts text into a frame[GDB_FRAME_MAX] and returns its length. */
size_t gdb_frame(const struct gdb_text *text, char *frame);

/* Value of a hex digit, -1 for other characters. */
int gdb_hex_digit(char c);
/* Reads hex digits at *p, at most 8, and moves *p behind them. False when there is none. */
bool gdb_hex_u32(const char **p, uint32_t *out);
/* Reads len bytes from 2 * len hex digits. */
bool gdb_hex_bytes(const char *p, uint8_t *dst, size_t len);

#endif
