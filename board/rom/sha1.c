/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-1 (FIPS 180-4). The context is the caller's: five state words, the bit count in two (low word
 * first), a block of 64 bytes. Keeps no data. */
#include "rom.h"

struct sha1 {
    uint32_t state[5];
    uint32_t bits[2];
    uint8_t block[64];
};

static uint32_t rotate_left(uint32_t x, uint32_t n)
{
    return x << n | x >> (32 - n);
}

static uint32_t get_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put_be32(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 24);
    p[1] = (uint8_t)(value >> 16);
    p[2] = (uint8_t)(value >> 8);
    p[3] = (uint8_t)value;
}

/* The function and constant of step i. */
static uint32_t mix(uint32_t i, uint32_t b, uint32_t c, uint32_t d)
{
    if (i < 20) {
        return (d ^ (b & (c ^ d))) + 0x5a827999;
    }
    if (i < 40) {
        return (b ^ c ^ d) + 0x6ed9eba1;
    }
    if (i < 60) {
        return ((b & c) | (d & (b | c))) + 0x8f1bbcdc;
    }
    return (b ^ c ^ d) + 0xca62c1d6;
}

void SHA1Transform(uint32_t state[5], const uint8_t block[64]);
void SHA1Transform(uint32_t state[5], const uint8_t block[64])
{
    uint32_t w[16];
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (uint32_t i = 0; i < 80; i++) {
        uint32_t *at = &w[i & 15];
        if (i < 16) {
            *at = get_be32(block + 4 * i);
        } else {
            *at = rotate_left(w[(i + 13) & 15] ^ w[(i + 8) & 15] ^ w[(i + 2) & 15] ^ *at, 1);
        }
        uint32_t next = rotate_left(a, 5) + mix(i, b, c, d) + e + *at;
        e = d;
        d = c;
        c = rotate_left(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

void SHA1Init(struct sha1 *sha1);
void SHA1Init(struct sha1 *sha1)
{
    sha1->state[0] = 0x67452301;
    sha1->state[1] = 0xefcdab89;
    sha1->state[2] = 0x98badcfe;
    sha1->state[3] = 0x10325476;
    sha1->state[4] = 0xc3d2e1f0;
    sha1->bits[0] = 0;
    sha1->bits[1] = 0;
}

void SHA1Update(struct sha1 *sha1, const uint8_t *data, uint32_t len);
void SHA1Update(struct sha1 *sha1, const uint8_t *data, uint32_t len)
{
    uint32_t used = sha1->bits[0] >> 3 & 63;
    uint32_t low = sha1->bits[0] + (len << 3);
    sha1->bits[1] += (len >> 29) + (low < sha1->bits[0]);
    sha1->bits[0] = low;
    while (len > 0) {
        uint32_t piece = 64 - used < len ? 64 - used : len;
        memcpy(sha1->block + used, data, piece);
        used += piece;
        data += piece;
        len -= piece;
        if (used == 64) {
            SHA1Transform(sha1->state, sha1->block);
            used = 0;
        }
    }
}

void SHA1Final(uint8_t digest[20], struct sha1 *sha1);
void SHA1Final(uint8_t digest[20], struct sha1 *sha1)
{
    uint32_t used = sha1->bits[0] >> 3 & 63;
    sha1->block[used++] = 0x80;
    if (used > 56) {
        memset(sha1->block + used, 0, 64 - used);
        SHA1Transform(sha1->state, sha1->block);
        used = 0;
    }
    memset(sha1->block + used, 0, 56 - used);
    put_be32(sha1->block + 56, sha1->bits[1]);
    put_be32(sha1->block + 60, sha1->bits[0]);
    SHA1Transform(sha1->state, sha1->block);
    for (uint32_t i = 0; i < 5; i++) {
        put_be32(digest + 4 * i, sha1->state[i]);
    }
}
