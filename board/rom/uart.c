/* SPDX-License-Identifier: Apache-2.0 */
/* The ROM's UART driver: polled transmission, a receive ring filled by interrupt. Never checks for
 * a full ring, as the mask ROM does not. */
#include "rom.h"

#define FIFO      0x00
#define INT_ST    0x08
#define INT_ENA   0x0C
#define INT_CLR   0x10
#define CLKDIV    0x14
#define AUTOBAUD  0x18
#define STATUS    0x1C
#define CONF0     0x20
#define CONF1     0x24
#define LOWPULSE  0x28
#define HIGHPULSE 0x2C
#define PULSE_NUM 0x30

#define CONF0_8_BITS    0x0C
#define CONF0_RX_RESET  (1u << 17)
#define CONF0_TX_RESET  (1u << 18)
#define INT_RX_FULL     1u
#define DIVIDER_115200  (80000000u / 115200u)
#define AUTOBAUD_START  0x801u
#define AUTOBAUD_PULSES 29u
#define AUTOBAUD_OFFSET 12u
#define BITS_8          3u
#define RX_RING_SIZE    256u
#define TX_BUFFER_SIZE  100u

#define IOMUX_U0RXD      (IOMUX_BASE + 0x14)
#define IOMUX_U0TXD      (IOMUX_BASE + 0x18)
#define IOMUX_GPIO2      (IOMUX_BASE + 0x38)
#define FUNCTION_2_U1TXD 0x20u
#define FUNCTION_4_U0TXD 0x100u

extern uint8_t uart_rx_ring[RX_RING_SIZE], uart_tx_buffer[TX_BUFFER_SIZE];

static volatile uint32_t *reg(uint32_t uart, uint32_t off)
{
    return &REG(UART_BASE + (uart == 1 ? 0xF00 : 0) + off);
}

static uint32_t rx_count(uint32_t uart)
{
    return *reg(uart, STATUS) & 0xFF;
}

static void reset_fifos(uint32_t uart)
{
    *reg(uart, CONF0) |= CONF0_RX_RESET | CONF0_TX_RESET;
    *reg(uart, CONF0) &= ~(CONF0_RX_RESET | CONF0_TX_RESET);
}

struct rom_uart_device *GetUartDevice(void);
struct rom_uart_device *GetUartDevice(void)
{
    return &UartDev;
}

void uartAttach(void)
{
    memset(&UartDev, 0, sizeof UartDev);
    UartDev.baud_rate = 115200;
    UartDev.data_bits = BITS_8;
    UartDev.rx.size = RX_RING_SIZE;
    UartDev.rx.buffer = uart_rx_ring;
    UartDev.rx.write = uart_rx_ring;
    UartDev.rx.read = uart_rx_ring;
    UartDev.rx.trigger_level = 1;
    UartDev.tx_size = TX_BUFFER_SIZE;
    UartDev.tx_buffer = uart_tx_buffer;
    _xtos_ints_off(1u << INTERRUPT_UART);
    ets_isr_attach(INTERRUPT_UART, (rom_isr)0x40003BBC, &UartDev.rx);
}

void Uart_Init(uint32_t uart)
{
    if (uart == 1) {
        REG(IOMUX_GPIO2) = FUNCTION_2_U1TXD;
    } else {
        REG(IOMUX_U0RXD) = 0;
        REG(IOMUX_U0TXD) = 0;
        REG(IOMUX_GPIO2) = FUNCTION_4_U0TXD;
    }
    *reg(uart, CLKDIV) = DIVIDER_115200;
    *reg(uart, CONF0) = CONF0_8_BITS;
    reset_fifos(uart);
    *reg(uart, CONF1) = UartDev.rx.trigger_level & 0x7F;
    *reg(uart, INT_CLR) = 0x1FF;
    *reg(uart, INT_ENA) = INT_RX_FULL;
}

void uart_div_modify(uint32_t uart, uint32_t divider)
{
    *reg(uart, CLKDIV) = divider;
    reset_fifos(uart);
}

void uart_buff_switch(uint32_t uart)
{
    uint32_t ps = _xtos_set_intlevel(3);
    UartDev.rx.write = UartDev.rx.buffer;
    UartDev.rx.read = UartDev.rx.buffer;
    UartDev.uart = uart;
    _xtos_restore_intlevel(ps);
}

/* Learns the speed of the other side. Returns the divider; 0 when nonblock is set and too few edges
 * were seen. */
uint32_t uart_baudrate_detect(uint32_t uart, uint32_t nonblock)
{
    if ((*reg(uart, AUTOBAUD) & 1) == 0) {
        *reg(uart, AUTOBAUD) = AUTOBAUD_START;
    }
    while ((*reg(uart, PULSE_NUM) & 0x3FF) <= AUTOBAUD_PULSES) {
        if (nonblock != 0) {
            return 0;
        }
    }
    uint32_t low = *reg(uart, LOWPULSE) & 0xFFFFF;
    uint32_t high = *reg(uart, HIGHPULSE) & 0xFFFFF;
    *reg(uart, AUTOBAUD) = 0;
    return (low + high) / 2 + AUTOBAUD_OFFSET;
}

void uart_wait_sent(void)
{
    while ((*reg(UartDev.uart, STATUS) >> 16 & 0xFF) != 0) {
    }
}

/* Waits for an empty FIFO, not for room in it. */
uint32_t uart_tx_one_char(uint8_t c)
{
    uart_wait_sent();
    *reg(UartDev.uart, FIFO) = c;
    return 0;
}

/* Straight from the FIFO, past the ring. Returns 0 with a byte, 1 without. */
uint32_t uart_rx_one_char(uint8_t *c)
{
    if (rx_count(UartDev.uart) == 0) {
        return 1;
    }
    *c = (uint8_t)*reg(UartDev.uart, FIFO);
    return 0;
}

uint8_t uart_rx_one_char_block(void)
{
    uint8_t c;
    while (uart_rx_one_char(&c) != 0) {
    }
    return c;
}

static uint8_t *next(const struct rom_rx_buffer *rx, uint8_t *at)
{
    return at + 1 == rx->buffer + rx->size ? rx->buffer : at + 1;
}

void uart_rx_intr_handler(void *arg, struct rom_frame *frame)
{
    struct rom_rx_buffer *rx = arg;
    uint32_t uart = UartDev.uart;
    (void)frame;
    if ((*reg(uart, INT_ST) & INT_RX_FULL) == 0) {
        return;
    }
    *reg(uart, INT_CLR) = INT_RX_FULL;
    while (rx_count(uart) != 0) {
        *rx->write = (uint8_t)*reg(uart, FIFO);
        rx->write = next(rx, rx->write);
    }
}

/* Takes one byte out of the ring: 0 with a byte, 1 without. */
uint32_t uart_rx_readbuff(struct rom_rx_buffer *rx, uint8_t *c)
{
    volatile struct rom_rx_buffer *shared = rx;
    if (shared->read == shared->write) {
        return 1;
    }
    *c = *shared->read;
    shared->read = next(rx, rx->read);
    return 0;
}

/* Reads a line into buf[max], with echo and backspace; the end of line is not stored. */
uint32_t UartRxString(uint8_t *buf, uint8_t max);
uint32_t UartRxString(uint8_t *buf, uint8_t max)
{
    uint32_t n = 0;
    if (max == 0) {
        return 1;
    }
    for (;;) {
        uint8_t c = uart_rx_one_char_block();
        if (c == '\r' || c == '\n') {
            buf[n] = 0;
            uart_tx_one_char(c);
            return 0;
        }
        if (c == '\b') {
            n -= n > 0;
            uart_tx_one_char(c);
        } else if (n + 1 < max) {
            buf[n++] = c;
            uart_tx_one_char(c);
        }
    }
}
