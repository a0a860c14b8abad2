/* SPDX-License-Identifier: Apache-2.0 */
/* What the ROM does between the reset and an image: console, reset cause, straps, and what follows
 * when no image can be started. */
#include "rom.h"

enum boot_mode { MODE_REMAP = 0, MODE_DOWNLOAD = 1, MODE_JUMP = 2, MODE_FLASH = 3 };

#define IRAM_START      0x40100000
#define DOWNLOAD_BUFFER 0x3FFFA000
#define DOWNLOAD_SIZE   0x2000

static void sleep_forever(void) __attribute__((noreturn));
static void sleep_forever(void)
{
    for (;;) {
        __asm__ volatile("waiti 0");
    }
}

/* The mask ROM dies here in an exception of its own; the end is the same debug vector, which waits
 * at level 2. Only a reset from outside leads out. */
void rom_fail(void)
{
    ets_printf("ets_main.c ");
    for (;;) {
        __asm__ volatile("break 1, 1");
    }
}

void ets_set_user_start(rom_entry entry)
{
    user_start = entry;
}

rom_entry rom_get_user_start(void)
{
    rom_install_fatal_handlers();
    return user_start;
}

void rom_user_code_done(void)
{
    ets_printf("user code done\n");
    ets_run();
}

static void start_console(void)
{
    uartAttach();
    Uart_Init(0);
    ets_install_uart_printf();
}

/* Sleeps between the bytes of the frame that it measures. The frame itself is lost: setting the
 * divider empties the FIFO, and what the interrupt has already moved to the ring is dropped. */
static uint32_t learn_divider(void)
{
    ets_isr_unmask(1u << INTERRUPT_UART);
    for (;;) {
        uint32_t ps = _xtos_set_intlevel(1);
        uint32_t divider = uart_baudrate_detect(0, 1);
        if (divider != 0) {
            _xtos_restore_intlevel(ps);
            return divider;
        }
        __asm__ volatile("waiti 0");
    }
}

static void download(void)
{
    uart_div_modify(0, learn_divider());
    uart_buff_switch(0);
    UartDwnLdProc((uint8_t *)DOWNLOAD_BUFFER, DOWNLOAD_SIZE, &user_start);
}

/* After power-on, the EN pin or the watchdog nothing is set up; other causes keep what was there.
 */
static void attach(enum boot_mode mode)
{
    if (mode == MODE_FLASH) {
        spi_flash_attach();
        user_start = NULL;
    } else if (mode == MODE_JUMP) {
        user_start = (rom_entry)IRAM_START;
    } else {
        download();
    }
}

static void handle_cause(uint32_t cause, enum boot_mode mode)
{
    switch (cause) {
    case ROM_RESET_WATCHDOG:
        ets_printf("wdt reset\n");
        attach(mode);
        break;
    case ROM_RESET_POWER:
    case ROM_RESET_EXTERNAL:
        attach(mode);
        break;
    case ROM_RESET_SOFTWARE:
    case ROM_RESET_DEEP_SLEEP:
    case ROM_RESET_SDIO:
        if (mode == MODE_JUMP) {
            user_start = (rom_entry)IRAM_START;
        }
        break;
    default:
        ets_printf("unknown reset\n");
        rom_fail();
    }
}

/* Returns 1 to boot from flash, 0 to call user_start. */
uint32_t rom_prepare(void)
{
    uint32_t straps = REG(GPIO_IN);
    uint32_t cause = rtc_get_reset_reason();
    uint32_t first = straps >> 16 & 7;

    if (first > MODE_FLASH) {
        sleep_forever(); /* SDIO: waits for its host before the first word */
    }
    enum boot_mode mode = (enum boot_mode)first;
    start_console();
    ets_printf("\n ets Jan  8 2013,rst cause:%d, boot mode:(%d,%d)\n\n", (int)cause, (int)first,
               (int)(straps >> 29));
    if (mode == MODE_REMAP) {
        sleep_forever();
    }
    handle_cause(cause, mode);
    return mode == MODE_FLASH || (mode == MODE_DOWNLOAD && user_start == NULL);
}
