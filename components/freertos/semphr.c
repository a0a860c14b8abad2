/* SPDX-License-Identifier: Apache-2.0 */
/* Semaphores: a count; a mutex is one with an owner. */
#include "freertos/semphr.h"

#include <stdlib.h>

#include "esp8266/cpu.h"
#include "sched.h"

struct semaphore {
    UBaseType_t count, max;
    bool is_mutex;
    UBaseType_t depth; /* of a recursive mutex */
    struct task *owner;
};

static SemaphoreHandle_t create(UBaseType_t max, UBaseType_t initial, bool is_mutex)
{
    struct semaphore *s = calloc(1, sizeof(*s));
    if (s != NULL) {
        s->max = max;
        s->count = initial;
        s->is_mutex = is_mutex;
    }
    return s;
}

SemaphoreHandle_t xSemaphoreCreateBinary(void)
{
    return create(1, 0, false);
}

SemaphoreHandle_t xSemaphoreCreateCounting(UBaseType_t max, UBaseType_t initial)
{
    return max == 0 || initial > max ? NULL : create(max, initial, false);
}

SemaphoreHandle_t xSemaphoreCreateMutex(void)
{
    return create(1, 1, true);
}

SemaphoreHandle_t xSemaphoreCreateRecursiveMutex(void)
{
    return create(1, 1, true);
}

void vSemaphoreDelete(SemaphoreHandle_t semaphore)
{
    free(semaphore);
}

BaseType_t xSemaphoreTake(SemaphoreHandle_t s, TickType_t ticks)
{
    uint32_t lock = cpu_lock();
    uint64_t deadline = sched_deadline(ticks);
    while (s->count == 0 && ticks != 0 && sched_block(s, deadline)) {
    }
    BaseType_t taken = s->count > 0 ? pdTRUE : pdFALSE;
    if (taken) {
        s->count--;
        s->owner = s->is_mutex ? sched_current : NULL;
    }
    cpu_unlock(lock);
    return taken;
}

static BaseType_t give(struct semaphore *s)
{
    uint32_t lock = cpu_lock();
    BaseType_t given = s->count < s->max ? pdTRUE : pdFALSE;
    if (given) {
        s->count++;
        s->owner = NULL;
        sched_wake_one(s);
    }
    cpu_unlock(lock);
    return given;
}

BaseType_t xSemaphoreGive(SemaphoreHandle_t s)
{
    return s->is_mutex && s->owner != sched_current ? pdFALSE : give(s);
}

BaseType_t xSemaphoreGiveFromISR(SemaphoreHandle_t s, BaseType_t *woken)
{
    if (woken != NULL) {
        *woken = pdFALSE;
    }
    return s->is_mutex ? pdFALSE : give(s);
}

BaseType_t xSemaphoreTakeRecursive(SemaphoreHandle_t s, TickType_t ticks)
{
    if (s->owner != sched_current && !xSemaphoreTake(s, ticks)) {
        return pdFALSE;
    }
    s->depth++;
    return pdTRUE;
}

BaseType_t xSemaphoreGiveRecursive(SemaphoreHandle_t s)
{
    if (s->owner != sched_current || s->depth == 0) {
        return pdFALSE;
    }
    return --s->depth > 0 ? pdTRUE : give(s);
}

UBaseType_t uxSemaphoreGetCount(SemaphoreHandle_t s)
{
    return s->count;
}

TaskHandle_t xSemaphoreGetMutexHolder(SemaphoreHandle_t s)
{
    return s->owner;
}
