/* SPDX-License-Identifier: Apache-2.0 */
/* Division without a divider: shift and subtract over the significant bits only. A division by zero
 * executes an illegal instruction. */
#include <stdint.h>

#include "rom_math.h"

static void refuse_zero(int is_zero)
{
    if (is_zero) {
        ROM_ILLEGAL_INSTRUCTION();
    }
}

/* d is not 0. */
static uint32_t divide32(uint32_t n, uint32_t d, uint32_t *remainder)
{
    uint32_t quotient = 0;
    if (n >= d) {
        int shift = rom_clz32(d) - rom_clz32(n);
        d <<= shift;
        for (; shift >= 0; shift--) {
            quotient <<= 1;
            if (n >= d) {
                n -= d;
                quotient |= 1;
            }
            d >>= 1;
        }
    }
    *remainder = n;
    return quotient;
}

static uint64_t divide64(uint64_t n, uint64_t d, uint64_t *remainder)
{
    if (n >> 32 == 0 && d >> 32 == 0) {
        uint32_t rest;
        uint32_t quotient = divide32((uint32_t)n, (uint32_t)d, &rest);
        *remainder = rest;
        return quotient;
    }
    uint64_t quotient = 0;
    if (n >= d) {
        int shift = rom_clz64(d) - rom_clz64(n);
        d <<= shift;
        for (; shift >= 0; shift--) {
            quotient <<= 1;
            if (n >= d) {
                n -= d;
                quotient |= 1;
            }
            d >>= 1;
        }
    }
    *remainder = n;
    return quotient;
}

uint32_t __udivsi3(uint32_t n, uint32_t d)
{
    uint32_t rest;
    refuse_zero(d == 0);
    return divide32(n, d, &rest);
}

uint32_t __umodsi3(uint32_t n, uint32_t d)
{
    uint32_t rest;
    refuse_zero(d == 0);
    divide32(n, d, &rest);
    return rest;
}

int32_t __divsi3(int32_t n, int32_t d)
{
    uint32_t rest;
    refuse_zero(d == 0);
    uint32_t quotient = divide32(n < 0 ? 0u - (uint32_t)n : (uint32_t)n,
                                 d < 0 ? 0u - (uint32_t)d : (uint32_t)d, &rest);
    return (int32_t)((n ^ d) < 0 ? 0u - quotient : quotient);
}

uint64_t __udivdi3(uint64_t n, uint64_t d)
{
    uint64_t rest;
    refuse_zero(d == 0);
    return divide64(n, d, &rest);
}

uint64_t __umoddi3(uint64_t n, uint64_t d)
{
    uint64_t rest;
    refuse_zero(d == 0);
    divide64(n, d, &rest);
    return rest;
}

int64_t __divdi3(int64_t n, int64_t d)
{
    uint64_t rest;
    refuse_zero(d == 0);
    uint64_t quotient = divide64(n < 0 ? 0u - (uint64_t)n : (uint64_t)n,
                                 d < 0 ? 0u - (uint64_t)d : (uint64_t)d, &rest);
    return (int64_t)((n ^ d) < 0 ? 0u - quotient : quotient);
}
