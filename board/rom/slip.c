/* SPDX-License-Identifier: Apache-2.0 */
/* SLIP frames over UART 0: 0xC0 around a frame, 0xDB escapes inside. Bytes come from the receive
 * ring, so whoever receives must have interrupt 5 open; the CPU sleeps while the ring is empty. */
#include "rom.h"

#define END         0xC0
#define ESCAPE      0xDB
#define ESCAPED_END 0xDC
#define ESCAPED_ESC 0xDD

uint32_t send_packet(const uint8_t *packet, uint32_t len)
{
    uart_tx_one_char(END);
    for (uint32_t i = 0; i < len; i++) {
        if (packet[i] == END || packet[i] == ESCAPE) {
            uart_tx_one_char(ESCAPE);
            uart_tx_one_char(packet[i] == END ? ESCAPED_END : ESCAPED_ESC);
        } else {
            uart_tx_one_char(packet[i]);
        }
    }
    uart_tx_one_char(END);
    return 0;
}

uint32_t SendMsg(const uint8_t *message, uint16_t len);
uint32_t SendMsg(const uint8_t *message, uint16_t len)
{
    return send_packet(message, len);
}

/* Looks with the interrupt held back, so that a byte cannot slip in between the look and the sleep:
 * it then ends the sleep at once. */
static uint8_t next_byte(void)
{
    uint8_t c;
    for (;;) {
        uint32_t ps = _xtos_set_intlevel(1);
        if (uart_rx_readbuff(&UartDev.rx, &c) == 0) {
            _xtos_restore_intlevel(ps);
            return c;
        }
        __asm__ volatile("waiti 0");
    }
}

/* What lies between two frames is dropped; two ends in a row are one. */
static uint8_t first_byte_of_frame(void)
{
    uint8_t c;
    while (next_byte() != END) {
    }
    while ((c = next_byte()) == END) {
    }
    return c;
}

static uint8_t unescape(uint8_t c)
{
    if (c != ESCAPE) {
        return c;
    }
    return next_byte() == ESCAPED_END ? END : ESCAPE;
}

uint32_t rom_receive_frame(uint8_t *packet, uint32_t max)
{
    uint32_t len = 0;
    for (uint8_t c = first_byte_of_frame(); c != END; c = next_byte()) {
        uint8_t byte = unescape(c);
        if (len < max) {
            packet[len] = byte;
        }
        len++;
    }
    return len <= max ? len : 0;
}

/* Both return 0 with a frame in packet, 1 when it was longer than max. */
uint32_t recv_packet(uint8_t *packet, uint32_t max, uint8_t is_sync);
uint32_t recv_packet(uint8_t *packet, uint32_t max, uint8_t is_sync)
{
    (void)is_sync;
    return rom_receive_frame(packet, max) == 0;
}

uint32_t RcvMsg(uint8_t *message, uint16_t max, uint8_t is_sync);
uint32_t RcvMsg(uint8_t *message, uint16_t max, uint8_t is_sync)
{
    return recv_packet(message, max, is_sync);
}
