/* SPDX-License-Identifier: Apache-2.0 */
/* The names of entries.def as a linker script for firmware. */
#define ROM_ENTRY(address, name) PROVIDE(name = address);
#define ROM_WRAP(address, name, function) PROVIDE(name = address);
#define ROM_FIXED(address, name) PROVIDE(name = address);
#define ROM_ALIAS(address, name) PROVIDE(name = address);
#define ROM_HIDDEN(address, name)
#define ROM_CODE(group)
#include "entries.def"
PROVIDE(flashchip = 0x3FFFC714);
PROVIDE(UartDev = 0x3FFFDE10);
