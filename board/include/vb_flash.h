/* SPDX-License-Identifier: Apache-2.0 */
/* Flash chips that the board can carry: how each calls itself, how long it takes, how often its
 * sectors can be erased. A chip is data; vb_config.flash_size says how large it is. */
#ifndef VB_FLASH_H
#define VB_FLASH_H

#include <stdbool.h>
#include <stdint.h>

#define VB_FLASH_SECTOR 4096u

struct vb_flash_chip {
    const char *name;       /* as options have it */
    uint8_t vendor, family; /* JEDEC id; its third byte is log2 of the size */
    bool wide_status_write; /* 01h with two bytes writes SR1 and SR2; otherwise it is ignored */

    /* A program of n bytes takes min(first_byte_us + (n - 1) * next_byte_ns / 1000, page_us). */
    uint32_t first_byte_us, next_byte_ns, page_us;
    uint32_t sector_us, block_32k_us, block_64k_us;
    uint32_t chip_us_per_mb; /* of a chip erase, for each MiB of the size */
    uint32_t status_us;

    uint32_t endurance; /* erases of a sector before one may fail; 0: none ever fails */
};

/* The chips of the table, w25q32 first; NULL past the last. */
const struct vb_flash_chip *vb_flash_chip_at(unsigned index);
/* The chip of that name; NULL when there is none. */
const struct vb_flash_chip *vb_flash_chip_find(const char *name);

#endif
