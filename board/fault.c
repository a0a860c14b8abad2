/* SPDX-License-Identifier: Apache-2.0 */
/* The fault injector: one planned fault, at a flash operation, a moment or a place. It acts where
 * every change of the chip's contents passes (nor.c), draws its own randomness, so that a board
 * without a plan runs as ever, and never says that a fault happened when it did not. */
#include "fault.h"

#include <string.h>

#include "device_table.h"
#include "nor.h"
#include "vb_fault.h"

/* splitmix64 */
static uint64_t draw(struct vb_fault_state *f)
{
    uint64_t z = f->random += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* --- what happens --- */

static void tell(struct vb_board *b)
{
    char text[VB_FAULT_TEXT_MAX];
    struct vb_fault_state *f = &b->fault;
    f->has_fired = true;
    if (vb_is_tracing(b)) {
        vb_trace(b, VB_TRACE_FLASH, "flash op %llu: fault %s", (unsigned long long)b->nor.n_ops,
                 vb_fault_kind_text(&f->plan, text));
    }
    bool is_cut = f->plan.kind != VB_FAULT_SILENT && f->plan.kind != VB_FAULT_BROWNOUT &&
                  f->plan.kind != VB_FAULT_DEAD;
    if (f->plan.stops && !is_cut) {
        b->stop_requested = true;
        b->cpu.attention = true;
    }
}

static void cut(struct vb_board *b)
{
    b->power_cut = true;
    vb_request_reset(b, VB_RESET_POWER);
}

static void flip(struct vb_board *b)
{
    const struct vb_fault *plan = &b->fault.plan;
    uint32_t addr = plan->addr & (b->nor.size - 1);
    vb_nor_own(b, addr)[addr % VB_PAGE_SIZE] ^= (uint8_t)(1u << plan->bit % 8);
    tell(b);
}

/* What is under way is torn now, not when the power is back: the contents may be looked at between.
 */
void vb_fault_event(struct vb_board *b)
{
    tell(b);
    vb_nor_reset(b, VB_RESET_POWER);
    cut(b);
}

/* --- the plan --- */

static vb_time ns_to_time(uint64_t ns)
{
    uint64_t us = ns / 1000;
    return us >= VB_NEVER / VB_TICKS_PER_US
               ? VB_NEVER
               : us * VB_TICKS_PER_US + ns % 1000 * VB_TICKS_PER_US / 1000;
}

void vb_board_set_fault(struct vb_board *b, const struct vb_fault *fault)
{
    struct vb_fault_state *f = &b->fault;
    f->plan = fault != NULL ? *fault : (struct vb_fault){0};
    f->random = f->plan.seed;
    f->has_fired = false;
    f->is_swallowing = false;
    f->cuts_after = false;
    vb_schedule(b, VB_EVENT_FAULT, VB_NEVER);
    switch (f->plan.kind) {
    case VB_FAULT_CUT_AT:
        vb_schedule(b, VB_EVENT_FAULT, ns_to_time(f->plan.time_ns));
        break;
    case VB_FAULT_FLIP:
        flip(b);
        break;
    case VB_FAULT_DEAD:
        f->has_dead = true;
        f->dead_addr = f->plan.addr & (b->nor.size - 1) & ~(VB_FLASH_SECTOR - 1);
        break;
    default:
        break;
    }
}

bool vb_board_fault_fired(const struct vb_board *b)
{
    return b->fault.has_fired;
}

void vb_board_last_flash_op(const struct vb_board *b, struct vb_flash_op *out)
{
    *out = b->fault.last;
}

bool vb_fault_fits(enum vb_fault_kind kind, enum vb_flash_op_kind op)
{
    if (op == VB_FLASH_OP_NONE || kind == VB_FAULT_NONE) {
        return false;
    }
    switch (kind) {
    case VB_FAULT_PROGRAM_BYTES:
    case VB_FAULT_PROGRAM_BITS:
    case VB_FAULT_PROGRAM_NEIGHBOUR:
        return op == VB_FLASH_OP_PROGRAM;
    case VB_FAULT_TORN:
        return op != VB_FLASH_OP_STATUS;
    case VB_FAULT_CUT_AT:
    case VB_FAULT_FLIP:
    case VB_FAULT_DEAD:
        return false;
    case VB_FAULT_ERASE_NOTHING:
    case VB_FAULT_ERASE_HALF:
    case VB_FAULT_ERASE_RANDOM:
    case VB_FAULT_ERASE_WEAK:
        return op == VB_FLASH_OP_ERASE;
    default:
        return true;
    }
}

/* --- torn operations --- */

/* The ith byte in the order in which they were sent. */
static void program_byte(uint8_t *page, const struct vb_nor_op *op, uint32_t i)
{
    uint32_t at = (op->first + i) % VB_NOR_PROGRAM_PAGE;
    page[at] &= op->data[at];
}

static void tear_program(struct vb_board *b, const struct vb_nor_op *op)
{
    struct vb_fault_state *f = &b->fault;
    uint8_t *page = vb_nor_own(b, op->addr) + op->addr % VB_PAGE_SIZE;
    uint32_t n = op->len < VB_NOR_PROGRAM_PAGE ? op->len : VB_NOR_PROGRAM_PAGE;
    uint32_t done = f->plan.kind == VB_FAULT_PROGRAM_BYTES ? f->plan.bytes : n / 2;
    if (f->plan.kind == VB_FAULT_PROGRAM_BITS) {
        for (uint32_t i = 0; i < VB_NOR_PROGRAM_PAGE; i++) {
            page[i] &= (uint8_t)(op->data[i] | draw(f));
        }
        return;
    }
    for (uint32_t i = 0; i < n && i < done; i++) {
        program_byte(page, op, i);
    }
    if (f->plan.kind == VB_FAULT_PROGRAM_NEIGHBOUR) {
        for (unsigned i = 0; i < 8; i++) {
            uint64_t at = draw(f);
            page[at / 8 % VB_NOR_PROGRAM_PAGE] &= (uint8_t) ~(1u << at % 8);
        }
    }
}

/* One in four of the cells that were programmed stands between. */
static void weaken(struct vb_board *b, uint32_t addr)
{
    struct vb_fault_state *f = &b->fault;
    uint8_t *sector = vb_nor_own(b, addr);
    f->weak_addr = addr;
    f->has_weak = true;
    for (uint32_t i = 0; i < VB_FLASH_SECTOR; i++) {
        uint64_t noise = draw(f);
        f->weak[i] = (uint8_t)(~sector[i] & noise & noise >> 8);
        sector[i] = 0xff;
    }
}

static void tear_erase(struct vb_board *b, const struct vb_nor_op *op)
{
    struct vb_fault_state *f = &b->fault;
    if (f->plan.kind == VB_FAULT_ERASE_NOTHING) {
        return;
    }
    uint32_t len = f->plan.kind == VB_FAULT_ERASE_HALF ? op->len / 2 : op->len;
    if (f->plan.kind == VB_FAULT_ERASE_WEAK) {
        weaken(b, op->addr);
        return;
    }
    for (uint32_t i = 0; i < len; i++) {
        uint8_t *byte = vb_nor_own(b, op->addr + i) + (op->addr + i) % VB_PAGE_SIZE;
        *byte |= f->plan.kind == VB_FAULT_ERASE_HALF ? 0xff : (uint8_t)draw(f);
    }
}

/* --- what the chip asks --- */

static void note(struct vb_board *b, const struct vb_nor_op *op)
{
    static const enum vb_flash_op_kind kinds[] = {
        [VB_NOR_IDLE] = VB_FLASH_OP_NONE,
        [VB_NOR_PROGRAM] = VB_FLASH_OP_PROGRAM,
        [VB_NOR_ERASE] = VB_FLASH_OP_ERASE,
        [VB_NOR_STATUS] = VB_FLASH_OP_STATUS,
    };
    b->fault.last = (struct vb_flash_op){kinds[op->kind], b->nor.n_ops, op->addr, op->len};
}

/* Which of the torn kinds it is to be. */
static void resolve_torn(struct vb_fault_state *f, const struct vb_nor_op *op)
{
    static const enum vb_fault_kind programs[] = {VB_FAULT_PROGRAM_BYTES, VB_FAULT_PROGRAM_BITS,
                                                  VB_FAULT_PROGRAM_NEIGHBOUR};
    static const enum vb_fault_kind erases[] = {VB_FAULT_ERASE_NOTHING, VB_FAULT_ERASE_HALF,
                                                VB_FAULT_ERASE_RANDOM, VB_FAULT_ERASE_WEAK};
    if (f->plan.kind != VB_FAULT_TORN) {
        return;
    }
    if (op->kind == VB_NOR_ERASE) {
        f->plan.kind = erases[draw(f) % 4];
        return;
    }
    f->plan.kind = programs[draw(f) % 3];
    f->plan.bytes = (uint32_t)(draw(f) % (op->len > 0 ? op->len : 1));
}

bool vb_fault_begin(struct vb_board *b, const struct vb_nor_op *op)
{
    struct vb_fault_state *f = &b->fault;
    note(b, op);
    if (f->has_fired || f->plan.op != b->nor.n_ops || !vb_fault_fits(f->plan.kind, f->last.kind)) {
        return false;
    }
    resolve_torn(f, op);
    switch (f->plan.kind) {
    case VB_FAULT_HOLD:
        f->has_fired = true;
        b->stop_requested = true;
        b->cpu.attention = true;
        return false;
    case VB_FAULT_SILENT:
        f->is_swallowing = true;
        return false;
    case VB_FAULT_BROWNOUT:
        f->brownout_left = f->plan.count;
        f->plan.op = 0;
        return false;
    case VB_FAULT_CUT_AFTER:
        f->cuts_after = true;
        return false;
    case VB_FAULT_PROGRAM_BYTES:
    case VB_FAULT_PROGRAM_BITS:
    case VB_FAULT_PROGRAM_NEIGHBOUR:
        tear_program(b, op);
        break;
    case VB_FAULT_CUT_BEFORE:
        break;
    default:
        tear_erase(b, op);
        break;
    }
    tell(b);
    cut(b);
    return true;
}

static bool touches_dead(const struct vb_fault_state *f, const struct vb_nor_op *op)
{
    uint32_t len = op->kind == VB_NOR_ERASE ? op->len : 1;
    return f->has_dead && op->kind != VB_NOR_STATUS &&
           (f->dead_addr - op->addr < len || op->addr - f->dead_addr < VB_FLASH_SECTOR);
}

/* An erase of more than the dead sector still erases the rest: what the dead one holds is put back
 * afterwards. */
static bool spares_dead(struct vb_board *b, const struct vb_nor_op *op)
{
    struct vb_fault_state *f = &b->fault;
    if (!touches_dead(f, op)) {
        return false;
    }
    if (!f->has_fired && f->plan.kind == VB_FAULT_DEAD) {
        tell(b);
    }
    if (op->kind == VB_NOR_ERASE && op->len > VB_FLASH_SECTOR) {
        vb_nor_copy_out(&b->nor, f->dead_addr, f->dead, sizeof(f->dead));
        return false;
    }
    return true;
}

bool vb_fault_swallows(struct vb_board *b, const struct vb_nor_op *op)
{
    struct vb_fault_state *f = &b->fault;
    if (spares_dead(b, op)) {
        return true;
    }
    if (f->brownout_left > 0 && op->kind == VB_NOR_PROGRAM) {
        f->brownout_left--;
        if (!f->has_fired && f->plan.kind == VB_FAULT_BROWNOUT) {
            tell(b);
        }
        return true;
    }
    if (!f->is_swallowing) {
        return false;
    }
    f->is_swallowing = false;
    tell(b);
    return true;
}

static void strengthen(struct vb_fault_state *f, const struct vb_nor_op *op)
{
    if (op->kind == VB_NOR_ERASE && f->weak_addr - op->addr < op->len) {
        f->has_weak = false;
    }
    if (op->kind != VB_NOR_PROGRAM || op->addr - f->weak_addr >= VB_FLASH_SECTOR) {
        return;
    }
    for (uint32_t i = 0; i < VB_NOR_PROGRAM_PAGE; i++) {
        f->weak[op->addr - f->weak_addr + i] &= op->data[i];
    }
}

void vb_fault_end(struct vb_board *b, const struct vb_nor_op *op)
{
    if (b->fault.has_weak) {
        strengthen(&b->fault, op);
    }
    if (touches_dead(&b->fault, op)) {
        memcpy(vb_nor_own(b, b->fault.dead_addr), b->fault.dead, VB_FLASH_SECTOR);
    }
    if (b->fault.cuts_after) {
        b->fault.cuts_after = false;
        tell(b);
        cut(b);
    }
}

void vb_fault_read(struct vb_board *b, uint32_t addr, uint32_t len)
{
    struct vb_fault_state *f = &b->fault;
    if (!f->has_weak) {
        return;
    }
    for (uint32_t i = 0; i < len; i++) {
        uint32_t at = ((addr + i) & (b->nor.size - 1)) - f->weak_addr;
        if (at < VB_FLASH_SECTOR && f->weak[at] != 0) {
            uint8_t *byte = vb_nor_own(b, f->weak_addr) + at;
            *byte = (uint8_t)((*byte & ~f->weak[at]) | (f->weak[at] & draw(f)));
        }
    }
}
