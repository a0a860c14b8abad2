/* SPDX-License-Identifier: Apache-2.0 */
/* The line of a UART as its registers see it. */
#ifndef VB_UART_LINE_H
#define VB_UART_LINE_H

#include "internal.h"

#define VB_UART_AUTOBAUD 1u /* in vb_uart.autobaud: edges are counted */

/* Puts a byte behind those to be sent; lost when the FIFO is full. */
void vb_uart_send(struct vb_board *b, struct vb_uart *u, uint8_t byte);

/* Takes the oldest byte received; 0 when there is none. */
uint8_t vb_uart_take(struct vb_board *b, struct vb_uart *u);

/* From here on the line is silent: what CONF1 says about that counts anew. */
void vb_uart_restart_timeout(struct vb_board *b, struct vb_uart *u, vb_time from);

/* The first byte of the host's queue, if there is one, is on the line from here on. */
void vb_uart_start_receiving(struct vb_board *b, struct vb_uart *u, vb_time from);

/* Interrupts and events after any change of a register. */
void vb_uart_update(struct vb_board *b);

#endif
