/* SPDX-License-Identifier: Apache-2.0 */
/* The acts of asl_otadata.h: reads and writes the two sectors, decides nothing. Every byte written
 * is read back; a page is programmed once per erase; the governing sector is never erased. */
#include <string.h>

#include "airslot/bytes.h"
#include "asl_otadata.h"

#define CHUNK_LEN  128u
#define N_PAGES    (ASL_OTADATA_MARK_PAGE + ASL_OTADATA_MAX_STARTS)
#define SEAL_OFF   ASL_PAGE_SIZE
#define WORD_BLANK 0xffffffffu
#define MARK_MAGIC 0x544c5341u /* "ASLT" */

static enum asl_err is_area_blank(const struct asl_flash *flash, uint32_t addr, uint32_t len,
                                  bool *blank)
{
    uint32_t words[CHUNK_LEN / 4u];

    *blank = true;
    for (uint32_t off = 0; off < len && *blank; off += CHUNK_LEN) {
        enum asl_err err = flash->read(flash->ctx, addr + off, words, CHUNK_LEN);
        if (err != ASL_OK) {
            return err;
        }
        uint32_t all = WORD_BLANK;
        for (uint32_t i = 0; i < CHUNK_LEN / 4u; i++) {
            all &= words[i];
        }
        *blank = all == WORD_BLANK;
    }
    return ASL_OK;
}

static enum asl_err read_sector(const struct asl_flash *flash, uint32_t addr,
                                struct asl_otadata_sector *sector)
{
    enum asl_err err = flash->read(flash->ctx, addr, sector->record, ASL_OTADATA_RECORD_LEN);

    if (err == ASL_OK) {
        err = flash->read(flash->ctx, addr + SEAL_OFF, sector->seal, ASL_OTADATA_SEAL_LEN);
    }
    sector->used_pages = 0;
    for (uint32_t page = 0; err == ASL_OK && page < N_PAGES; page++) {
        bool blank;
        err = is_area_blank(flash, addr + page * ASL_PAGE_SIZE, ASL_PAGE_SIZE, &blank);
        sector->used_pages |= (blank ? 0u : 1u) << page;
    }
    return err;
}

enum asl_err asl_otadata_read(const struct asl_flash *flash, uint32_t addr,
                              struct asl_otadata_sector sector[2])
{
    enum asl_err err = read_sector(flash, addr, &sector[0]);

    return err == ASL_OK ? read_sector(flash, addr + ASL_SECTOR_SIZE, &sector[1]) : err;
}

static enum asl_err erase_checked(const struct asl_flash *flash, uint32_t addr)
{
    bool blank = false;
    enum asl_err err = flash->erase(flash->ctx, addr);

    if (err == ASL_OK) {
        err = is_area_blank(flash, addr, ASL_SECTOR_SIZE, &blank);
    }
    return err != ASL_OK || blank ? err : ASL_ERR_FLASH_VERIFY;
}

static enum asl_err program_checked(const struct asl_flash *flash, uint32_t addr,
                                    const uint8_t bytes[ASL_OTADATA_RECORD_LEN])
{
    uint32_t words[ASL_OTADATA_RECORD_LEN / 4u];

    memcpy(words, bytes, sizeof(words));
    enum asl_err err = flash->program(flash->ctx, addr, words, sizeof(words));
    if (err == ASL_OK) {
        err = flash->read(flash->ctx, addr, words, sizeof(words));
    }
    if (err == ASL_OK && memcmp(words, bytes, sizeof(words)) != 0) {
        err = ASL_ERR_FLASH_VERIFY;
    }
    return err;
}

/* A cut in 1, or between, leaves a sector that is blank, torn or the older record: the other one
 * governs. A cut in 2 leaves a torn sector; a factory choice is made as soon as 2 is complete.
 * A cut in 3 leaves a torn sector, because its seal is whole and its record is not; behind 3 the
 * successor governs. */
static enum asl_err write_once(const struct asl_flash *flash, uint32_t addr,
                               const struct asl_otadata_step *step)
{
    enum asl_err err = erase_checked(flash, addr); /* 1 */

    if (err == ASL_OK) {
        err = program_checked(flash, addr + SEAL_OFF, step->seal); /* 2 */
    }
    if (err == ASL_OK && !step->is_factory) {
        err = program_checked(flash, addr, step->record); /* 3 */
    }
    return err;
}

static enum asl_err write_step(const struct asl_flash *flash, uint32_t addr,
                               const struct asl_otadata_step *step)
{
    uint32_t sector_addr = addr + step->sector * ASL_SECTOR_SIZE;
    enum asl_err err = write_once(flash, sector_addr, step);

    return err == ASL_OK ? ASL_OK : write_once(flash, sector_addr, step);
}

static enum asl_err erase_sector(const struct asl_flash *flash, uint32_t addr)
{
    enum asl_err err = erase_checked(flash, addr);

    return err == ASL_OK ? ASL_OK : erase_checked(flash, addr);
}

enum asl_err asl_otadata_erase_other(const struct asl_flash *flash, uint32_t addr,
                                     const struct asl_otadata *o)
{
    if (o->governing < 0) {
        return ASL_ERR_INVALID_STATE;
    }
    const struct asl_record *other = &o->record[1 - o->governing];
    if (asl_record_is_valid(other) && other->floor > o->record[o->governing].floor) {
        return ASL_ERR_INVALID_STATE;
    }
    return erase_sector(flash, addr + (o->governing == 0 ? ASL_SECTOR_SIZE : 0u));
}

enum asl_err asl_otadata_finish(const struct asl_flash *flash, uint32_t addr,
                                const struct asl_otadata *o)
{
    enum asl_err err = ASL_OK;

    if (!asl_otadata_is_unfinished(o)) {
        return ASL_OK;
    }
    if (o->governing == 1) {
        struct asl_otadata_choice choice;
        struct asl_otadata_step step;
        asl_otadata_carry(o, &choice);
        choice.is_factory = true;
        (void)asl_otadata_plan(o, &choice, &step);
        err = write_step(flash, addr, &step);
    }
    return err == ASL_OK ? erase_sector(flash, addr + ASL_SECTOR_SIZE) : err;
}

enum asl_err asl_otadata_write(const struct asl_flash *flash, uint32_t addr,
                               const struct asl_otadata_step *step)
{
    struct asl_otadata_sector sector[2];
    struct asl_otadata now;
    enum asl_err err = write_step(flash, addr, step);

    if (err == ASL_OK && step->is_factory && asl_otadata_read(flash, addr, sector) == ASL_OK) {
        asl_otadata_parse(sector, &now);
        (void)asl_otadata_finish(flash, addr, &now);
    }
    return err;
}

/* Programs one mark; a page that is no longer blank counts as a start, whatever it holds. */
static enum asl_err program_mark(const struct asl_flash *flash, uint32_t addr, uint8_t cause,
                                 bool *taken)
{
    uint32_t word;

    asl_put_le32((uint8_t *)&word, MARK_MAGIC ^ cause);
    (void)flash->program(flash->ctx, addr, &word, sizeof(word));
    enum asl_err err = flash->read(flash->ctx, addr, &word, sizeof(word));
    *taken = err == ASL_OK && word != WORD_BLANK;
    return err;
}

enum asl_err asl_otadata_mark_start(const struct asl_flash *flash, uint32_t addr,
                                    const struct asl_otadata *o, uint8_t cause)
{
    enum asl_err result = ASL_ERR_INVALID_STATE;

    if (o->governing < 0) {
        return result;
    }
    addr += (uint32_t)o->governing * ASL_SECTOR_SIZE;
    for (uint32_t page = ASL_OTADATA_MARK_PAGE; page < N_PAGES; page++) {
        bool taken = false;
        if ((o->record[o->governing].used_pages >> page & 1u) != 0) {
            continue;
        }
        enum asl_err err = program_mark(flash, addr + page * ASL_PAGE_SIZE, cause, &taken);
        if (err != ASL_OK || taken) {
            return err;
        }
        result = ASL_ERR_FLASH_VERIFY;
    }
    return result;
}
