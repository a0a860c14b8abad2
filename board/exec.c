/* SPDX-License-Identifier: Apache-2.0 */
/* The instructions themselves: threaded code over the operations of code.h, one label each. Plain
 * arithmetic and DRAM accesses are done here; everything that can touch the rest of the machine
 * leaves the fast path through one of the helpers at the top. */
#include "code.h"
#include "internal.h"

#include <string.h>

/* Threaded dispatch needs labels as values, an extension that GCC and clang share. */
#pragma GCC diagnostic ignored "-Wpedantic"

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* How an operation that left the fast path ends. */
enum outcome {
    DONE,   /* go on with the next operation */
    YIELD,  /* done, then end the slice */
    RAISED, /* cpu.pc is the vector of an exception */
    JUMPED, /* done, cpu.pc is where to go on */
    FAILED, /* not done, and the run stops at this instruction */
};

static enum outcome finish(const struct vb_board *b)
{
    if (UNLIKELY(b->cpu.attention)) {
        return b->stop_reason == VB_STOP_UNMODELLED ? FAILED : YIELD;
    }
    return DONE;
}

static enum outcome raise(struct vb_board *b, enum vb_cause cause, uint32_t vaddr)
{
    vb_cpu_raise(b, cause, vaddr);
    return RAISED;
}

static enum outcome slow_load(struct vb_board *b, const struct vb_op *op, uint32_t vaddr,
                              unsigned size, bool is_signed)
{
    uint32_t value = 0;
    int cause = vb_memory_load(b, vaddr, size, &value);
    if (cause != VB_NO_FAULT) {
        return cause < 0 ? JUMPED : raise(b, (enum vb_cause)cause, vaddr);
    }
    if (b->stop_reason != VB_STOP_UNMODELLED) {
        b->cpu.a[op->t] = is_signed ? (uint32_t)(int16_t)value : value;
    }
    return finish(b);
}

static enum outcome slow_store(struct vb_board *b, const struct vb_op *op, uint32_t vaddr,
                               unsigned size)
{
    int cause = vb_memory_store(b, vaddr, size, b->cpu.a[op->t]);
    if (cause != VB_NO_FAULT) {
        return cause < 0 ? JUMPED : raise(b, (enum vb_cause)cause, vaddr);
    }
    return finish(b);
}

static enum outcome write_sr(struct vb_board *b, unsigned sr, uint32_t value)
{
    vb_cpu_write_sr(b, sr, value);
    return finish(b);
}

static enum outcome exchange_sr(struct vb_board *b, const struct vb_op *op)
{
    uint32_t old = vb_cpu_read_sr(b, (unsigned)op->imm);
    uint32_t new = b->cpu.a[op->t];
    b->cpu.a[op->t] = old;
    return write_sr(b, (unsigned)op->imm, new);
}

static enum outcome set_level(struct vb_board *b, unsigned level)
{
    return write_sr(b, VB_SR_PS, (b->cpu.sr[VB_SR_PS] & ~VB_PS_INTLEVEL) | level);
}

static enum outcome wait_for_interrupt(struct vb_board *b, unsigned level)
{
    b->cpu.waiting = true;
    b->cpu.attention = true;
    return set_level(b, level);
}

static enum outcome return_to(struct vb_board *b, uint32_t pc, uint32_t ps)
{
    vb_cpu_write_sr(b, VB_SR_PS, ps);
    b->cpu.pc = pc;
    return JUMPED;
}

/* Row r of the TLB table: 3..7 instructions, 11..15 data. */
static enum outcome tlb(struct vb_board *b, const struct vb_op *op)
{
    uint32_t vaddr = b->cpu.a[op->s];
    uint8_t *attr = &b->cpu.tlb_attr[op->r >> 3][vaddr >> 29];
    uint32_t region = vaddr & 0xe0000000u;
    switch (op->r & 7) {
    case 3: /* RxTLB0 */
        b->cpu.a[op->t] = region;
        break;
    case 5: /* PxTLB */
        b->cpu.a[op->t] = region | 1;
        break;
    case 6: /* WxTLB */
        *attr = b->cpu.a[op->t] & 15;
        vb_memory_refresh(b);
        break;
    case 7: /* RxTLB1 */
        b->cpu.a[op->t] = region | *attr;
        break;
    default: /* IxTLB: entries of region protection cannot be invalidated */
        break;
    }
    return finish(b);
}

static enum outcome debug(struct vb_board *b, uint32_t cause)
{
    return vb_cpu_debug(b, cause) ? RAISED : DONE;
}

static uint32_t pc_of(const struct vb_code_page *page, const struct vb_op *op)
{
    return page->base + page->off[op - page->ops];
}

/* The target of a branch within its page becomes a distance between operations. Returns the branch,
 * which may have moved. */
static struct vb_op *link_branch(struct vb_board *b, struct vb_code_page *page, struct vb_op *op,
                                 unsigned opcode)
{
    unsigned from = (unsigned)(op - page->ops);
    unsigned to = vb_code_index(b, page, (uint32_t)op->imm - page->base);
    op = &page->ops[from];
    op->imm = (int32_t)to - (int32_t)from;
    op->handler = vb_exec_handlers()[VB_PSEUDO_NEAR + opcode];
    return op;
}

static inline uint32_t rotate_right(uint32_t value, unsigned n)
{
    return n == 0 ? value : value >> n | value << (32 - n);
}

static inline uint32_t get32(const uint8_t *p)
{
    uint32_t value;
    memcpy(&value, p, sizeof(value));
    return value;
}

static inline uint32_t get16(const uint8_t *p)
{
    uint16_t value;
    memcpy(&value, p, sizeof(value));
    return value;
}

static inline uint32_t sar(const struct vb_board *b)
{
    return b->cpu.sr[VB_SR_SAR];
}

static inline uint32_t leading_zeros(uint32_t value)
{
    return value == 0 ? 32 : (uint32_t)__builtin_clz(value);
}

/* The host stores words as the lx106 does. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian host");

/* In the loop below, op is the operation, page holds it, a are the registers. budget is what
 * remains of the slice once the present block is done; the operation itself knows the rest: */
#define LEFT() (budget + op->left)
#define GO(next)                                                                                   \
    do {                                                                                           \
        op = (next);                                                                               \
        goto * op->handler;                                                                        \
    } while (0)
#define NEXT() GO(op + 1)
#define ENTER(next)                                                                                \
    do {                                                                                           \
        op = (next);                                                                               \
        budget -= op->left;                                                                        \
        if (UNLIKELY(budget < 0)) {                                                                \
            goto part;                                                                             \
        }                                                                                          \
        goto * op->handler;                                                                        \
    } while (0)
/* Leaves the fast path for one operation: time and pc are exact for what it calls. */
#define SLOW(call)                                                                                 \
    do {                                                                                           \
        cpu->slice_left = LEFT();                                                                  \
        cpu->pc = pc_of(page, op);                                                                 \
        outcome = (call);                                                                          \
        if (LIKELY(outcome == DONE)) {                                                             \
            NEXT();                                                                                \
        }                                                                                          \
        goto leave;                                                                                \
    } while (0)
#define PLAIN(name, statement)                                                                     \
    op_##name:                                                                                     \
    {                                                                                              \
        statement;                                                                                 \
    }                                                                                              \
    NEXT();
#define R    a[op->r]
#define S    a[op->s]
#define T    a[op->t]
#define U(x) ((uint32_t)(x))
#define I(x) ((int32_t)(x))

#define BRANCH(name, condition)                                                                    \
    op_##name : if (condition)                                                                     \
    {                                                                                              \
        if (U(op->imm) - page->base < VB_PAGE_SIZE) {                                              \
            op = link_branch(b, page, op, VB_OP_##name);                                           \
            ENTER(op + op->imm);                                                                   \
        }                                                                                          \
        pc = U(op->imm);                                                                           \
        goto transfer;                                                                             \
    }                                                                                              \
    ENTER(op + 1);                                                                                 \
    near_##name : if (condition)                                                                   \
    {                                                                                              \
        ENTER(op + op->imm);                                                                       \
    }                                                                                              \
    ENTER(op + 1);

/* An access of 1 << log2 bytes goes straight to DRAM when it is aligned, inside and not watched:
 * the rotation turns a misaligned offset into a large one. */
#define IN_DRAM(log2) LIKELY(rotate_right(off, log2) < b->mem.dram_open[log2])
#define LOAD(name, log2, value, is_signed)                                                         \
    op_##name:                                                                                     \
    {                                                                                              \
        uint32_t off = S + U(op->imm) - VB_DRAM_BASE;                                              \
        const uint8_t *p = b->mem.dram + off;                                                      \
        if (IN_DRAM(log2)) {                                                                       \
            T = (value);                                                                           \
            NEXT();                                                                                \
        }                                                                                          \
        SLOW(slow_load(b, op, off + VB_DRAM_BASE, 1u << (log2), is_signed));                       \
    }
#define STORE(name, log2)                                                                          \
    op_##name:                                                                                     \
    {                                                                                              \
        uint32_t off = S + U(op->imm) - VB_DRAM_BASE;                                              \
        if (IN_DRAM(log2)) {                                                                       \
            memcpy(b->mem.dram + off, &T, 1u << (log2));                                           \
            NEXT();                                                                                \
        }                                                                                          \
        SLOW(slow_store(b, op, off + VB_DRAM_BASE, 1u << (log2)));                                 \
    }
#define WORD_PAGE(vaddr) b->mem.word_page[((vaddr)-VB_CODE_BASE) / VB_PAGE_SIZE]

/* clang-format off */
static const void *const *execute(struct vb_board *b)
{
#define HANDLER(name) [VB_OP_##name] = &&op_##name,
#define NEAR(name) [VB_PSEUDO_NEAR + VB_OP_##name] = &&near_##name,
    static const void *const handlers[VB_N_HANDLERS] = {
        VB_BRANCHES(HANDLER) VB_STRAIGHT(HANDLER) VB_JUMPS(HANDLER) VB_BRANCHES(NEAR)
        NEAR(j) NEAR(call0)
        [VB_PSEUDO_CHAIN] = &&chain, [VB_PSEUDO_CROSS] = &&cross, [VB_PSEUDO_STOP] = &&stop,
        [VB_PSEUDO_IBREAK] = &&ibreak, [VB_PSEUDO_HALT] = &&halt, [VB_PSEUDO_FETCH_FAULT] = &&fetch_fault,
    };
    if (b == NULL) {
        return handlers;
    }
    struct vb_cpu *const cpu = &b->cpu;
    uint32_t *const a = cpu->a;
    struct vb_code_page *page;
    struct vb_op *op;
    uint32_t pc = cpu->pc;
    int32_t budget = cpu->slice_left;
    enum outcome outcome;

transfer: /* goes on at any pc; budget is what remains of the slice */
    if (UNLIKELY(budget <= 0)) {
        cpu->pc = pc;
        cpu->slice_left = budget;
        return NULL;
    }
    page = pc - VB_CODE_BASE < VB_CODE_SIZE
               ? b->mem.code->entry[(pc - VB_CODE_BASE) / VB_PAGE_SIZE] : NULL;
    if (LIKELY(page != NULL && page->index[pc % VB_PAGE_SIZE] != 0)) {
        ENTER(&page->ops[page->index[pc % VB_PAGE_SIZE]]);
    }
    cpu->slice_left = budget;
    cpu->pc = pc;
    {
        int cause;
        op = vb_code_enter(b, pc, &page, &cause);
        if (op == NULL) {
            vb_cpu_raise(b, (enum vb_cause)cause, pc);
            budget--;
            pc = cpu->pc;
            goto transfer;
        }
    }
    ENTER(op);

part: { /* only the beginning of a block fits the slice */
        int32_t n = LEFT();
        if (n > 0) {
            op = vb_code_shorten(b->mem.code, page, op, (unsigned)n);
            page = &b->mem.code->part;
            budget = 0;
            GO(op);
        }
        budget = 0;
    }
stop:
    cpu->pc = pc_of(page, op);
    cpu->slice_left = budget;
    return NULL;

leave: /* after SLOW */
    if (outcome == FAILED) {
        return NULL;
    }
    budget = cpu->slice_left - 1;
    pc = outcome == YIELD ? pc_of(page, op + 1) : cpu->pc;
    if (outcome == YIELD || cpu->attention) {
        cpu->pc = pc;
        cpu->slice_left = budget;
        return NULL;
    }
    goto transfer;

chain:
    ENTER(op + op->imm);
cross:
    pc = U(op->imm);
    goto transfer;
halt:
    cpu->pc = pc_of(page, op);
    cpu->slice_left = budget;
    if (budget == 0 || vb_debug_reached(b)) {
        goto stop;
    }
    ENTER(op + 1);
ibreak:
    if (budget == 0) {
        goto stop;
    }
    cpu->slice_left = budget + op[1].left;
    cpu->pc = pc_of(page, op);
    if (vb_cpu_debug(b, 1 << 1)) {
        budget = cpu->slice_left = budget - 1;
        pc = cpu->pc;
        goto transfer;
    }
    ENTER(op + 1);
fetch_fault: {
        const uint8_t *unused;
        SLOW(raise(b, (enum vb_cause)vb_memory_fetch(b, U(op->imm), &unused), U(op->imm)));
    }

    PLAIN(add, R = S + T)
    PLAIN(addx2, R = (S << 1) + T)
    PLAIN(addx4, R = (S << 2) + T)
    PLAIN(addx8, R = (S << 3) + T)
    PLAIN(sub, R = S - T)
    PLAIN(subx2, R = (S << 1) - T)
    PLAIN(subx4, R = (S << 2) - T)
    PLAIN(subx8, R = (S << 3) - T)
    PLAIN(and, R = S & T)
    PLAIN(or, R = S | T)
    PLAIN(xor, R = S ^ T)
    PLAIN(neg, R = 0 - T)
    PLAIN(abs, R = I(T) < 0 ? 0 - T : T)
    PLAIN(addi, T = S + U(op->imm))
    PLAIN(mov, R = S)
    PLAIN(movi, T = U(op->imm))
    PLAIN(moveqz, R = T == 0 ? S : R)
    PLAIN(movnez, R = T != 0 ? S : R)
    PLAIN(movltz, R = I(T) < 0 ? S : R)
    PLAIN(movgez, R = I(T) >= 0 ? S : R)
    PLAIN(extui, R = T >> op->s & U(op->imm))
    PLAIN(slli, R = S << op->imm)
    PLAIN(srai, R = U(I(T) >> op->imm))
    PLAIN(srli, R = T >> op->imm)
    PLAIN(src, R = U(((uint64_t)S << 32 | T) >> sar(b)))
    PLAIN(srl, R = U((uint64_t)T >> sar(b)))
    PLAIN(sll, R = U((uint64_t)S << 32 >> sar(b)))
    PLAIN(sra, R = U((int64_t)I(T) >> sar(b)))
    PLAIN(ssr, cpu->sr[VB_SR_SAR] = S & 31)
    PLAIN(ssl, cpu->sr[VB_SR_SAR] = 32 - (S & 31))
    PLAIN(ssa8l, cpu->sr[VB_SR_SAR] = (S & 3) * 8)
    PLAIN(ssa8b, cpu->sr[VB_SR_SAR] = 32 - (S & 3) * 8)
    PLAIN(ssai, cpu->sr[VB_SR_SAR] = U(op->imm))
    PLAIN(nsa, T = leading_zeros(I(S) < 0 ? ~S : S) - 1)
    PLAIN(nsau, T = leading_zeros(S))
    PLAIN(mul16u, R = (S & 0xffff) * (T & 0xffff))
    PLAIN(mul16s, R = U((int16_t)S * (int16_t)T))
    PLAIN(mull, R = S * T)
    PLAIN(nop, )

    LOAD(l8ui, 0, *p, false)
    LOAD(l16ui, 1, get16(p), false)
    LOAD(l16si, 1, U((int16_t)get16(p)), true)
    STORE(s8i, 0)
    STORE(s16i, 1)
    STORE(s32i, 2)
op_l32i: {
        uint32_t vaddr = S + U(op->imm);
        uint32_t off = vaddr - VB_DRAM_BASE;
        if (IN_DRAM(2)) {
            T = get32(b->mem.dram + off);
            NEXT();
        }
        if (rotate_right(vaddr - VB_CODE_BASE, 2) < VB_CODE_SIZE / 4 && WORD_PAGE(vaddr) != NULL) {
            T = get32(WORD_PAGE(vaddr) + vaddr % VB_PAGE_SIZE);
            NEXT();
        }
        SLOW(slow_load(b, op, vaddr, 4, false));
    }
op_l32r:
    if (LIKELY(U(op->imm) - VB_CODE_BASE < VB_CODE_SIZE && WORD_PAGE(U(op->imm)) != NULL)) {
        T = get32(WORD_PAGE(U(op->imm)) + U(op->imm) % VB_PAGE_SIZE);
        NEXT();
    }
    SLOW(slow_load(b, op, U(op->imm), 4, false));

op_rsr:
    cpu->slice_left = LEFT();
    T = vb_cpu_read_sr(b, (unsigned)op->imm);
    NEXT();
op_wsr:
    SLOW(write_sr(b, (unsigned)op->imm, T));
op_xsr:
    SLOW(exchange_sr(b, op));
op_rsil: {
        uint32_t ps = cpu->sr[VB_SR_PS];
        T = ps;
        SLOW(set_level(b, op->s));
    }
op_waiti:
    SLOW(wait_for_interrupt(b, op->s));
op_tlb:
    SLOW(tlb(b, op));
op_break:
    SLOW(debug(b, U(op->imm)));

    BRANCH(beqz, S == 0)
    BRANCH(bnez, S != 0)
    BRANCH(bltz, I(S) < 0)
    BRANCH(bgez, I(S) >= 0)
    BRANCH(beqi, I(S) == vb_b4const[op->r])
    BRANCH(bnei, I(S) != vb_b4const[op->r])
    BRANCH(blti, I(S) < vb_b4const[op->r])
    BRANCH(bgei, I(S) >= vb_b4const[op->r])
    BRANCH(bltui, S < vb_b4constu[op->r])
    BRANCH(bgeui, S >= vb_b4constu[op->r])
    BRANCH(bnone, (S & T) == 0)
    BRANCH(bany, (S & T) != 0)
    BRANCH(ball, (~S & T) == 0)
    BRANCH(bnall, (~S & T) != 0)
    BRANCH(beq, S == T)
    BRANCH(bne, S != T)
    BRANCH(blt, I(S) < I(T))
    BRANCH(bge, I(S) >= I(T))
    BRANCH(bltu, S < T)
    BRANCH(bgeu, S >= T)
    BRANCH(bbc, (S >> (T & 31) & 1) == 0)
    BRANCH(bbs, (S >> (T & 31) & 1) != 0)
    BRANCH(bbci, (S >> op->t & 1) == 0)
    BRANCH(bbsi, (S >> op->t & 1) != 0)

op_j:
    if (U(op->imm) - page->base < VB_PAGE_SIZE) {
        op = link_branch(b, page, op, VB_OP_j);
        ENTER(op + op->imm);
    }
    pc = U(op->imm);
    goto transfer;
near_j:
    ENTER(op + op->imm);
op_jx:
    pc = S;
    goto transfer;
op_call0:
    a[0] = pc_of(page, op) + 3;
    if (U(op->imm) - page->base < VB_PAGE_SIZE) {
        op = link_branch(b, page, op, VB_OP_call0);
        ENTER(op + op->imm);
    }
    pc = U(op->imm);
    goto transfer;
near_call0:
    a[0] = pc_of(page, op) + 3;
    ENTER(op + op->imm);
op_callx0:
    pc = S;
    a[0] = pc_of(page, op) + 3;
    goto transfer;
op_rfe:
    SLOW(return_to(b, cpu->sr[VB_SR_EPC1], cpu->sr[VB_SR_PS] & ~VB_PS_EXCM));
op_rfde:
    SLOW(return_to(b, cpu->sr[VB_SR_DEPC], cpu->sr[VB_SR_PS]));
op_rfi:
    SLOW(return_to(b, cpu->sr[VB_SR_EPC1 + op->s - 1], cpu->sr[VB_SR_EPS2 + op->s - 2]));
op_syscall:
    SLOW(raise(b, VB_CAUSE_SYSCALL, cpu->sr[VB_SR_EXCVADDR]));
op_ill:
    SLOW(raise(b, VB_CAUSE_ILLEGAL, cpu->sr[VB_SR_EXCVADDR]));
}
/* clang-format on */

const void *const *vb_exec_handlers(void)
{
    return execute(NULL);
}

void vb_exec(struct vb_board *b)
{
    b->cpu.attention = false;
    vb_code_collect(b->mem.code);
    execute(b);
}
