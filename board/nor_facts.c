/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of the NOR chip: see nor.h. */
#include "nor.h"

uint8_t vb_nor_capacity(uint32_t size)
{
    uint8_t log2 = 0;
    while (log2 < 31 && (1u << (log2 + 1)) <= size) {
        log2++;
    }
    return log2;
}

/* Length of the area that BP and SEC choose, from the top or, with TB, from the bottom. */
static uint32_t chosen_len(uint8_t sr1, uint32_t size)
{
    unsigned bp = sr1 >> 2 & 7u;
    if (bp == 0) {
        return 0;
    }
    if (bp == 7) {
        return size;
    }
    if ((sr1 & VB_NOR_SR1_SEC) != 0) {
        return 4096u << (bp < 4 ? bp - 1 : 3);
    }
    return size / 64u << (bp - 1);
}

bool vb_nor_is_protected(const uint8_t status[3], uint32_t size, uint32_t addr, uint32_t len)
{
    uint32_t chosen = chosen_len(status[0], size);
    bool is_bottom = (status[0] & VB_NOR_SR1_TB) != 0;
    bool is_inverted = (status[1] & VB_NOR_SR2_CMP) != 0;
    /* The complement of an area at the top is one at the bottom. */
    if (is_inverted) {
        chosen = size - chosen;
        is_bottom = !is_bottom;
    }
    uint32_t first = is_bottom ? 0 : size - chosen;
    return addr < first + chosen && addr + len > first;
}

uint32_t vb_nor_erase_size(uint8_t opcode)
{
    switch (opcode) {
    case 0x20:
        return 4096;
    case 0x52:
        return 32768;
    case 0xd8:
        return 65536;
    default:
        return 0;
    }
}

uint8_t vb_nor_sfdp(uint32_t size, uint32_t addr)
{
    const uint32_t words[] = {
        0x50444653u,    /* "SFDP" */
        0xff000100u,    /* revision 1.0, one parameter header */
        0x09010000u,    /* JEDEC basic table, revision 1.0, nine words */
        0xff000010u,    /* at 0x10 */
        0xfff120e5u,    /* 4 KiB erase is 20h; dual and quad reads; 24-bit addresses */
        size * 8u - 1u, /* bits, less one */
        0x6b08eb44u,    /* 1-4-4: EBh; 1-1-4: 6Bh */
        0xbb423b08u,    /* 1-1-2: 3Bh; 1-2-2: BBh */
        0xffffffeeu,    /* no 2-2-2, no 4-4-4 */
        0xff00ffffu,    0xff00ffffu, 0x520f200cu, /* erase 4 KiB 20h, 32 KiB 52h */
        0x0000d810u,                              /* erase 64 KiB D8h */
    };
    if (addr >= sizeof(words)) {
        return 0xff;
    }
    return (uint8_t)(words[addr / 4] >> 8 * (addr % 4));
}
