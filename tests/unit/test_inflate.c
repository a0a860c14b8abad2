/* SPDX-License-Identifier: Apache-2.0 */
/* The stub's unpacker beside zlib: the same bytes for good streams in any cut, the same verdict for
 * damaged ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "inflate.h"

#define OUT_MAX (1u << 20)

struct run {
    struct inflate z;
    const uint8_t *src, *end;
    uint32_t piece; /* input comes in pieces of at most this */
    uint8_t *out;
    uint32_t n_out, stop_at;
    uint32_t n_read; /* bytes of src that the run has used */
};

static struct run run;
static uint8_t *plain, *packed, *out, *want;
static uint32_t seed = 1;

static uint32_t random32(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

/* Every piece is copied to memory of its own size: a read past it is a fault. */
static bool refill(struct inflate *z)
{
    static uint8_t *copy;
    uint32_t left = (uint32_t)(run.end - run.src);
    uint32_t n = left < run.piece ? left : run.piece;

    free(copy);
    copy = NULL;
    if (n == 0) {
        return false;
    }
    copy = malloc(n);
    memcpy(copy, run.src, n);
    run.src += n;
    z->in = copy;
    z->in_end = copy + n;
    return true;
}

static bool take(struct inflate *z, const uint8_t *data, uint32_t len)
{
    (void)z;
    if (len > run.stop_at - run.n_out) {
        return false;
    }
    memcpy(run.out + run.n_out, data, len);
    run.n_out += len;
    return true;
}

static enum inflate_result unpack(const uint8_t *src, uint32_t len, uint32_t piece, uint32_t max)
{
    run.z.in = NULL;
    run.z.in_end = NULL;
    run.z.refill = refill;
    run.z.flush = take;
    run.src = src;
    run.end = src + len;
    run.piece = piece;
    run.out = out;
    run.n_out = 0;
    run.stop_at = max;
    enum inflate_result result = inflate_run(&run.z);
    run.n_read = (uint32_t)(run.src - src) - (uint32_t)(run.z.in_end - run.z.in) - run.z.n_bits / 8;
    run.src = run.end;
    (void)refill(&run.z); /* frees the last piece */
    return result;
}

static uint32_t pack(uint32_t len, int level, int strategy, int bits)
{
    z_stream z = {.next_in = plain, .avail_in = len, .next_out = packed, .avail_out = 2 * OUT_MAX};

    assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, bits, 8, strategy), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    uint32_t n = (uint32_t)z.total_out;
    deflateEnd(&z);
    return n;
}

/* Text that repeats itself near and far, with noise between. */
static void make_plain(uint32_t len)
{
    for (uint32_t at = 0; at < len;) {
        uint32_t n = 1 + random32() % 600;
        uint32_t kind = random32() % 4;
        uint32_t back = at > 0 ? 1 + random32() % (at < 40000 ? at : 40000) : 0;
        for (uint32_t i = 0; i < n && at < len; i++, at++) {
            plain[at] = kind == 0                ? (uint8_t)random32()
                        : kind == 1 || back == 0 ? (uint8_t)('a' + random32() % 6)
                        : kind == 2              ? plain[at - back]
                                                 : 0xff;
        }
    }
}

static void good_streams_in_any_cut(void **state)
{
    static const uint32_t lengths[] = {0, 1, 2, 255, 1023, 1024, 1025, 32768, 40000, 300001};
    static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE,
                                     Z_FILTERED};
    static const uint32_t pieces[] = {1, 3, 4096, UINT32_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        make_plain(lengths[i]);
        for (unsigned n = 0; n < 20; n++) {
            uint32_t len = pack(lengths[i], n % 4 * 3, strategies[n % 5], 9 + (int)(n % 7));
            uint32_t piece = pieces[n % 4];
            assert_int_equal(unpack(packed, len, piece, OUT_MAX), INFLATE_DONE);
            assert_int_equal(run.n_out, lengths[i]);
            assert_memory_equal(out, plain, lengths[i]);
        }
    }
}

static void every_shortened_stream_is_one_without_input(void **state)
{
    (void)state;
    make_plain(3000);
    uint32_t len = pack(3000, 9, Z_DEFAULT_STRATEGY, 15);
    for (uint32_t n = 0; n < len; n++) {
        assert_int_equal(unpack(packed, n, 7, OUT_MAX), INFLATE_NO_INPUT);
    }
}

static void stops_when_it_is_told(void **state)
{
    (void)state;
    make_plain(5000);
    uint32_t len = pack(5000, 9, Z_DEFAULT_STRATEGY, 15);
    assert_int_equal(unpack(packed, len, 100, 4999), INFLATE_STOPPED);
    assert_int_equal(unpack(packed, len, 100, 5000), INFLATE_DONE);
}

/* zlib's word on a stream of unknown worth: true with its output in want. */
static bool zlib_accepts(const uint8_t *src, uint32_t len, uint32_t *n)
{
    z_stream z = {.next_in = (uint8_t *)(uintptr_t)src,
                  .avail_in = len,
                  .next_out = want,
                  .avail_out = OUT_MAX};

    assert_int_equal(inflateInit(&z), Z_OK);
    int result = inflate(&z, Z_FINISH);
    *n = (uint32_t)z.total_out;
    inflateEnd(&z);
    return result == Z_STREAM_END;
}

static void expect_like_zlib(uint32_t len)
{
    uint32_t n;
    bool accepts = zlib_accepts(packed, len, &n);
    enum inflate_result result = unpack(packed, len, 1 + random32() % 500, OUT_MAX);

    if (accepts != (result == INFLATE_DONE)) {
        fail_msg("seed 0x%x: zlib %d, ours %d", seed, accepts, result);
    }
    if (accepts) {
        assert_int_equal(run.n_out, n);
        assert_memory_equal(out, want, n);
    }
}

/* Puts the right checksum behind a damaged stream, or it would hide every other judgement: where
 * and as zlib ends, or, when zlib refuses, as ours does, which then must not accept. */
static void repair_sum(uint32_t *len)
{
    z_stream z = {
        .next_in = packed + 2, .avail_in = *len - 2, .next_out = want, .avail_out = OUT_MAX};
    uint32_t sum, at;

    inflateInit2(&z, -15);
    if (inflate(&z, Z_FINISH) == Z_STREAM_END) {
        sum = (uint32_t)adler32(1, want, (uInt)z.total_out);
        at = 2 + (uint32_t)z.total_in;
        *len = at + 4;
    } else {
        (void)unpack(packed, *len, UINT32_MAX, OUT_MAX);
        sum = run.z.adler_b << 16 | run.z.adler_a;
        at = run.n_read < 6 ? 2 : run.n_read - 4;
    }
    for (unsigned i = 0; i < 4; i++) {
        packed[at + i] = (uint8_t)(sum >> (24 - 8 * i));
    }
    inflateEnd(&z);
}

static void damaged_streams_are_judged_as_zlib_does(void **state)
{
    (void)state;
    print_message("seed 0x%x\n", seed);
    for (unsigned round = 0; round < 6000; round++) {
        uint32_t plain_len = 1 + random32() % 3000;
        make_plain(plain_len);
        uint32_t len = pack(plain_len, (int)(random32() % 10), (int)(random32() % 5), 15);
        for (uint32_t n = random32() % 4; n > 0; n--) {
            uint32_t reach = random32() % 2 != 0 && len > 60 ? 60 : len;
            packed[random32() % reach] ^= (uint8_t)(1u << random32() % 8);
        }
        if (round % 2 == 0) {
            packed[0] = 0x78;
            packed[1] = 0x9c;
            repair_sum(&len);
        }
        expect_like_zlib(len);
    }
}

static void noise_is_judged_as_zlib_does(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        uint32_t len = 2 + random32() % 200;
        for (uint32_t i = 0; i < len; i++) {
            packed[i] = (uint8_t)random32();
        }
        packed[0] = 0x78;
        packed[1] = 0x9c;
        packed[2] = (packed[2] & 0xf8u) | (uint8_t)(random32() % 2 != 0 ? 5 : 3);
        repair_sum(&len);
        expect_like_zlib(len);
    }
}

/* --- blocks whose codes are made to order, some of them wrong --- */

static uint32_t n_packed_bits;

static void put_bits(uint32_t value, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++, n_packed_bits++) {
        uint8_t *byte = &packed[n_packed_bits / 8];
        *byte = n_packed_bits % 8 == 0 ? 0 : *byte;
        *byte |= (uint8_t)((value >> i & 1u) << n_packed_bits % 8);
    }
}

/* Gives n random ones of max symbols the words of a complete code; must is one of them. */
static void make_lengths(uint8_t *length, uint32_t max, uint32_t n, uint32_t must)
{
    uint8_t leaf[320] = {0};
    uint32_t n_leaves = 1;

    memset(length, 0, max);
    while (n_leaves < n) {
        uint32_t i = random32() % n_leaves;
        if (leaf[i] < 15) {
            leaf[i]++;
            leaf[n_leaves++] = leaf[i];
        }
    }
    /* A code of one word has one bit, and leaves half of its space unused. */
    leaf[0] = n == 1 ? 1 : leaf[0];
    for (uint32_t i = 0; i < n; i++) {
        uint32_t symbol = i == 0 ? must : random32() % max;
        while (length[symbol] != 0) {
            symbol = (symbol + 1) % max;
        }
        length[symbol] = leaf[i];
    }
}

static void make_block(void)
{
    static const uint8_t order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                      11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint32_t n_literals = random32() % 8 == 0 ? 257 + random32() % 32 : 286;
    uint32_t n_distances = random32() % 8 == 0 ? 1 + random32() % 32 : 30;
    uint8_t lengths[320];

    make_lengths(lengths, n_literals, 2 + random32() % 40, 256);
    make_lengths(lengths + n_literals, n_distances, 1 + random32() % (n_distances < 8 ? 1 : 8), 0);
    if (random32() % 3 == 0) {
        uint32_t at = random32() % 4 == 0 ? 256 : random32() % (n_literals + n_distances);
        lengths[at] = (uint8_t)(random32() % 3 == 0 ? 0 : random32() % 16);
    }
    put_bits(1 | 2 << 1, 3);
    put_bits(n_literals - 257, 5);
    put_bits(n_distances - 1, 5);
    put_bits(19 - 4, 4);
    for (unsigned i = 0; i < 19; i++) {
        put_bits(order[i] < 16 ? 4 : 0, 3);
    }
    /* Sixteen words of four bits: the lengths stand as they are, first bit first. */
    for (uint32_t i = 0; i < n_literals + n_distances; i++) {
        uint32_t v = lengths[i];
        put_bits((v & 1) << 3 | (v & 2) << 1 | (v & 4) >> 1 | v >> 3, 4);
    }
}

static void made_codes_are_judged_as_zlib_does(void **state)
{
    uint32_t n_accepted = 0;

    (void)state;
    for (unsigned round = 0; round < 60000; round++) {
        n_packed_bits = 0;
        put_bits(0x9c78, 16);
        if (random32() % 2 == 0) {
            /* Something to look back at: a stored block. */
            uint32_t n = 1 + random32() % 300;
            put_bits(0, 8);
            put_bits(n | (n ^ 0xffffu) << 16, 32);
            for (uint32_t i = 0; i < n; i++) {
                put_bits(random32(), 8);
            }
        }
        make_block();
        for (uint32_t n = 30 + random32() % 100; n > 0; n--) {
            put_bits(random32(), 8);
        }
        uint32_t len = n_packed_bits / 8, n;
        repair_sum(&len);
        n_accepted += zlib_accepts(packed, len, &n);
        expect_like_zlib(len);
    }
    print_message("%u of 60000 accepted\n", n_accepted);
    assert_in_range(n_accepted, 5000, 50000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_streams_in_any_cut),
        cmocka_unit_test(every_shortened_stream_is_one_without_input),
        cmocka_unit_test(stops_when_it_is_told),
        cmocka_unit_test(damaged_streams_are_judged_as_zlib_does),
        cmocka_unit_test(noise_is_judged_as_zlib_does),
        cmocka_unit_test(made_codes_are_judged_as_zlib_does),
    };

    plain = malloc(OUT_MAX);
    packed = malloc(2 * OUT_MAX);
    out = malloc(OUT_MAX);
    want = malloc(OUT_MAX);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(plain);
    free(packed);
    free(out);
    free(want);
    return failed;
}
