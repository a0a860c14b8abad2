/* SPDX-License-Identifier: Apache-2.0 */
/* GPIO0 to GPIO16 as wires: what the device and the host drive, what pulls do to the rest, and what
 * changes raise. Two drivers that disagree: low wins. Other functions of a pad (UART, SPI) move no
 * level here, and sigma-delta pins show their OUT bit. */
#include "device_table.h"

#define INTERRUPT 4u
#define N_GPIO    16u
#define GPIO_PINS 0xffffu

#define PAD_PULL_UP    (1u << 7)
#define PIN_OPEN_DRAIN (1u << 2)

#define RTC_OUT    0u /* 0x60000768, as an index of vb_rtc.pad; bit 0 of each */
#define RTC_ENABLE 3u /* 0x60000774 */

/* Fact: esp8266-machine 6.5, PIN n bits 7..9. */
enum trigger { NONE, RISING, FALLING, ANY, LOW, HIGH };

struct drivers {
    uint32_t high, low;
};

/* Fact: esp8266-machine 6.6, offset / 4 of each pin's pad. */
static uint32_t pad(const struct vb_board *b, unsigned pin)
{
    static const uint8_t index[N_GPIO] = {13, 6, 14, 5, 15, 16, 7, 8, 9, 10, 11, 12, 1, 2, 3, 4};
    return b->iomux.reg[index[pin]];
}

static bool is_gpio_function(uint32_t pad, unsigned pin)
{
    uint32_t function = (pad >> 4 & 3u) | (pad >> 6 & 4u);
    bool is_first = pin == 0 || pin == 2 || pin == 4 || pin == 5;
    return function == (is_first ? 0u : 3u);
}

static struct drivers device_drivers(const struct vb_board *b)
{
    const struct vb_gpio *g = &b->gpio;
    struct drivers d = {0, 0};
    for (unsigned pin = 0; pin < N_GPIO; pin++) {
        uint32_t bit = 1u << pin;
        if ((g->enable & bit) == 0 || !is_gpio_function(pad(b, pin), pin)) {
            continue;
        }
        d.low |= bit & ~g->out;
        d.high |= (g->pin[pin] & PIN_OPEN_DRAIN) == 0 ? bit & g->out : 0;
    }
    if ((b->rtc.pad[RTC_ENABLE] & 1u) != 0) {
        d.high |= (b->rtc.pad[RTC_OUT] & 1u) << 16;
        d.low |= (~b->rtc.pad[RTC_OUT] & 1u) << 16;
    }
    return d;
}

/* The module's resistors on GPIO0, 2 and 15 are stronger than a pull-up inside the chip. */
static uint32_t pulled_up(const struct vb_board *b)
{
    uint32_t strap = b->strap;
    uint32_t up = 0;
    for (unsigned pin = 0; pin < N_GPIO; pin++) {
        up |= (pad(b, pin) & PAD_PULL_UP) != 0 ? 1u << pin : 0;
    }
    up &= ~(1u << 0 | 1u << 2 | 1u << 15);
    return up | (strap >> 1 & 1u) << 0 | (strap & 1u) << 2 | (strap >> 2 & 1u) << 15;
}

uint32_t vb_pin_levels(const struct vb_board *b)
{
    const struct vb_pins *p = &b->pins;
    struct drivers d = device_drivers(b);
    return (d.high | p->host_high | pulled_up(b)) & ~(d.low | p->host_low);
}

static bool is_raised(enum trigger type, bool was, bool is)
{
    switch (type) {
    case RISING:
        return is && !was;
    case FALLING:
        return was && !is;
    case ANY:
        return was != is;
    case LOW:
        return !is;
    case HIGH:
        return is;
    case NONE:
        break;
    }
    return false;
}

static uint32_t raised(const struct vb_board *b, uint32_t was, uint32_t is)
{
    uint32_t status = 0;
    for (unsigned pin = 0; pin < N_GPIO; pin++) {
        enum trigger type = (enum trigger)(b->gpio.pin[pin] >> 7 & 7u);
        if (is_raised(type, (was >> pin & 1u) != 0, (is >> pin & 1u) != 0)) {
            status |= 1u << pin;
        }
    }
    return status;
}

static int level_of(struct drivers d, unsigned pin)
{
    return (d.high >> pin & 1u) != 0 ? 1 : (d.low >> pin & 1u) != 0 ? 0 : VB_PIN_FLOATING;
}

static void tell(struct vb_board *b, unsigned pin, int level)
{
    static const char *const names[] = {"floating", "0", "1"};
    vb_trace(b, VB_TRACE_PIN, "gpio%u output %s", pin, names[level + 1]);
    if (b->config.pin_changed != NULL) {
        b->config.pin_changed(b->config.ctx, pin, level);
    }
}

static void show_outputs(struct vb_board *b)
{
    struct vb_pins *p = &b->pins;
    struct drivers d = device_drivers(b);
    uint32_t changed = (d.high ^ p->shown_high) | (d.low ^ p->shown_low);
    p->shown_high = d.high;
    p->shown_low = d.low;
    for (unsigned pin = 0; changed != 0; pin++, changed >>= 1) {
        if ((changed & 1u) != 0) {
            tell(b, pin, level_of(d, pin));
        }
    }
}

void vb_pins_update(struct vb_board *b)
{
    struct vb_pins *p = &b->pins;
    uint32_t levels = vb_pin_levels(b);
    b->gpio.status |= raised(b, p->seen, levels) & GPIO_PINS;
    p->seen = levels;
    vb_irq_level(b, INTERRUPT, b->gpio.status != 0);
    show_outputs(b);
}

/* --- the host's end --- */

bool vb_board_set_pin(struct vb_board *b, unsigned pin, int level)
{
    struct vb_pins *p = &b->pins;
    if (pin >= VB_PINS || level < VB_PIN_FLOATING || level > 1) {
        return false;
    }
    uint32_t bit = 1u << pin;
    p->host_high = level == 1 ? p->host_high | bit : p->host_high & ~bit;
    p->host_low = level == 0 ? p->host_low | bit : p->host_low & ~bit;
    if (level == VB_PIN_FLOATING) {
        vb_trace(b, VB_TRACE_PIN, "gpio%u released", pin);
    } else {
        vb_trace(b, VB_TRACE_PIN, "gpio%u held at %d", pin, level);
    }
    vb_pins_update(b);
    return true;
}

/* Among equals the one that was planned first. */
static unsigned next_plan(const struct vb_pins *p)
{
    unsigned next = 0;
    for (unsigned i = 1; i < p->n_plans; i++) {
        next = p->plan[i].at_us < p->plan[next].at_us ? i : next;
    }
    return next;
}

static void schedule_plan(struct vb_board *b)
{
    const struct vb_pins *p = &b->pins;
    vb_schedule(b, VB_EVENT_PIN,
                p->n_plans != 0 ? p->plan[next_plan(p)].at_us * VB_TICKS_PER_US : VB_NEVER);
}

bool vb_board_set_pin_at(struct vb_board *b, uint64_t at_us, unsigned pin, int level)
{
    struct vb_pins *p = &b->pins;
    if (pin >= VB_PINS || level < VB_PIN_FLOATING || level > 1 || p->n_plans == VB_PIN_PLANS ||
        at_us >= VB_NEVER / VB_TICKS_PER_US) {
        return false;
    }
    p->plan[p->n_plans++] = (struct vb_pin_plan){at_us, (uint8_t)pin, (int8_t)level};
    schedule_plan(b);
    return true;
}

void vb_pins_event(struct vb_board *b)
{
    struct vb_pins *p = &b->pins;
    unsigned next = next_plan(p);
    struct vb_pin_plan plan = p->plan[next];
    p->n_plans--;
    for (unsigned i = next; i < p->n_plans; i++) {
        p->plan[i] = p->plan[i + 1];
    }
    schedule_plan(b);
    vb_board_set_pin(b, plan.pin, plan.level);
}
