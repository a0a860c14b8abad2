/* SPDX-License-Identifier: Apache-2.0 */
/* The NOR flash chip: its contents, and what changes them. Programs clear bits inside one page,
 * erases wear sectors until some fail, both take the time of the chip's row in nor_chips.c, and a
 * power cut tears them. Commands are read in nor_commands.c. */
#include "nor.h"

#include <string.h>

#include "device_table.h"
#include "fault.h"

#define WEAK_BITS_MAX 8u

uint8_t *vb_nor_own(struct vb_board *b, uint32_t addr)
{
    uint32_t index = addr / VB_PAGE_SIZE;
    const uint8_t *old = vb_pages_get(&b->nor.pages, index);
    uint8_t *page = vb_pages_own(&b->nor.pages, index);
    if (page != old) {
        vb_memory_remap(b);
    }
    return page;
}

const uint8_t *vb_nor_page(struct vb_board *b, uint32_t addr)
{
    return vb_pages_get(&b->nor.pages, (addr & (b->nor.size - 1)) / VB_PAGE_SIZE);
}

void vb_nor_copy_out(const struct vb_nor *nor, uint32_t addr, uint8_t *dst, size_t len)
{
    while (len > 0) {
        addr &= nor->size - 1;
        uint32_t in_page = addr % VB_PAGE_SIZE;
        size_t n = VB_PAGE_SIZE - in_page < len ? VB_PAGE_SIZE - in_page : len;
        memcpy(dst, vb_pages_get(&nor->pages, addr / VB_PAGE_SIZE) + in_page, n);
        addr += (uint32_t)n;
        dst += n;
        len -= n;
    }
}

/* --- program, erase, status write: begun by a command, done when its time is over --- */

static uint64_t program_ns(const struct vb_flash_chip *chip, uint32_t len)
{
    uint64_t bytes = chip->first_byte_us * 1000u + (uint64_t)(len - 1) * chip->next_byte_ns;
    uint64_t page = chip->page_us * 1000u;
    return bytes < page ? bytes : page;
}

static uint64_t erase_us(const struct vb_flash_chip *chip, uint32_t len)
{
    switch (len) {
    case 4096:
        return chip->sector_us;
    case 32768:
        return chip->block_32k_us;
    case 65536:
        return chip->block_64k_us;
    default:
        return (uint64_t)chip->chip_us_per_mb * len >> 20;
    }
}

static vb_time op_ticks(const struct vb_flash_chip *chip, const struct vb_nor_op *op)
{
    switch (op->kind) {
    case VB_NOR_PROGRAM:
        return program_ns(chip, op->len) * VB_TICKS_PER_US / 1000u;
    case VB_NOR_ERASE:
        return erase_us(chip, op->len) * VB_TICKS_PER_US;
    default:
        return (vb_time)chip->status_us * VB_TICKS_PER_US;
    }
}

static void trace_op(struct vb_board *b, const struct vb_nor_op *op)
{
    if (!vb_is_tracing(b)) {
        return;
    }
    unsigned long long n = b->nor.n_ops;
    if (op->kind == VB_NOR_STATUS) {
        vb_trace(b, VB_TRACE_FLASH, "flash op %llu: write status %02x %02x %02x", n, op->status[0],
                 op->status[1], op->status[2]);
    } else {
        vb_trace(b, VB_TRACE_FLASH, "flash op %llu: %s 0x%06x, %u bytes", n,
                 op->kind == VB_NOR_PROGRAM ? "program" : "erase", op->addr, op->len);
    }
}

static void count_op(struct vb_board *b, const struct vb_nor_op *op)
{
    b->nor.n_ops++;
    if (op->kind == VB_NOR_PROGRAM) {
        b->stats.flash_programs++;
        b->stats.flash_bytes_programmed += op->len;
    } else if (op->kind == VB_NOR_ERASE) {
        b->stats.flash_erases++;
        for (uint32_t at = 0; at < op->len; at += VB_FLASH_SECTOR) {
            uint32_t *wear = &b->nor.wear[(op->addr + at) / VB_FLASH_SECTOR];
            *wear += *wear != UINT32_MAX;
        }
    }
}

static void apply_program(struct vb_board *b, const struct vb_nor_op *op)
{
    uint8_t *page = vb_nor_own(b, op->addr) + op->addr % VB_PAGE_SIZE;
    for (uint32_t i = 0; i < VB_NOR_PROGRAM_PAGE; i++) {
        page[i] &= op->data[i];
    }
}

/* Beyond its endurance a sector fails now and then, more often with each erase; at twice the
 * endurance always. No randomness is drawn before. */
static bool is_worn_out(struct vb_board *b, uint32_t wear)
{
    uint32_t endurance = b->config.flash_chip->endurance;
    if (endurance == 0 || wear <= endurance) {
        return false;
    }
    return vb_random(b) % endurance < wear - endurance;
}

/* A failed erase leaves a few cells programmed; the chip does not tell. */
static void leave_weak_bits(struct vb_board *b, uint8_t *sector, uint32_t addr)
{
    uint32_t n = 1 + (uint32_t)(vb_random(b) % WEAK_BITS_MAX);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = (uint32_t)(vb_random(b) >> 16);
        sector[at / 8 % VB_FLASH_SECTOR] &= (uint8_t) ~(1u << at % 8);
    }
    b->stats.flash_failed_erases++;
    if (vb_is_tracing(b)) {
        vb_trace(b, VB_TRACE_FLASH, "flash: erase of 0x%06x failed, worn by %u erases", addr,
                 b->nor.wear[addr / VB_FLASH_SECTOR]);
    }
}

static void apply_erase(struct vb_board *b, const struct vb_nor_op *op)
{
    for (uint32_t at = 0; at < op->len; at += VB_FLASH_SECTOR) {
        uint32_t addr = op->addr + at;
        uint8_t *sector = vb_nor_own(b, addr);
        memset(sector, 0xff, VB_FLASH_SECTOR);
        if (is_worn_out(b, b->nor.wear[addr / VB_FLASH_SECTOR])) {
            leave_weak_bits(b, sector, addr);
        }
    }
}

static void apply_status(struct vb_board *b, const struct vb_nor_op *op)
{
    struct vb_nor *nor = &b->nor;
    memcpy(nor->status, op->status, sizeof(nor->status));
    if (!nor->volatile_status) {
        memcpy(nor->stored_status, op->status, sizeof(nor->stored_status));
    }
    nor->volatile_status = false;
}

static void op_end(struct vb_board *b)
{
    struct vb_nor *nor = &b->nor;
    nor->op.kind = VB_NOR_IDLE;
    nor->status[0] &= (uint8_t)~VB_NOR_SR1_WEL;
    vb_schedule(b, VB_EVENT_NOR, VB_NEVER);
}

/* Every change of the chip's contents by the device passes here and op_end, in pairs. */
void vb_nor_begin(struct vb_board *b, const struct vb_nor_op *op)
{
    b->nor.op = *op;
    count_op(b, op);
    trace_op(b, op);
    if (vb_fault_begin(b, op)) {
        op_end(b);
        return;
    }
    vb_schedule(b, VB_EVENT_NOR, vb_now(b) + op_ticks(b->config.flash_chip, op));
}

static void apply(struct vb_board *b, const struct vb_nor_op *op)
{
    if (op->kind == VB_NOR_PROGRAM) {
        apply_program(b, op);
    } else if (op->kind == VB_NOR_ERASE) {
        apply_erase(b, op);
    } else if (op->kind == VB_NOR_STATUS) {
        apply_status(b, op);
    }
}

void vb_nor_event(struct vb_board *b)
{
    const struct vb_nor_op op = b->nor.op;
    if (!vb_fault_swallows(b, &op)) {
        apply(b, &op);
        vb_fault_end(b, &op);
    }
    op_end(b);
}

/* A power cut inside an operation. Program: some of the bits asked for are cleared, and here and
 * there another one of the page. Erase: each byte is old, blank or in between. */
static uint8_t torn_byte(struct vb_board *b, const struct vb_nor_op *op, uint32_t at, uint8_t old)
{
    uint32_t noise = (uint32_t)vb_random(b);
    if (op->kind == VB_NOR_ERASE) {
        return old | (uint8_t)noise;
    }
    uint8_t rare = (uint8_t)(noise >> 8 | noise >> 16 | noise >> 24);
    return old & (op->data[at] | (uint8_t)noise) & (op->data[at] == 0xff ? rare : 0xff);
}

static void tear(struct vb_board *b)
{
    const struct vb_nor_op *op = &b->nor.op;
    uint32_t len = op->kind == VB_NOR_PROGRAM ? VB_NOR_PROGRAM_PAGE : op->len;
    for (uint32_t at = 0; op->kind != VB_NOR_STATUS && at < len; at++) {
        uint8_t *byte = vb_nor_own(b, op->addr + at) + (op->addr + at) % VB_PAGE_SIZE;
        *byte = torn_byte(b, op, at, *byte);
    }
    if (vb_is_tracing(b)) {
        vb_trace(b, VB_TRACE_FLASH, "flash op %llu: torn by a power cut",
                 (unsigned long long)b->nor.n_ops);
    }
}

/* --- life --- */

bool vb_nor_init(struct vb_board *b)
{
    struct vb_nor *nor = &b->nor;
    uint32_t size = b->config.flash_size;
    nor->size = size;
    if (b->config.flash_chip == NULL) {
        b->config.flash_chip = vb_flash_chip_at(0);
    }
    if (b->config.flash_wear != NULL) {
        memcpy(nor->wear, b->config.flash_wear, size / VB_FLASH_SECTOR * sizeof(nor->wear[0]));
    }
    if (!vb_pages_init(&nor->pages, size / VB_PAGE_SIZE, 0xff)) {
        return false;
    }
    for (uint32_t at = 0; b->config.flash != NULL && at < size; at += VB_PAGE_SIZE) {
        const uint8_t *src = b->config.flash + at;
        if (memcmp(src, vb_pages_get(&nor->pages, at / VB_PAGE_SIZE), VB_PAGE_SIZE) != 0) {
            memcpy(vb_pages_own(&nor->pages, at / VB_PAGE_SIZE), src, VB_PAGE_SIZE);
        }
    }
    return true;
}

bool vb_nor_fork(struct vb_board *copy)
{
    return vb_pages_fork(&copy->nor.pages);
}

void vb_nor_free(struct vb_board *b)
{
    vb_pages_free(&b->nor.pages);
}

void vb_nor_reset(struct vb_board *b, enum vb_reset_kind kind)
{
    if (kind != VB_RESET_POWER) {
        return;
    }
    if (vb_nor_is_busy(&b->nor)) {
        tear(b);
    }
    vb_nor_soft_reset(&b->nor);
    b->nor.reset_armed = false;
    b->fault.brownout_left = 0;
    op_end(b);
}

void vb_nor_soft_reset(struct vb_nor *nor)
{
    memcpy(nor->status, nor->stored_status, sizeof(nor->status));
    nor->volatile_status = false;
    nor->powered_down = false;
}

static bool is_inside(const struct vb_nor *nor, uint32_t addr, size_t len)
{
    return addr <= nor->size && len <= nor->size - addr;
}

uint32_t vb_board_wear(const struct vb_board *board, uint32_t addr)
{
    return board->nor.wear[(addr & (board->nor.size - 1)) / VB_FLASH_SECTOR];
}

uint32_t vb_board_flash_status(const struct vb_board *board)
{
    const uint8_t *status = board->nor.stored_status;
    return (uint32_t)status[0] | (uint32_t)status[1] << 8 | (uint32_t)status[2] << 16;
}

bool vb_board_shares_sector(const struct vb_board *a, const struct vb_board *b, uint32_t addr)
{
    uint32_t index = (addr & (a->nor.size - 1)) / VB_PAGE_SIZE;
    return vb_pages_get(&a->nor.pages, index) == vb_pages_get(&b->nor.pages, index);
}

bool vb_board_read_flash(const struct vb_board *board, uint32_t addr, void *dst, size_t len)
{
    if (!is_inside(&board->nor, addr, len)) {
        return false;
    }
    vb_nor_copy_out(&board->nor, addr, dst, len);
    return true;
}

bool vb_board_write_flash(struct vb_board *board, uint32_t addr, const void *src, size_t len)
{
    if (!is_inside(&board->nor, addr, len)) {
        return false;
    }
    const uint8_t *from = src;
    for (size_t done = 0; done < len;) {
        uint32_t in_page = (addr + (uint32_t)done) % VB_PAGE_SIZE;
        size_t n = VB_PAGE_SIZE - in_page < len - done ? VB_PAGE_SIZE - in_page : len - done;
        memcpy(vb_nor_own(board, addr + (uint32_t)done) + in_page, from + done, n);
        done += n;
    }
    vb_memory_remap(board);
    return true;
}
