/* SPDX-License-Identifier: Apache-2.0 */
/* The date, as far as the device can trust it. It keeps no time without power: until the
 * application or SNTP calls settimeofday(), all it knows is that it runs after its own build. */
#ifndef ESP_CLOCK_H
#define ESP_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* True once settimeofday() has accepted a time since the start. Until then gettimeofday() and
 * time() count from 1970, as in the SDK. */
bool esp_clock_is_set(void);

/* Seconds since 1970 (UTC): the time when it is set, else the build's. Context: task. */
int64_t esp_clock_now_s(void);

/* Seconds since 1970 before which this program was certainly not built: the build's date less the
 * 14 hours of the zone that is furthest ahead; 0 with CONFIG_APP_COMPILE_TIME_DATE=n.
 * settimeofday() refuses an earlier time with EINVAL. */
int64_t esp_clock_build_s(void);

#ifdef __cplusplus
}
#endif
#endif
