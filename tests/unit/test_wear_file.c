/* SPDX-License-Identifier: Apache-2.0 */
/* Wear files: what is written is read again, and anything else is refused with a reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "wear_file.h"

#define PATH "build/tests/test_wear_file.wear"

static struct wear wear;
static struct wear again;

static void what_is_written_is_read(void **state)
{
    (void)state;
    wear = (struct wear){.chip = "slow", .endurance = 1000, .n = 1024};
    for (uint32_t i = 0; i < wear.n; i++) {
        wear.erases[i] = i / 100 * 7;
    }
    wear.erases[1023] = UINT32_MAX;
    assert_true(wear_write(PATH, &wear));
    assert_int_equal(wear_read(PATH, 1024, false, &again), EXIT_DONE);
    assert_memory_equal(&wear, &again, sizeof(wear));
    assert_int_equal(wear_read(PATH, 512, false, &again), EXIT_REFUSED);
    unlink(PATH);
    assert_int_equal(wear_read(PATH, 1024, false, &again), EXIT_HOST);
    assert_int_equal(wear_read(PATH, 1024, true, &again), EXIT_DONE);
    assert_int_equal(again.erases[1023], 0);
    assert_int_equal(again.n, 1024);
}

static void the_summary_counts(void **state)
{
    struct wear_summary sum;
    (void)state;
    wear = (struct wear){.endurance = 10, .n = 4, .erases = {10, 3, 25, 11}};
    wear_summarize(&wear, &sum);
    assert_int_equal(sum.min, 3);
    assert_int_equal(sum.max, 25);
    assert_int_equal(sum.worst, 2);
    assert_int_equal(sum.n_worn, 2);
    assert_true(sum.mean > 12.24 && sum.mean < 12.26);
    wear.endurance = 0;
    wear_summarize(&wear, &sum);
    assert_int_equal(sum.n_worn, 0);
    wear.n = 0;
    wear_summarize(&wear, &sum);
    assert_int_equal(sum.min + sum.max, 0);
}

#define HEAD "{\"chip\":\"w\",\"endurance\":1,\"sector_size\":4096,\"sectors\":4,\"erases\":"

static void anything_else_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "{",
        "[]",
        "null",
        "{}",
        HEAD "[[1,4]]",
        HEAD "null}",
        HEAD "[[1,3]]}",
        HEAD "[[1,5]]}",
        HEAD "[[1,4],[1,1]]}",
        HEAD "[[-1,4]]}",
        HEAD "[[4294967296,4]]}",
        HEAD "[[1,-4]]}",
        HEAD "[[1,9223372036854775807]]}",
        HEAD "[[1.5,4]]}",
        HEAD "[[1],[1,4]]}",
        HEAD "[1,4]}",
        HEAD "[[\"1\",4]]}",
        "{\"chip\":1,\"endurance\":1,\"sector_size\":4096,\"sectors\":4,\"erases\":[[1,4]]}",
        "{\"chip\":\"a name of a chip that is too long\",\"endurance\":1,\"sector_size\":4096,"
        "\"sectors\":4,\"erases\":[[1,4]]}",
        "{\"chip\":\"w\",\"endurance\":1,\"sector_size\":512,\"sectors\":4,\"erases\":[[1,4]]}",
    };
    char why[256];
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        why[0] = '\0';
        assert_false(wear_parse(bad[i], strlen(bad[i]), 4, &again, why, sizeof(why)));
        assert_true(why[0] != '\0');
    }
    assert_true(wear_parse(HEAD "[[7,1],[8,3]]}", strlen(HEAD) + 14, 4, &again, why, 256));
    assert_int_equal(again.erases[0], 7);
    assert_int_equal(again.erases[3], 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(the_summary_counts),
        cmocka_unit_test(anything_else_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
