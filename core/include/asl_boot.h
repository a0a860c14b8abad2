/* SPDX-License-Identifier: Apache-2.0 */
/* Which slot boots: from table and otadata to an ordered list of candidates. Pure. */
#ifndef ASL_BOOT_H
#define ASL_BOOT_H

#include <stdbool.h>
#include <stdint.h>

#include "airslot/format.h"
#include "asl_otadata.h"
#include "asl_table.h"

#define ASL_BOOT_MAX_CANDIDATES 18u /* factory, 16 ota, test */

enum asl_boot_reason {
    ASL_BOOT_SELECTED,    /* the active record names it */
    ASL_BOOT_BLANK,       /* otadata is blank: factory, else the first ota slot */
    ASL_BOOT_NO_RECORD,   /* no valid record although not blank */
    ASL_BOOT_PREVIOUS,    /* slot of the other valid record */
    ASL_BOOT_FALLBACK,    /* the contract's order */
    ASL_BOOT_LAST_RESORT, /* test image */
};

struct asl_boot_candidate {
    struct asl_partition slot;
    enum asl_boot_reason reason;
};

struct asl_boot_plan {
    struct asl_boot_candidate candidate[ASL_BOOT_MAX_CANDIDATES]; /* try in this order */
    uint32_t n_candidates;
    uint32_t n_skipped; /* app entries left out: beyond the chip or across a window */
    struct asl_record records[2];
    int active; /* 0, 1, or -1 */
};

/* Plans the boot. raw is a checked table; otadata points to the first 32 bytes of the two otadata
 * sectors, or is NULL when the table has none. Entries that do not fit flash_size or cross a
 * 1 MiB window are skipped. Order: the selected slot, the other valid record's slot, then factory
 * and the ota slots ascending, then test; each slot once. ota slots are found by subtype, so gaps
 * lose none. */
void asl_boot_plan(const uint8_t *raw, uint32_t n_entries, uint32_t flash_size,
                   const uint8_t (*otadata)[ASL_OTADATA_RECORD_LEN], struct asl_boot_plan *plan);

/* Number of ota slots: different subtypes ota_0..ota_15 in a checked table. */
uint32_t asl_boot_n_ota(const uint8_t *raw, uint32_t n_entries);

/* Index of the ota slot of a subtype (ASL_APP_OTA_0 + i) as records count it, -1 when the table has
 * none: the rank among the table's ota subtypes, which is i itself in a table without gaps. This is
 * the slot that asl_otadata_select() takes. */
int asl_boot_ota_index(const uint8_t *raw, uint32_t n_entries, uint32_t subtype);

#endif
