/* SPDX-License-Identifier: Apache-2.0 */
/* Fills a range of flash in order. A sector is erased when its first byte is there, or with the
 * block of 64 KiB that it begins when the range covers it. */
#include "stub.h"

static uint32_t sectors_end(uint32_t addr)
{
    return (addr + SECTOR - 1) & ~(SECTOR - 1);
}

/* Starts one erase; returns the bytes that it covers. */
static uint32_t erase_next(uint32_t addr, uint32_t end)
{
    if (addr % BLOCK == 0 && end - addr >= BLOCK) {
        chip_erase_block(addr);
        return BLOCK;
    }
    chip_erase_sector(addr);
    return SECTOR;
}

void erase_range(uint32_t addr, uint32_t len)
{
    uint32_t end = sectors_end(addr + len);
    while (addr < end) {
        addr += erase_next(addr, end);
    }
    chip_wait();
}

void writer_open(struct writer *w, uint32_t addr, uint32_t len)
{
    chip_unlock();
    w->at = addr;
    w->end = addr + len;
    w->erased = addr;
    w->fill = 0;
    if (len > 0) {
        w->erased += erase_next(addr, sectors_end(w->end));
    }
}

/* Erased flash is 0xff already. */
static bool is_blank(const uint32_t *page, uint32_t len)
{
    uint32_t all = 0xffffffffu;
    for (uint32_t i = 0; i < len / 4; i++) {
        all &= page[i];
    }
    return all == 0xffffffffu;
}

static void write_page(struct writer *w)
{
    if (w->at >= w->erased) {
        w->erased += erase_next(w->erased, sectors_end(w->end));
    }
    while (w->fill % 4 != 0) {
        ((uint8_t *)w->page)[w->fill++] = 0xff;
    }
    if (!is_blank(w->page, w->fill)) {
        chip_program(w->at, w->page, w->fill);
    }
    w->at += w->fill;
    w->fill = 0;
}

bool writer_put(struct writer *w, const uint8_t *data, uint32_t len)
{
    if (len > w->end - w->at - w->fill) {
        return false;
    }
    while (len > 0) {
        uint32_t n = PAGE - w->fill < len ? PAGE - w->fill : len;
        memcpy((uint8_t *)w->page + w->fill, data, n);
        w->fill += n;
        data += n;
        len -= n;
        if (w->fill == PAGE) {
            write_page(w);
        }
    }
    return true;
}

void writer_close(struct writer *w)
{
    if (w->fill > 0) {
        write_page(w);
    }
    chip_wait();
}
