/* SPDX-License-Identifier: Apache-2.0 */
/* NOR flash as core sees it: three operations, the geometry as data, and what a power cut leaves. */
#ifndef AIRSLOT_FLASH_H
#define AIRSLOT_FLASH_H

#include <stdint.h>

#include "airslot/err.h"

struct asl_flash {
    /* Reads len bytes at addr. Any alignment; the port copes with word-only buses. */
    enum asl_err (*read)(void *ctx, uint32_t addr, void *dst, uint32_t len);
    /* Clears bits. addr and len are multiples of program_size; src is 4-aligned.
     * Cut: every byte of each touched page is undefined, bits only cleared. */
    enum asl_err (*program)(void *ctx, uint32_t addr, const void *src, uint32_t len);
    /* Sets the erase block at addr to 0xff.
     * Cut: the whole block is undefined and may read differently twice. */
    enum asl_err (*erase)(void *ctx, uint32_t addr);
    void *ctx;             /* owned by the port */
    uint32_t size;         /* bytes, whole chip as detected */
    uint32_t erase_size;   /* bytes, power of two; 4096 */
    uint32_t page_size;    /* bytes, power of two; 256: programmed once per erase */
    uint32_t program_size; /* bytes, power of two; 4 */
};

#endif
