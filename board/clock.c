/* SPDX-License-Identifier: Apache-2.0 */
/* Virtual time: the clocks, the event queue, and time inside a slice of execution. */
#include "clock.h"

#include "internal.h"

#define PATIENCE             (5000u * VB_TICKS_PER_US) /* more than unpacking a sector takes */
#define TICKS_PER_SECOND_MHZ 2080u                     /* ticks of one cycle at 1 MHz */

static vb_time executed_ticks(const struct vb_board *b)
{
    return (vb_time)(uint32_t)(b->cpu.slice_len - b->cpu.slice_left) * b->cycle_ticks;
}

vb_time vb_now(const struct vb_board *b)
{
    return b->now + executed_ticks(b);
}

vb_time vb_whole_us(vb_time at)
{
    vb_time over = at % VB_TICKS_PER_US;
    return over == 0 ? at : at + (VB_TICKS_PER_US - over);
}

void vb_clock_sync(struct vb_board *b)
{
    b->now += executed_ticks(b);
    b->stats.instructions += (uint32_t)(b->cpu.slice_len - b->cpu.slice_left);
    b->cpu.slice_len = b->cpu.slice_left;
}

uint64_t vb_clock_cycles_until(const struct vb_board *b, vb_time at)
{
    return at <= b->now ? 0 : (at - b->now - 1) / b->cycle_ticks + 1;
}

void vb_clock_skip(struct vb_board *b, vb_time at)
{
    vb_time skipped = vb_clock_cycles_until(b, at) * b->cycle_ticks;
    b->now += skipped;
    b->idle += vb_board_in_download(b) ? 0 : skipped;
}

/* --- idle time --- */

/* Loaders and flasher stubs poll instead of sleeping: silence that lasts means that they wait. */
static vb_time silence(const struct vb_board *b)
{
    vb_time quiet = vb_now(b) - b->work_at;
    return vb_board_in_download(b) && quiet > PATIENCE ? quiet - PATIENCE : 0;
}

void vb_note_work(struct vb_board *b)
{
    b->idle += silence(b);
    b->work_at = vb_now(b);
}

vb_time vb_clock_idle(const struct vb_board *b)
{
    return b->idle + silence(b);
}

void vb_set_clock(struct vb_board *b, unsigned cpu_mhz, unsigned apb_mhz)
{
    uint32_t cycle_ticks = TICKS_PER_SECOND_MHZ / cpu_mhz;
    uint32_t apb_ticks = TICKS_PER_SECOND_MHZ / apb_mhz;
    if (cycle_ticks != b->cycle_ticks) {
        vb_cpu_rebase_ccount(b);
        vb_clock_sync(b);
        b->cycle_ticks = cycle_ticks;
        vb_cpu_clock_changed(b);
        b->cpu.attention = true;
    }
    if (apb_ticks != b->apb_ticks) {
        b->apb_ticks = apb_ticks;
        vb_uart_clock_changed(b);
        vb_frc_clock_changed(b);
    }
}

void vb_schedule(struct vb_board *b, enum vb_event event, vb_time at)
{
    b->due[event] = at;
    if (at < b->now + (vb_time)(uint32_t)b->cpu.slice_len * b->cycle_ticks) {
        b->cpu.attention = true;
    }
}

static enum vb_event first_event(const struct vb_board *b)
{
    unsigned first = 0;
    for (unsigned i = 1; i < VB_EVENT_COUNT; i++) {
        if (b->due[i] < b->due[first]) {
            first = i;
        }
    }
    return (enum vb_event)first;
}

vb_time vb_clock_next_due(const struct vb_board *b)
{
    return b->due[first_event(b)];
}

bool vb_clock_take_due(struct vb_board *b, enum vb_event *event)
{
    *event = first_event(b);
    if (b->due[*event] > b->now) {
        return false;
    }
    b->due[*event] = VB_NEVER;
    return true;
}
