/* SPDX-License-Identifier: Apache-2.0 */
/* Frames, requests, replies, and the arithmetic and judgements of serial flashing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "loader.h"

static struct slip_decoder slip;

static int set_up(void **state)
{
    (void)state;
    memset(&slip, 0, sizeof(slip));
    return 0;
}

/* Feeds bytes; returns how many frames they complete. */
static unsigned feed(const uint8_t *bytes, size_t len)
{
    unsigned n = 0;

    for (size_t i = 0; i < len; i++) {
        n += slip_take(&slip, bytes[i]);
    }
    return n;
}

static void every_byte_survives_a_frame(void **state)
{
    uint8_t plain[256], coded[2 * 256 + 2];

    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        plain[i] = (uint8_t)i;
    }
    size_t n = slip_encode(coded, plain, sizeof(plain));
    assert_int_equal(n, 256 + 2 + 2);
    assert_int_equal(feed(coded, n), 1);
    assert_int_equal(slip.len, 256);
    assert_memory_equal(slip.frame, plain, 256);
}

static void noise_around_frames_is_no_frame(void **state)
{
    static const uint8_t line[] = {'b',  'o',  'o',  't',  0xc0, 1,    2, 0xc0, 'x',
                                   0xc0, 0xc0, 3,    0xc0, 0xc0, 0xdb, 1, 0xc0, 0xc0,
                                   4,    0xdb, 0xc0, 0xc0, 0xdb, 0xdc, 5, 0xc0};

    (void)state;
    assert_int_equal(feed(line, sizeof(line)), 3);
    assert_int_equal(slip.len, 2);
    assert_int_equal(slip.frame[0], 0xc0);
    assert_int_equal(slip.frame[1], 5);
}

static void a_frame_too_long_is_dropped_whole(void **state)
{
    static const uint8_t end = 0xc0, byte = 7;

    (void)state;
    feed(&end, 1);
    for (unsigned i = 0; i <= SLIP_FRAME_MAX; i++) {
        assert_int_equal(feed(&byte, 1), 0);
    }
    assert_int_equal(feed(&end, 1), 0);
    assert_int_equal(feed((const uint8_t[]){0xc0, 1, 0xc0}, 3), 1);
    assert_int_equal(slip.len, 1);
}

static void replies_are_read(void **state)
{
    static const uint8_t good[] = {1, 0x13, 4, 0, 0x78, 0x56, 0x34, 0x12, 0xaa, 0xbb, 1, 0xc5};
    struct loader_reply reply;
    uint8_t bad[sizeof(good)];

    (void)state;
    assert_true(loader_parse_reply(good, sizeof(good), &reply));
    assert_int_equal(reply.op, 0x13);
    assert_int_equal(reply.value, 0x12345678);
    assert_int_equal(reply.len, 2);
    assert_int_equal(reply.data[1], 0xbb);
    assert_int_equal(reply.failed, 1);
    assert_int_equal(reply.error, 0xc5);
    for (size_t n = 0; n < sizeof(good); n++) {
        assert_false(loader_parse_reply(good, n, &reply));
    }
    memcpy(bad, good, sizeof(bad));
    bad[0] = 0;
    assert_false(loader_parse_reply(bad, sizeof(bad), &reply));
}

static void requests_are_written(void **state)
{
    uint8_t header[LOADER_HEADER_LEN];

    (void)state;
    loader_put_header(header, 0x11, 0x1234, 0xef);
    assert_memory_equal(header, "\x00\x11\x34\x12\xef\x00\x00\x00", 8);
    assert_int_equal(loader_checksum(NULL, 0), 0xef);
    assert_int_equal(loader_checksum((const uint8_t *)"\x01\x02\x04", 3), 0xef ^ 7);
}

/* What the ROM erases when it is asked for k sectors from first: machine facts, section 4.3. */
static uint32_t rom_erases(uint32_t first, uint32_t k)
{
    uint32_t head = 16 - first % 16;

    return (k < head ? k : head) + k;
}

static void the_rom_erases_exactly_what_was_meant(void **state)
{
    (void)state;
    assert_int_equal(rom_erases(1, 16), 31);
    assert_int_equal(rom_erases(8, 32), 40);
    for (uint32_t first = 0; first < 32; first++) {
        for (uint32_t n = 0; n < 100; n++) {
            struct rom_erase e = loader_rom_erase(first, n);
            assert_in_range(e.left, 0, 1);
            assert_int_equal(rom_erases(first, e.asked) + e.left, n);
        }
    }
}

static void sizes_come_from_the_id(void **state)
{
    (void)state;
    assert_int_equal(loader_flash_size((const uint8_t[]){0xef, 0x40, 0x16}), 4u << 20);
    assert_int_equal(loader_flash_size((const uint8_t[]){0xc8, 0x40, 0x14}), 1u << 20);
    assert_int_equal(loader_flash_size((const uint8_t[]){0xff, 0xff, 0xff}), 0);
    assert_int_equal(loader_flash_size((const uint8_t[]){0, 0, 0}), 0);
}

static void silence_is_explained(void **state)
{
    static const uint8_t noise[] = {0x80, 0xff, 0x01, 0x9c, 0x00, 0xe3, 0x88, 0x12, 0xfe, 0x03};
    static const char flash[] = " ets Jan  8 2013,rst cause:2, boot mode:(3,6)\r\n";
    static const char loader[] = " ets Jan  8 2013,rst cause:2, boot mode:(1,6)\r\n";
    static const char talk[] = "I (123) main: temperature 21\r\n";
    uint8_t echo[40] = {0xc0, 0, 8, 36, 0, 0, 0, 0, 0, 7, 7, 0x12, 0x20};

    (void)state;
    memset(echo + 13, 0x55, sizeof(echo) - 13);
    uint8_t whole[45];
    memcpy(whole, echo, 13);
    memset(whole + 13, 0x55, 32);
#define JUDGE(during, n_during, boot, n_boot)                                                      \
    loader_judge((const uint8_t *)(during), n_during, (const uint8_t *)(boot), n_boot)
    assert_int_equal(JUDGE("", 0, "", 0), DIAGNOSIS_NOTHING);
    assert_int_equal(JUDGE(noise, 10, noise, 10), DIAGNOSIS_GARBAGE);
    assert_int_equal(JUDGE(noise, 10, flash, sizeof(flash) - 1), DIAGNOSIS_WRONG_MODE);
    assert_int_equal(JUDGE(noise, 10, loader, sizeof(loader) - 1), DIAGNOSIS_DEAF);
    assert_int_equal(JUDGE(talk, sizeof(talk) - 1, "", 0), DIAGNOSIS_RUNNING);
    assert_int_equal(JUDGE(whole, 45, whole, 45), DIAGNOSIS_ECHO);
    /* A message that breaks off. */
    assert_int_equal(JUDGE("", 0, "boot mode:(", 11), DIAGNOSIS_RUNNING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_byte_survives_a_frame, set_up),
        cmocka_unit_test_setup(noise_around_frames_is_no_frame, set_up),
        cmocka_unit_test_setup(a_frame_too_long_is_dropped_whole, set_up),
        cmocka_unit_test(replies_are_read),
        cmocka_unit_test(requests_are_written),
        cmocka_unit_test(the_rom_erases_exactly_what_was_meant),
        cmocka_unit_test(sizes_come_from_the_id),
        cmocka_unit_test(silence_is_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
