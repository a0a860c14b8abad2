/* SPDX-License-Identifier: Apache-2.0 */
/* The functions behind the rows of the device table and the events of devices: each is defined in
 * its device's file and called from devices.c (uart and radio calls from board.c included). */
#ifndef VB_DEVICE_TABLE_H
#define VB_DEVICE_TABLE_H

#include "internal.h"

#define VB_DEVICE_FUNCTIONS(name)                                                                  \
    bool vb_##name##_read(struct vb_board *b, uint32_t off, uint32_t *value);                      \
    bool vb_##name##_write(struct vb_board *b, uint32_t off, uint32_t value);                      \
    void vb_##name##_reset(struct vb_board *b, enum vb_reset_kind kind)

VB_DEVICE_FUNCTIONS(uart0);
VB_DEVICE_FUNCTIONS(uart1);
VB_DEVICE_FUNCTIONS(spi);
VB_DEVICE_FUNCTIONS(gpio);
VB_DEVICE_FUNCTIONS(frc);
VB_DEVICE_FUNCTIONS(rtc);
VB_DEVICE_FUNCTIONS(rtc_memory);
VB_DEVICE_FUNCTIONS(iomux);
VB_DEVICE_FUNCTIONS(wdt);
VB_DEVICE_FUNCTIONS(analog);
VB_DEVICE_FUNCTIONS(radio);
VB_DEVICE_FUNCTIONS(dport);
VB_DEVICE_FUNCTIONS(wdev);

void vb_uart_tx_event(struct vb_board *b);
void vb_uart_rx_event(struct vb_board *b);
void vb_spi_event(struct vb_board *b);
void vb_nor_event(struct vb_board *b);
/* The chip keeps working through every reset but a power cut, which tears what it is doing. */
void vb_nor_reset(struct vb_board *b, enum vb_reset_kind kind);
void vb_frc_event(struct vb_board *b, unsigned timer);
void vb_wdt_event(struct vb_board *b);
void vb_radio_event(struct vb_board *b);
void vb_pins_event(struct vb_board *b);
/* A register that the pins depend on was written: changes raise interrupts and reach the host. */
void vb_pins_update(struct vb_board *b);
/* What stands on GPIO0 (bit 0) to GPIO16. */
uint32_t vb_pin_levels(const struct vb_board *b);

#endif
