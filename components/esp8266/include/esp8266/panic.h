/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a program that went wrong: says what happened and starts the chip again. */
#ifndef ESP8266_PANIC_H
#define ESP8266_PANIC_H

#include <stdint.h>

#define SOC_CAUSE_DOUBLE 64 /* beyond the processor's own numbers */
#define SOC_CAUSE_DEBUG  65
#define SOC_CAUSE_ABORT  66
#define SOC_CAUSE_STACK  67
#define SOC_CAUSE_HEAP   68

/* Registers at the moment of an exception, as vectors.S stores them. */
struct cpu_frame {
    uint32_t a[16];
    uint32_t pc;
    uint32_t ps;
    uint32_t sar;
    uint32_t cause;
    uint32_t vaddr;
};

/* Prints cause and registers, leaves the reset hint PANIC and restarts. Context: any. */
void soc_panic(const struct cpu_frame *frame) __attribute__((noreturn));

/* The same for a mistake that software noticed: cause is one of SOC_CAUSE_*, what says it in words
 * (byte-readable memory), value is the thing concerned. Names its caller. */
void soc_panic_at(uint32_t cause, const char *what, uint32_t value) __attribute__((noreturn));

#endif
