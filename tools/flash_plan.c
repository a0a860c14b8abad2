/* SPDX-License-Identifier: Apache-2.0 */
#include "flash_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asl_err.h"
#include "image_info.h"
#include "table_file.h"

#define FLASH_MAX (16u << 20)

static bool read_job(struct flash_plan *plan, const char *addr, const char *path)
{
    struct flash_job *job = &plan->job[plan->n];

    if (!io_parse_u32(addr, &job->addr)) {
        io_error("'%s' is no flash address", addr);
        io_hint("files follow their addresses: 0x10000 app.bin");
        return false;
    }
    job->path = path;
    if (!io_read_file(path, FLASH_MAX, &job->file)) {
        return false;
    }
    plan->n++;
    return true;
}

int flash_plan_read(struct flash_plan *plan, const char *const *word, int n_words)
{
    plan->n = 0;
    if (n_words == 0 || n_words % 2 != 0 || n_words > 2 * FLASH_MAX_FILES) {
        io_error("flash wants pairs of ADDR FILE, 1 to %d of them", FLASH_MAX_FILES);
        return EXIT_HOST;
    }
    for (int i = 0; i < n_words; i += 2) {
        if (!read_job(plan, word[i], word[i + 1])) {
            return EXIT_HOST;
        }
    }
    return EXIT_DONE;
}

void flash_plan_free(struct flash_plan *plan)
{
    for (int i = 0; i < plan->n; i++) {
        free(plan->job[i].file.data);
    }
    plan->n = 0;
}

static uint64_t sectors_end(const struct flash_job *job)
{
    uint64_t end = (uint64_t)job->addr + job->file.len;

    return (end + ASL_SECTOR_SIZE - 1) / ASL_SECTOR_SIZE * ASL_SECTOR_SIZE;
}

static bool job_fits(const struct flash_job *job, uint32_t flash_size)
{
    if (job->file.len == 0) {
        io_error("'%s' is empty", job->path);
        return false;
    }
    if (job->addr % ASL_SECTOR_SIZE != 0) {
        io_error("cannot write '%s' at 0x%x: sectors of 0x1000 are erased as a whole", job->path,
                 job->addr);
        return false;
    }
    if (job->addr > flash_size || job->file.len > flash_size - job->addr) {
        io_error("'%s' does not fit the flash at 0x%x: needed 0x%zx bytes, available 0x%x (%s)",
                 job->path, job->addr, job->file.len,
                 job->addr < flash_size ? flash_size - job->addr : 0,
                 asl_err_name(ASL_ERR_FLASH_BOUNDS));
        io_hint("%s", asl_err_hint(ASL_ERR_FLASH_BOUNDS));
        return false;
    }
    return true;
}

bool flash_plan_fits(const struct flash_plan *plan, uint32_t flash_size)
{
    for (int i = 0; i < plan->n; i++) {
        const struct flash_job *job = &plan->job[i];
        if (!job_fits(job, flash_size)) {
            return false;
        }
        for (int j = 0; j < i; j++) {
            const struct flash_job *other = &plan->job[j];
            if (job->addr < sectors_end(other) && other->addr < sectors_end(job)) {
                io_error("'%s' at 0x%x and '%s' at 0x%x share sectors", other->path, other->addr,
                         job->path, job->addr);
                return false;
            }
        }
    }
    return true;
}

/* The job whose bytes will stand at ASL_TABLE_ADDR, NULL when none will. */
static const struct flash_job *table_job(const struct flash_plan *plan)
{
    for (int i = 0; i < plan->n; i++) {
        const struct flash_job *job = &plan->job[i];
        if (job->addr <= ASL_TABLE_ADDR && sectors_end(job) > ASL_TABLE_ADDR) {
            return job;
        }
    }
    return NULL;
}

/* Finds the table that will be in force; n is 0 when there will be none. */
static bool find_table(const struct flash_plan *plan, const uint8_t *flash,
                       struct table_file *table)
{
    const struct flash_job *job = table_job(plan);

    memset(table, 0, sizeof(*table));
    if (job == NULL) {
        table->path = "the table in flash";
        (void)table_file_take(flash + ASL_TABLE_ADDR, ASL_TABLE_LEN, table);
        return true;
    }
    uint32_t off = ASL_TABLE_ADDR - job->addr;
    table->path = job->path;
    enum asl_err err = off < job->file.len ? table_file_take(job->file.data + off,
                                                             (uint32_t)job->file.len - off, table)
                                           : ASL_ERR_TABLE_MAGIC;
    if (err != ASL_OK && off == 0) {
        io_error_asl(job->path, err);
        return false;
    }
    return true;
}

static const struct asl_partition *slot_at(const struct table_file *table, uint32_t addr)
{
    for (uint32_t i = 0; i < table->n; i++) {
        if (asl_partition_is_slot(&table->entry[i]) && table->entry[i].addr == addr) {
            return &table->entry[i];
        }
    }
    return NULL;
}

/* An image must be whole, linked for its slot, and no longer than it. */
static bool suits_slot(const struct flash_job *job, const struct asl_partition *slot)
{
    static struct image_report report;

    if (job->file.len > slot->size) {
        io_error("'%s' does not fit slot '%s' at 0x%x: needed 0x%zx bytes, available 0x%x (%s)",
                 job->path, slot->label, slot->addr, job->file.len, slot->size,
                 asl_err_name(ASL_ERR_IMAGE_TOO_LARGE));
        io_hint("%s", asl_err_hint(ASL_ERR_IMAGE_TOO_LARGE));
        return false;
    }
    image_inspect(&job->file, false, &report);
    enum asl_err err = report.err;
    if (err == ASL_OK) {
        err = asl_image_gate(job->file.data, (uint32_t)job->file.len, slot->addr, slot->size,
                             (uint32_t)job->file.len);
    }
    if (err != ASL_OK) {
        io_error("cannot write '%s' to slot '%s' at 0x%x: %s (%s)", job->path, slot->label,
                 slot->addr, asl_err_text(err), asl_err_name(err));
        io_hint("%s; --force writes it all the same", asl_err_hint(err));
    }
    return err == ASL_OK;
}

/* What the ROM will load from 0x0 must be whole and end before the table; a dump of more than the
 * bootloader may follow it. */
static bool suits_rom(const struct flash_job *job)
{
    const struct asl_image_rules rules = {
        .max_len = (uint32_t)job->file.len, .accept_no_hash = true, .for_rom = true};
    struct asl_image_verifier v;
    struct asl_image_info info;

    if (job->file.data[0] != ASL_IMAGE_MAGIC && job->file.len > ASL_TABLE_ADDR) {
        return true; /* a dump of a flash without bootloader */
    }
    asl_image_verifier_init(&v, &rules);
    asl_image_verifier_feed(&v, job->file.data, (uint32_t)job->file.len);
    enum asl_err err = asl_image_verifier_finish(&v, &info);
    if (err == ASL_OK && info.total_len > ASL_TABLE_ADDR) {
        io_error("bootloader '%s' reaches into the partition table: needed 0x%x bytes, available "
                 "0x%x",
                 job->path, info.total_len, ASL_TABLE_ADDR);
        return false;
    }
    /* The bytes behind a bootloader without hash are nobody's hash. */
    if (err != ASL_OK && err != ASL_ERR_IMAGE_HASH) {
        io_error("cannot write '%s' as bootloader: %s (%s)", job->path,
                 err == ASL_ERR_IMAGE_TOO_LARGE ? asl_err_text(ASL_ERR_IMAGE_TRUNCATED)
                                                : asl_err_text(err),
                 asl_err_name(err));
        io_hint("make it with airslot image make --bootloader; --force writes it all the same");
        return false;
    }
    return true;
}

static bool is_blank(const struct bytes *file)
{
    for (size_t i = 0; i < file->len; i++) {
        if (file->data[i] != 0xff) {
            return false;
        }
    }
    return true;
}

static bool job_is_sound(const struct flash_job *job, const struct table_file *table)
{
    if (is_blank(&job->file)) {
        return true;
    }
    if (job->addr == 0) {
        return suits_rom(job);
    }
    const struct asl_partition *slot = slot_at(table, job->addr);
    return slot == NULL || suits_slot(job, slot);
}

bool flash_plan_is_sound(const struct flash_plan *plan, const uint8_t *flash, uint32_t flash_size)
{
    static struct table_file table;

    if (flash_size < ASL_TABLE_ADDR + ASL_TABLE_LEN || !find_table(plan, flash, &table)) {
        return false;
    }
    for (int i = 0; i < plan->n; i++) {
        if (!job_is_sound(&plan->job[i], &table)) {
            return false;
        }
    }
    return true;
}

bool flash_plan_has_table(const struct flash_plan *plan)
{
    return table_job(plan) != NULL;
}

/* The table in force, quietly; false when there is none. */
static bool peek_table(const struct flash_plan *plan, const uint8_t *flash, uint32_t flash_size,
                       struct table_file *table)
{
    const struct flash_job *job = table_job(plan);
    const uint8_t *raw = flash + ASL_TABLE_ADDR;
    uint32_t len = ASL_TABLE_LEN;

    if (flash_size < ASL_TABLE_ADDR + ASL_TABLE_LEN) {
        return false;
    }
    if (job != NULL) {
        uint32_t off = ASL_TABLE_ADDR - job->addr;
        if (off >= job->file.len) {
            return false;
        }
        raw = job->file.data + off;
        len = (uint32_t)job->file.len - off;
    }
    return table_file_take(raw, len, table) == ASL_OK;
}

static const struct asl_partition *find_kind(const struct table_file *table, uint8_t type,
                                             uint8_t subtype)
{
    for (uint32_t i = 0; i < table->n; i++) {
        if (table->entry[i].type == type && table->entry[i].subtype == subtype) {
            return &table->entry[i];
        }
    }
    return NULL;
}

/* True when a file of the plan touches the range. */
static bool writes(const struct flash_plan *plan, uint32_t addr, uint32_t len)
{
    for (int i = 0; i < plan->n; i++) {
        if (plan->job[i].addr < addr + len && sectors_end(&plan->job[i]) > addr) {
            return true;
        }
    }
    return false;
}

void flash_plan_reset_otadata(struct flash_plan *plan, const uint8_t *flash, uint32_t flash_size)
{
    static struct table_file table;
    struct flash_job *job = &plan->job[plan->n];

    if (plan->n > FLASH_MAX_FILES || !peek_table(plan, flash, flash_size, &table)) {
        return;
    }
    const struct asl_partition *factory = find_kind(&table, ASL_TYPE_APP, ASL_APP_FACTORY);
    const struct asl_partition *otadata = find_kind(&table, ASL_TYPE_DATA, ASL_DATA_OTA);
    if (factory == NULL || otadata == NULL || !writes(plan, factory->addr, 1) ||
        writes(plan, otadata->addr, otadata->size) || otadata->addr > flash_size ||
        otadata->size > flash_size - otadata->addr) {
        return;
    }
    *job = (struct flash_job){"(blank otadata)", otadata->addr, {malloc(otadata->size), 0}};
    if (job->file.data == NULL) {
        return;
    }
    job->file.len = otadata->size;
    memset(job->file.data, 0xff, otadata->size);
    plan->n++;
    fprintf(stderr, "otadata is reset: the factory image starts (--keep-otadata leaves it)\n");
}

void flash_plan_warn_size(const struct flash_plan *plan, const uint8_t *flash, uint32_t flash_size)
{
    static struct table_file table;
    char size[24];

    if (!peek_table(plan, flash, flash_size, &table)) {
        return;
    }
    for (uint32_t i = 0; i < table.n; i++) {
        const struct asl_partition *p = &table.entry[i];
        if (p->addr > flash_size || p->size > flash_size - p->addr) {
            io_warning("partition '%s' ends at 0x%" PRIx64 ", the flash chip has %s: it is skipped",
                       p->label, (uint64_t)p->addr + p->size, io_size_text(flash_size, size));
        }
    }
}
