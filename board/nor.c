/* SPDX-License-Identifier: Apache-2.0 */
/* The NOR flash chip, a W25Q of the configured size: programs clear bits inside one page, erases
 * take datasheet time and wear sectors, protection bits and the write-enable latch are honoured.
 * What the chip would ignore is ignored, and traced. */
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

static void copy_out(const struct vb_nor *nor, uint32_t addr, uint8_t *dst, size_t len)
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
static void op_begin(struct vb_board *b, const struct vb_nor_op *op)
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

/* --- commands --- */

static bool is_busy(const struct vb_nor *nor)
{
    return nor->op.kind != VB_NOR_IDLE;
}

static void ignored(struct vb_board *b, const char *what, const char *why)
{
    b->nor.status[0] &= (uint8_t)~VB_NOR_SR1_WEL;
    if (vb_is_tracing(b)) {
        vb_trace(b, VB_TRACE_FLASH, "flash: %s ignored, %s", what, why);
    }
}

/* Program, erase and status write all start here: with the write-enable latch, or not at all. */
static bool may_change(struct vb_board *b, const char *what)
{
    bool is_enabled = (b->nor.status[0] & VB_NOR_SR1_WEL) != 0;
    if (!is_enabled) {
        ignored(b, what, "write enable not set");
    }
    return is_enabled;
}

static uint32_t get_addr(const struct vb_nor *nor, const uint8_t *tx)
{
    return ((uint32_t)tx[1] << 16 | (uint32_t)tx[2] << 8 | tx[3]) & (nor->size - 1);
}

static void program(struct vb_board *b, const uint8_t *tx, uint32_t n_tx)
{
    if (n_tx <= 4 || !may_change(b, "program")) {
        return;
    }
    uint32_t addr = get_addr(&b->nor, tx);
    struct vb_nor_op op = {
        .kind = VB_NOR_PROGRAM,
        .addr = addr & ~(VB_NOR_PROGRAM_PAGE - 1),
        .len = n_tx - 4 < VB_NOR_PROGRAM_PAGE ? n_tx - 4 : VB_NOR_PROGRAM_PAGE,
    };
    if (vb_nor_is_protected(b->nor.status, b->nor.size, op.addr, VB_NOR_PROGRAM_PAGE)) {
        ignored(b, "program", "the page is protected");
        return;
    }
    memset(op.data, 0xff, sizeof(op.data));
    for (uint32_t i = 4; i < n_tx; i++) {
        op.data[(addr + i - 4) % VB_NOR_PROGRAM_PAGE] = tx[i];
    }
    op_begin(b, &op);
}

static void erase(struct vb_board *b, uint32_t addr, uint32_t len)
{
    if (!may_change(b, "erase")) {
        return;
    }
    struct vb_nor_op op = {.kind = VB_NOR_ERASE, .addr = addr & ~(len - 1), .len = len};
    if (vb_nor_is_protected(b->nor.status, b->nor.size, op.addr, len)) {
        ignored(b, "erase", "the area is protected");
        return;
    }
    op_begin(b, &op);
}

static void write_status(struct vb_board *b, unsigned first, const uint8_t *data, uint32_t n)
{
    static const uint8_t writable[3] = {0xfc, 0x42, 0x60};
    if (n == 0 || first + n > 3 || (first == 0 && n > 2)) {
        return;
    }
    if (!b->nor.volatile_status && !may_change(b, "status write")) {
        return;
    }
    struct vb_nor_op op = {.kind = VB_NOR_STATUS};
    memcpy(op.status, b->nor.status, sizeof(op.status));
    for (uint32_t i = 0; i < n; i++) {
        op.status[first + i] = data[i] & writable[first + i];
    }
    op.status[0] &= (uint8_t)~VB_NOR_SR1_WEL;
    op_begin(b, &op);
}

/* The stream model: data follow the address and `dummy` bytes, wherever sending ends. */
static void read_data(struct vb_board *b, const uint8_t *tx, uint32_t n_tx, uint32_t dummy,
                      uint8_t *rx, uint32_t n_rx)
{
    if (n_tx < 4) {
        return;
    }
    uint32_t addr = get_addr(&b->nor, tx);
    uint32_t lead = n_tx < 4 + dummy ? 4 + dummy - n_tx : 0;
    uint32_t late = n_tx > 4 + dummy ? n_tx - 4 - dummy : 0;
    if (lead < n_rx) {
        copy_out(&b->nor, addr + late, rx + lead, n_rx - lead);
    }
    b->stats.flash_reads++;
}

static void read_quad(struct vb_board *b, const uint8_t *tx, uint32_t n_tx, uint32_t dummy,
                      uint8_t *rx, uint32_t n_rx)
{
    if ((b->nor.status[1] & VB_NOR_SR2_QE) == 0) {
        ignored(b, "quad read", "QE is not set");
        return;
    }
    read_data(b, tx, n_tx, dummy, rx, n_rx);
}

static void read_repeated(const uint8_t *pattern, uint32_t n, uint8_t *rx, uint32_t n_rx)
{
    for (uint32_t i = 0; i < n_rx; i++) {
        rx[i] = pattern[i % n];
    }
}

static void read_status(const struct vb_nor *nor, unsigned which, uint8_t *rx, uint32_t n_rx)
{
    uint8_t value = nor->status[which];
    if (which == 0 && is_busy(nor)) {
        value |= VB_NOR_SR1_WIP;
    }
    read_repeated(&value, 1, rx, n_rx);
}

static void read_sfdp(const struct vb_nor *nor, const uint8_t *tx, uint32_t n_tx, uint8_t *rx,
                      uint32_t n_rx)
{
    if (n_tx < 5) {
        return;
    }
    uint32_t addr = (uint32_t)tx[1] << 16 | (uint32_t)tx[2] << 8 | tx[3];
    for (uint32_t i = 0; i < n_rx; i++) {
        rx[i] = vb_nor_sfdp(nor->size, addr + i);
    }
}

static void reset_chip(struct vb_nor *nor)
{
    memcpy(nor->status, nor->stored_status, sizeof(nor->status));
    nor->volatile_status = false;
    nor->powered_down = false;
}

static void release(struct vb_nor *nor, uint8_t *rx, uint32_t n_rx)
{
    uint8_t id = (uint8_t)(vb_nor_capacity(nor->size) - 1);
    nor->powered_down = false;
    read_repeated(&id, 1, rx, n_rx);
}

/* Commands that answer and change nothing. False for another one. */
static bool query(struct vb_board *b, const uint8_t *tx, uint32_t n_tx, uint8_t *rx, uint32_t n_rx)
{
    const struct vb_nor *nor = &b->nor;
    const uint8_t capacity = vb_nor_capacity(nor->size);
    const uint8_t jedec[3] = {VB_NOR_VENDOR, VB_NOR_FAMILY, capacity};
    const uint8_t device[2] = {VB_NOR_VENDOR, (uint8_t)(capacity - 1)};
    switch (tx[0]) {
    case 0x03:
        read_data(b, tx, n_tx, 0, rx, n_rx);
        return true;
    case 0x0b:
    case 0x3b:
    case 0xbb:
        read_data(b, tx, n_tx, 1, rx, n_rx);
        return true;
    case 0x6b:
        read_quad(b, tx, n_tx, 1, rx, n_rx);
        return true;
    case 0xeb:
        read_quad(b, tx, n_tx, 3, rx, n_rx);
        return true;
    case 0x9f:
        read_repeated(jedec, 3, rx, n_rx);
        return true;
    case 0x90:
        read_repeated(device, 2, rx, n_rx);
        return true;
    case 0x5a:
        read_sfdp(nor, tx, n_tx, rx, n_rx);
        return true;
    default:
        return false;
    }
}

static void command(struct vb_board *b, const uint8_t *tx, uint32_t n_tx, uint8_t *rx,
                    uint32_t n_rx)
{
    struct vb_nor *nor = &b->nor;
    switch (tx[0]) {
    case 0x06:
        nor->status[0] |= VB_NOR_SR1_WEL;
        return;
    case 0x04:
        nor->status[0] &= (uint8_t)~VB_NOR_SR1_WEL;
        return;
    case 0x50:
        nor->volatile_status = true;
        return;
    case 0x01:
        write_status(b, 0, tx + 1, n_tx - 1);
        return;
    case 0x31:
        write_status(b, 1, tx + 1, n_tx - 1);
        return;
    case 0x11:
        write_status(b, 2, tx + 1, n_tx - 1);
        return;
    case 0x02:
        program(b, tx, n_tx);
        return;
    case 0xb9:
        nor->powered_down = true;
        return;
    case 0xab:
        release(nor, rx, n_rx);
        return;
    case 0xc7:
    case 0x60:
        erase(b, 0, nor->size);
        return;
    default:
        break;
    }
    uint32_t block = vb_nor_erase_size(tx[0]);
    if (block != 0 && n_tx >= 4) {
        erase(b, get_addr(nor, tx), block);
    }
}

/* Status registers answer at any time but in power-down. False for another command. */
static bool query_status(const struct vb_nor *nor, uint8_t opcode, uint8_t *rx, uint32_t n_rx)
{
    switch (opcode) {
    case 0x05:
        read_status(nor, 0, rx, n_rx);
        return true;
    case 0x35:
        read_status(nor, 1, rx, n_rx);
        return true;
    case 0x15:
        read_status(nor, 2, rx, n_rx);
        return true;
    default:
        return false;
    }
}

void vb_nor_transact(struct vb_board *b, const uint8_t *tx, uint32_t n_tx, uint8_t *rx,
                     uint32_t n_rx)
{
    struct vb_nor *nor = &b->nor;
    memset(rx, 0xff, n_rx);
    if (n_tx == 0 || (nor->powered_down && tx[0] != 0xab) || query_status(nor, tx[0], rx, n_rx)) {
        return;
    }
    if (is_busy(nor)) {
        if (vb_is_tracing(b)) {
            vb_trace(b, VB_TRACE_FLASH, "flash: command %02x ignored while busy", tx[0]);
        }
        return;
    }
    bool is_reset = nor->reset_armed && tx[0] == 0x99;
    nor->reset_armed = tx[0] == 0x66;
    if (is_reset) {
        reset_chip(nor);
    } else if (!query(b, tx, n_tx, rx, n_rx)) {
        command(b, tx, n_tx, rx, n_rx);
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
    if (is_busy(&b->nor)) {
        tear(b);
    }
    reset_chip(&b->nor);
    b->nor.reset_armed = false;
    op_end(b);
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
    copy_out(&board->nor, addr, dst, len);
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
