/* SPDX-License-Identifier: Apache-2.0 */
/* The NOR chip's commands. The write-enable latch and protected areas are honoured; what the chip
 * would ignore is ignored, and traced. */
#include <string.h>

#include "device_table.h"
#include "fault.h"
#include "nor.h"

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
    op.first = (addr + n_tx - 4 - op.len) % VB_NOR_PROGRAM_PAGE;
    if (vb_nor_is_protected(b->nor.status, b->nor.size, op.addr, VB_NOR_PROGRAM_PAGE)) {
        ignored(b, "program", "the page is protected");
        return;
    }
    memset(op.data, 0xff, sizeof(op.data));
    for (uint32_t i = 4; i < n_tx; i++) {
        op.data[(addr + i - 4) % VB_NOR_PROGRAM_PAGE] = tx[i];
    }
    vb_nor_begin(b, &op);
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
    vb_nor_begin(b, &op);
}

static void write_status(struct vb_board *b, unsigned first, const uint8_t *data, uint32_t n)
{
    static const uint8_t writable[3] = {0xfc, 0x42, 0x60};
    if (n == 0 || n > (first == 0 && b->config.flash_chip->wide_status_write ? 2u : 1u)) {
        ignored(b, "status write", "of another width than the chip's");
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
    vb_nor_begin(b, &op);
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
        vb_fault_read(b, addr + late, n_rx - lead);
        vb_nor_copy_out(&b->nor, addr + late, rx + lead, n_rx - lead);
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
    if (which == 0 && vb_nor_is_busy(nor)) {
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
    const struct vb_flash_chip *chip = b->config.flash_chip;
    const uint8_t capacity = vb_nor_capacity(nor->size);
    const uint8_t jedec[3] = {chip->vendor, chip->family, capacity};
    const uint8_t device[2] = {chip->vendor, (uint8_t)(capacity - 1)};
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
    if (vb_nor_is_busy(nor)) {
        if (vb_is_tracing(b)) {
            vb_trace(b, VB_TRACE_FLASH, "flash: command %02x ignored while busy", tx[0]);
        }
        return;
    }
    bool is_reset = nor->reset_armed && tx[0] == 0x99;
    nor->reset_armed = tx[0] == 0x66;
    if (is_reset) {
        vb_nor_soft_reset(nor);
    } else if (!query(b, tx, n_tx, rx, n_rx)) {
        command(b, tx, n_tx, rx, n_rx);
    }
}
