/* SPDX-License-Identifier: Apache-2.0 */
/* Semaphores and mutexes. A mutex does not lend its holder a priority: in a cooperative system
 * nobody takes the processor from the holder anyway. */
#ifndef FREERTOS_SEMPHR_H
#define FREERTOS_SEMPHR_H

#include "freertos/queue.h"
#include "freertos/task.h"

#ifdef __cplusplus
extern "C" {
#endif

struct semaphore;
typedef struct semaphore *SemaphoreHandle_t;
typedef SemaphoreHandle_t xSemaphoreHandle;

/* Return NULL when memory is out. A binary one starts empty, a mutex free. */
SemaphoreHandle_t xSemaphoreCreateBinary(void);
SemaphoreHandle_t xSemaphoreCreateCounting(UBaseType_t max, UBaseType_t initial);
SemaphoreHandle_t xSemaphoreCreateMutex(void);
SemaphoreHandle_t xSemaphoreCreateRecursiveMutex(void);
void vSemaphoreDelete(SemaphoreHandle_t semaphore);

/* Returns pdFALSE when the time was up. Context: task. */
BaseType_t xSemaphoreTake(SemaphoreHandle_t semaphore, TickType_t ticks);
/* Returns pdFALSE when it is full, or a mutex belongs to another task. */
BaseType_t xSemaphoreGive(SemaphoreHandle_t semaphore);
BaseType_t xSemaphoreTakeRecursive(SemaphoreHandle_t semaphore, TickType_t ticks);
BaseType_t xSemaphoreGiveRecursive(SemaphoreHandle_t semaphore);
/* Not for mutexes. Context: interrupt. */
BaseType_t xSemaphoreGiveFromISR(SemaphoreHandle_t semaphore, BaseType_t *woken);
UBaseType_t uxSemaphoreGetCount(SemaphoreHandle_t semaphore);
TaskHandle_t xSemaphoreGetMutexHolder(SemaphoreHandle_t semaphore);

#ifdef __cplusplus
}
#endif

#endif
