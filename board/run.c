/* SPDX-License-Identifier: Apache-2.0 */
/* The run loop: events that are due, then interrupts, then instructions up to the next event. Host
 * time is read only while an outside connection is open or the board runs in real time. */
#include <time.h>

#include "board.h"
#include "clock.h"
#include "internal.h"
#include "vb_debug.h"

#define MS_TICKS     (1000u * VB_TICKS_PER_US)
#define MAX_SLICE    (1u << 24) /* instructions */
#define MAX_WAIT_US  10000u     /* of host time, in one go */
#define DEBUG_ICOUNT (1u << 0)

/* How far a run goes, and where it began. */
struct run {
    vb_time until;
    uint64_t max_instructions; /* total of the board's counter */
    uint64_t host_start_us;
    vb_time start;
};

static uint64_t host_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

static vb_time earlier(vb_time a, vb_time b)
{
    return a < b ? a : b;
}

static vb_time us_to_time(uint64_t us)
{
    return us > VB_NEVER / VB_TICKS_PER_US ? VB_NEVER : us * VB_TICKS_PER_US;
}

/* --- the network behind the board --- */

static void poll_net(struct vb_board *b, uint32_t wait_us)
{
    const struct vb_net *net = b->config.net;
    net->poll(net->ctx, b, b->now / VB_TICKS_PER_US, wait_us);
}

/* Never now: a backend that always wants to work must not stop the clock. */
static vb_time next_net(const struct vb_board *b)
{
    const struct vb_net *net = b->config.net;
    vb_time at = us_to_time(net->next_us(net->ctx));
    return at > b->now ? at : vb_whole_us(b->now + 1);
}

static bool is_net_open(const struct vb_board *b)
{
    return b->config.net != NULL && b->config.net->is_open(b->config.net->ctx);
}

/* Between instructions the backend works every millisecond, and when it asked to. */
static void schedule_net_busy(struct vb_board *b)
{
    if (b->config.net != NULL) {
        b->due[VB_EVENT_NET] =
            earlier(b->due[VB_EVENT_NET], earlier(vb_whole_us(b->now + MS_TICKS), next_net(b)));
    }
}

/* --- events --- */

static void fire_events(struct vb_board *b)
{
    enum vb_event event;
    while (vb_clock_take_due(b, &event)) {
        if (event == VB_EVENT_CCOMPARE) {
            vb_cpu_ccompare_event(b);
        } else if (event != VB_EVENT_NET) {
            vb_device_event(b, event);
        } else if (b->config.net != NULL) {
            poll_net(b, 0);
        }
    }
}

static bool stops(struct vb_board *b, const struct run *run, enum vb_stop *why)
{
    if (b->stop_reason == VB_STOP_UNMODELLED) {
        *why = VB_STOP_UNMODELLED;
        return true;
    }
    if (b->stop_requested) {
        b->stop_requested = false;
        *why = VB_STOP_REQUEST;
        return true;
    }
    if (b->debug.halt.kind != VB_HALT_NONE) {
        *why = VB_STOP_DEBUG;
        return true;
    }
    *why = VB_STOP_TIME;
    return b->now >= run->until || b->stats.instructions >= run->max_instructions;
}

/* --- sleeping --- */

/* True when the event, once due, may end the sleep or lead to what ends it. */
static bool may_wake(const struct vb_cpu *cpu, enum vb_event event)
{
    bool is_level1_open = vb_cpu_level(cpu) == 0 && cpu->sr[VB_SR_INTENABLE] != 0;
    switch (event) {
    case VB_EVENT_CCOMPARE:
        return is_level1_open && (cpu->sr[VB_SR_INTENABLE] & 1u << 6) != 0;
    case VB_EVENT_NET: /* judged by what the backend says */
        return false;
    case VB_EVENT_WDT:
    case VB_EVENT_FRC1: /* may be the NMI */
    case VB_EVENT_UART_TX:
    case VB_EVENT_SPI:
    case VB_EVENT_FAULT:
    case VB_EVENT_NOR: /* these come to an end by themselves */
        return true;
    default:
        return is_level1_open;
    }
}

static bool host_may_wake(const struct vb_board *b, bool is_level1_open)
{
    bool hears_uart = is_level1_open && (b->cpu.sr[VB_SR_INTENABLE] & 1u << 5) != 0;
    return b->host_reach == VB_REACH_RESET || (b->host_reach == VB_REACH_BYTES && hears_uart);
}

static bool can_wake(const struct vb_board *b)
{
    for (unsigned i = 0; i < VB_EVENT_COUNT; i++) {
        if (b->due[i] != VB_NEVER && may_wake(&b->cpu, (enum vb_event)i)) {
            return true;
        }
    }
    bool is_level1_open = vb_cpu_level(&b->cpu) == 0 && b->cpu.sr[VB_SR_INTENABLE] != 0;
    if (host_may_wake(b, is_level1_open)) {
        return true;
    }
    return is_level1_open && b->config.net != NULL && (is_net_open(b) || next_net(b) != VB_NEVER);
}

/* Sleeps towards at, but no faster than the wall clock, and listens to the network meanwhile. */
static void sleep_by_the_wall(struct vb_board *b, vb_time at)
{
    uint64_t left_us = (at - b->now) / VB_TICKS_PER_US + 1;
    uint64_t start = host_us();
    poll_net(b, left_us < MAX_WAIT_US ? (uint32_t)left_us : MAX_WAIT_US);
    vb_clock_skip(b, earlier(at, b->now + (host_us() - start) * VB_TICKS_PER_US));
}

static void sleep_on(struct vb_board *b, const struct run *run)
{
    if (b->config.net != NULL) {
        b->due[VB_EVENT_NET] = next_net(b);
    }
    vb_time at = earlier(vb_clock_next_due(b), run->until);
    if (b->config.real_time) {
        at = earlier(at, b->now + MAX_WAIT_US * VB_TICKS_PER_US);
    }
    if (is_net_open(b)) {
        sleep_by_the_wall(b, at);
    } else {
        vb_clock_skip(b, at);
    }
}

/* --- executing --- */

static int32_t slice_length(const struct vb_board *b, const struct run *run)
{
    uint64_t n = vb_clock_cycles_until(b, earlier(vb_clock_next_due(b), run->until));
    uint64_t left = run->max_instructions - b->stats.instructions;
    uint64_t most = b->config.real_time ? MS_TICKS / b->cycle_ticks : MAX_SLICE;
    uint64_t untraced = vb_debug_untraced(b);
    left = left < untraced ? left : untraced;
    n = n < left ? n : left;
    return (int32_t)(n < most ? n : most);
}

static void execute(struct vb_board *b, int32_t n)
{
    struct vb_cpu *cpu = &b->cpu;
    cpu->slice_len = cpu->slice_left = n;
    vb_exec(b);
    vb_clock_sync(b);
    cpu->slice_len = cpu->slice_left = 0;
}

/* While ICOUNT is active instructions go one at a time; those that complete are counted. */
static void execute_counted(struct vb_board *b)
{
    struct vb_cpu *cpu = &b->cpu;
    if (cpu->sr[VB_SR_ICOUNT] == UINT32_MAX && vb_cpu_debug(b, DEBUG_ICOUNT)) {
        return;
    }
    cpu->counting = true;
    execute(b, 1);
    cpu->sr[VB_SR_ICOUNT] += cpu->counting;
    cpu->counting = false;
}

static void execute_slice(struct vb_board *b, const struct run *run)
{
    schedule_net_busy(b);
    if (b->cpu.sr[VB_SR_ICOUNTLEVEL] > vb_cpu_level(&b->cpu)) {
        execute_counted(b);
    } else if (vb_debug_is_tracing(b)) {
        vb_debug_trace(b, execute);
    } else {
        execute(b, slice_length(b, run));
    }
}

/* Holds virtual time back to the wall clock's pace. */
static void keep_pace(struct vb_board *b, const struct run *run)
{
    uint64_t virtual_us = (b->now - run->start) / VB_TICKS_PER_US;
    uint64_t real_us = host_us() - run->host_start_us;
    if (virtual_us <= real_us) {
        return;
    }
    uint64_t wait_us = virtual_us - real_us < MAX_WAIT_US ? virtual_us - real_us : MAX_WAIT_US;
    if (b->config.net != NULL) {
        poll_net(b, (uint32_t)wait_us);
    } else {
        struct timespec ts = {.tv_nsec = (long)wait_us * 1000};
        nanosleep(&ts, NULL);
    }
}

static enum vb_stop run_board(struct vb_board *b, struct run *run)
{
    enum vb_stop why;
    vb_debug_resume(b);
    run->start = b->now;
    run->host_start_us = b->config.real_time ? host_us() : 0;
    for (;;) {
        if (b->power_cut) {
            b->power_cut = false;
            return VB_STOP_CUT;
        }
        if (!b->powered || b->reset_pending) {
            vb_board_apply_reset(b);
        }
        fire_events(b);
        if (b->reset_pending) {
            continue;
        }
        if (stops(b, run, &why)) {
            return why;
        }
        vb_cpu_take_interrupt(b);
        if (!b->cpu.waiting) {
            execute_slice(b, run);
        } else if (can_wake(b)) {
            sleep_on(b, run);
        } else {
            return VB_STOP_DEAD;
        }
        if (b->config.real_time) {
            keep_pace(b, run);
        }
    }
}

enum vb_stop vb_board_run(struct vb_board *b, uint64_t until_us)
{
    struct run run = {.until = us_to_time(until_us), .max_instructions = UINT64_MAX};
    return run_board(b, &run);
}

enum vb_stop vb_board_step(struct vb_board *b, uint64_t n)
{
    return vb_board_step_until(b, n, UINT64_MAX);
}

enum vb_stop vb_board_step_until(struct vb_board *b, uint64_t n, uint64_t until_us)
{
    struct run run = {.until = us_to_time(until_us), .max_instructions = b->stats.instructions + n};
    return run_board(b, &run);
}
