/* SPDX-License-Identifier: Apache-2.0 */
/* The device's date: unknown until it is set, never before the build. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/time.h>
#include <time.h>

#include "esp_clock.h"
#include "esp_timer.h"

/* The component's, under names of their own (mk/client.mk). */
int device_gettimeofday(struct timeval *tv, void *zone);
int device_settimeofday(const struct timeval *tv, const struct timezone *zone);

static int64_t since_start_us = 5000000;

int64_t esp_timer_get_time(void)
{
    return since_start_us;
}

/* The compiler's own date, read by another's parser. */
static int64_t midnight_of_the_build(void)
{
    struct tm tm = {0};
    assert_non_null(strptime(__DATE__, "%b %e %Y", &tm));
    return timegm(&tm);
}

static void before_it_is_set_only_the_build_is_known(void **state)
{
    struct timeval tv;
    (void)state;
    assert_false(esp_clock_is_set());
    int64_t midnight = midnight_of_the_build();
    int64_t build = esp_clock_build_s();
    /* Both files are compiled within a day. */
    assert_in_range(midnight - 14 * 3600 - build + 86400, 0, 2 * 86400);
    assert_int_equal((midnight - 14 * 3600 - build) % 86400, 0);
    assert_int_equal(esp_clock_now_s(), build);
    assert_int_equal(device_gettimeofday(&tv, NULL), 0);
    assert_int_equal(tv.tv_sec, 5);
}

static void a_time_before_the_build_is_refused(void **state)
{
    (void)state;
    struct timeval early = {.tv_sec = (time_t)esp_clock_build_s() - 1};
    struct timeval crooked = {.tv_sec = (time_t)esp_clock_build_s(), .tv_usec = 1000000};
    assert_int_equal(device_settimeofday(&early, NULL), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(device_settimeofday(&crooked, NULL), -1);
    assert_int_equal(device_settimeofday(NULL, NULL), -1);
    assert_false(esp_clock_is_set());
}

static void a_set_time_goes_on(void **state)
{
    (void)state;
    struct timeval tv = {.tv_sec = (time_t)esp_clock_build_s() + 1000, .tv_usec = 250000};
    assert_int_equal(device_settimeofday(&tv, NULL), 0);
    assert_true(esp_clock_is_set());
    since_start_us += 3750000;
    assert_int_equal(esp_clock_now_s(), esp_clock_build_s() + 1004);
    assert_int_equal(device_gettimeofday(&tv, NULL), 0);
    assert_int_equal(tv.tv_sec, esp_clock_build_s() + 1004);
    assert_int_equal(tv.tv_usec, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_it_is_set_only_the_build_is_known),
        cmocka_unit_test(a_time_before_the_build_is_refused),
        cmocka_unit_test(a_set_time_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
