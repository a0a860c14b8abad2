/* SPDX-License-Identifier: Apache-2.0 */
/* Where formatted output goes: up to two hooks, of which the first is the UART after a reset. */
#include "rom.h"

/* A newline becomes CR LF; a lone CR is dropped. */
void _putc1(char c)
{
    if (c == '\n') {
        uart_tx_one_char('\r');
    }
    if (c != '\r') {
        uart_tx_one_char((uint8_t)c);
    }
}

void ets_install_putc1(rom_putc put)
{
    putc_hooks[0] = put;
}

void ets_install_putc2(rom_putc put)
{
    putc_hooks[1] = put;
}

void ets_install_uart_printf(void)
{
    ets_install_putc1(_putc1);
}

void ets_write_char(char c)
{
    for (uint32_t i = 0; i < 2; i++) {
        if (putc_hooks[i] != NULL) {
            putc_hooks[i](c);
        }
    }
}

int ets_printf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = ets_vprintf(ets_write_char, format, args);
    va_end(args);
    return n;
}

/* To the UART, whatever the hooks are. */
int ets_uart_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int ets_uart_printf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = ets_vprintf(_putc1, format, args);
    va_end(args);
    return n;
}

void ets_putc(char c);
void ets_putc(char c)
{
    uart_tx_one_char((uint8_t)c);
}

/* The next byte, or -1 when there is none. */
int ets_getc(void);
int ets_getc(void)
{
    uint8_t c;
    return uart_rx_one_char(&c) == 0 ? c : -1;
}
