/* SPDX-License-Identifier: Apache-2.0 */
/* Every block passes the same steps: judged (gate, owner, structure), room erased, programmed page
 * by page, read back. What fails a step never reaches the next, and nothing outside the slot is
 * touched. */
#include "asl_update.h"

#include <stddef.h>
#include <string.h>

enum { CLOSED, FIRST_BLOCK, RESUMED_BLOCK, LATER_BLOCKS, FAILED };

#define COMPARE_LEN 64u

/* What does not become an image must not be gone on with. Only a session that has written may say
 * so: before that the slot and its note belong to an earlier one. */
static void forget(const struct asl_update *u)
{
    const struct asl_update_config *config = &u->config;

    if (u->state == RESUMED_BLOCK || u->state == LATER_BLOCKS) {
        (void)asl_resume_forget(config->flash, config->slot_addr, config->slot_size);
    }
}

static enum asl_err fail(struct asl_update *u, enum asl_err err)
{
    forget(u);
    u->state = FAILED;
    u->failed = err;
    return err;
}

static bool is_power_of_two(uint32_t n)
{
    return n != 0 && (n & (n - 1u)) == 0;
}

/* Blocks must be whole pages, and sectors whole blocks, or a page would be programmed twice. */
static bool geometry_suits(const struct asl_flash *flash)
{
    return is_power_of_two(flash->page_size) && is_power_of_two(flash->erase_size) &&
           is_power_of_two(flash->program_size) && flash->page_size <= ASL_UPDATE_BUFFER_LEN &&
           flash->erase_size >= ASL_UPDATE_BUFFER_LEN && flash->program_size <= flash->page_size;
}

static enum asl_err judge_config(const struct asl_update_config *config)
{
    const struct asl_flash *flash = config->flash;
    uint32_t addr = config->slot_addr;
    uint32_t size = config->slot_size;

    if (flash == NULL || !geometry_suits(flash) || size == 0 || addr % flash->erase_size != 0 ||
        size % flash->erase_size != 0) {
        return ASL_ERR_INVALID_ARG;
    }
    if (addr > flash->size || size > flash->size - addr) {
        return ASL_ERR_FLASH_BOUNDS;
    }
    if (size > ASL_WINDOW_LEN - addr % ASL_WINDOW_LEN) {
        return ASL_ERR_TABLE_WINDOW;
    }
    if (config->note_len > ASL_NOTE_MAX) {
        return ASL_ERR_INVALID_ARG;
    }
    return config->image_len > size ? ASL_ERR_IMAGE_TOO_LARGE : ASL_OK;
}

enum asl_err asl_update_begin(struct asl_update *u, const struct asl_update_config *config)
{
    enum asl_err err = judge_config(config);
    uint32_t limit = config->image_len != 0 ? config->image_len : config->slot_size;
    const struct asl_image_rules rules = {
        .max_len = limit, .accept_no_hash = config->accept_no_hash, .exact_len = true};

    memset(u, 0, sizeof(*u));
    if (err != ASL_OK) {
        u->failed = err;
        return err;
    }
    u->config = *config;
    u->state = FIRST_BLOCK;
    asl_image_verifier_init(&u->verifier, &rules);
    return ASL_OK;
}

void asl_update_expect(struct asl_update *u, const uint8_t digest[ASL_IMAGE_HASH_LEN])
{
    asl_image_verifier_expect(&u->verifier, digest);
}

/* The questions that only the first block answers, and all of them before the first erase. */
static enum asl_err judge_first(const struct asl_update *u)
{
    const struct asl_update_config *config = &u->config;
    const uint8_t *first = (const uint8_t *)u->buffer;
    enum asl_err err =
        asl_image_gate(first, u->fill, config->slot_addr, config->slot_size, config->image_len);

    if (err == ASL_OK && config->accept != NULL) {
        err = config->accept(config->ctx, first, u->fill);
    }
    return err;
}

/* Erases sectors until the first end bytes of the slot are ready to be written. */
static enum asl_err erase_to(struct asl_update *u, uint32_t end)
{
    const struct asl_flash *flash = u->config.flash;

    while (u->erased < end) {
        enum asl_err err = flash->erase(flash->ctx, u->config.slot_addr + u->erased);
        if (err != ASL_OK) {
            return err;
        }
        u->erased += flash->erase_size;
    }
    return ASL_OK;
}

enum page_state { PAGE_GOOD, PAGE_OPEN, PAGE_BAD };

/* Compares flash with want: equal, still to be reached by clearing bits, or neither. */
static enum asl_err compare(const struct asl_flash *flash, uint32_t addr, const uint8_t *want,
                            enum page_state *state)
{
    uint8_t have[COMPARE_LEN];

    *state = PAGE_GOOD;
    for (uint32_t off = 0; off < flash->page_size; off += COMPARE_LEN) {
        uint32_t n = flash->page_size - off < COMPARE_LEN ? flash->page_size - off : COMPARE_LEN;
        enum asl_err err = flash->read(flash->ctx, addr + off, have, n);
        if (err != ASL_OK) {
            return err;
        }
        for (uint32_t i = 0; i < n; i++) {
            if ((have[i] & want[off + i]) != want[off + i]) {
                *state = PAGE_BAD;
                return ASL_OK;
            }
            if (have[i] != want[off + i]) {
                *state = PAGE_OPEN;
            }
        }
    }
    return ASL_OK;
}

/* Programs one page and proves it, with one more attempt where the bits allow it. */
static enum asl_err write_page(const struct asl_flash *flash, uint32_t addr, const uint8_t *src)
{
    for (int attempt = 0; attempt < 2; attempt++) {
        enum page_state state = PAGE_BAD;
        enum asl_err err = flash->program(flash->ctx, addr, src, flash->page_size);
        if (err == ASL_OK) {
            err = compare(flash, addr, src, &state);
        }
        if (err != ASL_OK) {
            return err;
        }
        if (state == PAGE_GOOD) {
            return ASL_OK;
        }
        if (state == PAGE_BAD) {
            break;
        }
    }
    return ASL_ERR_FLASH_VERIFY;
}

/* Before the first byte is written:
 * 1. the old note goes: a reset finds no download to go on with;
 * 2. sector 0 is erased: nothing of the slot looks written;
 * 3. the new note is written: a reset goes on at 0. Without it, it only starts again. */
static enum asl_err open_slot(struct asl_update *u)
{
    const struct asl_update_config *c = &u->config;
    enum asl_err err = asl_resume_forget(c->flash, c->slot_addr, c->slot_size);

    if (err == ASL_OK) {
        err = erase_to(u, 1);
    }
    if (err == ASL_OK && c->note != NULL) {
        (void)asl_resume_note(c->flash, c->slot_addr, c->slot_size, c->image_len, c->note,
                              c->note_len);
    }
    return err;
}

/* Bytes of the slot that the image may need. */
static uint32_t limit_of(const struct asl_update_config *config)
{
    return config->image_len != 0 ? config->image_len : config->slot_size;
}

/* Before the sector at written is erased again, which a cut may leave looking written: the one
 * behind it must look blank, or old bytes would be taken for new ones. */
static enum asl_err reopen_slot(const struct asl_update *u)
{
    const struct asl_update_config *c = &u->config;

    return c->note != NULL && limit_of(c) - u->written > c->flash->erase_size
               ? asl_resume_guard(c->flash, c->slot_addr, c->slot_size, u->written)
               : ASL_OK;
}

/* Gets flash ready for the block. With a note the next sector is blank before this one is full. */
static enum asl_err make_room(struct asl_update *u)
{
    uint32_t end = u->written + u->fill;
    enum asl_err err = ASL_OK;

    if (u->state == FIRST_BLOCK) {
        err = open_slot(u);
    } else if (u->state == RESUMED_BLOCK) {
        err = reopen_slot(u);
    }
    if (u->config.note != NULL && end < limit_of(&u->config)) {
        end++;
    }
    return err == ASL_OK ? erase_to(u, end) : err;
}

/* Writes the judged block; its last page is padded with erased bytes. */
static enum asl_err write_block(struct asl_update *u)
{
    const struct asl_flash *flash = u->config.flash;
    uint8_t *block = (uint8_t *)u->buffer;

    enum asl_err err = make_room(u);
    memset(block + u->fill, 0xff, ASL_UPDATE_BUFFER_LEN - u->fill);
    for (uint32_t off = 0; err == ASL_OK && off < u->fill; off += flash->page_size) {
        err = write_page(flash, u->config.slot_addr + u->written + off, block + off);
    }
    return err;
}

/* A refusal says nothing against the download: its note stays, because a failed session forgets
 * nothing. */
static enum asl_err announce_write(struct asl_update *u)
{
    const struct asl_update_config *c = &u->config;
    enum asl_err err = c->before_write != NULL ? c->before_write(c->ctx) : ASL_OK;

    if (err != ASL_OK) {
        u->state = FAILED;
    }
    return err;
}

static enum asl_err flush(struct asl_update *u)
{
    enum asl_err err = u->state == FIRST_BLOCK ? judge_first(u) : ASL_OK;

    if (err == ASL_OK) {
        err = asl_image_verifier_feed(&u->verifier, u->buffer, u->fill);
    }
    if (err == ASL_OK && u->state != LATER_BLOCKS) {
        err = announce_write(u);
    }
    if (err == ASL_OK) {
        err = write_block(u);
        u->state = LATER_BLOCKS;
    }
    if (err == ASL_OK) {
        u->written += u->fill;
        u->fill = 0;
    }
    return err;
}

/* Judges len more bytes by their number alone. */
static enum asl_err judge_len(const struct asl_update *u, uint32_t len)
{
    if (u->config.image_len != 0 && len > u->config.image_len - u->received) {
        return ASL_ERR_IMAGE_TRAILING;
    }
    return len > u->config.slot_size - u->received ? ASL_ERR_IMAGE_TOO_LARGE : ASL_OK;
}

/* Moves bytes into the buffer; returns how many. */
static uint32_t collect(struct asl_update *u, const uint8_t *p, uint32_t len)
{
    uint32_t room = ASL_UPDATE_BUFFER_LEN - u->fill;
    uint32_t n = len < room ? len : room;

    memcpy((uint8_t *)u->buffer + u->fill, p, n);
    u->fill += n;
    u->received += n;
    return n;
}

enum asl_err asl_update_feed(struct asl_update *u, const void *data, uint32_t len)
{
    const uint8_t *p = data;

    if (u->state == CLOSED) {
        return ASL_ERR_INVALID_STATE;
    }
    if (u->state == FAILED || len == 0) {
        return u->failed;
    }
    /* The first byte tells a text from an image; no need to wait for a block of it. */
    if (u->received == 0 && p[0] != ASL_IMAGE_MAGIC) {
        return fail(u, ASL_ERR_IMAGE_MAGIC);
    }
    enum asl_err err = judge_len(u, len);
    while (err == ASL_OK && len > 0) {
        uint32_t n = collect(u, p, len);
        p += n;
        len -= n;
        if (u->fill == ASL_UPDATE_BUFFER_LEN) {
            err = flush(u);
        }
    }
    return err == ASL_OK ? ASL_OK : fail(u, err);
}

/* Takes the first offset bytes from flash instead of the caller. */
static enum asl_err take_written(struct asl_update *u, uint32_t offset)
{
    const struct asl_update_config *c = &u->config;
    enum asl_err err = ASL_OK;

    for (uint32_t off = 0; err == ASL_OK && off < offset; off += u->fill) {
        u->fill = offset - off < ASL_UPDATE_BUFFER_LEN ? offset - off : ASL_UPDATE_BUFFER_LEN;
        err = c->flash->read(c->flash->ctx, c->slot_addr + off, u->buffer, u->fill);
        if (err == ASL_OK && off == 0) {
            err = judge_first(u);
        }
        if (err == ASL_OK) {
            err = asl_image_verifier_feed(&u->verifier, u->buffer, u->fill);
        }
    }
    u->fill = 0;
    return err;
}

enum asl_err asl_update_resume(struct asl_update *u, const struct asl_update_config *config,
                               uint32_t offset)
{
    enum asl_err err = asl_update_begin(u, config);

    if (err != ASL_OK || offset == 0) {
        return err;
    }
    if (offset % config->flash->erase_size != 0 || offset >= limit_of(config)) {
        err = ASL_ERR_INVALID_ARG;
    } else {
        err = take_written(u, offset);
    }
    if (err != ASL_OK) {
        u->state = CLOSED;
        u->failed = err;
        return err;
    }
    u->state = RESUMED_BLOCK;
    u->received = u->written = u->erased = offset;
    return ASL_OK;
}

bool asl_update_is_whole(const struct asl_update *u, struct asl_image_verifier *scratch)
{
    if (u->state == CLOSED || u->state == FAILED) {
        return false;
    }
    *scratch = u->verifier;
    (void)asl_image_verifier_feed(scratch, u->buffer, u->fill);
    return scratch->info.has_hash && asl_image_verifier_finish(scratch, NULL) == ASL_OK;
}

/* Writes the rest and asks the stream's verifier, before flash is read again. */
static enum asl_err finish_stream(struct asl_update *u)
{
    if (u->state == FAILED) {
        return u->failed;
    }
    if (u->received == 0 || u->received < u->config.image_len) {
        return ASL_ERR_IMAGE_TRUNCATED;
    }
    enum asl_err err = u->fill > 0 ? flush(u) : ASL_OK;
    return err == ASL_OK ? asl_image_verifier_finish(&u->verifier, NULL) : err;
}

/* Where a hash would stand behind an image that has none, later readers must find erased bytes and
 * not what the slot held before. */
static enum asl_err clear_hash_place(struct asl_update *u)
{
    uint32_t room = u->config.slot_size - u->received;

    return erase_to(u, u->received + (room < ASL_IMAGE_HASH_LEN ? room : ASL_IMAGE_HASH_LEN));
}

enum asl_err asl_update_end(struct asl_update *u, struct asl_image_info *info)
{
    struct asl_image_info *seen = &u->verifier.info;

    if (u->state == CLOSED) {
        return ASL_ERR_INVALID_STATE;
    }
    enum asl_err err = finish_stream(u);
    if (err == ASL_OK && !seen->has_hash) {
        err = clear_hash_place(u);
    }
    if (err == ASL_OK) {
        err = asl_slot_verify(u->config.flash, u->config.slot_addr, u->config.slot_size,
                              u->config.accept_no_hash, u->buffer, sizeof(u->buffer), NULL, NULL,
                              &u->verifier, NULL);
    }
    if (err != ASL_OK) {
        forget(u);
    } else if (info != NULL) {
        *info = *seen;
    }
    u->state = CLOSED;
    u->failed = err;
    return err;
}

void asl_update_abort(struct asl_update *u)
{
    u->state = CLOSED;
}
