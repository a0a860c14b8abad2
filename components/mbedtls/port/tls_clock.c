/* SPDX-License-Identifier: Apache-2.0 */
/* The time by which mbedTLS judges certificates: the clock's, never before the build. */
#include <time.h>

#include "esp_clock.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "mbedtls/platform_time.h"
#include "mbedtls/platform_util.h"
#include "sdkconfig.h"

#ifdef CONFIG_MBEDTLS_HAVE_TIME_DATE

int64_t tls_time(int64_t *out)
{
    int64_t now = esp_clock_now_s();
    if (out != NULL) {
        *out = now;
    }
    return now;
}

mbedtls_ms_time_t mbedtls_ms_time(void)
{
    return (mbedtls_ms_time_t)xTaskGetTickCount() * portTICK_PERIOD_MS;
}

struct tm *mbedtls_platform_gmtime_r(const mbedtls_time_t *seconds, struct tm *out)
{
    time_t t = (time_t)*seconds;
    return gmtime_r(&t, out);
}

#endif
