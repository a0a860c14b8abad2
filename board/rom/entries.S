/* SPDX-License-Identifier: Apache-2.0 */
/* The jumps at the mask ROM's addresses, one section each, placed by rom.ld.S. */
#define ROM_ENTRY(address, name) \
    .section .entry.name, "ax", @progbits; \
    .begin no-transform; \
    j name; \
    .end no-transform
#define ROM_WRAP(address, name, function) \
    .section .entry.name, "ax", @progbits; \
    .begin no-transform; \
    j function; \
    .end no-transform
#define ROM_FIXED(address, name)
#define ROM_HIDDEN(address, name)
#define ROM_ALIAS(address, name)
#define ROM_CODE(group)

#include "entries.def"
