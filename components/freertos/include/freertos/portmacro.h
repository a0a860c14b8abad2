/* SPDX-License-Identifier: Apache-2.0 */
/* Types of this port and its critical sections. Stack depths are in bytes. */
#ifndef FREERTOS_PORTMACRO_H
#define FREERTOS_PORTMACRO_H

#include <stdint.h>

#include "esp8266/cpu.h"
#include "sdkconfig.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef uint8_t StackType_t;
typedef int BaseType_t;
typedef unsigned int UBaseType_t;
typedef uint32_t TickType_t;
typedef BaseType_t portBASE_TYPE;
typedef StackType_t portSTACK_TYPE;

#define portMAX_DELAY      ((TickType_t)0xffffffffu)
#define portTICK_PERIOD_MS ((TickType_t)(1000u / CONFIG_FREERTOS_HZ))
#define portTICK_RATE_MS   portTICK_PERIOD_MS
#define portTICK_PERIOD_US ((uint32_t)(1000000u / CONFIG_FREERTOS_HZ))

/* Masks interrupts; nests. Must not enclose a call that may block. */
void vPortEnterCritical(void);
void vPortExitCritical(void);

#define portENTER_CRITICAL()                    vPortEnterCritical()
#define portEXIT_CRITICAL()                     vPortExitCritical()
#define taskENTER_CRITICAL()                    vPortEnterCritical()
#define taskEXIT_CRITICAL()                     vPortExitCritical()
#define portSET_INTERRUPT_MASK_FROM_ISR()       cpu_lock()
#define portCLEAR_INTERRUPT_MASK_FROM_ISR(lock) cpu_unlock(lock)

/* A woken task runs when the present one blocks; there is nothing to do at once. */
#define portYIELD_FROM_ISR(...) ((void)0)
#define portYIELD()             vTaskDelay(0)

#ifdef __cplusplus
}
#endif

#endif
