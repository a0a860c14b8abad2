/* SPDX-License-Identifier: Apache-2.0 */
/* What board.c and run.c share. */
#ifndef VB_BOARD_PRIVATE_H
#define VB_BOARD_PRIVATE_H

#include <stdint.h>

#include "memory.h"
#include "vb_board.h"

/* The built-in ROM: an lx106 program of board/rom. */
extern const uint8_t vb_builtin_rom[VB_ROM_SIZE];

/* The CPU is about to execute at the reset vector. */
void vb_board_at_reset_vector(struct vb_board *b);
/* Carries out the reset that was asked for. */
void vb_board_apply_reset(struct vb_board *b);

#endif
