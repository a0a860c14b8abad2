/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines on the microsecond clock, waits in ticks: rounded up, and asked again. */
#include "net_deadline.h"

#include <assert.h>

#include "esp_timer.h"
#include "net_task.h"

#define TICKS_MAX (portMAX_DELAY - 1u) /* portMAX_DELAY itself would wait for ever */

struct net_deadline net_deadline_in(uint32_t timeout_ms)
{
    return (struct net_deadline){esp_timer_get_time() + (int64_t)timeout_ms * 1000};
}

static TickType_t ticks_for(int64_t us)
{
    const int64_t tick_us = (int64_t)portTICK_PERIOD_MS * 1000;
    int64_t ticks = (us + tick_us - 1) / tick_us;

    return ticks < (int64_t)TICKS_MAX ? (TickType_t)ticks : TICKS_MAX;
}

bool net_deadline_wait(const struct net_deadline *deadline, SemaphoreHandle_t wake,
                       uint32_t slice_ms)
{
    int64_t left_us = deadline->end_us - esp_timer_get_time();

    /* The task that runs lwIP would wait for itself. */
    assert(!net_task_is_current());
    if (left_us <= 0) {
        return false;
    }
    if (slice_ms && left_us > (int64_t)slice_ms * 1000) {
        left_us = (int64_t)slice_ms * 1000;
    }
    (void)xSemaphoreTake(wake, ticks_for(left_us));
    return true;
}
