/* SPDX-License-Identifier: Apache-2.0 */
/* The table of flash chips. Fact: datasheets of W25Q32JV and GD25Q32C, typical times; `slow` has
 * the W25Q32JV's maxima. GD25Q32 takes the 8-bit form of the status write only. */
#include <stddef.h>
#include <string.h>

#include "vb_flash.h"

static const struct vb_flash_chip chips[] = {
    {
        .name = "w25q32",
        .vendor = 0xef,
        .family = 0x40,
        .wide_status_write = true,
        .first_byte_us = 30,
        .next_byte_ns = 2500,
        .page_us = 400,
        .sector_us = 45000,
        .block_32k_us = 120000,
        .block_64k_us = 150000,
        .chip_us_per_mb = 2500000,
        .status_us = 10000,
        .endurance = 100000,
    },
    {
        .name = "gd25q32",
        .vendor = 0xc8,
        .family = 0x40,
        .wide_status_write = false,
        .first_byte_us = 30,
        .next_byte_ns = 2500,
        .page_us = 600,
        .sector_us = 50000,
        .block_32k_us = 150000,
        .block_64k_us = 200000,
        .chip_us_per_mb = 3750000,
        .status_us = 5000,
        .endurance = 100000,
    },
    {
        .name = "slow",
        .vendor = 0xef,
        .family = 0x40,
        .wide_status_write = true,
        .first_byte_us = 50,
        .next_byte_ns = 12000,
        .page_us = 3000,
        .sector_us = 400000,
        .block_32k_us = 1600000,
        .block_64k_us = 2000000,
        .chip_us_per_mb = 12500000,
        .status_us = 15000,
        .endurance = 100000,
    },
};

const struct vb_flash_chip *vb_flash_chip_at(unsigned index)
{
    return index < sizeof(chips) / sizeof(chips[0]) ? &chips[index] : NULL;
}

const struct vb_flash_chip *vb_flash_chip_find(const char *name)
{
    const struct vb_flash_chip *chip;
    for (unsigned i = 0; (chip = vb_flash_chip_at(i)) != NULL; i++) {
        if (strcmp(chip->name, name) == 0) {
            return chip;
        }
    }
    return NULL;
}
