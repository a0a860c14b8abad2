/* SPDX-License-Identifier: Apache-2.0 */
/* How far a download came, read from the slot. What makes that possible: sectors are written in
 * order, and before the last block of a sector is programmed, the next sector is erased. So the
 * first sector whose last page is blank is where the writer was, or the one behind it; what stands
 * further on is older and is never looked at. */
#include "asl_resume.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "airslot/bytes.h"
#include "asl_crc32.h"

/* The note fills one page: magic, CRC-32 of what follows it, then the fields and the bytes. */
enum {
    OFF_MAGIC = 0,
    OFF_CRC = 4,
    OFF_SLOT_ADDR = 8,
    OFF_SLOT_SIZE = 12,
    OFF_IMAGE_LEN = 16,
    OFF_LEN = 20,
    OFF_BYTES = 24,
};
#define NOTE_MAGIC 0x4e4c5341u /* "ASLN" */
#define NOTE_LEN   256u
#define CHUNK_LEN  64u

_Static_assert(OFF_BYTES + ASL_NOTE_MAX == NOTE_LEN, "a note is one page");

/* Offset of the note in the slot; 0 when the slot is too small to have one. */
static uint32_t note_off(const struct asl_flash *flash, uint32_t slot_size)
{
    bool suits = flash->program_size <= NOTE_LEN && slot_size >= 2u * flash->erase_size;

    return suits ? slot_size - flash->erase_size : 0;
}

static enum asl_err is_blank(const struct asl_flash *flash, uint32_t addr, uint32_t len,
                             bool *blank)
{
    uint8_t have[CHUNK_LEN];

    *blank = true;
    for (uint32_t off = 0; off < len && *blank; off += CHUNK_LEN) {
        uint32_t n = len - off < CHUNK_LEN ? len - off : CHUNK_LEN;
        enum asl_err err = flash->read(flash->ctx, addr + off, have, n);
        if (err != ASL_OK) {
            return err;
        }
        for (uint32_t i = 0; i < n; i++) {
            *blank = *blank && have[i] == 0xff;
        }
    }
    return ASL_OK;
}

static bool is_note(const uint8_t raw[NOTE_LEN], uint32_t slot_addr, uint32_t slot_size)
{
    return asl_get_le32(raw + OFF_MAGIC) == NOTE_MAGIC &&
           asl_get_le32(raw + OFF_CRC) ==
               asl_crc32(0, raw + OFF_SLOT_ADDR, NOTE_LEN - OFF_SLOT_ADDR) &&
           asl_get_le32(raw + OFF_SLOT_ADDR) == slot_addr &&
           asl_get_le32(raw + OFF_SLOT_SIZE) == slot_size &&
           asl_get_le32(raw + OFF_LEN) <= ASL_NOTE_MAX;
}

/* The first sector whose last page is blank, or end when there is none before it. */
static enum asl_err find_writer(const struct asl_flash *flash, uint32_t slot_addr, uint32_t end,
                                uint32_t *off)
{
    bool blank = false;

    for (*off = 0; *off < end; *off += flash->erase_size) {
        uint32_t last_page = slot_addr + *off + flash->erase_size - flash->page_size;
        enum asl_err err = is_blank(flash, last_page, flash->page_size, &blank);
        if (err != ASL_OK || blank) {
            return err;
        }
    }
    return ASL_OK;
}

/* A blank sector says that the last page of the one before may be torn: that one goes, too. */
static enum asl_err find_place(const struct asl_flash *flash, uint32_t slot_addr, uint32_t end,
                               uint32_t *at)
{
    uint32_t off = 0;
    bool blank = true;
    enum asl_err err = find_writer(flash, slot_addr, end, &off);

    if (err == ASL_OK && off < end) {
        err = is_blank(flash, slot_addr + off, flash->erase_size, &blank);
    }
    if (err == ASL_OK) {
        *at = blank && off > 0 ? off - flash->erase_size : off;
    }
    return err;
}

enum asl_err asl_resume_find(const struct asl_flash *flash, uint32_t slot_addr, uint32_t slot_size,
                             struct asl_resume *out)
{
    uint8_t raw[NOTE_LEN];
    uint32_t end = note_off(flash, slot_size);

    if (end == 0) {
        return ASL_ERR_NOT_FOUND;
    }
    enum asl_err err = flash->read(flash->ctx, slot_addr + end, raw, NOTE_LEN);
    if (err != ASL_OK) {
        return err;
    }
    if (!is_note(raw, slot_addr, slot_size)) {
        return ASL_ERR_NOT_FOUND;
    }
    out->image_len = asl_get_le32(raw + OFF_IMAGE_LEN);
    out->len = asl_get_le32(raw + OFF_LEN);
    memcpy(out->bytes, raw + OFF_BYTES, ASL_NOTE_MAX);
    if (out->image_len > end) {
        return ASL_ERR_NOT_FOUND;
    }
    if (out->image_len != 0) {
        end = (out->image_len + flash->erase_size - 1u) & ~(flash->erase_size - 1u);
    }
    return find_place(flash, slot_addr, end, &out->at);
}

enum asl_err asl_resume_forget(const struct asl_flash *flash, uint32_t slot_addr,
                               uint32_t slot_size)
{
    uint8_t magic[4];
    uint32_t off = note_off(flash, slot_size);

    if (off == 0) {
        return ASL_OK;
    }
    enum asl_err err = flash->read(flash->ctx, slot_addr + off, magic, sizeof(magic));
    if (err == ASL_OK && asl_get_le32(magic) == NOTE_MAGIC) {
        err = flash->erase(flash->ctx, slot_addr + off);
    }
    return err;
}

enum asl_err asl_resume_note(const struct asl_flash *flash, uint32_t slot_addr, uint32_t slot_size,
                             uint32_t image_len, const void *note, uint32_t len)
{
    union {
        uint32_t words[NOTE_LEN / 4u];
        uint8_t bytes[NOTE_LEN];
    } page;
    uint32_t off = note_off(flash, slot_size);
    bool blank = true;

    if (len > ASL_NOTE_MAX) {
        return ASL_ERR_INVALID_ARG;
    }
    if (off == 0 || image_len > off) {
        return ASL_OK;
    }
    memset(page.bytes, 0xff, NOTE_LEN);
    asl_put_le32(page.bytes + OFF_MAGIC, NOTE_MAGIC);
    asl_put_le32(page.bytes + OFF_SLOT_ADDR, slot_addr);
    asl_put_le32(page.bytes + OFF_SLOT_SIZE, slot_size);
    asl_put_le32(page.bytes + OFF_IMAGE_LEN, image_len);
    asl_put_le32(page.bytes + OFF_LEN, len);
    memcpy(page.bytes + OFF_BYTES, note, len);
    asl_put_le32(page.bytes + OFF_CRC,
                 asl_crc32(0, page.bytes + OFF_SLOT_ADDR, NOTE_LEN - OFF_SLOT_ADDR));
    enum asl_err err = is_blank(flash, slot_addr + off, NOTE_LEN, &blank);
    if (err == ASL_OK && !blank) {
        err = flash->erase(flash->ctx, slot_addr + off);
    }
    return err == ASL_OK ? flash->program(flash->ctx, slot_addr + off, page.words, NOTE_LEN) : err;
}

enum asl_err asl_resume_guard(const struct asl_flash *flash, uint32_t slot_addr, uint32_t slot_size,
                              uint32_t off)
{
    uint32_t next = off + flash->erase_size;
    bool blank = true;

    if (next >= note_off(flash, slot_size)) {
        return ASL_OK;
    }
    enum asl_err err = is_blank(flash, slot_addr + next, flash->erase_size, &blank);
    return err == ASL_OK && !blank ? flash->erase(flash->ctx, slot_addr + next) : err;
}
