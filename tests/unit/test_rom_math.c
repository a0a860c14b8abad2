/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of the built-in ROM against the host's: the same C source, random operands that
 * favour the corners of the formats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "rom_math.h"

#define SEED   0x9E3779B97F4A7C15u
#define ROUNDS 1000000

static uint64_t random_state;

static int setup(void **state)
{
    (void)state;
    random_state = SEED;
    return 0;
}

static uint64_t random64(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545F4914F6CDD1Du;
}

/* Exponents near each other, near both ends, and fractions of few bits. */
static uint64_t random_double(void)
{
    uint64_t r = random64();
    uint64_t bits = random64();
    switch (r & 7) {
    case 0:
        return (bits & 0x800FFFFFFFFFFFFFu) | (uint64_t)(1023 + (r >> 8) % 64 - 32) << 52;
    case 1:
        return (bits & 0x800FFFFFFFFFFFFFu) | (uint64_t)((r >> 8) % 3) << 52;
    case 2:
        return (bits & 0x800FFFFFFFFFFFFFu) | (uint64_t)(2047 - (r >> 8) % 3) << 52;
    case 3:
        return (bits & 0xFFF0000000000000u) | (uint64_t)1 << (r >> 8) % 52;
    case 4:
        return bits & 0xFFF0000000000000u;
    case 5:
        return (bits & 0x8000000000000000u) | (uint64_t)(896 - (r >> 8) % 30) << 52 | bits >> 12;
    default:
        return bits;
    }
}

static uint32_t random_float(void)
{
    uint32_t r = (uint32_t)random64();
    uint32_t bits = (uint32_t)random64();
    switch (r & 7) {
    case 0:
        return (bits & 0x807FFFFFu) | (127 + (r >> 8) % 64 - 32) << 23;
    case 1:
        return (bits & 0x807FFFFFu) | (r >> 8) % 3 << 23;
    case 2:
        return (bits & 0x807FFFFFu) | (255 - (r >> 8) % 3) << 23;
    case 3:
        return (bits & 0xFF800000u) | 1u << (r >> 8) % 23;
    case 4:
        return bits & 0xFF800000u;
    default:
        return bits;
    }
}

static double as_double(uint64_t bits)
{
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

static float as_float(uint32_t bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static void same_double(uint64_t got, double want, const char *what, uint64_t a, uint64_t b)
{
    uint64_t bits;
    memcpy(&bits, &want, sizeof bits);
    if (want != want) {
        bits = 0x7FF8000000000000u;
    }
    if (got != bits) {
        fail_msg("%s(%016llx, %016llx) = %016llx, not %016llx", what, (unsigned long long)a,
                 (unsigned long long)b, (unsigned long long)got, (unsigned long long)bits);
    }
}

static void same_float(uint32_t got, float want, const char *what, uint64_t a, uint64_t b)
{
    uint32_t bits;
    memcpy(&bits, &want, sizeof bits);
    if (want != want) {
        bits = 0x7FC00000u;
    }
    if (got != bits) {
        fail_msg("%s(%llx, %llx) = %08x, not %08x", what, (unsigned long long)a,
                 (unsigned long long)b, got, bits);
    }
}

static void test_double(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t a = random_double(), b = random_double();
        if (i % 16 == 0) {
            b = a ^ (random64() & 0x8000000000000003u); /* cancellation */
        }
        same_double(rom_adddf3(a, b), as_double(a) + as_double(b), "add", a, b);
        same_double(rom_subdf3(a, b), as_double(a) - as_double(b), "sub", a, b);
        same_double(rom_muldf3(a, b), as_double(a) * as_double(b), "mul", a, b);
        same_double(rom_divdf3(a, b), as_double(a) / as_double(b), "div", a, b);
    }
}

static void test_float(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t a = random_float(), b = random_float();
        if (i % 16 == 0) {
            b = a ^ ((uint32_t)random64() & 0x80000003u);
        }
        same_float(rom_addsf3(a, b), as_float(a) + as_float(b), "add", a, b);
        same_float(rom_subsf3(a, b), as_float(a) - as_float(b), "sub", a, b);
        same_float(rom_mulsf3(a, b), as_float(a) * as_float(b), "mul", a, b);
    }
}

static void test_conversions(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t d = random_double();
        uint32_t f = random_float();
        uint32_t n = (uint32_t)(random64() >> (32 + i % 32));
        same_float(rom_truncdfsf2(d), (float)as_double(d), "truncate", d, 0);
        same_double(rom_extendsfdf2(f), (double)as_float(f), "extend", f, 0);
        same_double(rom_floatunsidf(n), (double)n, "unsigned to double", n, 0);
        same_double(rom_floatsidf((int32_t)(0 - n)), (double)(int32_t)(0 - n), "to double", n, 0);
        same_float(rom_floatunsisf(n), (float)n, "unsigned to float", n, 0);
        same_float(rom_floatsisf((int32_t)(0 - n)), (float)(int32_t)(0 - n), "to float", n, 0);
    }
}

static void test_to_integer(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t r = random64();
        double d = (double)(int64_t)(r << 20) / (double)(1u << 31) / (double)(1u << (i % 20));
        uint64_t bits;
        memcpy(&bits, &d, sizeof bits);
        if (d > -2147483649.0 && d < 2147483648.0) {
            assert_int_equal(rom_fixdfsi(bits), (int32_t)d);
        }
        if (d >= 0 && d < 4294967296.0) {
            assert_int_equal(rom_fixunsdfsi(bits), (uint32_t)d);
            float f = (float)d;
            uint32_t f_bits;
            memcpy(&f_bits, &f, sizeof f_bits);
            if (f < 4294967296.0f) {
                assert_int_equal(rom_fixunssfsi(f_bits), (uint32_t)f);
            }
        }
    }
    assert_int_equal(rom_fixdfsi(0x41E0000000000000u), INT32_MAX);
    assert_int_equal(rom_fixdfsi(0xC1E0000000000000u), INT32_MIN);
    assert_int_equal(rom_fixunsdfsi(0x41F0000000000000u), UINT32_MAX);
    assert_int_equal(rom_fixunsdfsi(0xBFF0000000000000u), 0);
}

static void test_division(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t n = random64() >> i % 64;
        uint64_t d = random64() >> (i / 64) % 64;
        uint32_t n32 = (uint32_t)n, d32 = (uint32_t)d;
        d += d == 0;
        d32 += d32 == 0;
        assert_true(__udivdi3(n, d) == n / d);
        assert_true(__umoddi3(n, d) == n % d);
        assert_true(__udivsi3(n32, d32) == n32 / d32);
        assert_true(__umodsi3(n32, d32) == n32 % d32);
        if ((int64_t)d != -1) {
            assert_true(__divdi3((int64_t)n, (int64_t)d) == (int64_t)n / (int64_t)d);
        }
        if ((int32_t)d32 != -1) {
            assert_true(__divsi3((int32_t)n32, (int32_t)d32) == (int32_t)n32 / (int32_t)d32);
        }
    }
    assert_true(__divdi3(INT64_MIN, -1) == INT64_MIN);
    assert_true(__divsi3(INT32_MIN, -1) == INT32_MIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_double, setup),
        cmocka_unit_test_setup(test_float, setup),
        cmocka_unit_test_setup(test_conversions, setup),
        cmocka_unit_test_setup(test_to_integer, setup),
        cmocka_unit_test_setup(test_division, setup),
    };
    printf("seed 0x%llx\n", (unsigned long long)SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
