/* SPDX-License-Identifier: Apache-2.0 */
/* One log line from its parts; where it goes can be changed. */
#include "esp_log.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "esp8266/soc.h"
#include "esp_rodata.h"

static vprintf_like_t print = vprintf;
static putchar_like_t put;

static const char letters[] = "NEWIDV";

/* Colours of E, W and I; debug lines carry none, as in the SDK. */
static const char *color_of(esp_log_level_t level)
{
#ifdef CONFIG_LOG_COLORS
    switch (level) {
    case ESP_LOG_ERROR:
        return "\033[0;31m";
    case ESP_LOG_WARN:
        return "\033[0;33m";
    case ESP_LOG_INFO:
        return "\033[0;32m";
    default:
        return "";
    }
#else
    (void)level;
    return "";
#endif
}

static const char *color_end(const char *color)
{
    return color[0] != '\0' ? "\033[0m" : "";
}

uint32_t esp_log_timestamp(void)
{
    return (uint32_t)(soc_time_us() / 1000u);
}

uint32_t esp_log_early_timestamp(void)
{
    return esp_log_timestamp();
}

#ifdef CONFIG_LOG_SET_LEVEL
#define MAX_TAGS 8u
#define TAG_LEN  16u

static struct {
    char tag[TAG_LEN];
    esp_log_level_t level;
} tag_levels[MAX_TAGS];
static esp_log_level_t common_level = CONFIG_LOG_DEFAULT_LEVEL;

void esp_log_level_set(const char *tag, esp_log_level_t level)
{
    if (strcmp(tag, "*") == 0) {
        common_level = level;
        memset(tag_levels, 0, sizeof(tag_levels));
        return;
    }
    for (size_t i = 0; i < MAX_TAGS; i++) {
        if (tag_levels[i].tag[0] == '\0' || strncmp(tag_levels[i].tag, tag, TAG_LEN - 1) == 0) {
            strncpy(tag_levels[i].tag, tag, TAG_LEN - 1);
            tag_levels[i].level = level;
            return;
        }
    }
}

static bool is_wanted(esp_log_level_t level, const char *tag)
{
    for (size_t i = 0; i < MAX_TAGS && tag_levels[i].tag[0] != '\0'; i++) {
        if (strncmp(tag_levels[i].tag, tag, TAG_LEN - 1) == 0) {
            return level <= tag_levels[i].level;
        }
    }
    return level <= common_level;
}
#else
static bool is_wanted(esp_log_level_t level, const char *tag)
{
    (void)level;
    (void)tag;
    return true;
}
#endif

static int put_stream(char c, FILE *file)
{
    (void)file;
    return put((unsigned char)c);
}

/* With a putchar set, text passes through a stream of its own instead of stdout. */
static int print_by_char(const char *format, va_list args)
{
    FILE file = FDEV_SETUP_STREAM(put_stream, NULL, NULL, _FDEV_SETUP_WRITE);
    return vfprintf(&file, format, args);
}

putchar_like_t esp_log_set_putchar(putchar_like_t func)
{
    putchar_like_t old = put != NULL ? put : putchar;
    put = func;
    print = print_by_char;
    return old;
}

vprintf_like_t esp_log_set_vprintf(vprintf_like_t func)
{
    vprintf_like_t old = print;
    print = func;
    return old;
}

static void print_text(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print(format, args);
    va_end(args);
}

static void write_line(esp_log_level_t level, const char *tag, const char *format, va_list args)
{
    if (!is_wanted(level, tag)) {
        return;
    }
    const char *color = color_of(level);
    print_text("%s%c (%u) %s: ", color, letters[level], (unsigned)esp_log_timestamp(), tag);
    print(format, args);
    print_text("%s\n", color_end(color));
}

void esp_log_write(esp_log_level_t level, const char *tag, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_line(level, tag, format, args);
    va_end(args);
}

void esp_log_write_flash(esp_log_level_t level, const char *tag, const char *format, ...)
{
    char text[ESP_LOG_FORMAT_MAX];
    va_list args;
    va_start(args, format);
    write_line(level, tag, esp_rodata_copy(text, sizeof(text), format), args);
    va_end(args);
}

void esp_log_early_write(esp_log_level_t level, const char *tag, const char *format, ...)
{
    const char *color = color_of(level);
    soc_printf("%s%c (%u) %s: ", color, letters[level], esp_log_early_timestamp(), tag);
    va_list args;
    va_start(args, format);
    soc_vprintf(format, args);
    va_end(args);
    soc_printf("%s\n", color_end(color));
}
