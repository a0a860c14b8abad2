/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "checks.h"
#include "esp8266/cpu.h"
#include "esp8266/regs.h"
#include "esp_system.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/event_groups.h"
#include "freertos/queue.h"
#include "freertos/semphr.h"
#include "freertos/task.h"

#define STACK_LEN 1024

static char trail[16];

static void leave_mark(void *arg)
{
    strncat(trail, arg, sizeof(trail) - strlen(trail) - 1);
    taskYIELD();
    strncat(trail, arg, sizeof(trail) - strlen(trail) - 1);
    vTaskDelete(NULL);
}

/* Higher priority first, equals in turn, nobody before the creator blocks, memory given back. */
static void check_order(void)
{
    uint32_t free_before = esp_get_free_heap_size();
    UBaseType_t n_before = uxTaskGetNumberOfTasks();

    trail[0] = '\0';
    xTaskCreate(leave_mark, "a", STACK_LEN, "a", 1, NULL);
    xTaskCreate(leave_mark, "b", STACK_LEN, "b", 1, NULL);
    xTaskCreate(leave_mark, "c", STACK_LEN, "c", 2, NULL);
    CHECK(uxTaskGetNumberOfTasks() == n_before + 3);
    CHECK(trail[0] == '\0');
    vTaskDelay(1);
    CHECK(strcmp(trail, "ccabab") == 0);
    vTaskDelay(1);
    CHECK(uxTaskGetNumberOfTasks() == n_before);
    CHECK(esp_get_free_heap_size() == free_before);
}

static void check_time(void)
{
    int64_t start = esp_timer_get_time();
    TickType_t tick = xTaskGetTickCount();

    vTaskDelay(pdMS_TO_TICKS(500));
    int64_t took = esp_timer_get_time() - start;
    CHECK(took > 490000 && took <= 500200);
    CHECK(xTaskGetTickCount() - tick == 50);
    tick = xTaskGetTickCount();
    for (int i = 0; i < 10; i++) {
        vTaskDelayUntil(&tick, 3);
    }
    CHECK(xTaskGetTickCount() == tick);
    start = esp_timer_get_time();
    vTaskDelay(pdMS_TO_TICKS(2000000)); /* FRC2 wraps after 859 s */
    took = esp_timer_get_time() - start;
    CHECK(took > 1999990000 && took <= 2000000200);
}

static QueueHandle_t queue;

static void send_numbers(void *arg)
{
    for (uint32_t i = 0; i < 20; i++) {
        xQueueSend(queue, &i, portMAX_DELAY);
    }
    (void)arg;
    vTaskDelete(NULL);
}

static void check_queue(void)
{
    uint32_t got = 99, front = 77;
    bool in_order = true;

    queue = xQueueCreate(3, sizeof(uint32_t));
    CHECK(xQueueReceive(queue, &got, 2) == pdFALSE);
    xTaskCreate(send_numbers, "sender", STACK_LEN, NULL, 3, NULL);
    for (uint32_t i = 0; i < 20; i++) {
        in_order = in_order && xQueueReceive(queue, &got, 100) == pdTRUE && got == i;
    }
    CHECK(in_order);
    CHECK(uxQueueMessagesWaiting(queue) == 0);
    for (uint32_t i = 0; i < 3; i++) {
        CHECK(xQueueSend(queue, &i, 0) == pdTRUE);
    }
    CHECK(xQueueSend(queue, &got, 1) == pdFALSE);
    CHECK(xQueueReceive(queue, &got, 0) == pdTRUE && got == 0);
    CHECK(xQueueSendToFront(queue, &front, 0) == pdTRUE);
    CHECK(xQueuePeek(queue, &got, 0) == pdTRUE && got == 77);
    CHECK(uxQueueSpacesAvailable(queue) == 0);
    vQueueDelete(queue);
}

static SemaphoreHandle_t mutex;

static void hold_mutex(void *arg)
{
    (void)arg;
    xSemaphoreTake(mutex, portMAX_DELAY);
    vTaskDelay(10);
    xSemaphoreGive(mutex);
    vTaskDelete(NULL);
}

static void check_mutex(void)
{
    mutex = xSemaphoreCreateMutex();
    xTaskCreate(hold_mutex, "holder", STACK_LEN, NULL, 3, NULL);
    taskYIELD();
    CHECK(xSemaphoreTake(mutex, 5) == pdFALSE);
    CHECK(xSemaphoreGive(mutex) == pdFALSE);
    CHECK(xSemaphoreTake(mutex, 20) == pdTRUE);
    CHECK(xSemaphoreGive(mutex) == pdTRUE);
    vSemaphoreDelete(mutex);

    SemaphoreHandle_t counting = xSemaphoreCreateCounting(2, 1);
    CHECK(xSemaphoreTake(counting, 0) == pdTRUE);
    CHECK(xSemaphoreTake(counting, 0) == pdFALSE);
    CHECK(xSemaphoreGive(counting) == pdTRUE);
    CHECK(xSemaphoreGive(counting) == pdTRUE);
    CHECK(xSemaphoreGive(counting) == pdFALSE);
    vSemaphoreDelete(counting);
}

static EventGroupHandle_t events;

static void set_events(void *arg)
{
    (void)arg;
    vTaskDelay(2);
    xEventGroupSetBits(events, BIT0);
    vTaskDelay(2);
    xEventGroupSetBits(events, BIT1);
    vTaskDelete(NULL);
}

static void check_events(void)
{
    events = xEventGroupCreate();
    xTaskCreate(set_events, "setter", STACK_LEN, NULL, 1, NULL);
    CHECK(xEventGroupWaitBits(events, BIT0 | BIT1, pdFALSE, pdFALSE, 10) == BIT0);
    CHECK(xEventGroupWaitBits(events, BIT0 | BIT1, pdTRUE, pdTRUE, 1) == BIT0);
    CHECK(xEventGroupWaitBits(events, BIT0 | BIT1, pdTRUE, pdTRUE, 10) == (BIT0 | BIT1));
    CHECK(xEventGroupGetBits(events) == 0);
    vEventGroupDelete(events);
}

static TaskHandle_t waiter;

static void on_soft_interrupt(void *arg)
{
    (void)arg;
    CHECK(xPortInIsrContext());
    vTaskNotifyGiveFromISR(waiter, NULL);
}

/* A software interrupt wakes a task out of ulTaskNotifyTake(). */
static void check_interrupt(void)
{
    waiter = xTaskGetCurrentTaskHandle();
    CHECK(ulTaskNotifyTake(pdTRUE, 3) == 0);
    _xt_isr_attach(INT_SOFT, on_soft_interrupt, NULL);
    _xt_isr_unmask(1u << INT_SOFT);
    __asm__ volatile("wsr %0, intset\n rsync" : : "a"(1u << INT_SOFT));
    CHECK(!xPortInIsrContext());
    CHECK(ulTaskNotifyTake(pdTRUE, 100) == 1);
    xTaskNotifyGive(waiter);
    xTaskNotifyGive(waiter);
    CHECK(ulTaskNotifyTake(pdFALSE, 0) == 2);
    CHECK(ulTaskNotifyTake(pdTRUE, 0) == 1);
    uint32_t value = 0;
    xTaskNotify(waiter, 5, eSetBits);
    CHECK(xTaskNotifyWait(0, 0xffffffff, &value, 0) == pdTRUE && value == 5);
    CHECK(xTaskNotifyWait(0, 0, &value, 1) == pdFALSE && value == 0);
}

static uint32_t waits[2];

static void use_registers(void *arg)
{
    uint32_t *n = arg;
    /* The locals live in preserved registers over every switch. */
    uint32_t a = (uint32_t)n, b = a + 1, c = a + 2;
    for (*n = 0; *n < 200; (*n)++) {
        taskYIELD();
        if (a != (uint32_t)n || b != a + 1 || c != a + 2) {
            CHECK(!"registers kept");
        }
    }
    vTaskDelete(NULL);
}

static void check_switching(void)
{
    xTaskCreate(use_registers, "r0", STACK_LEN, &waits[0], 1, NULL);
    xTaskCreate(use_registers, "r1", STACK_LEN, &waits[1], 1, NULL);
    while (waits[0] < 200 || waits[1] < 200) {
        taskYIELD();
    }
    CHECK(waits[0] == 200 && waits[1] == 200);
    UBaseType_t left = uxTaskGetStackHighWaterMark(NULL);
    CHECK(left > 500 && left < 3584);
}

static void check_products(void)
{
    volatile uint32_t a = 0xfedcba98u, b = 0x89abcdefu;
    volatile uint64_t c = 0x123456789abcdef0u, d = 0x0fedcba987654321u;
    CHECK((uint64_t)a * b == 0x890f2a50ad05ebe8u);
    CHECK(c * d == 0x2236d88fe5618cf0u);
    CHECK(d / 10u == 0x0197c790f3f086b6u && d % 10u == 5u);
    a = 0xffffffffu;
    CHECK((uint64_t)a * a == 0xfffffffe00000001u);
}

void check_tasks(void)
{
    check_products();
    check_order();
    check_time();
    check_queue();
    check_mutex();
    check_events();
    check_interrupt();
    check_switching();
}
