/* SPDX-License-Identifier: Apache-2.0 */
/* Time since start. */
#ifndef ESP_TIMER_H
#define ESP_TIMER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Microseconds since the bootloader started; never goes back. Context: task, interrupt. */
int64_t esp_timer_get_time(void);

#ifdef __cplusplus
}
#endif

#endif
