/* SPDX-License-Identifier: Apache-2.0 */
/* Register-level access for the comparison with another CPU and for debuggers. */
#ifndef VB_CPU_STATE_H
#define VB_CPU_STATE_H

#include <stdint.h>

#include "vb_board.h"

struct vb_cpu_state {
    uint32_t a[16];
    uint32_t pc;
    /* By special register number, as RSR reads them. Numbers without a register on the lx106 hold
     * 0: its code cannot name them (illegal instruction). */
    uint32_t sr[256];
};

void vb_board_get_cpu(const struct vb_board *board, struct vb_cpu_state *out);
void vb_board_set_cpu(struct vb_board *board, const struct vb_cpu_state *in);
/* Executes exactly n instructions (an instruction that raises an exception counts) and returns
 * VB_STOP_TIME, unless something else stops it. 0 applies power or a reset that is due, no more. */
enum vb_stop vb_board_step(struct vb_board *board, uint64_t n);
/* Writes RAM at vaddr; word-only memories included. Out of range returns false. */
bool vb_board_write_mem(struct vb_board *board, uint32_t vaddr, const void *src, size_t len);

#endif
