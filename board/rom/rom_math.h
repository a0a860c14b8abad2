/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic helpers that the compiler calls, with float and double as their bit patterns. Pure
 * functions: the same source is tested on the host. */
#ifndef VB_ROM_MATH_H
#define VB_ROM_MATH_H

#include <stdint.h>

#ifdef __XTENSA__
#define ROM_ILLEGAL_INSTRUCTION() __asm__ volatile("ill")
#else
#define ROM_ILLEGAL_INSTRUCTION() __builtin_trap()
#endif

/* Leading zeros; the argument is not 0. */
static inline int rom_clz32(uint32_t x)
{
    return __builtin_clz(x);
}

static inline int rom_clz64(uint64_t x)
{
    uint32_t high = (uint32_t)(x >> 32);
    return high != 0 ? __builtin_clz(high) : 32 + __builtin_clz((uint32_t)x);
}

uint64_t __umulsidi3(uint32_t a, uint32_t b);
uint32_t __udivsi3(uint32_t n, uint32_t d);
uint32_t __umodsi3(uint32_t n, uint32_t d);
int32_t __divsi3(int32_t n, int32_t d);
uint64_t __udivdi3(uint64_t n, uint64_t d);
uint64_t __umoddi3(uint64_t n, uint64_t d);
int64_t __divdi3(int64_t n, int64_t d);

uint32_t rom_addsf3(uint32_t a, uint32_t b);
uint32_t rom_subsf3(uint32_t a, uint32_t b);
uint32_t rom_mulsf3(uint32_t a, uint32_t b);
uint32_t rom_floatsisf(int32_t i);
uint32_t rom_floatunsisf(uint32_t i);
uint32_t rom_fixunssfsi(uint32_t a);

uint64_t rom_adddf3(uint64_t a, uint64_t b);
uint64_t rom_subdf3(uint64_t a, uint64_t b);
uint64_t rom_muldf3(uint64_t a, uint64_t b);
uint64_t rom_divdf3(uint64_t a, uint64_t b);
uint64_t rom_floatsidf(int32_t i);
uint64_t rom_floatunsidf(uint32_t i);
int32_t rom_fixdfsi(uint64_t a);
uint32_t rom_fixunsdfsi(uint64_t a);
uint32_t rom_truncdfsf2(uint64_t a);
uint64_t rom_extendsfdf2(uint32_t a);

#endif
