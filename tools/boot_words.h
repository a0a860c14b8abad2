/* SPDX-License-Identifier: Apache-2.0 */
/* Words for what core says about boot records and the choice of a slot. */
#ifndef TOOLS_BOOT_WORDS_H
#define TOOLS_BOOT_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "asl_boot.h"

/* "blank", "torn", "foreign", "own" */
const char *record_kind_text(enum asl_record_kind kind);
/* The state field as stored: "NEW", ..., "UNDEFINED", or "unknown". */
const char *record_state_text(uint32_t state);
/* A clause that says why a slot is tried: "the governing record names it". */
const char *boot_reason_text(enum asl_boot_reason reason);
/* How a trial ended, one word for JSON: "confirmed", "rejected", "starts", "image", "record",
 * "none"; and as a clause about its slot: "was not confirmed in its starts". */
const char *trial_result_name(enum asl_ota_result result);
const char *trial_result_text(enum asl_ota_result result);
/* esp_reset_reason_t in words: "power-on", ... */
const char *reset_cause_text(uint32_t cause);

#define SUBTYPE_NAME_LEN 16
/* "factory", "ota_0", "test", "none", or "0x..". */
const char *subtype_name(uint8_t subtype, char text[SUBTYPE_NAME_LEN]);

#endif
