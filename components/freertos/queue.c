/* SPDX-License-Identifier: Apache-2.0 */
/* Queues: a ring of items. Senders sleep on the queue's spaces, receivers on its items. */
#include "freertos/queue.h"

#include <stdlib.h>
#include <string.h>

#include "esp8266/cpu.h"
#include "sched.h"

struct queue {
    UBaseType_t length, item_size;
    UBaseType_t first, n_items; /* receivers wait for &n_items, senders for &length */
    uint8_t items[];
};

QueueHandle_t xQueueCreate(UBaseType_t length, UBaseType_t item_size)
{
    size_t bytes;
    if (length == 0 || __builtin_mul_overflow(length, item_size, &bytes)) {
        return NULL;
    }
    struct queue *queue = calloc(1, sizeof(*queue) + bytes);
    if (queue != NULL) {
        queue->length = length;
        queue->item_size = item_size;
    }
    return queue;
}

void vQueueDelete(QueueHandle_t queue)
{
    free(queue);
}

static void *slot(struct queue *queue, UBaseType_t i)
{
    return queue->items + (i % queue->length) * queue->item_size;
}

enum place { BACK, FRONT };

static BaseType_t put_locked(struct queue *queue, const void *item, enum place place)
{
    if (queue->n_items == queue->length) {
        return errQUEUE_FULL;
    }
    if (place == FRONT) {
        queue->first = (queue->first + queue->length - 1) % queue->length;
        memcpy(slot(queue, queue->first), item, queue->item_size);
    } else {
        memcpy(slot(queue, queue->first + queue->n_items), item, queue->item_size);
    }
    queue->n_items++;
    sched_wake_one(&queue->n_items);
    return pdTRUE;
}

static BaseType_t get_locked(struct queue *queue, void *item, bool take)
{
    if (queue->n_items == 0) {
        return errQUEUE_EMPTY;
    }
    memcpy(item, slot(queue, queue->first), queue->item_size);
    if (take) {
        queue->first = (queue->first + 1) % queue->length;
        queue->n_items--;
        sched_wake_one(&queue->length);
    }
    return pdTRUE;
}

static BaseType_t send(struct queue *queue, const void *item, TickType_t ticks, enum place place)
{
    uint32_t lock = cpu_lock();
    uint64_t deadline = sched_deadline(ticks);
    BaseType_t done = put_locked(queue, item, place);
    while (!done && ticks != 0 && sched_block(&queue->length, deadline)) {
        done = put_locked(queue, item, place);
    }
    cpu_unlock(lock);
    return done;
}

BaseType_t xQueueSend(QueueHandle_t queue, const void *item, TickType_t ticks)
{
    return send(queue, item, ticks, BACK);
}

BaseType_t xQueueSendToFront(QueueHandle_t queue, const void *item, TickType_t ticks)
{
    return send(queue, item, ticks, FRONT);
}

static BaseType_t receive(struct queue *queue, void *item, TickType_t ticks, bool take)
{
    uint32_t lock = cpu_lock();
    uint64_t deadline = sched_deadline(ticks);
    BaseType_t done = get_locked(queue, item, take);
    while (!done && ticks != 0 && sched_block(&queue->n_items, deadline)) {
        done = get_locked(queue, item, take);
    }
    cpu_unlock(lock);
    return done;
}

BaseType_t xQueueReceive(QueueHandle_t queue, void *item, TickType_t ticks)
{
    return receive(queue, item, ticks, true);
}

BaseType_t xQueuePeek(QueueHandle_t queue, void *item, TickType_t ticks)
{
    return receive(queue, item, ticks, false);
}

BaseType_t xQueueSendFromISR(QueueHandle_t queue, const void *item, BaseType_t *woken)
{
    if (woken != NULL) {
        *woken = pdFALSE;
    }
    return send(queue, item, 0, BACK);
}

BaseType_t xQueueReceiveFromISR(QueueHandle_t queue, void *item, BaseType_t *woken)
{
    if (woken != NULL) {
        *woken = pdFALSE;
    }
    return receive(queue, item, 0, true);
}

BaseType_t xQueueOverwrite(QueueHandle_t queue, const void *item)
{
    uint32_t lock = cpu_lock();
    if (queue->n_items == queue->length) {
        queue->n_items--;
    }
    BaseType_t done = put_locked(queue, item, BACK);
    cpu_unlock(lock);
    return done;
}

BaseType_t xQueueReset(QueueHandle_t queue)
{
    uint32_t lock = cpu_lock();
    queue->n_items = 0;
    sched_wake_all(&queue->length);
    cpu_unlock(lock);
    return pdPASS;
}

UBaseType_t uxQueueMessagesWaiting(QueueHandle_t queue)
{
    return queue->n_items;
}

UBaseType_t uxQueueSpacesAvailable(QueueHandle_t queue)
{
    return queue->length - queue->n_items;
}
