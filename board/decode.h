/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding of lx106 instructions: a pure function from bytes to an operation with its operands.
 * Fact: encodings from the machine sheet, section 2.7. */
#ifndef VB_DECODE_H
#define VB_DECODE_H

#include <stdbool.h>
#include <stdint.h>

/* clang-format off */
/* Conditional branches; each has a second form whose target is an operation of the same page. */
#define VB_BRANCHES(X)                                                                             \
    X(beqz) X(bnez) X(bltz) X(bgez) X(beqi) X(bnei) X(blti) X(bgei) X(bltui) X(bgeui) X(bnone)     \
    X(beq) X(blt) X(bltu) X(ball) X(bbc) X(bbci) X(bany) X(bne) X(bge) X(bgeu) X(bnall) X(bbs)     \
    X(bbsi)

/* Operations that hand over to the next one, unless they raise an exception. */
#define VB_STRAIGHT(X)                                                                             \
    X(add) X(addx2) X(addx4) X(addx8) X(sub) X(subx2) X(subx4) X(subx8) X(and) X(or) X(xor)        \
    X(neg) X(abs) X(addi) X(mov) X(movi) X(moveqz) X(movnez) X(movltz) X(movgez) X(extui)          \
    X(slli) X(srai) X(srli) X(src) X(srl) X(sll) X(sra) X(ssr) X(ssl) X(ssa8l) X(ssa8b) X(ssai)    \
    X(nsa) X(nsau) X(mul16u) X(mul16s) X(mull) X(l8ui) X(l16ui) X(l16si) X(l32i) X(l32r) X(s8i)    \
    X(s16i) X(s32i) X(nop) X(rsr) X(wsr) X(xsr) X(rsil) X(waiti) X(tlb) X(break)

/* Operations after which the next instruction is never simply the following one. */
#define VB_JUMPS(X) X(j) X(call0) X(callx0) X(jx) X(rfe) X(rfde) X(rfi) X(syscall) X(ill)
/* clang-format on */

enum vb_opcode {
#define VB_OPCODE(name) VB_OP_##name,
    VB_BRANCHES(VB_OPCODE) VB_STRAIGHT(VB_OPCODE) VB_JUMPS(VB_OPCODE)
#undef VB_OPCODE
        VB_N_OPCODES
};

struct vb_insn {
    enum vb_opcode op;
    uint8_t len; /* bytes */
    uint8_t r, s, t;
    /* Immediate; absolute target of branches, jumps and L32R; number of a special register. */
    int32_t imm;
};

/* Bytes of the instruction that begins with byte0; those that do not exist count as 3. */
unsigned vb_insn_len(uint8_t byte0);
/* Decodes the instruction word (byte 0 in bits 0..7) at pc. litbase is the special register. What
 * the lx106 does not have decodes to ill. */
struct vb_insn vb_decode(uint32_t word, uint32_t pc, uint32_t litbase);

static inline bool vb_is_branch(enum vb_opcode op)
{
    return op <= VB_OP_bbsi;
}
static inline bool vb_is_jump(enum vb_opcode op)
{
    return op >= VB_OP_j;
}

/* Constants of BEQI and its like, and of BLTUI and BGEUI, by field r. */
extern const int32_t vb_b4const[16];
extern const uint32_t vb_b4constu[16];

#endif
