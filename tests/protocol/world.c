/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <string.h>

#include "airslot/bytes.h"
#include "asl_crc32.h"
#include "sdk_record.h"

/* Offsets of docs/format.md. */
enum {
    SEAL_SEQ = 4,
    SEAL_RESULT = 10,
    SEAL_SUBTYPE = 11,
    SEAL_STARTS = 12,
    SEAL_CAUSE = 13,
    SEAL_CRC = 28,
    RECORD_STATE = 24,
    RECORD_CRC = 28,
};

static void clear_sector(struct sector *s)
{
    memset(s, 0xff, sizeof(*s));
    s->marks = 0;
    s->dirt = 0;
}

void world_init(struct world *w, const struct setup *setup)
{
    uint32_t first = first_slot(setup);

    memset(w, 0, sizeof(*w));
    clear_sector(&w->sector[0]);
    clear_sector(&w->sector[1]);
    w->weak_index = NOBODY;
    w->dead = NOBODY;
    w->running = OFF;
    w->image[first] = IMAGE_GOOD;
    w->proven = (uint8_t)(1u << first);
    if (setup->base != 0) {
        uint32_t seq = setup->base;
        if (first == 0) { /* the record names an image beside factory */
            w->image[1 + (seq - 1) % setup->n_ota] = IMAGE_GOOD;
            w->proven |= (uint8_t)(1u << (1 + (seq - 1) % setup->n_ota));
        }
        while (first == 1 && (seq - 1) % setup->n_ota != 0) {
            seq++;
        }
        sdk_record_make(seq, UINT32_MAX, w->sector[0].record);
    }
}

uint8_t slot_subtype(uint32_t slot)
{
    return (uint8_t)(slot == 0 ? ASL_APP_FACTORY : ASL_APP_OTA_0 + slot - 1);
}

uint8_t subtype_slot(uint8_t subtype)
{
    if (subtype == ASL_APP_FACTORY) {
        return 0;
    }
    uint8_t index = (uint8_t)(subtype - ASL_APP_OTA_0);
    return index < MAX_OTA ? (uint8_t)(1 + index) : OFF;
}

uint32_t n_slots(const struct setup *setup)
{
    return 1 + setup->n_ota;
}

uint32_t first_slot(const struct setup *setup)
{
    return setup->has_factory ? 0 : 1;
}

bool can_confirm(const struct world *w, uint32_t slot)
{
    return w->image[slot] == IMAGE_GOOD || w->image[slot] == IMAGE_BAD;
}

/* --- worlds that behave alike --- */

static uint32_t record_seq(const struct sector *s)
{
    uint32_t crc = asl_crc32(UINT32_MAX, s->record, 4);

    return asl_get_le32(s->record + RECORD_CRC) == crc ? asl_get_le32(s->record) : 0;
}

static uint32_t seal_seq(const struct sector *s)
{
    uint32_t crc = asl_crc32(0, s->seal, SEAL_CRC);

    return asl_get_le32(s->seal + SEAL_CRC) == crc ? asl_get_le32(s->seal + SEAL_SEQ) : 0;
}

static void take_min(uint32_t *min, uint32_t seq)
{
    if (seq != 0 && seq < *min) {
        *min = seq;
    }
}

/* How a trial ended matters as failed or not; its starts and its cause to nobody. */
static void forget_details(uint8_t *seal)
{
    if (seal[SEAL_RESULT] == ASL_RESULT_CONFIRMED) {
        seal[SEAL_RESULT] = ASL_RESULT_NONE;
        seal[SEAL_SUBTYPE] = ASL_SUBTYPE_NONE;
    } else if (seal[SEAL_RESULT] != ASL_RESULT_NONE) {
        seal[SEAL_RESULT] = ASL_RESULT_STARTS;
    }
    seal[SEAL_STARTS] = 0;
    seal[SEAL_CAUSE] = 0;
}

static void rewrite(struct sector *s, uint32_t shift)
{
    uint32_t seq = record_seq(s);

    if (seq != 0) {
        sdk_record_make(seq - shift, asl_get_le32(s->record + RECORD_STATE), s->record);
    }
    seq = seal_seq(s);
    if (seq != 0) {
        asl_put_le32(s->seal + SEAL_SEQ, seq - shift);
        forget_details(s->seal);
        asl_put_le32(s->seal + SEAL_CRC, asl_crc32(0, s->seal, SEAL_CRC));
    }
}

/* What no CRC vouches for stays so under every further fault that is modelled: one garbage is as
 * good as another. */
static void merge_garbage(struct sector *s)
{
    static const uint8_t blank[ASL_OTADATA_RECORD_LEN] = {BLANK_8, BLANK_8, BLANK_8, BLANK_8};
    bool record_blank = memcmp(s->record, blank, sizeof(blank)) == 0;
    bool seal_blank = memcmp(s->seal, blank, sizeof(blank)) == 0;

    if (record_seq(s) == 0 && seal_seq(s) == 0) { /* nothing to be made of it but to erase it */
        bool is_clean = s->marks == 0 && s->dirt == 0;
        memset(s, record_blank && seal_blank ? 0xff : 0xee, sizeof(*s));
        s->marks = is_clean ? 0 : 1;
        s->dirt = 0;
        return;
    }
    if (record_seq(s) == 0 && !record_blank) {
        memset(s->record, 0xee, sizeof(s->record));
    }
    if (seal_seq(s) == 0 && !seal_blank) {
        memset(s->seal, 0xee, sizeof(s->seal));
    }
}

/* Starts count, not their places; what is over is over. */
static void merge_marks(struct sector *s, uint32_t max_starts)
{
    uint32_t n = 0;

    for (uint32_t mask = s->marks; mask != 0; mask &= mask - 1) {
        n++;
    }
    n = n > max_starts && n < ASL_OTADATA_MAX_STARTS ? max_starts : n;
    s->marks = (uint16_t)((1u << n) - 1);
}

void world_normalise(struct world *w, const struct setup *setup)
{
    struct sector *all[] = {&w->sector[0], &w->sector[1], &w->weak};
    uint32_t n = w->weak_index == NOBODY ? 2 : 3;
    uint32_t min = UINT32_MAX;
    uint32_t shift = 0;

    if (w->weak_index == NOBODY) {
        memset(&w->weak, 0, sizeof(w->weak));
    }
    for (uint32_t i = 0; i < n; i++) {
        take_min(&min, record_seq(all[i]));
        take_min(&min, seal_seq(all[i]));
    }
    if (setup->base < 0x1000 && min != UINT32_MAX) {
        shift = (min - 1) / setup->n_ota * setup->n_ota;
    }
    for (uint32_t i = 0; i < n; i++) {
        merge_garbage(all[i]);
        merge_marks(all[i], setup->max_starts);
        rewrite(all[i], shift);
    }
}

/* --- the SDK's eyes --- */

void world_otadata(const struct world *w, uint8_t otadata[2 * ASL_SECTOR_SIZE])
{
    memset(otadata, 0xff, 2 * ASL_SECTOR_SIZE);
    for (uint32_t i = 0; i < 2; i++) {
        memcpy(otadata + i * ASL_SECTOR_SIZE, w->sector[i].record, ASL_OTADATA_RECORD_LEN);
        memcpy(otadata + i * ASL_SECTOR_SIZE + ASL_PAGE_SIZE, w->sector[i].seal,
               ASL_OTADATA_SEAL_LEN);
    }
}

/* A foreign program erases a sector as a whole; page 1 tells whether it did. */
void world_take_otadata(struct world *w, const uint8_t otadata[2 * ASL_SECTOR_SIZE])
{
    for (uint32_t i = 0; i < 2; i++) {
        const uint8_t *bytes = otadata + i * ASL_SECTOR_SIZE;
        bool same = memcmp(w->sector[i].record, bytes, ASL_OTADATA_RECORD_LEN) == 0 &&
                    memcmp(w->sector[i].seal, bytes + ASL_PAGE_SIZE, ASL_OTADATA_SEAL_LEN) == 0;
        if (!same) {
            clear_sector(&w->sector[i]);
            memcpy(w->sector[i].record, bytes, ASL_OTADATA_RECORD_LEN);
            w->weak_index = w->weak_index == i ? NOBODY : w->weak_index;
        }
    }
}
