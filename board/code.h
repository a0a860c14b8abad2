/* SPDX-License-Identifier: Apache-2.0 */
/* Decoded instructions, kept page by page. A page holds a list of operations in the order of
 * decoding and an index from byte offsets to them, so that every instruction is decoded once
 * whatever jumps to it.
 *
 * Operations form blocks that end after a branch, a jump, or where another list is continued. Each
 * knows how many instructions it and the rest of its block are: entering a block charges them in
 * one step, and an exception in mid-block gives the rest back. */
#ifndef VB_CODE_H
#define VB_CODE_H

#include <stdbool.h>
#include <stdint.h>

#include "decode.h"
#include "memory.h"

/* Operations that no instruction stands for (left is 0), and ill and its kind at the page's end. */
enum vb_pseudo {
    VB_PSEUDO_CHAIN = VB_N_OPCODES, /* goes on at the operation imm further */
    VB_PSEUDO_CROSS,                /* goes on at address imm, in the next page */
    VB_PSEUDO_STOP,                 /* the slice ends here */
    VB_PSEUDO_IBREAK,               /* instruction breakpoint before the next operation */
    VB_PSEUDO_HALT,               /* a debugger's breakpoint before the next operation */
    VB_PSEUDO_FETCH_FAULT,          /* an instruction whose second part, at imm, has no code */
    VB_PSEUDO_NEAR, /* + vb_opcode: form of a branch, J or CALL0 whose imm is a distance */
};
#define VB_N_HANDLERS (VB_PSEUDO_NEAR + VB_N_OPCODES)

struct vb_op {
    const void *handler;
    uint8_t r, s, t;
    uint8_t left; /* instructions from here to the end of the block, this one included */
    int32_t imm;
};

/* Blocks are cut at this length, so that left fits. */
#define VB_MAX_BLOCK 250u

struct vb_code_page {
    uint32_t base;     /* vaddr */
    struct vb_op *ops; /* [n_ops]; 0 is never used, so that index 0 means none */
    uint16_t *off;     /* offset of each operation's instruction */
    uint32_t n_ops, capacity;
    bool straddles; /* an instruction reaches into the next page */
    bool is_copy;   /* bytes points to copy */
    const uint8_t *bytes;
    struct vb_code_page *next_retired;
    uint16_t index[VB_PAGE_SIZE];
    uint8_t copy[VB_PAGE_SIZE + 2]; /* of the window: what was decoded, and two bytes beyond */
};

struct vb_code {
    struct vb_code_page *entry[VB_CODE_PAGES]; /* may be executed at present */
    struct vb_code_page *kept[VB_CODE_PAGES];  /* decoded, to be checked before it is entered */
    struct vb_code_page *retired;              /* dropped, perhaps still executing */
    struct vb_code_page part; /* the beginning of a block, for the end of a slice */
};

struct vb_code *vb_code_new(void);
void vb_code_free(struct vb_code *code);

/* Operation at pc, decoding as needed; NULL when fetching raises *cause. Sets *page. */
struct vb_op *vb_code_enter(struct vb_board *b, uint32_t pc, struct vb_code_page **page,
                            int *cause);
/* Index of the operation at an offset of the page. Operations may move. */
unsigned vb_code_index(struct vb_board *b, struct vb_code_page *page, uint32_t off);
/* Copies the first n instructions of the block at op, followed by a stop. */
struct vb_op *vb_code_shorten(struct vb_code *code, const struct vb_code_page *page,
                              const struct vb_op *op, unsigned n);

/* Lookups of [vaddr, vaddr + len) are void; what was decoded is checked when next entered. */
void vb_code_close(struct vb_code *code, uint32_t vaddr, uint32_t len);
/* The bytes of these pages changed: drop what was decoded. */
void vb_code_drop(struct vb_code *code, uint32_t vaddr, uint32_t len);
/* Frees what was dropped; nothing may be executing. */
void vb_code_collect(struct vb_code *code);

/* Addresses of the operations' handlers [VB_N_HANDLERS], in exec.c. */
const void *const *vb_exec_handlers(void);

#endif
