/* SPDX-License-Identifier: Apache-2.0 */
/* Panic: a dump in the SDK's shape, so that its decoders read it, and a restart. Works with the
 * flash cache off and with the heap in ruins. */
#include "esp8266/panic.h"

#include <stddef.h>
#include <stdlib.h>

#include "esp8266/soc.h"
#include "esp_attr.h"
#include "esp_system.h"

/* Written by vectors.S when the stack is not to be trusted. */
struct cpu_frame soc_panic_frame;
static bool panicking;

struct cause_name {
    uint32_t cause;
    const char *name;
};

static const struct cause_name cause_names[] = {
    {0, "IllegalInstruction"},
    {2, "InstructionFetchError"},
    {3, "LoadStoreError"},
    {6, "IntegerDivideByZero"},
    {9, "LoadStoreAlignment"},
    {20, "InstFetchProhibited"},
    {28, "LoadProhibited"},
    {29, "StoreProhibited"},
    {SOC_CAUSE_DOUBLE, "DoubleException"},
    {SOC_CAUSE_DEBUG, "Breakpoint"},
    {SOC_CAUSE_ABORT, "abort() was called"},
    {SOC_CAUSE_STACK, "stack overflow"},
    {SOC_CAUSE_HEAP, "heap is corrupt"},
};

static const char *IRAM_ATTR name_of(uint32_t cause)
{
    for (size_t i = 0; i < sizeof(cause_names) / sizeof(cause_names[0]); i++) {
        if (cause_names[i].cause == cause) {
            return cause_names[i].name;
        }
    }
    return "Unknown";
}

static const char *const register_names[] = {
    "PC", "PS", "A0",  "A1",  "A2",  "A3",  "A4",  "A5",  "A6",  "A7",
    "A8", "A9", "A10", "A11", "A12", "A13", "A14", "A15", "SAR", "EXCCAUSE",
};

static uint32_t IRAM_ATTR register_value(const struct cpu_frame *frame, size_t i)
{
    if (i == 0) {
        return frame->pc;
    }
    if (i == 1) {
        return frame->ps;
    }
    if (i < 18) {
        return frame->a[i - 2];
    }
    return i == 18 ? frame->sar : frame->cause;
}

static void IRAM_ATTR print_registers(const struct cpu_frame *frame)
{
    soc_printf("Core 0 register dump:\n");
    for (size_t i = 0; i < sizeof(register_names) / sizeof(register_names[0]); i++) {
        soc_printf("%-8s: 0x%08x%s", register_names[i], register_value(frame, i),
                   i % 4 == 3 ? "\n" : "  ");
    }
    soc_printf("epc1=0x%08x, excvaddr=0x%08x\n\n", frame->pc, frame->vaddr);
}

static void IRAM_ATTR restart_in_panic(void)
{
    soc_printf("Rebooting...\n");
    soc_reset_hint_set(ESP_RST_PANIC);
    soc_restart();
}

/* A panic inside a panic says nothing more: whatever is broken, the watchdog is not. */
static void IRAM_ATTR enter_once(void)
{
    if (panicking) {
        soc_wait_for_watchdog();
    }
    panicking = true;
    soc_wdt_feed();
}

void IRAM_ATTR soc_panic(const struct cpu_frame *frame)
{
    enter_once();
    soc_printf("\nGuru Meditation Error: Core  0 panic'ed (%s). Exception was unhandled.\n",
               name_of(frame->cause));
    print_registers(frame);
    restart_in_panic();
    __builtin_unreachable();
}

static void IRAM_ATTR end_at(uint32_t pc, uint32_t cause, const char *what, uint32_t value)
{
    enter_once();
    soc_printf("\n%s at PC 0x%08x", name_of(cause), pc);
    if (what != NULL) {
        soc_printf(": %s, 0x%08x", what, value);
    }
    soc_printf("\n\n");
    restart_in_panic();
}

void IRAM_ATTR soc_panic_at(uint32_t cause, const char *what, uint32_t value)
{
    end_at((uint32_t)__builtin_return_address(0), cause, what, value);
    __builtin_unreachable();
}

void abort(void)
{
    end_at((uint32_t)__builtin_return_address(0), SOC_CAUSE_ABORT, NULL, 0);
    __builtin_unreachable();
}
