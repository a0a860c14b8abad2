/* SPDX-License-Identifier: Apache-2.0 */
/* The hardware watchdog: stage 0 ends in interrupt 8, stage 1 in a reset. Its clock is taken as
 * 80 MHz whatever the APB runs at, the shorter of the two readings of the public sources. */
#include "device_table.h"

enum {
    CTL = 0x00,
    RELOAD0 = 0x04,
    RELOAD1 = 0x08,
    COUNT = 0x0c,
    STAGE = 0x10,
    FEED = 0x14,
    RESET_STAGE = 0x18,
};

#define CTL_ENABLE          (1u << 0)
#define CTL_STAGE1_NO_RESET (1u << 1)
#define CTL_STAGE1_OFF      (1u << 2)
#define FEED_KEY            0x73u
#define INTERRUPT           8u
#define CLOCK_TICKS         26u /* 80 MHz */

static vb_time stage_ticks(const struct vb_wdt *w)
{
    return ((uint64_t)CLOCK_TICKS << 16) << (w->reload[w->stage] & 0xfu);
}

static void schedule(struct vb_board *b)
{
    const struct vb_wdt *w = &b->wdt;
    bool is_on = (w->ctl & CTL_ENABLE) != 0;
    vb_schedule(b, VB_EVENT_WDT, is_on ? w->since + stage_ticks(w) : VB_NEVER);
}

static void enter_stage(struct vb_board *b, uint32_t stage)
{
    b->wdt.stage = stage;
    b->wdt.since = vb_now(b);
    schedule(b);
}

void vb_wdt_event(struct vb_board *b)
{
    uint32_t ctl = b->wdt.ctl;
    bool is_last = b->wdt.stage == 1 || (ctl & CTL_STAGE1_OFF) != 0;
    if (!is_last) {
        vb_dport_edge(b, INTERRUPT);
        enter_stage(b, 1);
    } else if ((ctl & CTL_STAGE1_NO_RESET) != 0) {
        enter_stage(b, 0);
    } else {
        vb_request_reset(b, VB_RESET_WATCHDOG);
    }
}

bool vb_wdt_read(struct vb_board *b, uint32_t off, uint32_t *value)
{
    const struct vb_wdt *w = &b->wdt;
    bool is_on = (w->ctl & CTL_ENABLE) != 0;
    switch (off) {
    case CTL:
        *value = w->ctl;
        return true;
    case RELOAD0:
    case RELOAD1:
        *value = w->reload[(off - RELOAD0) / 4];
        return true;
    case COUNT:
        *value = is_on ? (uint32_t)((vb_now(b) - w->since) / CLOCK_TICKS) : 0;
        return true;
    case STAGE:
        *value = w->stage;
        return true;
    case FEED:
    case RESET_STAGE:
        *value = 0;
        return true;
    default:
        return false;
    }
}

static void write_ctl(struct vb_board *b, uint32_t value)
{
    bool starts = (value & ~b->wdt.ctl & CTL_ENABLE) != 0;
    b->wdt.ctl = value & 0x3fu;
    if (starts) {
        enter_stage(b, 0);
    }
    schedule(b);
}

bool vb_wdt_write(struct vb_board *b, uint32_t off, uint32_t value)
{
    switch (off) {
    case CTL:
        write_ctl(b, value);
        return true;
    case RELOAD0:
    case RELOAD1:
        b->wdt.reload[(off - RELOAD0) / 4] = value;
        schedule(b);
        return true;
    case FEED:
        if (value == FEED_KEY) {
            enter_stage(b, 0);
        }
        return true;
    default:
        return false;
    }
}

void vb_wdt_reset(struct vb_board *b, enum vb_reset_kind kind)
{
    (void)kind;
    b->wdt = (struct vb_wdt){0};
    schedule(b);
}
