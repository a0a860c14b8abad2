/* SPDX-License-Identifier: Apache-2.0 */
/* Update sessions over a strict NOR flash: what reaches the slot, what never does, and what each
 * fault at each operation leads to. */
#include "check.h"

#include <stdlib.h>

#include "airslot/bytes.h"
#include "asl_update.h"
#include "host_flash.h"
#include "make_image.h"

#define FLASH_SIZE 0x40000u
#define SLOT_ADDR  0x10000u
#define SLOT_SIZE  0x8000u
/* Over three sectors, the last page and block in part. */
#define TEXT_LEN 8500u
#define DATA_LEN 1000u

struct fixture {
    struct host_flash h;
    uint8_t before[FLASH_SIZE]; /* flash as the session found it */
    uint8_t image[SLOT_SIZE + 64];
    uint32_t len;
    struct asl_update_config config;
};

/* Flash full of an older image's bytes, a session's config, and an image that is good. */
static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    assert_non_null(f);
    host_flash_init_used(&f->h, FLASH_SIZE);
    memcpy(f->before, f->h.bytes, FLASH_SIZE);
    f->len = make_app(SLOT_ADDR, TEXT_LEN, DATA_LEN, f->image, sizeof(f->image));
    f->config = (struct asl_update_config){
        .flash = &f->h.flash, .slot_addr = SLOT_ADDR, .slot_size = SLOT_SIZE};
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

/* Runs a whole session in chunks; returns the first error. */
static enum asl_err run(struct fixture *f, const uint8_t *data, uint32_t len, uint32_t chunk,
                        struct asl_image_info *info)
{
    struct asl_update u;
    enum asl_err err = asl_update_begin(&u, &f->config);

    for (uint32_t off = 0; err == ASL_OK && off < len; off += chunk) {
        err = asl_update_feed(&u, data + off, len - off < chunk ? len - off : chunk);
    }
    enum asl_err end = asl_update_end(&u, info);
    if (err != ASL_OK) {
        assert_true(end == err || end == ASL_ERR_INVALID_STATE);
        return err;
    }
    assert_int_equal(asl_update_feed(&u, data, 1), ASL_ERR_INVALID_STATE);
    assert_int_equal(asl_update_end(&u, info), ASL_ERR_INVALID_STATE);
    return end;
}

static void expect_untouched(const struct fixture *f)
{
    assert_int_equal(f->h.n_erases, 0);
    assert_int_equal(f->h.n_programs, 0);
    assert_memory_equal(f->h.bytes, f->before, FLASH_SIZE);
}

static void expect_clean_work(const struct fixture *f)
{
    assert_int_equal(f->h.n_misuses, 0);
    assert_int_equal(f->h.n_set_bits, 0);
    assert_int_equal(f->h.n_reprograms, 0);
    assert_true(host_flash_same_outside(&f->h, f->before, SLOT_ADDR, SLOT_SIZE));
}

/* The slot holds the image; sectors without a byte of it were left alone. */
static void expect_written(const struct fixture *f)
{
    uint32_t sectors = (f->len + 0xfff) / 0x1000;
    uint32_t rest = SLOT_ADDR + sectors * 0x1000;

    assert_memory_equal(f->h.bytes + SLOT_ADDR, f->image, f->len);
    assert_int_equal(f->h.n_erases, sectors);
    for (uint32_t i = 0; i < sectors; i++) {
        assert_int_equal(f->h.n_sector_erases[SLOT_ADDR / 0x1000 + i], 1);
    }
    for (uint32_t addr = SLOT_ADDR + f->len; addr < rest; addr++) {
        assert_int_equal(f->h.bytes[addr], 0xff);
    }
    assert_memory_equal(f->h.bytes + rest, f->before + rest, FLASH_SIZE - rest);
}

static void an_image_reaches_its_slot_in_every_chunking(void **state)
{
    struct fixture *f = *state;
    struct asl_image_info info;

    f->len = make_app(SLOT_ADDR, 1200, 100, f->image, sizeof(f->image));
    for (uint32_t chunk = 1; chunk <= f->len; chunk++) {
        host_flash_rewind(&f->h, f->before);
        assert_int_equal(run(f, f->image, f->len, chunk, &info), ASL_OK);
        expect_clean_work(f);
        expect_written(f);
        assert_int_equal(info.total_len, f->len);
        assert_string_equal(info.desc.version, "1.2.3");
    }
}

static void larger_images_and_every_size_around_a_sector(void **state)
{
    struct fixture *f = *state;

    for (uint32_t text = 0x1000 - 256; text <= 0x1000 + 64; text += 4) {
        f->len = make_app(SLOT_ADDR, text, 0, f->image, sizeof(f->image));
        host_flash_rewind(&f->h, f->before);
        assert_int_equal(run(f, f->image, f->len, 1460, NULL), ASL_OK);
        expect_clean_work(f);
        expect_written(f);
    }
    /* The whole slot, to the last byte. */
    f->len = make_app(SLOT_ADDR, SLOT_SIZE - 64, 0, f->image, sizeof(f->image));
    assert_int_equal(f->len, SLOT_SIZE);
    host_flash_rewind(&f->h, f->before);
    assert_int_equal(run(f, f->image, f->len, 1000, NULL), ASL_OK);
    expect_written(f);
}

static void a_declared_length_is_held(void **state)
{
    struct fixture *f = *state;

    f->config.image_len = f->len;
    assert_int_equal(run(f, f->image, f->len, 700, NULL), ASL_OK);
    expect_written(f);
    host_flash_rewind(&f->h, f->before);
    assert_int_equal(run(f, f->image, f->len - 1, 700, NULL), ASL_ERR_IMAGE_TRUNCATED);
    host_flash_rewind(&f->h, f->before);
    assert_int_equal(run(f, f->image, f->len + 1, f->len + 1, NULL), ASL_ERR_IMAGE_TRAILING);
    expect_untouched(f);
    /* Cut just before its hash: only the length tells it from an image that has none. */
    f->config.accept_no_hash = true;
    host_flash_rewind(&f->h, f->before);
    assert_int_equal(run(f, f->image, f->len - 32, 700, NULL), ASL_ERR_IMAGE_TRUNCATED);
    f->config.accept_no_hash = false;
    host_flash_rewind(&f->h, f->before);
    /* A length that is known and cannot be: longer than the image, shorter than its text. */
    f->config.image_len = f->len + 16;
    assert_int_equal(run(f, f->image, f->len + 16, 700, NULL), ASL_ERR_IMAGE_TRAILING);
    host_flash_rewind(&f->h, f->before);
    f->config.image_len = 4000;
    assert_int_equal(run(f, f->image, 4000, 700, NULL), ASL_ERR_IMAGE_TRUNCATED);
    expect_untouched(f);
}

static void bytes_behind_the_image_are_refused(void **state)
{
    struct fixture *f = *state;

    for (uint32_t extra = 1; extra < 3000; extra += 331) {
        host_flash_rewind(&f->h, f->before);
        assert_int_equal(run(f, f->image, f->len + extra, 512, NULL), ASL_ERR_IMAGE_TRAILING);
        expect_clean_work(f);
    }
}

static void every_cut_of_the_stream_is_refused(void **state)
{
    struct fixture *f = *state;

    f->len = make_app(SLOT_ADDR, 1200, 100, f->image, sizeof(f->image));
    for (uint32_t cut = 0; cut < f->len; cut++) {
        host_flash_rewind(&f->h, f->before);
        assert_int_equal(run(f, f->image, cut, 256, NULL),
                         cut == f->len - 32 ? ASL_ERR_IMAGE_NO_HASH : ASL_ERR_IMAGE_TRUNCATED);
        expect_clean_work(f);
    }
}

static void what_is_no_image_for_this_slot_erases_nothing(void **state)
{
    struct fixture *f = *state;
    static const struct {
        uint32_t off, value;
        enum asl_err want;
    } cases[] = {
        {0, 0x6d74683cu, ASL_ERR_IMAGE_MAGIC}, /* "<htm" */
        {0, 0x202000e9u, ASL_ERR_IMAGE_SEGMENTS},     {4, 0x3ffe8000u, ASL_ERR_IMAGE_ENTRY},
        {8, 0x3ffe8000u, ASL_ERR_IMAGE_SEGMENT_ADDR}, {8, 0x40280010u, ASL_ERR_IMAGE_LINK},
        {12, 0xfffffffcu, ASL_ERR_IMAGE_SEGMENT_LEN}, {12, SLOT_SIZE, ASL_ERR_IMAGE_TOO_LARGE},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t saved[4];
        memcpy(saved, f->image + cases[i].off, 4);
        asl_put_le32(f->image + cases[i].off, cases[i].value);
        for (uint32_t chunk = 1; chunk <= 4096; chunk *= 8) {
            assert_int_equal(run(f, f->image, f->len, chunk, NULL), cases[i].want);
            expect_untouched(f);
        }
        memcpy(f->image + cases[i].off, saved, 4);
    }
    assert_int_equal(run(f, f->image, f->len, 100, NULL), ASL_OK);
}

static void a_text_is_refused_by_its_first_byte(void **state)
{
    struct fixture *f = *state;
    struct asl_update u;

    assert_int_equal(asl_update_begin(&u, &f->config), ASL_OK);
    assert_int_equal(asl_update_feed(&u, "<", 1), ASL_ERR_IMAGE_MAGIC);
    assert_int_equal(asl_update_feed(&u, f->image, 10), ASL_ERR_IMAGE_MAGIC);
    assert_int_equal(asl_update_end(&u, NULL), ASL_ERR_IMAGE_MAGIC);
    expect_untouched(f);
}

static void more_bytes_than_the_slot_are_too_many(void **state)
{
    struct fixture *f = *state;
    struct asl_update u;

    assert_int_equal(asl_update_begin(&u, &f->config), ASL_OK);
    assert_int_equal(asl_update_feed(&u, f->image, SLOT_SIZE + 1), ASL_ERR_IMAGE_TOO_LARGE);
    expect_untouched(f);
    f->config.image_len = SLOT_SIZE + 1;
    assert_int_equal(asl_update_begin(&u, &f->config), ASL_ERR_IMAGE_TOO_LARGE);
    assert_int_equal(asl_update_feed(&u, f->image, 1), ASL_ERR_INVALID_STATE);
}

static void begin_refuses_slots_that_cannot_be(void **state)
{
    struct fixture *f = *state;
    static const struct {
        uint32_t addr, size;
        enum asl_err want;
    } cases[] = {
        {SLOT_ADDR + 0x100, SLOT_SIZE, ASL_ERR_INVALID_ARG},
        {SLOT_ADDR, SLOT_SIZE + 0x10, ASL_ERR_INVALID_ARG},
        {SLOT_ADDR, 0, ASL_ERR_INVALID_ARG},
        {SLOT_ADDR, FLASH_SIZE, ASL_ERR_FLASH_BOUNDS},
        {FLASH_SIZE, 0x1000, ASL_ERR_FLASH_BOUNDS},
        {0xfffff000u, 0x2000, ASL_ERR_FLASH_BOUNDS},
        {FLASH_SIZE - 0x1000, 0x1000, ASL_OK},
    };
    struct asl_update u;

    for (size_t i = 0; i < COUNT(cases); i++) {
        f->config.slot_addr = cases[i].addr;
        f->config.slot_size = cases[i].size;
        assert_int_equal(asl_update_begin(&u, &f->config), cases[i].want);
    }
    f->h.flash.size = 0x400000;
    f->config.slot_addr = 0xf0000;
    f->config.slot_size = 0x20000;
    assert_int_equal(asl_update_begin(&u, &f->config), ASL_ERR_TABLE_WINDOW);
    f->config.slot_size = 0x10000;
    assert_int_equal(asl_update_begin(&u, &f->config), ASL_OK);
    f->h.flash.page_size = 2048;
    assert_int_equal(asl_update_begin(&u, &f->config), ASL_ERR_INVALID_ARG);
    f->config.flash = NULL;
    assert_int_equal(asl_update_begin(&u, &f->config), ASL_ERR_INVALID_ARG);
    expect_untouched(f);
}

struct owner {
    const struct fixture *f;
    uint32_t n_calls, len;
    enum asl_err answer;
};

static enum asl_err ask_owner(void *ctx, const uint8_t *first, uint32_t len)
{
    struct owner *owner = ctx;

    owner->n_calls++;
    owner->len = len;
    assert_memory_equal(first, owner->f->image, len);
    assert_int_equal(owner->f->h.n_erases, 0);
    return owner->answer;
}

static void the_owner_is_asked_once_before_the_first_erase(void **state)
{
    struct fixture *f = *state;
    struct owner owner = {f, 0, 0, ASL_ERR_NOT_FOUND};

    f->config.accept = ask_owner;
    f->config.ctx = &owner;
    assert_int_equal(run(f, f->image, f->len, 100, NULL), ASL_ERR_NOT_FOUND);
    assert_int_equal(owner.n_calls, 1);
    assert_int_equal(owner.len, ASL_UPDATE_BUFFER_LEN);
    expect_untouched(f);
    owner.answer = ASL_OK;
    assert_int_equal(run(f, f->image, f->len, 100, NULL), ASL_OK);
    assert_int_equal(owner.n_calls, 2);
    /* What the gate refuses is not asked about. */
    f->image[0] = 0;
    host_flash_rewind(&f->h, f->before);
    assert_int_equal(run(f, f->image, f->len, 100, NULL), ASL_ERR_IMAGE_MAGIC);
    assert_int_equal(owner.n_calls, 2);
}

struct door {
    const struct fixture *f;
    uint32_t n_calls;
    enum asl_err answer;
};

static enum asl_err open_door(void *ctx)
{
    struct door *door = ctx;

    door->n_calls++;
    assert_int_equal(door->f->h.n_erases, 0);
    return door->answer;
}

/* What the gate or the image's structure refuses has not come so far. */
static void the_first_write_is_announced_once(void **state)
{
    struct fixture *f = *state;
    struct door door = {f, 0, ASL_ERR_FLASH_VERIFY};

    f->config.before_write = open_door;
    f->config.ctx = &door;
    assert_int_equal(run(f, f->image, f->len, 100, NULL), ASL_ERR_FLASH_VERIFY);
    assert_int_equal(door.n_calls, 1);
    expect_untouched(f);
    door.answer = ASL_OK;
    assert_int_equal(run(f, f->image, f->len, 100, NULL), ASL_OK);
    assert_int_equal(door.n_calls, 2);
    host_flash_rewind(&f->h, f->before);
    f->image[15] ^= 0x80; /* the first segment's length */
    assert_int_not_equal(run(f, f->image, f->len, 100, NULL), ASL_OK);
    assert_int_equal(door.n_calls, 2);
}

static void an_aborted_session_is_closed(void **state)
{
    struct fixture *f = *state;
    struct asl_update u;

    assert_int_equal(asl_update_begin(&u, &f->config), ASL_OK);
    assert_int_equal(asl_update_feed(&u, f->image, 5000), ASL_OK);
    assert_int_equal(u.received, 5000);
    assert_int_equal(u.written, 4096);
    assert_int_equal(u.erased, 4096);
    asl_update_abort(&u);
    assert_int_equal(asl_update_feed(&u, f->image, 1), ASL_ERR_INVALID_STATE);
    assert_int_equal(asl_update_end(&u, NULL), ASL_ERR_INVALID_STATE);
    expect_clean_work(f);
}

static void end_believes_the_flash_and_not_the_stream(void **state)
{
    struct fixture *f = *state;
    struct asl_update u;
    struct asl_image_info info = {.len = 77};

    for (uint32_t at = 0; at < f->len; at += 97) {
        host_flash_rewind(&f->h, f->before);
        assert_int_equal(asl_update_begin(&u, &f->config), ASL_OK);
        assert_int_equal(asl_update_feed(&u, f->image, f->len), ASL_OK);
        if (at < u.written) {
            f->h.bytes[SLOT_ADDR + at] ^= 0x40;
            assert_int_not_equal(asl_update_end(&u, &info), ASL_OK);
            assert_int_equal(info.len, 77);
        }
    }
}

static void damage_in_the_stream_is_found(void **state)
{
    struct fixture *f = *state;

    for (uint32_t bit = 0; bit < f->len * 8; bit += 61) {
        host_flash_rewind(&f->h, f->before);
        f->image[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_not_equal(run(f, f->image, f->len, 1460, NULL), ASL_OK);
        expect_clean_work(f);
        f->image[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void an_image_without_hash_needs_the_owners_word(void **state)
{
    struct fixture *f = *state;
    static struct asl_image_verifier v;
    static uint32_t scratch[64];
    struct asl_image_info info;

    for (uint32_t text = 4096 - 80; text <= 4096; text += 4) {
        f->len = make_app(SLOT_ADDR, text, 0, f->image, sizeof(f->image)) - 32;
        f->config.accept_no_hash = false;
        host_flash_rewind(&f->h, f->before);
        assert_int_equal(run(f, f->image, f->len, 500, NULL), ASL_ERR_IMAGE_NO_HASH);
        f->config.accept_no_hash = true;
        host_flash_rewind(&f->h, f->before);
        assert_int_equal(run(f, f->image, f->len, 500, &info), ASL_OK);
        assert_false(info.has_hash);
        /* Later readers find no old bytes where a hash would stand. */
        assert_int_equal(asl_slot_verify(&f->h.flash, SLOT_ADDR, SLOT_SIZE, true, scratch,
                                         sizeof(scratch), NULL, NULL, &v, NULL),
                         ASL_OK);
    }
}

/* Errors that a fault may lead to; any other, or success with other bytes, is wrong. */
static void check_fault_result(struct fixture *f, enum host_fault fault, enum asl_err err,
                               uint32_t op)
{
    bool told = err == ASL_ERR_FLASH_PROGRAM || err == ASL_ERR_FLASH_ERASE;
    bool good = fault == HOST_FAULT_ERROR || fault == HOST_FAULT_TORN
                    ? told
                    : err == ASL_OK || err == ASL_ERR_FLASH_VERIFY;

    if (!good || !f->h.fired) {
        fail_msg("fault %d at operation %u: error %d, fired %d", fault, op, err, f->h.fired);
    }
    if (err == ASL_OK) {
        assert_memory_equal(f->h.bytes + SLOT_ADDR, f->image, f->len);
    }
    assert_int_equal(f->h.n_misuses, 0);
    assert_true(host_flash_same_outside(&f->h, f->before, SLOT_ADDR, SLOT_SIZE));
}

static uint32_t count_ops(struct fixture *f)
{
    host_flash_rewind(&f->h, f->before);
    assert_int_equal(run(f, f->image, f->len, 1460, NULL), ASL_OK);
    return f->h.n_ops;
}

static void a_fault_at_each_operation_is_told_and_healed(void **state)
{
    static const enum host_fault faults[] = {HOST_FAULT_ERROR, HOST_FAULT_NOOP, HOST_FAULT_TORN,
                                             HOST_FAULT_DEAD};
    struct fixture *f = *state;
    uint32_t n_ops = count_ops(f);

    assert_true(n_ops > 30);
    for (size_t k = 0; k < COUNT(faults); k++) {
        for (uint32_t op = 1; op <= n_ops; op++) {
            host_flash_rewind(&f->h, f->before);
            host_flash_plan(&f->h, faults[k], op, 0);
            check_fault_result(f, faults[k], run(f, f->image, f->len, 1460, NULL), op);
            /* Power is back, the fault is gone, and so is its trace after the next update. */
            host_flash_power_on(&f->h);
            f->h.dead_sector = UINT32_MAX;
            assert_int_equal(run(f, f->image, f->len, 1460, NULL), ASL_OK);
            assert_memory_equal(f->h.bytes + SLOT_ADDR, f->image, f->len);
        }
    }
}

static void a_skipped_program_is_made_up_for(void **state)
{
    struct fixture *f = *state;

    host_flash_plan(&f->h, HOST_FAULT_NOOP, 2, 0);
    assert_int_equal(run(f, f->image, f->len, 1460, NULL), ASL_OK);
    assert_true(f->h.fired);
    assert_memory_equal(f->h.bytes + SLOT_ADDR, f->image, f->len);
}

static void a_sector_that_does_not_erase_is_found_out(void **state)
{
    struct fixture *f = *state;

    for (uint32_t i = 0; i < 3; i++) {
        host_flash_rewind(&f->h, f->before);
        f->h.dead_sector = SLOT_ADDR / 0x1000 + i;
        assert_int_equal(run(f, f->image, f->len, 1460, NULL), ASL_ERR_FLASH_VERIFY);
        assert_true(host_flash_same_outside(&f->h, f->before, SLOT_ADDR, SLOT_SIZE));
    }
}

static void a_failed_read_is_told(void **state)
{
    struct fixture *f = *state;

    host_flash_rewind(&f->h, f->before);
    assert_int_equal(run(f, f->image, f->len, 1460, NULL), ASL_OK);
    uint32_t n_reads = f->h.n_reads;
    assert_true(n_reads > 100);
    for (uint32_t read = 1; read <= n_reads; read++) {
        host_flash_rewind(&f->h, f->before);
        host_flash_plan(&f->h, HOST_FAULT_NONE, 0, read);
        assert_int_equal(run(f, f->image, f->len, 1460, NULL), ASL_ERR_FLASH_READ);
        assert_true(f->h.fired);
    }
}

struct progress {
    uint32_t n, last;
};

static void note(void *ctx, uint32_t done)
{
    struct progress *p = ctx;

    assert_true(done > p->last);
    p->last = done;
    p->n++;
}

static void a_slot_is_verified_through_any_scratch(void **state)
{
    struct fixture *f = *state;
    static uint32_t scratch[1024];
    static struct asl_image_verifier v;
    struct asl_image_info info;

    assert_int_equal(run(f, f->image, f->len, 1460, NULL), ASL_OK);
    for (uint32_t len = 0; len <= sizeof(scratch); len += len < 128 ? 1 : 252) {
        struct progress p = {0, 0};
        enum asl_err want = len < 64 || len % 4 != 0 ? ASL_ERR_INVALID_ARG : ASL_OK;
        assert_int_equal(asl_slot_verify(&f->h.flash, SLOT_ADDR, SLOT_SIZE, false, scratch, len,
                                         note, &p, &v, &info),
                         want);
        if (want == ASL_OK) {
            assert_int_equal(info.total_len, f->len);
            assert_true(p.last >= f->len && p.last < f->len + len);
        }
    }
    assert_int_equal(asl_slot_verify(&f->h.flash, SLOT_ADDR, FLASH_SIZE, false, scratch, 64, NULL,
                                     NULL, &v, NULL),
                     ASL_ERR_FLASH_BOUNDS);
    /* A good image at another place is no image for that place. */
    memcpy(f->h.bytes + 0x20000, f->image, f->len);
    assert_int_equal(
        asl_slot_verify(&f->h.flash, 0x20000, SLOT_SIZE, false, scratch, 64, NULL, NULL, &v, NULL),
        ASL_ERR_IMAGE_LINK);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_image_reaches_its_slot_in_every_chunking),
        TEST(larger_images_and_every_size_around_a_sector),
        TEST(a_declared_length_is_held),
        TEST(bytes_behind_the_image_are_refused),
        TEST(every_cut_of_the_stream_is_refused),
        TEST(what_is_no_image_for_this_slot_erases_nothing),
        TEST(a_text_is_refused_by_its_first_byte),
        TEST(more_bytes_than_the_slot_are_too_many),
        TEST(begin_refuses_slots_that_cannot_be),
        TEST(the_owner_is_asked_once_before_the_first_erase),
        TEST(the_first_write_is_announced_once),
        TEST(an_aborted_session_is_closed),
        TEST(end_believes_the_flash_and_not_the_stream),
        TEST(damage_in_the_stream_is_found),
        TEST(an_image_without_hash_needs_the_owners_word),
        TEST(a_fault_at_each_operation_is_told_and_healed),
        TEST(a_skipped_program_is_made_up_for),
        TEST(a_sector_that_does_not_erase_is_found_out),
        TEST(a_failed_read_is_told),
        TEST(a_slot_is_verified_through_any_scratch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
