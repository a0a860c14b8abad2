/* SPDX-License-Identifier: Apache-2.0 */
/* otadata: two records that say which ota slot boots. Pure: bytes in, decision or bytes out. */
#ifndef ASL_OTADATA_H
#define ASL_OTADATA_H

#include <stdbool.h>
#include <stdint.h>

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

enum asl_record_kind {
    ASL_RECORD_BLANK,   /* all 0xff */
    ASL_RECORD_TORN,    /* neither blank nor valid */
    ASL_RECORD_VALID,   /* sequence and CRC agree, state selectable */
    ASL_RECORD_REFUSED, /* sequence and CRC agree, state INVALID or ABORTED */
};

struct asl_record {
    enum asl_record_kind kind;
    uint32_t seq; /* 1.. when VALID or REFUSED; slot is (seq - 1) % n_slots */
    enum asl_ota_state state;
};

/* Reads one record. A sequence of 0 or 0xffffffff is never valid. */
void asl_record_parse(const uint8_t raw[ASL_OTADATA_RECORD_LEN], struct asl_record *out);

/* Writes a record as the SDK does: label 0xff, state, CRC over the sequence. */
void asl_record_build(uint32_t seq, enum asl_ota_state state, uint8_t raw[ASL_OTADATA_RECORD_LEN]);

/* Returns which record (0 or 1) selects, -1 when none is VALID. Both valid: higher sequence,
 * equal: record 0. */
int asl_otadata_active(const struct asl_record records[2]);

struct asl_otadata_step {
    uint32_t sector; /* 0 or 1: erase it, then program raw at its start */
    uint8_t raw[ASL_OTADATA_RECORD_LEN];
};

/* Plans the one write that makes ota slot boot (slot < n_slots): always the sector that does not
 * hold the active record, so a cut leaves the old choice. Returns false, step untouched, when the
 * arguments cannot be planned (slot >= n_slots, n_slots 0 or > 16, sequence exhausted). */
bool asl_otadata_select(const struct asl_record records[2], uint32_t slot, uint32_t n_slots,
                        enum asl_ota_state state, struct asl_otadata_step *step);

/* Order in which two sectors are erased to select factory: the older record first, so that a cut
 * between leaves the current choice. */
void asl_otadata_erase_order(const struct asl_record records[2], uint32_t order[2]);

#endif
