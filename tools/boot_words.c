/* SPDX-License-Identifier: Apache-2.0 */
/* See boot_words.h. */
#include "boot_words.h"

#include <stdio.h>

const char *record_kind_text(enum asl_record_kind kind)
{
    switch (kind) {
    case ASL_RECORD_BLANK:
        return "blank";
    case ASL_RECORD_TORN:
        return "torn";
    case ASL_RECORD_FOREIGN:
        return "foreign";
    case ASL_RECORD_OWN:
        return "own";
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
        return "the governing record names it";
    case ASL_BOOT_BLANK:
        return "otadata is blank";
    case ASL_BOOT_NO_RECORD:
        return "otadata holds no valid record";
    case ASL_BOOT_PREVIOUS:
        return "the previous good slot";
    case ASL_BOOT_FALLBACK:
        return "fallback";
    case ASL_BOOT_REFUSED:
        return "refused: its trial ended without a confirmation";
    case ASL_BOOT_LAST_RESORT:
        return "last resort";
    }
    return "?";
}

struct result_words {
    enum asl_ota_result result;
    const char *name;
    const char *text;
};

static const struct result_words *find_result(enum asl_ota_result result)
{
    static const struct result_words words[] = {
        {ASL_RESULT_CONFIRMED, "confirmed", "was confirmed"},
        {ASL_RESULT_REJECTED, "rejected", "rejected itself"},
        {ASL_RESULT_STARTS, "starts", "was not confirmed in its starts"},
        {ASL_RESULT_IMAGE, "image", "did not hold a good image"},
        {ASL_RESULT_RECORD, "record", "could not have its starts counted"},
        {ASL_RESULT_LEFT, "left", "chose another slot before it was confirmed"},
        {ASL_RESULT_NONE, "none", "had no trial yet"},
    };
    unsigned i = 0;

    while (i < sizeof(words) / sizeof(words[0]) - 1 && words[i].result != result) {
        i++;
    }
    return &words[i];
}

const char *trial_result_name(enum asl_ota_result result)
{
    return find_result(result)->name;
}

const char *trial_result_text(enum asl_ota_result result)
{
    return find_result(result)->text;
}

const char *reset_cause_text(uint32_t cause)
{
    static const char *const texts[] = {
        "unknown",       "power-on", "reset pin",  "restart", "panic", "interrupt watchdog",
        "task watchdog", "watchdog", "deep sleep", "brownout"};

    return cause < sizeof(texts) / sizeof(texts[0]) ? texts[cause] : texts[0];
}

const char *subtype_name(uint8_t subtype, char text[SUBTYPE_NAME_LEN])
{
    uint8_t index = (uint8_t)(subtype - ASL_APP_OTA_0);

    if (subtype == ASL_APP_FACTORY) {
        return "factory";
    }
    if (subtype == ASL_SUBTYPE_NONE) {
        return "none";
    }
    if (subtype == ASL_APP_TEST) {
        return "test";
    }
    snprintf(text, SUBTYPE_NAME_LEN, index < ASL_APP_OTA_MAX ? "ota_%u" : "0x%02x",
             index < ASL_APP_OTA_MAX ? index : subtype);
    return text;
}
