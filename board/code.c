/* SPDX-License-Identifier: Apache-2.0 */
/* Builds, finds and drops pages of decoded instructions. */
#include "code.h"

#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "internal.h"

static struct vb_code_page *page_new(uint32_t base, uint32_t capacity)
{
    struct vb_code_page *page = calloc(1, sizeof(*page));
    if (page == NULL) {
        return NULL;
    }
    page->base = base;
    page->capacity = capacity;
    page->n_ops = 1;
    page->ops = malloc(capacity * sizeof(*page->ops));
    page->off = malloc(capacity * sizeof(*page->off));
    if (page->ops == NULL || page->off == NULL) {
        free(page->ops);
        free(page->off);
        free(page);
        return NULL;
    }
    return page;
}

static void page_free(struct vb_code_page *page)
{
    if (page != NULL) {
        free(page->ops);
        free(page->off);
        free(page);
    }
}

struct vb_code *vb_code_new(void)
{
    struct vb_code *code = calloc(1, sizeof(*code));
    if (code == NULL) {
        return NULL;
    }
    code->part.capacity = VB_MAX_BLOCK + 1;
    code->part.ops = malloc(code->part.capacity * sizeof(*code->part.ops));
    code->part.off = malloc(code->part.capacity * sizeof(*code->part.off));
    if (code->part.ops == NULL || code->part.off == NULL) {
        vb_code_free(code);
        return NULL;
    }
    return code;
}

void vb_code_free(struct vb_code *code)
{
    if (code == NULL) {
        return;
    }
    vb_code_collect(code);
    for (unsigned i = 0; i < VB_CODE_PAGES; i++) {
        page_free(code->kept[i]);
    }
    free(code->part.ops);
    free(code->part.off);
    free(code);
}

/* --- decoding --- */

static void grow(struct vb_code_page *page)
{
    page->capacity *= 2;
    page->ops = realloc(page->ops, page->capacity * sizeof(*page->ops));
    page->off = realloc(page->off, page->capacity * sizeof(*page->off));
    if (page->ops == NULL || page->off == NULL) {
        abort(); /* a few KiB are gone in mid-instruction: no state could be kept true */
    }
}

static struct vb_op *append(struct vb_code_page *page, uint32_t off, unsigned kind)
{
    if (page->n_ops == page->capacity) {
        grow(page);
    }
    struct vb_op *op = &page->ops[page->n_ops];
    *op = (struct vb_op){.handler = vb_exec_handlers()[kind]};
    page->off[page->n_ops++] = (uint16_t)off;
    return op;
}

static void append_insn(struct vb_code_page *page, uint32_t off, const struct vb_insn *in)
{
    page->index[off] = (uint16_t)page->n_ops;
    struct vb_op *op = append(page, off, in->op);
    op->r = in->r;
    op->s = in->s;
    op->t = in->t;
    op->imm = in->imm;
    op->left = 1;
}

/* Stores into these words must drop the page. */
static void mark_decoded(struct vb_board *b, uint32_t vaddr, unsigned len)
{
    uint32_t first = (vaddr - VB_IRAM_BASE) / 4;
    uint32_t last = (vaddr + len - 1 - VB_IRAM_BASE) / 4;
    for (uint32_t i = first; i <= last && i < VB_IRAM_SIZE / 4; i++) {
        b->mem.iram_decoded[i / 32] |= 1u << (i % 32);
    }
}

static bool is_iram(uint32_t vaddr)
{
    return vaddr - VB_IRAM_BASE < VB_IRAM_SIZE;
}

/* A literal in the page of its code changes only when the page is dropped: its value can stand in
 * the operation, as long as plain loads are not watched. */
static void fold_literal(struct vb_board *b, const struct vb_code_page *page, struct vb_insn *in)
{
    uint32_t off = (uint32_t)in->imm - page->base;
    if (off >= VB_PAGE_SIZE || b->mem.dram_open[0] == 0) {
        return;
    }
    if (is_iram(page->base)) {
        mark_decoded(b, (uint32_t)in->imm, 4);
    }
    in->op = VB_OP_movi;
    memcpy(&in->imm, page->bytes + off, sizeof(in->imm));
}

/* The instruction at off. False when its bytes beyond the page cannot be fetched. */
static bool decode_at(struct vb_board *b, struct vb_code_page *page, uint32_t off,
                      struct vb_insn *in)
{
    const uint8_t *p = page->bytes + off;
    unsigned len = vb_insn_len(p[0]);
    if (off + len > VB_PAGE_SIZE) {
        const uint8_t *next;
        if (vb_memory_fetch(b, page->base + VB_PAGE_SIZE, &next) != VB_NO_FAULT) {
            return false;
        }
        page->straddles = true;
        if (page->is_copy) {
            memcpy(page->copy + VB_PAGE_SIZE, next, 2);
        }
    }
    uint32_t word = p[0] | (uint32_t)p[1] << 8 | (len == 3 ? (uint32_t)p[2] << 16 : 0);
    *in = vb_decode(word, page->base + off, b->cpu.sr[VB_SR_LITBASE]);
    if (is_iram(page->base)) {
        mark_decoded(b, page->base + off, len);
    }
    if (in->op == VB_OP_l32r) {
        fold_literal(b, page, in);
    }
    return true;
}

/* Counts, from the end, what is left of each block. */
static void count_left(struct vb_code_page *page, unsigned first)
{
    unsigned left = 0;
    for (unsigned i = page->n_ops; i-- > first;) {
        struct vb_op *op = &page->ops[i];
        left = op->left == 0 ? 0 : op->left == 2 ? 1 : left + 1;
        op->left = (uint8_t)left;
    }
}

static bool has_breakpoint(const struct vb_cpu *cpu, uint32_t vaddr)
{
    return (cpu->sr[VB_SR_IBREAKENABLE] & 1) != 0 && cpu->sr[VB_SR_IBREAKA0] == vaddr;
}

/* Puts in front of an instruction what must happen there. */
static void append_breakpoints(struct vb_board *b, struct vb_code_page *page, uint32_t off)
{
    if (vb_debug_has_breakpoint(b, page->base + off)) {
        append(page, off, VB_PSEUDO_HALT);
    }
    if (has_breakpoint(&b->cpu, page->base + off)) {
        append(page, off, VB_PSEUDO_IBREAK);
    }
}

/* Decodes one instruction, with what stands in front of it. Returns its length, or 0 when the list
 * of operations ends with it. */
static unsigned extend(struct vb_board *b, struct vb_code_page *page, uint32_t off)
{
    struct vb_insn in;
    unsigned first = page->n_ops;
    append_breakpoints(b, page, off);
    if (decode_at(b, page, off, &in)) {
        append_insn(page, off, &in);
    } else {
        page->index[off] = (uint16_t)page->n_ops;
        struct vb_op *op = append(page, off, VB_PSEUDO_FETCH_FAULT);
        op->imm = (int32_t)(page->base + VB_PAGE_SIZE);
        op->left = 1;
        in.op = VB_OP_ill;
        in.len = 0;
    }
    page->index[off] = (uint16_t)first;
    if (vb_is_branch(in.op)) {
        page->ops[page->n_ops - 1].left = 2; /* for count_left: a block ends */
    }
    return vb_is_jump(in.op) ? 0 : in.len;
}

static void decode_from(struct vb_board *b, struct vb_code_page *page, uint32_t off)
{
    unsigned first = page->n_ops;
    unsigned n_block = 0;
    unsigned len;
    do {
        if (off >= VB_PAGE_SIZE) {
            append(page, off, VB_PSEUDO_CROSS)->imm = (int32_t)(page->base + off);
            break;
        }
        if (page->index[off] != 0) {
            unsigned here = page->n_ops;
            append(page, off, VB_PSEUDO_CHAIN)->imm = (int32_t)page->index[off] - (int32_t)here;
            break;
        }
        if (++n_block == VB_MAX_BLOCK) {
            append(page, off, VB_PSEUDO_CHAIN)->imm = 1;
            n_block = 1;
        }
        len = extend(b, page, off);
        off += len;
    } while (len != 0);
    count_left(page, first);
}

unsigned vb_code_index(struct vb_board *b, struct vb_code_page *page, uint32_t off)
{
    if (page->index[off] == 0) {
        decode_from(b, page, off);
    }
    return page->index[off];
}

/* --- finding --- */

/* True when the window still shows what was decoded. */
static bool is_same(struct vb_board *b, const struct vb_code_page *page, const uint8_t *bytes)
{
    if (!page->is_copy) {
        return true;
    }
    const uint8_t *next;
    if (memcmp(page->copy, bytes, VB_PAGE_SIZE) != 0) {
        return false;
    }
    return !page->straddles ||
           (vb_memory_fetch(b, page->base + VB_PAGE_SIZE, &next) == VB_NO_FAULT &&
            memcmp(page->copy + VB_PAGE_SIZE, next, 2) == 0);
}

static struct vb_code_page *find_page(struct vb_board *b, uint32_t pc, int *cause)
{
    struct vb_code *code = b->mem.code;
    unsigned n = (pc - VB_CODE_BASE) / VB_PAGE_SIZE;
    const uint8_t *bytes;
    *cause = vb_memory_fetch(b, pc, &bytes);
    if (*cause != VB_NO_FAULT) {
        return NULL;
    }
    if (code->kept[n] != NULL && !is_same(b, code->kept[n], bytes)) {
        vb_code_drop(code, pc, 1);
    }
    if (code->kept[n] == NULL) {
        struct vb_code_page *page = page_new(pc & ~(VB_PAGE_SIZE - 1), 128);
        if (page == NULL) {
            abort(); /* see grow() */
        }
        page->bytes = bytes;
        if (pc >= VB_WINDOW_BASE) {
            memcpy(page->copy, bytes, VB_PAGE_SIZE);
            page->bytes = page->copy;
            page->is_copy = true;
        }
        code->kept[n] = page;
    }
    vb_memory_mark_executed(b, pc);
    /* The ROM's first page is asked for each time, so that no way to the reset vector is missed. */
    code->entry[n] = pc - VB_ROM_BASE < VB_PAGE_SIZE ? NULL : code->kept[n];
    return code->kept[n];
}

struct vb_op *vb_code_enter(struct vb_board *b, uint32_t pc, struct vb_code_page **page, int *cause)
{
    struct vb_code_page *found = NULL;
    if (pc - VB_CODE_BASE < VB_CODE_SIZE) {
        found = b->mem.code->entry[(pc - VB_CODE_BASE) / VB_PAGE_SIZE];
    }
    if (found == NULL) {
        found = find_page(b, pc, cause);
    }
    if (found == NULL) {
        return NULL;
    }
    if (pc == VB_RESET_PC) {
        vb_board_at_reset_vector(b);
    }
    unsigned index = vb_code_index(b, found, pc % VB_PAGE_SIZE); /* may move ops */
    *page = found;
    return &found->ops[index];
}

struct vb_op *vb_code_shorten(struct vb_code *code, const struct vb_code_page *page,
                              const struct vb_op *op, unsigned n)
{
    struct vb_code_page *part = &code->part;
    size_t first = (size_t)(op - page->ops);
    part->base = page->base;
    memcpy(part->ops, op, n * sizeof(*op));
    memcpy(part->off, page->off + first, (n + 1) * sizeof(*part->off));
    for (unsigned i = 0; i < n; i++) {
        part->ops[i].left = (uint8_t)(n - i);
    }
    part->ops[n] = (struct vb_op){.handler = vb_exec_handlers()[VB_PSEUDO_STOP]};
    return part->ops;
}

/* --- dropping --- */

static unsigned first_page(uint32_t vaddr)
{
    return (vaddr - VB_CODE_BASE) / VB_PAGE_SIZE;
}

void vb_code_close(struct vb_code *code, uint32_t vaddr, uint32_t len)
{
    memset(&code->entry[first_page(vaddr)], 0,
           (first_page(vaddr + len - 1) + 1 - first_page(vaddr)) * sizeof(code->entry[0]));
}

static void retire(struct vb_code *code, unsigned n)
{
    struct vb_code_page *page = code->kept[n];
    if (page != NULL) {
        code->kept[n] = NULL;
        code->entry[n] = NULL;
        page->next_retired = code->retired;
        code->retired = page;
    }
}

void vb_code_drop(struct vb_code *code, uint32_t vaddr, uint32_t len)
{
    unsigned first = first_page(vaddr);
    if (first > 0 && code->kept[first - 1] != NULL && code->kept[first - 1]->straddles) {
        retire(code, first - 1);
    }
    for (unsigned n = first; n <= first_page(vaddr + len - 1); n++) {
        retire(code, n);
    }
}

void vb_code_collect(struct vb_code *code)
{
    while (code->retired != NULL) {
        struct vb_code_page *page = code->retired;
        code->retired = page->next_retired;
        page_free(page);
    }
}
