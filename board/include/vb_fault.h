/* SPDX-License-Identifier: Apache-2.0 */
/* Faults of the flash chip and of the power, at a numbered flash operation: a program, erase or
 * status write, the first since the board's creation being 1. docs/faults.md describes each kind.
 */
#ifndef VB_FAULT_H
#define VB_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vb_board.h"

enum vb_fault_kind {
    VB_FAULT_NONE,
    VB_FAULT_CUT_BEFORE,        /* power goes before anything of the operation is done */
    VB_FAULT_CUT_AFTER,         /* ... as soon as all of it is done */
    VB_FAULT_SILENT,            /* takes its time and changes nothing; the power stays */
    VB_FAULT_PROGRAM_BYTES,     /* power goes when the first `bytes` bytes are programmed */
    VB_FAULT_PROGRAM_BITS,      /* ... when a random part of the bits is cleared */
    VB_FAULT_PROGRAM_NEIGHBOUR, /* ... when half of the bytes are, and some bits elsewhere in the
                                   page */
    VB_FAULT_ERASE_NOTHING,     /* ... when the erase has changed nothing yet */
    VB_FAULT_ERASE_HALF,        /* ... when the first half is blank */
    VB_FAULT_ERASE_RANDOM,      /* ... when a random part of the bits is set */
    VB_FAULT_ERASE_WEAK,        /* ... when cells stand between: they read differently each time */
    VB_FAULT_HOLD,              /* no fault: the run stops (VB_STOP_REQUEST) as it begins */
};

struct vb_fault {
    enum vb_fault_kind kind;
    uint32_t bytes; /* of VB_FAULT_PROGRAM_BYTES */
    uint64_t op;    /* number of the operation, from 1 */
    uint64_t seed;  /* of what is random in the fault itself */
};

/* A flash operation as the device asked for it. */
enum vb_flash_op_kind {
    VB_FLASH_OP_NONE,
    VB_FLASH_OP_PROGRAM,
    VB_FLASH_OP_ERASE,
    VB_FLASH_OP_STATUS
};
struct vb_flash_op {
    enum vb_flash_op_kind kind;
    uint64_t number; /* from 1; 0: there was none yet */
    uint32_t addr, len;
};

/* Plans one fault in place of any earlier plan; NULL: none. Cells that an earlier one weakened stay
 * weak until they are programmed or erased. A fork keeps the plan. */
void vb_board_set_fault(struct vb_board *board, const struct vb_fault *fault);
/* True when the planned fault has happened. One whose kind does not fit the operation, as a torn
 * erase a program, never does. */
bool vb_board_fault_fired(const struct vb_board *board);
/* The operation begun last. */
void vb_board_last_flash_op(const struct vb_board *board, struct vb_flash_op *out);
/* True when the kind can happen to such an operation. */
bool vb_fault_fits(enum vb_fault_kind kind, enum vb_flash_op_kind op);

#define VB_FAULT_TEXT_MAX 64u
/* Reads "KIND@OP" or "KIND@OP:SEED", KIND as in docs/faults.md. Errors: false, out untouched. */
bool vb_fault_parse(struct vb_fault *out, const char *text);
/* Reads KIND alone into kind and bytes; the rest stays. Errors: false, out untouched. */
bool vb_fault_parse_kind(struct vb_fault *out, const char *text, size_t len);
/* Writes the KIND of a fault; returns text. */
const char *vb_fault_kind_text(const struct vb_fault *fault, char text[VB_FAULT_TEXT_MAX]);

#endif
