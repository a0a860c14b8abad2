/* SPDX-License-Identifier: Apache-2.0 */
/* The last conditions of core: what the tests of each module do not come across by themselves, but
 * a caller, a chip or a table may bring (scripts/coverage tells what is missing). */
#include "check.h"

#include <stdlib.h>

#include "airslot/bytes.h"
#include "asl_boot.h"
#include "asl_claims.h"
#include "asl_crc32.h"
#include "asl_err.h"
#include "asl_update.h"
#include "boot_table.h"
#include "host_flash.h"
#include "make_image.h"
#include "otadata_pair.h"

#define FLASH_SIZE 0x40000u
#define SLOT_ADDR  0x10000u
#define SLOT_SIZE  0x8000u
#define NOTE_ADDR  (SLOT_ADDR + SLOT_SIZE - ASL_SECTOR_SIZE)

static struct host_flash h;

static int set_up(void **state)
{
    (void)state;
    host_flash_init(&h, FLASH_SIZE);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    host_flash_free(&h);
    return 0;
}

/* --- boot choice --- */

static void data_partitions_are_no_slots(void **state)
{
    static const struct asl_partition map[] = {{1, 0x10, 0x9000, 0x1000, "data", 0},
                                               {0, 0x30, 0xa000, 0x1000, "other", 0},
                                               {1, 0x00, 0xb000, 0x2000, "otadata", 0},
                                               {0, 0x10, 0x10000, 0x1000, "ota_0", 0}};
    static uint8_t raw[ASL_TABLE_LEN];
    struct asl_boot_plan plan;

    (void)state;
    assert_int_equal(asl_table_build(map, COUNT(map), false, raw), ASL_OK);
    asl_boot_plan(raw, COUNT(map), FLASH_SIZE, NULL, 3, &plan);
    assert_int_equal(plan.n_candidates, 1);
    assert_string_equal(plan.candidate[0].slot.label, "ota_0");
    assert_int_equal(plan.n_skipped, 0);
}

/* A record may be foreign or forged: what it names is tried only if it is a slot, so that the plan
 * has room for all. */
static void a_record_brings_only_slots_into_the_plan(void **state)
{
    static struct asl_partition map[20];
    static uint8_t raw[ASL_TABLE_LEN];
    static struct asl_otadata_sector pair[2];
    struct asl_otadata_choice choice = {
        .state = ASL_OTA_VALID, .previous = 0x55, .last = {ASL_RESULT_STARTS, 0x66, 3, 0}};
    struct asl_boot_plan *plan = malloc(sizeof(*plan));

    (void)state;
    for (uint32_t i = 0; i < COUNT(map); i++) {
        static const uint8_t others[] = {ASL_APP_FACTORY, ASL_APP_TEST, 0x55, 0x66};
        uint8_t subtype = i < 16 ? (uint8_t)(ASL_APP_OTA_0 + i) : others[i - 16];
        map[i] = (struct asl_partition){0, subtype, 0x10000u + i * 0x1000u, 0x1000, "", 0};
    }
    assert_int_equal(asl_table_build(map, COUNT(map), false, raw), ASL_OK);
    pair_clear(pair);
    pair_put_own(&pair[0], 1, &choice);
    asl_boot_plan(raw, COUNT(map), BOOT_TABLE_FLASH, pair, 3, plan);
    assert_int_equal(plan->n_candidates, ASL_BOOT_MAX_CANDIDATES);
    for (uint32_t i = 0; i < ASL_BOOT_MAX_CANDIDATES; i++) {
        assert_true(asl_partition_is_slot(&plan->candidate[i].slot));
    }
    choice.previous = ASL_APP_TEST; /* full before its turn as the last resort */
    pair_put_own(&pair[0], 1, &choice);
    asl_boot_plan(raw, COUNT(map), BOOT_TABLE_FLASH, pair, 3, plan);
    assert_int_equal(plan->n_candidates, ASL_BOOT_MAX_CANDIDATES);
    free(plan);
}

static void plan_of(const struct asl_otadata_choice *choice, struct asl_boot_plan *plan)
{
    static struct boot_table table;
    static struct asl_otadata_sector pair[2];

    boot_table_build(&table, true, 7, false);
    pair_clear(pair);
    if (choice != NULL) {
        pair_put_own(&pair[0], 1, choice);
    }
    asl_boot_plan(table.raw, table.n, BOOT_TABLE_FLASH, pair, 3, plan);
}

static void only_a_failure_of_the_running_slot_counts_against_it(void **state)
{
    struct asl_otadata_choice choice = {
        .state = ASL_OTA_VALID, .previous = 0xff, .last = {ASL_RESULT_STARTS, 0x12, 3, 0}};
    struct asl_boot_plan plan;

    (void)state;
    plan_of(&choice, &plan);
    assert_true(asl_boot_may_update(&plan, 0x11, true));
    assert_false(asl_boot_may_update(&plan, 0x12, true));
    choice.last.what = ASL_RESULT_CONFIRMED;
    plan_of(&choice, &plan);
    assert_true(asl_boot_may_update(&plan, 0x12, true));
}

/* Started by something that is not in the table. */
static void a_program_without_slot_may_choose(void **state)
{
    struct asl_boot_plan plan;
    struct asl_otadata_step step;

    (void)state;
    plan_of(NULL, &plan);
    assert_true(asl_boot_select(&plan, ASL_SUBTYPE_NONE, 0x10, true, &step));
    assert_int_equal(asl_get_le32(step.seal + 16), ASL_OTA_NEW);
    assert_int_equal(step.seal[9], ASL_SUBTYPE_NONE);
}

static void the_state_that_callers_see(void **state)
{
    static const enum asl_ota_state states[] = {ASL_OTA_NEW, ASL_OTA_PENDING_VERIFY, ASL_OTA_VALID,
                                                ASL_OTA_UNDEFINED};

    (void)state;
    for (size_t i = 0; i < COUNT(states); i++) {
        struct asl_record r = {.kind = ASL_RECORD_OWN, .state = states[i]};
        assert_int_equal(asl_record_state(&r), states[i]);
        r.starts = 1;
        assert_int_equal(asl_record_state(&r), i == 0 ? ASL_OTA_PENDING_VERIFY : (int)states[i]);
    }
}

/* The choice is made when the settling cannot even read. */
static void factory_is_chosen_although_the_flash_stops_answering(void **state)
{
    uint32_t n_unsettled = 0;

    (void)state;
    for (uint32_t at = 1; at < 200; at++) {
        struct asl_otadata_sector pair[2];
        struct asl_otadata_choice choice = {.is_factory = true, .state = ASL_OTA_UNDEFINED};
        struct asl_otadata_step step;
        struct asl_otadata o;
        memset(h.bytes, 0xff, 2 * ASL_SECTOR_SIZE);
        pair_clear(pair);
        asl_otadata_parse(pair, &o);
        assert_true(asl_otadata_plan(&o, &choice, &step));
        h.bytes[ASL_SECTOR_SIZE] = 0; /* to be erased once factory is chosen */
        host_flash_plan(&h, HOST_FAULT_NONE, 0, at);
        assert_int_equal(asl_otadata_write(&h.flash, 0, &step), ASL_OK);
        host_flash_power_on(&h);
        assert_int_equal(asl_otadata_read(&h.flash, 0, pair), ASL_OK);
        asl_otadata_parse(pair, &o);
        assert_int_equal(o.governing, 0);
        assert_true(o.record[0].is_factory);
        n_unsettled += asl_otadata_is_unfinished(&o);
    }
    assert_true(n_unsettled > 0);
}

/* --- table, errors --- */

static void partitions_overlap_from_both_sides(void **state)
{
    static const uint32_t starts[] = {0x20000, 0x22000, 0x21000, 0x1f000, 0x1e000};
    static const bool overlaps[] = {true, false, true, true, false};
    static uint8_t raw[ASL_TABLE_LEN];

    (void)state;
    for (size_t i = 0; i < COUNT(starts); i++) {
        const struct asl_partition map[] = {{0, 0x10, 0x20000, 0x2000, "a", 0},
                                            {0, 0x11, starts[i], 0x2000, "b", 0}};
        assert_int_equal(asl_table_build(map, 2, false, raw), ASL_OK);
        assert_int_equal(asl_table_verify(raw, 2, FLASH_SIZE, NULL),
                         overlaps[i] ? ASL_ERR_TABLE_OVERLAP : ASL_OK);
    }
}

static void no_error_has_words_too(void **state)
{
    (void)state;
    assert_string_equal(asl_err_name(ASL_OK), "ASL_OK");
    assert_string_equal(asl_err_text(ASL_OK), "no error");
    assert_string_equal(asl_err_hint(ASL_OK), "");
    assert_non_null(asl_err_name((enum asl_err)77));
    assert_non_null(asl_err_text((enum asl_err)77));
    assert_string_equal(asl_err_hint((enum asl_err)77), "");
}

/* --- slots and images --- */

static void a_slot_behind_the_chip_is_not_read(void **state)
{
    static struct asl_image_verifier v;
    uint32_t scratch[64];

    (void)state;
    assert_int_equal(asl_slot_verify(&h.flash, FLASH_SIZE + ASL_SECTOR_SIZE, ASL_SECTOR_SIZE, false,
                                     scratch, sizeof(scratch), NULL, NULL, &v, NULL),
                     ASL_ERR_FLASH_BOUNDS);
    assert_int_equal(asl_slot_verify(&h.flash, SLOT_ADDR, FLASH_SIZE, false, scratch,
                                     sizeof(scratch), NULL, NULL, &v, NULL),
                     ASL_ERR_FLASH_BOUNDS);
}

/* Text that passes the window's end: for a slot that would hold it, it is linked wrongly. */
static void text_past_the_window_is_too_large_or_misplaced(void **state)
{
    uint8_t first[96];

    (void)state;
    make_vector_a(first, sizeof(first));
    asl_put_le32(first + 8, ASL_WINDOW_VADDR + 0x80010);
    asl_put_le32(first + 4, ASL_WINDOW_VADDR + 0x80010);
    asl_put_le32(first + 12, 0x90000);
    assert_int_equal(asl_image_gate(first, sizeof(first), 0x80000, 0x20000, 0),
                     ASL_ERR_IMAGE_TOO_LARGE);
    assert_int_equal(asl_image_gate(first, sizeof(first), 0x80000, 0x100000, 0),
                     ASL_ERR_IMAGE_LINK);
}

/* --- owner's rules --- */

static void claims_hold_texts_of_every_length(void **state)
{
    static const uint8_t sig[ASL_SIGNATURE_LEN] = {1, 2, 3};
    struct asl_claims claims, back;
    uint8_t raw[ASL_CLAIMS_LEN];

    (void)state;
    for (size_t len = 0; len <= 32; len++) {
        memset(&claims, 0, sizeof(claims));
        memset(claims.version, 'v', len);
        memset(claims.project, 'p', 32 - len);
        claims.secure_version = 1;
        memset(raw, 0, sizeof(raw));
        asl_claims_put(&claims, raw);
        asl_claims_put_signature(raw, sig);
        assert_int_equal(asl_claims_parse(raw, &back), ASL_OK);
        assert_string_equal(back.version, claims.version);
        assert_string_equal(back.project, claims.project);
    }
}

static void only_a_high_s_is_turned(void **state)
{
    uint8_t sig[ASL_SIGNATURE_LEN], before[ASL_SIGNATURE_LEN];

    (void)state;
    memset(sig, 0xff, sizeof(sig)); /* beyond the order: stays, and is refused later */
    memcpy(before, sig, sizeof(sig));
    asl_signature_normalize(sig);
    assert_memory_equal(sig, before, sizeof(sig));
    memset(sig + 32, 0x90, 32);
    asl_signature_normalize(sig);
    assert_true(sig[32] < 0x80);
    memcpy(before, sig, sizeof(sig));
    asl_signature_normalize(sig);
    assert_memory_equal(sig, before, sizeof(sig));
}

static void rules_ask_for_a_descriptor(void **state)
{
    struct asl_owner_rules rules = {0};
    struct asl_claims claims;
    uint8_t first[ASL_CLAIMS_GATE_LEN];

    (void)state;
    memset(first, 0, sizeof(first));
    assert_int_equal(asl_owner_judge(&rules, first, sizeof(first), SLOT_SIZE, 0, &claims), ASL_OK);
    rules.min_version = 1;
    assert_int_equal(asl_owner_judge(&rules, first, sizeof(first), SLOT_SIZE, 0, &claims),
                     ASL_ERR_IMAGE_DESC);
    rules.min_version = 0;
    rules.project = "p";
    assert_int_equal(asl_owner_judge(&rules, first, 16, SLOT_SIZE, 0, &claims), ASL_ERR_IMAGE_DESC);
}

/* --- notes of a download --- */

static enum asl_err note(uint32_t slot_size, uint32_t image_len, uint32_t len)
{
    static const uint8_t bytes[ASL_NOTE_MAX + 1] = {1, 2, 3};

    return asl_resume_note(&h.flash, SLOT_ADDR, slot_size, image_len, bytes, len);
}

static void notes_need_room(void **state)
{
    struct asl_resume found;

    (void)state;
    assert_int_equal(note(SLOT_SIZE, 0, ASL_NOTE_MAX + 1), ASL_ERR_INVALID_ARG);
    assert_int_equal(note(ASL_SECTOR_SIZE, 0, 3), ASL_OK);
    assert_int_equal(note(SLOT_SIZE, SLOT_SIZE, 3), ASL_OK);
    assert_int_equal(h.n_programs, 0);
    assert_int_equal(asl_resume_find(&h.flash, SLOT_ADDR, ASL_SECTOR_SIZE, &found),
                     ASL_ERR_NOT_FOUND);
    assert_int_equal(asl_resume_forget(&h.flash, SLOT_ADDR, ASL_SECTOR_SIZE), ASL_OK);
    h.flash.program_size = 512; /* a chip whose smallest program is larger than a note */
    assert_int_equal(note(SLOT_SIZE, 0, 3), ASL_OK);
    assert_int_equal(h.n_programs, 0);
}

static void a_note_of_another_slot_is_none(void **state)
{
    struct asl_resume found;

    (void)state;
    assert_int_equal(note(SLOT_SIZE, 5000, 3), ASL_OK);
    assert_int_equal(asl_resume_find(&h.flash, SLOT_ADDR, SLOT_SIZE, &found), ASL_OK);
    assert_int_equal(found.at, 0);
    assert_int_equal(found.image_len, 5000);
    /* the same page seen from slots of another address, and of another size */
    assert_int_equal(
        asl_resume_find(&h.flash, SLOT_ADDR + ASL_SECTOR_SIZE, SLOT_SIZE - ASL_SECTOR_SIZE, &found),
        ASL_ERR_NOT_FOUND);
    memcpy(h.bytes + NOTE_ADDR + SLOT_SIZE, h.bytes + NOTE_ADDR, ASL_PAGE_SIZE);
    assert_int_equal(asl_resume_find(&h.flash, SLOT_ADDR, 2 * SLOT_SIZE, &found),
                     ASL_ERR_NOT_FOUND);
}

static void a_full_download_gives_up_its_last_sector(void **state)
{
    struct asl_resume found;

    (void)state;
    memset(h.bytes + SLOT_ADDR, 0, SLOT_SIZE);
    assert_int_equal(note(SLOT_SIZE, 0, 3), ASL_OK); /* over what stood there */
    assert_int_equal(h.n_erases, 1);
    assert_int_equal(asl_resume_find(&h.flash, SLOT_ADDR, SLOT_SIZE, &found), ASL_OK);
    assert_int_equal(found.at, SLOT_SIZE - 2 * ASL_SECTOR_SIZE);
}

static void notes_report_a_flash_that_fails(void **state)
{
    struct asl_resume found;

    (void)state;
    assert_int_equal(note(SLOT_SIZE, 0, 3), ASL_OK);
    memset(h.bytes + SLOT_ADDR, 0, 2 * ASL_SECTOR_SIZE);
    for (uint32_t at = 1;; at++) {
        host_flash_plan(&h, HOST_FAULT_NONE, 0, at);
        enum asl_err err = asl_resume_find(&h.flash, SLOT_ADDR, SLOT_SIZE, &found);
        if (!h.fired) {
            break;
        }
        assert_int_equal(err, ASL_ERR_FLASH_READ);
    }
    host_flash_plan(&h, HOST_FAULT_NONE, 0, 1);
    assert_int_equal(note(SLOT_SIZE, 0, 3), ASL_ERR_FLASH_READ);
    host_flash_plan(&h, HOST_FAULT_ERROR, 1, 0);
    assert_int_equal(note(SLOT_SIZE, 0, 3), ASL_ERR_FLASH_ERASE);
    host_flash_plan(&h, HOST_FAULT_NONE, 0, 1);
    assert_int_equal(asl_resume_forget(&h.flash, SLOT_ADDR, SLOT_SIZE), ASL_ERR_FLASH_READ);
    host_flash_plan(&h, HOST_FAULT_NONE, 0, 1);
    assert_int_equal(asl_resume_guard(&h.flash, SLOT_ADDR, SLOT_SIZE, 0), ASL_ERR_FLASH_READ);
}

static void only_a_used_sector_of_the_image_is_guarded(void **state)
{
    (void)state;
    assert_int_equal(asl_resume_guard(&h.flash, SLOT_ADDR, SLOT_SIZE, 0), ASL_OK);
    assert_int_equal(
        asl_resume_guard(&h.flash, SLOT_ADDR, SLOT_SIZE, SLOT_SIZE - 2 * ASL_SECTOR_SIZE), ASL_OK);
    assert_int_equal(h.n_erases, 0);
    h.bytes[SLOT_ADDR + 2 * ASL_SECTOR_SIZE - 1] = 0;
    assert_int_equal(asl_resume_guard(&h.flash, SLOT_ADDR, SLOT_SIZE, 0), ASL_OK);
    assert_int_equal(h.n_erases, 1);
}

/* --- updates --- */

static void updates_ask_for_a_geometry_that_suits(void **state)
{
    static const struct {
        uint32_t page_size, erase_size, program_size;
        enum asl_err want;
    } cases[] = {{256, 4096, 4, ASL_OK},
                 {0, 4096, 4, ASL_ERR_INVALID_ARG},
                 {192, 4096, 4, ASL_ERR_INVALID_ARG},
                 {256, 0, 4, ASL_ERR_INVALID_ARG},
                 {256, 3072, 4, ASL_ERR_INVALID_ARG},
                 {256, 4096, 0, ASL_ERR_INVALID_ARG},
                 {256, 4096, 3, ASL_ERR_INVALID_ARG},
                 {2048, 4096, 4, ASL_ERR_INVALID_ARG},
                 {256, 512, 4, ASL_ERR_INVALID_ARG},
                 {256, 4096, 512, ASL_ERR_INVALID_ARG}};
    static struct asl_update u;
    const struct asl_update_config config = {
        .flash = &h.flash, .slot_addr = SLOT_ADDR, .slot_size = 0x6000};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        h.flash.page_size = cases[i].page_size;
        h.flash.erase_size = cases[i].erase_size;
        h.flash.program_size = cases[i].program_size;
        assert_int_equal(asl_update_begin(&u, &config), cases[i].want);
    }
}

static void a_closed_session_is_not_whole(void **state)
{
    static struct asl_image_verifier scratch;
    static struct asl_update u;
    const struct asl_update_config config = {
        .flash = &h.flash, .slot_addr = SLOT_ADDR, .slot_size = SLOT_SIZE};

    (void)state;
    assert_int_equal(asl_update_begin(&u, &config), ASL_OK);
    assert_false(asl_update_is_whole(&u, &scratch));
    assert_int_equal(asl_update_feed(&u, "", 0), ASL_OK);
    assert_int_equal(asl_update_feed(&u, "<", 1), ASL_ERR_IMAGE_MAGIC);
    assert_false(asl_update_is_whole(&u, &scratch));
    assert_int_equal(asl_update_end(&u, NULL), ASL_ERR_IMAGE_MAGIC);
    assert_false(asl_update_is_whole(&u, &scratch));
}

/* A download of 16 KiB and a bit, its first two sectors written, for the slot. */
static uint32_t half_a_download(uint8_t *image, struct asl_update_config *config)
{
    uint32_t len = make_app(SLOT_ADDR, 16000, 700, image, SLOT_SIZE);

    memcpy(h.bytes + SLOT_ADDR, image, 2 * ASL_SECTOR_SIZE);
    *config = (struct asl_update_config){.flash = &h.flash,
                                         .slot_addr = SLOT_ADDR,
                                         .slot_size = SLOT_SIZE,
                                         .image_len = len,
                                         .note = "n",
                                         .note_len = 1};
    return len;
}

static void going_on_reports_what_fails(void **state)
{
    static uint8_t image[SLOT_SIZE];
    static struct asl_update u;
    struct asl_update_config config;
    uint32_t len = half_a_download(image, &config);

    (void)state;
    host_flash_plan(&h, HOST_FAULT_NONE, 0, 1);
    assert_int_equal(asl_update_resume(&u, &config, 2 * ASL_SECTOR_SIZE), ASL_ERR_FLASH_READ);
    config.slot_size = FLASH_SIZE;
    assert_int_equal(asl_update_resume(&u, &config, 2 * ASL_SECTOR_SIZE), ASL_ERR_FLASH_BOUNDS);
    config.slot_size = SLOT_SIZE;
    assert_int_equal(asl_update_resume(&u, &config, 0), ASL_OK);
    assert_int_equal(asl_update_resume(&u, &config, 2 * ASL_SECTOR_SIZE), ASL_OK);
    assert_int_equal(asl_update_feed(&u, image, len), ASL_ERR_IMAGE_TRAILING);
    assert_int_equal(asl_update_resume(&u, &config, 2 * ASL_SECTOR_SIZE), ASL_OK);
    image[len - 40] ^= 1; /* into the checksum's block: refused at the end */
    (void)asl_update_feed(&u, image + 2 * ASL_SECTOR_SIZE, len - 2 * ASL_SECTOR_SIZE);
    assert_int_not_equal(asl_update_end(&u, NULL), ASL_OK);
    config.note = NULL;
    memcpy(h.bytes + SLOT_ADDR, image, 2 * ASL_SECTOR_SIZE);
    assert_int_equal(asl_update_resume(&u, &config, 2 * ASL_SECTOR_SIZE), ASL_OK);
    image[len - 40] ^= 1;
    assert_int_equal(asl_update_feed(&u, image + 2 * ASL_SECTOR_SIZE, len - 2 * ASL_SECTOR_SIZE),
                     ASL_OK);
    assert_int_equal(asl_update_end(&u, NULL), ASL_OK);
}

static void bytes_behind_an_image_make_it_less_than_whole(void **state)
{
    static uint8_t image[SLOT_SIZE];
    static struct asl_image_verifier scratch;
    static struct asl_update u;
    struct asl_update_config config;
    uint32_t len = half_a_download(image, &config);

    (void)state;
    config.image_len = 0;
    assert_int_equal(asl_update_begin(&u, &config), ASL_OK);
    assert_int_equal(asl_update_feed(&u, image, len), ASL_OK);
    assert_true(asl_update_is_whole(&u, &scratch));
    assert_int_equal(asl_update_feed(&u, "x", 1), ASL_OK);
    assert_false(asl_update_is_whole(&u, &scratch));
}

/* The hash is awaited without being owed; behind the end it is too much. */
static void a_hash_behind_the_end_is_refused(void **state)
{
    static struct asl_image_verifier v;
    uint8_t image[96];
    uint32_t len = make_vector_a(image, sizeof(image));
    const struct asl_image_rules rules = {.max_len = len - 16, .exact_len = true};

    (void)state;
    asl_image_verifier_init(&v, &rules);
    assert_int_equal(asl_image_verifier_feed(&v, image, len), ASL_ERR_IMAGE_TRUNCATED);
}

/* A note whose CRC is right and whose numbers are not. */
static void a_note_with_wild_numbers_is_none(void **state)
{
    static const struct {
        uint32_t off, value;
    } wild[] = {{20, ASL_NOTE_MAX + 1}, {16, SLOT_SIZE}, {16, UINT32_MAX}, {12, SLOT_SIZE + 1}};
    struct asl_resume found;

    (void)state;
    for (size_t i = 0; i < COUNT(wild); i++) {
        uint8_t *raw = h.bytes + NOTE_ADDR;
        assert_int_equal(note(SLOT_SIZE, 5000, 3), ASL_OK);
        assert_int_equal(asl_resume_find(&h.flash, SLOT_ADDR, SLOT_SIZE, &found), ASL_OK);
        asl_put_le32(raw + wild[i].off, wild[i].value);
        asl_put_le32(raw + 4, asl_crc32(0, raw + 8, ASL_PAGE_SIZE - 8));
        assert_int_equal(asl_resume_find(&h.flash, SLOT_ADDR, SLOT_SIZE, &found),
                         ASL_ERR_NOT_FOUND);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(data_partitions_are_no_slots),
        TEST(a_record_brings_only_slots_into_the_plan),
        TEST(only_a_failure_of_the_running_slot_counts_against_it),
        TEST(a_program_without_slot_may_choose),
        TEST(the_state_that_callers_see),
        TEST(factory_is_chosen_although_the_flash_stops_answering),
        TEST(partitions_overlap_from_both_sides),
        TEST(no_error_has_words_too),
        TEST(a_slot_behind_the_chip_is_not_read),
        TEST(text_past_the_window_is_too_large_or_misplaced),
        TEST(claims_hold_texts_of_every_length),
        TEST(only_a_high_s_is_turned),
        TEST(rules_ask_for_a_descriptor),
        TEST(notes_need_room),
        TEST(a_note_of_another_slot_is_none),
        TEST(a_full_download_gives_up_its_last_sector),
        TEST(notes_report_a_flash_that_fails),
        TEST(only_a_used_sector_of_the_image_is_guarded),
        TEST(updates_ask_for_a_geometry_that_suits),
        TEST(a_closed_session_is_not_whole),
        TEST(bytes_behind_an_image_make_it_less_than_whole),
        TEST(a_hash_behind_the_end_is_refused),
        TEST(going_on_reports_what_fails),
        TEST(a_note_with_wild_numbers_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
