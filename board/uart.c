/* SPDX-License-Identifier: Apache-2.0 */
/* The registers of both UARTs, and what a reset makes of them; what happens on their lines is in
 * uart_line.c. */
#include <string.h>

#include "device_table.h"
#include "uart_line.h"

enum {
    FIFO = 0x00,
    INT_RAW = 0x04,
    INT_ST = 0x08,
    INT_ENA = 0x0c,
    INT_CLR = 0x10,
    CLKDIV = 0x14,
    AUTOBAUD = 0x18,
    STATUS = 0x1c,
    CONF0 = 0x20,
    CONF1 = 0x24,
    LOWPULSE = 0x28,
    HIGHPULSE = 0x2c,
    PULSE_NUM = 0x30,
    DATE = 0x78,
    ID = 0x7c,
};

#define INT_ALL 0x1ffu

#define STATUS_RXD     (1u << 15)
#define STATUS_SENDING (1u << 31)

#define CONF0_RXFIFO_RST (1u << 17)
#define CONF0_TXFIFO_RST (1u << 18)

#define PULSE_NONE 0xfffffu

#define CLKDIV_AT_RESET 694u
#define CONF0_AT_RESET  0x0000001cu
#define CONF1_AT_RESET  0x00006060u
#define DATE_VALUE      0x00062000u
#define ID_VALUE        0x00000500u

static uint32_t read_status(const struct vb_uart *u)
{
    uint32_t value = u->rx.n | (uint32_t)u->tx.n << 16 | STATUS_RXD;
    return u->tx_due != VB_NEVER ? value | STATUS_SENDING : value;
}

static bool uart_read(struct vb_board *b, struct vb_uart *u, uint32_t off, uint32_t *value)
{
    switch (off) {
    case FIFO:
        *value = vb_uart_take(b, u);
        return true;
    case INT_RAW:
        *value = u->int_raw;
        return true;
    case INT_ST:
        *value = u->int_raw & u->int_ena;
        return true;
    case INT_ENA:
        *value = u->int_ena;
        return true;
    case INT_CLR:
        *value = 0;
        return true;
    case CLKDIV:
        *value = u->clkdiv;
        return true;
    case AUTOBAUD:
        *value = u->autobaud;
        return true;
    case STATUS:
        *value = read_status(u);
        return true;
    case CONF0:
        *value = u->conf0;
        return true;
    case CONF1:
        *value = u->conf1;
        return true;
    case LOWPULSE:
        *value = u->low_pulse;
        return true;
    case HIGHPULSE:
        *value = u->high_pulse;
        return true;
    case PULSE_NUM:
        *value = u->n_pulses;
        return true;
    case DATE:
        *value = DATE_VALUE;
        return true;
    case ID:
        *value = ID_VALUE;
        return true;
    default:
        return false;
    }
}

static void reset_pulses(struct vb_uart *u)
{
    u->low_pulse = PULSE_NONE;
    u->high_pulse = PULSE_NONE;
    u->n_pulses = 0;
}

static void write_autobaud(struct vb_uart *u, uint32_t value)
{
    if ((value & ~u->autobaud & VB_UART_AUTOBAUD) != 0) {
        reset_pulses(u);
    }
    u->autobaud = value;
}

static void write_conf0(struct vb_uart *u, uint32_t value)
{
    u->conf0 = value;
    if ((value & CONF0_RXFIFO_RST) != 0) {
        u->rx.n = 0;
        u->rx_timeout_due = VB_NEVER;
    }
    if ((value & CONF0_TXFIFO_RST) != 0) {
        u->tx.n = 0;
    }
}

static bool uart_write(struct vb_board *b, struct vb_uart *u, uint32_t off, uint32_t value)
{
    switch (off) {
    case FIFO:
        vb_uart_send(b, u, (uint8_t)value);
        break;
    case INT_ENA:
        u->int_ena = value & INT_ALL;
        break;
    case INT_CLR:
        u->int_raw &= ~value;
        break;
    case CLKDIV:
        u->clkdiv = value & 0xfffffu;
        break;
    case AUTOBAUD:
        write_autobaud(u, value);
        break;
    case CONF0:
        write_conf0(u, value);
        break;
    case CONF1:
        u->conf1 = value;
        vb_uart_restart_timeout(b, u, vb_now(b));
        break;
    default:
        return false;
    }
    vb_uart_update(b);
    return true;
}

bool vb_uart0_read(struct vb_board *b, uint32_t off, uint32_t *value)
{
    return uart_read(b, &b->uart[0], off, value);
}

bool vb_uart0_write(struct vb_board *b, uint32_t off, uint32_t value)
{
    return uart_write(b, &b->uart[0], off, value);
}

bool vb_uart1_read(struct vb_board *b, uint32_t off, uint32_t *value)
{
    return uart_read(b, &b->uart[1], off, value);
}

bool vb_uart1_write(struct vb_board *b, uint32_t off, uint32_t value)
{
    return uart_write(b, &b->uart[1], off, value);
}

/* What the host has queued stays queued: it reaches the line of the restarted device. */
static void uart_reset(struct vb_board *b, struct vb_uart *u)
{
    memset(&u->rx, 0, sizeof(u->rx));
    memset(&u->tx, 0, sizeof(u->tx));
    u->int_raw = 0;
    u->int_ena = 0;
    u->clkdiv = CLKDIV_AT_RESET;
    u->autobaud = 0;
    u->conf0 = CONF0_AT_RESET;
    u->conf1 = CONF1_AT_RESET;
    reset_pulses(u);
    u->tx_due = VB_NEVER;
    u->rx_timeout_due = VB_NEVER;
    vb_uart_start_receiving(b, u, vb_now(b));
}

void vb_uart0_reset(struct vb_board *b, enum vb_reset_kind kind)
{
    (void)kind;
    uart_reset(b, &b->uart[0]);
    vb_uart_update(b);
}

void vb_uart1_reset(struct vb_board *b, enum vb_reset_kind kind)
{
    (void)kind;
    uart_reset(b, &b->uart[1]);
    vb_uart_update(b);
}
