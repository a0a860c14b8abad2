/* SPDX-License-Identifier: Apache-2.0 */
/* The NOR flash chip, a W25Q of the configured size: its contents, and what changes them. Programs
 * clear bits inside one page, erases wear sectors, both take datasheet time, and a power cut tears
 * them. Commands are read in nor_commands.c. */
#include "nor.h"

#include <string.h>

#include "device_table.h"

#define US(n) ((uint64_t)(n)*VB_TICKS_PER_US)
#define MS(n) US((n)*1000u)

/* Typical times. Fact: W25Q32JV datasheet; a page of n bytes takes min(30 + 2.5 (n - 1), 400) us.
 */
#define TIME_STATUS     MS(10)
#define TIME_SECTOR     MS(45)
#define TIME_BLOCK_32K  MS(120)
#define TIME_BLOCK_64K  MS(150)
#define TIME_CHIP       MS(10000)
#define TIME_PAGE       US(400)
#define TIME_FIRST_BYTE US(30)
#define TIME_NEXT_BYTE  (US(5) / 2)

static uint8_t *page_for_writing(struct vb_board *b, uint32_t addr)
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

static uint64_t op_ticks(const struct vb_nor_op *op)
{
    uint64_t page = TIME_FIRST_BYTE + (op->len - 1) * TIME_NEXT_BYTE;
    switch (op->kind) {
    case VB_NOR_PROGRAM:
        return page < TIME_PAGE ? page : TIME_PAGE;
    case VB_NOR_STATUS:
        return TIME_STATUS;
    default:
        break;
    }
    switch (op->len) {
    case 4096:
        return TIME_SECTOR;
    case 32768:
        return TIME_BLOCK_32K;
    case 65536:
        return TIME_BLOCK_64K;
    default:
        return TIME_CHIP;
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
        for (uint32_t at = 0; at < op->len; at += VB_PAGE_SIZE) {
            b->nor.wear[(op->addr + at) / VB_PAGE_SIZE]++;
        }
    }
}

/* Every change of the chip's contents by the device passes here and op_end, in pairs. */
void vb_nor_begin(struct vb_board *b, const struct vb_nor_op *op)
{
    b->nor.op = *op;
    count_op(b, op);
    trace_op(b, op);
    vb_schedule(b, VB_EVENT_NOR, vb_now(b) + op_ticks(op));
}

static void apply_program(struct vb_board *b, const struct vb_nor_op *op)
{
    uint8_t *page = page_for_writing(b, op->addr) + op->addr % VB_PAGE_SIZE;
    for (uint32_t i = 0; i < VB_NOR_PROGRAM_PAGE; i++) {
        page[i] &= op->data[i];
    }
}

static void apply_erase(struct vb_board *b, const struct vb_nor_op *op)
{
    for (uint32_t at = 0; at < op->len; at += VB_PAGE_SIZE) {
        memset(page_for_writing(b, op->addr + at), 0xff, VB_PAGE_SIZE);
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

void vb_nor_event(struct vb_board *b)
{
    const struct vb_nor_op op = b->nor.op;
    if (op.kind == VB_NOR_PROGRAM) {
        apply_program(b, &op);
    } else if (op.kind == VB_NOR_ERASE) {
        apply_erase(b, &op);
    } else if (op.kind == VB_NOR_STATUS) {
        apply_status(b, &op);
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
        uint8_t *byte = page_for_writing(b, op->addr + at) + (op->addr + at) % VB_PAGE_SIZE;
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
        memcpy(page_for_writing(board, addr + (uint32_t)done) + in_page, from + done, n);
        done += n;
    }
    vb_memory_remap(board);
    return true;
}
