/* SPDX-License-Identifier: Apache-2.0 */
/* Downloads that go on after a reset: cut at every operation, and cut again while going on. What is
 * found never leads to another image than the one that was being written, and little is lost. */
#include "check.h"

#include <stdlib.h>

#include "asl_update.h"
#include "host_flash.h"
#include "make_image.h"

#define FLASH_SIZE 0x40000u
#define SLOT_ADDR  0x10000u
#define SLOT_SIZE  0x8000u
#define SECTOR     0x1000u
#define NOTE_ADDR  (SLOT_ADDR + SLOT_SIZE - SECTOR)
#define NOTE       "abc\"etag\""

struct fixture {
    struct host_flash h;
    uint8_t before[FLASH_SIZE];
    uint8_t image[SLOT_SIZE];
    uint32_t len;
    struct asl_update_config config;
    struct asl_resume found;
};

/* Four sectors and a bit over flash that is full of older bytes. */
static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    assert_non_null(f);
    host_flash_init_used(&f->h, FLASH_SIZE);
    memcpy(f->before, f->h.bytes, FLASH_SIZE);
    f->len = make_app(SLOT_ADDR, 16000, 700, f->image, sizeof(f->image));
    f->config = (struct asl_update_config){.flash = &f->h.flash,
                                           .slot_addr = SLOT_ADDR,
                                           .slot_size = SLOT_SIZE,
                                           .image_len = f->len,
                                           .note = NOTE,
                                           .note_len = sizeof(NOTE)};
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    host_flash_free(&f->h);
    free(f);
    return 0;
}

/* Feeds the image from offset on; returns the first error, that of the end included. */
static enum asl_err feed_rest(struct fixture *f, struct asl_update *u, uint32_t from)
{
    enum asl_err err = ASL_OK;

    for (uint32_t off = from; err == ASL_OK && off < f->len; off += 700) {
        err = asl_update_feed(u, f->image + off, f->len - off < 700 ? f->len - off : 700);
    }
    if (err != ASL_OK) {
        asl_update_abort(u);
        return err;
    }
    return asl_update_end(u, NULL);
}

/* What a device does after a reset: goes on where the note says, or starts again. */
static enum asl_err go_on(struct fixture *f, uint32_t *at)
{
    struct asl_update u;
    enum asl_err err = asl_resume_find(&f->h.flash, SLOT_ADDR, SLOT_SIZE, &f->found);

    *at = err == ASL_OK ? f->found.at : 0;
    if (asl_update_resume(&u, &f->config, *at) != ASL_OK) {
        *at = 0;
        assert_int_equal(asl_update_begin(&u, &f->config), ASL_OK);
    }
    return feed_rest(f, &u, *at);
}

/* Bytes of the image that stand in flash in full pages, from its start on. */
static uint32_t written(const struct fixture *f)
{
    uint32_t n = 0;

    while (n < f->len && f->h.bytes[SLOT_ADDR + n] == f->image[n]) {
        n++;
    }
    return n;
}

static void expect_whole(const struct fixture *f)
{
    assert_memory_equal(f->h.bytes + SLOT_ADDR, f->image, f->len);
    assert_true(host_flash_same_outside(&f->h, f->before, SLOT_ADDR, SLOT_SIZE));
    assert_int_equal(f->h.n_reprograms, 0);
    assert_int_equal(f->h.n_misuses, 0);
}

/* Runs the update with the power going at its op-th operation; false when there is none. */
static bool cut_at(struct fixture *f, uint32_t op, uint32_t *at)
{
    host_flash_plan(&f->h, HOST_FAULT_TORN, op, 0);
    (void)go_on(f, at);
    bool fired = f->h.fired;
    host_flash_power_on(&f->h);
    return fired;
}

static void a_note_is_found_again(void **state)
{
    struct fixture *f = *state;
    struct asl_update u;

    assert_int_equal(asl_resume_find(&f->h.flash, SLOT_ADDR, SLOT_SIZE, &f->found),
                     ASL_ERR_NOT_FOUND);
    assert_int_equal(asl_update_begin(&u, &f->config), ASL_OK);
    assert_int_equal(asl_update_feed(&u, f->image, 9000), ASL_OK);
    asl_update_abort(&u);
    assert_int_equal(asl_resume_find(&f->h.flash, SLOT_ADDR, SLOT_SIZE, &f->found), ASL_OK);
    assert_int_equal(f->found.image_len, f->len);
    assert_int_equal(f->found.len, sizeof(NOTE));
    assert_memory_equal(f->found.bytes, NOTE, sizeof(NOTE));
    assert_int_equal(f->found.at, 2 * SECTOR - SECTOR); /* of 8192 written, the last sector goes */

    uint32_t at;
    assert_int_equal(go_on(f, &at), ASL_OK);
    assert_int_equal(at, SECTOR);
    expect_whole(f);
}

static void a_cut_anywhere_costs_at_most_a_sector(void **state)
{
    struct fixture *f = *state;
    uint32_t op = 1, at, n_resumed = 0;

    for (; host_flash_rewind(&f->h, f->before), cut_at(f, op, &at); op++) {
        uint32_t was_written = written(f);
        assert_int_equal(go_on(f, &at), ASL_OK);
        assert_true(at <= was_written);
        assert_in_range(was_written - at, 0, SECTOR);
        n_resumed += at > 0;
        expect_whole(f);
    }
    assert_true(op > 60);
    assert_true(n_resumed > 40);
}

/* The second cut strikes while going on; the third run must still know what is new, and loses no
 * more than one sector of what the second went on from. */
static void a_cut_while_going_on_is_no_trap(void **state)
{
    struct fixture *f = *state;
    uint8_t *once = malloc(FLASH_SIZE);
    uint32_t at, second_at;

    assert_non_null(once);
    for (uint32_t op = 1; host_flash_rewind(&f->h, f->before), cut_at(f, op, &at); op++) {
        memcpy(once, f->h.bytes, FLASH_SIZE);
        for (uint32_t again = 1; host_flash_rewind(&f->h, once), cut_at(f, again, &second_at);
             again++) {
            assert_int_equal(go_on(f, &at), ASL_OK);
            assert_true(at + SECTOR >= second_at);
            expect_whole(f);
        }
    }
    free(once);
}

static void an_unknown_length_goes_on_too(void **state)
{
    struct fixture *f = *state;
    uint32_t at;

    f->config.image_len = 0;
    for (uint32_t op = 1; host_flash_rewind(&f->h, f->before), cut_at(f, op, &at); op++) {
        assert_int_equal(go_on(f, &at), ASL_OK);
        expect_whole(f);
    }
}

static void a_finished_image_needs_its_last_sector_alone(void **state)
{
    struct fixture *f = *state;
    uint32_t at;

    assert_int_equal(go_on(f, &at), ASL_OK);
    assert_int_equal(go_on(f, &at), ASL_OK);
    assert_int_equal(at, 4 * SECTOR);
    expect_whole(f);
}

static void what_is_no_image_is_not_gone_on_with(void **state)
{
    struct fixture *f = *state;
    uint32_t at;

    f->image[9000] ^= 1;
    assert_int_equal(go_on(f, &at), ASL_ERR_IMAGE_CHECKSUM);
    assert_int_equal(asl_resume_find(&f->h.flash, SLOT_ADDR, SLOT_SIZE, &f->found),
                     ASL_ERR_NOT_FOUND);
}

/* Somebody wrote other bytes between the two runs: verified at the end, never trusted. */
static void foreign_bytes_in_the_slot_are_noticed(void **state)
{
    struct fixture *f = *state;
    struct asl_update u;
    uint32_t at;

    assert_int_equal(asl_update_begin(&u, &f->config), ASL_OK);
    assert_int_equal(asl_update_feed(&u, f->image, 9000), ASL_OK);
    asl_update_abort(&u);
    f->h.bytes[SLOT_ADDR + 3000] ^= 1;
    assert_int_equal(go_on(f, &at), ASL_ERR_IMAGE_CHECKSUM);
    assert_int_equal(at, SECTOR);
    assert_int_equal(go_on(f, &at), ASL_OK); /* the note went with the failure */
    assert_int_equal(at, 0);
    expect_whole(f);

    asl_update_begin(&u, &f->config);
    asl_update_feed(&u, f->image, 9000);
    asl_update_abort(&u);
    f->h.bytes[SLOT_ADDR] = 0;
    assert_int_equal(asl_update_resume(&u, &f->config, SECTOR), ASL_ERR_IMAGE_MAGIC);
    assert_int_equal(asl_update_feed(&u, f->image, 1), ASL_ERR_INVALID_STATE);
}

static void a_refused_image_leaves_an_earlier_download(void **state)
{
    struct fixture *f = *state;
    struct asl_update u;

    asl_update_begin(&u, &f->config);
    asl_update_feed(&u, f->image, 9000);
    asl_update_abort(&u);
    asl_update_begin(&u, &f->config);
    assert_int_equal(asl_update_feed(&u, "<html>", 6), ASL_ERR_IMAGE_MAGIC);
    assert_int_equal(asl_resume_find(&f->h.flash, SLOT_ADDR, SLOT_SIZE, &f->found), ASL_OK);
    assert_int_equal(f->found.at, SECTOR);
}

/* Another update of the slot, by a program that keeps no note: the old note must not speak for it.
 */
static void another_update_takes_the_note_away(void **state)
{
    struct fixture *f = *state;
    struct asl_update u;

    asl_update_begin(&u, &f->config);
    asl_update_feed(&u, f->image, 9000);
    asl_update_abort(&u);
    f->config.note = NULL;
    f->config.note_len = 0;
    asl_update_begin(&u, &f->config);
    assert_int_equal(asl_update_feed(&u, f->image, 2000), ASL_OK);
    asl_update_abort(&u);
    assert_int_equal(asl_resume_find(&f->h.flash, SLOT_ADDR, SLOT_SIZE, &f->found),
                     ASL_ERR_NOT_FOUND);
    assert_int_equal(f->h.n_sector_erases[NOTE_ADDR / SECTOR], 2);
}

static void a_damaged_note_is_none(void **state)
{
    struct fixture *f = *state;
    struct asl_update u;

    asl_update_begin(&u, &f->config);
    asl_update_feed(&u, f->image, 9000);
    asl_update_abort(&u);
    for (uint32_t bit = 0; bit < 256 * 8; bit++) {
        f->h.bytes[NOTE_ADDR + bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(asl_resume_find(&f->h.flash, SLOT_ADDR, SLOT_SIZE, &f->found),
                         ASL_ERR_NOT_FOUND);
        f->h.bytes[NOTE_ADDR + bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    /* A note that belongs to another place or size of slot. */
    assert_int_equal(
        asl_resume_find(&f->h.flash, SLOT_ADDR + SECTOR, SLOT_SIZE - SECTOR, &f->found),
        ASL_ERR_NOT_FOUND);
}

static void an_image_that_fills_the_slot_has_no_note(void **state)
{
    struct fixture *f = *state;
    uint32_t at;

    f->len = make_app(SLOT_ADDR, SLOT_SIZE - 64, 0, f->image, sizeof(f->image));
    f->config.image_len = f->len;
    assert_int_equal(go_on(f, &at), ASL_OK);
    expect_whole(f);
    assert_int_equal(asl_resume_find(&f->h.flash, SLOT_ADDR, SLOT_SIZE, &f->found),
                     ASL_ERR_NOT_FOUND);
    f->config.image_len = 0; /* then it is found out by the image growing over the note */
    assert_int_equal(go_on(f, &at), ASL_OK);
    assert_int_equal(asl_resume_find(&f->h.flash, SLOT_ADDR, SLOT_SIZE, &f->found),
                     ASL_ERR_NOT_FOUND);
    expect_whole(f);
}

static void offsets_and_notes_are_judged(void **state)
{
    struct fixture *f = *state;
    struct asl_update u;

    assert_int_equal(asl_update_resume(&u, &f->config, 100), ASL_ERR_INVALID_ARG);
    assert_int_equal(asl_update_resume(&u, &f->config, 5 * SECTOR), ASL_ERR_INVALID_ARG);
    f->config.note_len = ASL_NOTE_MAX + 1;
    assert_int_equal(asl_update_begin(&u, &f->config), ASL_ERR_INVALID_ARG);
    assert_int_equal(f->h.n_ops, 0);
}

static enum asl_err refuse(void *ctx, const uint8_t *first, uint32_t len)
{
    (void)first;
    (void)len;
    ++*(int *)ctx;
    return ASL_ERR_RULE_PROJECT;
}

static void the_owner_is_asked_again(void **state)
{
    struct fixture *f = *state;
    struct asl_update u;
    int n_asked = 0;

    asl_update_begin(&u, &f->config);
    asl_update_feed(&u, f->image, 9000);
    asl_update_abort(&u);
    f->config.accept = refuse;
    f->config.ctx = &n_asked;
    assert_int_equal(asl_update_resume(&u, &f->config, SECTOR), ASL_ERR_RULE_PROJECT);
    assert_int_equal(n_asked, 1);
}

static enum asl_err shut(void *ctx)
{
    (void)ctx;
    return ASL_ERR_NO_MEM;
}

static void who_may_not_write_loses_no_download(void **state)
{
    struct fixture *f = *state;
    struct asl_update u;
    uint32_t at;

    asl_update_begin(&u, &f->config);
    asl_update_feed(&u, f->image, 9000);
    asl_update_abort(&u);
    f->config.before_write = shut;
    assert_int_equal(go_on(f, &at), ASL_ERR_NO_MEM);
    assert_int_not_equal(at, 0);
    f->config.before_write = NULL;
    uint32_t before = at;
    assert_int_equal(go_on(f, &at), ASL_OK);
    assert_int_equal(at, before);
    expect_whole(f);
}

static void a_stream_knows_when_it_is_whole(void **state)
{
    struct fixture *f = *state;
    struct asl_update u;
    struct asl_image_verifier scratch;

    f->config.image_len = 0;
    asl_update_begin(&u, &f->config);
    for (uint32_t off = 0; off < f->len; off += 97) {
        assert_false(asl_update_is_whole(&u, &scratch));
        asl_update_feed(&u, f->image + off, f->len - off < 97 ? f->len - off : 97);
    }
    assert_true(asl_update_is_whole(&u, &scratch));
    assert_int_equal(asl_update_end(&u, NULL), ASL_OK);
    assert_false(asl_update_is_whole(&u, &scratch));
    /* An image without hash proves nothing, even where such images are accepted. */
    f->config.accept_no_hash = true;
    asl_update_begin(&u, &f->config);
    asl_update_feed(&u, f->image, f->len - 32);
    assert_false(asl_update_is_whole(&u, &scratch));
    asl_update_abort(&u);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_note_is_found_again),
        CASE(a_cut_anywhere_costs_at_most_a_sector),
        CASE(a_cut_while_going_on_is_no_trap),
        CASE(an_unknown_length_goes_on_too),
        CASE(a_finished_image_needs_its_last_sector_alone),
        CASE(what_is_no_image_is_not_gone_on_with),
        CASE(foreign_bytes_in_the_slot_are_noticed),
        CASE(a_refused_image_leaves_an_earlier_download),
        CASE(another_update_takes_the_note_away),
        CASE(a_damaged_note_is_none),
        CASE(an_image_that_fills_the_slot_has_no_note),
        CASE(offsets_and_notes_are_judged),
        CASE(the_owner_is_asked_again),
        CASE(who_may_not_write_loses_no_download),
        CASE(a_stream_knows_when_it_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
