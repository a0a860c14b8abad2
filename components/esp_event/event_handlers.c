/* SPDX-License-Identifier: Apache-2.0 */
/* A singly linked list in order of registration. An entry removed during a dispatch loses its
 * function at once and its memory after the last dispatch has left the list. */
#include "event_handlers.h"

#include <stddef.h>
#include <stdlib.h>

struct event_handler {
    struct event_handler *next;
    esp_event_base_t base;
    int32_t id;
    esp_event_handler_t call; /* NULL: removed */
    void *arg;
};

static bool is_valid(esp_event_base_t base, int32_t id, esp_event_handler_t handler)
{
    return handler && (base != ESP_EVENT_ANY_BASE || id == ESP_EVENT_ANY_ID);
}

static struct event_handler *find(struct event_handlers *list, esp_event_base_t base, int32_t id,
                                  esp_event_handler_t handler)
{
    for (struct event_handler *h = list->first; h; h = h->next) {
        if (h->call == handler && h->base == base && h->id == id) {
            return h;
        }
    }
    return NULL;
}

static void free_removed(struct event_handlers *list)
{
    struct event_handler **link = &list->first;

    while (*link) {
        struct event_handler *h = *link;

        if (h->call) {
            link = &h->next;
        } else {
            *link = h->next;
            free(h);
        }
    }
}

static void append(struct event_handlers *list, struct event_handler *h)
{
    struct event_handler **link = &list->first;

    while (*link) {
        link = &(*link)->next;
    }
    *link = h;
}

esp_err_t event_handlers_add(struct event_handlers *list, esp_event_base_t base, int32_t id,
                             esp_event_handler_t handler, void *arg)
{
    struct event_handler *h;

    if (!is_valid(base, id, handler)) {
        return ESP_ERR_INVALID_ARG;
    }
    h = find(list, base, id, handler);
    if (!h) {
        h = calloc(1, sizeof(*h));
        if (!h) {
            return ESP_ERR_NO_MEM;
        }
        h->base = base;
        h->id = id;
        h->call = handler;
        append(list, h);
    }
    h->arg = arg;
    return ESP_OK;
}

esp_err_t event_handlers_remove(struct event_handlers *list, esp_event_base_t base, int32_t id,
                                esp_event_handler_t handler)
{
    struct event_handler *h;

    if (!is_valid(base, id, handler)) {
        return ESP_ERR_INVALID_ARG;
    }
    h = find(list, base, id, handler);
    if (!h) {
        return ESP_ERR_NOT_FOUND;
    }
    h->call = NULL;
    if (list->n_dispatching == 0) {
        free_removed(list);
    }
    return ESP_OK;
}

static bool wants(const struct event_handler *h, esp_event_base_t base, int32_t id)
{
    return h->call && (h->base == ESP_EVENT_ANY_BASE || h->base == base) &&
           (h->id == ESP_EVENT_ANY_ID || h->id == id);
}

void event_handlers_dispatch(struct event_handlers *list, esp_event_base_t base, int32_t id,
                             void *data)
{
    struct event_handler *last = list->first;

    while (last && last->next) {
        last = last->next;
    }
    list->n_dispatching++;
    for (struct event_handler *h = list->first; h; h = h == last ? NULL : h->next) {
        if (wants(h, base, id)) {
            h->call(h->arg, base, id, data);
        }
    }
    list->n_dispatching--;
    if (list->n_dispatching == 0) {
        free_removed(list);
    }
}

void event_handlers_clear(struct event_handlers *list)
{
    for (struct event_handler *h = list->first; h; h = h->next) {
        h->call = NULL;
    }
    if (list->n_dispatching == 0) {
        free_removed(list);
    }
}
