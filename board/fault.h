/* SPDX-License-Identifier: Apache-2.0 */
/* The doors from the NOR chip to the fault injector (fault.c). */
#ifndef VB_FAULT_INTERNAL_H
#define VB_FAULT_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "devices.h"

/* An operation begins. True when its fault ended it at once: the power is gone, nothing more is to
 * be done. */
bool vb_fault_begin(struct vb_board *b, const struct vb_nor_op *op);
/* An operation's time is over. True when it is to change nothing. */
bool vb_fault_swallows(struct vb_board *b, const struct vb_nor_op *op);
/* ... and was done: what it wrote is no longer weak, a dead sector is as before, the power may go. */
void vb_fault_end(struct vb_board *b, const struct vb_nor_op *op);
/* [addr, addr + len) is about to be read: weak cells there fall to one side or the other. */
void vb_fault_read(struct vb_board *b, uint32_t addr, uint32_t len);

#endif
