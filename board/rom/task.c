/* SPDX-License-Identifier: Apache-2.0 */
/* The ROM's event loop: one task a priority, each with a ring of events that the caller owns. */
#include "rom.h"

#define N_PRIORITIES 32

struct event {
    uint32_t signal;
    uint32_t parameter;
};

struct task {
    void (*handler)(struct event *event);
    struct event *queue;
    uint8_t capacity, head, count;
};

static struct task tasks[N_PRIORITIES];
static uint32_t ready; /* bit n: priority n has an event */
static void (*idle)(void *arg);
static void *idle_arg;

void ets_set_idle_cb(void (*callback)(void *arg), void *arg);
void ets_set_idle_cb(void (*callback)(void *arg), void *arg)
{
    idle = callback;
    idle_arg = arg;
}

void ets_task(void (*handler)(struct event *event), uint8_t priority, struct event *queue,
              uint8_t capacity);
void ets_task(void (*handler)(struct event *event), uint8_t priority, struct event *queue,
              uint8_t capacity)
{
    if (priority < N_PRIORITIES) {
        tasks[priority] = (struct task){.handler = handler, .queue = queue, .capacity = capacity};
    }
}

/* Returns 0, or 1 when nobody listens or the queue is full. */
uint32_t ets_post(uint8_t priority, uint32_t signal, uint32_t parameter);
uint32_t ets_post(uint8_t priority, uint32_t signal, uint32_t parameter)
{
    if (priority >= N_PRIORITIES) {
        return 1;
    }
    struct task *task = &tasks[priority];
    uint32_t refused = 1;
    uint32_t ps = _xtos_set_intlevel(3);
    if (task->count < task->capacity) {
        uint32_t tail = (uint32_t)task->head + task->count;
        tail -= tail >= task->capacity ? task->capacity : 0;
        task->queue[tail] = (struct event){signal, parameter};
        task->count++;
        ready |= 1u << priority;
        refused = 0;
    }
    _xtos_restore_intlevel(ps);
    return refused;
}

/* Takes the oldest event of the highest ready priority; NULL when there is none. */
static struct task *take(struct event *event)
{
    if (ready == 0) {
        return NULL;
    }
    uint32_t priority = 31u - (uint32_t)__builtin_clz(ready);
    struct task *task = &tasks[priority];
    *event = task->queue[task->head];
    task->head = (uint8_t)(task->head + 1u == task->capacity ? 0 : task->head + 1);
    if (--task->count == 0) {
        ready &= ~(1u << priority);
    }
    return task;
}

void ets_run(void)
{
    for (;;) {
        struct event event;
        uint32_t ps = _xtos_set_intlevel(3);
        struct task *task = take(&event);
        if (task == NULL && idle == NULL) {
            __asm__ volatile("waiti 0");
        }
        _xtos_restore_intlevel(ps);
        if (task != NULL) {
            task->handler(&event);
        } else if (idle != NULL) {
            idle(idle_arg);
        }
    }
}
