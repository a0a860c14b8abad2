/* SPDX-License-Identifier: Apache-2.0 */
/* The instruction table of the comparison and the states that suit each kind. Registers and data
 * are random with a liking for edges; what must stay in bounds is an address, a branch target, and
 * a special register that the harness itself depends on. */
#include "cpu_diff_cases.h"

#include <stdbool.h>
#include <string.h>

enum kind {
    ANY,    /* any registers, falls through */
    MEMORY, /* address in as + scaled imm8 */
    MEMORY_N,
    LITERAL, /* L32R */
    BRANCH8,
    BRANCH12,
    JUMP,
    CALL,
    NARROW, /* BEQZ.N, BNEZ.N */
    REGISTER_JUMP,
    SPECIAL, /* RSR, WSR, XSR */
    RETURN,  /* by EPC, DEPC or a0 */
    TLB,
    BARE, /* raises, or no operands at all */
    WILD, /* no instruction at all */
};

struct spec {
    const char *name;
    uint32_t match;
    uint32_t mask; /* bits that match decides; the others are operands */
    uint8_t len;
    uint8_t kind;
    uint8_t scale; /* MEMORY: bytes of an access */
};

#define RRR(name, op1, op2)                                                                        \
    {                                                                                              \
        name, (op2) << 20 | (op1) << 16, 0xff000f, 3, ANY, 0                                       \
    }
#define RRI8(name, r, kind, scale)                                                                 \
    {                                                                                              \
        name, (r) << 12 | 2, 0xf00f, 3, kind, scale                                                \
    }
#define B(name, r)                                                                                 \
    {                                                                                              \
        name, (r) << 12 | 7, 0xf00f, 3, BRANCH8, 0                                                 \
    }
#define WORD(name, word)                                                                           \
    {                                                                                              \
        name, word, 0xffffff, 3, BARE, 0                                                           \
    }
#define TLBI(name, r)                                                                              \
    {                                                                                              \
        name, 0x500000 | (r) << 12, 0xfff00f, 3, TLB, 0                                            \
    }

static const struct spec specs[] = {
    RRR("and", 0, 1),
    RRR("or", 0, 2),
    RRR("xor", 0, 3),
    RRR("add", 0, 8),
    RRR("addx2", 0, 9),
    RRR("addx4", 0, 10),
    RRR("addx8", 0, 11),
    RRR("sub", 0, 12),
    RRR("subx2", 0, 13),
    RRR("subx4", 0, 14),
    RRR("subx8", 0, 15),
    {"neg", 0x600000, 0xff0f0f, 3, ANY, 0},
    {"abs", 0x600100, 0xff0f0f, 3, ANY, 0},
    {"ssr", 0x400000, 0xfff0ff, 3, ANY, 0},
    {"ssl", 0x401000, 0xfff0ff, 3, ANY, 0},
    {"ssa8l", 0x402000, 0xfff0ff, 3, ANY, 0},
    {"ssa8b", 0x403000, 0xfff0ff, 3, ANY, 0},
    {"ssai", 0x404000, 0xfff0ef, 3, ANY, 0},
    {"nsa", 0x40e000, 0xfff00f, 3, ANY, 0},
    {"nsau", 0x40f000, 0xfff00f, 3, ANY, 0},
    {"slli", 0x010000, 0xef000f, 3, ANY, 0},
    {"srai", 0x210000, 0xef000f, 3, ANY, 0},
    RRR("srli", 1, 4),
    RRR("src", 1, 8),
    {"srl", 0x910000, 0xff0f0f, 3, ANY, 0},
    {"sll", 0xa10000, 0xff00ff, 3, ANY, 0},
    {"sra", 0xb10000, 0xff0f0f, 3, ANY, 0},
    RRR("mul16u", 1, 12),
    RRR("mul16s", 1, 13),
    RRR("mull", 2, 8),
    RRR("moveqz", 3, 8),
    RRR("movnez", 3, 9),
    RRR("movltz", 3, 10),
    RRR("movgez", 3, 11),
    {"extui", 0x040000, 0x0e000f, 3, ANY, 0},
    RRI8("movi", 10, ANY, 0),
    RRI8("addi", 12, ANY, 0),
    RRI8("addmi", 13, ANY, 0),
    RRI8("l8ui", 0, MEMORY, 1),
    RRI8("l16ui", 1, MEMORY, 2),
    RRI8("l32i", 2, MEMORY, 4),
    RRI8("s8i", 4, MEMORY, 1),
    RRI8("s16i", 5, MEMORY, 2),
    RRI8("s32i", 6, MEMORY, 4),
    RRI8("l16si", 9, MEMORY, 2),
    {"l32i.n", 8, 15, 2, MEMORY_N, 4},
    {"s32i.n", 9, 15, 2, MEMORY_N, 4},
    {"l32r", 1, 15, 3, LITERAL, 0},
    {"add.n", 10, 15, 2, ANY, 0},
    {"addi.n", 11, 15, 2, ANY, 0},
    {"movi.n", 12, 0x8f, 2, ANY, 0},
    {"beqz.n", 0x8c, 0xcf, 2, NARROW, 0},
    {"bnez.n", 0xcc, 0xcf, 2, NARROW, 0},
    {"mov.n", 13, 0xf00f, 2, ANY, 0},
    {"nop.n", 0xf03d, 0xffff, 2, BARE, 0},
    {"ret.n", 0xf00d, 0xffff, 2, RETURN, 0},
    {"break.n", 0xf02d, 0xf0ff, 2, ANY, 0},
    {"ill.n", 0xf06d, 0xffff, 2, BARE, 0},
    {"call0", 5, 0x3f, 3, CALL, 0},
    {"j", 6, 0x3f, 3, JUMP, 0},
    {"beqz", 0x16, 0xff, 3, BRANCH12, 0},
    {"bnez", 0x56, 0xff, 3, BRANCH12, 0},
    {"bltz", 0x96, 0xff, 3, BRANCH12, 0},
    {"bgez", 0xd6, 0xff, 3, BRANCH12, 0},
    {"beqi", 0x26, 0xff, 3, BRANCH8, 0},
    {"bnei", 0x66, 0xff, 3, BRANCH8, 0},
    {"blti", 0xa6, 0xff, 3, BRANCH8, 0},
    {"bgei", 0xe6, 0xff, 3, BRANCH8, 0},
    {"bltui", 0xb6, 0xff, 3, BRANCH8, 0},
    {"bgeui", 0xf6, 0xff, 3, BRANCH8, 0},
    B("bnone", 0),
    B("beq", 1),
    B("blt", 2),
    B("bltu", 3),
    B("ball", 4),
    B("bbc", 5),
    {"bbci", 0x6007, 0xe00f, 3, BRANCH8, 0},
    B("bany", 8),
    B("bne", 9),
    B("bge", 10),
    B("bgeu", 11),
    B("bnall", 12),
    B("bbs", 13),
    {"bbsi", 0xe007, 0xe00f, 3, BRANCH8, 0},
    {"ret", 0x80, 0xfff0ff, 3, RETURN, 0},
    {"jx", 0xa0, 0xfff0ff, 3, REGISTER_JUMP, 0},
    {"callx0", 0xc0, 0xfff0ff, 3, REGISTER_JUMP, 0},
    WORD("ill", 0),
    WORD("syscall", 0x5000),
    {"break", 0x4000, 0xfff00f, 3, ANY, 0},
    WORD("isync", 0x2000),
    WORD("rsync", 0x2010),
    WORD("esync", 0x2020),
    WORD("dsync", 0x2030),
    WORD("excw", 0x2080),
    WORD("memw", 0x20c0),
    WORD("extw", 0x20d0),
    WORD("nop", 0x20f0),
    {"rfe", 0x3000, 0xffffff, 3, RETURN, 0},
    {"rfde", 0x3200, 0xffffff, 3, RETURN, 0},
    {"rfi 2", 0x3210, 0xffffff, 3, RETURN, 0},
    {"rfi 3", 0x3310, 0xffffff, 3, RETURN, 0},
    {"rsil", 0x6000, 0xfff00f, 3, ANY, 0},
    {"rsr", 0x030000, 0xff000f, 3, SPECIAL, 0},
    {"wsr", 0x130000, 0xff000f, 3, SPECIAL, 0},
    {"xsr", 0x610000, 0xff000f, 3, SPECIAL, 0},
    TLBI("ritlb0", 3),
    TLBI("pitlb", 5),
    TLBI("witlb", 6),
    TLBI("ritlb1", 7),
    TLBI("rdtlb0", 11),
    TLBI("pdtlb", 13),
    TLBI("wdtlb", 14),
    TLBI("rdtlb1", 15),
    {"(undefined)", 0, 0, 3, WILD, 0},
};
#define N_SPECS (sizeof(specs) / sizeof(specs[0]))

/* Encodings that exist beside the table and are not compared: SIMCALL is the harness's own call,
 * WAITI sleeps, QEMU's lx106 lacks the TLB invalidations that the sheet names, and QEMU crashes on
 * RFI of a level that does not exist. */
static const struct spec left_out[] = {
    {"simcall", 0x5100, 0xffffff, 3, BARE, 0},
    {"waiti", 0x7000, 0xfff0ff, 3, BARE, 0},
    TLBI("iitlb", 4),
    TLBI("idtlb", 12),
    {"rfi", 0x3010, 0xfff0ff, 3, BARE, 0},
};

static uint64_t next_random(uint64_t *rng)
{
    uint64_t x = *rng;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *rng = x;
}

static uint32_t below(uint64_t *rng, uint32_t n)
{
    return (uint32_t)(next_random(rng) >> 32) % n;
}

static bool one_in(uint64_t *rng, uint32_t n)
{
    return below(rng, n) == 0;
}

static uint32_t random_word(uint64_t *rng)
{
    static const uint32_t edges[] = {0,          1,          2,          31,         32,
                                     0x7f,       0x80,       0xff,       0x7fff,     0x8000,
                                     0xffff,     0x10000,    0x7fffffff, 0x80000000, 0x80000001,
                                     0xfffffffe, 0xffffffff, 0xffff8000};
    uint32_t word = (uint32_t)(next_random(rng) >> 32);
    switch (below(rng, 4)) {
    case 0:
        return edges[below(rng, sizeof(edges) / sizeof(edges[0]))];
    case 1:
        return (uint32_t)((int32_t)word >> below(rng, 32));
    default:
        return word;
    }
}

/* An even address among the illegal instructions around the slot, never in the slot itself. */
static uint32_t random_pad(uint64_t *rng, uint32_t from, uint32_t len)
{
    for (;;) {
        uint32_t vaddr = from + (below(rng, len) & ~1u);
        if (vaddr - DIFF_SLOT >= DIFF_SLOT_LEN) {
            return vaddr;
        }
    }
}

static uint32_t any_pad(uint64_t *rng)
{
    return random_pad(rng, DIFF_PADS, DIFF_PADS_LEN);
}

/* --- operands --- */

static unsigned field(uint32_t word, unsigned low)
{
    return word >> low & 15;
}

static uint32_t branch(uint32_t word, uint32_t pc, unsigned low, unsigned bits, uint64_t *rng)
{
    uint32_t reach = 1u << (bits - 1);
    uint32_t mask = ((1u << bits) - 1) << low;
    uint32_t target;
    do {
        target = any_pad(rng);
    } while (target - (pc + 4) + reach >= 2 * reach);
    return (word & ~mask) | ((target - (pc + 4)) << low & mask);
}

static uint32_t call(uint32_t word, uint64_t *rng, uint32_t pc)
{
    uint32_t target;
    do {
        target = any_pad(rng) & ~3u;
    } while (target - DIFF_SLOT < DIFF_SLOT_LEN);
    return (word & 0x3f) | ((target - ((pc & ~3u) + 4)) >> 2) << 6;
}

static uint32_t narrow(uint32_t word, uint64_t *rng, uint32_t pc)
{
    uint32_t off = random_pad(rng, DIFF_SLOT + DIFF_SLOT_LEN, 48) - (pc + 4);
    return (word & 0xfcf) | (off >> 4 & 3) << 4 | (off & 15) << 12;
}

/* L32R: an address among the literals, or with LITBASE the case's data. */
static uint32_t literal(uint32_t word, uint32_t *litbase, uint64_t *rng, uint32_t pc)
{
    uint32_t target = DIFF_LITERAL + (below(rng, DIFF_LITERAL_LEN) & ~3u);
    uint32_t base = (pc + 3) & ~3u;
    if (one_in(rng, 3)) {
        target = DIFF_DATA + (below(rng, DIFF_DATA_WORDS * 4) & ~3u);
        *litbase = (target & ~0xfffu) + 0x1000 * (1 + below(rng, 60));
        base = *litbase;
        *litbase |= 1;
    }
    return (word & 0xff) | ((target - base) >> 2 & 0xffff) << 8;
}

/* Points as so that the access falls on the case's data, sometimes misaligned. */
static void aim(struct diff_case *c, uint32_t word, const struct spec *spec, uint64_t *rng)
{
    uint32_t imm = spec->kind == MEMORY ? (word >> 16 & 0xff) * spec->scale : field(word, 12) * 4;
    uint32_t off = below(rng, DIFF_DATA_WORDS * 4 - 4);
    if (!one_in(rng, 4)) {
        off &= ~(uint32_t)(spec->scale - 1);
    }
    c->a[field(word, 8)] = DIFF_DATA + off - imm;
}

/* --- special registers --- */

enum { SR_PS = 230, SR_LITBASE = 5, SR_INTSET = 226, SR_INTENABLE = 228 };
#define CASE_SR(number) c->sr[sr_slot(number)]

static unsigned sr_slot(unsigned number)
{
    static const uint8_t order[] = {
#define ORDER(i, sr) [i] = sr,
        DIFF_CASE_SRS(ORDER)
#undef ORDER
    };
    unsigned i = 0;
    while (order[i] != number) {
        i++;
    }
    return i;
}

static uint32_t random_ps(uint64_t *rng)
{
    uint32_t ps = (uint32_t)next_random(rng) & 0x30;
    return one_in(rng, 2) ? ps : ps | below(rng, 16);
}

/* A value that the harness survives in this register. */
static uint32_t sr_value(unsigned sr, uint64_t *rng)
{
    switch (sr) {
    case SR_PS:
    case 194:
    case 195:
        return random_ps(rng);
    case 177:
    case 178:
    case 179:
    case 192:
        return any_pad(rng);
    case 231:
        return DIFF_TEXT;
    case SR_INTENABLE:
        return random_word(rng) &
               ~0x40u; /* not the cycle timer: the machines run at other speeds */
    case 236:          /* ICOUNT; the level stays as the case has it */
        return ~below(rng, 32);
    case 237:
        return below(rng, 2);
    case 96:
    case 160: /* breakpoints are armed by arrange_debug() */
        return 0;
    case 232:
        return below(rng, 64);
    default:
        return random_word(rng);
    }
}

static uint32_t special(struct diff_case *c, uint32_t word, uint64_t *rng)
{
    static const uint8_t both[] = {3,   5,   104, 128, 144, 177, 178, 179, 192, 194, 195, 209,
                                   210, 211, 228, 230, 231, 232, 236, 237, 238, 240, 96,  160};
    static const uint8_t one[] = {226, 227, 233};
    bool is_read = (word & 0xff0000) == 0x030000;
    bool is_write = (word & 0xff0000) == 0x130000;
    unsigned sr = both[below(rng, sizeof(both))];
    if (is_read && one_in(rng, 4)) {
        sr = one_in(rng, 2) ? SR_INTSET : 233;
    } else if (is_write && one_in(rng, 4)) {
        sr = one[below(rng, 2)];
    } else if (one_in(rng, 16)) {
        sr = below(rng, 256); /* most do not exist */
        if (sr == 231 || sr == 234 || sr == 235 || sr == 176 || sr == 208) {
            sr = 0; /* VECBASE, CCOUNT, PRID; CONFIGID, which the sheet does not name */
        }
    }
    c->a[field(word, 4)] = sr_value(sr, rng);
    return (word & 0xff00ff) | sr << 8;
}

/* --- programs --- */

static bool is_like(uint32_t word, const struct spec *spec)
{
    uint32_t mask = spec->len == 2 ? spec->mask & 0xffff : spec->mask;
    return spec->kind != WILD && (word & mask) == spec->match;
}

static bool exists(uint32_t word)
{
    for (unsigned i = 0; i < N_SPECS; i++) {
        if (is_like(word, &specs[i])) {
            return true;
        }
    }
    for (unsigned i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++) {
        if (is_like(word, &left_out[i])) {
            return true;
        }
    }
    return false;
}

static uint32_t wild(uint64_t *rng)
{
    for (;;) {
        uint32_t word = (uint32_t)(next_random(rng) >> 40);
        if (one_in(rng, 2)) {
            word &= 0xfff0;
        } else if (one_in(rng, 2)) {
            word &= 0xfffff0;
        }
        if (!exists(word)) {
            return word;
        }
    }
}

/* The instruction at pc with operands that suit it; prepares the state it needs. */
static uint32_t encode(struct diff_case *c, const struct spec *spec, uint32_t pc, uint64_t *rng)
{
    uint32_t word = spec->match | ((uint32_t)(next_random(rng) >> 40) & ~spec->mask);
    switch (spec->kind) {
    case MEMORY:
    case MEMORY_N:
        aim(c, word, spec, rng);
        return word;
    case LITERAL:
        return literal(word, &CASE_SR(SR_LITBASE), rng, pc);
    case BRANCH8:
        if (one_in(rng, 3)) { /* make equality likely */
            c->a[field(word, 8)] = c->a[field(word, 4)];
        }
        return branch(word, pc, 16, 8, rng);
    case BRANCH12:
        return branch(word, pc, 12, 12, rng);
    case JUMP:
        return branch(word, pc, 6, 18, rng);
    case CALL:
        return call(word, rng, pc);
    case NARROW:
        return narrow(word, rng, pc);
    case REGISTER_JUMP:
        c->a[field(word, 8)] = any_pad(rng);
        return word;
    case SPECIAL:
        return special(c, word, rng);
    case RETURN:
        c->a[0] = any_pad(rng);
        return word;
    case TLB: /* of the upper half, where nothing of the test lies */
        c->a[field(word, 8)] |= 0x80000000u;
        return word;
    case WILD:
        return wild(rng);
    default:
        return word;
    }
}

/* QEMU shifts by 0 instead of 32 when SSL or SSA8B with amount 0 stands in the same translated
 * block as SRL or SRA. SAR = 32 itself is covered: cases begin with it. */
static bool sets_left_shift(const struct spec *spec)
{
    return strcmp(spec->name, "ssl") == 0 || strcmp(spec->name, "ssa8b") == 0;
}

static bool is_simple(const struct spec *spec)
{
    return spec->kind == ANY || spec->kind == BRANCH8 || spec->kind == BRANCH12 ||
           spec->kind == NARROW || spec->kind == CALL;
}

static const struct spec *any_simple(uint64_t *rng)
{
    const struct spec *spec;
    do {
        spec = &specs[below(rng, N_SPECS)];
    } while (!is_simple(spec) || sets_left_shift(spec));
    return spec;
}

static unsigned append(uint8_t *code, unsigned off, uint32_t word, unsigned len)
{
    for (unsigned i = 0; i < len; i++) {
        code[off + i] = (uint8_t)(word >> (8 * i));
    }
    return off + len;
}

static void make_program(struct diff_case *c, const struct spec *spec, uint64_t *rng)
{
    unsigned off = 0;
    if (one_in(rng, 2)) {
        off = append(c->code, off, 0xf03d, 2); /* another alignment */
    }
    off = append(c->code, off, encode(c, spec, DIFF_SLOT + off, rng), spec->len);
    while (spec->kind != WILD && !sets_left_shift(spec) && one_in(rng, 2) &&
           off + 3 <= DIFF_SLOT_LEN - 2) {
        /* The state is arranged for the first one: what these need of it they do not get. */
        struct diff_case unused = *c;
        const struct spec *more = any_simple(rng);
        off = append(c->code, off, encode(&unused, more, DIFF_SLOT + off, rng), more->len);
    }
    while (off + 2 <= DIFF_SLOT_LEN) {
        off = append(c->code, off, 0xf06d, 2);
    }
    if (off < DIFF_SLOT_LEN) {
        append(c->code, off, 0x6d, 1);
    }
}

/* Some cases run into a breakpoint, a watched word, or the end of an instruction count. */
static void arrange_debug(struct diff_case *c, uint64_t *rng)
{
    if (one_in(rng, 16)) {
        CASE_SR(96) = 1;
        CASE_SR(128) = DIFF_SLOT + below(rng, 8);
    }
    /* QEMU never gets past a watched word while debug events are masked. */
    if ((CASE_SR(SR_PS) & 15) < 2 && one_in(rng, 16)) {
        CASE_SR(144) = DIFF_DATA + below(rng, DIFF_DATA_WORDS * 4);
        CASE_SR(160) = (below(rng, 4) << 30) | (0x3f & ~((1u << below(rng, 5)) - 1));
    }
    if (one_in(rng, 16)) {
        CASE_SR(236) = ~(20 + below(rng, 8));
        CASE_SR(237) = 1;
    }
}

void diff_make_case(struct diff_case *c, unsigned index, uint64_t *rng)
{
    static const uint8_t order[] = {
#define ORDER(i, sr) [i] = sr,
        DIFF_CASE_SRS(ORDER)
#undef ORDER
    };
    memset(c, 0, sizeof(*c));
    for (unsigned i = 0; i < DIFF_CASE_N_SR; i++) {
        c->sr[i] = sr_value(order[i], rng);
    }
    CASE_SR(SR_LITBASE) &= ~1u;
    CASE_SR(3) = below(rng, 33);
    CASE_SR(237) = 0;
    for (unsigned i = 0; i < DIFF_DATA_WORDS; i++) {
        c->data[i] = random_word(rng);
    }
    for (unsigned i = 0; i < 16; i++) {
        c->a[i] = random_word(rng);
    }
    make_program(c, &specs[index], rng);
    arrange_debug(c, rng);
}

unsigned diff_n_instructions(void)
{
    return N_SPECS;
}

const char *diff_instruction_name(unsigned index)
{
    return specs[index].name;
}
