/* SPDX-License-Identifier: Apache-2.0 */
/* The task that runs lwIP: frames from the source, timers by the clock, sleep in between. */
#include "net_task.h"

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "lwip/init.h"
#include "lwip/timeouts.h"
#include "sdkconfig.h"

static TaskHandle_t net_task;
static void (*source_service)(void *ctx);
static void *source_ctx;

/* Rounded up, so that the timer is due when the task wakes. */
static TickType_t ticks_to_next_timer(void)
{
    u32_t ms = sys_timeouts_sleeptime();

    if (ms == SYS_TIMEOUTS_SLEEPTIME_INFINITE) {
        return portMAX_DELAY;
    }
    return ms / portTICK_PERIOD_MS + (ms % portTICK_PERIOD_MS != 0);
}

static void net_task_main(void *arg)
{
    (void)arg;
    for (;;) {
        if (source_service) {
            source_service(source_ctx);
        }
        sys_check_timeouts();
        ulTaskNotifyTake(pdTRUE, ticks_to_next_timer());
    }
}

esp_err_t net_task_start(void)
{
    if (net_task) {
        return ESP_OK;
    }
    if (xTaskCreate(net_task_main, "tiT", CONFIG_LWIP_TCPIP_TASK_STACK_SIZE, NULL,
                    CONFIG_LWIP_TCPIP_TASK_PRIO, &net_task) != pdPASS) {
        net_task = NULL;
        return ESP_ERR_NO_MEM;
    }
    lwip_init(); /* before the new task can run: it needs a blocking call of ours */
    return ESP_OK;
}

void net_task_set_source(void (*service)(void *ctx), void *ctx)
{
    source_service = service;
    source_ctx = ctx;
}

void net_task_wake(void)
{
    if (net_task && !net_task_is_current()) {
        xTaskNotifyGive(net_task);
    }
}

void net_task_wake_from_isr(void)
{
    if (net_task) {
        vTaskNotifyGiveFromISR(net_task, NULL);
    }
}

bool net_task_is_current(void)
{
    return net_task && xTaskGetCurrentTaskHandle() == net_task;
}
