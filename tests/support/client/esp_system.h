/* SPDX-License-Identifier: Apache-2.0 */
/* What the client components ask of the system, for the host. */
#ifndef ESP_SYSTEM_H
#define ESP_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

void esp_fill_random(void *buf, size_t len);
uint32_t esp_get_free_heap_size(void);

#endif
