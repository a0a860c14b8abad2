/* SPDX-License-Identifier: Apache-2.0 */
/* Level-1 interrupts: handlers by line, highest line first, none nests. */
#include <stddef.h>

#include "esp8266/cpu.h"
#include "esp8266/regs.h"
#include "esp_attr.h"

static struct {
    _xt_isr func;
    void *arg;
} handlers[INT_COUNT];
static uint32_t depth;

void _xt_isr_attach(uint8_t line, _xt_isr func, void *arg)
{
    if (line >= INT_COUNT) {
        return;
    }
    uint32_t lock = cpu_lock();
    handlers[line].func = func;
    handlers[line].arg = arg;
    cpu_unlock(lock);
}

static void IRAM_ATTR change_enabled(uint32_t set, uint32_t clear)
{
    uint32_t lock = cpu_lock();
    uint32_t enabled;
    __asm__ volatile("rsr %0, intenable" : "=a"(enabled));
    enabled = (enabled | set) & ~clear;
    __asm__ volatile("wsr %0, intenable\n rsync" : : "a"(enabled));
    cpu_unlock(lock);
}

void IRAM_ATTR _xt_isr_unmask(uint32_t bits)
{
    change_enabled(bits, 0);
}

void IRAM_ATTR _xt_isr_mask(uint32_t bits)
{
    change_enabled(0, bits);
}

int IRAM_ATTR xPortInIsrContext(void)
{
    return depth != 0;
}

static inline uint32_t pending_lines(void)
{
    uint32_t raised, enabled;
    __asm__ volatile("rsr %0, interrupt\n rsr %1, intenable" : "=a"(raised), "=a"(enabled));
    return raised & enabled;
}

/* Called by the vector on the interrupt stack. A line nobody serves is switched off. */
void soc_isr_dispatch(void);
void IRAM_ATTR soc_isr_dispatch(void)
{
    uint32_t pending;
    depth++;
    while ((pending = pending_lines()) != 0) {
        uint32_t line = 31u - (uint32_t)__builtin_clz(pending);
        __asm__ volatile("wsr %0, intclear\n rsync" : : "a"(1u << line));
        if (line < INT_COUNT && handlers[line].func != NULL) {
            handlers[line].func(handlers[line].arg);
        } else {
            _xt_isr_mask(1u << line);
        }
    }
    depth--;
}
