/* SPDX-License-Identifier: Apache-2.0 */
/* Special registers, exceptions, interrupts and the cycle counter of the lx106. */
#include "internal.h"

#include <string.h>

#define VECTOR_DEBUG  0x10u
#define VECTOR_NMI    0x20u
#define VECTOR_KERNEL 0x30u
#define VECTOR_USER   0x50u
#define VECTOR_DOUBLE 0x70u

#define DEBUG_LEVEL 2u
#define NMI_LEVEL   3u

#define IRQ_TIMER     (1u << 6)
#define IRQ_SOFTWARE  (1u << 7)
#define IRQ_EDGES     0x3f00u /* 8..13 */
#define IRQ_CLEARABLE (IRQ_SOFTWARE | IRQ_EDGES)

#define RESET_VECBASE 0x40000000u
#define RESET_PS      0x1fu
#define TLB_OPEN      2u

void vb_cpu_reset(struct vb_board *b)
{
    struct vb_cpu *cpu = &b->cpu;
    memset(cpu->sr, 0, sizeof(cpu->sr));
    memset(cpu->a, 0, sizeof(cpu->a));
    memset(cpu->tlb_attr, TLB_OPEN, sizeof(cpu->tlb_attr));
    cpu->sr[VB_SR_PS] = RESET_PS;
    cpu->sr[VB_SR_VECBASE] = RESET_VECBASE;
    cpu->pc = VB_RESET_PC;
    cpu->ccount_base = 0;
    cpu->ccount_time = vb_now(b);
    cpu->waiting = false;
    cpu->nmi = false;
    vb_schedule(b, VB_EVENT_CCOMPARE, VB_NEVER);
    vb_memory_refresh(b);
}

unsigned vb_cpu_level(const struct vb_cpu *cpu)
{
    uint32_t ps = cpu->sr[VB_SR_PS];
    unsigned level = ps & VB_PS_INTLEVEL;
    return level == 0 && (ps & VB_PS_EXCM) != 0 ? 1 : level;
}

/* --- exceptions --- */

static void raise_double(struct vb_cpu *cpu)
{
    cpu->sr[VB_SR_DEPC] = cpu->pc;
    cpu->pc = cpu->sr[VB_SR_VECBASE] + VECTOR_DOUBLE;
}

static void raise_single(struct vb_cpu *cpu)
{
    bool is_user = (cpu->sr[VB_SR_PS] & VB_PS_UM) != 0;
    cpu->sr[VB_SR_EPC1] = cpu->pc;
    cpu->sr[VB_SR_PS] |= VB_PS_EXCM;
    cpu->pc = cpu->sr[VB_SR_VECBASE] + (is_user ? VECTOR_USER : VECTOR_KERNEL);
}

void vb_cpu_raise(struct vb_board *b, enum vb_cause cause, uint32_t vaddr)
{
    struct vb_cpu *cpu = &b->cpu;
    bool is_double = (cpu->sr[VB_SR_PS] & VB_PS_EXCM) != 0;
    if (vb_is_tracing(b)) {
        vb_trace(b, VB_TRACE_EXCEPTION, "%s %u at 0x%08x, vaddr 0x%08x, ps 0x%02x",
                 is_double ? "double exception" : "exception", (unsigned)cause, cpu->pc, vaddr,
                 cpu->sr[VB_SR_PS]);
    }
    cpu->counting = false;
    cpu->sr[VB_SR_EXCCAUSE] = cause;
    if (cause >= VB_CAUSE_UNALIGNED || cause == VB_CAUSE_FETCH_ERROR ||
        cause == VB_CAUSE_LOAD_STORE_ERROR) {
        cpu->sr[VB_SR_EXCVADDR] = vaddr;
    }
    if (is_double) {
        raise_double(cpu);
    } else {
        raise_single(cpu);
    }
}

/* Entry of a level above 1: saves pc and PS, masks up to the level. */
static void enter_level(struct vb_cpu *cpu, unsigned level, uint32_t vector)
{
    uint32_t ps = cpu->sr[VB_SR_PS];
    cpu->sr[VB_SR_EPC1 + level - 1] = cpu->pc;
    cpu->sr[VB_SR_EPS2 + level - 2] = ps;
    cpu->sr[VB_SR_PS] = (ps & ~VB_PS_INTLEVEL) | VB_PS_EXCM | level;
    cpu->pc = cpu->sr[VB_SR_VECBASE] + vector;
}

bool vb_cpu_debug(struct vb_board *b, uint32_t debugcause)
{
    struct vb_cpu *cpu = &b->cpu;
    if (vb_cpu_level(cpu) >= DEBUG_LEVEL) {
        return false;
    }
    if (vb_is_tracing(b)) {
        vb_trace(b, VB_TRACE_EXCEPTION, "debug cause 0x%02x at 0x%08x", debugcause, cpu->pc);
    }
    cpu->counting = false;
    cpu->sr[VB_SR_DEBUGCAUSE] = debugcause;
    enter_level(cpu, DEBUG_LEVEL, VECTOR_DEBUG);
    return true;
}

/* --- interrupts --- */

bool vb_cpu_interrupt_ready(const struct vb_cpu *cpu)
{
    bool level1 = (cpu->sr[VB_SR_INTERRUPT] & cpu->sr[VB_SR_INTENABLE]) != 0;
    return cpu->nmi || (level1 && vb_cpu_level(cpu) == 0);
}

static void pay_attention(struct vb_cpu *cpu)
{
    if (vb_cpu_interrupt_ready(cpu)) {
        cpu->attention = true;
    }
}

void vb_cpu_take_interrupt(struct vb_board *b)
{
    struct vb_cpu *cpu = &b->cpu;
    if (!vb_cpu_interrupt_ready(cpu)) {
        return;
    }
    cpu->waiting = false;
    if (vb_is_tracing(b)) {
        vb_trace(b, VB_TRACE_INTERRUPT, "%s 0x%04x at 0x%08x", cpu->nmi ? "NMI" : "interrupt",
                 cpu->sr[VB_SR_INTERRUPT] & cpu->sr[VB_SR_INTENABLE], cpu->pc);
    }
    if (cpu->nmi) {
        cpu->nmi = false;
        enter_level(cpu, NMI_LEVEL, VECTOR_NMI);
    } else {
        cpu->sr[VB_SR_EXCCAUSE] = VB_CAUSE_INTERRUPT;
        raise_single(cpu);
    }
}

void vb_irq_level(struct vb_board *b, unsigned line, bool asserted)
{
    if (asserted) {
        b->cpu.sr[VB_SR_INTERRUPT] |= 1u << line;
        pay_attention(&b->cpu);
    } else {
        b->cpu.sr[VB_SR_INTERRUPT] &= ~(1u << line);
    }
}

void vb_irq_edge(struct vb_board *b, unsigned line)
{
    vb_irq_level(b, line, true);
}

void vb_nmi(struct vb_board *b)
{
    b->cpu.nmi = true;
    pay_attention(&b->cpu);
}

/* --- cycle counter --- */

static uint32_t ccount(const struct vb_board *b)
{
    uint64_t cycles = (vb_now(b) - b->cpu.ccount_time) / b->cycle_ticks;
    return b->cpu.ccount_base + (uint32_t)cycles;
}

static void set_ccount(struct vb_board *b, uint32_t value)
{
    b->cpu.ccount_base = value;
    b->cpu.ccount_time = vb_now(b);
}

/* The match comes when CCOUNT next arrives at the value: a whole round later when it is there now.
 */
static void schedule_ccompare(struct vb_board *b)
{
    uint32_t distance = b->cpu.sr[VB_SR_CCOMPARE0] - ccount(b);
    uint64_t cycles = distance != 0 ? distance : 1ull << 32;
    vb_schedule(b, VB_EVENT_CCOMPARE, vb_now(b) + cycles * b->cycle_ticks);
}

void vb_cpu_rebase_ccount(struct vb_board *b)
{
    set_ccount(b, ccount(b));
}

void vb_cpu_clock_changed(struct vb_board *b)
{
    if (b->due[VB_EVENT_CCOMPARE] != VB_NEVER) {
        schedule_ccompare(b);
    }
}

void vb_cpu_ccompare_event(struct vb_board *b)
{
    vb_irq_level(b, 6, true);
    schedule_ccompare(b);
}

/* --- special registers --- */

uint32_t vb_cpu_read_sr(const struct vb_board *b, unsigned sr)
{
    return sr == VB_SR_CCOUNT ? ccount(b) : b->cpu.sr[sr];
}

/* Bits that a plain register keeps. */
static uint32_t writable(unsigned sr)
{
    switch (sr) {
    case VB_SR_SAR:
        return 0x3f;
    case VB_SR_LITBASE:
        return 0xfffff001;
    case VB_SR_IBREAKENABLE:
        return 1;
    case VB_SR_DBREAKC0:
        return 0xc000003f;
    case VB_SR_VECBASE:
        return 0xffffff00;
    case VB_SR_EXCCAUSE:
        return 0x3f;
    case VB_SR_PS:
    case VB_SR_EPS2:
    case VB_SR_EPS2 + 1:
        return 0xff;
    case VB_SR_ICOUNTLEVEL:
        return 0xf;
    case VB_SR_INTENABLE:
        return 0x7fff; /* 15 interrupts */
    default:
        return 0xffffffff;
    }
}

/* What else happens once the value of a register stands. */
static void sr_written(struct vb_board *b, unsigned sr)
{
    struct vb_cpu *cpu = &b->cpu;
    switch (sr) {
    case VB_SR_LITBASE:
    case VB_SR_IBREAKENABLE:
    case VB_SR_IBREAKA0:
        vb_memory_forget_code(b);
        break;
    case VB_SR_DBREAKC0:
        vb_memory_refresh(b);
        break;
    case VB_SR_ICOUNT:
        cpu->counting = false;
        break;
    case VB_SR_CCOMPARE0:
        cpu->sr[VB_SR_INTERRUPT] &= ~IRQ_TIMER;
        schedule_ccompare(b);
        break;
    case VB_SR_PS:
    case VB_SR_INTENABLE:
        pay_attention(cpu);
        break;
    default:
        break;
    }
    if (cpu->sr[VB_SR_ICOUNTLEVEL] > vb_cpu_level(cpu)) {
        cpu->attention = true;
    }
}

void vb_cpu_write_sr(struct vb_board *b, unsigned sr, uint32_t value)
{
    struct vb_cpu *cpu = &b->cpu;
    switch (sr) {
    case VB_SR_INTERRUPT:
        cpu->sr[VB_SR_INTERRUPT] |= value & IRQ_SOFTWARE;
        pay_attention(cpu);
        break;
    case VB_SR_INTCLEAR:
        cpu->sr[VB_SR_INTERRUPT] &= ~(value & IRQ_CLEARABLE);
        break;
    case VB_SR_CCOUNT:
        set_ccount(b, value);
        vb_cpu_clock_changed(b);
        break;
    default:
        cpu->sr[sr] = value & writable(sr);
        sr_written(b, sr);
        break;
    }
}
