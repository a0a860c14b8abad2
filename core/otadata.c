/* SPDX-License-Identifier: Apache-2.0 */
#include "asl_otadata.h"

#include <string.h>

#include "airslot/bytes.h"
#include "asl_crc32.h"

/* Offsets inside record and seal; docs/format.md draws them. */
enum { OFF_SEQ = 0, OFF_STATE = 24, OFF_CRC = 28 };
enum {
    SEAL_MAGIC = 0,
    SEAL_SEQ = 4,
    SEAL_KIND = 8,
    SEAL_PREVIOUS = 9,
    SEAL_RESULT = 10,
    SEAL_SUBTYPE = 11,
    SEAL_STARTS = 12,
    SEAL_CAUSE = 13,
    SEAL_STATE = 16,
    SEAL_FLOOR = 24,
    SEAL_CRC = 28,
};
enum { KIND_OTA = 0, KIND_FACTORY = 1 };

#define STATE_BLANK 0xffffffffu
#define SEAL_PAGE   1u
#define ALL_MARKS   ((1u << ASL_OTADATA_MAX_STARTS) - 1u)
#define HALF_RANGE  0x80000000u

/* --- what stands there --- */

static bool is_blank(const uint8_t *bytes, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        if (bytes[i] != 0xff) {
            return false;
        }
    }
    return true;
}

static bool is_state(uint32_t state)
{
    return state <= ASL_OTA_ABORTED || state == STATE_BLANK;
}

static bool is_seq(uint32_t seq)
{
    return seq != 0 && seq != ASL_OTADATA_SEQ_BLANK;
}

static uint32_t count_bits(uint32_t mask)
{
    uint32_t n = 0;

    for (; mask != 0; mask &= mask - 1u) {
        n++;
    }
    return n;
}

/* The SDK's record: label and state stay ff. The state stands in the seal alone, so that what the
 * SDK takes for a record is complete to the last bit, and no torn one can outlive its seal. */
static void build_record(uint32_t seq, uint8_t raw[ASL_OTADATA_RECORD_LEN])
{
    memset(raw, 0xff, ASL_OTADATA_RECORD_LEN);
    asl_put_le32(raw + OFF_SEQ, seq);
    asl_put_le32(raw + OFF_CRC, asl_crc32(0xffffffffu, raw + OFF_SEQ, 4));
}

/* The SDK's rule: sequence and its CRC. Returns the sequence, 0 when it is none. */
static uint32_t foreign_seq(const uint8_t *record)
{
    uint32_t seq = asl_get_le32(record + OFF_SEQ);
    uint32_t crc = asl_crc32(0xffffffffu, record + OFF_SEQ, 4);

    return is_seq(seq) && asl_get_le32(record + OFF_CRC) == crc ? seq : 0;
}

static bool is_seal(const uint8_t *seal)
{
    return asl_get_le32(seal + SEAL_MAGIC) == ASL_OTADATA_SEAL_MAGIC &&
           is_seq(asl_get_le32(seal + SEAL_SEQ)) && seal[SEAL_KIND] <= KIND_FACTORY &&
           is_state(asl_get_le32(seal + SEAL_STATE)) &&
           asl_get_le32(seal + SEAL_CRC) == asl_crc32(0, seal, SEAL_CRC);
}

/* True when page 0 holds exactly what the seal implies. */
static bool agrees(const struct asl_otadata_sector *sector)
{
    const uint8_t *seal = sector->seal;
    uint8_t implied[ASL_OTADATA_RECORD_LEN];

    if (seal[SEAL_KIND] == KIND_FACTORY) {
        return is_blank(sector->record, ASL_OTADATA_RECORD_LEN);
    }
    build_record(asl_get_le32(seal + SEAL_SEQ), implied);
    return memcmp(sector->record, implied, sizeof(implied)) == 0;
}

static enum asl_record_kind kind_of(const struct asl_otadata_sector *sector)
{
    if (is_blank(sector->record, ASL_OTADATA_RECORD_LEN) &&
        is_blank(sector->seal, ASL_OTADATA_SEAL_LEN)) {
        return ASL_RECORD_BLANK;
    }
    if (is_seal(sector->seal) && agrees(sector)) {
        return ASL_RECORD_OWN;
    }
    bool no_seal = (sector->used_pages >> SEAL_PAGE & 1u) == 0;
    return no_seal && foreign_seq(sector->record) != 0 ? ASL_RECORD_FOREIGN : ASL_RECORD_TORN;
}

/* The SDK keeps in the state's place what it read there, so it may be anything. */
static enum asl_ota_state foreign_state(const uint8_t *record)
{
    uint32_t state = asl_get_le32(record + OFF_STATE);

    return is_state(state) ? (enum asl_ota_state)state : ASL_OTA_UNDEFINED;
}

static void take_seal(const uint8_t *seal, struct asl_record *out)
{
    out->is_factory = seal[SEAL_KIND] == KIND_FACTORY;
    out->seq = asl_get_le32(seal + SEAL_SEQ);
    out->state = (enum asl_ota_state)asl_get_le32(seal + SEAL_STATE);
    out->previous = seal[SEAL_PREVIOUS];
    out->last.what = (enum asl_ota_result)seal[SEAL_RESULT];
    out->last.subtype = seal[SEAL_SUBTYPE];
    out->last.starts = seal[SEAL_STARTS];
    out->last.cause = seal[SEAL_CAUSE];
    out->floor = asl_get_le32(seal + SEAL_FLOOR);
}

static void parse_sector(const struct asl_otadata_sector *sector, struct asl_record *out)
{
    memset(out, 0, sizeof(*out));
    out->kind = kind_of(sector);
    out->seq = foreign_seq(sector->record);
    out->state = ASL_OTA_UNDEFINED;
    out->previous = ASL_SUBTYPE_NONE;
    out->last.what = ASL_RESULT_NONE;
    out->last.subtype = ASL_SUBTYPE_NONE;
    out->used_pages = sector->used_pages;
    out->starts = count_bits(sector->used_pages >> ASL_OTADATA_MARK_PAGE & ALL_MARKS);
    if (out->kind == ASL_RECORD_OWN) {
        take_seal(sector->seal, out);
    } else if (out->kind == ASL_RECORD_FOREIGN) {
        out->state = foreign_state(sector->record);
    }
}

bool asl_record_is_valid(const struct asl_record *r)
{
    return r->kind == ASL_RECORD_OWN || r->kind == ASL_RECORD_FOREIGN;
}

enum asl_ota_state asl_record_state(const struct asl_record *r)
{
    return r->state == ASL_OTA_NEW && r->starts > 0 ? ASL_OTA_PENDING_VERIFY : r->state;
}

/* Serial arithmetic; half the range apart, where it says nothing, the greater number. */
static bool is_newer(uint32_t a, uint32_t b)
{
    uint32_t ahead = a - b;

    return ahead == HALF_RANGE ? a > b : ahead != 0 && ahead < HALF_RANGE;
}

void asl_otadata_parse(const struct asl_otadata_sector sector[2], struct asl_otadata *out)
{
    parse_sector(&sector[0], &out->record[0]);
    parse_sector(&sector[1], &out->record[1]);
    bool valid0 = asl_record_is_valid(&out->record[0]);
    bool valid1 = asl_record_is_valid(&out->record[1]);
    if (valid0 && valid1) {
        out->governing = is_newer(out->record[1].seq, out->record[0].seq) ? 1 : 0;
    } else {
        out->governing = valid0 ? 0 : valid1 ? 1 : -1;
    }
}

bool asl_otadata_is_trial(const struct asl_otadata *o)
{
    if (o->governing < 0) {
        return false;
    }
    const struct asl_record *r = &o->record[o->governing];
    return !r->is_factory && (r->state == ASL_OTA_NEW || r->state == ASL_OTA_PENDING_VERIFY);
}

bool asl_otadata_is_unfinished(const struct asl_otadata *o)
{
    return o->governing >= 0 && o->record[o->governing].is_factory &&
           (o->governing == 1 || o->record[1].used_pages != 0);
}

/* --- the successor --- */

void asl_otadata_carry(const struct asl_otadata *o, struct asl_otadata_choice *choice)
{
    static const struct asl_last_result none = {ASL_RESULT_NONE, ASL_SUBTYPE_NONE, 0, 0};

    memset(choice, 0, sizeof(*choice));
    choice->state = ASL_OTA_UNDEFINED;
    choice->previous = o->governing < 0 ? ASL_SUBTYPE_NONE : o->record[o->governing].previous;
    choice->last = o->governing < 0 ? none : o->record[o->governing].last;
    for (int i = 0; i < 2; i++) {
        if (asl_record_is_valid(&o->record[i]) && o->record[i].floor > choice->floor) {
            choice->floor = o->record[i].floor;
        }
    }
}

static uint32_t next_seq(uint32_t seq)
{
    do {
        seq++;
    } while (!is_seq(seq));
    return seq;
}

/* The sector to write: not the governing one. With none governing the one that the SDK would
 * follow, so that it is gone. */
static uint32_t target_sector(const struct asl_otadata *o)
{
    if (o->governing >= 0) {
        return o->governing == 0 ? 1u : 0u;
    }
    return o->record[1].seq > o->record[0].seq ? 1u : 0u;
}

static uint32_t successor_seq(const struct asl_otadata *o, uint32_t target,
                              const struct asl_otadata_choice *choice)
{
    uint32_t seq = next_seq(o->record[1u - target].seq);

    while (!choice->is_factory && (seq - 1u) % choice->n_slots != choice->slot) {
        seq = next_seq(seq);
    }
    return seq;
}

static void build_seal(uint32_t seq, const struct asl_otadata_choice *choice,
                       uint8_t seal[ASL_OTADATA_SEAL_LEN])
{
    memset(seal, 0xff, ASL_OTADATA_SEAL_LEN);
    asl_put_le32(seal + SEAL_MAGIC, ASL_OTADATA_SEAL_MAGIC);
    asl_put_le32(seal + SEAL_SEQ, seq);
    seal[SEAL_KIND] = choice->is_factory ? KIND_FACTORY : KIND_OTA;
    seal[SEAL_PREVIOUS] = choice->previous;
    seal[SEAL_RESULT] = (uint8_t)choice->last.what;
    seal[SEAL_SUBTYPE] = choice->last.subtype;
    seal[SEAL_STARTS] = choice->last.starts;
    seal[SEAL_CAUSE] = choice->last.cause;
    asl_put_le32(seal + SEAL_STATE, (uint32_t)choice->state);
    asl_put_le32(seal + SEAL_FLOOR, choice->floor);
    asl_put_le32(seal + SEAL_CRC, asl_crc32(0, seal, SEAL_CRC));
}

bool asl_otadata_plan(const struct asl_otadata *o, const struct asl_otadata_choice *choice,
                      struct asl_otadata_step *step)
{
    if (!choice->is_factory && (choice->n_slots == 0 || choice->n_slots > ASL_APP_OTA_MAX ||
                                choice->slot >= choice->n_slots)) {
        return false;
    }
    uint32_t target = target_sector(o);
    uint32_t seq = successor_seq(o, target, choice);
    step->sector = target;
    step->is_factory = choice->is_factory;
    build_seal(seq, choice, step->seal);
    memset(step->record, 0xff, sizeof(step->record));
    if (!choice->is_factory) {
        build_record(seq, step->record);
    }
    return true;
}
