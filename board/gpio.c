/* SPDX-License-Identifier: Apache-2.0 */
/* GPIO: registers, and the strap latch in the upper half of IN. Levels, pulls and triggers are
 * those of pins.c, and GPIO16 stands in rtc.c. */
#include "device_table.h"

enum {
    OUT = 0x00,
    OUT_SET = 0x04,
    OUT_CLR = 0x08,
    ENABLE = 0x0c,
    ENABLE_SET = 0x10,
    ENABLE_CLR = 0x14,
    IN = 0x18,
    STATUS = 0x1c,
    STATUS_SET = 0x20,
    STATUS_CLR = 0x24,
    PIN0 = 0x28,
    PIN15 = 0x64,
    SIGMA_DELTA = 0x68,
    CALIBRATION_SYNC = 0x6c,
    CALIBRATION_VALUE = 0x70,
};

#define PINS 0xffffu

/* SD_D3, SD_D2 high and SD_D0 low: the second number of the ROM's boot mode reads 6. */
#define STRAP_SD (6u << 29)

uint32_t vb_gpio_straps(const struct vb_board *b)
{
    return STRAP_SD | (uint32_t)b->strap << 16;
}

bool vb_gpio_read(struct vb_board *b, uint32_t off, uint32_t *value)
{
    const struct vb_gpio *g = &b->gpio;
    if (off >= PIN0 && off <= PIN15) {
        *value = g->pin[(off - PIN0) / 4];
        return true;
    }
    switch (off) {
    case OUT:
        *value = g->out;
        return true;
    case ENABLE:
        *value = g->enable;
        return true;
    case IN:
        *value = vb_gpio_straps(b) | (vb_pin_levels(b) & PINS);
        return true;
    case STATUS:
        *value = g->status;
        return true;
    case SIGMA_DELTA:
        *value = g->sigma_delta;
        return true;
    case CALIBRATION_SYNC:
        *value = g->calibration;
        return true;
    case OUT_SET:
    case OUT_CLR:
    case ENABLE_SET:
    case ENABLE_CLR:
    case STATUS_SET:
    case STATUS_CLR:
        *value = 0;
        return true;
    default:
        return false;
    }
}

static bool store(struct vb_gpio *g, uint32_t off, uint32_t value)
{
    if (off >= PIN0 && off <= PIN15) {
        g->pin[(off - PIN0) / 4] = value;
        return true;
    }
    switch (off) {
    case OUT:
        g->out = value;
        return true;
    case OUT_SET:
        g->out |= value;
        return true;
    case OUT_CLR:
        g->out &= ~value;
        return true;
    case ENABLE:
        g->enable = value;
        return true;
    case ENABLE_SET:
        g->enable |= value;
        return true;
    case ENABLE_CLR:
        g->enable &= ~value;
        return true;
    case STATUS:
        g->status = value & PINS;
        return true;
    case STATUS_SET:
        g->status |= value & PINS;
        return true;
    case STATUS_CLR:
        g->status &= ~value;
        return true;
    case SIGMA_DELTA:
        g->sigma_delta = value;
        return true;
    case CALIBRATION_SYNC:
        g->calibration = value;
        return true;
    default:
        return false;
    }
}

bool vb_gpio_write(struct vb_board *b, uint32_t off, uint32_t value)
{
    bool is_modelled = store(&b->gpio, off, value);
    vb_pins_update(b);
    return is_modelled;
}

/* The pins follow with the reset of the pads, which comes last. */
void vb_gpio_reset(struct vb_board *b, enum vb_reset_kind kind)
{
    (void)kind;
    b->gpio = (struct vb_gpio){0};
}
