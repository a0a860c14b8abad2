/* SPDX-License-Identifier: Apache-2.0 */
/* What stands between a verified image and its start: its start is counted while it is on trial,
 * and a trial that failed ends in a record that names the image which starts instead. */
#ifndef BOOT_TRIAL_H
#define BOOT_TRIAL_H

#include "boot_state.h"
#include "sdkconfig.h"

/* Starts of a trial; 0: no trials. */
#ifdef CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE
#define BOOT_TRIAL_STARTS CONFIG_APP_TRIAL_STARTS
#else
#define BOOT_TRIAL_STARTS 0
#endif

/* How the last trial ended, unless its image was confirmed. */
void boot_trial_print_last(const struct boot_state *state);

/* Writes what core decides for the candidate winner, the first whose image verified, and prints it.
 * uncounted: a start of this boot could not be counted before. Returns false when the candidate
 * must not start because its start could not be counted. Cut: the record governs that did before,
 * or the new one; a start is counted or not. */
bool boot_trial_settle(const struct asl_flash *flash, const struct boot_state *state,
                       uint32_t winner, bool can_confirm, bool uncounted);

#endif
