/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of an image one by one, and the gate. The verifier strings them together. */
#include "asl_image.h"

#include <stddef.h>
#include <string.h>

#include "airslot/bytes.h"

/* Offsets inside the 256-byte descriptor; docs/format.md draws it. */
enum {
    DESC_SECURE_VERSION = 4,
    DESC_CONFIRM_REF = 8,
    DESC_VERSION = 16,
    DESC_PROJECT_NAME = 48,
    DESC_TIME = 80,
    DESC_DATE = 96,
    DESC_IDF_VER = 112,
};

/* The memories that segments may load to; flash stands first, RAM that the ROM can load last. */
static const struct memory {
    uint32_t vaddr;
    uint32_t len;
} memories[] = {
    {ASL_WINDOW_VADDR, ASL_WINDOW_LEN},
    {ASL_RTC_VADDR, ASL_RTC_LEN},
    {ASL_IRAM_VADDR, ASL_IRAM_LEN},
    {ASL_DRAM_VADDR, ASL_DRAM_LEN},
};
enum { FLASH = 0, ROM_LOADABLE = 2, IRAM = 2, N_MEMORIES = 4 };

/* Bytes from vaddr to the end of the memory first..end-1 that holds it, 0 when none does. */
static uint32_t room_at(uint32_t vaddr, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++) {
        uint32_t off = vaddr - memories[i].vaddr;
        if (off < memories[i].len) {
            return memories[i].len - off;
        }
    }
    return 0;
}

static enum asl_err judge_segment(const struct asl_segment *segment, uint32_t room)
{
    if (room == 0 || segment->vaddr % 4u != 0) {
        return ASL_ERR_IMAGE_SEGMENT_ADDR;
    }
    if (segment->len % 4u != 0 || segment->len > room) {
        return ASL_ERR_IMAGE_SEGMENT_LEN;
    }
    return ASL_OK;
}

enum asl_err asl_segment_check(const struct asl_segment *segment, uint32_t index)
{
    uint32_t room = room_at(segment->vaddr, FLASH, index == 0 ? FLASH + 1u : N_MEMORIES);

    if (index == 0 && room != 0 && segment->len == 0) {
        return ASL_ERR_IMAGE_SEGMENT_LEN;
    }
    return judge_segment(segment, room);
}

enum asl_err asl_segment_check_rom(const struct asl_segment *segment)
{
    return judge_segment(segment, room_at(segment->vaddr, ROM_LOADABLE, N_MEMORIES));
}

bool asl_segment_is_flash(const struct asl_segment *segment)
{
    return room_at(segment->vaddr, FLASH, FLASH + 1u) != 0;
}

bool asl_segment_holds_entry(const struct asl_segment *segment, uint32_t entry)
{
    bool runs = asl_segment_is_flash(segment) || room_at(segment->vaddr, IRAM, IRAM + 1u) != 0;

    return runs && entry - segment->vaddr < segment->len;
}

enum asl_err asl_image_header_parse(const uint8_t raw[ASL_IMAGE_HEADER_LEN],
                                    struct asl_image_header *out)
{
    if (raw[0] != ASL_IMAGE_MAGIC) {
        return ASL_ERR_IMAGE_MAGIC;
    }
    if (raw[1] == 0 || raw[1] > ASL_IMAGE_MAX_SEGMENTS) {
        return ASL_ERR_IMAGE_SEGMENTS;
    }
    out->n_segments = raw[1];
    out->spi_mode = raw[2];
    out->spi_speed = raw[3] & 0x0fu;
    out->spi_size = raw[3] >> 4;
    out->entry = asl_get_le32(raw + 4);
    return ASL_OK;
}

void asl_segment_parse(const uint8_t raw[ASL_IMAGE_SEGMENT_HEADER_LEN], uint32_t off,
                       struct asl_segment *out)
{
    out->vaddr = asl_get_le32(raw);
    out->len = asl_get_le32(raw + 4);
    out->off = off + ASL_IMAGE_SEGMENT_HEADER_LEN;
}

static void copy_text(char *dst, const uint8_t *src, uint32_t len)
{
    memcpy(dst, src, len);
    dst[len] = '\0';
}

void asl_app_desc_parse(const uint8_t raw[ASL_APP_DESC_LEN], struct asl_app_desc *out)
{
    memset(out, 0, sizeof(*out));
    if (asl_get_le32(raw) != ASL_APP_DESC_MAGIC) {
        return;
    }
    out->present = true;
    out->secure_version = asl_get_le32(raw + DESC_SECURE_VERSION);
    out->confirm_ref = asl_get_le32(raw + DESC_CONFIRM_REF);
    copy_text(out->version, raw + DESC_VERSION, sizeof(out->version) - 1u);
    copy_text(out->project_name, raw + DESC_PROJECT_NAME, sizeof(out->project_name) - 1u);
    copy_text(out->time, raw + DESC_TIME, sizeof(out->time) - 1u);
    copy_text(out->date, raw + DESC_DATE, sizeof(out->date) - 1u);
    copy_text(out->idf_ver, raw + DESC_IDF_VER, sizeof(out->idf_ver) - 1u);
}

/* What an image of this first segment has at least: the bytes up to its checksum. */
static uint32_t least_len(const struct asl_segment *text)
{
    uint32_t end = text->off + text->len;

    return end - end % 16u + 16u;
}

/* Judges segment 0, its length known to be sane, against the slot. */
static enum asl_err gate_text(const struct asl_segment *text, uint32_t slot_addr,
                              uint32_t slot_size, uint32_t image_len)
{
    if (least_len(text) > slot_size) {
        return ASL_ERR_IMAGE_TOO_LARGE;
    }
    if (image_len != 0 && least_len(text) > image_len) {
        return ASL_ERR_IMAGE_TRUNCATED;
    }
    if (text->vaddr != ASL_WINDOW_VADDR + slot_addr % ASL_WINDOW_LEN + ASL_IMAGE_DESC_OFF) {
        return ASL_ERR_IMAGE_LINK;
    }
    return ASL_OK;
}

/* The entry must be code in flash: in segment 0, or where a later segment may still bring it. RAM
 * holds nothing of the image when it is called. */
static enum asl_err gate_entry(const struct asl_image_header *header,
                               const struct asl_segment *text)
{
    bool is_later = header->n_segments > 1 && room_at(header->entry, FLASH, FLASH + 1u) != 0;

    return is_later || asl_segment_holds_entry(text, header->entry) ? ASL_OK : ASL_ERR_IMAGE_ENTRY;
}

enum asl_err asl_image_gate(const uint8_t *first, uint32_t len, uint32_t slot_addr,
                            uint32_t slot_size, uint32_t image_len)
{
    struct asl_image_header header;
    struct asl_segment text;

    if (len > 0 && first[0] != ASL_IMAGE_MAGIC) {
        return ASL_ERR_IMAGE_MAGIC;
    }
    if (len < ASL_IMAGE_HEADER_LEN + ASL_IMAGE_SEGMENT_HEADER_LEN) {
        return ASL_ERR_IMAGE_TRUNCATED;
    }
    enum asl_err err = asl_image_header_parse(first, &header);
    if (err != ASL_OK) {
        return err;
    }
    if (image_len > slot_size) {
        return ASL_ERR_IMAGE_TOO_LARGE;
    }
    asl_segment_parse(first + ASL_IMAGE_HEADER_LEN, ASL_IMAGE_HEADER_LEN, &text);
    err = asl_segment_check(&text, 0);
    /* Text that runs past the window but not past all reason is too large, rather than damaged. */
    if (err == ASL_ERR_IMAGE_SEGMENT_LEN && text.len != 0 && text.len % 4u == 0 &&
        text.len <= ASL_WINDOW_LEN) {
        return least_len(&text) > slot_size ? ASL_ERR_IMAGE_TOO_LARGE : ASL_ERR_IMAGE_LINK;
    }
    if (err == ASL_OK) {
        err = gate_text(&text, slot_addr, slot_size, image_len);
    }
    return err == ASL_OK ? gate_entry(&header, &text) : err;
}
