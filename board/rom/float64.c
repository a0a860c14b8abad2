/* SPDX-License-Identifier: Apache-2.0 */
/* Double precision on bit patterns, and the conversions between the two formats; the rules are
 * those of float32.c. Working significands carry the leading one at bit 62 and ten bits below the
 * stored ones. */
#include "rom_math.h"

#define SIGN      0x8000000000000000u
#define INFINITE  0x7FF0000000000000u
#define QUIET_NAN 0x7FF8000000000000u
#define FRACTION  0x000FFFFFFFFFFFFFu
#define EXTRA     10
#define LEADING   62
#define BIAS      1023
#define MAX_EXP   2047

static int is_nan(uint64_t a)
{
    return (a & ~SIGN) > INFINITE;
}

static uint64_t shift_sticky(uint64_t m, int n)
{
    if (n >= 64) {
        return m != 0;
    }
    return n == 0 ? m : m >> n | ((m << (64 - n)) != 0);
}

static uint64_t unpack(uint64_t a, int *exponent)
{
    int e = (int)(a >> 52 & 0x7FF);
    uint64_t m = a & FRACTION;
    if (e == 0) {
        int shift = rom_clz64(m) - (63 - 52);
        *exponent = 1 - shift;
        return m << shift << EXTRA;
    }
    *exponent = e;
    return (m | (FRACTION + 1)) << EXTRA;
}

static uint64_t pack(uint64_t sign, int e, uint64_t m)
{
    if (e >= MAX_EXP) {
        return sign | INFINITE;
    }
    if (e <= 0) {
        m = shift_sticky(m, 1 - e);
    }
    uint64_t half_way = (m & 0x3FF) == 0x200;
    m = (m + 0x200) >> EXTRA;
    m &= ~half_way;
    return sign + (e > 0 ? (uint64_t)(e - 1) << 52 : 0) + m;
}

static uint64_t normalize_and_pack(uint64_t sign, int e, uint64_t m)
{
    int shift = rom_clz64(m) - (63 - LEADING);
    if (shift < 0) {
        return pack(sign, e + 1, shift_sticky(m, 1));
    }
    return pack(sign, e - shift, m << shift);
}

/* Neither is NaN; a is the one of larger magnitude. */
static uint64_t add_ordered(uint64_t a, uint64_t b)
{
    if ((a & ~SIGN) == INFINITE) {
        return (b & ~SIGN) == INFINITE && a != b ? QUIET_NAN : a;
    }
    if ((b & ~SIGN) == 0) {
        return (a & ~SIGN) == 0 ? a & b : a;
    }
    int ea, eb;
    uint64_t ma = unpack(a, &ea);
    uint64_t mb = unpack(b, &eb);
    mb = shift_sticky(mb, ea - eb);
    uint64_t m = (a ^ b) & SIGN ? ma - mb : ma + mb;
    return m == 0 ? 0 : normalize_and_pack(a & SIGN, ea, m);
}

uint64_t rom_adddf3(uint64_t a, uint64_t b)
{
    if (is_nan(a) || is_nan(b)) {
        return QUIET_NAN;
    }
    return (a & ~SIGN) >= (b & ~SIGN) ? add_ordered(a, b) : add_ordered(b, a);
}

uint64_t rom_subdf3(uint64_t a, uint64_t b)
{
    return rom_adddf3(a, b ^ SIGN);
}

/* The upper half of a 128-bit product, its lower half as the sticky bit. */
static uint64_t multiply_sticky(uint64_t a, uint64_t b)
{
    uint32_t a1 = (uint32_t)(a >> 32), a0 = (uint32_t)a;
    uint32_t b1 = (uint32_t)(b >> 32), b0 = (uint32_t)b;
    uint64_t low = (uint64_t)a0 * b0;
    uint64_t cross = (uint64_t)a1 * b0;
    uint64_t middle = (uint64_t)a0 * b1 + (uint32_t)cross + (low >> 32);
    uint64_t high = (uint64_t)a1 * b1 + (cross >> 32) + (middle >> 32);
    return high | (((uint32_t)middle | (uint32_t)low) != 0);
}

/* What needs no arithmetic of a product: 1 with the result, else 0. */
static int is_special_product(uint64_t a, uint64_t b, uint64_t *result)
{
    uint64_t sign = (a ^ b) & SIGN;
    uint64_t abs_a = a & ~SIGN, abs_b = b & ~SIGN;
    if (is_nan(a) || is_nan(b)) {
        *result = QUIET_NAN;
    } else if (abs_a == INFINITE || abs_b == INFINITE) {
        *result = abs_a == 0 || abs_b == 0 ? QUIET_NAN : sign | INFINITE;
    } else if (abs_a == 0 || abs_b == 0) {
        *result = sign;
    } else {
        return 0;
    }
    return 1;
}

uint64_t rom_muldf3(uint64_t a, uint64_t b)
{
    uint64_t special;
    if (is_special_product(a, b, &special)) {
        return special;
    }
    int ea, eb;
    uint64_t ma = unpack(a, &ea);
    uint64_t mb = unpack(b, &eb);
    /* Leading ones at 62 and 63 give a product with its own at 125 or 126: 61 or 62 of the upper
     * half, which therefore counts one exponent higher. */
    return normalize_and_pack((a ^ b) & SIGN, ea + eb - BIAS + 1, multiply_sticky(ma, mb << 1));
}

static int is_special_quotient(uint64_t a, uint64_t b, uint64_t *result)
{
    uint64_t sign = (a ^ b) & SIGN;
    uint64_t abs_a = a & ~SIGN, abs_b = b & ~SIGN;
    if (is_nan(a) || is_nan(b)) {
        *result = QUIET_NAN;
    } else if (abs_a == INFINITE) {
        *result = abs_b == INFINITE ? QUIET_NAN : sign | INFINITE;
    } else if (abs_b == INFINITE) {
        *result = sign;
    } else if (abs_b == 0) {
        *result = abs_a == 0 ? QUIET_NAN : sign | INFINITE;
    } else if (abs_a == 0) {
        *result = sign;
    } else {
        return 0;
    }
    return 1;
}

uint64_t rom_divdf3(uint64_t a, uint64_t b)
{
    uint64_t special;
    if (is_special_quotient(a, b, &special)) {
        return special;
    }
    int ea, eb;
    uint64_t rest = unpack(a, &ea) >> EXTRA;
    uint64_t divisor = unpack(b, &eb) >> EXTRA;
    uint64_t quotient = 0;
    for (int bit = 0; bit < 56; bit++) {
        quotient <<= 1;
        if (rest >= divisor) {
            rest -= divisor;
            quotient |= 1;
        }
        rest <<= 1;
    }
    /* The quotient's first bit weighs 1 and stands at bit 55. */
    quotient = quotient << (LEADING - 55) | (rest != 0);
    return normalize_and_pack((a ^ b) & SIGN, ea - eb + BIAS, quotient);
}

static uint64_t from_magnitude(uint64_t sign, uint32_t magnitude)
{
    return magnitude == 0 ? 0 : normalize_and_pack(sign, BIAS + LEADING, magnitude);
}

uint64_t rom_floatunsidf(uint32_t i)
{
    return from_magnitude(0, i);
}

uint64_t rom_floatsidf(int32_t i)
{
    return from_magnitude(i < 0 ? SIGN : 0, i < 0 ? 0u - (uint32_t)i : (uint32_t)i);
}

/* Truncates a magnitude below 2^32. */
static uint32_t magnitude(uint64_t a, int e)
{
    return e < 0 ? 0 : (uint32_t)(((a & FRACTION) | (FRACTION + 1)) >> (52 - e));
}

/* Truncates; out of range gives the end of the range. */
int32_t rom_fixdfsi(uint64_t a)
{
    int e = (int)(a >> 52 & 0x7FF) - BIAS;
    if (e >= 31) {
        return a & SIGN ? INT32_MIN : INT32_MAX;
    }
    uint32_t m = magnitude(a, e);
    return (int32_t)(a & SIGN ? 0u - m : m);
}

uint32_t rom_fixunsdfsi(uint64_t a)
{
    int e = (int)(a >> 52 & 0x7FF) - BIAS;
    if (a & SIGN) {
        return 0;
    }
    return e >= 32 ? UINT32_MAX : magnitude(a, e);
}

#define F32_SIGN      0x80000000u
#define F32_INFINITE  0x7F800000u
#define F32_QUIET_NAN 0x7FC00000u
#define F32_BIAS      127

/* Rounds a double's significand (leading one at bit 62) to 24 bits. */
static uint32_t pack_f32(uint32_t sign, int e, uint64_t m)
{
    if (e >= 255) {
        return sign | F32_INFINITE;
    }
    uint32_t top = (uint32_t)(m >> 32) | ((uint32_t)m != 0); /* leading one at bit 30 */
    if (e <= 0) {
        int n = 1 - e;
        top = n >= 32 ? top != 0 : top >> n | ((top << (32 - n)) != 0);
    }
    uint32_t half_way = (top & 0x7F) == 0x40;
    top = (top + 0x40) >> 7;
    top &= ~half_way;
    return sign + (e > 0 ? (uint32_t)(e - 1) << 23 : 0) + top;
}

uint32_t rom_truncdfsf2(uint64_t a)
{
    uint32_t sign = (uint32_t)(a >> 32) & F32_SIGN;
    uint64_t abs_a = a & ~SIGN;
    if (is_nan(a)) {
        return F32_QUIET_NAN;
    }
    if (abs_a == INFINITE) {
        return sign | F32_INFINITE;
    }
    if (abs_a == 0) {
        return sign;
    }
    int e;
    uint64_t m = unpack(a, &e);
    return pack_f32(sign, e - BIAS + F32_BIAS, m);
}

uint64_t rom_extendsfdf2(uint32_t a)
{
    uint64_t sign = (uint64_t)(a & F32_SIGN) << 32;
    uint32_t abs_a = a & ~F32_SIGN;
    if (abs_a > F32_INFINITE) {
        return QUIET_NAN;
    }
    if (abs_a == F32_INFINITE) {
        return sign | INFINITE;
    }
    if (abs_a == 0) {
        return sign;
    }
    int e = (int)(abs_a >> 23);
    uint32_t m = abs_a & 0x7FFFFF;
    if (e == 0) {
        int shift = rom_clz32(m) - (31 - 23);
        m = m << shift & 0x7FFFFF;
        e = 1 - shift;
    }
    return sign | (uint64_t)(e - F32_BIAS + BIAS) << 52 | (uint64_t)m << 29;
}
