/* SPDX-License-Identifier: Apache-2.0 */
/* What the flash says about booting: partition table and otadata, printed as they are read. */
#ifndef BOOT_STATE_H
#define BOOT_STATE_H

#include "airslot/flash.h"
#include "asl_boot.h"

/* Reads table and otadata and lets core plan. Prints the table and the reason of the choice.
 * Errors: those of asl_table_check(), FLASH_*. */
enum asl_err boot_state_read(const struct asl_flash *flash, struct asl_boot_plan *plan);

#endif
