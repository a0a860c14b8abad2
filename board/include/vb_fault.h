/* SPDX-License-Identifier: Apache-2.0 */
/* Faults of the flash chip and of the power, most at a numbered flash operation: a program, erase
 * or status write, the first since the board's creation being 1. docs/faults.md describes each
 * kind.
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
    VB_FAULT_TORN,     /* ... inside: one of the torn kinds that fit, drawn from the seed */
    VB_FAULT_BROWNOUT, /* from it on `count` programs change nothing; ends with the power */
    VB_FAULT_CUT_AT,   /* power goes at time_ns, whatever is under way then is torn */
    VB_FAULT_FLIP,     /* at once: one bit of flash reads the other way until written */
    VB_FAULT_DEAD,     /* from now on programs and erases change nothing in a sector */
    VB_FAULT_HOLD,     /* no fault: the run stops (VB_STOP_REQUEST) as it begins */
};

struct vb_fault {
    enum vb_fault_kind kind;
    uint32_t bytes;   /* of VB_FAULT_PROGRAM_BYTES */
    uint32_t count;   /* of VB_FAULT_BROWNOUT */
    uint64_t op;      /* number of the operation, from 1 */
    uint64_t time_ns; /* of VB_FAULT_CUT_AT: virtual, since the board's creation */
    uint32_t addr;    /* of VB_FAULT_FLIP, VB_FAULT_DEAD: in flash */
    uint8_t bit;      /* of VB_FAULT_FLIP, 0 to 7 */
    bool stops;       /* a fault that leaves the power on stops the run (VB_STOP_REQUEST) */
    uint64_t seed;    /* of what is random in the fault itself */
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

/* Plans one fault in place of any earlier plan; NULL: none. What an earlier one left in the chip
 * stays: weak cells until they are programmed or erased, a dead sector for ever (one at a time), a
 * window until it is over. A fork keeps the plan. A time that is over cuts at once; an address is
 * taken modulo the chip's size. */
void vb_board_set_fault(struct vb_board *board, const struct vb_fault *fault);
/* True when the planned fault has happened. One whose kind does not fit the operation, as a torn
 * erase a program, never does. */
bool vb_board_fault_fired(const struct vb_board *board);
/* The operation begun last. */
void vb_board_last_flash_op(const struct vb_board *board, struct vb_flash_op *out);
/* True when the kind can happen to such an operation. */
bool vb_fault_fits(enum vb_fault_kind kind, enum vb_flash_op_kind op);

#define VB_FAULT_TEXT_MAX 64u
/* Reads "KIND@WHERE" or "KIND@WHERE:SEED" as in docs/faults.md. Errors: false, out untouched. */
bool vb_fault_parse(struct vb_fault *out, const char *text);
/* Writes what vb_fault_parse() reads; returns text. */
const char *vb_fault_text(const struct vb_fault *fault, char text[VB_FAULT_TEXT_MAX]);
/* Reads KIND alone into kind and bytes; the rest stays. Errors: false, out untouched. */
bool vb_fault_parse_kind(struct vb_fault *out, const char *text, size_t len);
/* Writes the KIND of a fault; returns text. */
const char *vb_fault_kind_text(const struct vb_fault *fault, char text[VB_FAULT_TEXT_MAX]);

#endif
