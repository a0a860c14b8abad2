/* SPDX-License-Identifier: Apache-2.0 */
/* Boot records: what two sectors say, over all pairs of kinds, states and sequences, and what the
 * successor says; read and written as SDK and ESP-IDF do. */
#include "check.h"

#include "airslot/bytes.h"
#include "asl_otadata.h"
#include "otadata_pair.h"
#include "sdk_record.h"

#define UNDEFINED 0xffffffffu

static const struct asl_otadata_choice plain = {.state = ASL_OTA_UNDEFINED,
                                                .previous = ASL_SUBTYPE_NONE,
                                                .last = {ASL_RESULT_NONE, ASL_SUBTYPE_NONE, 0, 0}};
static const struct asl_otadata_choice factory = {.is_factory = true,
                                                  .state = ASL_OTA_UNDEFINED,
                                                  .previous = ASL_SUBTYPE_NONE,
                                                  .last = {ASL_RESULT_NONE, ASL_SUBTYPE_NONE}};

static struct asl_otadata_sector pair[2];
static struct asl_otadata otadata;

static const struct asl_record *parse(int index)
{
    asl_otadata_parse(pair, &otadata);
    return &otadata.record[index];
}

/* --- kinds --- */

static void records_are_the_contracts_bytes(void **state)
{
    static const struct {
        uint32_t slot, seq;
        uint8_t bytes[8]; /* sequence and CRC, 0xff between */
    } vectors[] = {{0, 1, {1, 0, 0, 0, 0x9a, 0x98, 0x43, 0x47}},
                   {1, 2, {2, 0, 0, 0, 0x74, 0x37, 0xf6, 0x55}},
                   {2, 3, {3, 0, 0, 0, 0x11, 0x50, 0x4a, 0xed}}};

    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        struct asl_otadata_choice choice = plain;
        struct asl_otadata_step step;
        uint8_t want[32];

        memset(want, 0xff, sizeof(want));
        memcpy(want, vectors[i].bytes, 4);
        memcpy(want + 28, vectors[i].bytes + 4, 4);
        choice.slot = vectors[i].slot;
        choice.n_slots = 3;
        pair_clear(pair);
        parse(0);
        assert_true(asl_otadata_plan(&otadata, &choice, &step));
        assert_memory_equal(step.record, want, 32);
        choice.state = ASL_OTA_NEW; /* is the seal's to tell */
        assert_true(asl_otadata_plan(&otadata, &choice, &step));
        assert_memory_equal(step.record, want, 32);
    }
}

static void a_seal_is_the_documents_bytes(void **state)
{
    static const uint8_t want[28] = {'A',  'S',  'L',  '1',  5,    0,    0,    0,    0,    0x10,
                                     3,    0x11, 3,    4,    0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                     0xff, 0xff, 0xff, 0xff, 7,    0,    0,    0};
    struct asl_otadata_choice choice = {.state = ASL_OTA_UNDEFINED,
                                        .previous = 0x10,
                                        .last = {ASL_RESULT_STARTS, 0x11, 3, 4},
                                        .floor = 7};

    (void)state;
    pair_clear(pair);
    pair_put_own(&pair[0], 5, &choice);
    assert_memory_equal(pair[0].seal, want, 28);
    const struct asl_record *r = parse(0);
    assert_int_equal(r->kind, ASL_RECORD_OWN);
    assert_false(r->is_factory);
    assert_int_equal(r->seq, 5);
    assert_int_equal(r->state, ASL_OTA_UNDEFINED);
    assert_int_equal(r->previous, 0x10);
    assert_int_equal(r->last.what, ASL_RESULT_STARTS);
    assert_int_equal(r->last.subtype, 0x11);
    assert_int_equal(r->last.starts, 3);
    assert_int_equal(r->last.cause, 4);
    assert_int_equal(r->floor, 7);
    pair_put_own(&pair[0], 5, &factory);
    assert_int_equal(pair[0].seal[8], 1);
    assert_true(parse(0)->is_factory);
}

static void blank_sectors_choose_nothing(void **state)
{
    (void)state;
    pair_clear(pair);
    const struct asl_record *r = parse(0);
    assert_int_equal(r->kind, ASL_RECORD_BLANK);
    assert_int_equal(otadata.governing, -1);
    assert_false(asl_record_is_valid(r));
    assert_int_equal(r->seq, 0);
    assert_int_equal(r->state, ASL_OTA_UNDEFINED);
    assert_int_equal(r->previous, ASL_SUBTYPE_NONE);
    assert_int_equal(r->last.what, ASL_RESULT_NONE);
    assert_false(asl_otadata_is_trial(&otadata));
    assert_false(asl_otadata_is_unfinished(&otadata));
}

static void foreign_records_are_read_with_every_state(void **state)
{
    static const uint32_t states[] = {0, 1, 2, 3, 4, UNDEFINED};
    static const uint32_t others[] = {5, 6, 0x100, 0x7fffffff, 0xfffffffe};

    (void)state;
    pair_clear(pair);
    for (size_t i = 0; i < COUNT(states); i++) {
        pair_put_foreign(&pair[1], 7, states[i]);
        assert_int_equal(parse(1)->kind, ASL_RECORD_FOREIGN);
        assert_int_equal(otadata.record[1].seq, 7);
        assert_int_equal((uint32_t)otadata.record[1].state, states[i]);
        assert_int_equal(otadata.governing, 1);
        assert_int_equal(asl_otadata_is_trial(&otadata), states[i] <= 1);
    }
    for (size_t i = 0; i < COUNT(others); i++) { /* what the SDK leaves where it found it */
        pair_put_foreign(&pair[1], 7, others[i]);
        assert_int_equal(parse(1)->kind, ASL_RECORD_FOREIGN);
        assert_int_equal(otadata.record[1].state, ASL_OTA_UNDEFINED);
        assert_int_equal(otadata.governing, 1);
    }
    pair_put_foreign(&pair[1], 0, UNDEFINED);
    assert_int_equal(parse(1)->kind, ASL_RECORD_TORN);
    assert_int_equal(otadata.record[1].seq, 0);
    pair_put_foreign(&pair[1], 0xffffffffu, ASL_OTA_NEW);
    assert_int_equal(parse(1)->kind, ASL_RECORD_TORN);
    pair_put_foreign(&pair[1], 7, UNDEFINED);
    pair[1].used_pages |= 2; /* something behind the first 32 bytes of page 1 */
    assert_int_equal(parse(1)->kind, ASL_RECORD_TORN);
}

/* Whatever bit changes in seal or record, the sector is torn. */
static void every_bit_of_an_own_record_counts(void **state)
{
    (void)state;
    for (int is_factory = 0; is_factory < 2; is_factory++) {
        for (uint32_t bit = 0; bit < 2 * 32 * 8; bit++) {
            pair_clear(pair);
            pair_put_own(&pair[0], 5, is_factory ? &factory : &plain);
            assert_int_equal(parse(0)->kind, ASL_RECORD_OWN);
            uint8_t *bytes = bit < 256 ? pair[0].record : pair[0].seal;
            bytes[bit % 256 / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_equal(parse(0)->kind, ASL_RECORD_TORN);
            assert_int_equal(otadata.governing, -1);
        }
    }
}

static void a_seal_out_of_range_is_torn(void **state)
{
    static const struct {
        uint8_t off;
        uint32_t value;
    } wrong[] = {{0, 0x324c5341}, {4, 0}, {4, 0xffffffff}, {16, 5}, {16, 0xfffffffe}};

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        pair_clear(pair);
        pair_put_own(&pair[0], 5, &factory);
        asl_put_le32(pair[0].seal + wrong[i].off, wrong[i].value);
        pair_reseal(&pair[0]);
        assert_int_equal(parse(0)->kind, ASL_RECORD_TORN);
    }
    pair_put_own(&pair[0], 5, &factory);
    pair[0].seal[8] = 2;
    pair_reseal(&pair[0]);
    assert_int_equal(parse(0)->kind, ASL_RECORD_TORN);
}

/* The seal is programmed first: without it, or with the record of another, nothing governs. */
static void half_a_write_is_torn(void **state)
{
    (void)state;
    pair_clear(pair);
    pair_put_own(&pair[0], 5, &plain);
    memset(pair[0].record, 0xff, 32);
    pair[0].used_pages = 2;
    assert_int_equal(parse(0)->kind, ASL_RECORD_TORN);
    sdk_record_make(7, UNDEFINED, pair[0].record);
    pair[0].used_pages = 3;
    assert_int_equal(parse(0)->kind, ASL_RECORD_TORN);
    assert_int_equal(otadata.record[0].seq, 7);
}

/* --- which governs --- */

static void check_pair(uint32_t a, uint32_t b, int want)
{
    for (int own = 0; own < 4; own++) {
        pair_clear(pair);
        pair_put_foreign(&pair[0], a, UNDEFINED);
        pair_put_foreign(&pair[1], b, UNDEFINED);
        if ((own & 1) != 0) {
            pair_put_own(&pair[0], a, &plain);
        }
        if ((own & 2) != 0) {
            pair_put_own(&pair[1], b, &plain);
        }
        parse(0);
        assert_int_equal(otadata.governing, want);
    }
}

static void the_newer_governs_in_serial_arithmetic(void **state)
{
    (void)state;
    check_pair(1, 2, 1);
    check_pair(2, 1, 0);
    check_pair(5, 5, 0);
    check_pair(0x7fffffff, 0x80000000, 1);
    check_pair(0x80000001, 0x7fffffff, 0);
    check_pair(0xfffffffe, 1, 1);
    check_pair(3, 0xfffffff0, 0);
    check_pair(1, 0x80000000, 1); /* 2^31 - 1 ahead */
    check_pair(1, 0x80000001, 1); /* 2^31: the greater */
    check_pair(0x80000001, 1, 0);
    check_pair(1, 0x80000002, 0); /* beyond: behind */
    check_pair(0x90000000, 0x10000000, 0);
}

static void one_valid_record_governs_beside_anything(void **state)
{
    (void)state;
    for (int which = 0; which < 2; which++) {
        pair_clear(pair);
        pair_put_own(&pair[which], 3, &plain);
        parse(0);
        assert_int_equal(otadata.governing, which);
        sdk_record_make(100, 5, pair[1 - which].record);
        pair[1 - which].used_pages = 3; /* half a seal */
        parse(0);
        assert_int_equal(otadata.governing, which);
    }
}

static void marks_are_counted_page_by_page(void **state)
{
    struct asl_otadata_choice trial = plain;

    (void)state;
    trial.state = ASL_OTA_NEW;
    pair_clear(pair);
    pair_put_own(&pair[1], 3, &trial);
    assert_int_equal(asl_record_state(parse(1)), ASL_OTA_NEW);
    assert_true(asl_otadata_is_trial(&otadata));
    for (uint32_t n = 0; n <= ASL_OTADATA_MAX_STARTS; n++) {
        pair_put_marks(&pair[1], n);
        assert_int_equal(parse(1)->starts, n);
    }
    assert_int_equal(asl_record_state(parse(1)), ASL_OTA_PENDING_VERIFY);
    pair[1].used_pages = 3 | 1u << 9 | 1u << 14;
    assert_int_equal(parse(1)->starts, 1);
    pair_put_own(&pair[1], 3, &factory);
    parse(1);
    assert_false(asl_otadata_is_trial(&otadata));
    trial.state = ASL_OTA_PENDING_VERIFY;
    pair_put_own(&pair[1], 3, &trial);
    parse(1);
    assert_true(asl_otadata_is_trial(&otadata));
}

/* --- the successor --- */

static void the_impossible_is_not_planned(void **state)
{
    struct asl_otadata_choice choice = plain;
    struct asl_otadata_step step;

    (void)state;
    pair_clear(pair);
    parse(0);
    assert_false(asl_otadata_plan(&otadata, &choice, &step));
    choice.n_slots = 17;
    assert_false(asl_otadata_plan(&otadata, &choice, &step));
    choice.n_slots = 2;
    choice.slot = 2;
    assert_false(asl_otadata_plan(&otadata, &choice, &step));
    choice.is_factory = true;
    assert_true(asl_otadata_plan(&otadata, &choice, &step));
}

/* From any sequence, wrap included: the successor governs, names the slot, and is near. */
static void check_successor(uint32_t seq, uint32_t slot, uint32_t n_slots)
{
    struct asl_otadata_choice choice = plain;
    struct asl_otadata_step step;

    choice.slot = slot;
    choice.n_slots = n_slots;
    choice.is_factory = slot == n_slots;
    for (int where = 0; where < 2; where++) {
        pair_clear(pair);
        pair_put_own(&pair[where], seq, &plain);
        parse(0);
        assert_true(asl_otadata_plan(&otadata, &choice, &step));
        assert_int_equal(step.sector, 1 - where);
        pair_put_step(pair, &step);
        const struct asl_record *r = parse(1 - where);
        assert_int_equal(otadata.governing, 1 - where);
        assert_int_equal(r->is_factory, choice.is_factory);
        assert_true(r->seq - seq <= 2 * n_slots + 2);
        if (!choice.is_factory) {
            assert_int_equal((r->seq - 1) % n_slots, slot);
        }
    }
}

static void a_successor_governs_from_every_sequence(void **state)
{
    static const uint32_t around[] = {1, 0x7ffffff8, 0xffffffe0};

    (void)state;
    for (size_t i = 0; i < COUNT(around); i++) {
        for (uint32_t seq = around[i]; seq != 0xffffffff && seq < around[i] + 40; seq++) {
            for (uint32_t n = 1; n <= 16; n++) {
                for (uint32_t slot = 0; slot <= n; slot++) {
                    check_successor(seq, slot, n);
                }
            }
        }
    }
}

static void a_successor_carries_what_stays_true(void **state)
{
    struct asl_otadata_choice old = {.state = ASL_OTA_VALID,
                                     .previous = 0x10,
                                     .last = {ASL_RESULT_CONFIRMED, 0x11, 2, 0},
                                     .floor = 3};
    struct asl_otadata_choice choice;

    (void)state;
    pair_clear(pair);
    parse(0);
    asl_otadata_carry(&otadata, &choice);
    assert_false(choice.is_factory);
    assert_int_equal(choice.previous, ASL_SUBTYPE_NONE);
    assert_int_equal(choice.last.what, ASL_RESULT_NONE);
    assert_int_equal(choice.floor, 0);
    pair_put_own(&pair[0], 4, &old);
    parse(0);
    asl_otadata_carry(&otadata, &choice);
    assert_int_equal(choice.previous, 0x10);
    assert_int_equal(choice.last.what, ASL_RESULT_CONFIRMED);
    assert_int_equal(choice.last.subtype, 0x11);
    assert_int_equal(choice.floor, 3);
    pair_put_foreign(&pair[1], 6, UNDEFINED); /* knows no floor: ours stays */
    parse(0);
    assert_int_equal(otadata.governing, 1);
    asl_otadata_carry(&otadata, &choice);
    assert_int_equal(choice.previous, ASL_SUBTYPE_NONE);
    assert_int_equal(choice.last.what, ASL_RESULT_NONE);
    assert_int_equal(choice.floor, 3);
}

/* With none governing, the sector goes that the SDK would follow, and the number passes the other.
 */
static void torn_records_do_not_outlive_a_choice_for_the_sdk(void **state)
{
    uint8_t raw[SDK_OTADATA];

    (void)state;
    for (int swap = 0; swap < 2; swap++) {
        struct asl_otadata_choice choice = plain;
        struct asl_otadata_step step;
        choice.n_slots = 2;
        choice.slot = 1;
        pair_clear(pair);
        pair_put_foreign(&pair[swap], 40, 5);
        pair_put_foreign(&pair[1 - swap], 9, 5);
        pair[0].used_pages = pair[1].used_pages = 3; /* half a seal each */
        parse(0);
        assert_int_equal(otadata.governing, -1);
        assert_true(asl_otadata_plan(&otadata, &choice, &step));
        assert_int_equal(step.sector, swap);
        pair_put_step(pair, &step);
        assert_int_equal(parse(swap)->seq, 10);
        memset(raw, 0xff, sizeof(raw));
        memcpy(raw, pair[0].record, 32);
        memcpy(raw + SDK_SECTOR, pair[1].record, 32);
        assert_int_equal(sdk_slot(raw, 2, false), 1);
        assert_int_equal(sdk_slot(raw, 2, true), 1);
    }
}

static void factory_is_settled_in_sector_0_only(void **state)
{
    (void)state;
    pair_clear(pair);
    pair_put_own(&pair[1], 5, &factory);
    parse(0);
    assert_true(asl_otadata_is_unfinished(&otadata));
    pair_clear(pair);
    pair_put_own(&pair[0], 5, &factory);
    parse(0);
    assert_false(asl_otadata_is_unfinished(&otadata));
    pair[1].used_pages = 1u << 13;
    parse(0);
    assert_true(asl_otadata_is_unfinished(&otadata));
    pair_clear(pair);
    pair_put_own(&pair[1], 5, &plain);
    parse(0);
    assert_false(asl_otadata_is_unfinished(&otadata));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_the_contracts_bytes),
        cmocka_unit_test(a_seal_is_the_documents_bytes),
        cmocka_unit_test(blank_sectors_choose_nothing),
        cmocka_unit_test(foreign_records_are_read_with_every_state),
        cmocka_unit_test(every_bit_of_an_own_record_counts),
        cmocka_unit_test(a_seal_out_of_range_is_torn),
        cmocka_unit_test(half_a_write_is_torn),
        cmocka_unit_test(the_newer_governs_in_serial_arithmetic),
        cmocka_unit_test(one_valid_record_governs_beside_anything),
        cmocka_unit_test(marks_are_counted_page_by_page),
        cmocka_unit_test(the_impossible_is_not_planned),
        cmocka_unit_test(a_successor_governs_from_every_sequence),
        cmocka_unit_test(a_successor_carries_what_stays_true),
        cmocka_unit_test(torn_records_do_not_outlive_a_choice_for_the_sdk),
        cmocka_unit_test(factory_is_settled_in_sector_0_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
