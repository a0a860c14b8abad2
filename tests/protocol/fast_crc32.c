/* SPDX-License-Identifier: Apache-2.0 */
/* core/crc32.c works bit by bit, which is right for a device and slow for a search: the same
 * function by table. The search compares a few values with the contract's before it begins. */
#include "asl_crc32.h"

#include <stdbool.h>

static uint32_t table[256];
static bool is_ready;

static void fill(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++) {
            table[i] = table[i] >> 1 ^ ((table[i] & 1u) != 0 ? 0xedb88320u : 0);
        }
    }
    is_ready = true;
}

uint32_t asl_crc32(uint32_t crc, const void *data, uint32_t len)
{
    const uint8_t *bytes = data;

    if (!is_ready) {
        fill();
    }
    crc = ~crc;
    for (uint32_t i = 0; i < len; i++) {
        crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 0xffu];
    }
    return ~crc;
}
