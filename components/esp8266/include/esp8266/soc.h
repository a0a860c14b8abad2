/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers for what every program on the chip needs: clock, console, watchdog, reset, cache. They
 * keep no heap, start nothing by themselves and are shared by bootloader and application. */
#ifndef ESP8266_SOC_H
#define ESP8266_SOC_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#define SOC_APB_HZ      80000000u /* with the PLL on */
#define SOC_APB_BOOT_HZ 52000000u /* as the ROM leaves it: twice the 26 MHz crystal */

/* --- clock --- */

/* Turns the PLL on (APB 80 MHz) and sets the processor to 80 or 160 MHz. The console must be idle;
 * set its divider afterwards. Fact: nosdk8266, esp8266-machine 3.6. */
void soc_clock_init(uint32_t cpu_mhz);
uint32_t soc_clock_cpu_mhz(void);

/* Starts the microsecond clock on FRC2 at zero, or joins it where the bootloader started it. */
void soc_time_init(bool restart);
/* Microseconds since the bootloader started; never goes back. Context: task, interrupt. Must be
 * called at least once in 14 minutes, which the watchdog's feeding implies. */
uint64_t soc_time_us(void);
/* Asks for interrupt INT_FRC2 at the given time. Returns false when that moment has passed or is
 * further away than the alarm reaches (10 minutes): do not wait for it then. */
bool soc_time_alarm(uint64_t at_us);
/* Waits busily. */
void soc_delay_us(uint32_t us);

/* --- console: UART 0 --- */

/* Waits until all is sent. Context: any. */
void soc_console_flush(void);
void soc_console_set_baud(uint32_t baud);
/* Sends one byte, "\n" as "\r\n". Context: any; needs no flash cache. */
void soc_console_putc(char c);
/* Returns a received byte, or -1 when there is none. */
int soc_console_getc(void);

/* Prints with %c %s %d %u %x %p %%, a width, and the flags '0' and '-'; to the console, from
 * memory that is byte-readable. Needs no flash cache, no heap and 100 bytes of stack. */
void soc_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
void soc_vprintf(const char *format, va_list args);

/* --- watchdog --- */

/* Arms both stages: after 2^(16+stage0) cycles of 80 MHz without feeding interrupt INT_WDT comes,
 * after 2^(16+stage1) more the reset with cause 4. 15 means 26.8 s, 13 6.7 s, 10 0.84 s. */
void soc_wdt_arm(uint32_t stage0, uint32_t stage1);
/* Says that something was achieved. Never call it from a timer. */
void soc_wdt_feed(void);

/* --- reset --- */

/* What the software wants remembered over a reset: a number that esp_reset_reason() understands. */
void soc_reset_hint_set(uint32_t hint);
/* For the bootloader: returns the hint and leaves it to the application; 0 when there is none. A
 * hint that was passed on before and that nobody took is older than this reset: it is forgotten. */
uint32_t soc_reset_hint_pass(void);
/* Returns the hint and forgets it; 0 when there is none. */
uint32_t soc_reset_hint_take(void);
/* Cause of the last reset as the hardware tells: 1 power, 2 pin, 3 software, 4 watchdog, 5 wake. */
uint32_t soc_reset_cause(void);
/* Both in one: the number of esp_reset_reason_t. A jump into the ROM keeps the hardware's cause, so
 * a hint says more. */
uint32_t soc_reset_reason(uint32_t hint);
/* Starts the chip again through the ROM, into flash whatever the straps say. Context: any. */
void soc_restart(void) __attribute__((noreturn));
/* Waits for the watchdog to reset the chip. */
void soc_wait_for_watchdog(void) __attribute__((noreturn));

/* --- cache window --- */

/* Flash address that the window at 0x40200000 shows. */
uint32_t soc_cache_offset(void);
/* Takes the flash away from the window, so that SPI commands can run; code, literals and data in
 * use must stand in RAM, interrupts must be masked. */
void soc_cache_suspend(void);
/* Gives it back; flush drops what the cache holds, which is needed after programs and erases. */
void soc_cache_resume(bool flush);

#endif
