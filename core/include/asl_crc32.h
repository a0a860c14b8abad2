/* SPDX-License-Identifier: Apache-2.0 */
/* Reflected CRC-32 (poly 0xedb88320), bitwise: records are 4 to 32 bytes, a table would not pay. */
#ifndef ASL_CRC32_H
#define ASL_CRC32_H

#include <stdint.h>

/* Continues crc over data[len]; start with 0 for the ordinary zlib CRC, with 0xffffffff for the
 * otadata CRC. Fact: crc32_le of the mask ROM family, pre- and post-inverted. */
uint32_t asl_crc32(uint32_t crc, const void *data, uint32_t len);

#endif
