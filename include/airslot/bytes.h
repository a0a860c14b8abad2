/* SPDX-License-Identifier: Apache-2.0 */
/* Little-endian fields in byte buffers: the only way bytes of flash and wire become numbers. */
#ifndef AIRSLOT_BYTES_H
#define AIRSLOT_BYTES_H

#include <stdint.h>

static inline uint32_t asl_get_le16(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t asl_get_le32(const uint8_t *p)
{
    return asl_get_le16(p) | asl_get_le16(p + 2) << 16;
}

static inline void asl_put_le16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static inline void asl_put_le32(uint8_t *p, uint32_t v)
{
    asl_put_le16(p, v & 0xffffu);
    asl_put_le16(p + 2, v >> 16);
}

#endif
