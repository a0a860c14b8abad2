/* SPDX-License-Identifier: Apache-2.0 */
/* The client's half of RFC 2217: bytes out, bytes in, in any cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rfc2217_client.h"

static struct rfc2217_client client;
static uint8_t out[64];

static int set_up(void **state)
{
    (void)state;
    memset(&client, 0, sizeof(client));
    return 0;
}

static size_t decode(const char *bytes, size_t len)
{
    return rfc2217_decode(&client, (const uint8_t *)bytes, len, out);
}
#define DECODE(text) decode(text, sizeof(text) - 1)

static void commands_are_written(void **state)
{
    uint8_t bytes[RFC2217_COMMAND_MAX];

    (void)state;
    assert_int_equal(rfc2217_command(bytes, RFC2217_SET_BAUD, 115200), 10);
    assert_memory_equal(bytes, "\xff\xfa\x2c\x01\x00\x01\xc2\x00\xff\xf0", 10);
    assert_int_equal(rfc2217_command(bytes, RFC2217_SET_CONTROL, RFC2217_RTS_ON), 7);
    assert_memory_equal(bytes, "\xff\xfa\x2c\x05\x0b\xff\xf0", 7);
    /* A speed whose bytes are the escape. */
    assert_int_equal(rfc2217_command(bytes, RFC2217_SET_BAUD, 0xffffffff), 14);
}

static void data_is_escaped_both_ways(void **state)
{
    uint8_t coded[8];

    (void)state;
    assert_int_equal(rfc2217_encode(coded,
                                    (const uint8_t *)"a\xff"
                                                     "b",
                                    3),
                     4);
    assert_memory_equal(coded,
                        "a\xff\xff"
                        "b",
                        4);
    assert_int_equal(decode((const char *)coded, 4), 3);
    assert_memory_equal(out,
                        "a\xff"
                        "b",
                        3);
}

static void answers_are_counted_with_their_value(void **state)
{
    (void)state;
    assert_int_equal(DECODE("x\xff\xfa\x2c\x65\x00\x01\xc2\x00\xff\xf0y"), 2);
    assert_memory_equal(out, "xy", 2);
    assert_int_equal(client.n_answers[RFC2217_SET_BAUD], 1);
    assert_int_equal(client.value[RFC2217_SET_BAUD], 115200);
}

static void a_cut_changes_nothing(void **state)
{
    static const char bytes[] = "x\xff\xfd\x2c\xff\xfa\x2c\x69\x0b\xff\xf0\xff\xff.";

    (void)state;
    size_t n = 0;
    for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
        n += decode(bytes + i, 1);
    }
    assert_int_equal(n, 3);
    assert_true(client.agreed);
    assert_int_equal(client.value[RFC2217_SET_CONTROL], 11);
}

static void refusal_is_noticed(void **state)
{
    (void)state;
    DECODE("\xff\xfe\x2c");
    assert_true(client.refused);
    assert_false(client.agreed);
}

static void strange_options_are_refused_once_each(void **state)
{
    (void)state;
    DECODE("\xff\xfd\x18\xff\xfb\x01\xff\xfb\x00\xff\xfc\x05\xff\xf1");
    assert_int_equal(client.n_reply, 6);
    assert_memory_equal(client.reply, "\xff\xfc\x18\xff\xfe\x01", 6);
}

static void a_flood_of_options_stays_in_bounds(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        DECODE("\xff\xfd\x18");
    }
    assert_in_range(client.n_reply, 3, RFC2217_REPLY_MAX);
}

static void what_is_no_answer_is_ignored(void **state)
{
    (void)state;
    DECODE("\xff\xfa\xff\xf0");
    DECODE("\xff\xfa\x2c\xff\xf0");
    DECODE("\xff\xfa\x2c\x01\x01\xff\xf0"); /* a client's command */
    DECODE("\xff\xfa\x2c\x7f\x01\xff\xf0");
    DECODE("\xff\xfa\x18\x65\x01\xff\xf0");
    DECODE("\xff\xfa\x2c\x65"
           "0123456789012345678901234567890123456789\xff\xf0"); /* too long */
    for (unsigned i = 0; i < RFC2217_N_COMMANDS; i++) {
        assert_int_equal(client.n_answers[i], 0);
    }
    assert_int_equal(DECODE("ok"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(commands_are_written, set_up),
        cmocka_unit_test_setup(data_is_escaped_both_ways, set_up),
        cmocka_unit_test_setup(answers_are_counted_with_their_value, set_up),
        cmocka_unit_test_setup(a_cut_changes_nothing, set_up),
        cmocka_unit_test_setup(refusal_is_noticed, set_up),
        cmocka_unit_test_setup(strange_options_are_refused_once_each, set_up),
        cmocka_unit_test_setup(a_flood_of_options_stays_in_bounds, set_up),
        cmocka_unit_test_setup(what_is_no_answer_is_ignored, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
