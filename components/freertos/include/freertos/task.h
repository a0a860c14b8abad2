/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks, delays and notifications. */
#ifndef FREERTOS_TASK_H
#define FREERTOS_TASK_H

#include "freertos/FreeRTOS.h"

#ifdef __cplusplus
extern "C" {
#endif

struct task;
typedef struct task *TaskHandle_t;
typedef TaskHandle_t xTaskHandle;

typedef enum { eRunning = 0, eReady, eBlocked, eSuspended, eDeleted, eInvalid } eTaskState;
typedef enum {
    eNoAction = 0,
    eSetBits,
    eIncrement,
    eSetValueWithOverwrite,
    eSetValueWithoutOverwrite,
} eNotifyAction;

typedef struct {
    TaskHandle_t xHandle;
    const char *pcTaskName;
    UBaseType_t xTaskNumber;
    eTaskState eCurrentState;
    UBaseType_t uxCurrentPriority;
    StackType_t *pxStackBase;
    uint32_t usStackHighWaterMark; /* bytes never used */
} TaskStatus_t;

#define tskIDLE_PRIORITY 0
#define tskNO_AFFINITY   0x7fffffff
#define taskYIELD()      vTaskDelay(0)

#define taskSCHEDULER_NOT_STARTED 1
#define taskSCHEDULER_RUNNING     2

/* Creates a task with stack_len bytes of stack; it runs when the caller blocks, whatever its
 * priority. out (may be NULL) receives its handle.
 * Errors: errCOULD_NOT_ALLOCATE_REQUIRED_MEMORY. Context: task. */
BaseType_t xTaskCreate(TaskFunction_t func, const char *name, uint32_t stack_len, void *arg,
                       UBaseType_t priority, TaskHandle_t *out);
#define xTaskCreatePinnedToCore(func, name, stack_len, arg, priority, out, core)                   \
    xTaskCreate(func, name, stack_len, arg, priority, out)

/* Ends a task; NULL means the caller. Its memory is freed; what it allocated is not. */
void vTaskDelete(TaskHandle_t task);

/* Lets others run until the given number of ticks has begun; 0 only gives way once. */
void vTaskDelay(TickType_t ticks);
/* Waits until *previous + increment and stores that; for periods without drift. */
void vTaskDelayUntil(TickType_t *previous, TickType_t increment);

TickType_t xTaskGetTickCount(void);
TickType_t xTaskGetTickCountFromISR(void);
TaskHandle_t xTaskGetCurrentTaskHandle(void);
TaskHandle_t xTaskGetHandle(const char *name);
/* NULL means the caller; never returns NULL. */
char *pcTaskGetTaskName(TaskHandle_t task);
#define pcTaskGetName pcTaskGetTaskName
UBaseType_t uxTaskPriorityGet(TaskHandle_t task);
void vTaskPrioritySet(TaskHandle_t task, UBaseType_t priority);
eTaskState eTaskGetState(TaskHandle_t task);
/* Bytes of stack that were never used; NULL means the caller. */
UBaseType_t uxTaskGetStackHighWaterMark(TaskHandle_t task);
UBaseType_t uxTaskGetNumberOfTasks(void);
/* Describes up to n tasks; returns how many. total_run_time (may be NULL) receives 0. */
UBaseType_t uxTaskGetSystemState(TaskStatus_t *status, UBaseType_t n, uint32_t *total_run_time);
BaseType_t xTaskGetSchedulerState(void);

void vTaskSuspend(TaskHandle_t task);
void vTaskResume(TaskHandle_t task);

/* Runs the tasks; does not return. */
void vTaskStartScheduler(void);

/* Notifications: one 32-bit value a task. The calls with a task handle never block. */
BaseType_t xTaskNotifyGive(TaskHandle_t task);
void vTaskNotifyGiveFromISR(TaskHandle_t task, BaseType_t *woken);
/* Waits until the value is not 0; takes all of it or one. Returns the value before, 0 when the
 * time was up. */
uint32_t ulTaskNotifyTake(BaseType_t clear_on_exit, TickType_t ticks);
BaseType_t xTaskNotify(TaskHandle_t task, uint32_t value, eNotifyAction action);
BaseType_t xTaskNotifyFromISR(TaskHandle_t task, uint32_t value, eNotifyAction action,
                              BaseType_t *woken);
BaseType_t xTaskNotifyWait(uint32_t clear_on_entry, uint32_t clear_on_exit, uint32_t *value,
                           TickType_t ticks);

#ifdef __cplusplus
}
#endif

#endif
