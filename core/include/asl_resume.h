/* SPDX-License-Identifier: Apache-2.0 */
/* Going on with a download after a reset: a note in the last sector of the slot says what was being
 * written, and the slot itself shows how far that came. Progress costs no write of its own, no
 * other byte of flash is touched, and what is found is a place to go on from, never a proof: the
 * whole image is verified at the end in any case. docs/format.md draws the note. */
#ifndef ASL_RESUME_H
#define ASL_RESUME_H

#include <stdint.h>

#include "airslot/err.h"
#include "airslot/flash.h"

#define ASL_NOTE_MAX 232u /* bytes of a note that are the caller's own */

struct asl_resume {
    uint32_t image_len; /* declared when the note was written, 0 when unknown */
    uint32_t at;        /* bytes of the image to keep: whole sectors; the rest is written again */
    uint32_t len;       /* of bytes */
    uint8_t bytes[ASL_NOTE_MAX];
};

/* Reads the note of a slot and finds where to go on. at is 0 when nothing is worth keeping, and
 * never behind the last sector of the image. At most one sector of what was written is given up.
 * Errors: NOT_FOUND (no note, or a torn one), FLASH_READ. On error: out is undefined. */
enum asl_err asl_resume_find(const struct asl_flash *flash, uint32_t slot_addr, uint32_t slot_size,
                             struct asl_resume *out);

/* Erases the note of a slot, if there is one. Errors: FLASH_READ, FLASH_ERASE.
 * Cut: the note stands or is gone. */
enum asl_err asl_resume_forget(const struct asl_flash *flash, uint32_t slot_addr,
                               uint32_t slot_size);

/* Writes note[len] (at most ASL_NOTE_MAX) for an image of image_len bytes, 0 when unknown. Only
 * after asl_resume_forget() and after sector 0 was erased. Writes nothing when the image needs the
 * last sector. Errors: INVALID_ARG (too long), FLASH_*. Cut: no note. */
enum asl_err asl_resume_note(const struct asl_flash *flash, uint32_t slot_addr, uint32_t slot_size,
                             uint32_t image_len, const void *note, uint32_t len);

/* Erases the sector behind the one at off, unless it is blank: before the sector at off is erased
 * again. Errors: FLASH_READ, FLASH_ERASE. */
enum asl_err asl_resume_guard(const struct asl_flash *flash, uint32_t slot_addr, uint32_t slot_size,
                              uint32_t off);

#endif
