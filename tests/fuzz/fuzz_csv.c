/* SPDX-License-Identifier: Apache-2.0 */
/* Partition CSV. What is accepted fits 32 bits without overlap, and what is refused says why. */
#include <string.h>

#include "fuzz.h"
#include "partition_csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct csv_table table;
    static uint8_t raw[ASL_TABLE_LEN];
    char why[600] = "";
    uint64_t end = 0;

    if (!csv_parse((const char *)data, size, &table, why, sizeof(why))) {
        require(why[0] != '\0');
        return 0;
    }
    require(table.n > 0 && table.n <= ASL_TABLE_MAX_ENTRIES);
    for (uint32_t i = 0; i < table.n; i++) {
        require(table.entry[i].addr >= end && strlen(table.entry[i].label) <= ASL_LABEL_LEN);
        end = (uint64_t)table.entry[i].addr + table.entry[i].size;
        require(end <= UINT32_MAX);
    }
    require(asl_table_build(table.entry, table.n, false, raw) == ASL_OK);
    require(asl_table_check(raw, sizeof(raw), NULL) == ASL_OK);
    return 0;
}
