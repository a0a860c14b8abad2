/* SPDX-License-Identifier: Apache-2.0 */
/* A partition table from a file, CSV or binary, with everything that can be said against it. */
#ifndef TOOLS_TABLE_FILE_H
#define TOOLS_TABLE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "asl_table.h"
#include "io.h"

struct table_file {
    const char *path;
    uint8_t raw[ASL_TABLE_LEN]; /* binary form; without check entry when it came from CSV */
    struct asl_partition entry[ASL_TABLE_MAX_ENTRIES];
    uint32_t n;
    bool from_csv;
    bool has_md5;
};

/* Reads a table; a file that begins with the bytes AA 50 is binary, any other is CSV. Prints the
 * error; returns EXIT_DONE, EXIT_HOST or EXIT_REFUSED. */
int table_file_read(const char *path, struct table_file *out);
/* Takes a binary table from memory, such as the flash at ASL_TABLE_ADDR. */
enum asl_err table_file_take(const uint8_t *raw, uint32_t len, struct table_file *out);

/* Prints why the table does not suit a chip of flash_size; returns whether it does. What builds
 * all the same with strict off (a slot across 1 MiB, sizes that are not whole sectors, data off
 * their sectors) is then a warning. */
bool table_file_judge(const struct table_file *table, uint32_t flash_size, bool strict);

/* Finds a partition by name; NULL when there is none. */
const struct asl_partition *table_file_find(const struct table_file *table, const char *label);

#endif
