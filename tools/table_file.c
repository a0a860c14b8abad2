/* SPDX-License-Identifier: Apache-2.0 */
#include "table_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "airslot/bytes.h"
#include "asl_err.h"
#include "partition_csv.h"

static void unpack(struct table_file *table)
{
    for (uint32_t i = 0; i < table->n; i++) {
        asl_table_get(table->raw, i, &table->entry[i]);
    }
}

enum asl_err table_file_take(const uint8_t *raw, uint32_t len, struct table_file *out)
{
    uint32_t n;
    enum asl_err err = asl_table_check(raw, len < ASL_TABLE_LEN ? len : ASL_TABLE_LEN, &n);

    if (err != ASL_OK) {
        return err;
    }
    memset(out->raw, 0xff, sizeof(out->raw));
    memcpy(out->raw, raw, len < ASL_TABLE_LEN ? len : ASL_TABLE_LEN);
    out->n = n;
    out->has_md5 = asl_get_le16(out->raw + n * ASL_TABLE_ENTRY_LEN) == ASL_TABLE_MD5_MAGIC;
    unpack(out);
    return ASL_OK;
}

static int take_csv(const struct bytes *file, struct table_file *out)
{
    static struct csv_table csv;
    char why[600];

    if (!csv_parse((const char *)file->data, file->len, &csv, why, sizeof(why))) {
        io_error("'%s': %s", out->path, why);
        return EXIT_REFUSED;
    }
    memcpy(out->entry, csv.entry, sizeof(out->entry));
    out->n = csv.n;
    asl_table_build(out->entry, out->n, false, out->raw);
    return EXIT_DONE;
}

static int take_binary(const struct bytes *file, struct table_file *out)
{
    enum asl_err err = file->len % ASL_TABLE_ENTRY_LEN == 0
                           ? table_file_take(file->data, (uint32_t)file->len, out)
                           : ASL_ERR_TABLE_END;

    if (err != ASL_OK) {
        io_error_asl(out->path, err);
        return EXIT_REFUSED;
    }
    return EXIT_DONE;
}

int table_file_read(const char *path, struct table_file *out)
{
    struct bytes file;

    memset(out, 0, sizeof(*out));
    out->path = path;
    if (!io_read_file(path, CSV_FILE_MAX, &file)) {
        return EXIT_HOST;
    }
    out->from_csv = file.len < 2 || asl_get_le16(file.data) != ASL_TABLE_MAGIC;
    int code = out->from_csv ? take_csv(&file, out) : take_binary(&file, out);
    free(file.data);
    return code;
}

/* Prints what err means for partition p. */
static void explain(const struct table_file *table, const struct asl_partition *p, enum asl_err err,
                    uint32_t flash_size)
{
    uint64_t end = (uint64_t)p->addr + p->size;
    char size[24];

    switch (err) {
    case ASL_ERR_FLASH_BOUNDS:
        io_error("'%s': partition '%s' ends at 0x%" PRIx64
                 ", the flash has 0x%x bytes (%s): needed 0x%x, available 0x%x (%s)",
                 table->path, p->label, end, flash_size, io_size_text(flash_size, size), p->size,
                 p->addr < flash_size ? flash_size - p->addr : 0, asl_err_name(err));
        break;
    case ASL_ERR_TABLE_WINDOW:
        io_error("'%s': slot '%s' from 0x%x to 0x%" PRIx64
                 " crosses a 1 MiB boundary; 0x%x bytes of it can be used (%s)",
                 table->path, p->label, p->addr, end, ASL_WINDOW_LEN - p->addr % ASL_WINDOW_LEN,
                 asl_err_name(err));
        break;
    case ASL_ERR_TABLE_ALIGN:
        io_error("'%s': partition '%s' at 0x%x, size 0x%x, is not whole sectors of 0x1000 (%s)",
                 table->path, p->label, p->addr, p->size, asl_err_name(err));
        break;
    default:
        io_error("'%s': partition '%s' at 0x%x, size 0x%x: %s (%s)", table->path, p->label, p->addr,
                 p->size, asl_err_text(err), asl_err_name(err));
        break;
    }
    if (asl_err_hint(err)[0] != '\0') {
        io_hint("%s", asl_err_hint(err));
    }
}

static void warn(const struct table_file *table, const struct asl_partition *p)
{
    if (asl_partition_is_slot(p) && asl_partition_crosses_window(p)) {
        io_warning("'%s': slot '%s' at 0x%x, size 0x%x, crosses a 1 MiB boundary: only 0x%x bytes "
                   "of it can be used, and the bootloader skips it",
                   table->path, p->label, p->addr, p->size,
                   ASL_WINDOW_LEN - p->addr % ASL_WINDOW_LEN);
    }
    if (p->addr % ASL_SECTOR_SIZE != 0 || p->size % ASL_SECTOR_SIZE != 0) {
        io_warning("'%s': partition '%s' at 0x%x, size 0x%x, is not whole sectors of 0x1000: it "
                   "cannot be erased by itself",
                   table->path, p->label, p->addr, p->size);
    }
}

/* One binary fits all slots only when they agree within their windows. */
static void warn_of_links(const struct table_file *table)
{
    const struct asl_partition *first = NULL;

    for (uint32_t i = 0; i < table->n; i++) {
        const struct asl_partition *p = &table->entry[i];
        if (!asl_partition_is_slot(p)) {
            continue;
        }
        if (first == NULL) {
            first = p;
        } else if (p->addr % ASL_WINDOW_LEN != first->addr % ASL_WINDOW_LEN) {
            io_warning("'%s': slots '%s' at 0x%x and '%s' at 0x%x differ within their 1 MiB "
                       "windows: each needs an image linked for it",
                       table->path, first->label, first->addr, p->label, p->addr);
        }
    }
}

/* Which slot boots is kept in otadata: two sectors. */
static bool has_room_for_records(const struct table_file *table)
{
    bool has_ota = false;
    uint32_t otadata_size = 0;

    for (uint32_t i = 0; i < table->n; i++) {
        const struct asl_partition *p = &table->entry[i];
        has_ota = has_ota || asl_partition_is_ota(p);
        if (p->type == ASL_TYPE_DATA && p->subtype == ASL_DATA_OTA) {
            otadata_size = p->size;
        }
    }
    return !has_ota || otadata_size >= 2u * ASL_SECTOR_SIZE;
}

/* Judges a table that may keep what only strictness refuses: the whole, but with those partitions
 * rounded to what they can be used for. */
static enum asl_err judge_leniently(const struct table_file *table, uint32_t flash_size,
                                    uint32_t *bad)
{
    struct asl_partition entry[ASL_TABLE_MAX_ENTRIES];
    uint8_t raw[ASL_TABLE_LEN];

    memcpy(entry, table->entry, sizeof(entry));
    for (uint32_t i = 0; i < table->n; i++) {
        struct asl_partition *p = &entry[i];
        if (p->addr > flash_size || p->size > flash_size - p->addr) {
            *bad = i;
            return ASL_ERR_FLASH_BOUNDS;
        }
        p->size -= p->size % ASL_SECTOR_SIZE;
        if (asl_partition_is_slot(p) && asl_partition_crosses_window(p)) {
            p->size = ASL_WINDOW_LEN - p->addr % ASL_WINDOW_LEN;
        }
        if (p->type != ASL_TYPE_APP && p->addr % ASL_SECTOR_SIZE != 0) {
            p->addr -= p->addr % ASL_SECTOR_SIZE;
            p->size = 0;
        }
    }
    asl_table_build(entry, table->n, false, raw);
    return asl_table_verify(raw, table->n, flash_size, bad);
}

bool table_file_judge(const struct table_file *table, uint32_t flash_size, bool strict)
{
    uint32_t bad = 0;
    enum asl_err err = strict ? asl_table_verify(table->raw, table->n, flash_size, &bad)
                              : judge_leniently(table, flash_size, &bad);

    if (err != ASL_OK) {
        explain(table, &table->entry[bad], err, flash_size);
        return false;
    }
    for (uint32_t i = 0; i < table->n; i++) {
        warn(table, &table->entry[i]);
    }
    warn_of_links(table);
    if (has_room_for_records(table)) {
        return true;
    }
    if (!strict) {
        io_warning("'%s': %s: its ota slots cannot be selected", table->path,
                   asl_err_text(ASL_ERR_OTADATA_SIZE));
        return true;
    }
    io_error("'%s': %s (%s)", table->path, asl_err_text(ASL_ERR_OTADATA_SIZE),
             asl_err_name(ASL_ERR_OTADATA_SIZE));
    io_hint("%s", asl_err_hint(ASL_ERR_OTADATA_SIZE));
    return false;
}

const struct asl_partition *table_file_find(const struct table_file *table, const char *label)
{
    for (uint32_t i = 0; i < table->n; i++) {
        if (strcmp(table->entry[i].label, label) == 0) {
            return &table->entry[i];
        }
    }
    return NULL;
}
