/* SPDX-License-Identifier: Apache-2.0 */
/* Log lines in the SDK's shape, "I (ms) tag: text". Levels above LOG_LOCAL_LEVEL are not compiled.
 * Formats are literals, and the macros keep them in flash: a log line costs no DRAM. */
#ifndef ESP_LOG_H
#define ESP_LOG_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_attr.h"
#include "sdkconfig.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    ESP_LOG_NONE,
    ESP_LOG_ERROR,
    ESP_LOG_WARN,
    ESP_LOG_INFO,
    ESP_LOG_DEBUG,
    ESP_LOG_VERBOSE,
} esp_log_level_t;

typedef int (*putchar_like_t)(int c);
typedef int (*vprintf_like_t)(const char *format, va_list args);

/* Milliseconds since start. Context: task, interrupt (also the early one). */
uint32_t esp_log_timestamp(void);
uint32_t esp_log_early_timestamp(void);

/* Prints one line: colour, letter, time, tag, text, colour off, newline. Context: task. */
void esp_log_write(esp_log_level_t level, const char *tag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with a format of at most ESP_LOG_FORMAT_MAX bytes in flash, 4-aligned; what the macros
 * call. Takes as much stack. */
void esp_log_write_flash(esp_log_level_t level, const char *tag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define ESP_LOG_FORMAT_MAX 256u
/* The same with the small formatter: from interrupts and before the scheduler runs. */
void esp_log_early_write(esp_log_level_t level, const char *tag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Sends the text of log lines elsewhere; returns what was there before. */
putchar_like_t esp_log_set_putchar(putchar_like_t func);
vprintf_like_t esp_log_set_vprintf(vprintf_like_t func);

void esp_log_buffer_hex(const char *tag, const void *buffer, size_t len, esp_log_level_t level);
void esp_log_buffer_char(const char *tag, const void *buffer, size_t len, esp_log_level_t level);
void esp_log_buffer_hexdump(const char *tag, const void *buffer, size_t len, esp_log_level_t level);

#ifdef CONFIG_LOG_SET_LEVEL
/* Sets the level of one tag, or of all with "*". Keeps 8 tags. */
void esp_log_level_set(const char *tag, esp_log_level_t level);
#else
#define esp_log_level_set(tag, level)
#endif

#ifndef LOG_LOCAL_LEVEL
#define LOG_LOCAL_LEVEL CONFIG_LOG_DEFAULT_LEVEL
#endif

#define ESP_LOG_LEVEL(level, tag, format, ...)                                                     \
    do {                                                                                           \
        static const char log_format_[] ICACHE_RODATA_ATTR WORD_ALIGNED_ATTR = format;             \
        (void)sizeof(char[sizeof(log_format_) <= ESP_LOG_FORMAT_MAX ? 1 : -1]);                    \
        esp_log_write_flash(level, tag, log_format_, ##__VA_ARGS__);                               \
    } while (0)
#define ESP_LOG_LEVEL_LOCAL(level, tag, format, ...)                                               \
    do {                                                                                           \
        if (LOG_LOCAL_LEVEL >= (level)) {                                                          \
            ESP_LOG_LEVEL(level, tag, format, ##__VA_ARGS__);                                      \
        }                                                                                          \
    } while (0)
#define ESP_EARLY_LOG_LOCAL(level, tag, format, ...)                                               \
    do {                                                                                           \
        if (LOG_LOCAL_LEVEL >= (level)) {                                                          \
            esp_log_early_write(level, tag, format, ##__VA_ARGS__);                                \
        }                                                                                          \
    } while (0)
#define ESP_LOG_BUFFER_LOCAL(func, tag, buffer, len, level)                                        \
    do {                                                                                           \
        if (LOG_LOCAL_LEVEL >= (level)) {                                                          \
            func(tag, buffer, len, level);                                                         \
        }                                                                                          \
    } while (0)

#define ESP_LOGE(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_ERROR, tag, format, ##__VA_ARGS__)
#define ESP_LOGW(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_WARN, tag, format, ##__VA_ARGS__)
#define ESP_LOGI(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_INFO, tag, format, ##__VA_ARGS__)
#define ESP_LOGD(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_DEBUG, tag, format, ##__VA_ARGS__)
#define ESP_LOGV(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_VERBOSE, tag, format, ##__VA_ARGS__)

#define ESP_EARLY_LOGE(tag, format, ...)                                                           \
    ESP_EARLY_LOG_LOCAL(ESP_LOG_ERROR, tag, format, ##__VA_ARGS__)
#define ESP_EARLY_LOGW(tag, format, ...)                                                           \
    ESP_EARLY_LOG_LOCAL(ESP_LOG_WARN, tag, format, ##__VA_ARGS__)
#define ESP_EARLY_LOGI(tag, format, ...)                                                           \
    ESP_EARLY_LOG_LOCAL(ESP_LOG_INFO, tag, format, ##__VA_ARGS__)
#define ESP_EARLY_LOGD(tag, format, ...)                                                           \
    ESP_EARLY_LOG_LOCAL(ESP_LOG_DEBUG, tag, format, ##__VA_ARGS__)
#define ESP_EARLY_LOGV(tag, format, ...)                                                           \
    ESP_EARLY_LOG_LOCAL(ESP_LOG_VERBOSE, tag, format, ##__VA_ARGS__)

#define ESP_LOG_BUFFER_HEX_LEVEL(tag, buffer, len, level)                                          \
    ESP_LOG_BUFFER_LOCAL(esp_log_buffer_hex, tag, buffer, len, level)
#define ESP_LOG_BUFFER_CHAR_LEVEL(tag, buffer, len, level)                                         \
    ESP_LOG_BUFFER_LOCAL(esp_log_buffer_char, tag, buffer, len, level)
#define ESP_LOG_BUFFER_HEXDUMP(tag, buffer, len, level)                                            \
    ESP_LOG_BUFFER_LOCAL(esp_log_buffer_hexdump, tag, buffer, len, level)
#define ESP_LOG_BUFFER_HEX(tag, buffer, len)                                                       \
    ESP_LOG_BUFFER_HEX_LEVEL(tag, buffer, len, ESP_LOG_INFO)
#define ESP_LOG_BUFFER_CHAR(tag, buffer, len)                                                      \
    ESP_LOG_BUFFER_CHAR_LEVEL(tag, buffer, len, ESP_LOG_INFO)

#ifdef __cplusplus
}
#endif

#endif
