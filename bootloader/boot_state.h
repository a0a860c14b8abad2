/* SPDX-License-Identifier: Apache-2.0 */
/* What the flash says about booting: partition table and otadata, printed as they are read. */
#ifndef BOOT_STATE_H
#define BOOT_STATE_H

#include "airslot/flash.h"
#include "asl_boot.h"

struct boot_state {
    const uint8_t *table; /* checked */
    uint32_t n_entries;
    uint32_t otadata; /* address; 0: the table has none that can be used */
    uint8_t cause;    /* of the last reset: esp_reset_reason_t; the caller's to fill */
    struct asl_boot_plan plan;
};

/* Reads table and otadata, finishes a choice of factory that a power cut interrupted, and lets core
 * plan. Prints the table, the reason of the choice and how the last trial ended.
 * Errors: those of asl_table_check(), FLASH_*. */
enum asl_err boot_state_read(const struct asl_flash *flash, struct boot_state *state);

/* Label of the slot of a subtype; "?" when the table has none that fits the chip. */
const char *boot_state_label(const struct boot_state *state, uint8_t subtype);

#endif
