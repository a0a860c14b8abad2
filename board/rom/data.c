/* SPDX-License-Identifier: Apache-2.0 */
/* The ROM's settings at 0x3FFFC704, where firmware reads and writes them. */
#include "rom.h"

struct settings {
    uint32_t ticks_per_us; /* +0: 80 although the CPU starts at 52 MHz, as in the mask ROM */
    int32_t wdt_mode;      /* +4 */
    uint32_t reserved[2];
    struct rom_flash_chip *flashchip; /* +16 */
    struct rom_flash_chip chip;       /* +20 */
};

static struct settings settings __attribute__((section(".fixed.settings"), used)) = {
    .ticks_per_us = 80,
    .wdt_mode = -1,
    .flashchip = &settings.chip,
    .chip = {0x001640EF, 0x00400000, 0x10000, 0x1000, 0x100, 0xFFFF},
};
_Static_assert(offsetof(struct settings, flashchip) == 0x10, "flashchip stands at 0x3FFFC714");
_Static_assert(offsetof(struct settings, chip) == 0x14, "the chip stands at 0x3FFFC718");
