/* SPDX-License-Identifier: Apache-2.0 */
#include "asl_otadata.h"

#include <string.h>

#include "airslot/bytes.h"
#include "asl_crc32.h"

/* Offsets inside the 32-byte record; docs/format.md draws it. */
enum { OFF_SEQ = 0, OFF_STATE = 24, OFF_CRC = 28 };
#define STATE_BLANK 0xffffffffu
#define SEQ_LAST    0xfffffffeu

static uint32_t seq_crc(const uint8_t *raw)
{
    return asl_crc32(0xffffffffu, raw + OFF_SEQ, 4);
}

static bool is_blank(const uint8_t *raw)
{
    for (uint32_t i = 0; i < ASL_OTADATA_RECORD_LEN; i++) {
        if (raw[i] != 0xff) {
            return false;
        }
    }
    return true;
}

/* The CRC does not cover the state, so a state out of its range is the mark of a torn write. */
static enum asl_record_kind kind_of(const uint8_t *raw, uint32_t seq, uint32_t state)
{
    if (is_blank(raw)) {
        return ASL_RECORD_BLANK;
    }
    if (seq == 0 || seq == ASL_OTADATA_SEQ_BLANK || asl_get_le32(raw + OFF_CRC) != seq_crc(raw)) {
        return ASL_RECORD_TORN;
    }
    if (state == ASL_OTA_INVALID || state == ASL_OTA_ABORTED) {
        return ASL_RECORD_REFUSED;
    }
    return state <= ASL_OTA_VALID || state == STATE_BLANK ? ASL_RECORD_VALID : ASL_RECORD_TORN;
}

void asl_record_parse(const uint8_t raw[ASL_OTADATA_RECORD_LEN], struct asl_record *out)
{
    uint32_t seq = asl_get_le32(raw + OFF_SEQ);
    uint32_t state = asl_get_le32(raw + OFF_STATE);

    out->kind = kind_of(raw, seq, state);
    out->seq = seq;
    out->state = state <= ASL_OTA_ABORTED ? (enum asl_ota_state)state : ASL_OTA_UNDEFINED;
}

void asl_record_build(uint32_t seq, enum asl_ota_state state, uint8_t raw[ASL_OTADATA_RECORD_LEN])
{
    memset(raw, 0xff, ASL_OTADATA_RECORD_LEN);
    asl_put_le32(raw + OFF_SEQ, seq);
    asl_put_le32(raw + OFF_STATE, (uint32_t)state);
    asl_put_le32(raw + OFF_CRC, seq_crc(raw));
}

int asl_otadata_active(const struct asl_record records[2])
{
    bool valid0 = records[0].kind == ASL_RECORD_VALID;
    bool valid1 = records[1].kind == ASL_RECORD_VALID;

    if (valid0 && valid1) {
        return records[1].seq > records[0].seq ? 1 : 0;
    }
    return valid0 ? 0 : valid1 ? 1 : -1;
}

/* The sequence that a new record has to reach. Without an active record that is a refused one's: a
 * bootloader that knows no states would still follow it. */
static uint32_t seq_floor(const struct asl_record records[2], int active)
{
    uint32_t floor = 1;

    if (active >= 0) {
        return records[active].seq;
    }
    for (int i = 0; i < 2; i++) {
        if (records[i].kind == ASL_RECORD_REFUSED && records[i].seq > floor) {
            floor = records[i].seq;
        }
    }
    return floor;
}

bool asl_otadata_select(const struct asl_record records[2], uint32_t slot, uint32_t n_slots,
                        enum asl_ota_state state, struct asl_otadata_step *step)
{
    if (n_slots == 0 || n_slots > ASL_APP_OTA_MAX || slot >= n_slots) {
        return false;
    }
    int active = asl_otadata_active(records);
    uint32_t floor = seq_floor(records, active);
    /* The smallest sequence from floor on that names the slot: (seq - 1) % n_slots == slot. */
    uint32_t ahead = (slot + n_slots - (floor - 1u) % n_slots) % n_slots;
    if (ahead > SEQ_LAST - floor) {
        return false;
    }
    step->sector = active == 0 ? 1 : 0;
    asl_record_build(floor + ahead, state, step->raw);
    return true;
}

void asl_otadata_erase_order(const struct asl_record records[2], uint32_t order[2])
{
    int active = asl_otadata_active(records);

    order[0] = active == 0 ? 1 : 0;
    order[1] = 1u - order[0];
}
