/* SPDX-License-Identifier: Apache-2.0 */
/* The server's half of RFC 2217, byte by byte, and the reset circuit behind its lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "auto_reset.h"
#include "rfc2217_server.h"

static struct rfc2217_server server;
static uint8_t data[256], answer[1024];
static size_t n_data, n_answer;
static enum rfc2217_event last;

static void take(const char *bytes, size_t len)
{
    struct rfc2217_out out;
    n_data = n_answer = 0;
    last = RFC2217_EVENT_NONE;
    for (size_t i = 0; i < len; i++) {
        uint8_t byte;
        enum rfc2217_event event = rfc2217_server_take(&server, (uint8_t)bytes[i], &byte, &out);
        memcpy(answer + n_answer, out.byte, out.n);
        n_answer += out.n;
        if (event == RFC2217_EVENT_DATA) {
            data[n_data++] = byte;
        } else if (event != RFC2217_EVENT_NONE) {
            last = event;
        }
    }
}
#define TAKE(text) take(text, sizeof(text) - 1)

static void expect_answer(const char *bytes, size_t len)
{
    assert_int_equal(n_answer, len);
    assert_memory_equal(answer, bytes, len);
}
#define EXPECT(text) expect_answer(text, sizeof(text) - 1)

static int set_up(void **state)
{
    struct rfc2217_out out;
    (void)state;
    rfc2217_server_open(&server, &out);
    memcpy(answer, out.byte, out.n);
    n_answer = out.n;
    return 0;
}

static void greets_with_what_it_can(void **state)
{
    (void)state;
    EXPECT("\xff\xfb\x00\xff\xfd\x00\xff\xfb\x03\xff\xfd\x03\xff\xfb\x2c\xff\xfd\x2c");
}

static void negotiation_comes_to_rest(void **state)
{
    (void)state;
    TAKE("\xff\xfd\x00\xff\xfb\x00\xff\xfd\x2c\xff\xfb\x2c"); /* agrees to what was offered */
    EXPECT("");
    TAKE("\xff\xfd\x01\xff\xfb\x01\xff\xfb\xc8"); /* echo, an option of no bit: refused */
    EXPECT("\xff\xfc\x01\xff\xfe\x01\xff\xfe\xc8");
    TAKE("\xff\xfe\x00\xff\xfe\x00"); /* switched off: told once */
    EXPECT("\xff\xfc\x00");
    TAKE("\xff\xfd\x00");
    EXPECT("\xff\xfb\x00");
    assert_int_equal(n_data, 0);
}

static void data_is_escaped(void **state)
{
    (void)state;
    uint8_t out[2];
    TAKE("a\xff\xff\x00\xff\xf1z");
    assert_int_equal(n_data, 4);
    assert_memory_equal(data, "a\xff\x00z", 4);
    assert_int_equal(rfc2217_server_escape('a', out), 1);
    assert_int_equal(rfc2217_server_escape(0xff, out), 2);
    assert_int_equal(out[0], 0xff);
    assert_int_equal(out[1], 0xff);
}

static void speed_is_set_and_asked(void **state)
{
    (void)state;
    TAKE("\xff\xfa\x2c\x01\0\0\0\0\xff\xf0");
    EXPECT("\xff\xfa\x2c\x65\x00\x01\x24\x80\xff\xf0"); /* 74880 */
    assert_int_equal(last, RFC2217_EVENT_NONE);
    TAKE("\xff\xfa\x2c\x01\x00\x01\xc2\x00\xff\xf0");
    EXPECT("\xff\xfa\x2c\x65\x00\x01\xc2\x00\xff\xf0");
    assert_int_equal(last, RFC2217_EVENT_BAUD);
    assert_int_equal(server.baud, 115200);
    TAKE("\xff\xfa\x2c\x01\x7f\0\0\0\xff\xf0"); /* no line has it */
    EXPECT("\xff\xfa\x2c\x65\x00\x01\xc2\x00\xff\xf0");
    assert_int_equal(server.baud, 115200);
}

static void a_doubled_byte_inside_a_request_is_one(void **state)
{
    (void)state;
    TAKE("\xff\xfa\x2c\x01\x00\x00\xff\xff\x00\xff\xf0");
    EXPECT("\xff\xfa\x2c\x65\x00\x00\xff\xff\x00\xff\xf0");
    assert_int_equal(server.baud, 0xff00);
}

static void lines_are_set_and_asked(void **state)
{
    (void)state;
    TAKE("\xff\xfa\x2c\x05\x08\xff\xf0");
    EXPECT("\xff\xfa\x2c\x69\x08\xff\xf0");
    assert_int_equal(last, RFC2217_EVENT_LINES);
    assert_true(server.dtr);
    TAKE("\xff\xfa\x2c\x05\x0b\xff\xf0");
    EXPECT("\xff\xfa\x2c\x69\x0b\xff\xf0");
    assert_true(server.rts);
    TAKE("\xff\xfa\x2c\x05\x07\xff\xf0\xff\xfa\x2c\x05\x0a\xff\xf0");
    EXPECT("\xff\xfa\x2c\x69\x08\xff\xf0\xff\xfa\x2c\x69\x0b\xff\xf0");
    TAKE("\xff\xfa\x2c\x05\x0b\xff\xf0"); /* no change, no event, but an answer */
    assert_int_equal(last, RFC2217_EVENT_NONE);
    EXPECT("\xff\xfa\x2c\x69\x0b\xff\xf0");
    TAKE("\xff\xfa\x2c\x05\x09\xff\xf0\xff\xfa\x2c\x05\x0c\xff\xf0");
    assert_false(server.dtr || server.rts);
    TAKE("\xff\xfa\x2c\x05\x03\xff\xf0\xff\xfa\x2c\x05\x05\xff\xf0"); /* flow control, break */
    EXPECT("\xff\xfa\x2c\x69\x01\xff\xf0\xff\xfa\x2c\x69\x06\xff\xf0");
}

static void the_rest_is_answered(void **state)
{
    (void)state;
    TAKE("\xff\xfa\x2c\x02\x08\xff\xf0\xff\xfa\x2c\x03\x00\xff\xf0\xff\xfa\x2c\x04\x02\xff\xf0");
    EXPECT("\xff\xfa\x2c\x66\x08\xff\xf0\xff\xfa\x2c\x67\x01\xff\xf0\xff\xfa\x2c\x68\x02\xff\xf0");
    TAKE("\xff\xfa\x2c\x0a\x00\xff\xf0\xff\xfa\x2c\x0b\xff\xff\xff\xf0");
    EXPECT(
        "\xff\xfa\x2c\x6e\x00\xff\xf0\xff\xfa\x2c\x6f\xff\xff\xff\xf0\xff\xfa\x2c\x6b\xb0\xff\xf0");
    TAKE("\xff\xfa\x2c\x0c\x01\xff\xf0");
    assert_int_equal(last, RFC2217_EVENT_NONE);
    TAKE("\xff\xfa\x2c\x0c\x03\xff\xf0");
    assert_int_equal(last, RFC2217_EVENT_PURGE);
    EXPECT("\xff\xfa\x2c\x70\x03\xff\xf0");
    TAKE("\xff\xfa\x2c\x00\xff\xf0");
    assert_memory_equal(answer + 4, "airslot", 7);
}

static void what_it_does_not_know_is_ignored(void **state)
{
    (void)state;
    char giant[300];
    memset(giant, 'x', sizeof(giant));
    memcpy(giant, "\xff\xfa\x2c\x05", 4);
    memcpy(giant + sizeof(giant) - 2, "\xff\xf0", 2);
    take(giant, sizeof(giant));
    EXPECT("");
    TAKE("\xff\xfa\x18\x01\xff\xf0\xff\xfa\x2c\xff\xf0\xff\xfa\x2c\x63\x01\xff\xf0");
    EXPECT("");
    TAKE("\xff\xfa\x2c\x01\x00\x01\xff\xf0\xff\xfa\x2c\x05\x08\x08\xff\xf0"); /* wrong lengths */
    EXPECT("");
    TAKE("\xff\xfa\x2c\x05\x08\xff\x01ok"); /* cut off */
    assert_int_equal(n_data, 2);
    assert_false(server.dtr);
}

/* --- the circuit --- */

static void expect_reset(struct auto_reset *a, uint64_t now, enum auto_reset_action want)
{
    assert_true(a->is_held);
    assert_int_equal(auto_reset_poll(a, now - 1), AUTO_RESET_NONE);
    assert_true(a->is_held);
    assert_int_equal(auto_reset_poll(a, now), want);
    assert_false(a->is_held);
    assert_int_equal(auto_reset_poll(a, now + 1000000), AUTO_RESET_NONE);
}

static void classic_sequence_in_either_order(void **state)
{
    (void)state;
    struct auto_reset a = {0};
    auto_reset_lines(&a, false, true, 0);
    assert_int_equal(auto_reset_poll(&a, 99999), AUTO_RESET_NONE);
    auto_reset_lines(&a, true, true, 100000);
    auto_reset_lines(&a, true, false, 100200);
    expect_reset(&a, 101200, AUTO_RESET_TO_DOWNLOAD);
    auto_reset_lines(&a, false, false, 150000);
    assert_false(a.is_held);

    auto_reset_lines(&a, false, true, 200000);
    auto_reset_lines(&a, false, false, 300000);
    auto_reset_lines(&a, true, false, 300500);
    expect_reset(&a, 301500, AUTO_RESET_TO_DOWNLOAD);
}

/* A network client that waits for each answer brings the second line 50 ms and more later. */
static void classic_sequence_over_a_slow_network(void **state)
{
    (void)state;
    struct auto_reset a = {0};
    auto_reset_lines(&a, false, true, 0);
    auto_reset_lines(&a, true, true, 150000);
    assert_int_equal(auto_reset_poll(&a, 299999), AUTO_RESET_NONE);
    auto_reset_lines(&a, true, false, 300000);
    expect_reset(&a, 301000, AUTO_RESET_TO_DOWNLOAD);
}

static void tight_sequence(void **state)
{
    (void)state;
    struct auto_reset a = {0};
    auto_reset_lines(&a, false, false, 0);
    auto_reset_lines(&a, true, true, 10);
    assert_false(a.is_held);
    auto_reset_lines(&a, false, true, 20);
    assert_true(a.is_held);
    auto_reset_lines(&a, true, false, 100020);
    expect_reset(&a, 101020, AUTO_RESET_TO_DOWNLOAD);
}

static void hard_reset_and_a_line_that_comes_back(void **state)
{
    (void)state;
    struct auto_reset a = {0};
    auto_reset_lines(&a, false, true, 0);
    auto_reset_lines(&a, false, false, 100);
    auto_reset_lines(&a, false, true, 200); /* again, before EN has risen */
    assert_int_equal(auto_reset_poll(&a, 5000), AUTO_RESET_NONE);
    auto_reset_lines(&a, false, false, 6000);
    expect_reset(&a, 7000, AUTO_RESET_TO_FLASH);
}

static void both_lines_for_long_are_neither(void **state)
{
    (void)state;
    struct auto_reset a = {0};
    auto_reset_lines(&a, false, true, 0);
    auto_reset_lines(&a, true, true, 1000);
    expect_reset(&a, 1000 + AUTO_RESET_PAIR_US, AUTO_RESET_TO_FLASH);
    auto_reset_lines(&a, true, false, 400000);
    assert_false(a.is_held);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(greets_with_what_it_can),
        TEST(negotiation_comes_to_rest),
        TEST(data_is_escaped),
        TEST(speed_is_set_and_asked),
        TEST(a_doubled_byte_inside_a_request_is_one),
        TEST(lines_are_set_and_asked),
        TEST(the_rest_is_answered),
        TEST(what_it_does_not_know_is_ignored),
        TEST(classic_sequence_in_either_order),
        TEST(classic_sequence_over_a_slow_network),
        TEST(tight_sequence),
        TEST(hard_reset_and_a_line_that_comes_back),
        TEST(both_lines_for_long_are_neither),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
