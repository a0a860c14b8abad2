/* SPDX-License-Identifier: Apache-2.0 */
/* The scheduler as queues, semaphores and event groups see it. Everything that can be waited for is
 * a condition: lock, check, block on the object's address, check again. */
#ifndef FREERTOS_SCHED_H
#define FREERTOS_SCHED_H

#include <stdbool.h>
#include <stdint.h>

#include "freertos/task.h"

#define STACK_PAINT 0xa5u

struct task {
    void *sp;
    struct task *next;     /* all tasks, in order of turn */
    const void *waits_for; /* object; NULL when it only sleeps */
    uint64_t wake_at_us;
    eTaskState state;
    UBaseType_t priority;
    UBaseType_t number;
    uint32_t notify_value;
    bool notify_pending;
    bool timed_out;
    char name[configMAX_TASK_NAME_LEN];
    uint32_t stack_len;
    uint8_t *stack;
};

/* All tasks, the one that runs last; and the one that runs, NULL before the scheduler does. */
extern struct task *sched_tasks;
extern struct task *sched_current;

/* Time at which a wait of so many ticks ends, from now. */
uint64_t sched_deadline(TickType_t ticks);

/* Puts the caller to sleep until object is woken or the deadline has come. Called with interrupts
 * locked, returns so; they are served meanwhile. Returns false when the deadline has come. */
bool sched_block(const void *object, uint64_t deadline_us);

/* Makes tasks that sleep on object ready: the one of the highest priority, or all. Called with
 * interrupts locked. Context: task, interrupt. */
void sched_wake_one(const void *object);
void sched_wake_all(const void *object);

#endif
