/* SPDX-License-Identifier: Apache-2.0 */
/* What an event is: a base (a name with an address of its own), a number, and data of the base's
 * choosing. */
#ifndef ESP_EVENT_BASE_H
#define ESP_EVENT_BASE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bases are compared by address. */
typedef const char *esp_event_base_t;

#define ESP_EVENT_DECLARE_BASE(id) extern esp_event_base_t id
#define ESP_EVENT_DEFINE_BASE(id)  esp_event_base_t id = #id

#define ESP_EVENT_ANY_BASE NULL
#define ESP_EVENT_ANY_ID   -1

/* data is the loop's copy of what was posted, valid until the handler returns; NULL when nothing
 * was. */
typedef void (*esp_event_handler_t)(void *arg, esp_event_base_t base, int32_t id, void *data);

#ifdef __cplusplus
}
#endif

#endif
