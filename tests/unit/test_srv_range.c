/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges as RFC 9110 has them, as far as they are served: one at a time. */
#include "check.h"

#include "range.h"

#define ETAG "\"1-2-3\""

static void ranges_and_what_they_get(void **state)
{
    (void)state;
    static const struct {
        const char *range;
        uint64_t size;
        unsigned status;
        uint64_t first, len;
    } cases[] = {
        {"", 100, 200, 0, 100},
        {"bytes=0-", 100, 206, 0, 100},
        {"bytes=0-0", 100, 206, 0, 1},
        {"bytes=10-19", 100, 206, 10, 10},
        {"bytes=99-", 100, 206, 99, 1},
        {"BYTES=50-1000", 100, 206, 50, 50},
        {"bytes=50-99999999999999999999999999", 100, 206, 50, 50},
        {"bytes=-10", 100, 206, 90, 10},
        {"bytes=-1000", 100, 206, 0, 100},
        {"bytes=100-", 100, 416, 0, 100},
        {"bytes=99999999999999999999999999-", 100, 416, 0, 100},
        {"bytes=0-", 0, 416, 0, 0},
        {"bytes=-1", 0, 416, 0, 0},
        {"bytes=-0", 100, 416, 0, 100},
        /* none of these is one range of bytes: the whole */
        {"?", 100, 200, 0, 100},
        {"bytes=", 100, 200, 0, 100},
        {"bytes=-", 100, 200, 0, 100},
        {"bytes=5", 100, 200, 0, 100},
        {"bytes=5-4", 100, 200, 0, 100},
        {"bytes=0-1,5-6", 100, 200, 0, 100},
        {"bytes=-1,5-6", 100, 200, 0, 100},
        {"bytes= 0-1", 100, 200, 0, 100},
        {"bytes=0-1x", 100, 200, 0, 100},
        {"bytes=+1-2", 100, 200, 0, 100},
        {"lines=0-1", 100, 200, 0, 100},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct srv_range got;
        assert_int_equal(srv_range_choose(cases[i].range, "", ETAG, cases[i].size, &got),
                         cases[i].status);
        assert_int_equal(got.first, cases[i].first);
        assert_int_equal(got.len, cases[i].len);
    }
}

static void another_version_comes_whole(void **state)
{
    (void)state;
    static const char *const others[] = {"\"1-2-4\"", "W/" ETAG, "1-2-3",
                                         ETAG " ",    "?",       "Sun, 22 Nov 2026 22:00:00 GMT"};
    struct srv_range got;
    assert_int_equal(srv_range_choose("bytes=10-", ETAG, ETAG, 100, &got), 206);
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_int_equal(srv_range_choose("bytes=10-", others[i], ETAG, 100, &got), 200);
        assert_int_equal(got.first, 0);
        assert_int_equal(got.len, 100);
        /* Even where the range would not be satisfiable. */
        assert_int_equal(srv_range_choose("bytes=1000-", others[i], ETAG, 100, &got), 200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_and_what_they_get),
        cmocka_unit_test(another_version_comes_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
