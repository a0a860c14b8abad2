/* SPDX-License-Identifier: Apache-2.0 */
/* Ticks of a clock that only waiting moves. */
#ifndef FREERTOS_H
#define FREERTOS_H

#include <stdint.h>

typedef uint32_t TickType_t;
#define portTICK_PERIOD_MS ((TickType_t)10)

#endif
