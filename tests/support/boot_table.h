/* SPDX-License-Identifier: Apache-2.0 */
/* Small partition tables for tests of the boot choice: slots of one sector each. */
#ifndef TESTS_BOOT_TABLE_H
#define TESTS_BOOT_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "asl_table.h"

struct boot_table {
    uint8_t raw[ASL_TABLE_LEN];
    uint32_t n;
};

#define BOOT_TABLE_FLASH 0x400000u

/* A table with factory when asked, the ota slots of mask, test when asked. */
void boot_table_build(struct boot_table *t, bool factory, uint32_t mask, bool test);
/* Flash address of the slot of a subtype in such a table. */
uint32_t boot_table_addr(uint8_t subtype);

#endif
