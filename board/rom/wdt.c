/* SPDX-License-Identifier: Apache-2.0 */
/* The watchdog. Modes: 1 a ROM timer feeds, 2 the ROM's stage-0 interrupt feeds, 3 single stage, 4
 * two stages; in 3 and 4 nobody feeds. */
#include "rom.h"

#define CTL_ENABLE       1u
#define CTL_SINGLE_STAGE 0x3Cu
#define CTL_TWO_STAGES   0x38u
#define EDGE_WDT         1u
#define NEVER_ENABLED    (-1)

static struct rom_timer feed_timer;

static void feed(void *arg)
{
    (void)arg;
    REG(WDT_FEED) = WDT_FEED_VALUE;
}

static void feed_isr(void *arg, struct rom_frame *frame)
{
    (void)frame;
    feed(arg);
}

/* Seconds to the exponent of the period: 2^(n + 16) / 80 MHz. Anything but 3, 6, 12 gives the
 * shortest, about 0.8 ms. */
static uint32_t exponent(uint32_t seconds)
{
    return seconds == 3 ? 11 : seconds == 6 ? 12 : seconds == 12 ? 13 : 0;
}

int32_t ets_wdt_get_mode(void);
int32_t ets_wdt_get_mode(void)
{
    return wdt_mode;
}

static void start(uint32_t control, uint32_t stage0, uint32_t stage1)
{
    REG(WDT_CTL) &= ~CTL_ENABLE;
    REG(WDT_FEED) = WDT_FEED_VALUE;
    REG(WDT_RELOAD0) = stage0;
    if (control == CTL_TWO_STAGES) {
        REG(WDT_RELOAD1) = stage1;
    }
    REG(WDT_CTL) = control;
    REG(WDT_CTL) = control | CTL_ENABLE;
}

void ets_wdt_enable(uint32_t mode, uint32_t a1, uint32_t a2);
void ets_wdt_enable(uint32_t mode, uint32_t a1, uint32_t a2)
{
    wdt_mode = (int32_t)mode;
    switch (mode) {
    case 1:
        ets_timer_init();
        ets_timer_setfn(&feed_timer, feed, NULL);
        ets_timer_arm(&feed_timer, a1 >> 10, 1);
        start(CTL_SINGLE_STAGE, exponent(a2), 0);
        break;
    case 2:
        ets_isr_attach(INTERRUPT_WDT, feed_isr, NULL);
        REG(DPORT_EDGE_ENABLE) |= EDGE_WDT;
        ets_isr_unmask(1u << INTERRUPT_WDT);
        start(CTL_TWO_STAGES, exponent(a1), exponent(a1));
        break;
    case 3:
        start(CTL_SINGLE_STAGE, exponent(a2), 0);
        break;
    case 4:
        start(CTL_TWO_STAGES, exponent(a1), exponent(a1));
        break;
    default:
        break;
    }
}

/* Returns the mode, for ets_wdt_restore. */
int32_t ets_wdt_disable(void);
int32_t ets_wdt_disable(void)
{
    if (wdt_mode == 1) {
        ets_timer_disarm(&feed_timer);
    }
    REG(WDT_CTL) &= ~CTL_ENABLE;
    REG(WDT_FEED) = WDT_FEED_VALUE;
    return wdt_mode;
}

/* Runs the watchdog again with the settings that ets_wdt_disable left in its registers. */
void ets_wdt_restore(int32_t mode);
void ets_wdt_restore(int32_t mode)
{
    if (mode != NEVER_ENABLED) {
        REG(WDT_FEED) = WDT_FEED_VALUE;
        REG(WDT_CTL) |= CTL_ENABLE;
    }
}

void ets_wdt_init(void);
void ets_wdt_init(void)
{
    ets_wdt_disable();
    wdt_mode = NEVER_ENABLED;
}
