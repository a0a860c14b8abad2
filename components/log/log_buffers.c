/* SPDX-License-Identifier: Apache-2.0 */
/* Memory as log lines of 16 bytes. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "esp_log.h"

#define ROW_LEN 16u

static size_t row_len(size_t left)
{
    return left < ROW_LEN ? left : ROW_LEN;
}

static void format_hex(char *text, const uint8_t *row, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        *text++ = digits[row[i] >> 4];
        *text++ = digits[row[i] & 15u];
        *text++ = ' ';
    }
    *text = '\0';
}

static void format_char(char *text, const uint8_t *row, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        text[i] = isprint(row[i]) ? (char)row[i] : '.';
    }
    text[n] = '\0';
}

void esp_log_buffer_hex(const char *tag, const void *buffer, size_t len, esp_log_level_t level)
{
    const uint8_t *p = buffer;
    for (size_t off = 0; off < len; off += ROW_LEN) {
        char hex[3 * ROW_LEN + 1];
        format_hex(hex, p + off, row_len(len - off));
        esp_log_write(level, tag, "%s", hex);
    }
}

void esp_log_buffer_char(const char *tag, const void *buffer, size_t len, esp_log_level_t level)
{
    const uint8_t *p = buffer;
    for (size_t off = 0; off < len; off += ROW_LEN) {
        char text[ROW_LEN + 1];
        format_char(text, p + off, row_len(len - off));
        esp_log_write(level, tag, "%s", text);
    }
}

void esp_log_buffer_hexdump(const char *tag, const void *buffer, size_t len, esp_log_level_t level)
{
    const uint8_t *p = buffer;
    for (size_t off = 0; off < len; off += ROW_LEN) {
        char hex[3 * ROW_LEN + 1], text[ROW_LEN + 1];
        format_hex(hex, p + off, row_len(len - off));
        format_char(text, p + off, row_len(len - off));
        esp_log_write(level, tag, "%p  %-48s |%s|", (const void *)(p + off), hex, text);
    }
}
