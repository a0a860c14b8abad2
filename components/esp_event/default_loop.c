/* SPDX-License-Identifier: Apache-2.0 */
/* The default loop: a queue of copied events and the task that delivers them. */
#include <stdlib.h>
#include <string.h>

#include "esp_event.h"
#include "event_handlers.h"
#include "freertos/queue.h"
#include "freertos/task.h"
#include "sdkconfig.h"

#define LOOP_PRIORITY 7 /* above the examples' tasks, below the network */

struct event {
    esp_event_base_t base; /* NULL asks the task to end */
    int32_t id;
    void *data; /* owned by the event */
};

static struct event_handlers handlers;
static QueueHandle_t queue; /* NULL: no loop */
static TaskHandle_t loop_task;

static void loop_main(void *arg)
{
    QueueHandle_t events = arg;
    struct event event;

    for (;;) {
        if (xQueueReceive(events, &event, portMAX_DELAY) != pdTRUE) {
            continue;
        }
        if (!event.base) {
            break;
        }
        /* After a delete, what was still queued meets an empty list and is freed. */
        event_handlers_dispatch(&handlers, event.base, event.id, event.data);
        free(event.data);
    }
    vQueueDelete(events);
    vTaskDelete(NULL);
}

esp_err_t esp_event_loop_create_default(void)
{
    if (queue) {
        return ESP_ERR_INVALID_STATE;
    }
    queue = xQueueCreate(CONFIG_ESP_SYSTEM_EVENT_QUEUE_SIZE, sizeof(struct event));
    if (!queue) {
        return ESP_ERR_NO_MEM;
    }
    if (xTaskCreate(loop_main, "sys_evt", CONFIG_ESP_SYSTEM_EVENT_TASK_STACK_SIZE, queue,
                    LOOP_PRIORITY, &loop_task) != pdPASS) {
        vQueueDelete(queue);
        queue = NULL;
        return ESP_ERR_NO_MEM;
    }
    return ESP_OK;
}

esp_err_t esp_event_loop_delete_default(void)
{
    const struct event end = {NULL, 0, NULL};
    QueueHandle_t events = queue;

    if (!queue || xTaskGetCurrentTaskHandle() == loop_task) {
        return ESP_ERR_INVALID_STATE;
    }
    event_handlers_clear(&handlers);
    queue = NULL; /* no more posts; the task frees the queue with its last event */
    xQueueSend(events, &end, portMAX_DELAY);
    return ESP_OK;
}

esp_err_t esp_event_handler_register(esp_event_base_t base, int32_t id, esp_event_handler_t handler,
                                     void *arg)
{
    if (!queue) {
        return ESP_ERR_INVALID_STATE;
    }
    return event_handlers_add(&handlers, base, id, handler, arg);
}

esp_err_t esp_event_handler_unregister(esp_event_base_t base, int32_t id,
                                       esp_event_handler_t handler)
{
    if (!queue) {
        return ESP_ERR_INVALID_STATE;
    }
    return event_handlers_remove(&handlers, base, id, handler);
}

esp_err_t esp_event_post(esp_event_base_t base, int32_t id, void *data, size_t size,
                         TickType_t ticks)
{
    struct event event = {base, id, NULL};

    if (!base || id == ESP_EVENT_ANY_ID || (size != 0 && !data)) {
        return ESP_ERR_INVALID_ARG;
    }
    if (!queue) {
        return ESP_ERR_INVALID_STATE;
    }
    if (size) {
        event.data = malloc(size);
        if (!event.data) {
            return ESP_ERR_NO_MEM;
        }
        memcpy(event.data, data, size);
    }
    if (xQueueSend(queue, &event, ticks) != pdTRUE) {
        free(event.data);
        return ESP_ERR_TIMEOUT;
    }
    return ESP_OK;
}
