/* SPDX-License-Identifier: Apache-2.0 */
/* Partition tables. A table that passes the check is read, verified, and built again to the same
 * entries. */
#include <stdlib.h>
#include <string.h>

#include "asl_boot.h"
#include "asl_table.h"
#include "fuzz.h"

static void build_again(const uint8_t *raw, uint32_t n)
{
    static struct asl_partition entries[ASL_TABLE_MAX_ENTRIES];
    static uint8_t again[ASL_TABLE_LEN];
    struct asl_partition p;

    memset(entries, 0, sizeof(entries));
    for (uint32_t i = 0; i < n; i++) {
        asl_table_get(raw, i, &entries[i]);
    }
    require(asl_table_build(entries, n, false, again) == ASL_OK);
    for (uint32_t i = 0; i < n; i++) {
        asl_table_get(again, i, &p);
        require(p.addr == entries[i].addr && p.size == entries[i].size);
        require(strcmp(p.label, entries[i].label) == 0);
    }
}

/* What is planned must be inside the flash. */
static void plan(const uint8_t *raw, uint32_t n)
{
    struct asl_boot_plan plan;

    asl_boot_plan(raw, n, 0x400000, NULL, 3, &plan);
    require(plan.n_candidates <= ASL_BOOT_MAX_CANDIDATES);
    for (uint32_t i = 0; i < plan.n_candidates; i++) {
        const struct asl_partition *p = &plan.candidate[i].slot;
        require(p->addr < 0x400000 && p->size <= 0x400000 - p->addr);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t n = UINT32_MAX;
    uint32_t bad = UINT32_MAX;

    if (size > 8192 || asl_table_check(data, (uint32_t)size, &n) != ASL_OK) {
        require(n == UINT32_MAX);
        return 0;
    }
    require(n > 0 && n <= size / ASL_TABLE_ENTRY_LEN);
    bool good = asl_table_verify(data, n, 0x400000, &bad) == ASL_OK;
    require(good == (bad == UINT32_MAX) && (good || bad < n));
    plan(data, n);
    if (n <= ASL_TABLE_MAX_ENTRIES) {
        build_again(data, n);
    }
    return 0;
}
