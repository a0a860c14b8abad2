/* SPDX-License-Identifier: Apache-2.0 */
/* What can be asked of tasks: names, priorities, states, and how much stack they never used. */
#include <string.h>

#include "sched.h"

static struct task *task_or_current(TaskHandle_t task)
{
    return task != NULL ? task : sched_current;
}

TaskHandle_t xTaskGetCurrentTaskHandle(void)
{
    return sched_current;
}

TaskHandle_t xTaskGetHandle(const char *name)
{
    for (struct task *t = sched_tasks; t != NULL; t = t->next) {
        if (strncmp(t->name, name, sizeof(t->name) - 1) == 0) {
            return t;
        }
    }
    return NULL;
}

char *pcTaskGetTaskName(TaskHandle_t task)
{
    static char none[] = "start-up";
    task = task_or_current(task);
    return task != NULL ? task->name : none;
}

UBaseType_t uxTaskPriorityGet(TaskHandle_t task)
{
    return task_or_current(task)->priority;
}

void vTaskPrioritySet(TaskHandle_t task, UBaseType_t priority)
{
    task_or_current(task)->priority =
        priority < configMAX_PRIORITIES ? priority : configMAX_PRIORITIES - 1;
}

eTaskState eTaskGetState(TaskHandle_t task)
{
    return task->state;
}

UBaseType_t uxTaskGetStackHighWaterMark(TaskHandle_t task)
{
    task = task_or_current(task);
    uint32_t n = 0;
    while (n < task->stack_len && task->stack[n] == STACK_PAINT) {
        n++;
    }
    return n;
}

UBaseType_t uxTaskGetNumberOfTasks(void)
{
    UBaseType_t n = 0;
    for (const struct task *t = sched_tasks; t != NULL; t = t->next) {
        n++;
    }
    return n;
}

UBaseType_t uxTaskGetSystemState(TaskStatus_t *status, UBaseType_t n, uint32_t *total_run_time)
{
    UBaseType_t i = 0;
    for (struct task *t = sched_tasks; t != NULL && i < n; t = t->next, i++) {
        status[i] = (TaskStatus_t){
            .xHandle = t,
            .pcTaskName = t->name,
            .xTaskNumber = t->number,
            .eCurrentState = t->state,
            .uxCurrentPriority = t->priority,
            .pxStackBase = t->stack,
            .usStackHighWaterMark = uxTaskGetStackHighWaterMark(t),
        };
    }
    if (total_run_time != NULL) {
        *total_run_time = 0;
    }
    return i;
}
