/* SPDX-License-Identifier: Apache-2.0 */
/* Flash contents from a fuzzer's input: patches on blank bytes, each three bytes of address, one of
 * length, and the bytes. */
#ifndef TESTS_FUZZ_PATCH_H
#define TESTS_FUZZ_PATCH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline void patch(uint8_t *flash, uint32_t flash_size, const uint8_t *data, size_t size)
{
    memset(flash, 0xff, flash_size);
    while (size >= 4) {
        uint32_t addr = (uint32_t)(data[0] | data[1] << 8 | data[2] << 16) % flash_size;
        uint32_t len = data[3];
        data += 4;
        size -= 4;
        for (; len > 0 && size > 0; len--, size--) {
            flash[addr++ % flash_size] = *data++;
        }
    }
}

#endif
