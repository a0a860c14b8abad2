/* SPDX-License-Identifier: Apache-2.0 */
/* Which pages of flash code has run from since the last reset, and which image that makes the one
 * that runs. */
#include <string.h>

#include "internal.h"

void vb_memory_mark_executed(struct vb_board *b, uint32_t vaddr)
{
    uint32_t flash_addr;
    if (vb_memory_flash_addr(b, vaddr, &flash_addr)) {
        uint32_t page = flash_addr / VB_PAGE_SIZE;
        b->mem.executed[page / 32] |= 1u << (page % 32);
    }
}

bool vb_board_has_executed(const struct vb_board *b, uint32_t flash_addr, uint32_t len)
{
    if (len == 0 || flash_addr >= b->config.flash_size || len > b->config.flash_size - flash_addr) {
        return false;
    }
    for (uint32_t i = flash_addr / VB_PAGE_SIZE; i <= (flash_addr + len - 1) / VB_PAGE_SIZE; i++) {
        if ((b->mem.executed[i / 32] >> (i % 32) & 1) != 0) {
            return true;
        }
    }
    return false;
}

/* Fact: sdk-contract 3.1: magic, and the address of the first segment, whose data starts 16 bytes
 * behind the image's first byte. */
#define IMAGE_MAGIC    0xe9u
#define IMAGE_TEXT_OFF 0x10u
#define WINDOW_MASK    0xfffffu

/* True when a first segment for this very place in the window starts at addr. */
static bool is_image_start(const struct vb_board *b, uint32_t addr)
{
    uint8_t head[12];
    uint32_t vaddr = VB_WINDOW_BASE + (addr & WINDOW_MASK) + IMAGE_TEXT_OFF;
    return vb_board_read_flash(b, addr, head, sizeof(head)) && head[0] == IMAGE_MAGIC &&
           head[8] == (uint8_t)vaddr && head[9] == (uint8_t)(vaddr >> 8) &&
           head[10] == (uint8_t)(vaddr >> 16) && head[11] == (uint8_t)(vaddr >> 24);
}

uint32_t vb_memory_mapped_image(const struct vb_board *b)
{
    uint32_t base, len;
    if (!vb_cache_window(b, &base, &len)) {
        return UINT32_MAX;
    }
    uint32_t addr = base;
    while (addr < base + len && !vb_board_has_executed(b, addr, 1)) {
        addr += VB_PAGE_SIZE;
    }
    for (; addr < base + len; addr -= VB_PAGE_SIZE) {
        if (is_image_start(b, addr)) {
            return addr;
        }
        if (addr == base) {
            break;
        }
    }
    return base;
}

void vb_memory_forget_executed(struct vb_board *b)
{
    memset(b->mem.executed, 0, sizeof(b->mem.executed));
}
