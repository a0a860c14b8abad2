/* SPDX-License-Identifier: Apache-2.0 */
/* Which slot boots: from table and otadata to an ordered list of candidates, what is written before
 * one of them starts, and what an application's changes write. Pure. */
#ifndef ASL_BOOT_H
#define ASL_BOOT_H

#include <stdbool.h>
#include <stdint.h>

#include "airslot/format.h"
#include "asl_otadata.h"
#include "asl_table.h"

#define ASL_BOOT_MAX_CANDIDATES 18u /* factory, 16 ota, test */

enum asl_boot_reason {
    ASL_BOOT_SELECTED,  /* the governing record names it, or chooses factory */
    ASL_BOOT_BLANK,     /* otadata is blank: factory, else the first ota slot */
    ASL_BOOT_NO_RECORD, /* no valid record although not blank */
    ASL_BOOT_PREVIOUS,  /* the previous good slot of the governing record, or the other record's */
    ASL_BOOT_FALLBACK,  /* the contract's order */
    ASL_BOOT_REFUSED,   /* its trial is over or was rejected; nothing better holds an image */
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
    uint32_t ota_mask;  /* bit i: the table has a slot of subtype ota_i */
    uint32_t max_starts;
    uint8_t governing; /* subtype that the governing record names; ASL_SUBTYPE_NONE: none governs,
                        * or the table has no ota slot */
    struct asl_otadata otadata;
};

/* Plans the boot. raw is a checked table; sector points to the two otadata sectors as read, or is
 * NULL when the table has none. max_starts: starts that a trial has, 1..ASL_OTADATA_MAX_STARTS; 0:
 * no trials. Entries that do not fit flash_size or cross a 1 MiB window are skipped. Order: the
 * governing record's slot unless its trial is over or its state refuses it, its previous slot, the
 * other valid record's slot unless that is unconfirmed or refused, factory, the ota slots
 * ascending, what was refused, test; each slot once. ota slots are found by subtype, so gaps lose
 * none. */
void asl_boot_plan(const uint8_t *raw, uint32_t n_entries, uint32_t flash_size,
                   const struct asl_otadata_sector *sector, uint32_t max_starts,
                   struct asl_boot_plan *plan);

/* True when the governing record's trial has no start left. */
bool asl_boot_trial_is_over(const struct asl_boot_plan *plan);

enum asl_boot_act {
    ASL_BOOT_START,      /* nothing to write */
    ASL_BOOT_MARK_START, /* asl_otadata_mark_start() first; when it fails, the next candidate */
    ASL_BOOT_ROLL_BACK,  /* asl_otadata_write(step) first; start it even when that fails */
};

/* What stands between a verified candidate and its start. winner: index of a candidate whose image
 * verified, all before it having been passed over; can_confirm: that image links the confirm call;
 * cause: of the last reset; uncounted: a start mark of this boot did not take. With uncounted and
 * no other image that verifies, the caller asks once more for the trial's own slot: it is started
 * without a mark, because something always boots. step is set for ROLL_BACK only. */
enum asl_boot_act asl_boot_decide(const struct asl_boot_plan *plan, uint32_t winner,
                                  bool can_confirm, bool uncounted, uint8_t cause,
                                  struct asl_otadata_step *step);

/* --- what an application's calls write; running: subtype of the slot that it runs from --- */

/* Plans to boot the slot of a subtype (factory, ota_i). on_trial: its image can confirm and trials
 * are on; a slot known to be good gets none when it runs, or when nothing as good is left to go
 * back to. The previous good slot becomes the
 * running one, or stays the one that the governing record knows while the running one is itself on
 * trial or refused. Returns false when the table has no such slot. */
bool asl_boot_select(const struct asl_boot_plan *plan, uint8_t running, uint8_t subtype,
                     bool on_trial, struct asl_otadata_step *step);

/* True when the running program may overwrite other slots: it is not on trial, and has not left its
 * trial for another choice. Until it has proved itself, they are the way back. can_confirm: it
 * links the confirm call. One that does not is never on trial, although a foreign record, or one
 * for what stood in its slot before, may say so: no start of it is counted, and an update is its
 * way out. */
bool asl_boot_may_update(const struct asl_boot_plan *plan, uint8_t running, bool can_confirm);

/* True when the record names target, which does not run: whatever is written there would start
 * unchosen. Before the first erase of target, asl_boot_select(running) is written. */
bool asl_boot_must_reselect(const struct asl_boot_plan *plan, uint8_t running, uint8_t target);

/* Plans to confirm the running image; floor: its secure version, raises the stored one, 0: none.
 * Returns false when there is nothing to confirm: no trial of it governs. A trial of another slot
 * that has been started and failed, but could not be rolled back, is replaced as well; one that was
 * not started yet is a pending choice and stays. */
bool asl_boot_confirm(const struct asl_boot_plan *plan, uint8_t running, uint32_t floor,
                      struct asl_otadata_step *step);

/* Plans to leave the governing slot for candidate winner (whose image verified); can_confirm: that
 * image links the confirm call; what, cause: kept in the record. The previous good slot of a trial
 * becomes VALID, any other a trial of its own if it can confirm. Returns false when no record can
 * name the winner (test), none governs, or it is the governing slot itself. */
bool asl_boot_roll_back(const struct asl_boot_plan *plan, uint32_t winner, bool can_confirm,
                        enum asl_ota_result what, uint8_t cause, struct asl_otadata_step *step);

/* --- slots and records --- */

/* Subtype of the slot that a valid record names (factory included); ASL_SUBTYPE_NONE when the
 * record is not valid or the table has no ota slot. */
uint8_t asl_boot_record_subtype(const struct asl_boot_plan *plan, const struct asl_record *r);

/* Number of ota slots: different subtypes ota_0..ota_15 in a checked table. */
uint32_t asl_boot_n_ota(const uint8_t *raw, uint32_t n_entries);

/* Index of the ota slot of a subtype (ASL_APP_OTA_0 + i) as records count it, -1 when the table has
 * none: the rank among the table's ota subtypes, which is i itself in a table without gaps. This is
 * the slot of struct asl_otadata_choice. */
int asl_boot_ota_index(const uint8_t *raw, uint32_t n_entries, uint32_t subtype);

#endif
