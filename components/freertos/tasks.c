/* SPDX-License-Identifier: Apache-2.0 */
/* The scheduler: which task runs, who sleeps until when, and what the processor does when nobody
 * wants it. There is no tick and no idle task: the task that blocks last waits for the next
 * deadline itself, with the processor asleep. */
#include <stdlib.h>
#include <string.h>

#include "esp8266/cpu.h"
#include "esp8266/panic.h"
#include "esp8266/regs.h"
#include "esp8266/soc.h"
#include "freertos/task.h"
#include "sched.h"

#define NEVER        UINT64_MAX
#define MAX_SLEEP_US 5000000u /* well inside the watchdog's time */
#define STACK_GUARD  16u      /* painted bytes that must survive below the stack */
#define CONTEXT_LEN  32u      /* what switch.S keeps */

void sched_switch(void **save_sp, void *load_sp);
void sched_task_entry(void);

struct task *sched_tasks;
struct task *sched_current;
static struct task *zombie; /* ended itself; freed by whoever runs next */
static UBaseType_t last_number;

/* --- critical sections of the API --- */

static uint32_t critical_depth, critical_ps;

void vPortEnterCritical(void)
{
    uint32_t ps = cpu_lock();
    if (critical_depth++ == 0) {
        critical_ps = ps;
    }
}

void vPortExitCritical(void)
{
    if (critical_depth > 0 && --critical_depth == 0) {
        cpu_unlock(critical_ps);
    }
}

/* --- the list of tasks --- */

static void append(struct task *task)
{
    struct task **p = &sched_tasks;
    while (*p != NULL) {
        p = &(*p)->next;
    }
    task->next = NULL;
    *p = task;
}

static void detach(struct task *task)
{
    for (struct task **p = &sched_tasks; *p != NULL; p = &(*p)->next) {
        if (*p == task) {
            *p = task->next;
            return;
        }
    }
}

/* The ready task of the highest priority; among equals the one whose turn was longest ago. */
static struct task *pick(void)
{
    struct task *best = NULL;
    for (struct task *t = sched_tasks; t != NULL; t = t->next) {
        if (t->state == eReady && (best == NULL || t->priority > best->priority)) {
            best = t;
        }
    }
    return best;
}

/* --- waiting --- */

/* Makes sleepers ready whose time has come; returns when the next one's comes. */
static uint64_t wake_expired(uint64_t now)
{
    uint64_t next = NEVER;
    for (struct task *t = sched_tasks; t != NULL; t = t->next) {
        if (t->state != eBlocked) {
            continue;
        }
        if (t->wake_at_us <= now) {
            t->state = eReady;
            t->timed_out = true;
        } else if (t->wake_at_us < next) {
            next = t->wake_at_us;
        }
    }
    return next;
}

/* Nobody is ready: sleep until the next deadline or an interrupt. That all tasks could stop is the
 * progress that the watchdog wants to see. */
static void idle(uint64_t now, uint64_t next)
{
    soc_wdt_feed();
    if (next - now > MAX_SLEEP_US) {
        next = now + MAX_SLEEP_US;
    }
    if (soc_time_alarm(next)) {
        cpu_wait_locked();
    }
}

static struct task *next_task(void)
{
    for (;;) {
        uint64_t now = soc_time_us();
        uint64_t next = wake_expired(now);
        struct task *task = pick();
        if (task != NULL) {
            return task;
        }
        idle(now, next);
    }
}

static void check_stack(const struct task *task)
{
    const uint32_t *guard = (const uint32_t *)task->stack;
    for (size_t i = 0; i < STACK_GUARD / 4u; i++) {
        if (guard[i] != STACK_PAINT * 0x01010101u) {
            soc_panic_at(SOC_CAUSE_STACK, task->name, (uint32_t)task->stack);
        }
    }
}

static void free_task(struct task *task)
{
    free(task->stack);
    free(task);
}

static void free_zombie(void)
{
    if (zombie != NULL && zombie != sched_current) {
        struct task *task = zombie;
        zombie = NULL;
        free_task(task);
    }
}

/* Gives the processor to the next ready task; returns when the caller's turn has come again. The
 * caller has set its own state. Interrupts are locked on both ends. */
static void reschedule(void)
{
    struct task *self = sched_current;
    check_stack(self);
    struct task *task = next_task();
    task->state = eRunning;
    detach(task);
    append(task);
    if (task != self) {
        sched_current = task;
        sched_switch(&self->sp, task->sp);
    }
    free_zombie();
}

bool sched_block(const void *object, uint64_t deadline_us)
{
    sched_current->waits_for = object;
    sched_current->wake_at_us = deadline_us;
    sched_current->timed_out = false;
    sched_current->state = eBlocked;
    reschedule();
    sched_current->waits_for = NULL;
    return !sched_current->timed_out;
}

static void wake(struct task *task)
{
    task->state = eReady;
    task->timed_out = false;
}

void sched_wake_one(const void *object)
{
    struct task *best = NULL;
    for (struct task *t = sched_tasks; t != NULL; t = t->next) {
        if (t->state == eBlocked && t->waits_for == object &&
            (best == NULL || t->priority > best->priority)) {
            best = t;
        }
    }
    if (best != NULL) {
        wake(best);
    }
}

void sched_wake_all(const void *object)
{
    for (struct task *t = sched_tasks; t != NULL; t = t->next) {
        if (t->state == eBlocked && t->waits_for == object) {
            wake(t);
        }
    }
}

static uint64_t tick_now(void)
{
    return soc_time_us() / portTICK_PERIOD_US;
}

uint64_t sched_deadline(TickType_t ticks)
{
    return ticks == portMAX_DELAY ? NEVER : (tick_now() + ticks) * portTICK_PERIOD_US;
}

/* --- the API --- */

static void *initial_context(struct task *task, TaskFunction_t func, void *arg)
{
    uint32_t top = ((uint32_t)task->stack + task->stack_len) & ~15u;
    uint32_t *context = (uint32_t *)(top - CONTEXT_LEN);
    memset(context, 0, CONTEXT_LEN);
    context[0] = (uint32_t)sched_task_entry;
    context[1] = (uint32_t)func;
    context[2] = (uint32_t)arg;
    return context;
}

BaseType_t xTaskCreate(TaskFunction_t func, const char *name, uint32_t stack_len, void *arg,
                       UBaseType_t priority, TaskHandle_t *out)
{
    /* In this order: a stack that overflows should not reach its own task's description. */
    uint8_t *stack = malloc(stack_len);
    struct task *task = calloc(1, sizeof(*task));
    if (task == NULL || stack == NULL) {
        free(task);
        free(stack);
        return errCOULD_NOT_ALLOCATE_REQUIRED_MEMORY;
    }
    memset(stack, STACK_PAINT, stack_len);
    task->stack = stack;
    task->stack_len = stack_len;
    task->priority = priority < configMAX_PRIORITIES ? priority : configMAX_PRIORITIES - 1;
    task->number = ++last_number;
    task->state = eReady;
    strncpy(task->name, name != NULL ? name : "", sizeof(task->name) - 1);
    task->sp = initial_context(task, func, arg);
    uint32_t lock = cpu_lock();
    append(task);
    cpu_unlock(lock);
    if (out != NULL) {
        *out = task;
    }
    return pdPASS;
}

void vTaskDelete(TaskHandle_t task)
{
    uint32_t lock = cpu_lock();
    task = task != NULL ? task : sched_current;
    detach(task);
    task->state = eDeleted;
    if (task == sched_current) {
        /* Its stack is in use until the switch; the next task frees it. */
        free_zombie();
        zombie = task;
        reschedule();
    }
    cpu_unlock(lock);
    free_task(task);
}

void vTaskDelay(TickType_t ticks)
{
    uint32_t lock = cpu_lock();
    if (ticks == 0) {
        sched_current->state = eReady;
        reschedule();
    } else {
        sched_block(NULL, sched_deadline(ticks));
    }
    cpu_unlock(lock);
}

void vTaskDelayUntil(TickType_t *previous, TickType_t increment)
{
    TickType_t elapsed = xTaskGetTickCount() - *previous;
    *previous += increment;
    vTaskDelay(elapsed < increment ? increment - elapsed : 0);
}

TickType_t xTaskGetTickCount(void)
{
    return (TickType_t)tick_now();
}

TickType_t xTaskGetTickCountFromISR(void)
{
    return xTaskGetTickCount();
}

static void on_alarm(void *arg)
{
    (void)arg; /* waking the processor is all */
}

void vTaskStartScheduler(void)
{
    _xt_isr_attach(INT_FRC2, on_alarm, NULL);
    REG_SET_BITS(DPORT_EDGE_INT_ENABLE, DPORT_EDGE_INT_FRC2);
    _xt_isr_unmask(1u << INT_FRC2);
    cpu_lock();
    void *boot_sp;
    sched_current = next_task();
    sched_current->state = eRunning;
    sched_switch(&boot_sp, sched_current->sp);
}

BaseType_t xTaskGetSchedulerState(void)
{
    return sched_current != NULL ? taskSCHEDULER_RUNNING : taskSCHEDULER_NOT_STARTED;
}

void vTaskSuspend(TaskHandle_t task)
{
    uint32_t lock = cpu_lock();
    task = task != NULL ? task : sched_current;
    task->state = eSuspended;
    if (task == sched_current) {
        reschedule();
    }
    cpu_unlock(lock);
}

void vTaskResume(TaskHandle_t task)
{
    uint32_t lock = cpu_lock();
    if (task != NULL && task->state == eSuspended) {
        task->state = eReady;
    }
    cpu_unlock(lock);
}
