/* SPDX-License-Identifier: Apache-2.0 */
/* What the run loop asks of the clock (clock.c); devices use vb_now() and vb_schedule() alone. */
#ifndef VB_CLOCK_H
#define VB_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "internal.h"

/* Moves the instructions executed so far in the slice into the board's time. */
void vb_clock_sync(struct vb_board *b);
/* Whole CPU cycles from now until at, rounded up. */
uint64_t vb_clock_cycles_until(const struct vb_board *b, vb_time at);
/* Lets time pass without instructions, in whole cycles. */
void vb_clock_skip(struct vb_board *b, vb_time at);
/* All idle time until now. */
vb_time vb_clock_idle(const struct vb_board *b);
vb_time vb_clock_next_due(const struct vb_board *b);
/* Takes the earliest event that is due; among equals the first in the order of enum vb_event. */
bool vb_clock_take_due(struct vb_board *b, enum vb_event *event);

#endif
