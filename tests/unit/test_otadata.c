/* SPDX-License-Identifier: Apache-2.0 */
/* Boot records: all pairs of kinds, states and sequences, the wrap at the end of the numbers, and
 * what each step leaves when the power fails. */
#include "check.h"

#include "airslot/bytes.h"
#include "asl_otadata.h"

static const uint32_t states[] = {0, 1, 2, 3, 4, 5, 0x7fffffff, 0xfffffffe, 0xffffffff};
static const uint32_t sequences[] = {0,          1,          2,          3,          4,
                                     5,          6,          16,         0x7fffffff, 0x80000000,
                                     0xfffffffc, 0xfffffffd, 0xfffffffe, 0xffffffff};

/* One raw record of every kind, state and sequence. */
#define N_RAW (COUNT(states) * COUNT(sequences) * 2 + 1)
static uint8_t raws[N_RAW][ASL_OTADATA_RECORD_LEN];

static int make_raws(void **state)
{
    size_t n = 0;

    (void)state;
    memset(raws[n++], 0xff, ASL_OTADATA_RECORD_LEN);
    for (size_t s = 0; s < COUNT(sequences); s++) {
        for (size_t t = 0; t < COUNT(states); t++) {
            for (int torn = 0; torn < 2; torn++) {
                uint8_t *raw = raws[n++];
                asl_record_build(sequences[s], ASL_OTA_UNDEFINED, raw);
                asl_put_le32(raw + 24, states[t]);
                raw[29] ^= torn ? 0x10 : 0;
            }
        }
    }
    assert_int_equal(n, N_RAW);
    return 0;
}

/* The contract's rules once more, told apart from the code under test. */
static enum asl_record_kind kind_by_contract(size_t index)
{
    if (index == 0) {
        return ASL_RECORD_BLANK;
    }
    size_t i = index - 1;
    uint32_t seq = sequences[i / (COUNT(states) * 2)];
    uint32_t state = states[i / 2 % COUNT(states)];
    if (i % 2 == 1 || seq == 0 || seq == 0xffffffff) {
        return ASL_RECORD_TORN;
    }
    return state == 3 || state == 4             ? ASL_RECORD_REFUSED
           : state <= 2 || state == 0xffffffffu ? ASL_RECORD_VALID
                                                : ASL_RECORD_TORN;
}

static void records_are_the_contracts_bytes(void **state)
{
    static const struct {
        uint32_t seq;
        uint8_t bytes[8]; /* sequence and CRC, 0xff between */
    } vectors[] = {{1, {1, 0, 0, 0, 0x9a, 0x98, 0x43, 0x47}},
                   {2, {2, 0, 0, 0, 0x74, 0x37, 0xf6, 0x55}},
                   {3, {3, 0, 0, 0, 0x11, 0x50, 0x4a, 0xed}}};
    uint8_t raw[32], want[32];

    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        memset(want, 0xff, sizeof(want));
        memcpy(want, vectors[i].bytes, 4);
        memcpy(want + 28, vectors[i].bytes + 4, 4);
        asl_record_build(vectors[i].seq, ASL_OTA_UNDEFINED, raw);
        assert_memory_equal(raw, want, 32);
    }
}

static void every_record_is_of_its_kind(void **state)
{
    struct asl_record r;

    (void)state;
    for (size_t i = 0; i < N_RAW; i++) {
        asl_record_parse(raws[i], &r);
        assert_int_equal(r.kind, kind_by_contract(i));
        assert_int_equal(r.seq, asl_get_le32(raws[i]));
    }
}

static void states_survive_the_round_trip(void **state)
{
    uint8_t raw[32];
    struct asl_record r;

    (void)state;
    for (int s = ASL_OTA_UNDEFINED; s <= ASL_OTA_ABORTED; s++) {
        asl_record_build(7, (enum asl_ota_state)s, raw);
        asl_record_parse(raw, &r);
        assert_int_equal(r.state, s);
        assert_int_equal(r.kind, s == ASL_OTA_INVALID || s == ASL_OTA_ABORTED ? ASL_RECORD_REFUSED
                                                                              : ASL_RECORD_VALID);
    }
}

static void every_bit_of_sequence_and_crc_counts(void **state)
{
    uint8_t raw[32];
    struct asl_record r;

    (void)state;
    for (uint32_t bit = 0; bit < 256; bit++) {
        asl_record_build(5, ASL_OTA_UNDEFINED, raw);
        raw[bit / 8] ^= (uint8_t)(1u << bit % 8);
        asl_record_parse(raw, &r);
        bool is_label = bit / 8 >= 4 && bit / 8 < 24;
        assert_int_equal(r.kind, is_label ? ASL_RECORD_VALID : ASL_RECORD_TORN);
    }
}

static int active_by_contract(const struct asl_record r[2])
{
    bool v0 = r[0].kind == ASL_RECORD_VALID, v1 = r[1].kind == ASL_RECORD_VALID;

    if (v0 && v1) {
        return r[1].seq > r[0].seq;
    }
    return v0 ? 0 : v1 ? 1 : -1;
}

/* Checks the step for one pair, one slot: it names the slot, wins against what stays, and what
 * stays is the old choice. */
static void check_step(const struct asl_record r[2], uint32_t slot, uint32_t n, uint32_t floor)
{
    struct asl_otadata_step step = {77, {0}};
    struct asl_record after[2] = {r[0], r[1]};
    int active = asl_otadata_active(r);

    if (!asl_otadata_select(r, slot, n, ASL_OTA_UNDEFINED, &step)) {
        assert_int_equal(step.sector, 77);
        assert_true(floor > 0xfffffffeu - 16);
        return;
    }
    assert_int_equal(step.sector, active == 0 ? 1 : 0);
    asl_record_parse(step.raw, &after[step.sector]);
    assert_int_equal(after[step.sector].kind, ASL_RECORD_VALID);
    uint32_t seq = after[step.sector].seq;
    assert_int_equal((seq - 1) % n, slot);
    assert_true(seq >= floor && seq - floor < n);
    int now = asl_otadata_active(after);
    assert_true(now >= 0);
    assert_int_equal((after[now].seq - 1) % n, slot);
    /* Cut after the erase: the other sector alone still holds the old choice. */
    after[step.sector].kind = ASL_RECORD_BLANK;
    assert_int_equal(asl_otadata_active(after), active);
}

static uint32_t floor_by_contract(const struct asl_record r[2])
{
    int active = active_by_contract(r);
    uint32_t floor = 1;

    for (int i = 0; active < 0 && i < 2; i++) {
        floor = r[i].kind == ASL_RECORD_REFUSED && r[i].seq > floor ? r[i].seq : floor;
    }
    return active >= 0 ? r[active].seq : floor;
}

static void every_pair_of_records_is_followed_and_replaced(void **state)
{
    struct asl_record r[2];

    (void)state;
    for (size_t i = 0; i < N_RAW; i++) {
        asl_record_parse(raws[i], &r[0]);
        for (size_t j = 0; j < N_RAW; j++) {
            asl_record_parse(raws[j], &r[1]);
            if (asl_otadata_active(r) != active_by_contract(r)) {
                fail_msg("records %zu and %zu", i, j);
            }
            for (uint32_t n = 1; n <= 3; n++) {
                for (uint32_t slot = 0; slot < n; slot++) {
                    check_step(r, slot, n, floor_by_contract(r));
                }
            }
        }
    }
}

static void steps_have_the_contracts_numbers(void **state)
{
    static const struct {
        uint32_t n, cur, slot, want;
    } vectors[] = {{2, 1, 1, 2}, {2, 2, 0, 3}, {2, 2, 1, 2}, {3, 2, 0, 4}, {3, 5, 0, 7}};
    struct asl_record r[2] = {{ASL_RECORD_VALID, 0, ASL_OTA_UNDEFINED},
                              {ASL_RECORD_BLANK, 0xffffffffu, ASL_OTA_UNDEFINED}};
    struct asl_otadata_step step;

    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        r[0].seq = vectors[i].cur;
        assert_true(asl_otadata_select(r, vectors[i].slot, vectors[i].n, ASL_OTA_UNDEFINED, &step));
        assert_int_equal(asl_get_le32(step.raw), vectors[i].want);
        assert_int_equal(step.sector, 1);
    }
    r[0].kind = ASL_RECORD_BLANK;
    for (uint32_t slot = 0; slot < 16; slot++) {
        assert_true(asl_otadata_select(r, slot, 16, ASL_OTA_UNDEFINED, &step));
        assert_int_equal(asl_get_le32(step.raw), slot + 1);
        assert_int_equal(step.sector, 0);
    }
}

static void what_cannot_be_planned_is_refused(void **state)
{
    struct asl_record r[2] = {{ASL_RECORD_VALID, 0xfffffffeu, ASL_OTA_UNDEFINED},
                              {ASL_RECORD_BLANK, 0, ASL_OTA_UNDEFINED}};
    struct asl_otadata_step step;

    (void)state;
    assert_false(asl_otadata_select(r, 0, 0, ASL_OTA_UNDEFINED, &step));
    assert_false(asl_otadata_select(r, 2, 2, ASL_OTA_UNDEFINED, &step));
    assert_false(asl_otadata_select(r, 0, 17, ASL_OTA_UNDEFINED, &step));
    /* 0xfffffffe names slot 1 of 2; slot 0 would need a number that does not exist. */
    assert_true(asl_otadata_select(r, 1, 2, ASL_OTA_UNDEFINED, &step));
    assert_false(asl_otadata_select(r, 0, 2, ASL_OTA_UNDEFINED, &step));
}

static void selecting_factory_erases_the_older_record_first(void **state)
{
    struct asl_record r[2];
    uint32_t order[2];

    (void)state;
    for (size_t i = 0; i < N_RAW; i++) {
        asl_record_parse(raws[i], &r[0]);
        for (size_t j = 0; j < N_RAW; j++) {
            asl_record_parse(raws[j], &r[1]);
            int active = asl_otadata_active(r);
            asl_otadata_erase_order(r, order);
            assert_int_equal(order[0] + order[1], 1);
            if (active >= 0) {
                struct asl_record cut[2] = {r[0], r[1]};
                cut[order[0]].kind = ASL_RECORD_BLANK;
                assert_int_equal(asl_otadata_active(cut), active);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_the_contracts_bytes),
        cmocka_unit_test(every_record_is_of_its_kind),
        cmocka_unit_test(states_survive_the_round_trip),
        cmocka_unit_test(every_bit_of_sequence_and_crc_counts),
        cmocka_unit_test(every_pair_of_records_is_followed_and_replaced),
        cmocka_unit_test(steps_have_the_contracts_numbers),
        cmocka_unit_test(what_cannot_be_planned_is_refused),
        cmocka_unit_test(selecting_factory_erases_the_older_record_first),
    };
    return cmocka_run_group_tests(tests, make_raws, NULL);
}
