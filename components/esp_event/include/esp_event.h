/* SPDX-License-Identifier: Apache-2.0 */
/* The default event loop. Handlers run one after the other in the task "sys_evt", in the order of
 * their registration; they may block, at the price of all later events. */
#ifndef ESP_EVENT_H
#define ESP_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"
#include "esp_event_base.h"
#include "freertos/FreeRTOS.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Starts the loop. Errors: ESP_ERR_INVALID_STATE (it runs already), ESP_ERR_NO_MEM. Context: task.
 */
esp_err_t esp_event_loop_create_default(void);

/* Stops the loop; events not yet delivered are dropped, handlers forgotten. Nobody may wait in a
 * post. Errors: ESP_ERR_INVALID_STATE (none runs, or called from a handler). Context: task. */
esp_err_t esp_event_loop_delete_default(void);

/* Registers handler for one event, for all of a base (ESP_EVENT_ANY_ID) or for all events
 * (ESP_EVENT_ANY_BASE with ESP_EVENT_ANY_ID). The same handler for the same events replaces its
 * former arg. Errors: ESP_ERR_INVALID_ARG, ESP_ERR_INVALID_STATE (no loop), ESP_ERR_NO_MEM. */
esp_err_t esp_event_handler_register(esp_event_base_t base, int32_t id, esp_event_handler_t handler,
                                     void *arg);

/* Undoes the registration with the same base and id; a handler may unregister itself.
 * Errors: ESP_ERR_INVALID_ARG, ESP_ERR_INVALID_STATE (no loop), ESP_ERR_NOT_FOUND. */
esp_err_t esp_event_handler_unregister(esp_event_base_t base, int32_t id,
                                       esp_event_handler_t handler);

/* Posts an event with a copy of data[size] (NULL and 0 for none), waiting up to ticks while the
 * queue is full. Errors: ESP_ERR_INVALID_ARG, ESP_ERR_INVALID_STATE (no loop), ESP_ERR_NO_MEM,
 * ESP_ERR_TIMEOUT (full). Context: task; a handler posts with ticks 0. */
esp_err_t esp_event_post(esp_event_base_t base, int32_t id, void *data, size_t size,
                         TickType_t ticks);

#ifdef __cplusplus
}
#endif

#endif
