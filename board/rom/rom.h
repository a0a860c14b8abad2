/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the built-in ROM share: registers, the structures at fixed DRAM addresses, and
 * the functions behind entries.def that call each other. */
#ifndef VB_ROM_H
#define VB_ROM_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(address))

#define DPORT_EDGE_ENABLE 0x3FF00004 /* bit 0 watchdog, 1 FRC1, 2 FRC2 */
#define DPORT_CACHE       0x3FF0000C
#define DPORT_IRAM_GRANT  0x3FF00024
#define UART_BASE         0x60000000
#define SPI0_CMD          0x60000200
#define SPI0_ADDR         0x60000204
#define SPI0_CTRL         0x60000208
#define SPI0_RD_STATUS    0x60000210
#define SPI0_USER         0x6000021C
#define SPI0_W(n)         (0x60000240 + 4 * (n))
#define GPIO_BASE         0x60000300
#define GPIO_IN           0x60000318
#define FRC2_LOAD         0x60000620
#define FRC2_COUNT        0x60000624
#define FRC2_CTRL         0x60000628
#define FRC2_INT          0x6000062C
#define FRC2_ALARM        0x60000630
#define RTC_CTRL          0x60000700
#define RTC_STORE         0x60000708
#define RTC_CAUSE         0x60000714
#define RTC_WAKE          0x60000718
#define IOMUX_BASE        0x60000800
#define WDT_CTL           0x60000900
#define WDT_RELOAD0       0x60000904
#define WDT_RELOAD1       0x60000908
#define WDT_FEED          0x60000914
#define WDT_FEED_VALUE    0x73
#define ANALOG_BUS        0x60000D10
#define ANALOG_SPI_PADS   0x60000D48

#define CTRL_AHB_ENABLE (1u << 17)

#define INTERRUPT_UART 5
#define INTERRUPT_WDT  8
#define INTERRUPT_FRC2 10

enum rom_reset_cause {
    ROM_RESET_POWER = 1,
    ROM_RESET_EXTERNAL = 2,
    ROM_RESET_SOFTWARE = 3,
    ROM_RESET_WATCHDOG = 4,
    ROM_RESET_DEEP_SLEEP = 5,
    ROM_RESET_SDIO = 6,
};

/* Geometry and id of the flash chip; the first argument of the low-level SPI functions. */
struct rom_flash_chip {
    uint32_t id;
    uint32_t chip_size;
    uint32_t block_size;
    uint32_t sector_size;
    uint32_t page_size;
    uint32_t status_mask;
};

struct rom_rx_buffer {
    uint32_t size;
    uint8_t *buffer;
    uint8_t *write;
    uint8_t *read;
    uint8_t trigger_level;
    uint32_t state;
};

/* At 0x3FFFDE10. Fact: esp8266-machine.md 1.4; +64 selects the UART. */
struct rom_uart_device {
    uint32_t baud_rate;
    uint32_t data_bits;
    uint32_t parity_enable;
    uint32_t parity;
    uint32_t stop_bits;
    uint32_t flow_control;
    struct rom_rx_buffer rx;
    uint32_t tx_size;
    uint8_t *tx_buffer;
    uint32_t rx_state;
    uint32_t received;
    uint32_t uart;
};
_Static_assert(sizeof(void *) != 4 || offsetof(struct rom_uart_device, uart) == 64, "UartDev");

/* The frame of vectors.S, as far as C looks at it. */
struct rom_frame {
    uint32_t epc, ps, sar, vpri, a0, a2_to_a15[14], exccause;
};

typedef void (*rom_putc)(char c);
typedef void (*rom_isr)(void *arg, struct rom_frame *frame);
typedef void (*rom_handler)(struct rom_frame *frame, uint32_t cause);
typedef void (*rom_entry)(void);

extern struct rom_flash_chip *flashchip; /* 0x3FFFC714 */
extern uint32_t ticks_per_us;            /* 0x3FFFC704 */
extern int32_t wdt_mode;                 /* 0x3FFFC708; -1: never enabled */
extern rom_entry user_start;             /* 0x3FFFDCD0 */
extern rom_putc putc_hooks[2];           /* 0x3FFFDD3C */
extern struct rom_uart_device UartDev;   /* 0x3FFFDE10 */

/* vectors.S, exceptions.c */
uint32_t _xtos_ints_on(uint32_t bits);
uint32_t _xtos_ints_off(uint32_t bits);
uint32_t _xtos_set_intlevel(uint32_t level);
void _xtos_restore_intlevel(uint32_t ps);
rom_handler _xtos_set_exception_handler(uint32_t cause, rom_handler handler);
rom_isr _xtos_set_interrupt_handler(uint32_t n, rom_isr handler);
rom_isr _xtos_set_interrupt_handler_arg(uint32_t n, rom_isr handler, void *arg);
void ets_isr_attach(uint32_t n, rom_isr handler, void *arg);
void ets_isr_mask(uint32_t bits);
void ets_isr_unmask(uint32_t bits);
void rom_unaligned_handler(struct rom_frame *frame, uint32_t cause);
void rom_fatal_handler(struct rom_frame *frame, uint32_t cause);
void rom_install_fatal_handlers(void);

/* boot.c, flash_boot.c */
uint32_t rom_prepare(void);
uint32_t boot_from_flash(void);
void rom_fail(void) __attribute__((noreturn));
rom_entry rom_get_user_start(void);
void rom_user_code_done(void) __attribute__((noreturn));
void ets_set_user_start(rom_entry entry);

/* system.c, wdt.c */
uint32_t rtc_get_reset_reason(void);
void software_reset(void);
void ets_delay_us(uint32_t us);
void ets_update_cpu_frequency(uint32_t mhz);
uint32_t ets_get_cpu_frequency(void);
uint32_t xthal_get_ccount(void);

/* task.c, timer.c */
struct rom_timer {
    struct rom_timer *next;
    uint32_t expire;
    uint32_t period;
    void (*func)(void *arg);
    void *arg;
};
void ets_run(void) __attribute__((noreturn));
void ets_timer_init(void);
void ets_timer_setfn(struct rom_timer *timer, void (*func)(void *arg), void *arg);
void ets_timer_arm(struct rom_timer *timer, uint32_t ms, uint32_t repeat);
void ets_timer_disarm(struct rom_timer *timer);

/* uart.c */
void uartAttach(void);
void Uart_Init(uint32_t uart);
void uart_div_modify(uint32_t uart, uint32_t divider);
uint32_t uart_tx_one_char(uint8_t c);
uint32_t uart_rx_one_char(uint8_t *c);
uint8_t uart_rx_one_char_block(void);
void uart_rx_intr_handler(void *arg, struct rom_frame *frame);
uint32_t uart_rx_readbuff(struct rom_rx_buffer *rx, uint8_t *c);
uint32_t uart_baudrate_detect(uint32_t uart, uint32_t nonblock);
/* Until the last byte has left the FIFO. */
void uart_wait_sent(void);
void uart_buff_switch(uint32_t uart);

/* slip.c, download.c */
uint32_t send_packet(const uint8_t *packet, uint32_t len);
/* Length of the next frame, in packet; 0 when it was longer than max. */
uint32_t rom_receive_frame(uint8_t *packet, uint32_t max);
uint32_t UartDwnLdProc(uint8_t *buf, uint32_t size, rom_entry *start);

/* printf.c */
int ets_vprintf(rom_putc put, const char *format, va_list args);
int ets_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
void ets_write_char(char c);
void _putc1(char c);
void ets_install_putc1(rom_putc put);
void ets_install_putc2(rom_putc put);
void ets_install_uart_printf(void);

/* spi_chip.c: one chip given by the caller; spi_flash.c: the global one. 0 done, 1 refused. */
uint32_t SPI_chip_erase(struct rom_flash_chip *chip);
uint32_t SPI_sector_erase(struct rom_flash_chip *chip, uint32_t addr);
uint32_t SPI_block_erase(struct rom_flash_chip *chip, uint32_t addr);
uint32_t SPI_page_program(struct rom_flash_chip *chip, uint32_t addr, const uint32_t *src,
                          uint32_t len);
uint32_t SPI_read_data(struct rom_flash_chip *chip, uint32_t addr, uint32_t *dst, uint32_t len);
uint32_t SPI_read_status(struct rom_flash_chip *chip, uint32_t *status);
uint32_t SPI_write_status(struct rom_flash_chip *chip, uint32_t status);
uint32_t SPI_write_enable(struct rom_flash_chip *chip);
uint32_t Wait_SPI_Idle(struct rom_flash_chip *chip);
uint32_t Enable_QMode(struct rom_flash_chip *chip);
uint32_t Disable_QMode(struct rom_flash_chip *chip);
void SPIFlashModeConfig(uint32_t mode, uint32_t divider);
void SelectSpiFunction(void);
void spi_flash_attach(void);
uint32_t SPIReadModeCnfig(uint32_t mode);
uint32_t SPIRead(uint32_t addr, uint32_t *dst, uint32_t len);
uint32_t SPIWrite(uint32_t addr, const uint32_t *src, uint32_t len);
uint32_t SPIEraseArea(uint32_t addr, uint32_t len);
uint32_t SPIUnlock(void);
uint32_t SPILock(void);
uint32_t SPIParamCfg(uint32_t id, uint32_t chip_size, uint32_t block_size, uint32_t sector_size,
                     uint32_t page_size, uint32_t status_mask);
void Cache_Read_Disable(void);

/* memory.c, string.c */
void *memcpy(void *dst, const void *src, size_t len);
void *memmove(void *dst, const void *src, size_t len);
void *memset(void *dst, int value, size_t len);

#endif
