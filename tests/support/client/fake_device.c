/* SPDX-License-Identifier: Apache-2.0 */
/* A clock that only waiting moves, unless it is told otherwise; repeatable random numbers, and a
 * log that is kept. */
#include "fake_device.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "esp_clock.h"
#include "esp_err.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

static char log_text[16384];
static uint32_t clock_ms;
static uint32_t (*real_ms)(void);
static uint64_t random_state;
static int64_t date_s;

void fake_device_reset(void)
{
    log_text[0] = '\0';
    clock_ms = real_ms ? 0 - real_ms() : 0;
    random_state = 0x8266;
    date_s = 0;
}

void fake_log(char level, const char *tag, const char *format, ...)
{
    size_t at = strlen(log_text);
    at += (size_t)snprintf(log_text + at, sizeof(log_text) - at, "%c %s: ", level, tag);
    if (at < sizeof(log_text)) {
        va_list args;
        va_start(args, format);
        at += (size_t)vsnprintf(log_text + at, sizeof(log_text) - at, format, args);
        va_end(args);
    }
    if (at + 1 < sizeof(log_text)) {
        log_text[at] = '\n';
        log_text[at + 1] = '\0';
    }
}

bool fake_log_has(const char *text)
{
    return strstr(log_text, text) != NULL;
}

const char *fake_log_text(void)
{
    return log_text;
}

uint32_t fake_now_ms(void)
{
    return clock_ms + (real_ms ? real_ms() : 0);
}

void fake_use_clock(uint32_t (*now_ms)(void))
{
    real_ms = now_ms;
    clock_ms = 0;
}

void fake_pass_ms(uint32_t ms)
{
    clock_ms += ms;
}

void fake_set_date(int64_t seconds)
{
    date_s = seconds;
}

bool esp_clock_is_set(void)
{
    return date_s != 0;
}

int64_t esp_clock_now_s(void)
{
    return date_s != 0 ? date_s : FAKE_BUILD_S;
}

TickType_t xTaskGetTickCount(void)
{
    return fake_now_ms() / portTICK_PERIOD_MS;
}

void vTaskDelay(TickType_t ticks)
{
    clock_ms += ticks * portTICK_PERIOD_MS;
}

void esp_fill_random(void *buf, size_t len)
{
    uint8_t *bytes = buf;
    for (size_t i = 0; i < len; i++) {
        random_state = random_state * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(random_state >> 56);
    }
}

const char *esp_err_to_name(esp_err_t code)
{
    switch (code) {
#define NAME_CASE(name, number)                                                                    \
    case number:                                                                                   \
        return #name;
        ESP_ERR_LIST(NAME_CASE)
#undef NAME_CASE
    default:
        return "ERROR";
    }
}

uint32_t esp_get_free_heap_size(void)
{
    return 30000;
}
