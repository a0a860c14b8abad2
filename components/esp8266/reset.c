/* SPDX-License-Identifier: Apache-2.0 */
/* Watchdog, reset causes, the hint kept over a reset, and the way back into the ROM. */
#include "esp8266/cpu.h"
#include "esp8266/regs.h"
#include "esp8266/rom.h"
#include "esp8266/soc.h"
#include "esp_attr.h"
#include "esp_system.h"

/* The last two words of the system's part of RTC memory: the hint, and its proof. Both are
 * undefined after power-on. The proof also tells whether a bootloader has seen the hint. */
#define HINT_ADDR  (RTC_MEM_SYSTEM + 0xf8u)
#define PROOF_ADDR (RTC_MEM_SYSTEM + 0xfcu)
#define HINT_PROOF 0x41534c52u
#define HINT_SEEN  0x41534c53u

void soc_wdt_arm(uint32_t stage0, uint32_t stage1)
{
    REG_WRITE(WDT_CTL, 0);
    REG_WRITE(WDT_RELOAD0, stage0);
    REG_WRITE(WDT_RELOAD1, stage1);
    REG_WRITE(WDT_CTL, WDT_CTL_RESET);
    REG_WRITE(WDT_CTL, WDT_CTL_RESET | WDT_CTL_ENABLE);
    soc_wdt_feed();
}

void IRAM_ATTR soc_wdt_feed(void)
{
    REG_WRITE(WDT_FEED, WDT_FEED_KEY);
}

void IRAM_ATTR soc_reset_hint_set(uint32_t hint)
{
    REG_WRITE(HINT_ADDR, hint);
    REG_WRITE(PROOF_ADDR, hint ^ HINT_PROOF);
}

static void forget_hint(void)
{
    REG_WRITE(PROOF_ADDR, 0);
    REG_WRITE(HINT_ADDR, 0);
}

uint32_t soc_reset_hint_pass(void)
{
    uint32_t hint = REG_READ(HINT_ADDR);
    if (REG_READ(PROOF_ADDR) != (hint ^ HINT_PROOF)) {
        forget_hint();
        return 0;
    }
    REG_WRITE(PROOF_ADDR, hint ^ HINT_SEEN);
    return hint;
}

uint32_t soc_reset_hint_take(void)
{
    uint32_t hint = REG_READ(HINT_ADDR);
    uint32_t proof = REG_READ(PROOF_ADDR) ^ hint;
    forget_hint();
    return proof == HINT_PROOF || proof == HINT_SEEN ? hint : 0;
}

/* Fact: esp8266-machine 3.2, cause 5 is split by the wake cause. */
uint32_t soc_reset_cause(void)
{
    return REG_READ(RTC_RESET_CAUSE) & 0xfu;
}

uint32_t soc_reset_reason(uint32_t hint)
{
    static const uint8_t reasons[] = {
        ESP_RST_UNKNOWN, ESP_RST_POWERON,   ESP_RST_EXT,  ESP_RST_SW,
        ESP_RST_WDT,     ESP_RST_DEEPSLEEP, ESP_RST_SDIO,
    };
    uint32_t cause = soc_reset_cause();
    return hint != 0 ? hint : cause < sizeof(reasons) ? reasons[cause] : ESP_RST_UNKNOWN;
}

/* After flashing over the serial line the straps still say "download", and a jump to the ROM would
 * wait there for ever; cause 3 makes the ROM boot flash with these straps too. In all other cases
 * the jump is the way of the SDK: it keeps the cause and sets the flash pins up again.
 * Fact: esp8266-machine 3.1, 3.2, 3.7. */
void IRAM_ATTR soc_restart(void)
{
    cpu_lock();
    soc_console_flush();
    soc_wdt_feed();
    soc_cache_suspend();
    REG_CLR_BITS(DPORT_CACHE_RAM, DPORT_CACHE_RAM_BOTH);
    if (((REG_READ(GPIO_IN) >> GPIO_IN_STRAP_SHIFT) & GPIO_IN_STRAP_MASK) == GPIO_STRAP_DOWNLOAD) {
        REG_SET_BITS(RTC_CTRL, RTC_CTRL_RESET);
        soc_wait_for_watchdog();
    }
    __asm__ volatile("wsr %0, intenable\n wsr %1, vecbase\n rsync" : : "a"(0), "a"(0x40000000));
    rom_software_reboot();
}

void IRAM_ATTR soc_wait_for_watchdog(void)
{
    __asm__ volatile("wsr %0, intenable\n rsync" : : "a"(0));
    for (;;) {
        __asm__ volatile("waiti 0");
    }
}
