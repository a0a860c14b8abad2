/* SPDX-License-Identifier: Apache-2.0 */
#include "sdk_record.h"

#include <string.h>

#define BLANK 0xffffffffu

static uint32_t word(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put_word(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++) {
        p[i] = (uint8_t)(v >> 8 * i);
    }
}

/* CRC-32 of the four bytes, register starting at 0, result inverted. */
static uint32_t crc(uint32_t seq)
{
    uint32_t reg = seq;

    for (int bit = 0; bit < 32; bit++) {
        reg = reg >> 1 ^ ((reg & 1u) != 0 ? 0xedb88320u : 0);
    }
    return ~reg;
}

void sdk_record_make(uint32_t seq, uint32_t state, uint8_t raw[32])
{
    memset(raw, 0xff, 32);
    put_word(raw, seq);
    put_word(raw + 24, state);
    put_word(raw + 28, crc(seq));
}

static bool is_valid(const uint8_t *raw, bool with_states)
{
    uint32_t state = word(raw + 24);

    return word(raw) != BLANK && word(raw + 28) == crc(word(raw)) &&
           !(with_states && (state == 3 || state == 4));
}

/* The record followed: the greater sequence, 0 when equal; -1: none is valid. */
static int followed(const uint8_t *otadata, bool with_states)
{
    const uint8_t *other = otadata + SDK_SECTOR;
    bool valid0 = is_valid(otadata, with_states);
    bool valid1 = is_valid(other, with_states);

    if (valid0 && valid1) {
        return word(other) > word(otadata) ? 1 : 0;
    }
    return valid0 ? 0 : valid1 ? 1 : -1;
}

static bool counts_as_blank(const uint8_t *raw, bool with_states)
{
    uint32_t state = word(raw + 24);

    return word(raw) == BLANK || (with_states && (state == 3 || state == 4));
}

int sdk_slot(const uint8_t *otadata, uint32_t n_slots, bool with_states)
{
    int index = followed(otadata, with_states);

    if (index >= 0) {
        return (int)((word(otadata + (uint32_t)index * SDK_SECTOR) - 1u) % n_slots);
    }
    return counts_as_blank(otadata, with_states) &&
                   counts_as_blank(otadata + SDK_SECTOR, with_states)
               ? SDK_BOOTS_FACTORY
               : SDK_BOOTS_NOTHING_CHOSEN;
}

void sdk_select(uint8_t *otadata, uint32_t slot, uint32_t n_slots, uint32_t state)
{
    bool with_states = state != BLANK;
    int index = followed(otadata, with_states);
    uint32_t sector = index == 0 ? 1 : 0;
    uint32_t seq = slot + 1u;

    if (index >= 0) {
        uint32_t current = word(otadata + (uint32_t)index * SDK_SECTOR);
        while (seq < current) {
            seq += n_slots;
        }
        if (with_states && seq == current) {
            sector = (uint32_t)index;
        }
    }
    uint8_t *record = otadata + sector * SDK_SECTOR;
    uint8_t label[24];
    memcpy(label, record + 4, sizeof(label));
    memset(record, 0xff, SDK_SECTOR);
    sdk_record_make(seq, state, record);
    if (!with_states) { /* the SDK keeps what it read there */
        memcpy(record + 4, label, sizeof(label));
    }
}

void sdk_select_factory(uint8_t *otadata)
{
    memset(otadata, 0xff, SDK_OTADATA);
}
