/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "checks.h"
#include "esp8266/cpu.h"
#include "esp8266/rom.h"
#include "esp8266/soc.h"
#include "esp_attr.h"
#include "esp_err.h"
#include "esp_partition.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

/* Sets the chip's protection bits, as a serial loader may leave them. */
static void IRAM_ATTR protect_flash(void)
{
    static struct rom_flashchip chip = {0, 0x400000, 0x10000, 0x1000, 0x100, 0xffff};
    uint32_t lock = cpu_lock();
    soc_cache_suspend();
    SPI_write_enable(&chip);
    SPI_write_status(&chip, 0x1c);
    Wait_SPI_Idle(&chip);
    soc_cache_resume(true);
    cpu_unlock(lock);
}

bool flash_takes_bytes(void)
{
    const esp_partition_t *p =
        esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_NVS, NULL);
    uint8_t out[4] = {1, 2, 3, 4}, in[4];
    return esp_partition_erase_range(p, 0x2000, 0x1000) == ESP_OK &&
           esp_partition_read(p, 0x2000, in, 4) == ESP_OK && in[0] == 0xff &&
           esp_partition_write(p, 0x2000, out, 4) == ESP_OK &&
           esp_partition_read(p, 0x2000, in, 4) == ESP_OK && memcmp(in, out, 4) == 0;
}

/* Leaves a protected chip behind: the next start must lift that. */
static void restart(void)
{
    CHECK(flash_takes_bytes());
    protect_flash();
    CHECK(!flash_takes_bytes());
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
