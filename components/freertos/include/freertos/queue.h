/* SPDX-License-Identifier: Apache-2.0 */
/* Queues of fixed-size items, copied in and out. */
#ifndef FREERTOS_QUEUE_H
#define FREERTOS_QUEUE_H

#include "freertos/FreeRTOS.h"

#ifdef __cplusplus
extern "C" {
#endif

struct queue;
typedef struct queue *QueueHandle_t;
typedef QueueHandle_t xQueueHandle;

/* Returns NULL when memory is out. */
QueueHandle_t xQueueCreate(UBaseType_t length, UBaseType_t item_size);
void vQueueDelete(QueueHandle_t queue);

/* Return pdTRUE, or pdFALSE when the time was up. Context: task. */
BaseType_t xQueueSend(QueueHandle_t queue, const void *item, TickType_t ticks);
#define xQueueSendToBack xQueueSend
BaseType_t xQueueSendToFront(QueueHandle_t queue, const void *item, TickType_t ticks);
BaseType_t xQueueReceive(QueueHandle_t queue, void *item, TickType_t ticks);
BaseType_t xQueuePeek(QueueHandle_t queue, void *item, TickType_t ticks);

/* Never wait. Context: interrupt, task. */
BaseType_t xQueueSendFromISR(QueueHandle_t queue, const void *item, BaseType_t *woken);
#define xQueueSendToBackFromISR xQueueSendFromISR
BaseType_t xQueueReceiveFromISR(QueueHandle_t queue, void *item, BaseType_t *woken);
/* For queues of length 1: replaces what is in it. */
BaseType_t xQueueOverwrite(QueueHandle_t queue, const void *item);
BaseType_t xQueueReset(QueueHandle_t queue);

UBaseType_t uxQueueMessagesWaiting(QueueHandle_t queue);
UBaseType_t uxQueueSpacesAvailable(QueueHandle_t queue);

#ifdef __cplusplus
}
#endif

#endif
