/* SPDX-License-Identifier: Apache-2.0 */
/* MD5 (RFC 1321). The tables are words in ROM; the context is the caller's: four state words, the
 * bit count in two, a block of 64 bytes. Keeps no data. */
#include "rom.h"

struct md5 {
    uint32_t state[4];
    uint32_t bits[2];
    uint8_t block[64];
};

#define ROM_WORDS __attribute__((section(".romwords")))

/* floor(2^32 * |sin(i + 1)|) */
static const uint32_t sines[64] ROM_WORDS = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};
/* The four rotations of each round, lowest byte first. */
static const uint32_t rotations[4] ROM_WORDS = {0x16110c07, 0x140e0905, 0x17100b04, 0x150f0a06};
/* Which word step i of each round takes: (factor * i + offset) mod 16, as factor | offset << 8. */
static const uint32_t orders[4] ROM_WORDS = {0x0001, 0x0105, 0x0503, 0x0007};

static uint32_t rotate_left(uint32_t x, uint32_t n)
{
    return x << n | x >> (32 - n);
}

static uint32_t mix(uint32_t round, uint32_t b, uint32_t c, uint32_t d)
{
    switch (round) {
    case 0:
        return d ^ (b & (c ^ d));
    case 1:
        return c ^ (d & (b ^ c));
    case 2:
        return b ^ c ^ d;
    default:
        return c ^ (b | ~d);
    }
}

static void transform(uint32_t state[4], const uint8_t block[64])
{
    uint32_t x[16];
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    memcpy(x, block, sizeof x);
    for (uint32_t round = 0; round < 4; round++) {
        uint32_t rotation = rotations[round], order = orders[round];
        for (uint32_t i = 0; i < 16; i++) {
            uint32_t k = ((order & 0xFF) * i + (order >> 8)) & 15;
            uint32_t sum = a + mix(round, b, c, d) + x[k] + sines[16 * round + i];
            a = d;
            d = c;
            c = b;
            b += rotate_left(sum, rotation >> (8 * (i & 3)) & 31);
        }
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

void MD5Init(struct md5 *md5);
void MD5Init(struct md5 *md5)
{
    md5->state[0] = 0x67452301;
    md5->state[1] = 0xefcdab89;
    md5->state[2] = 0x98badcfe;
    md5->state[3] = 0x10325476;
    md5->bits[0] = 0;
    md5->bits[1] = 0;
}

void MD5Update(struct md5 *md5, const uint8_t *data, uint32_t len);
void MD5Update(struct md5 *md5, const uint8_t *data, uint32_t len)
{
    uint32_t used = md5->bits[0] >> 3 & 63;
    uint32_t low = md5->bits[0] + (len << 3);
    md5->bits[1] += (len >> 29) + (low < md5->bits[0]);
    md5->bits[0] = low;
    while (len > 0) {
        uint32_t piece = 64 - used < len ? 64 - used : len;
        memcpy(md5->block + used, data, piece);
        used += piece;
        data += piece;
        len -= piece;
        if (used == 64) {
            transform(md5->state, md5->block);
            used = 0;
        }
    }
}

void MD5Final(uint8_t digest[16], struct md5 *md5);
void MD5Final(uint8_t digest[16], struct md5 *md5)
{
    uint32_t used = md5->bits[0] >> 3 & 63;
    md5->block[used++] = 0x80;
    if (used > 56) {
        memset(md5->block + used, 0, 64 - used);
        transform(md5->state, md5->block);
        used = 0;
    }
    memset(md5->block + used, 0, 56 - used);
    memcpy(md5->block + 56, md5->bits, 8);
    transform(md5->state, md5->block);
    memcpy(digest, md5->state, 16);
}
