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

/* Damage is put right in the checksum, or it would hide every other judgement: what follows a
 * damaged stream is the sum of what zlib makes of it. */
static void repair_sum(uint32_t *len)
{
    z_stream z = {
        .next_in = packed + 2, .avail_in = *len - 2, .next_out = want, .avail_out = OUT_MAX};

    inflateInit2(&z, -15);
    if (inflate(&z, Z_FINISH) == Z_STREAM_END) {
        uint32_t sum = (uint32_t)adler32(1, want, (uInt)z.total_out);
        uint32_t at = 2 + (uint32_t)z.total_in;
        for (unsigned i = 0; i < 4; i++) {
            packed[at + i] = (uint8_t)(sum >> (24 - 8 * i));
        }
        *len = at + 4;
    }
    inflateEnd(&z);
}

static void damaged_streams_are_judged_as_zlib_does(void **state)
{
    (void)state;
    print_message("seed 0x%x\n", seed);
    for (unsigned round = 0; round < 6000; round++) {
        uint32_t plain_len = random32() % 3000;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_streams_in_any_cut),
        cmocka_unit_test(every_shortened_stream_is_one_without_input),
        cmocka_unit_test(stops_when_it_is_told),
        cmocka_unit_test(damaged_streams_are_judged_as_zlib_does),
        cmocka_unit_test(noise_is_judged_as_zlib_does),
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
