/* SPDX-License-Identifier: Apache-2.0 */
/* Instruction words to operations. Follows the tables of the sheet, one function a table; an
 * encoding that no table row names is an illegal instruction. */
#include "decode.h"

#include "cpu.h"

const int32_t vb_b4const[16] = {-1, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 32, 64, 128, 256};
const uint32_t vb_b4constu[16] = {32768, 65536, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 32, 64, 128, 256};

static int32_t sign_extend(uint32_t value, unsigned bits)
{
    return (int32_t)(value << (32 - bits)) >> (32 - bits);
}

static uint32_t field(uint32_t word, unsigned low, unsigned bits)
{
    return word >> low & ((1u << bits) - 1);
}

unsigned vb_insn_len(uint8_t byte0)
{
    unsigned op0 = byte0 & 15;
    return op0 >= 8 && op0 < 14 ? 2 : 3;
}

enum sr_access { SR_READ = 1, SR_WRITE = 2, SR_EXCHANGE = 4, SR_ALL = 7 };

/* Which of RSR, WSR and XSR a special register takes. */
static unsigned sr_access(unsigned sr)
{
    switch (sr) {
    case VB_SR_SAR:
    case VB_SR_LITBASE:
    case VB_SR_IBREAKENABLE:
    case VB_SR_DDR:
    case VB_SR_IBREAKA0:
    case VB_SR_DBREAKA0:
    case VB_SR_DBREAKC0:
    case VB_SR_EPC1:
    case VB_SR_EPC1 + 1:
    case VB_SR_EPC1 + 2:
    case VB_SR_DEPC:
    case VB_SR_EPS2:
    case VB_SR_EPS2 + 1:
    case VB_SR_EXCSAVE1:
    case VB_SR_EXCSAVE1 + 1:
    case VB_SR_EXCSAVE1 + 2:
    case VB_SR_INTENABLE:
    case VB_SR_PS:
    case VB_SR_VECBASE:
    case VB_SR_EXCCAUSE:
    case VB_SR_CCOUNT:
    case VB_SR_ICOUNT:
    case VB_SR_ICOUNTLEVEL:
    case VB_SR_EXCVADDR:
    case VB_SR_CCOMPARE0:
        return SR_ALL;
    case VB_SR_INTERRUPT:
        return SR_READ | SR_WRITE;
    case VB_SR_INTCLEAR:
        return SR_WRITE;
    case VB_SR_DEBUGCAUSE:
    case VB_SR_PRID:
        return SR_READ;
    default:
        return 0;
    }
}

static void set_sr(struct vb_insn *in, uint32_t word, enum vb_opcode op, enum sr_access access)
{
    unsigned sr = field(word, 8, 8);
    in->imm = (int32_t)sr;
    in->op = (sr_access(sr) & access) != 0 ? op : VB_OP_ill;
}

/* op0 = 0, op1 = 0, op2 = 0: control and system instructions. */
static void decode_st0(struct vb_insn *in)
{
    switch (in->r) {
    case 0:
        if (in->t == 8) { /* RET, whatever stands in s */
            in->op = VB_OP_jx;
            in->s = 0;
        } else if (in->t == 10) {
            in->op = VB_OP_jx;
        } else if (in->t == 12) {
            in->op = VB_OP_callx0;
        }
        break;
    case 2:
        if (in->s == 0 && (in->t < 4 || in->t == 8 || in->t == 12 || in->t == 13 || in->t == 15)) {
            in->op = VB_OP_nop; /* ISYNC, RSYNC, ESYNC, DSYNC, EXCW, MEMW, EXTW, NOP */
        }
        break;
    case 3:
        if (in->t == 0 && in->s == 0) {
            in->op = VB_OP_rfe;
        } else if (in->t == 0 && in->s == 2) {
            in->op = VB_OP_rfde;
        } else if (in->t == 1 && (in->s == 2 || in->s == 3)) {
            in->op = VB_OP_rfi;
        }
        break;
    case 4:
        in->op = VB_OP_break;
        in->imm = 1 << 3; /* DEBUGCAUSE */
        break;
    case 5:
        if (in->s == 0 && in->t == 0) {
            in->op = VB_OP_syscall;
        }
        break;
    case 6:
        in->op = VB_OP_rsil;
        break;
    case 7:
        if (in->t == 0) {
            in->op = VB_OP_waiti;
        }
        break;
    default:
        break;
    }
}

/* op0 = 0, op1 = 0, op2 = 4: shift amounts and bit counting. */
static void decode_st1(struct vb_insn *in)
{
    static const uint8_t set_sar[4] = {VB_OP_ssr, VB_OP_ssl, VB_OP_ssa8l, VB_OP_ssa8b};
    if (in->r < 4 && in->t == 0) {
        in->op = set_sar[in->r];
    } else if (in->r == 4 && in->t < 2) {
        in->op = VB_OP_ssai;
        in->imm = in->s | in->t << 4;
    } else if (in->r == 14) {
        in->op = VB_OP_nsa;
    } else if (in->r == 15) {
        in->op = VB_OP_nsau;
    }
}

static void decode_rst0(struct vb_insn *in, unsigned op2)
{
    static const uint8_t arithmetic[8] = {VB_OP_add, VB_OP_addx2, VB_OP_addx4, VB_OP_addx8,
                                          VB_OP_sub, VB_OP_subx2, VB_OP_subx4, VB_OP_subx8};
    const unsigned tlb_rows = 0xf8f8; /* r = 3..7 and 11..15 */
    switch (op2) {
    case 0:
        decode_st0(in);
        break;
    case 1:
        in->op = VB_OP_and;
        break;
    case 2:
        in->op = in->s == in->t ? VB_OP_mov : VB_OP_or;
        break;
    case 3:
        in->op = VB_OP_xor;
        break;
    case 4:
        decode_st1(in);
        break;
    case 5:
        in->op = (tlb_rows >> in->r & 1) != 0 ? VB_OP_tlb : VB_OP_ill;
        break;
    case 6:
        in->op = in->s == 0 ? VB_OP_neg : in->s == 1 ? VB_OP_abs : VB_OP_ill;
        break;
    case 7:
        break;
    default:
        in->op = arithmetic[op2 - 8];
        break;
    }
}

static void decode_rst1(struct vb_insn *in, uint32_t word, unsigned op2)
{
    static const uint8_t by_sar[6] = {VB_OP_src, VB_OP_srl,    VB_OP_sll,
                                      VB_OP_sra, VB_OP_mul16u, VB_OP_mul16s};
    switch (op2) {
    case 0:
    case 1:
        in->op = VB_OP_slli;
        in->imm = (32 - (int)((op2 & 1) << 4 | in->t)) & 31;
        break;
    case 2:
    case 3:
        in->op = VB_OP_srai;
        in->imm = (int32_t)((op2 & 1) << 4 | in->s);
        break;
    case 4:
        in->op = VB_OP_srli;
        in->imm = in->s;
        break;
    case 6:
        set_sr(in, word, VB_OP_xsr, SR_EXCHANGE);
        break;
    default:
        if (op2 == 10 ? in->t == 0 : (op2 != 9 && op2 != 11) || in->s == 0) {
            in->op = op2 >= 8 && op2 < 14 ? by_sar[op2 - 8] : VB_OP_ill;
        }
        break;
    }
}

static void decode_rst3(struct vb_insn *in, uint32_t word, unsigned op2)
{
    static const uint8_t moves[4] = {VB_OP_moveqz, VB_OP_movnez, VB_OP_movltz, VB_OP_movgez};
    if (op2 == 0) {
        set_sr(in, word, VB_OP_rsr, SR_READ);
    } else if (op2 == 1) {
        set_sr(in, word, VB_OP_wsr, SR_WRITE);
    } else if (op2 >= 8 && op2 < 12) {
        in->op = moves[op2 - 8];
    }
}

static void decode_qrst(struct vb_insn *in, uint32_t word)
{
    unsigned op1 = field(word, 16, 4);
    unsigned op2 = field(word, 20, 4);
    switch (op1) {
    case 0:
        decode_rst0(in, op2);
        break;
    case 1:
        decode_rst1(in, word, op2);
        break;
    case 2:
        in->op = op2 == 8 ? VB_OP_mull : VB_OP_ill;
        break;
    case 3:
        decode_rst3(in, word, op2);
        break;
    case 4:
    case 5:
        in->op = VB_OP_extui;
        in->s |= (uint8_t)((op1 & 1) << 4); /* the shift */
        in->imm = (int32_t)((2u << op2) - 1);
        break;
    default:
        break;
    }
}

static void decode_l32r(struct vb_insn *in, uint32_t word, uint32_t pc, uint32_t litbase)
{
    uint32_t off = (0xffff0000u | field(word, 8, 16)) << 2;
    uint32_t base = (litbase & 1) != 0 ? litbase & 0xfffff000u : (pc + 3) & ~3u;
    in->op = VB_OP_l32r;
    in->imm = (int32_t)(base + off);
}

static void decode_lsai(struct vb_insn *in, uint32_t word)
{
    static const uint8_t ops[16] = {
        [0] = VB_OP_l8ui,  [1] = VB_OP_l16ui, [2] = VB_OP_l32i,  [4] = VB_OP_s8i,
        [5] = VB_OP_s16i,  [6] = VB_OP_s32i,  [9] = VB_OP_l16si, [10] = VB_OP_movi,
        [12] = VB_OP_addi, [13] = VB_OP_addi,
    };
    static const uint8_t scale[16] = {[1] = 1, [2] = 2, [5] = 1, [6] = 2, [9] = 1};
    int32_t imm8 = (int32_t)field(word, 16, 8);
    if (ops[in->r] == 0) {
        return;
    }
    in->op = ops[in->r];
    switch (in->r) {
    case 10:
        in->imm = sign_extend((uint32_t)in->s << 8 | (uint32_t)imm8, 12);
        break;
    case 12:
        in->imm = sign_extend((uint32_t)imm8, 8);
        break;
    case 13:
        in->imm = sign_extend((uint32_t)imm8, 8) * 256;
        break;
    default:
        in->imm = imm8 << scale[in->r];
        break;
    }
}

/* op0 = 6: J and the branches against zero and against a constant. */
static void decode_si(struct vb_insn *in, uint32_t word, uint32_t pc)
{
    static const uint8_t zero[4] = {VB_OP_beqz, VB_OP_bnez, VB_OP_bltz, VB_OP_bgez};
    static const uint8_t constant[4] = {VB_OP_beqi, VB_OP_bnei, VB_OP_blti, VB_OP_bgei};
    unsigned n = in->t & 3;
    unsigned m = in->t >> 2;
    in->imm = (int32_t)pc + 4 + sign_extend(field(word, 16, 8), 8);
    if (n == 0) {
        in->op = VB_OP_j;
        in->imm = (int32_t)pc + 4 + sign_extend(field(word, 6, 18), 18);
    } else if (n == 1) {
        in->op = zero[m];
        in->imm = (int32_t)pc + 4 + sign_extend(field(word, 12, 12), 12);
    } else if (n == 2) {
        in->op = constant[m];
    } else if (m >= 2) {
        in->op = m == 2 ? VB_OP_bltui : VB_OP_bgeui;
    }
}

static void decode_b(struct vb_insn *in, uint32_t word, uint32_t pc)
{
    static const uint8_t ops[16] = {VB_OP_bnone, VB_OP_beq, VB_OP_blt,  VB_OP_bltu,
                                    VB_OP_ball,  VB_OP_bbc, VB_OP_bbci, VB_OP_bbci,
                                    VB_OP_bany,  VB_OP_bne, VB_OP_bge,  VB_OP_bgeu,
                                    VB_OP_bnall, VB_OP_bbs, VB_OP_bbsi, VB_OP_bbsi};
    in->op = ops[in->r];
    in->imm = (int32_t)pc + 4 + sign_extend(field(word, 16, 8), 8);
    if (in->op == VB_OP_bbci || in->op == VB_OP_bbsi) {
        in->t |= (uint8_t)((in->r & 1) << 4);
    }
}

/* op0 = 12: MOVI.N, BEQZ.N, BNEZ.N. */
static void decode_st2n(struct vb_insn *in, uint32_t pc)
{
    if (in->t < 8) {
        int32_t value = (in->t & 7) << 4 | in->r;
        in->op = VB_OP_movi;
        in->imm = value >= 96 ? value - 128 : value;
        in->t = in->s;
    } else {
        in->op = (in->t & 4) == 0 ? VB_OP_beqz : VB_OP_bnez;
        in->imm = (int32_t)pc + 4 + ((in->t & 3) << 4 | in->r);
    }
}

/* op0 = 13: MOV.N and the instructions without operands. */
static void decode_st3n(struct vb_insn *in)
{
    if (in->r == 0) {
        in->op = VB_OP_mov;
        in->r = in->t;
    } else if (in->r == 15 && in->t == 0 && in->s == 0) {
        in->op = VB_OP_jx; /* RET.N */
    } else if (in->r == 15 && in->t == 2) {
        in->op = VB_OP_break;
        in->imm = 1 << 4; /* DEBUGCAUSE */
    } else if (in->r == 15 && in->t == 3 && in->s == 0) {
        in->op = VB_OP_nop;
    }
}

struct vb_insn vb_decode(uint32_t word, uint32_t pc, uint32_t litbase)
{
    struct vb_insn in = {
        .op = VB_OP_ill,
        .len = (uint8_t)vb_insn_len((uint8_t)word),
        .t = (uint8_t)field(word, 4, 4),
        .s = (uint8_t)field(word, 8, 4),
        .r = (uint8_t)field(word, 12, 4),
    };
    switch (word & 15) {
    case 0:
        decode_qrst(&in, word);
        break;
    case 1:
        decode_l32r(&in, word, pc, litbase);
        break;
    case 2:
        decode_lsai(&in, word);
        break;
    case 5:
        if ((in.t & 3) == 0) {
            in.op = VB_OP_call0;
            in.imm = (int32_t)(pc & ~3u) + 4 + sign_extend(field(word, 6, 18), 18) * 4;
        }
        break;
    case 6:
        decode_si(&in, word, pc);
        break;
    case 7:
        decode_b(&in, word, pc);
        break;
    case 8:
    case 9:
        in.op = (word & 15) == 8 ? VB_OP_l32i : VB_OP_s32i;
        in.imm = in.r * 4;
        break;
    case 10:
        in.op = VB_OP_add;
        break;
    case 11:
        in.op = VB_OP_addi;
        in.imm = in.t != 0 ? in.t : -1;
        in.t = in.r; /* ADDI writes at */
        break;
    case 12:
        decode_st2n(&in, pc);
        break;
    case 13:
        decode_st3n(&in);
        break;
    default:
        break;
    }
    return in;
}
