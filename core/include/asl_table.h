/* SPDX-License-Identifier: Apache-2.0 */
/* The partition table: read entry by entry, check as a whole, build. Refuses to guess: a table is
 * used only after asl_table_check() accepted it. */
#ifndef ASL_TABLE_H
#define ASL_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "airslot/err.h"
#include "airslot/format.h"

struct asl_partition {
    uint8_t type;
    uint8_t subtype;
    uint32_t addr; /* bytes from the start of flash */
    uint32_t size; /* bytes */
    char label[ASL_LABEL_LEN + 1];
    uint32_t flags; /* bit 0 encrypted */
};

/* Checks the structure of raw[len]: magic of every entry, end marker, MD5 where the table has one.
 * n_entries (may be NULL) receives the number of partitions.
 * Errors: TABLE_MAGIC (a foreign entry, or none at all), TABLE_END, TABLE_MD5, TABLE_FULL (more
 * than 95 in a longer buffer). */
enum asl_err asl_table_check(const uint8_t *raw, uint32_t len, uint32_t *n_entries);

/* Reads partition index (0..n_entries-1, MD5 entry not counted) of a checked table. */
void asl_table_get(const uint8_t *raw, uint32_t index, struct asl_partition *out);

/* Judges the layout for a chip: offsets and sizes whole sectors, bounds against flash_size, overlap
 * with each other and with bootloader and table, slots inside one 1 MiB window, unique labels. bad
 * (may be NULL) receives the index of the first offender. Errors: TABLE_ALIGN, TABLE_OVERLAP,
 * FLASH_BOUNDS, TABLE_WINDOW, TABLE_DUPLICATE. */
enum asl_err asl_table_verify(const uint8_t *raw, uint32_t n_entries, uint32_t flash_size,
                              uint32_t *bad);

/* Writes entries[n] and the end marker to raw[ASL_TABLE_LEN], 0xff padded; with_md5 adds the
 * check entry. Errors: TABLE_FULL. */
enum asl_err asl_table_build(const struct asl_partition *entries, uint32_t n, bool with_md5,
                             uint8_t raw[ASL_TABLE_LEN]);

/* True for factory, ota_0..ota_15 and test application partitions. */
bool asl_partition_is_slot(const struct asl_partition *p);
bool asl_partition_is_ota(const struct asl_partition *p);
/* True when it does not lie inside one 1 MiB-aligned window, so that no cache mapping shows it. */
bool asl_partition_crosses_window(const struct asl_partition *p);

#endif
