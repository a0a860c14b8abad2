/* SPDX-License-Identifier: Apache-2.0 */
/* The CSV form of partition tables, with the grammar and the errors of the SDK's generator: text
 * in, entries with their final offsets and sizes out. Refuses what would not fit the binary form.
 */
#ifndef TOOLS_PARTITION_CSV_H
#define TOOLS_PARTITION_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "asl_table.h"

#define CSV_FILE_MAX (256u << 10)
#define CSV_LINE_MAX 1024u

struct csv_table {
    struct asl_partition entry[ASL_TABLE_MAX_ENTRIES];
    uint32_t n;
    uint32_t line[ASL_TABLE_MAX_ENTRIES]; /* where each entry stands, from 1 */
};

/* Reads text[len]. On failure returns false with one sentence in why[why_len], which begins with
 * "Error at line n:" or "CSV Error" as users of the SDK know it; out is then unspecified.
 * $VAR and ${VAR} are replaced from the environment. Names are cut to 16 bytes. */
bool csv_parse(const char *text, size_t len, struct csv_table *out, char *why, size_t why_len);

/* Prints a table as CSV that csv_parse reads back to the same entries. */
void csv_print(FILE *out, const struct asl_partition *entries, uint32_t n);

#endif
