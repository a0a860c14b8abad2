/* SPDX-License-Identifier: Apache-2.0 */
/* The debugger's side of the board (debug.c), as decoder, memory and run loop see it. */
#ifndef VB_DEBUG_STATE_H
#define VB_DEBUG_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "vb_debug.h"

struct vb_watch {
    uint32_t vaddr, len;
    enum vb_access access;
};

struct vb_debug {
    uint32_t n_breakpoints, n_watches;
    uint32_t breakpoint[VB_MAX_BREAKPOINTS]; /* in no order */
    struct vb_watch watch[VB_MAX_WATCHES];
    struct vb_halt halt; /* kind is NONE while running */
    bool passes; /* the breakpoint that was reported may be passed, as the next instruction */
    uint32_t pass_pc;
    uint64_t pass_at;              /* instructions executed then */
    uint64_t trace_from, trace_to; /* see vb_config.trace_insn_from */
};

bool vb_debug_has_breakpoint(const struct vb_board *b, uint32_t vaddr);
/* Execution has come to the breakpoint at cpu.pc. True: halt here. */
bool vb_debug_reached(struct vb_board *b);
/* The CPU accesses memory while watches are set. */
void vb_debug_accessed(struct vb_board *b, uint32_t vaddr, unsigned size, enum vb_access access);
/* A run begins. */
void vb_debug_resume(struct vb_board *b);
/* How many instructions may execute before one is to be traced. */
uint64_t vb_debug_untraced(const struct vb_board *b);
/* True when the next instruction is to be traced. */
bool vb_debug_is_tracing(const struct vb_board *b);
/* Executes one instruction with execute() and traces it. */
void vb_debug_trace(struct vb_board *b, void (*execute)(struct vb_board *, int32_t));

#endif
