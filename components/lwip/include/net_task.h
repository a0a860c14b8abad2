/* SPDX-License-Identifier: Apache-2.0 */
/* The task "tiT" that runs lwIP. It sleeps until the radio's interrupt or lwIP's next timer.
 *
 * Tasks switch in blocking calls only, and this task blocks nowhere but in its own sleep. So any
 * task may call lwIP's raw API between two blocking calls of its own, and finds the stack at rest;
 * what it must not do is block inside a callback of lwIP. After a call that may have armed a timer
 * it calls net_task_wake(), because the sleep was measured before. */
#ifndef NET_TASK_H
#define NET_TASK_H

#include <stdbool.h>

#include "esp_err.h"

/* Initialises lwIP and starts its task; later calls change nothing.
 * Errors: ESP_ERR_NO_MEM. Context: task. */
esp_err_t net_task_start(void);

/* Names what the task calls each time it wakes (the radio's driver); NULL takes it away.
 * Context: task. */
void net_task_set_source(void (*service)(void *ctx), void *ctx);

/* Wakes the task: it calls the source and runs the timers that are due. */
void net_task_wake(void);
void net_task_wake_from_isr(void);

/* Whether the caller is this task, where a wait on the network could never end. */
bool net_task_is_current(void);

#endif
