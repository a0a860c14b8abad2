/* SPDX-License-Identifier: Apache-2.0 */
/* otadata: two sectors, one of which governs what boots. Pure decisions on what was read, and four
 * thin acts. docs/decisions/0011-boot-record.md states the protocol, docs/format.md draws it. */
#ifndef ASL_OTADATA_H
#define ASL_OTADATA_H

#include <stdbool.h>
#include <stdint.h>

#include "airslot/flash.h"
#include "airslot/format.h"

/* ESP-IDF's esp_ota_img_states_t. */
enum asl_ota_state {
    ASL_OTA_NEW = 0,
    ASL_OTA_PENDING_VERIFY = 1,
    ASL_OTA_VALID = 2,
    ASL_OTA_INVALID = 3,
    ASL_OTA_ABORTED = 4,
    ASL_OTA_UNDEFINED = -1, /* 0xffffffff: the SDK's records and those without a trial */
};

/* How the last trial ended. Stored: numbers are permanent. */
enum asl_ota_result {
    ASL_RESULT_CONFIRMED = 1, /* by the image itself */
    ASL_RESULT_REJECTED = 2,  /* by the image itself: mark_app_invalid */
    ASL_RESULT_STARTS = 3,    /* all starts used without confirming */
    ASL_RESULT_IMAGE = 4,     /* the image did not verify at boot */
    ASL_RESULT_RECORD = 5,    /* a start could not be counted: the sector takes no marks */
    ASL_RESULT_LEFT = 6,      /* it chose another slot before it was confirmed */
    ASL_RESULT_NONE = 0xff,
};

#define ASL_SUBTYPE_NONE 0xffu

/* What a record remembers of the last trial. */
struct asl_last_result {
    enum asl_ota_result what;
    uint8_t subtype; /* of the slot that it is about; ASL_SUBTYPE_NONE */
    uint8_t starts;
    uint8_t cause; /* of the reset that ended its last run: esp_reset_reason_t; 0 unknown */
};

/* One sector as read. */
struct asl_otadata_sector {
    uint8_t record[ASL_OTADATA_RECORD_LEN]; /* page 0 */
    uint8_t seal[ASL_OTADATA_SEAL_LEN];     /* page 1 */
    uint32_t used_pages;                    /* bit i: page i of 0..13 is not blank */
};

enum asl_record_kind {
    ASL_RECORD_BLANK,
    ASL_RECORD_TORN,    /* none of the others */
    ASL_RECORD_FOREIGN, /* valid by the SDK's rule, without seal */
    ASL_RECORD_OWN,     /* seal and record agree */
};

struct asl_record {
    enum asl_record_kind kind;
    bool is_factory; /* own only: chooses factory */
    /* Valid kinds (own, foreign): ota slot index is (seq - 1) % n_slots. Torn: what the SDK, which
     * knows no seal, takes it for; 0: nothing. */
    uint32_t seq;
    enum asl_ota_state state; /* as stored; asl_record_state() is what callers should see */
    uint8_t previous;         /* subtype of the previous good slot, ASL_SUBTYPE_NONE */
    struct asl_last_result last;
    uint32_t floor;      /* least secure version that may be installed; 0 from foreign records */
    uint32_t starts;     /* start marks in this sector, 0..ASL_OTADATA_MAX_STARTS */
    uint32_t used_pages; /* of the sector, as read */
};

struct asl_otadata {
    struct asl_record record[2];
    int governing; /* 0 or 1; -1: no valid record, factory by default */
};

/* Reads both sectors; addr is otadata's start. Errors: FLASH_READ. */
enum asl_err asl_otadata_read(const struct asl_flash *flash, uint32_t addr,
                              struct asl_otadata_sector sector[2]);

void asl_otadata_parse(const struct asl_otadata_sector sector[2], struct asl_otadata *out);

/* True for the kinds that can govern: own and foreign. */
bool asl_record_is_valid(const struct asl_record *r);
/* State of a valid record as callers see it: NEW with a start mark is PENDING_VERIFY. */
enum asl_ota_state asl_record_state(const struct asl_record *r);
/* True when the governing record is on trial: NEW or PENDING_VERIFY, of an ota slot. */
bool asl_otadata_is_trial(const struct asl_otadata *o);

/* The successor to write. */
struct asl_otadata_step {
    uint32_t sector; /* 0 or 1: never the governing one */
    bool is_factory; /* page 0 stays blank */
    uint8_t seal[ASL_OTADATA_SEAL_LEN];
    uint8_t record[ASL_OTADATA_RECORD_LEN];
};

/* What the successor says. */
struct asl_otadata_choice {
    bool is_factory;
    uint32_t slot, n_slots; /* ota index of asl_boot_ota_index(), and how many; not for factory */
    enum asl_ota_state state;
    uint8_t previous;
    struct asl_last_result last;
    uint32_t floor;
};

/* Carries over what the governing record says of previous and last result (or none), and the
 * greatest floor of the valid records. The rest of choice is zero. */
void asl_otadata_carry(const struct asl_otadata *o, struct asl_otadata_choice *choice);

/* Plans the successor. Returns false, step untouched, when slot >= n_slots, or n_slots is 0 or
 * above 16. Sequences wrap. */
bool asl_otadata_plan(const struct asl_otadata *o, const struct asl_otadata_choice *choice,
                      struct asl_otadata_step *step);

/* Writes a step: erase, check blank, seal, record, each read back; everything once more when it
 * did not take. For factory then settles it as asl_otadata_finish() does; what that cannot reach is
 * left to the bootloader and is no error. addr is otadata's start.
 * Errors: FLASH_VERIFY (did not take twice), FLASH_*.
 * Cut: the governing record still governs until the last program is complete (factory: until the
 * seal is), and nothing but the step's sector has changed before. */
enum asl_err asl_otadata_write(const struct asl_flash *flash, uint32_t addr,
                               const struct asl_otadata_step *step);

/* Erases the sector that does not govern. Errors: INVALID_STATE (none governs, or that sector holds
 * the greater floor), FLASH_VERIFY (did not take twice), FLASH_*. Cut: the other one governs. */
enum asl_err asl_otadata_erase_other(const struct asl_flash *flash, uint32_t addr,
                                     const struct asl_otadata *o);

/* Programs the next start mark of the governing record on a blank page. cause: the reset that led
 * to this start. Errors: INVALID_STATE (none governs, no blank page left), FLASH_VERIFY (it took on
 * none of the blank pages), FLASH_READ.
 * Cut: one more start is counted, or none; the record is on another page. */
enum asl_err asl_otadata_mark_start(const struct asl_flash *flash, uint32_t addr,
                                    const struct asl_otadata *o, uint8_t cause);

/* True when factory is chosen but not settled: its seal belongs into sector 0, where programs of
 * SDK and ESP-IDF put their first record, and sector 1 stays blank. */
bool asl_otadata_is_unfinished(const struct asl_otadata *o);
/* Settles a factory choice: writes its successor into sector 0 unless it stands there, then erases
 * sector 1. Nothing to do is no error. Errors: FLASH_*.
 * Cut: factory governs throughout, and it is unfinished or settled. */
enum asl_err asl_otadata_finish(const struct asl_flash *flash, uint32_t addr,
                                const struct asl_otadata *o);

#endif
