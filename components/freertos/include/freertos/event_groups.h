/* SPDX-License-Identifier: Apache-2.0 */
/* Event groups: 24 bits that tasks wait for. */
#ifndef FREERTOS_EVENT_GROUPS_H
#define FREERTOS_EVENT_GROUPS_H

#include "freertos/FreeRTOS.h"

#ifdef __cplusplus
extern "C" {
#endif

struct event_group;
typedef struct event_group *EventGroupHandle_t;
typedef TickType_t EventBits_t;

EventGroupHandle_t xEventGroupCreate(void);
void vEventGroupDelete(EventGroupHandle_t group);

/* Return the bits after setting, or before clearing. Context: task. */
EventBits_t xEventGroupSetBits(EventGroupHandle_t group, EventBits_t bits);
EventBits_t xEventGroupClearBits(EventGroupHandle_t group, EventBits_t bits);
/* Context: interrupt. */
BaseType_t xEventGroupSetBitsFromISR(EventGroupHandle_t group, EventBits_t bits, BaseType_t *woken);
EventBits_t xEventGroupGetBits(EventGroupHandle_t group);

/* Waits for one of the bits, or all. Returns the bits as they were when the wait ended, before
 * they were cleared; when the time was up, at least one wanted bit is missing in them. */
EventBits_t xEventGroupWaitBits(EventGroupHandle_t group, EventBits_t bits,
                                BaseType_t clear_on_exit, BaseType_t wait_for_all,
                                TickType_t ticks);

#ifdef __cplusplus
}
#endif

#endif
