/* SPDX-License-Identifier: Apache-2.0 */
/* The serial line: SLIP frames. The interrupt unpacks what arrives into a ring while the main
 * program writes flash; a frame that finds no room is lost, which its sender notices. */
#include "stub.h"

#define UART_FIFO    REG(0x60000000)
#define UART_INT_ENA REG(0x6000000C)
#define UART_INT_CLR REG(0x60000010)
#define UART_CLKDIV  REG(0x60000014)
#define UART_STATUS  REG(0x6000001C)
#define UART_CONF1   REG(0x60000024)

#define INT_RX_FULL    (1u << 0)
#define INT_RX_TIMEOUT (1u << 8)
#define RX_COUNT       (UART_STATUS & 0xffu)
#define TX_COUNT       (UART_STATUS >> 16 & 0xffu)
#define TX_FIFO_SIZE   126u

#define INTERRUPT    5u
#define RX_THRESHOLD 32u /* of 128: room for 96 bytes until the interrupt is served */
#define RX_TIMEOUT   (2u << 24 | 1u << 31)
#define CONF1_SET    (RX_THRESHOLD | RX_TIMEOUT)
#define CONF1_MASK   (0x7fu | 0x7fu << 24 | 1u << 31)
#define BYTE_BITS    10u

#define END     0xc0u
#define ESC     0xdbu
#define ESC_END 0xdcu
#define ESC_ESC 0xddu

/* One payload in work and one window on its way, with their headers. */
#define RING_SIZE  0x9000u
#define MAX_FRAMES 32u
_Static_assert(RING_SIZE > 2 * STUB_BLOCK_MAX && RING_SIZE > STUB_WINDOW, "the window must fit");

/* Written by the interrupt only: head, n_in, fill, is_escaped, is_lost, len[]. By the main program
 * only: tail, n_out, used_out. Counters run on; their difference is what waits. */
static struct {
    uint8_t ring[RING_SIZE];
    uint32_t len[MAX_FRAMES];
    volatile uint32_t n_in, n_out;       /* frames */
    volatile uint32_t used_in, used_out; /* bytes of frames */
    volatile uint32_t waiting;           /* n_in - n_out, for the sleep */
    uint32_t head, tail;                 /* in the ring: next byte in, first byte of the frame */
    uint32_t fill;                       /* bytes of the frame that comes in */
    bool is_escaped, is_lost;
} line;

/* Sleeps until an interrupt unless *ready is not zero. */
void line_sleep(const volatile uint32_t *ready);

/* --- receiving, in the interrupt --- */

static void take_back(void)
{
    line.head = line.head >= line.fill ? line.head - line.fill : line.head + RING_SIZE - line.fill;
    line.fill = 0;
}

static void frame_came(void)
{
    if (line.is_lost || line.n_in - line.n_out == MAX_FRAMES) {
        take_back();
    } else if (line.fill > 0) {
        line.len[line.n_in % MAX_FRAMES] = line.fill;
        line.used_in += line.fill;
        line.fill = 0;
        line.n_in++;
        line.waiting = 1;
    }
    line.is_lost = false;
    line.is_escaped = false;
}

static void store(uint32_t byte)
{
    if (line.used_in - line.used_out + line.fill == RING_SIZE) {
        line.is_lost = true;
        return;
    }
    line.ring[line.head] = (uint8_t)byte;
    line.head = line.head + 1 == RING_SIZE ? 0 : line.head + 1;
    line.fill++;
}

static void byte_came(uint32_t byte)
{
    if (byte == END) {
        frame_came();
    } else if (byte == ESC) {
        line.is_escaped = true;
    } else if (line.is_escaped) {
        line.is_escaped = false;
        store(byte == ESC_END ? END : byte == ESC_ESC ? ESC : byte);
    } else {
        store(byte);
    }
}

static void on_interrupt(void *arg)
{
    (void)arg;
    for (uint32_t n = RX_COUNT; n > 0; n = RX_COUNT) {
        while (n-- > 0) {
            byte_came(UART_FIFO & 0xffu);
        }
    }
    UART_INT_CLR = INT_RX_FULL | INT_RX_TIMEOUT;
}

/* --- frames --- */

void line_init(void)
{
    ets_isr_mask(1u << INTERRUPT);
    ets_isr_attach(INTERRUPT, on_interrupt, NULL);
    UART_CONF1 = (UART_CONF1 & ~CONF1_MASK) | CONF1_SET;
    UART_INT_ENA = INT_RX_FULL | INT_RX_TIMEOUT;
    ets_isr_unmask(1u << INTERRUPT);
}

bool line_has_frame(void)
{
    return line.n_in != line.n_out;
}

uint32_t line_wait(void)
{
    while (!line_has_frame()) {
        line.waiting = 0;
        if (line_has_frame()) {
            break;
        }
        line_sleep(&line.waiting);
    }
    return line.len[line.n_out % MAX_FRAMES];
}

const uint8_t *line_piece(uint32_t off, uint32_t *len)
{
    uint32_t at = line.tail + off;
    at = at >= RING_SIZE ? at - RING_SIZE : at;
    *len = *len < RING_SIZE - at ? *len : RING_SIZE - at;
    return line.ring + at;
}

void line_copy(uint32_t off, void *dst, uint32_t len)
{
    uint8_t *to = dst;
    while (len > 0) {
        uint32_t n = len;
        const uint8_t *from = line_piece(off, &n);
        memcpy(to, from, n);
        to += n;
        off += n;
        len -= n;
    }
}

void line_drop(void)
{
    uint32_t len = line.len[line.n_out % MAX_FRAMES];
    line.tail += len;
    line.tail = line.tail >= RING_SIZE ? line.tail - RING_SIZE : line.tail;
    line.used_out += len;
    line.n_out++;
}

/* --- sending --- */

static void put(uint32_t byte)
{
    while (TX_COUNT >= TX_FIFO_SIZE) {
    }
    UART_FIFO = byte;
}

void line_begin(void)
{
    put(END);
}

void line_put(const void *data, uint32_t len)
{
    const uint8_t *byte = data;
    for (uint32_t i = 0; i < len; i++) {
        if (byte[i] == END || byte[i] == ESC) {
            put(ESC);
            put(byte[i] == END ? ESC_END : ESC_ESC);
        } else {
            put(byte[i]);
        }
    }
}

void line_end(void)
{
    put(END);
}

void line_send(const void *data, uint32_t len)
{
    line_begin();
    line_put(data, len);
    line_end();
}

/* The FIFO is empty while the last byte is still on its way: as long as a byte takes at 9600. */
static void drain(void)
{
    while (TX_COUNT > 0) {
    }
    ets_delay_us(1000000u / 9600u * BYTE_BITS);
}

void line_set_baud(uint32_t new_baud, uint32_t old_baud)
{
    drain();
    UART_CLKDIV = (UART_CLKDIV & 0xfffffu) * (old_baud / 100u) / (new_baud / 100u);
}

void line_close(void)
{
    drain();
    ets_isr_mask(1u << INTERRUPT);
    UART_INT_ENA = 0;
}
