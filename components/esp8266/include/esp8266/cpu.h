/* SPDX-License-Identifier: Apache-2.0 */
/* The processor: interrupt lock, interrupt handlers, special registers. */
#ifndef ESP8266_CPU_H
#define ESP8266_CPU_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Masks level-1 interrupts; returns what cpu_unlock() wants. Nests. */
static inline uint32_t cpu_lock(void)
{
    uint32_t ps;
    __asm__ volatile("rsil %0, 1" : "=a"(ps) : : "memory");
    return ps;
}

static inline void cpu_unlock(uint32_t ps)
{
    __asm__ volatile("wsr %0, ps\n rsync" : : "a"(ps) : "memory");
}

/* Enables all interrupts and sleeps until one was served; then masks them again. */
static inline void cpu_wait_locked(void)
{
    uint32_t ps;
    __asm__ volatile("waiti 0\n rsil %0, 1" : "=a"(ps) : : "memory");
}

static inline uint32_t cpu_cycles(void)
{
    uint32_t count;
    __asm__ volatile("rsr %0, ccount" : "=a"(count));
    return count;
}

typedef void (*_xt_isr)(void *arg);

/* Installs a level-1 handler for line 0..13; it runs on the interrupt stack with interrupts masked
 * and may only wake tasks. Names of the SDK. Context: task. */
void _xt_isr_attach(uint8_t line, _xt_isr func, void *arg);
/* Enables or disables the lines named by bits. */
void _xt_isr_unmask(uint32_t bits);
void _xt_isr_mask(uint32_t bits);
/* True inside an interrupt handler. */
int xPortInIsrContext(void);

#ifdef __cplusplus
}
#endif

#endif
