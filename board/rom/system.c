/* SPDX-License-Identifier: Apache-2.0 */
/* Delay, reset, reset cause. */
#include "rom.h"

#define DEEP_SLEEP_CAUSE 5u
#define WAKE_SDIO        1u
#define WAKE_TIMER       8u
#define STORE_BIT21      (1u << 21)
#define SOFTWARE_RESET   (1u << 31)

uint32_t rtc_get_reset_reason(void)
{
    uint32_t cause = REG(RTC_CAUSE) & 0xF;
    if (cause == DEEP_SLEEP_CAUSE) {
        uint32_t wake = REG(RTC_WAKE) >> 8 & 0x3F;
        cause = wake == WAKE_SDIO ? ROM_RESET_SDIO : wake == WAKE_TIMER ? ROM_RESET_DEEP_SLEEP : 0;
    }
    REG(RTC_STORE) &= ~STORE_BIT21;
    return cause;
}

void software_reset(void)
{
    REG(RTC_CTRL) |= SOFTWARE_RESET;
}

void ets_delay_us(uint32_t us)
{
    uint32_t start = xthal_get_ccount();
    uint32_t ticks = us * ticks_per_us;
    while (xthal_get_ccount() - start < ticks) {
    }
}

void ets_update_cpu_frequency(uint32_t mhz)
{
    ticks_per_us = mhz;
}

uint32_t ets_get_cpu_frequency(void)
{
    return ticks_per_us;
}
