/* SPDX-License-Identifier: Apache-2.0 */
/* See boot_words.h. */
#include "boot_words.h"

const char *record_kind_text(enum asl_record_kind kind)
{
    switch (kind) {
    case ASL_RECORD_BLANK:
        return "blank";
    case ASL_RECORD_TORN:
        return "torn";
    case ASL_RECORD_VALID:
        return "valid";
    case ASL_RECORD_REFUSED:
        return "refused";
    }
    return "?";
}

const char *record_state_text(uint32_t state)
{
    static const char *const names[] = {"NEW", "PENDING_VERIFY", "VALID", "INVALID", "ABORTED"};

    return state < 5 ? names[state] : state == UINT32_MAX ? "UNDEFINED" : "unknown";
}

const char *boot_reason_text(enum asl_boot_reason reason)
{
    switch (reason) {
    case ASL_BOOT_SELECTED:
        return "the active record names it";
    case ASL_BOOT_BLANK:
        return "otadata is blank";
    case ASL_BOOT_NO_RECORD:
        return "otadata holds no valid record";
    case ASL_BOOT_PREVIOUS:
        return "the other valid record names it";
    case ASL_BOOT_FALLBACK:
        return "fallback";
    case ASL_BOOT_LAST_RESORT:
        return "last resort";
    }
    return "?";
}
