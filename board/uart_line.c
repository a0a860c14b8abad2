/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of both UARTs: bytes on their way through the FIFOs, at the speed of CLKDIV, with the
 * interrupts that they raise and the edges that autobaud counts. UART0's receive line is fed from
 * the host queue at the host's speed, or the device's own; UART1 only transmits. */
#include "uart_line.h"

#include "device_table.h"

#define CONF0_DATA_BITS(r) (5u + ((r) >> 2 & 3u))
#define CONF0_STOP(r)      ((r) >> 4 & 3u)
#define CONF0_PARITY       (1u << 1)
#define CONF0_LOOPBACK     (1u << 14)

#define CONF1_RX_FULL(r)  ((r)&0x7fu)
#define CONF1_TX_EMPTY(r) ((r) >> 8 & 0x7fu)
#define CONF1_TIMEOUT(r)  ((r) >> 24 & 0x7fu)
#define CONF1_TIMEOUT_ENA (1u << 31)
#define TIMEOUT_UNIT_BITS 8u

#define INT_RXFIFO_FULL  (1u << 0)
#define INT_TXFIFO_EMPTY (1u << 1)
#define INT_FRAME        (1u << 3)
#define INT_RX_OVERFLOW  (1u << 4)
#define INT_RX_TIMEOUT   (1u << 8)

#define PULSE_OFFSET 12u /* the ROM adds 12 to what it measures */
#define MAX_PULSES   0x3ffu

#define INTERRUPT        5u
#define MAX_BAUD         8000000u /* far beyond any adapter */
#define TICKS_PER_SECOND ((vb_time)VB_TICKS_PER_US * 1000000u)

/* --- FIFOs --- */

static bool fifo_push(struct vb_fifo *f, uint8_t byte)
{
    if (f->n == VB_UART_FIFO) {
        return false;
    }
    f->byte[(f->head + f->n) % VB_UART_FIFO] = byte;
    f->n++;
    return true;
}

static uint8_t fifo_pop(struct vb_fifo *f)
{
    if (f->n == 0) {
        return 0;
    }
    uint8_t byte = f->byte[f->head];
    f->head = (uint8_t)((f->head + 1u) % VB_UART_FIFO);
    f->n--;
    return byte;
}

/* --- timing and interrupts --- */

static vb_time bit_ticks(const struct vb_board *b, const struct vb_uart *u)
{
    uint32_t divider = u->clkdiv != 0 ? u->clkdiv : 1;
    return (vb_time)divider * b->apb_ticks;
}

/* Of the host's end of the line. */
static vb_time host_bit_ticks(const struct vb_board *b, const struct vb_uart *u)
{
    return u->host_baud != 0 ? TICKS_PER_SECOND / u->host_baud : bit_ticks(b, u);
}

static vb_time byte_ticks(const struct vb_uart *u, vb_time bit)
{
    static const uint8_t stop_half_bits[4] = {2, 2, 3, 4};
    uint32_t half_bits = 2 * (1 + CONF0_DATA_BITS(u->conf0));
    half_bits += (u->conf0 & CONF0_PARITY) != 0 ? 2 : 0;
    half_bits += stop_half_bits[CONF0_STOP(u->conf0)];
    return half_bits * bit / 2;
}

/* What a receiver at the speed of rx_bit makes of a byte sent at that of tx_bit: it looks at the
 * middle of each of its own bits; after the sender's stop bit the line is high. Ends that agree
 * within 4 % get the byte; a byte stays one byte at any speed. */
static uint8_t sampled(uint8_t byte, vb_time tx_bit, vb_time rx_bit, bool *has_stop)
{
    uint32_t line = (uint32_t)byte << 1 | 1u << 9;
    uint32_t got = 0;
    for (unsigned bit = 1; bit <= 9; bit++) {
        vb_time at = (2 * bit + 1) * rx_bit / 2 / tx_bit;
        got |= (at > 9 ? 1u : line >> at & 1u) << bit;
    }
    *has_stop = (got >> 9 & 1u) != 0;
    return (uint8_t)(got >> 1);
}

static vb_time earlier(vb_time a, vb_time c)
{
    return a < c ? a : c;
}

static void schedule(struct vb_board *b)
{
    const struct vb_uart *u = b->uart;
    vb_schedule(b, VB_EVENT_UART_TX, earlier(u[0].tx_due, u[1].tx_due));
    vb_time rx = earlier(u[0].rx_due, u[0].rx_timeout_due);
    vb_schedule(b, VB_EVENT_UART_RX, earlier(rx, u[1].rx_timeout_due));
}

/* The two level conditions set their bit again as long as they hold. */
static void update_interrupts(struct vb_board *b)
{
    bool asserted = false;
    for (unsigned n = 0; n < 2; n++) {
        struct vb_uart *u = &b->uart[n];
        uint32_t threshold = CONF1_RX_FULL(u->conf1);
        if (u->rx.n >= (threshold != 0 ? threshold : 1)) {
            u->int_raw |= INT_RXFIFO_FULL;
        }
        if (u->tx.n <= CONF1_TX_EMPTY(u->conf1)) {
            u->int_raw |= INT_TXFIFO_EMPTY;
        }
        asserted = asserted || (u->int_raw & u->int_ena) != 0;
    }
    vb_irq_level(b, INTERRUPT, asserted);
}

void vb_uart_update(struct vb_board *b)
{
    update_interrupts(b);
    schedule(b);
}

void vb_uart_restart_timeout(struct vb_board *b, struct vb_uart *u, vb_time from)
{
    uint32_t units = CONF1_TIMEOUT(u->conf1);
    bool is_armed = (u->conf1 & CONF1_TIMEOUT_ENA) != 0 && u->rx.n > 0;
    u->rx_timeout_due =
        is_armed ? from + (vb_time)units * TIMEOUT_UNIT_BITS * bit_ticks(b, u) : VB_NEVER;
}

/* --- receiver --- */

/* Edges of one byte on the line, start and stop bit included: least significant bit first. */
static uint32_t count_edges(uint8_t byte)
{
    uint32_t line = (uint32_t)byte << 1 | 1u << 9;
    uint32_t edges = 1; /* from idle into the start bit */
    for (unsigned bit = 0; bit < 9; bit++) {
        edges += (line >> bit & 1u) != (line >> (bit + 1) & 1u);
    }
    return edges;
}

/* Both widths are those of one bit: every frame that trains a loader has single bits of each. */
static void measure(struct vb_board *b, struct vb_uart *u, uint8_t byte)
{
    if ((u->autobaud & VB_UART_AUTOBAUD) == 0) {
        return;
    }
    u->n_pulses += count_edges(byte);
    u->n_pulses = u->n_pulses < MAX_PULSES ? u->n_pulses : MAX_PULSES;
    uint32_t width = (uint32_t)(host_bit_ticks(b, u) / b->apb_ticks);
    u->low_pulse = width > PULSE_OFFSET ? width - PULSE_OFFSET : 0;
    u->high_pulse = u->low_pulse;
}

static void receive(struct vb_board *b, struct vb_uart *u, uint8_t byte, vb_time at)
{
    if (!fifo_push(&u->rx, byte)) {
        u->int_raw |= INT_RX_OVERFLOW;
    }
    vb_uart_restart_timeout(b, u, at);
}

void vb_uart_start_receiving(struct vb_board *b, struct vb_uart *u, vb_time from)
{
    u->rx_due = u->host_n > 0 ? from + byte_ticks(u, host_bit_ticks(b, u)) : VB_NEVER;
}

static void arrived(struct vb_board *b, struct vb_uart *u)
{
    vb_time at = u->rx_due;
    uint8_t byte = u->host[u->host_head];
    u->host_head = (uint16_t)((u->host_head + 1u) % VB_UART_HOST_QUEUE);
    u->host_n--;
    bool has_stop;
    uint8_t got = sampled(byte, host_bit_ticks(b, u), bit_ticks(b, u), &has_stop);
    u->int_raw |= has_stop ? 0 : INT_FRAME;
    measure(b, u, byte);
    receive(b, u, got, at);
    vb_uart_start_receiving(b, u, at);
}

void vb_uart_rx_event(struct vb_board *b)
{
    vb_note_work(b);
    struct vb_uart *first = &b->uart[0];
    while (first->rx_due <= vb_now(b)) {
        arrived(b, first);
    }
    for (unsigned n = 0; n < 2; n++) {
        struct vb_uart *u = &b->uart[n];
        if (u->rx_timeout_due <= vb_now(b)) {
            u->int_raw |= INT_RX_TIMEOUT;
            u->rx_timeout_due = VB_NEVER;
        }
    }
    vb_uart_update(b);
}

uint8_t vb_uart_take(struct vb_board *b, struct vb_uart *u)
{
    uint8_t byte = fifo_pop(&u->rx);
    if (u->rx.n == 0) {
        u->rx_timeout_due = VB_NEVER;
        schedule(b);
    }
    update_interrupts(b);
    return byte;
}

/* --- transmitter --- */

static void start_sending(struct vb_board *b, struct vb_uart *u, vb_time from)
{
    if (u->tx.n == 0) {
        u->tx_due = VB_NEVER;
        return;
    }
    u->shifting = fifo_pop(&u->tx);
    u->tx_due = from + byte_ticks(u, bit_ticks(b, u));
}

static void tell_host(struct vb_board *b, unsigned n, uint8_t byte)
{
    const struct vb_uart *u = &b->uart[n];
    bool has_stop;
    if (b->config.uart_tx != NULL) {
        b->config.uart_tx(b->config.ctx, n,
                          sampled(byte, bit_ticks(b, u), host_bit_ticks(b, u), &has_stop));
    }
}

static void sent(struct vb_board *b, unsigned n)
{
    struct vb_uart *u = &b->uart[n];
    vb_time at = u->tx_due;
    uint8_t byte = u->shifting;
    start_sending(b, u, at);
    if ((u->conf0 & CONF0_LOOPBACK) != 0) {
        receive(b, u, byte, at);
    } else {
        tell_host(b, n, byte);
    }
}

void vb_uart_tx_event(struct vb_board *b)
{
    vb_note_work(b);
    for (unsigned n = 0; n < 2; n++) {
        while (b->uart[n].tx_due <= vb_now(b)) {
            sent(b, n);
        }
    }
    vb_uart_update(b);
}

void vb_uart_send(struct vb_board *b, struct vb_uart *u, uint8_t byte)
{
    fifo_push(&u->tx, byte);
    if (u->tx_due == VB_NEVER) {
        start_sending(b, u, vb_now(b));
    }
}

/* --- the host's end --- */

bool vb_board_uart_rx(struct vb_board *board, uint8_t byte)
{
    struct vb_uart *u = &board->uart[0];
    if (u->host_n == VB_UART_HOST_QUEUE) {
        return false;
    }
    u->host[(u->host_head + u->host_n) % VB_UART_HOST_QUEUE] = byte;
    u->host_n++;
    if (board->powered && u->rx_due == VB_NEVER) {
        vb_uart_start_receiving(board, u, vb_now(board));
        schedule(board);
    }
    return true;
}

void vb_board_uart_purge(struct vb_board *board)
{
    struct vb_uart *u = &board->uart[0];
    u->host_n = 0;
    u->rx_due = VB_NEVER;
    schedule(board);
}

void vb_board_set_host_baud(struct vb_board *board, uint32_t baud)
{
    board->uart[0].host_baud = baud < MAX_BAUD ? baud : MAX_BAUD;
}

/* A byte on the line keeps the length that it began with. */
void vb_uart_clock_changed(struct vb_board *b)
{
    (void)b;
}
