/* SPDX-License-Identifier: Apache-2.0 */
/* Words for what core says about boot records and the choice of a slot; all static texts. */
#ifndef TOOLS_BOOT_WORDS_H
#define TOOLS_BOOT_WORDS_H

#include <stdint.h>

#include "asl_boot.h"

/* "blank", "torn", "valid", "refused" */
const char *record_kind_text(enum asl_record_kind kind);
/* The state field as stored: "NEW", ..., "UNDEFINED", or "unknown". */
const char *record_state_text(uint32_t state);
/* A clause that says why a slot is tried: "the active record names it". */
const char *boot_reason_text(enum asl_boot_reason reason);

#endif
