/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "checks.h"
#include "esp8266/cpu.h"
#include "esp_err.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

static void restart(void)
{
    esp_restart();
}

static void store_to_null(void)
{
    volatile uint32_t *p = NULL;
    *p = 1;
}

static void load_byte_from_flash(void)
{
    (void)*(const volatile uint8_t *)(uintptr_t)0x40210010u;
}

static void load_unaligned(void)
{
    volatile uintptr_t addr = 0x3ffe8001u; /* a constant would be loaded bytewise */
    (void)*(const volatile uint32_t *)addr;
}

static void jump_to_null(void)
{
    void (*volatile f)(void) = NULL;
    f();
}

static void call_abort(void)
{
    abort();
}

static void fail_error_check(void)
{
    ESP_ERROR_CHECK(ESP_ERR_NOT_FOUND);
}

static void free_twice(void)
{
    void *volatile p = malloc(100);
    free(p);
    free(p);
}

static void overrun_block(void)
{
    volatile char *p = malloc(24);
    for (volatile size_t i = 0; i < 32; i++) {
        p[i] = 0x55;
    }
    free((void *)p);
}

static void eat_stack(void *arg)
{
    volatile uint8_t room[2000];
    for (size_t i = 0; i < sizeof(room); i++) {
        room[i] = 0;
    }
    (void)arg;
    vTaskDelay(1);
    vTaskDelete(NULL);
}

static void overflow_stack(void)
{
    xTaskCreate(eat_stack, "eater", 1024, NULL, 1, NULL);
    vTaskDelay(10);
}

static void hang(void)
{
    for (;;) {
    }
}

static void hang_with_interrupts_off(void)
{
    cpu_lock();
    hang();
}

/* The stack pointer points nowhere: the exception itself cannot be saved. */
static void lose_stack(void)
{
    __asm__ volatile("movi a1, 0\n l32i a2, a1, 0");
}

bool crash(uint32_t number)
{
    static void (*const ways[])(void) = {
        restart,
        store_to_null,
        load_byte_from_flash,
        load_unaligned,
        jump_to_null,
        call_abort,
        fail_error_check,
        free_twice,
        overrun_block,
        overflow_stack,
        lose_stack,
        hang,
        hang_with_interrupts_off,
    };
    if (number >= sizeof(ways) / sizeof(ways[0])) {
        return false;
    }
    ways[number]();
    return true;
}
