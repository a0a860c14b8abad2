/* SPDX-License-Identifier: Apache-2.0 */
/* The slot behind esp_ota_*, for tests of what writes to it: it keeps the bytes and counts the
 * calls. Its only gate is the first byte. */
#ifndef OTA_SLOT_H
#define OTA_SLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_ota_resume.h"

#define OTA_SLOT_LEN 50000u /* of the image that makes it whole */

struct ota_slot {
    esp_err_t begin_err, write_err, end_err; /* what the calls answer */
    size_t announced;
    int begins, ends, aborts, selects;
    size_t written;
    uint8_t image[OTA_SLOT_LEN];
    esp_ota_note_t note; /* what it remembers; len 0: nothing */
    esp_err_t resume_err;
    bool forgets; /* its note with a failed end, and then ends well */
};
extern struct ota_slot ota_slot;

#endif
