/* SPDX-License-Identifier: Apache-2.0 */
/* Task notifications: one value a task, waited for like any other object. */
#include "esp8266/cpu.h"
#include "sched.h"

static BaseType_t apply(struct task *task, uint32_t value, eNotifyAction action)
{
    switch (action) {
    case eSetBits:
        task->notify_value |= value;
        break;
    case eIncrement:
        task->notify_value++;
        break;
    case eSetValueWithOverwrite:
        task->notify_value = value;
        break;
    case eSetValueWithoutOverwrite:
        if (task->notify_pending) {
            return pdFAIL;
        }
        task->notify_value = value;
        break;
    default:
        break;
    }
    task->notify_pending = true;
    return pdPASS;
}

BaseType_t xTaskNotify(TaskHandle_t task, uint32_t value, eNotifyAction action)
{
    uint32_t lock = cpu_lock();
    BaseType_t result = apply(task, value, action);
    sched_wake_one(&task->notify_value);
    cpu_unlock(lock);
    return result;
}

BaseType_t xTaskNotifyFromISR(TaskHandle_t task, uint32_t value, eNotifyAction action,
                              BaseType_t *woken)
{
    if (woken != NULL) {
        *woken = pdFALSE;
    }
    return xTaskNotify(task, value, action);
}

BaseType_t xTaskNotifyGive(TaskHandle_t task)
{
    return xTaskNotify(task, 0, eIncrement);
}

void vTaskNotifyGiveFromISR(TaskHandle_t task, BaseType_t *woken)
{
    xTaskNotifyFromISR(task, 0, eIncrement, woken);
}

uint32_t ulTaskNotifyTake(BaseType_t clear_on_exit, TickType_t ticks)
{
    uint32_t lock = cpu_lock();
    uint64_t deadline = sched_deadline(ticks);
    while (sched_current->notify_value == 0 && ticks != 0 &&
           sched_block(&sched_current->notify_value, deadline)) {
    }
    uint32_t value = sched_current->notify_value;
    if (value != 0) {
        sched_current->notify_value = clear_on_exit ? 0 : value - 1;
    }
    sched_current->notify_pending = false;
    cpu_unlock(lock);
    return value;
}

BaseType_t xTaskNotifyWait(uint32_t clear_on_entry, uint32_t clear_on_exit, uint32_t *value,
                           TickType_t ticks)
{
    uint32_t lock = cpu_lock();
    uint64_t deadline = sched_deadline(ticks);
    if (!sched_current->notify_pending) {
        sched_current->notify_value &= ~clear_on_entry;
    }
    while (!sched_current->notify_pending && ticks != 0 &&
           sched_block(&sched_current->notify_value, deadline)) {
    }
    BaseType_t received = sched_current->notify_pending ? pdTRUE : pdFALSE;
    if (value != NULL) {
        *value = sched_current->notify_value;
    }
    if (received) {
        sched_current->notify_value &= ~clear_on_exit;
    }
    sched_current->notify_pending = false;
    cpu_unlock(lock);
    return received;
}
