/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of the ESP8266 that this firmware touches. All are 32 bits wide and take words only.
 * Fact: ESP8266_RTOS_SDK's and esp-open-rtos' register headers (names shortened). */
#ifndef ESP8266_REGS_H
#define ESP8266_REGS_H

#ifndef __ASSEMBLER__
#include <stdint.h>

#define REG_READ(addr)           (*(volatile uint32_t *)(addr))
#define REG_WRITE(addr, value)   (*(volatile uint32_t *)(addr) = (value))
#define REG_SET_BITS(addr, bits) REG_WRITE(addr, REG_READ(addr) | (bits))
#define REG_CLR_BITS(addr, bits) REG_WRITE(addr, REG_READ(addr) & ~(uint32_t)(bits))
#endif

/* DPORT: the processor's own switches. */
#define DPORT_EDGE_INT_ENABLE 0x3ff00004u
#define DPORT_EDGE_INT_WDT    0x1u
#define DPORT_EDGE_INT_FRC1   0x2u
#define DPORT_EDGE_INT_FRC2   0x4u
#define DPORT_CACHE           0x3ff0000cu
#define DPORT_CACHE_FLUSH     0x00000001u
#define DPORT_CACHE_FLUSHED   0x00000002u
#define DPORT_CACHE_ENABLE    0x00000100u
#define DPORT_CACHE_MB_SHIFT  16 /* 2 MiB segment of flash, 3 bits */
#define DPORT_CACHE_MB_MASK   0x7u
#define DPORT_CACHE_2MB       0x01000000u
#define DPORT_CACHE_UPPER     0x02000000u
#define DPORT_CPU             0x3ff00014u
#define DPORT_CPU_DOUBLE      0x1u
#define DPORT_CACHE_RAM       0x3ff00024u
#define DPORT_CACHE_RAM_BOTH  0x18u
#define DPORT_EFUSE0          0x3ff00050u
#define DPORT_EFUSE1          0x3ff00054u
#define DPORT_EFUSE2          0x3ff00058u
#define DPORT_EFUSE3          0x3ff0005cu
#define WDEV_RANDOM           0x3ff20e44u

/* UART 0. */
#define UART_FIFO           0x60000000u
#define UART_INT_ENA        0x6000000cu
#define UART_INT_CLR        0x60000010u
#define UART_CLKDIV         0x60000014u
#define UART_STATUS         0x6000001cu
#define UART_STATUS_RX_MASK 0xffu
#define UART_STATUS_TX_LSB  16
#define UART_STATUS_TX_MASK 0xffu

/* SPI 0: the controller of the flash chip. */
#define SPI_CMD             0x60000200u
#define SPI_CMD_RDID        0x10000000u
#define SPI_CTRL            0x60000208u
#define SPI_CTRL_CLOCK_MASK 0x00000fffu
#define SPI_CTRL_CLOCK_SYS  0x00001000u
#define SPI_CTRL_CACHE      0x00020000u
#define SPI_CTRL_QUAD       0x01100000u
#define SPI_USER            0x6000021cu
#define SPI_USER_CS_SETUP   0x20u
#define SPI_W0              0x60000240u
#define SPI_EXT2            0x600002f8u

/* GPIO; straps stand in IN as latched at power-on. */
#define GPIO_OUT_SET           0x60000304u
#define GPIO_OUT_CLR           0x60000308u
#define GPIO_ENABLE_SET        0x60000310u
#define GPIO_ENABLE_CLR        0x60000314u
#define GPIO_STATUS            0x6000031cu
#define GPIO_STATUS_CLR        0x60000324u
#define GPIO_PIN0              0x60000328u
#define GPIO_PIN_OPEN_DRAIN    0x4u
#define GPIO_PIN_TRIGGER_SHIFT 7
#define GPIO_PIN_TRIGGER_MASK  0x380u
#define GPIO_IN             0x60000318u
#define GPIO_IN_STRAP_SHIFT 16
#define GPIO_IN_STRAP_MASK  0x7u
#define GPIO_STRAP_DOWNLOAD 1u

/* FRC2: counts up for ever; the alarm is interrupt 10. */
#define FRC2_LOAD       0x60000620u
#define FRC2_COUNT      0x60000624u
#define FRC2_CTRL       0x60000628u
#define FRC2_CTRL_DIV16 0x04u
#define FRC2_CTRL_RUN   0x80u
#define FRC2_INT_CLR    0x6000062cu
#define FRC2_ALARM      0x60000630u

/* RTC block. */
#define RTC_CTRL        0x60000700u
#define RTC_CTRL_RESET  0x80000000u
#define RTC_RESET_CAUSE 0x60000714u
#define RTC_WAKE_CAUSE  0x60000718u
#define RTC_GPIO_OUT    0x60000768u
#define RTC_GPIO_ENABLE 0x60000774u
#define RTC_GPIO_IN     0x6000078cu
#define RTC_GPIO_CONF   0x60000790u
/* Pad of GPIO16: bits 0, 1 and 6 choose its function, 1 is GPIO. */
#define RTC_GPIO_PAD      0x600007a0u
#define RTC_GPIO_PAD_MASK 0x43u
#define RTC_GPIO_PAD_GPIO 0x1u
#define RTC_MEM_SYSTEM  0x60001100u

/* IO multiplexer. */
#define IOMUX_CONF          0x60000800u
#define IOMUX_CONF_SPI0_SYS 0x100u
#define IOMUX_PULL_UP       0x080u /* of a pad, as the next */
#define IOMUX_FUNCTION_MASK 0x130u
#define IOMUX_FUNCTION_3    0x030u

/* Watchdog: a stage lasts 2^(16+n) cycles of 80 MHz. */
#define WDT_CTL        0x60000900u
#define WDT_CTL_ENABLE 0x1u
#define WDT_CTL_RESET  0x38u /* length of the reset pulse, both stages in use */
#define WDT_RELOAD0    0x60000904u
#define WDT_RELOAD1    0x60000908u
#define WDT_FEED       0x60000914u
#define WDT_FEED_KEY   0x73u

/* Interrupt lines of the processor. */
#define INT_WDEV  0
#define INT_SPI   2
#define INT_GPIO  4
#define INT_UART  5
#define INT_SOFT  7
#define INT_WDT   8
#define INT_FRC1  9
#define INT_FRC2  10
#define INT_COUNT 15

#endif
