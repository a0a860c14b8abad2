/* SPDX-License-Identifier: Apache-2.0 */
/* The table of devices on the bus, and the dispatch of their events. */
#include "device_table.h"

#include "airslot/vradio_regs.h"

#define ROW(device, text, base_, size_)                                                            \
    {                                                                                              \
        .name = text, .base = base_, .size = size_, .read = vb_##device##_read,                    \
        .write = vb_##device##_write, .reset = vb_##device##_reset                                 \
    }

/* Reset in this order: DPORT, which doubles the clock, before the analog bus, which loses the
 * PLL; GPIO and RTC before the IOMUX, which tells what became of the pins. */
const struct vb_device vb_devices[] = {
    ROW(dport, "DPORT", 0x3ff00000u, 0x60u),
    ROW(uart0, "UART0", 0x60000000u, 0x80u),
    ROW(spi, "SPI0", 0x60000200u, 0x100u),
    ROW(gpio, "GPIO", 0x60000300u, 0x74u),
    ROW(frc, "FRC", 0x60000600u, 0x34u),
    ROW(rtc, "RTC", 0x60000700u, 0xacu),
    ROW(iomux, "IOMUX", 0x60000800u, 0x44u),
    ROW(wdt, "WDT", 0x60000900u, 0x1cu),
    ROW(analog, "analog", 0x60000d00u, 0x100u),
    ROW(uart1, "UART1", 0x60000f00u, 0x80u),
    ROW(rtc_memory, "RTC memory", 0x60001000u, 0x400u),
    ROW(radio, "radio", VRADIO_BASE, VRADIO_SIZE),
    ROW(wdev, "WDEV", 0x3ff20000u, 0x10000u),
};
const unsigned vb_n_devices = sizeof(vb_devices) / sizeof(vb_devices[0]);

void vb_device_event(struct vb_board *b, enum vb_event event)
{
    switch (event) {
    case VB_EVENT_FRC1:
        vb_frc_event(b, 0);
        break;
    case VB_EVENT_FRC2:
        vb_frc_event(b, 1);
        break;
    case VB_EVENT_WDT:
        vb_wdt_event(b);
        break;
    case VB_EVENT_UART_TX:
        vb_uart_tx_event(b);
        break;
    case VB_EVENT_UART_RX:
        vb_uart_rx_event(b);
        break;
    case VB_EVENT_SPI:
        vb_spi_event(b);
        break;
    case VB_EVENT_NOR:
        vb_nor_event(b);
        break;
    case VB_EVENT_RADIO:
        vb_radio_event(b);
        break;
    case VB_EVENT_PIN:
        vb_pins_event(b);
        break;
    case VB_EVENT_FAULT:
        vb_fault_event(b);
        break;
    case VB_EVENT_CCOMPARE: /* the CPU's own */
    case VB_EVENT_NET:      /* the run loop's */
    case VB_EVENT_COUNT:
        break;
    }
}
