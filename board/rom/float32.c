/* SPDX-License-Identifier: Apache-2.0 */
/* Single precision on bit patterns: round to nearest even, subnormals, infinities and NaN as IEEE
 * 754 has them, no exception flags. Working significands carry the leading one at bit 30 and seven
 * bits below the stored ones. */
#include "rom_math.h"

#define SIGN      0x80000000u
#define INFINITE  0x7F800000u
#define QUIET_NAN 0x7FC00000u
#define FRACTION  0x007FFFFFu
#define EXTRA     7
#define LEADING   30
#define MAX_EXP   255

static int is_nan(uint32_t a)
{
    return (a & ~SIGN) > INFINITE;
}

/* Shifts right; what is shifted out survives as a sticky lowest bit. */
static uint32_t shift_sticky(uint32_t m, int n)
{
    if (n >= 32) {
        return m != 0;
    }
    return n == 0 ? m : m >> n | ((m << (32 - n)) != 0);
}

/* Splits a finite number that is not 0 into its exponent and a significand with its leading one. */
static uint32_t unpack(uint32_t a, int *exponent)
{
    int e = (int)(a >> 23 & 0xFF);
    uint32_t m = a & FRACTION;
    if (e == 0) {
        int shift = rom_clz32(m) - (31 - 23);
        *exponent = 1 - shift;
        return m << shift << EXTRA;
    }
    *exponent = e;
    return (m | (FRACTION + 1)) << EXTRA;
}

/* Rounds; the leading one of m stands at bit 30. */
static uint32_t pack(uint32_t sign, int e, uint32_t m)
{
    if (e >= MAX_EXP) {
        return sign | INFINITE;
    }
    if (e <= 0) {
        m = shift_sticky(m, 1 - e);
    }
    uint32_t half_way = (m & 0x7F) == 0x40;
    m = (m + 0x40) >> EXTRA;
    m &= ~half_way;
    /* The leading one adds to the exponent; a carry out of the rounding does so once more. */
    return sign + (e > 0 ? (uint32_t)(e - 1) << 23 : 0) + m;
}

static uint32_t normalize_and_pack(uint32_t sign, int e, uint32_t m)
{
    int shift = rom_clz32(m) - (31 - LEADING);
    if (shift < 0) {
        return pack(sign, e + 1, shift_sticky(m, 1));
    }
    return pack(sign, e - shift, m << shift);
}

/* Neither is NaN; a is the one of larger magnitude. */
static uint32_t add_ordered(uint32_t a, uint32_t b)
{
    if ((a & ~SIGN) == INFINITE) {
        return (b & ~SIGN) == INFINITE && a != b ? QUIET_NAN : a;
    }
    if ((b & ~SIGN) == 0) {
        return (a & ~SIGN) == 0 ? a & b : a;
    }
    int ea, eb;
    uint32_t ma = unpack(a, &ea);
    uint32_t mb = unpack(b, &eb);
    mb = shift_sticky(mb, ea - eb);
    uint32_t m = (a ^ b) & SIGN ? ma - mb : ma + mb;
    return m == 0 ? 0 : normalize_and_pack(a & SIGN, ea, m);
}

uint32_t rom_addsf3(uint32_t a, uint32_t b)
{
    if (is_nan(a) || is_nan(b)) {
        return QUIET_NAN;
    }
    return (a & ~SIGN) >= (b & ~SIGN) ? add_ordered(a, b) : add_ordered(b, a);
}

uint32_t rom_subsf3(uint32_t a, uint32_t b)
{
    return rom_addsf3(a, b ^ SIGN);
}

uint32_t rom_mulsf3(uint32_t a, uint32_t b)
{
    uint32_t sign = (a ^ b) & SIGN;
    uint32_t abs_a = a & ~SIGN, abs_b = b & ~SIGN;
    if (is_nan(a) || is_nan(b)) {
        return QUIET_NAN;
    }
    if (abs_a == INFINITE || abs_b == INFINITE) {
        return abs_a == 0 || abs_b == 0 ? QUIET_NAN : sign | INFINITE;
    }
    if (abs_a == 0 || abs_b == 0) {
        return sign;
    }
    int ea, eb;
    uint32_t ma = unpack(a, &ea);
    uint32_t mb = unpack(b, &eb);
    uint64_t product = (uint64_t)ma * mb; /* leading one at bit 60 or 61 */
    uint32_t m = (uint32_t)(product >> LEADING) | ((product & ((1u << LEADING) - 1)) != 0);
    return normalize_and_pack(sign, ea + eb - 127, m);
}

static uint32_t from_magnitude(uint32_t sign, uint32_t magnitude)
{
    return magnitude == 0 ? 0 : normalize_and_pack(sign, 127 + LEADING, magnitude);
}

uint32_t rom_floatunsisf(uint32_t i)
{
    return from_magnitude(0, i);
}

uint32_t rom_floatsisf(int32_t i)
{
    return from_magnitude((uint32_t)i & SIGN, i < 0 ? 0u - (uint32_t)i : (uint32_t)i);
}

/* Truncates; below 0 gives 0, above the range gives its end. */
uint32_t rom_fixunssfsi(uint32_t a)
{
    int e = (int)(a >> 23 & 0xFF) - 127;
    if (e < 0 || a & SIGN) {
        return 0;
    }
    if (e > 31) {
        return UINT32_MAX;
    }
    uint32_t m = (a & FRACTION) | (FRACTION + 1);
    return e >= 23 ? m << (e - 23) : m >> (23 - e);
}
