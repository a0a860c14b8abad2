/* SPDX-License-Identifier: Apache-2.0 */
/* Unpacks one zlib stream (RFC 1950, 1951) from pieces into pieces, in the memory of its struct.
 * Refuses what the RFCs forbid, in agreement with zlib; never reads or writes past a piece. */
#ifndef STUB_INFLATE_H
#define STUB_INFLATE_H

#include <stdbool.h>
#include <stdint.h>

#define INFLATE_WINDOW    32768u
#define INFLATE_PIECE     1024u /* bytes between two calls of flush; divides the window */
#define INFLATE_FAST_BITS 9u

enum inflate_result {
    INFLATE_DONE,
    INFLATE_BAD_DATA, /* the stream breaks the format, or its checksum does not match */
    INFLATE_NO_INPUT, /* refill had nothing more */
    INFLATE_STOPPED,  /* flush said so */
};

/* A canonical Huffman code: all of it as counts and ordered symbols, its short codes as a table. */
struct inflate_code {
    uint16_t count[16];
    uint16_t symbol[288];
    uint16_t fast[1u << INFLATE_FAST_BITS]; /* symbol << 4 | length; 0: a longer code, or none */
};

struct inflate {
    /* Caller: the next input. refill replaces an empty piece by a piece that is not; false: there
     * is none. */
    const uint8_t *in, *in_end;
    bool (*refill)(struct inflate *z);
    /* Caller: takes output; false ends the run. data points into the window and stays as it is for
     * 31 KiB more of output. */
    bool (*flush)(struct inflate *z, const uint8_t *data, uint32_t len);
    void *ctx;

    /* Private. */
    uint32_t bits, n_bits;
    uint32_t n_out; /* bytes put into the window so far */
    uint32_t flushed;
    uint32_t adler_a, adler_b;
    struct inflate_code literals, distances;
    uint8_t lengths[288 + 32];
    uint8_t window[INFLATE_WINDOW] __attribute__((aligned(4)));
};

/* Unpacks the stream. Input behind it is left alone: z->in stands right behind its last byte, or
 * up to three bytes of the same piece or the one before have been taken. */
enum inflate_result inflate_run(struct inflate *z);

#endif
