/* SPDX-License-Identifier: Apache-2.0 */
#include "asl_crc32.h"

uint32_t asl_crc32(uint32_t crc, const void *data, uint32_t len)
{
    const uint8_t *p = data;

    crc = ~crc;
    for (uint32_t i = 0; i < len; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1u)));
        }
    }
    return ~crc;
}
