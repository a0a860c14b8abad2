/* SPDX-License-Identifier: Apache-2.0 */
/* See inflate.h. A function that returns an inflate_result goes on only at INFLATE_DONE. */
#include "inflate.h"

#define MAX_CODE_BITS 15u
#define ADLER_BASE    65521u
#define ADLER_RUN     3800u /* bytes after which the sums still fit 32 bits, and a piece divides it */
#define END_OF_BLOCK  256u

/* --- input --- */

static bool next_byte(struct inflate *z, uint32_t *byte)
{
    if (z->in == z->in_end && !z->refill(z)) {
        return false;
    }
    *byte = *z->in++;
    return true;
}

static bool need(struct inflate *z, uint32_t n)
{
    while (z->n_bits < n) {
        uint32_t byte;
        if (!next_byte(z, &byte)) {
            return false;
        }
        z->bits |= byte << z->n_bits;
        z->n_bits += 8;
    }
    return true;
}

static void drop(struct inflate *z, uint32_t n)
{
    z->bits >>= n;
    z->n_bits -= n;
}

/* n is at most 16. */
static bool take(struct inflate *z, uint32_t n, uint32_t *value)
{
    if (!need(z, n)) {
        return false;
    }
    *value = z->bits & ((1u << n) - 1u);
    drop(z, n);
    return true;
}

/* --- output --- */

static void add_to_adler(struct inflate *z, const uint8_t *data, uint32_t len)
{
    uint32_t a = z->adler_a;
    uint32_t b = z->adler_b;
    for (uint32_t i = 0; i < len; i++) {
        a += data[i];
        b += a;
    }
    z->adler_a = a % ADLER_BASE;
    z->adler_b = b % ADLER_BASE;
}
_Static_assert(INFLATE_PIECE <= ADLER_RUN, "the sums of a piece must fit");

static bool flush(struct inflate *z)
{
    uint32_t len = z->n_out - z->flushed;
    const uint8_t *data = z->window + z->flushed % INFLATE_WINDOW;
    z->flushed = z->n_out;
    add_to_adler(z, data, len);
    return len == 0 || z->flush(z, data, len);
}

static inline bool put(struct inflate *z, uint32_t byte)
{
    z->window[z->n_out % INFLATE_WINDOW] = (uint8_t)byte;
    z->n_out++;
    return z->n_out % INFLATE_PIECE != 0 || flush(z);
}

/* --- codes --- */

/* Sorts the symbols by code. Returns what is left of the code space, negative: more than all. */
static int32_t count_codes(struct inflate_code *code, const uint8_t *lengths, uint32_t n)
{
    uint16_t at[MAX_CODE_BITS + 1];
    int32_t left = 1;
    for (uint32_t len = 0; len <= MAX_CODE_BITS; len++) {
        code->count[len] = 0;
    }
    for (uint32_t i = 0; i < n; i++) {
        code->count[lengths[i]]++;
    }
    code->count[0] = 0;
    at[1] = 0;
    for (uint32_t len = 1; len <= MAX_CODE_BITS; len++) {
        left = 2 * left - code->count[len];
        if (left < 0) {
            return left;
        }
        if (len < MAX_CODE_BITS) {
            at[len + 1] = (uint16_t)(at[len] + code->count[len]);
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        if (lengths[i] != 0) {
            code->symbol[at[lengths[i]]++] = (uint16_t)i;
        }
    }
    return left;
}

static uint32_t reversed(uint32_t value, uint32_t n)
{
    uint32_t out = 0;
    while (n-- > 0) {
        out = out << 1 | (value & 1u);
        value >>= 1;
    }
    return out;
}

/* Every word of FAST_BITS bits that begins with a short code shows its symbol. */
static void fill_fast(struct inflate_code *code)
{
    uint32_t word = 0;
    uint32_t index = 0;
    for (uint32_t i = 0; i < 1u << INFLATE_FAST_BITS; i++) {
        code->fast[i] = 0;
    }
    for (uint32_t len = 1; len <= INFLATE_FAST_BITS; len++) {
        word <<= 1;
        for (uint32_t i = 0; i < code->count[len]; i++) {
            uint32_t entry = (uint32_t)code->symbol[index++] << 4 | len;
            for (uint32_t at = reversed(word, len); at < 1u << INFLATE_FAST_BITS; at += 1u << len) {
                code->fast[at] = (uint16_t)entry;
            }
            word++;
        }
    }
}

/* Fact: as zlib has it, a code may leave space unused only when its longest word is one bit. */
static bool build(struct inflate_code *code, const uint8_t *lengths, uint32_t n, bool may_be_short)
{
    int32_t left = count_codes(code, lengths, n);
    uint32_t n_long = 0;
    for (uint32_t len = 2; len <= MAX_CODE_BITS; len++) {
        n_long += code->count[len];
    }
    bool is_empty = n_long == 0 && code->count[1] == 0;
    if (left < 0 || (left > 0 && !is_empty && !(may_be_short && n_long == 0))) {
        return false;
    }
    fill_fast(code);
    return true;
}

/* Bit by bit, for words longer than the table's and at the end of input. */
static enum inflate_result decode_slow(struct inflate *z, const struct inflate_code *code,
                                       uint32_t *symbol)
{
    uint32_t word = 0;
    uint32_t first = 0;
    uint32_t index = 0;
    for (uint32_t len = 1; len <= MAX_CODE_BITS; len++) {
        if (!need(z, len)) {
            return INFLATE_NO_INPUT;
        }
        word |= z->bits >> (len - 1) & 1u;
        uint32_t count = code->count[len];
        if (word - first < count) {
            *symbol = code->symbol[index + word - first];
            drop(z, len);
            return INFLATE_DONE;
        }
        index += count;
        first = (first + count) << 1;
        word <<= 1;
    }
    return INFLATE_BAD_DATA;
}

static inline enum inflate_result decode(struct inflate *z, const struct inflate_code *code,
                                         uint32_t *symbol)
{
    while (z->n_bits < INFLATE_FAST_BITS && z->in != z->in_end) {
        z->bits |= (uint32_t)*z->in++ << z->n_bits;
        z->n_bits += 8;
    }
    uint32_t entry = code->fast[z->bits & ((1u << INFLATE_FAST_BITS) - 1u)];
    uint32_t len = entry & 15u;
    if (len == 0 || len > z->n_bits) {
        return decode_slow(z, code, symbol);
    }
    drop(z, len);
    *symbol = entry >> 4;
    return INFLATE_DONE;
}

/* --- blocks --- */

static enum inflate_result stored_block(struct inflate *z)
{
    uint32_t len, inverse, byte;
    drop(z, z->n_bits % 8);
    if (!take(z, 16, &len) || !take(z, 16, &inverse)) {
        return INFLATE_NO_INPUT;
    }
    if ((len ^ inverse) != 0xffffu) {
        return INFLATE_BAD_DATA;
    }
    while (len-- > 0) {
        if (z->n_bits > 0) {
            byte = z->bits & 0xffu;
            drop(z, 8);
        } else if (!next_byte(z, &byte)) {
            return INFLATE_NO_INPUT;
        }
        if (!put(z, byte)) {
            return INFLATE_STOPPED;
        }
    }
    return INFLATE_DONE;
}

static bool copy(struct inflate *z, uint32_t distance, uint32_t len)
{
    while (len-- > 0) {
        if (!put(z, z->window[(z->n_out - distance) % INFLATE_WINDOW])) {
            return false;
        }
    }
    return true;
}

/* Length codes 257 to 285 in groups of four that share their extra bits. */
static enum inflate_result take_length(struct inflate *z, uint32_t symbol, uint32_t *len)
{
    uint32_t i = symbol - 257u;
    uint32_t extra = i < 8 || i == 28 ? 0 : i / 4 - 1;
    uint32_t base = i < 8 ? i + 3 : i == 28 ? 258 : ((4 + i % 4) << extra) + 3;
    uint32_t more = 0;
    if (i > 28) {
        return INFLATE_BAD_DATA;
    }
    if (!take(z, extra, &more)) {
        return INFLATE_NO_INPUT;
    }
    *len = base + more;
    return INFLATE_DONE;
}

static enum inflate_result take_distance(struct inflate *z, uint32_t *distance)
{
    uint32_t i, more;
    enum inflate_result result = decode(z, &z->distances, &i);
    if (result != INFLATE_DONE) {
        return result;
    }
    if (i > 29) {
        return INFLATE_BAD_DATA;
    }
    uint32_t extra = i < 4 ? 0 : i / 2 - 1;
    if (!take(z, extra, &more)) {
        return INFLATE_NO_INPUT;
    }
    *distance = (i < 4 ? i : (2 + i % 2) << extra) + 1 + more;
    bool is_known = *distance <= z->n_out && *distance <= INFLATE_WINDOW;
    return is_known ? INFLATE_DONE : INFLATE_BAD_DATA;
}

static enum inflate_result copy_match(struct inflate *z, uint32_t symbol)
{
    uint32_t len, distance;
    enum inflate_result result = take_length(z, symbol, &len);
    if (result == INFLATE_DONE) {
        result = take_distance(z, &distance);
    }
    if (result != INFLATE_DONE) {
        return result;
    }
    return copy(z, distance, len) ? INFLATE_DONE : INFLATE_STOPPED;
}

static enum inflate_result coded_block(struct inflate *z)
{
    for (;;) {
        uint32_t symbol;
        enum inflate_result result = decode(z, &z->literals, &symbol);
        if (result == INFLATE_DONE && symbol < END_OF_BLOCK) {
            result = put(z, symbol) ? INFLATE_DONE : INFLATE_STOPPED;
        } else if (result == INFLATE_DONE && symbol > END_OF_BLOCK) {
            result = copy_match(z, symbol);
        } else {
            return result;
        }
        if (result != INFLATE_DONE) {
            return result;
        }
    }
}

static void set_lengths(struct inflate *z, uint32_t from, uint32_t to, uint32_t len)
{
    while (from < to) {
        z->lengths[from++] = (uint8_t)len;
    }
}

static enum inflate_result fixed_block(struct inflate *z)
{
    set_lengths(z, 0, 144, 8);
    set_lengths(z, 144, 256, 9);
    set_lengths(z, 256, 280, 7);
    set_lengths(z, 280, 288, 8);
    set_lengths(z, 288, 320, 5);
    build(&z->literals, z->lengths, 288, false);
    build(&z->distances, z->lengths + 288, 32, false);
    return coded_block(z);
}

/* Lengths of the code that the lengths are written in come in this order. */
static bool read_length_code(struct inflate *z, uint32_t n)
{
    static const uint8_t order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                      11, 4,  12, 3, 13, 2, 14, 1, 15};
    set_lengths(z, 0, 19, 0);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t len;
        if (!take(z, 3, &len)) {
            return false;
        }
        z->lengths[order[i]] = (uint8_t)len;
    }
    return true;
}

/* One symbol of the lengths: a length, or a repetition. */
static enum inflate_result take_repeat(struct inflate *z, uint32_t symbol, uint32_t at,
                                       uint32_t *len, uint32_t *times)
{
    static const uint8_t extra[3] = {2, 3, 7};
    static const uint8_t base[3] = {3, 3, 11};
    *len = symbol < 16 ? symbol : 0;
    *times = 1;
    if (symbol < 16) {
        return INFLATE_DONE;
    }
    if (symbol == 16) {
        if (at == 0) {
            return INFLATE_BAD_DATA;
        }
        *len = z->lengths[at - 1];
    }
    if (!take(z, extra[symbol - 16], times)) {
        return INFLATE_NO_INPUT;
    }
    *times += base[symbol - 16];
    return INFLATE_DONE;
}

static enum inflate_result read_lengths(struct inflate *z, uint32_t n)
{
    for (uint32_t at = 0; at < n;) {
        uint32_t symbol, len, times;
        enum inflate_result result = decode(z, &z->distances, &symbol);
        if (result == INFLATE_DONE) {
            result = take_repeat(z, symbol, at, &len, &times);
        }
        if (result != INFLATE_DONE) {
            return result;
        }
        if (times > n - at) {
            return INFLATE_BAD_DATA;
        }
        set_lengths(z, at, at + times, len);
        at += times;
    }
    return INFLATE_DONE;
}

static enum inflate_result dynamic_block(struct inflate *z)
{
    uint32_t counts;
    if (!take(z, 14, &counts)) {
        return INFLATE_NO_INPUT;
    }
    uint32_t n_literals = (counts & 31u) + 257u;
    uint32_t n_distances = (counts >> 5 & 31u) + 1u;
    if (n_literals > 286 || n_distances > 30) {
        return INFLATE_BAD_DATA;
    }
    if (!read_length_code(z, (counts >> 10) + 4u)) {
        return INFLATE_NO_INPUT;
    }
    /* The code of the lengths lives where the distances' will. */
    if (!build(&z->distances, z->lengths, 19, false)) {
        return INFLATE_BAD_DATA;
    }
    enum inflate_result result = read_lengths(z, n_literals + n_distances);
    if (result != INFLATE_DONE) {
        return result;
    }
    if (z->lengths[END_OF_BLOCK] == 0 || !build(&z->literals, z->lengths, n_literals, true) ||
        !build(&z->distances, z->lengths + n_literals, n_distances, true)) {
        return INFLATE_BAD_DATA;
    }
    return coded_block(z);
}

/* --- the stream --- */

static enum inflate_result check_header(struct inflate *z)
{
    uint32_t method, flags;
    if (!take(z, 8, &method) || !take(z, 8, &flags)) {
        return INFLATE_NO_INPUT;
    }
    bool is_good = (method & 15u) == 8 && method >> 4 <= 7 && (flags & 0x20u) == 0 &&
                   (method << 8 | flags) % 31 == 0;
    return is_good ? INFLATE_DONE : INFLATE_BAD_DATA;
}

static enum inflate_result check_trailer(struct inflate *z)
{
    uint32_t want = 0;
    drop(z, z->n_bits % 8);
    for (unsigned i = 0; i < 4; i++) {
        uint32_t byte;
        if (!take(z, 8, &byte)) {
            return INFLATE_NO_INPUT;
        }
        want = want << 8 | byte;
    }
    return want == (z->adler_b << 16 | z->adler_a) ? INFLATE_DONE : INFLATE_BAD_DATA;
}

static enum inflate_result block(struct inflate *z, bool *is_last)
{
    uint32_t header;
    if (!take(z, 3, &header)) {
        return INFLATE_NO_INPUT;
    }
    *is_last = (header & 1u) != 0;
    switch (header >> 1) {
    case 0:
        return stored_block(z);
    case 1:
        return fixed_block(z);
    case 2:
        return dynamic_block(z);
    default:
        return INFLATE_BAD_DATA;
    }
}

enum inflate_result inflate_run(struct inflate *z)
{
    bool is_last = false;
    z->bits = 0;
    z->n_bits = 0;
    z->n_out = 0;
    z->flushed = 0;
    z->adler_a = 1;
    z->adler_b = 0;
    enum inflate_result result = check_header(z);
    while (result == INFLATE_DONE && !is_last) {
        result = block(z, &is_last);
    }
    if (result == INFLATE_DONE && !flush(z)) {
        result = INFLATE_STOPPED;
    }
    return result == INFLATE_DONE ? check_trailer(z) : result;
}
