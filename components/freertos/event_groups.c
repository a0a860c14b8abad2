/* SPDX-License-Identifier: Apache-2.0 */
/* Event groups. Who waits remembers nothing in the group: setting bits wakes all, each looks. */
#include "freertos/event_groups.h"

#include <stdlib.h>

#include "esp8266/cpu.h"
#include "sched.h"

struct event_group {
    EventBits_t bits;
};

EventGroupHandle_t xEventGroupCreate(void)
{
    return calloc(1, sizeof(struct event_group));
}

void vEventGroupDelete(EventGroupHandle_t group)
{
    free(group);
}

EventBits_t xEventGroupSetBits(EventGroupHandle_t group, EventBits_t bits)
{
    uint32_t lock = cpu_lock();
    group->bits |= bits;
    EventBits_t now = group->bits;
    sched_wake_all(group);
    cpu_unlock(lock);
    return now;
}

BaseType_t xEventGroupSetBitsFromISR(EventGroupHandle_t group, EventBits_t bits, BaseType_t *woken)
{
    if (woken != NULL) {
        *woken = pdFALSE;
    }
    xEventGroupSetBits(group, bits);
    return pdPASS;
}

EventBits_t xEventGroupClearBits(EventGroupHandle_t group, EventBits_t bits)
{
    uint32_t lock = cpu_lock();
    EventBits_t before = group->bits;
    group->bits &= ~bits;
    cpu_unlock(lock);
    return before;
}

EventBits_t xEventGroupGetBits(EventGroupHandle_t group)
{
    return group->bits;
}

static bool is_met(EventBits_t now, EventBits_t wanted, BaseType_t all)
{
    return all ? (now & wanted) == wanted : (now & wanted) != 0;
}

EventBits_t xEventGroupWaitBits(EventGroupHandle_t group, EventBits_t bits,
                                BaseType_t clear_on_exit, BaseType_t wait_for_all, TickType_t ticks)
{
    uint32_t lock = cpu_lock();
    uint64_t deadline = sched_deadline(ticks);
    while (!is_met(group->bits, bits, wait_for_all) && ticks != 0 && sched_block(group, deadline)) {
    }
    EventBits_t now = group->bits;
    if (clear_on_exit && is_met(now, bits, wait_for_all)) {
        group->bits &= ~bits;
    }
    cpu_unlock(lock);
    return now;
}
