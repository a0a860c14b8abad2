/* SPDX-License-Identifier: Apache-2.0 */
/* The list of handlers and who of them wants an event. Pure but for the heap. A handler that runs
 * may register and unregister any, itself included. */
#ifndef EVENT_HANDLERS_H
#define EVENT_HANDLERS_H

#include <stdbool.h>

#include "esp_err.h"
#include "esp_event_base.h"

struct event_handler;

/* All zero is an empty list. */
struct event_handlers {
    struct event_handler *first;
    unsigned n_dispatching; /* depth; removed entries stay linked meanwhile */
};

/* Errors: ESP_ERR_INVALID_ARG (no handler, or any base with one id), ESP_ERR_NO_MEM. */
esp_err_t event_handlers_add(struct event_handlers *list, esp_event_base_t base, int32_t id,
                             esp_event_handler_t handler, void *arg);
/* Errors: ESP_ERR_INVALID_ARG, ESP_ERR_NOT_FOUND. */
esp_err_t event_handlers_remove(struct event_handlers *list, esp_event_base_t base, int32_t id,
                                esp_event_handler_t handler);
/* Calls who wants the event, in the order of registration; those added meanwhile are not called. */
void event_handlers_dispatch(struct event_handlers *list, esp_event_base_t base, int32_t id,
                             void *data);
/* Empties the list; also from a handler. */
void event_handlers_clear(struct event_handlers *list);

#endif
