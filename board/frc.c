/* SPDX-License-Identifier: Apache-2.0 */
/* FRC1 (23 bits, counts down to 0) and FRC2 (32 bits, counts up to ALARM), both from the APB clock.
 * A counter is not stepped: its value follows from a base value and the time since it was taken. */
#include "device_table.h"

enum {
    LOAD = 0x00,
    COUNT = 0x04,
    CTRL = 0x08,
    INT_CLEAR = 0x0c,
    ALARM = 0x10, /* FRC2 only */
    FRC2 = 0x20,
};

#define CTRL_DIVIDER(r) ((r) >> 2 & 3u)
#define CTRL_RELOAD     (1u << 6)
#define CTRL_RUN        (1u << 7)
#define CTRL_STATUS     (1u << 8)
#define CTRL_STORED     0xcfu

static const uint32_t masks[2] = {0x7fffffu, 0xffffffffu};

static uint64_t unit_ticks(const struct vb_board *b, const struct vb_frc_timer *t)
{
    static const unsigned shift[4] = {0, 4, 8, 8};
    return (uint64_t)b->frc.apb_ticks << shift[CTRL_DIVIDER(t->ctrl)];
}

/* Takes the present count as the new base; the fraction of a count that has passed is kept. */
static void rebase(struct vb_board *b, unsigned n)
{
    struct vb_frc_timer *t = &b->frc.timer[n];
    if ((t->ctrl & CTRL_RUN) == 0) {
        t->since = vb_now(b);
        return;
    }
    uint64_t unit = unit_ticks(b, t);
    uint64_t counts = (vb_now(b) - t->since) / unit;
    t->since += counts * unit;
    t->base = (n == 0 ? t->base - (uint32_t)counts : t->base + (uint32_t)counts) & masks[n];
}

static void schedule(struct vb_board *b, unsigned n)
{
    const struct vb_frc_timer *t = &b->frc.timer[n];
    enum vb_event event = n == 0 ? VB_EVENT_FRC1 : VB_EVENT_FRC2;
    if ((t->ctrl & CTRL_RUN) == 0) {
        vb_schedule(b, event, VB_NEVER);
        return;
    }
    uint64_t counts = (n == 0 ? t->base : t->alarm - t->base) & masks[n];
    if (counts == 0) {
        counts = (uint64_t)masks[n] + 1;
    }
    vb_schedule(b, event, t->since + counts * unit_ticks(b, t));
}

void vb_frc_event(struct vb_board *b, unsigned n)
{
    struct vb_frc_timer *t = &b->frc.timer[n];
    rebase(b, n);
    if ((t->ctrl & CTRL_RELOAD) != 0) {
        /* Counts that passed since the hit are not lost: the period stays exact. */
        t->base = (n == 0 ? t->load + t->base : t->load + (t->base - t->alarm)) & masks[n];
    }
    t->status = true;
    vb_dport_edge(b, 9 + n);
    schedule(b, n);
}

void vb_frc_clock_changed(struct vb_board *b)
{
    for (unsigned n = 0; n < 2; n++) {
        rebase(b, n);
    }
    b->frc.apb_ticks = b->apb_ticks;
    for (unsigned n = 0; n < 2; n++) {
        schedule(b, n);
    }
}

bool vb_frc_read(struct vb_board *b, uint32_t off, uint32_t *value)
{
    unsigned n = off >= FRC2;
    const struct vb_frc_timer *t = &b->frc.timer[n];
    switch (off - n * FRC2) {
    case LOAD:
        *value = t->load;
        return true;
    case COUNT:
        rebase(b, n);
        *value = t->base;
        return true;
    case CTRL:
        *value = t->ctrl | (t->status ? CTRL_STATUS : 0);
        return true;
    case INT_CLEAR:
        *value = 0;
        return true;
    case ALARM:
        *value = t->alarm;
        return n == 1;
    default:
        return false;
    }
}

bool vb_frc_write(struct vb_board *b, uint32_t off, uint32_t value)
{
    unsigned n = off >= FRC2;
    struct vb_frc_timer *t = &b->frc.timer[n];
    rebase(b, n);
    switch (off - n * FRC2) {
    case LOAD:
        t->load = value & masks[n];
        t->base = t->load;
        t->since = vb_now(b);
        break;
    case CTRL:
        t->ctrl = value & CTRL_STORED;
        break;
    case INT_CLEAR:
        t->status = t->status && (value & 1u) == 0;
        break;
    case ALARM:
        if (n != 1) {
            return false;
        }
        t->alarm = value;
        break;
    default:
        return false;
    }
    schedule(b, n);
    return true;
}

void vb_frc_reset(struct vb_board *b, enum vb_reset_kind kind)
{
    (void)kind;
    b->frc = (struct vb_frc){.apb_ticks = b->apb_ticks};
    schedule(b, 0);
    schedule(b, 1);
}
