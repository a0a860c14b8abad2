/* SPDX-License-Identifier: Apache-2.0 */
/* What a debugger asks of a board: places and accesses that halt it, and the exact moment. Nothing
 * of this touches the device's memory, its debug registers or its time; while nothing is set it
 * costs nothing. A fork keeps what was set. */
#ifndef VB_DEBUG_H
#define VB_DEBUG_H

#include <stdbool.h>
#include <stdint.h>

#include "vb_cpu_state.h"

#define VB_MAX_BREAKPOINTS 1024u
#define VB_MAX_WATCHES     32u

/* Halts the board before the instruction at vaddr. False when there are too many. */
bool vb_board_set_breakpoint(struct vb_board *board, uint32_t vaddr);
/* False when there is none. */
bool vb_board_clear_breakpoint(struct vb_board *board, uint32_t vaddr);

enum vb_access { VB_ACCESS_LOAD = 1, VB_ACCESS_STORE = 2, VB_ACCESS_ANY = 3 };

/* Halts the board after an instruction that accessed a byte of [vaddr, vaddr + len), registers
 * included; what the radio moves by itself is not seen. False when there are too many, or the range
 * is empty or leaves the address space. */
bool vb_board_set_watch(struct vb_board *board, uint32_t vaddr, uint32_t len,
                        enum vb_access access);
/* False when there is no such watch. */
bool vb_board_clear_watch(struct vb_board *board, uint32_t vaddr, uint32_t len,
                          enum vb_access access);
/* Clears every breakpoint and watch. */
void vb_board_clear_debug(struct vb_board *board);

enum vb_halt_kind { VB_HALT_NONE, VB_HALT_BREAKPOINT, VB_HALT_WATCH };

/* Why the last run returned VB_STOP_DEBUG. The next run passes that breakpoint. */
struct vb_halt {
    enum vb_halt_kind kind;
    uint32_t vaddr;        /* of the breakpoint, or the first address that was accessed */
    enum vb_access access; /* of a watch: as it was set */
};
void vb_board_get_halt(const struct vb_board *board, struct vb_halt *out);

/* As vb_board_step(), but no further than virtual time until_us. */
enum vb_stop vb_board_step_until(struct vb_board *board, uint64_t n, uint64_t until_us);

/* The present moment, exact also within a callback. */
struct vb_moment {
    uint64_t time_ns; /* virtual, since power-on */
    uint64_t instructions;
    uint32_t ccount; /* the CPU's cycle counter */
    uint32_t pc;
};
void vb_board_get_moment(const struct vb_board *board, struct vb_moment *out);

#endif
