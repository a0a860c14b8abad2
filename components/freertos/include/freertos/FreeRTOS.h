/* SPDX-License-Identifier: Apache-2.0 */
/* FreeRTOS' types and constants over airslot's cooperative scheduler: tasks change only in calls
 * that may block, interrupts only wake tasks (docs/decisions/0002-cooperative-scheduler.md). */
#ifndef FREERTOS_FREERTOS_H
#define FREERTOS_FREERTOS_H

#include <stddef.h>
#include <stdint.h>

#include "esp_attr.h"
#include "esp_bit_defs.h"
#include "freertos/portmacro.h"
#include "sdkconfig.h"

#define configTICK_RATE_HZ       ((TickType_t)CONFIG_FREERTOS_HZ)
#define configMAX_PRIORITIES     15
#define configMAX_TASK_NAME_LEN  16
#define configMINIMAL_STACK_SIZE 1024
#define configSTACK_DEPTH_TYPE   uint32_t

#define pdFALSE                               ((BaseType_t)0)
#define pdTRUE                                ((BaseType_t)1)
#define pdPASS                                pdTRUE
#define pdFAIL                                pdFALSE
#define errQUEUE_EMPTY                        ((BaseType_t)0)
#define errQUEUE_FULL                         ((BaseType_t)0)
#define errCOULD_NOT_ALLOCATE_REQUIRED_MEMORY ((BaseType_t)-1)

#define pdMS_TO_TICKS(ms) ((TickType_t)(((uint64_t)(ms)*configTICK_RATE_HZ) / 1000u))

typedef void (*TaskFunction_t)(void *);

#endif
