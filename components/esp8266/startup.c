/* SPDX-License-Identifier: Apache-2.0 */
/* From the entry of the image to app_main(): the application loads its own RAM segments out of the
 * mapped flash, as the SDK's do, so that any bootloader of the family can start it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "esp8266/cpu.h"
#include "esp8266/heap.h"
#include "esp8266/panic.h"
#include "esp8266/regs.h"
#include "esp8266/soc.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "sdkconfig.h"

#define WINDOW_VADDR     0x40200000u
#define WINDOW_MASK      0xfffffu
#define RTC_VADDR        0x60001200u
#define RTC_LEN          0x200u
#define RESET_CAUSE_WAKE 5u

/* 13.4 s without progress call the watchdog's interrupt, 6.7 s more reset the chip. */
#define WDT_STAGE0 14u
#define WDT_STAGE1 13u

extern uint8_t _bss_start[], _bss_end[];
extern uint32_t _vectors[];
extern void (*_init_array_start[])(void), (*_init_array_end[])(void);
extern void app_main(void);
void soc_start(uint32_t flash_offset) __attribute__((noreturn));

static inline int is_kept(uint32_t vaddr)
{
    return vaddr >= WINDOW_VADDR && vaddr - WINDOW_VADDR <= WINDOW_MASK;
}

/* Copies segments 1.. of the mapped image to their places, word by word. Until it returns there is
 * no constant, no variable and no string: RAM is still the bootloader's. */
static void load_segments(uint32_t flash_offset)
{
    /* volatile: the compiler must neither narrow these loads nor make a byte-wise copy of them */
    const volatile uint32_t *image =
        (const volatile uint32_t *)(WINDOW_VADDR + (flash_offset & WINDOW_MASK));
    uint32_t n_segments = (image[0] >> 8) & 0xffu;
    int is_wake = soc_reset_cause() == RESET_CAUSE_WAKE;
    const volatile uint32_t *segment = image + 2;
    for (uint32_t i = 0; i < n_segments; i++) {
        uint32_t *dst = (uint32_t *)segment[0];
        uint32_t n_words = segment[1] / 4u;
        uint32_t vaddr = segment[0];
        int skip = i == 0 || is_kept(vaddr) || (is_wake && vaddr - RTC_VADDR < RTC_LEN);
        segment += 2;
        for (uint32_t w = 0; w < n_words && !skip; w++) {
            dst[w] = segment[w];
        }
        segment += n_words;
    }
}

/* Stage 0 of the watchdog: nothing went forward for too long. Names the task and restarts. */
static void on_watchdog(void *arg)
{
    (void)arg;
    soc_wdt_feed();
    soc_printf("\nTask watchdog got triggered: %s has not let others work\n",
               pcTaskGetTaskName(NULL));
    soc_reset_hint_set(ESP_RST_TASK_WDT);
    soc_restart();
}

static void start_watchdog(void)
{
    soc_wdt_arm(WDT_STAGE0, WDT_STAGE1);
    REG_SET_BITS(DPORT_EDGE_INT_ENABLE, DPORT_EDGE_INT_WDT);
    _xt_isr_attach(INT_WDT, on_watchdog, NULL);
    _xt_isr_unmask(1u << INT_WDT);
}

static void run_constructors(void)
{
    for (void (**f)(void) = _init_array_start; f != _init_array_end; f++) {
        (*f)();
    }
}

static void main_task(void *arg)
{
    (void)arg;
    run_constructors();
    app_main();
    vTaskDelete(NULL);
}

void soc_start(uint32_t flash_offset)
{
    load_segments(flash_offset);
    __asm__ volatile("wsr %0, vecbase\n rsync" : : "a"(_vectors));
    memset(_bss_start, 0, (size_t)(_bss_end - _bss_start));
    start_watchdog();
    soc_console_flush();
    soc_clock_init(CONFIG_ESP8266_DEFAULT_CPU_FREQ_MHZ);
    soc_console_set_baud(CONFIG_ESP_CONSOLE_UART_BAUDRATE);
    soc_time_init(false);
    esp_reset_reason_init();
    heap_init();
    if (xTaskCreate(main_task, "uiT", CONFIG_ESP_MAIN_TASK_STACK_SIZE, NULL, 1, NULL) != pdPASS) {
        soc_panic_at(SOC_CAUSE_HEAP, "no memory for the main task", 0);
    }
    vTaskStartScheduler();
    __builtin_unreachable();
}
