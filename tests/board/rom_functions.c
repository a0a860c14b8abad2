/* SPDX-License-Identifier: Apache-2.0 */
/* The pure services of the built-in ROM, called at the mask ROM's addresses on the virtual board
 * and compared with what the host computes: arithmetic, memory, strings, digests, formatted output.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "rom_call.h"
#include "vb_cpu_state.h"

#define SEED    0x9E3779B97F4A7C15u
#define ROUNDS  4000
#define COPIES  1500
#define IRAM    0x40101000u
#define CAUSE   232
#define ILLEGAL 0

/* The mask ROM's addresses, from the machine sheet. */
enum {
    SRAND = 0x400005f0,
    RAND = 0x40000600,
    MULDI3 = 0x40000650,
    CHIP_MAGIC = 0x40001000,
    ETS_MEMCPY = 0x400018b4,
    ETS_PRINTF = 0x400024cc,
    ETS_UART_PRINTF = 0x40002544,
    ETS_STRNCPY = 0x40002a98,
    SPI_READ_DATA = 0x400042ac,
    MD5_INIT = 0x40009818,
    MD5_UPDATE = 0x40009834,
    MD5_FINAL = 0x40009900,
    SHA1_INIT = 0x4000b584,
    SHA1_UPDATE = 0x4000b5a8,
    SHA1_FINAL = 0x4000b648,
    STRCMP = 0x4000bdc8,
    STRCPY = 0x4000bec8,
    STRLEN = 0x4000bf4c,
    STRNCMP = 0x4000bfa8,
    ADDSF3 = 0x4000c180,
    SUBSF3 = 0x4000c268,
    MULSF3 = 0x4000c3dc,
    FIXUNSSFSI = 0x4000c4c4,
    ADDDF3 = 0x4000c538,
    SUBDF3 = 0x4000c688,
    MULDF3 = 0x4000c8f0,
    DIVDF3 = 0x4000cb94,
    FIXDFSI = 0x4000ccb8,
    FIXUNSDFSI = 0x4000cd00,
    TRUNCDFSF2 = 0x4000cd5c,
    EXTENDSFDF2 = 0x4000cdfc,
    DIVDI3 = 0x4000ce60,
    UDIVDI3 = 0x4000d310,
    UMODDI3 = 0x4000d770,
    DIVSI3 = 0x4000dc88,
    UMULSIDI3 = 0x4000dcf0,
    BZERO = 0x4000de84,
    MEMCMP = 0x4000dea8,
    MEMCPY = 0x4000df48,
    MEMMOVE = 0x4000e04c,
    MEMSET = 0x4000e190,
    STRSTR = 0x4000e1e0,
    UDIVSI3 = 0x4000e21c,
    UMODSI3 = 0x4000e268,
    FLOATUNSISF = 0x4000e2a4,
    FLOATSISF = 0x4000e2ac,
    FLOATUNSIDF = 0x4000e2e8,
    FLOATSIDF = 0x4000e2f0,
};

static struct rom_board b;
static uint64_t random_state = SEED;

static int boot(void **state)
{
    (void)state;
    rom_board_boot(&b);
    return 0;
}

static int power_off(void **state)
{
    (void)state;
    rom_board_free(&b);
    return 0;
}

static uint64_t random64(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545F4914F6CDD1Du;
}

static void products(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t x = random64() >> i % 64, y = random64() >> i / 64 % 64;
        x = i % 7 == 0 ? ~x : x;
        assert_true(rom_call64(&b, MULDI3, x, y) == x * y);
        const uint32_t args[] = {(uint32_t)x, (uint32_t)y};
        assert_true(rom_call(&b, UMULSIDI3, args, 2) == (uint64_t)args[0] * args[1]);
    }
    assert_true(rom_call64(&b, MULDI3, UINT64_MAX, UINT64_MAX) == 1);
    const uint32_t largest[] = {UINT32_MAX, UINT32_MAX};
    assert_true(rom_call(&b, UMULSIDI3, largest, 2) == 0xFFFFFFFE00000001u);
}

static void quotients(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t n = random64() >> i % 64, d = random64() >> i / 64 % 64;
        uint32_t n32 = (uint32_t)n, d32 = (uint32_t)d;
        d += d == 0;
        d32 += d32 == 0;
        assert_true(rom_call64(&b, UDIVDI3, n, d) == n / d);
        assert_true(rom_call64(&b, UMODDI3, n, d) == n % d);
        assert_int_equal(ROM_CALL(&b, UDIVSI3, n32, d32), n32 / d32);
        assert_int_equal(ROM_CALL(&b, UMODSI3, n32, d32), n32 % d32);
        if ((int64_t)d != -1 && (int32_t)d32 != -1) {
            assert_true(rom_call64(&b, DIVDI3, n, d) == (uint64_t)((int64_t)n / (int64_t)d));
            assert_int_equal((int32_t)ROM_CALL(&b, DIVSI3, n32, d32), (int32_t)n32 / (int32_t)d32);
        }
    }
}

/* Every division by zero raises cause 0 and does not come back. */
static void division_by_zero(void **state)
{
    (void)state;
    static const uint32_t divisions[] = {DIVSI3, UDIVSI3, UMODSI3, DIVDI3, UDIVDI3, UMODDI3};
    for (size_t i = 0; i < sizeof(divisions) / sizeof(divisions[0]); i++) {
        struct rom_board once = {0};
        struct vb_cpu_state cpu;
        rom_board_boot(&once);
        rom_board_clear(&once);
        vb_board_get_cpu(once.board, &cpu);
        memset(cpu.a, 0, sizeof(cpu.a));
        cpu.a[0] = ROM_IDLE;
        cpu.a[1] = 0x3fffff00;
        cpu.a[2] = 7;
        cpu.pc = divisions[i];
        vb_board_set_cpu(once.board, &cpu);
        vb_board_step(once.board, 1000000);
        vb_board_get_cpu(once.board, &cpu);
        assert_int_equal(cpu.sr[CAUSE], ILLEGAL);
        assert_non_null(strstr(once.console, "Fatal exception (0)"));
        rom_board_free(&once);
    }
}

static uint64_t bits_of(double d)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof(bits));
    return bits;
}

static uint32_t bits_of_float(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, sizeof(bits));
    return bits;
}

/* A number of moderate size; the corners are in the unit test of the same source. */
static double random_double(void)
{
    double mantissa = (double)(int64_t)random64();
    return mantissa * (double)(1u << random64() % 31) / (double)(1ull << random64() % 63);
}

static void floating_point(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        double x = random_double(), y = random_double();
        float f = (float)x, g = (float)y;
        uint32_t fx = bits_of_float(f), gx = bits_of_float(g);
        assert_true(rom_call64(&b, ADDDF3, bits_of(x), bits_of(y)) == bits_of(x + y));
        assert_true(rom_call64(&b, SUBDF3, bits_of(x), bits_of(y)) == bits_of(x - y));
        assert_true(rom_call64(&b, MULDF3, bits_of(x), bits_of(y)) == bits_of(x * y));
        assert_true(rom_call64(&b, DIVDF3, bits_of(x), bits_of(y)) == bits_of(x / y));
        assert_int_equal(ROM_CALL(&b, ADDSF3, fx, gx), bits_of_float(f + g));
        assert_int_equal(ROM_CALL(&b, SUBSF3, fx, gx), bits_of_float(f - g));
        assert_int_equal(ROM_CALL(&b, MULSF3, fx, gx), bits_of_float(f * g));
        assert_int_equal((uint32_t)rom_call64(&b, TRUNCDFSF2, bits_of(x), 0), fx);
        assert_true(rom_call64(&b, EXTENDSFDF2, fx, 0) == bits_of((double)f));
    }
}

static void float_conversions(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t n = (uint32_t)random64() >> i % 32;
        assert_int_equal(ROM_CALL(&b, FLOATUNSISF, n), bits_of_float((float)n));
        assert_int_equal(ROM_CALL(&b, FLOATSISF, n), bits_of_float((float)(int32_t)n));
        assert_true(rom_call64(&b, FLOATUNSIDF, n, 0) == bits_of((double)n));
        assert_true(rom_call64(&b, FLOATSIDF, n, 0) == bits_of((double)(int32_t)n));
        double d = (double)n + 0.75;
        assert_int_equal((uint32_t)rom_call64(&b, FIXUNSDFSI, bits_of(d), 0), n);
        assert_int_equal((int32_t)rom_call64(&b, FIXDFSI, bits_of(-(double)(n >> 1) - 0.25), 0),
                         -(int32_t)(n >> 1));
        float f = (float)(n >> 8) + 0.5f;
        assert_int_equal(ROM_CALL(&b, FIXUNSSFSI, bits_of_float(f)), (uint32_t)f);
    }
}

/* One window of DRAM against the same bytes on the host, with a margin on both sides. */
#define WINDOW 320u

static void memory_functions(void **state)
{
    (void)state;
    uint8_t host[WINDOW], device[WINDOW];
    for (int i = 0; i < COPIES; i++) {
        uint32_t len = (uint32_t)random64() % 80;
        uint32_t dst = 100 + (uint32_t)random64() % 16;
        uint32_t src = 60 + (uint32_t)random64() % 100; /* overlaps as often as not */
        uint32_t apart = 200 + (uint32_t)random64() % 16;
        for (size_t k = 0; k < WINDOW; k++) {
            host[k] = (uint8_t)random64();
        }
        rom_write(&b, ROM_BUFFER, host, WINDOW);
        uint32_t at = ROM_BUFFER;
        assert_int_equal(ROM_CALL(&b, MEMMOVE, at + dst, at + src, len), at + dst);
        memmove(host + dst, host + src, len);
        assert_int_equal(ROM_CALL(&b, MEMCPY, at + apart, at + dst, len), at + apart);
        memcpy(host + apart, host + dst, len);
        ROM_CALL(&b, MEMSET, at + src % 64, 0x1a5, len % 30);
        memset(host + src % 64, 0xa5, len % 30);
        ROM_CALL(&b, BZERO, at + 300 + len % 7, len % 11);
        memset(host + 300 + len % 7, 0, len % 11);
        rom_read(&b, ROM_BUFFER, device, WINDOW);
        assert_memory_equal(device, host, WINDOW);

        host[apart + len / 2] ^= (uint8_t)(1u << i % 8);
        rom_write(&b, ROM_BUFFER, host, WINDOW);
        int got = (int)ROM_CALL(&b, MEMCMP, at + apart, at + dst, len);
        int want = memcmp(host + apart, host + dst, len);
        assert_int_equal((got > 0) - (got < 0), (want > 0) - (want < 0));
    }
}

/* Aligned copies work where only words may be accessed; the ROM itself is a source. */
static void word_only_memory(void **state)
{
    (void)state;
    uint8_t text[64], copy[64];
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (uint8_t)random64();
    }
    rom_write(&b, ROM_BUFFER, text, sizeof(text));
    ROM_CALL(&b, ETS_MEMCPY, IRAM, ROM_BUFFER, sizeof(text));
    rom_read(&b, IRAM, copy, sizeof(copy));
    assert_memory_equal(copy, text, sizeof(text));
    ROM_CALL(&b, ETS_MEMCPY, ROM_BUFFER + 100, IRAM + 5, 36);
    rom_read(&b, ROM_BUFFER + 100, copy, 36);
    assert_memory_equal(copy, text + 5, 36);
    ROM_CALL(&b, MEMCPY, ROM_BUFFER, CHIP_MAGIC, 4);
    assert_int_equal(rom_word(&b, ROM_BUFFER), 0xFFF0C101);
}

static uint32_t put_string(uint32_t off, const char *text)
{
    rom_write(&b, ROM_BUFFER + off, text, strlen(text) + 1);
    return ROM_BUFFER + off;
}

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

static void string_functions(void **state)
{
    (void)state;
    static const char *const words[] = {"", "a", "ab", "abc", "abd", "abcabd", "\x80", "zzz"};
    const size_t n = sizeof(words) / sizeof(words[0]);
    for (size_t i = 0; i < n * n; i++) {
        const char *x = words[i / n], *y = words[i % n];
        uint32_t at_x = put_string(1, x), at_y = put_string(66, y);
        assert_int_equal(ROM_CALL(&b, STRLEN, at_x), strlen(x));
        assert_int_equal(sign((int)ROM_CALL(&b, STRCMP, at_x, at_y)), sign(strcmp(x, y)));
        assert_int_equal(sign((int)ROM_CALL(&b, STRNCMP, at_x, at_y, 2)), sign(strncmp(x, y, 2)));
        const char *found = strstr(x, y);
        assert_int_equal(ROM_CALL(&b, STRSTR, at_x, at_y),
                         found != NULL ? at_x + (uint32_t)(found - x) : 0);
        char want[8], got[8];
        memset(want, '?', sizeof(want));
        rom_write(&b, ROM_BUFFER + 128, want, sizeof(want));
        ROM_CALL(&b, ETS_STRNCPY, ROM_BUFFER + 128, at_x, 4);
        for (size_t k = 0, end = strlen(x); k < 4; k++) {
            want[k] = k < end ? x[k] : '\0';
        }
        rom_read(&b, ROM_BUFFER + 128, got, sizeof(got));
        assert_memory_equal(got, want, sizeof(got));
        assert_int_equal(ROM_CALL(&b, STRCPY, ROM_BUFFER + 128, at_y), ROM_BUFFER + 128);
        rom_read(&b, ROM_BUFFER + 128, got, strlen(y) + 1);
        assert_string_equal(got, y);
    }
}

#define CONTEXT (ROM_BUFFER + 0x1000)
#define DIGEST  (ROM_BUFFER + 0x1100)

static void check_digest(const EVP_MD *md, const uint32_t functions[3], uint32_t digest_first)
{
    uint8_t data[300], got[20], want[EVP_MAX_MD_SIZE];
    for (uint32_t len = 0; len < sizeof(data); len += len < 130 ? 1 : 17) {
        unsigned n;
        for (uint32_t i = 0; i < len; i++) {
            data[i] = (uint8_t)random64();
        }
        assert_true(EVP_Digest(data, len, want, &n, md, NULL));
        rom_write(&b, ROM_BUFFER + len % 4, data, len);
        uint32_t first = len / 3;
        ROM_CALL(&b, functions[0], CONTEXT);
        ROM_CALL(&b, functions[1], CONTEXT, ROM_BUFFER + len % 4, first);
        ROM_CALL(&b, functions[1], CONTEXT, ROM_BUFFER + len % 4 + first, len - first);
        ROM_CALL(&b, functions[2], digest_first ? DIGEST : CONTEXT,
                 digest_first ? CONTEXT : DIGEST);
        rom_read(&b, DIGEST, got, n);
        assert_memory_equal(got, want, n);
    }
}

static void digests(void **state)
{
    (void)state;
    static const uint32_t md5[3] = {MD5_INIT, MD5_UPDATE, MD5_FINAL};
    static const uint32_t sha1[3] = {SHA1_INIT, SHA1_UPDATE, SHA1_FINAL};
    check_digest(EVP_md5(), md5, 1);
    check_digest(EVP_sha1(), sha1, 1);
}

static void expect_print(const char *format, uint32_t arg, const char *want)
{
    rom_board_clear(&b);
    put_string(0, format);
    assert_int_equal(ROM_CALL(&b, ETS_PRINTF, ROM_BUFFER, arg, arg), strlen(want));
    vb_board_step(b.board, 100000); /* the last byte leaves the shift register */
    assert_string_equal(b.console, want);
}

static void formatted_output(void **state)
{
    (void)state;
    static const char *const formats[] = {"%d",  "%u",   "%x",   "%X",    "%08x", "%5d",  "%-5d|",
                                          "%i",  "%03d", "%3x",  "%-8x|", "%o",   "%.4d", "%8.3d",
                                          "%ld", "%c",   "a%db", "%%",    "%5c",  "100%%"};
    static const uint32_t values[] = {1, 65, 42, 4711, 0x7fffffff, 0x80000000, 0xffffffff, 0xdead};
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        for (size_t k = 0; k < sizeof(values) / sizeof(values[0]); k++) {
            char want[64], format[16];
            uint32_t value = strchr(formats[i], 'c') ? 'A' + values[k] % 26 : values[k];
            /* The host's long is wider: without the l it prints the same. */
            strcpy(format, strcmp(formats[i], "%ld") == 0 ? "%d" : formats[i]);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
            snprintf(want, sizeof(want), format, value, value);
#pragma GCC diagnostic pop
            expect_print(formats[i], value, want);
        }
    }
    uint32_t word = put_string(0x200, "flash");
    expect_print("<%s>", word, "<flash>");
    expect_print("%8s|", word, "   flash|");
    expect_print("%-8s|", word, "flash   |");
    expect_print("%.3s|", word, "fla|");
    expect_print("%s", 0, "<null>");
    expect_print("%p", 0x40100000, "40100000");
}

static void newline_becomes_cr_lf(void **state)
{
    (void)state;
    rom_board_clear(&b);
    put_string(0, "a\nb\rc\r\n");
    ROM_CALL(&b, ETS_UART_PRINTF, ROM_BUFFER);
    vb_board_step(b.board, 100000);
    assert_string_equal(b.console, "a\r\nbc\r\n");
}

static void random_numbers_repeat(void **state)
{
    (void)state;
    uint32_t first[8];
    ROM_CALL(&b, SRAND, 4711);
    for (size_t i = 0; i < 8; i++) {
        first[i] = ROM_CALL(&b, RAND, 0);
        assert_true(first[i] <= 0x7fffffff);
        assert_true(i == 0 || first[i] != first[i - 1]);
    }
    ROM_CALL(&b, SRAND, 4711);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(ROM_CALL(&b, RAND, 0), first[i]);
    }
}

/* An application may take all the DRAM of the ROM: these must not notice. */
static void works_without_rom_data(void **state)
{
    (void)state;
    static uint8_t junk[0x2b30];
    struct rom_board bare;
    rom_board_boot(&bare);
    memset(junk, 0x5a, sizeof(junk));
    rom_write(&bare, 0x3fffc000, junk, sizeof(junk));
    assert_true(rom_call64(&bare, MULDI3, 1ull << 40, 1000) == 1000ull << 40);
    assert_true(rom_call64(&bare, UDIVDI3, 1ull << 40, 1000) == (1ull << 40) / 1000);
    assert_true(rom_call64(&bare, MULDF3, bits_of(1.5), bits_of(-4.0)) == bits_of(-6.0));
    uint32_t text = ROM_BUFFER;
    rom_write(&bare, text, "hello", 6);
    assert_int_equal(ROM_CALL(&bare, MEMCPY, text + 16, text, 6), text + 16);
    assert_int_equal(ROM_CALL(&bare, STRLEN, text + 16), 5);
    const uint32_t chip[] = {0x1640ef, 4u << 20, 0x10000, 0x1000, 0x100, 0xffff};
    rom_write(&bare, text + 64, chip, sizeof(chip));
    assert_int_equal(ROM_CALL(&bare, SPI_READ_DATA, text + 64, 0, text + 128, 16), 0);
    assert_int_equal(rom_word(&bare, text + 128), 0x000201e9);
    rom_board_free(&bare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products),
        cmocka_unit_test(quotients),
        cmocka_unit_test(division_by_zero),
        cmocka_unit_test(floating_point),
        cmocka_unit_test(float_conversions),
        cmocka_unit_test(memory_functions),
        cmocka_unit_test(word_only_memory),
        cmocka_unit_test(string_functions),
        cmocka_unit_test(digests),
        cmocka_unit_test(formatted_output),
        cmocka_unit_test(newline_becomes_cr_lf),
        cmocka_unit_test(random_numbers_repeat),
        cmocka_unit_test(works_without_rom_data),
    };
    printf("seed 0x%llx\n", (unsigned long long)SEED);
    return cmocka_run_group_tests(tests, boot, power_off);
}
