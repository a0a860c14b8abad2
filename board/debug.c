/* SPDX-License-Identifier: Apache-2.0 */
/* Breakpoints, watches and the trace of instructions. A breakpoint is known to the decoder alone,
 * which puts a halt in front of the instruction; watches close the fast path of data accesses. */
#include "debug.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "decode.h"
#include "internal.h"

/* --- breakpoints --- */

static uint32_t find_breakpoint(const struct vb_debug *d, uint32_t vaddr)
{
    uint32_t i = 0;
    while (i < d->n_breakpoints && d->breakpoint[i] != vaddr) {
        i++;
    }
    return i;
}

bool vb_debug_has_breakpoint(const struct vb_board *b, uint32_t vaddr)
{
    return find_breakpoint(&b->debug, vaddr) < b->debug.n_breakpoints;
}

bool vb_board_set_breakpoint(struct vb_board *b, uint32_t vaddr)
{
    struct vb_debug *d = &b->debug;
    if (vb_debug_has_breakpoint(b, vaddr)) {
        return true;
    }
    if (d->n_breakpoints == VB_MAX_BREAKPOINTS) {
        return false;
    }
    d->breakpoint[d->n_breakpoints++] = vaddr;
    vb_memory_forget_code(b);
    return true;
}

bool vb_board_clear_breakpoint(struct vb_board *b, uint32_t vaddr)
{
    struct vb_debug *d = &b->debug;
    uint32_t i = find_breakpoint(d, vaddr);
    if (i == d->n_breakpoints) {
        return false;
    }
    d->breakpoint[i] = d->breakpoint[--d->n_breakpoints];
    vb_memory_forget_code(b);
    return true;
}

static uint64_t executed(const struct vb_board *b)
{
    return b->stats.instructions + (uint32_t)(b->cpu.slice_len - b->cpu.slice_left);
}

bool vb_debug_reached(struct vb_board *b)
{
    struct vb_debug *d = &b->debug;
    if (d->passes && d->pass_pc == b->cpu.pc && d->pass_at == executed(b)) {
        return false;
    }
    d->halt = (struct vb_halt){.kind = VB_HALT_BREAKPOINT, .vaddr = b->cpu.pc};
    d->passes = false;
    d->pass_pc = b->cpu.pc;
    d->pass_at = executed(b);
    return true;
}

/* --- watches --- */

static bool is_same_watch(const struct vb_watch *w, uint32_t vaddr, uint32_t len,
                          enum vb_access access)
{
    return w->vaddr == vaddr && w->len == len && w->access == access;
}

static uint32_t find_watch(const struct vb_debug *d, uint32_t vaddr, uint32_t len,
                           enum vb_access access)
{
    uint32_t i = 0;
    while (i < d->n_watches && !is_same_watch(&d->watch[i], vaddr, len, access)) {
        i++;
    }
    return i;
}

bool vb_board_set_watch(struct vb_board *b, uint32_t vaddr, uint32_t len, enum vb_access access)
{
    struct vb_debug *d = &b->debug;
    if (find_watch(d, vaddr, len, access) < d->n_watches) {
        return true;
    }
    if (d->n_watches == VB_MAX_WATCHES || len == 0 || len - 1 > UINT32_MAX - vaddr) {
        return false;
    }
    d->watch[d->n_watches++] = (struct vb_watch){vaddr, len, access};
    vb_memory_refresh(b);
    return true;
}

bool vb_board_clear_watch(struct vb_board *b, uint32_t vaddr, uint32_t len, enum vb_access access)
{
    struct vb_debug *d = &b->debug;
    uint32_t i = find_watch(d, vaddr, len, access);
    if (i == d->n_watches) {
        return false;
    }
    d->watch[i] = d->watch[--d->n_watches];
    vb_memory_refresh(b);
    return true;
}

/* True when the accesses share a byte; no sum here can wrap. */
static bool overlaps(const struct vb_watch *w, uint32_t vaddr, unsigned size)
{
    return vaddr <= w->vaddr + (w->len - 1) && w->vaddr <= vaddr + (size - 1);
}

void vb_debug_accessed(struct vb_board *b, uint32_t vaddr, unsigned size, enum vb_access access)
{
    struct vb_debug *d = &b->debug;
    for (uint32_t i = 0; i < d->n_watches && d->halt.kind == VB_HALT_NONE; i++) {
        const struct vb_watch *w = &d->watch[i];
        if ((w->access & access) != 0 && overlaps(w, vaddr, size)) {
            d->halt = (struct vb_halt){
                .kind = VB_HALT_WATCH,
                .vaddr = vaddr > w->vaddr ? vaddr : w->vaddr,
                .access = w->access,
            };
            b->cpu.attention = true;
        }
    }
}

/* --- halting and going on --- */

void vb_board_clear_debug(struct vb_board *b)
{
    b->debug.n_breakpoints = 0;
    b->debug.n_watches = 0;
    vb_memory_refresh(b);
}

void vb_board_get_halt(const struct vb_board *b, struct vb_halt *out)
{
    *out = b->debug.halt;
}

void vb_debug_resume(struct vb_board *b)
{
    struct vb_debug *d = &b->debug;
    d->passes = d->passes || d->halt.kind == VB_HALT_BREAKPOINT;
    d->halt.kind = VB_HALT_NONE;
}

void vb_board_get_moment(const struct vb_board *b, struct vb_moment *out)
{
    out->time_ns = vb_now(b) * 25 / (VB_TICKS_PER_US / 40); /* 1000 / 2080, in lowest terms */
    out->instructions = executed(b);
    out->ccount = vb_cpu_read_sr(b, VB_SR_CCOUNT);
    out->pc = b->cpu.pc;
}

/* --- the trace of instructions --- */

bool vb_debug_is_tracing(const struct vb_board *b)
{
    uint64_t next = b->stats.instructions + 1;
    return next >= b->debug.trace_from && next <= b->debug.trace_to;
}

uint64_t vb_debug_untraced(const struct vb_board *b)
{
    uint64_t next = b->stats.instructions + 1;
    return next < b->debug.trace_from ? b->debug.trace_from - next : UINT64_MAX;
}

/* The instruction's bytes as one number, byte 0 lowest, as a disassembler prints it. */
static void print_opcode(const struct vb_board *b, uint32_t pc, char text[8])
{
    uint8_t byte[3];
    if (!vb_board_read_mem(b, pc, byte, 2)) {
        strcpy(text, "-");
    } else if (vb_insn_len(byte[0]) == 2) {
        snprintf(text, 8, "%02x%02x", byte[1], byte[0]);
    } else if (vb_board_read_mem(b, pc, byte, 3)) {
        snprintf(text, 8, "%02x%02x%02x", byte[2], byte[1], byte[0]);
    } else {
        strcpy(text, "-");
    }
}

/* Special registers whose changes are told; the others follow from what the program writes. */
static const struct {
    uint8_t number;
    const char *name;
} told[] = {
    {VB_SR_SAR, "sar"},
    {VB_SR_PS, "ps"},
    {VB_SR_EPC1, "epc1"},
    {VB_SR_EXCCAUSE, "exccause"},
    {VB_SR_EXCVADDR, "excvaddr"},
    {VB_SR_EXCSAVE1, "excsave1"},
    {VB_SR_INTENABLE, "intenable"},
};
#define N_TOLD (sizeof(told) / sizeof(told[0]))

struct cpu_before {
    uint32_t pc;
    uint32_t a[16];
    uint32_t sr[N_TOLD];
};

static void remember(const struct vb_cpu *cpu, struct cpu_before *before)
{
    before->pc = cpu->pc;
    memcpy(before->a, cpu->a, sizeof(before->a));
    for (unsigned i = 0; i < N_TOLD; i++) {
        before->sr[i] = cpu->sr[told[i].number];
    }
}

static void print_changes(const struct vb_cpu *cpu, const struct cpu_before *before, char *text,
                          size_t size)
{
    size_t at = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < 16; i++) {
        if (cpu->a[i] != before->a[i] && at < size) {
            at += (size_t)snprintf(text + at, size - at, " a%u=%08" PRIx32, i, cpu->a[i]);
        }
    }
    for (unsigned i = 0; i < N_TOLD; i++) {
        uint32_t now = cpu->sr[told[i].number];
        if (now != before->sr[i] && at < size) {
            at += (size_t)snprintf(text + at, size - at, " %s=%" PRIx32, told[i].name, now);
        }
    }
}

void vb_debug_trace(struct vb_board *b, void (*execute)(struct vb_board *, int32_t))
{
    struct cpu_before before;
    char opcode[8];
    char changes[160];
    uint64_t n = b->stats.instructions;
    remember(&b->cpu, &before);
    print_opcode(b, before.pc, opcode);
    execute(b, 1);
    if (b->stats.instructions != n) {
        print_changes(&b->cpu, &before, changes, sizeof(changes));
        vb_trace(b, VB_TRACE_INSN, "%08" PRIx32 " %s%s", before.pc, opcode, changes);
    }
}
