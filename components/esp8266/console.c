/* SPDX-License-Identifier: Apache-2.0 */
/* UART 0 as console, and a small printf for those who cannot have the big one: the bootloader, the
 * panic handler, and messages before the heap stands. */
#include <stddef.h>

#include "esp8266/regs.h"
#include "esp8266/soc.h"
#include "esp_attr.h"

#define TX_FIFO_LEN 126u
#define NUMBER_LEN  11 /* digits of a 32-bit number and its sign */

static uint32_t char_us = 160; /* one character at the present rate */

static inline uint32_t tx_waiting(void)
{
    return (REG_READ(UART_STATUS) >> UART_STATUS_TX_LSB) & UART_STATUS_TX_MASK;
}

/* The FIFO is empty one character before the line is quiet. */
void IRAM_ATTR soc_console_flush(void)
{
    while (tx_waiting() != 0) {
    }
    soc_delay_us(char_us);
}

void soc_console_set_baud(uint32_t baud)
{
    REG_WRITE(UART_CLKDIV, SOC_APB_HZ / baud);
    char_us = 11000000u / baud + 1u;
}

static void IRAM_ATTR send(char c)
{
    while (tx_waiting() >= TX_FIFO_LEN) {
    }
    REG_WRITE(UART_FIFO, (uint8_t)c);
}

void IRAM_ATTR soc_console_putc(char c)
{
    if (c == '\n') {
        send('\r');
    }
    send(c);
}

int soc_console_getc(void)
{
    if ((REG_READ(UART_STATUS) & UART_STATUS_RX_MASK) == 0) {
        return -1;
    }
    return (int)(REG_READ(UART_FIFO) & 0xffu);
}

struct field {
    uint32_t width;
    char fill;
    bool left;
};

static void IRAM_ATTR put_field(const struct field *field, const char *text, uint32_t len)
{
    uint32_t pad = field->width > len ? field->width - len : 0;
    for (; pad != 0 && !field->left; pad--) {
        soc_console_putc(field->fill);
    }
    for (; len != 0; len--) {
        soc_console_putc(*text++);
    }
    for (; pad != 0; pad--) {
        soc_console_putc(' ');
    }
}

/* Digits without division, whose helpers stand in flash. */
static char *IRAM_ATTR hex_digits(char *end, uint32_t value)
{
    do {
        uint32_t digit = value & 15u;
        *--end = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
        value >>= 4;
    } while (value != 0);
    return end;
}

static char *IRAM_ATTR decimal_digits(char *end, uint32_t value)
{
    static const uint32_t powers[] = {1000000000u, 100000000u, 10000000u, 1000000u, 100000u,
                                      10000u,      1000u,      100u,      10u,      1u};
    uint32_t n = sizeof(powers) / sizeof(powers[0]);
    uint32_t first = 0;
    while (first + 1 < n && value < powers[first]) {
        first++;
    }
    char *p = end - (n - first);
    for (uint32_t i = first; i < n; i++) {
        char digit = '0';
        for (; value >= powers[i]; value -= powers[i]) {
            digit++;
        }
        p[i - first] = digit;
    }
    return p;
}

static void IRAM_ATTR put_hex(const struct field *field, uint32_t value)
{
    char digits[NUMBER_LEN];
    char *p = hex_digits(digits + NUMBER_LEN, value);
    put_field(field, p, (uint32_t)(digits + NUMBER_LEN - p));
}

static void IRAM_ATTR put_decimal(const struct field *field, uint32_t value, bool sign)
{
    char digits[NUMBER_LEN];
    char *p = decimal_digits(digits + NUMBER_LEN, value);
    if (sign) {
        *--p = '-';
    }
    put_field(field, p, (uint32_t)(digits + NUMBER_LEN - p));
}

static void IRAM_ATTR put_string(const struct field *field, const char *text)
{
    uint32_t len = 0;
    while (text[len] != '\0') {
        len++;
    }
    put_field(field, text, len);
}

/* Reads flags and width behind a '%'; returns the conversion's place. */
static const char *IRAM_ATTR parse_field(const char *p, struct field *field)
{
    field->width = 0;
    field->fill = ' ';
    field->left = false;
    for (; *p == '-' || *p == '0'; p++) {
        if (*p == '-') {
            field->left = true;
        } else {
            field->fill = '0';
        }
    }
    for (; *p >= '0' && *p <= '9'; p++) {
        field->width = field->width * 10u + (uint32_t)(*p - '0');
    }
    return p;
}

void IRAM_ATTR soc_vprintf(const char *format, va_list args)
{
    for (const char *p = format; *p != '\0'; p++) {
        struct field field;
        if (*p != '%') {
            soc_console_putc(*p);
            continue;
        }
        p = parse_field(p + 1, &field);
        if (*p == 'd') {
            int32_t value = va_arg(args, int32_t);
            uint32_t size = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
            put_decimal(&field, size, value < 0);
        } else if (*p == 'u') {
            put_decimal(&field, va_arg(args, uint32_t), false);
        } else if (*p == 'x' || *p == 'p') {
            put_hex(&field, va_arg(args, uint32_t));
        } else if (*p == 's') {
            put_string(&field, va_arg(args, const char *));
        } else if (*p == 'c') {
            soc_console_putc((char)va_arg(args, int));
        } else if (*p == '\0') {
            return;
        } else {
            soc_console_putc(*p);
        }
    }
}

void IRAM_ATTR soc_printf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    soc_vprintf(format, args);
    va_end(args);
}
