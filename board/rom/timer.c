/* SPDX-License-Identifier: Apache-2.0 */
/* Software timers on FRC2, sorted by expiry. The tick is APB / 256; the ROM assumes 80 MHz. */
#include "rom.h"

#define CTRL_DIVIDE_256 (2u << 2)
#define CTRL_RUN        (1u << 7)
#define EDGE_FRC2       (1u << 2)
#define MIN_TICKS       5 /* an alarm closer than this might be passed before it is set */

static struct rom_timer *first;

static int32_t distance(const struct rom_timer *timer, uint32_t now)
{
    return (int32_t)(timer->expire - now);
}

static void set_alarm(void)
{
    if (first != NULL) {
        uint32_t now = REG(FRC2_COUNT);
        int32_t ticks = distance(first, now);
        REG(FRC2_ALARM) = now + (uint32_t)(ticks < MIN_TICKS ? MIN_TICKS : ticks);
    }
}

static void unlink(struct rom_timer *timer)
{
    for (struct rom_timer **at = &first; *at != NULL; at = &(*at)->next) {
        if (*at == timer) {
            *at = timer->next;
            return;
        }
    }
}

/* Sorts the timer in by its expiry. Interrupts are locked by the caller. */
void timer_insert(uint32_t expire, struct rom_timer *timer);
void timer_insert(uint32_t expire, struct rom_timer *timer)
{
    struct rom_timer **at = &first;
    timer->expire = expire;
    while (*at != NULL && (int32_t)((*at)->expire - expire) <= 0) {
        at = &(*at)->next;
    }
    timer->next = *at;
    *at = timer;
    if (first == timer) {
        set_alarm();
    }
}

void ets_timer_setfn(struct rom_timer *timer, void (*func)(void *arg), void *arg)
{
    *timer = (struct rom_timer){.func = func, .arg = arg};
}

/* 312.5 ticks a millisecond. */
void ets_timer_arm(struct rom_timer *timer, uint32_t ms, uint32_t repeat)
{
    uint32_t ticks = ms * 312u + (ms >> 1);
    uint32_t ps = _xtos_set_intlevel(3);
    unlink(timer);
    timer->period = repeat != 0 ? ticks : 0;
    timer_insert(REG(FRC2_COUNT) + ticks, timer);
    _xtos_restore_intlevel(ps);
}

void ets_timer_disarm(struct rom_timer *timer)
{
    uint32_t ps = _xtos_set_intlevel(3);
    unlink(timer);
    timer->period = 0;
    _xtos_restore_intlevel(ps);
}

void ets_timer_done(struct rom_timer *timer);
void ets_timer_done(struct rom_timer *timer)
{
    ets_timer_disarm(timer);
    timer->func = NULL;
    timer->arg = NULL;
}

/* Takes the first timer when it is due and re-arms a repeating one. */
static struct rom_timer *take_due(void)
{
    uint32_t ps = _xtos_set_intlevel(3);
    struct rom_timer *timer = first;
    if (timer == NULL || distance(timer, REG(FRC2_COUNT)) > 0) {
        set_alarm();
        timer = NULL;
    } else {
        first = timer->next;
        if (timer->period != 0) {
            timer_insert(timer->expire + timer->period, timer);
        }
    }
    _xtos_restore_intlevel(ps);
    return timer;
}

void ets_timer_handler_isr(void *arg, struct rom_frame *frame);
void ets_timer_handler_isr(void *arg, struct rom_frame *frame)
{
    struct rom_timer *timer;
    (void)arg;
    (void)frame;
    REG(FRC2_INT) = 1;
    while ((timer = take_due()) != NULL) {
        timer->func(timer->arg);
    }
}

void ets_timer_init(void)
{
    first = NULL;
    ets_isr_attach(INTERRUPT_FRC2, (rom_isr)0x40002DA8, NULL);
    REG(FRC2_CTRL) = CTRL_DIVIDE_256 | CTRL_RUN;
    REG(FRC2_LOAD) = 0;
    REG(DPORT_EDGE_ENABLE) |= EDGE_FRC2;
    ets_isr_unmask(1u << INTERRUPT_FRC2);
}
