/* SPDX-License-Identifier: Apache-2.0 */
/* The real-time clock block: reset cause, software reset, counter, scratch words, GPIO16's
 * registers, and the RTC memory. Sleep is refused: bit 20 of 0x60000708 stops the run. */
#include "device_table.h"

enum {
    CTL = 0x00,
    ALARM = 0x04,
    SLEEP = 0x08,
    CAUSE = 0x14,
    WAKE = 0x18,
    COUNTER = 0x1c,
    INT_SET = 0x20,
    INT_CLEAR = 0x24,
    INT_ENABLE = 0x28,
    SCRATCH0 = 0x30,
    SCRATCH3 = 0x3c,
    PAD_FIRST = 0x68,
    PAD_IN = 0x8c,
    PAD_LAST = 0xa8,
};

#define CTL_SOFTWARE_RESET (1u << 31)
#define SLEEP_ENTER        (1u << 20)
/* The RC oscillator: 6 us a tick, inside the range that is reported for silicon. */
#define COUNTER_TICKS (6u * VB_TICKS_PER_US)

bool vb_rtc_read(struct vb_board *b, uint32_t off, uint32_t *value)
{
    const struct vb_rtc *r = &b->rtc;
    if (off >= SCRATCH0 && off <= SCRATCH3) {
        *value = r->scratch[(off - SCRATCH0) / 4];
        return true;
    }
    if (off == PAD_IN) {
        *value = vb_pin_levels(b) >> 16;
        return true;
    }
    if (off >= PAD_FIRST && off <= PAD_LAST) {
        *value = r->pad[(off - PAD_FIRST) / 4];
        return true;
    }
    switch (off) {
    case CTL:
        *value = r->ctl;
        return true;
    case ALARM:
        *value = r->alarm;
        return true;
    case SLEEP:
        *value = r->sleep;
        return true;
    case CAUSE:
        *value = r->cause;
        return true;
    case WAKE:
        *value = r->wake;
        return true;
    case COUNTER:
        *value = (uint32_t)(vb_now(b) / COUNTER_TICKS);
        return true;
    case INT_SET:
    case INT_CLEAR:
        *value = 0;
        return true;
    case INT_ENABLE:
        *value = r->int_ena;
        return true;
    default:
        return false;
    }
}

static void write_ctl(struct vb_board *b, uint32_t value)
{
    b->rtc.ctl = value & ~CTL_SOFTWARE_RESET;
    if ((value & CTL_SOFTWARE_RESET) != 0) {
        vb_request_reset(b, VB_RESET_SOFTWARE);
    }
}

static void write_sleep(struct vb_board *b, uint32_t value)
{
    b->rtc.sleep = value;
    if ((value & SLEEP_ENTER) != 0) {
        vb_unmodelled(b, "sleep (RTC 0x08 bit 20)");
    }
}

bool vb_rtc_write(struct vb_board *b, uint32_t off, uint32_t value)
{
    struct vb_rtc *r = &b->rtc;
    if (off >= SCRATCH0 && off <= SCRATCH3) {
        r->scratch[(off - SCRATCH0) / 4] = value;
        return true;
    }
    if (off >= PAD_FIRST && off <= PAD_LAST) {
        r->pad[(off - PAD_FIRST) / 4] = value;
        vb_pins_update(b);
        return true;
    }
    switch (off) {
    case CTL:
        write_ctl(b, value);
        return true;
    case ALARM:
        r->alarm = value;
        return true;
    case SLEEP:
        write_sleep(b, value);
        return true;
    case WAKE:
        r->wake = value;
        return true;
    case INT_CLEAR:
        return true;
    case INT_ENABLE:
        r->int_ena = value;
        return true;
    default:
        return false;
    }
}

static uint32_t cause_of(enum vb_reset_kind kind)
{
    switch (kind) {
    case VB_RESET_POWER:
        return 1;
    case VB_RESET_EXTERNAL:
        return 2;
    case VB_RESET_SOFTWARE:
        return 3;
    case VB_RESET_WATCHDOG:
        return 4;
    }
    return 0;
}

/* Scratch words belong to the always-on domain, like the memory: only a power cut changes them. */
void vb_rtc_reset(struct vb_board *b, enum vb_reset_kind kind)
{
    struct vb_rtc *r = &b->rtc;
    r->ctl = 0;
    r->alarm = 0;
    r->sleep = 0;
    r->wake = 0;
    r->int_ena = 0;
    r->cause = cause_of(kind);
    if (kind == VB_RESET_POWER) {
        for (unsigned i = 0; i < 4; i++) {
            r->scratch[i] = 0;
        }
        for (unsigned i = 0; i < 17; i++) {
            r->pad[i] = 0;
        }
    }
}

bool vb_rtc_memory_read(struct vb_board *b, uint32_t off, uint32_t *value)
{
    *value = b->rtc.memory[off / 4];
    return true;
}

bool vb_rtc_memory_write(struct vb_board *b, uint32_t off, uint32_t value)
{
    b->rtc.memory[off / 4] = value;
    return true;
}

void vb_rtc_memory_reset(struct vb_board *b, enum vb_reset_kind kind)
{
    if (kind == VB_RESET_POWER) {
        for (unsigned i = 0; i < 256; i++) {
            b->rtc.memory[i] = (uint32_t)vb_random(b);
        }
    }
}
