/* SPDX-License-Identifier: Apache-2.0 */
/* A moment after which a wait ends, and the wait itself. */
#ifndef NET_DEADLINE_H
#define NET_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"

struct net_deadline {
    int64_t end_us; /* on the clock of esp_timer_get_time() */
};

struct net_deadline net_deadline_in(uint32_t timeout_ms);

/* Waits until wake is given, the deadline passes, or slice_ms are over (0: no slice). Returns false
 * when the deadline has passed; true says no more than "look again". */
bool net_deadline_wait(const struct net_deadline *deadline, SemaphoreHandle_t wake,
                       uint32_t slice_ms);

#endif
