/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_table.h"

#include <stdio.h>
#include <stdlib.h>

uint32_t boot_table_addr(uint8_t subtype)
{
    return 0x10000u + subtype * ASL_SECTOR_SIZE;
}

static void add(struct asl_partition *map, uint32_t *n, uint8_t subtype)
{
    map[*n] = (struct asl_partition){0, subtype, boot_table_addr(subtype), ASL_SECTOR_SIZE, "", 0};
    snprintf(map[*n].label, sizeof(map[*n].label), "s%02x", subtype);
    (*n)++;
}

void boot_table_build(struct boot_table *t, bool factory, uint32_t mask, bool test)
{
    struct asl_partition map[18];

    t->n = 0;
    if (factory) {
        add(map, &t->n, ASL_APP_FACTORY);
    }
    for (uint8_t i = 0; i < ASL_APP_OTA_MAX; i++) {
        if ((mask >> i & 1u) != 0) {
            add(map, &t->n, (uint8_t)(ASL_APP_OTA_0 + i));
        }
    }
    if (test) {
        add(map, &t->n, ASL_APP_TEST);
    }
    if (asl_table_build(map, t->n, false, t->raw) != ASL_OK) {
        abort();
    }
}
