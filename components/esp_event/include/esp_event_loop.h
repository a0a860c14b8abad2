/* SPDX-License-Identifier: Apache-2.0 */
/* The header's older name. Its system_event_t loop is not offered: register handlers instead. */
#ifndef ESP_EVENT_LOOP_H
#define ESP_EVENT_LOOP_H

#include "esp_event.h"

#endif
