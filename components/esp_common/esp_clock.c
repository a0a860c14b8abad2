/* SPDX-License-Identifier: Apache-2.0 */
/* Wall time: an offset to the time since start, and the date of the build as its floor. */
#include "esp_clock.h"

#include <errno.h>
#include <string.h>
#include <sys/time.h>

#include "esp_timer.h"
#include "sdkconfig.h"

#define US_PER_S     INT64_C(1000000)
#define S_PER_DAY    INT64_C(86400)
#define ZONE_AHEAD_S INT64_C(50400)

static int64_t offset_us; /* from the start to 1970, 0: not set */

#ifdef CONFIG_APP_COMPILE_TIME_DATE
/* Fact: C11 6.10.8.1 gives __DATE__ the form "Mmm dd yyyy", the day padded with a space. */
static const char build_date[] = __DATE__;
#else
static const char build_date[] = "";
#endif

/* Days from 1970-01-01 to a date of the Gregorian calendar, the year counted from March. */
static int64_t days_to(int year, unsigned month, unsigned day)
{
    unsigned from_march = (month + 9) % 12;
    int y = from_march >= 10 ? year - 1 : year;
    return 365 * (int64_t)y + y / 4 - y / 100 + y / 400 + (153 * from_march + 2) / 5 + day - 719469;
}

int64_t esp_clock_build_s(void)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *d = build_date;
    if (d[0] == '\0') {
        return 0;
    }
    unsigned month = 1;
    while (month < 12 && memcmp(months + 3 * (month - 1), d, 3) != 0) {
        month++;
    }
    unsigned day = (d[4] == ' ' ? 0u : (unsigned)(d[4] - '0') * 10) + (unsigned)(d[5] - '0');
    int year = (d[7] - '0') * 1000 + (d[8] - '0') * 100 + (d[9] - '0') * 10 + (d[10] - '0');
    return days_to(year, month, day) * S_PER_DAY - ZONE_AHEAD_S;
}

bool esp_clock_is_set(void)
{
    return offset_us != 0;
}

int64_t esp_clock_now_s(void)
{
    return esp_clock_is_set() ? (esp_timer_get_time() + offset_us) / US_PER_S : esp_clock_build_s();
}

int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
    int64_t now_us = esp_timer_get_time() + offset_us;
    (void)zone;
    tv->tv_sec = (time_t)(now_us / US_PER_S);
    tv->tv_usec = (suseconds_t)(now_us % US_PER_S);
    return 0;
}

int settimeofday(const struct timeval *tv, const struct timezone *zone)
{
    (void)zone;
    if (tv == NULL || tv->tv_usec < 0 || tv->tv_usec >= US_PER_S ||
        tv->tv_sec < esp_clock_build_s()) {
        errno = EINVAL;
        return -1;
    }
    offset_us = (int64_t)tv->tv_sec * US_PER_S + tv->tv_usec - esp_timer_get_time();
    return 0;
}
