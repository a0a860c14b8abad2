/* SPDX-License-Identifier: Apache-2.0 */
/* airslot otadata show: what the two boot records say, which slot boots, and why. Decides nothing
 * itself: the plan is core's, the same that the bootloader follows. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "airslot/bytes.h"
#include "asl_boot.h"
#include "asl_crc32.h"
#include "asl_err.h"
#include "asl_update.h"
#include "boot_words.h"
#include "default_map.h"
#include "opts.h"
#include "table_file.h"
#include "tools.h"

#define FILE_MAX_LEN (16u << 20)
/* A dump is at least up to the end of the second record. */
#define DUMP_MIN_LEN (ASL_SECTOR_SIZE + ASL_OTADATA_RECORD_LEN)
#define DUMP_MAX_LEN (16u * ASL_SECTOR_SIZE)

struct options {
    const char *partitions;
    bool json;
    const char *word[2];
    int n_words;
};

enum { PARTITIONS, JSON };
static const struct opt option_table[] = {
    {"--partitions", "TABLE", "table of the device, CSV or binary; for a dump of otadata alone"},
    {"--json", NULL, "print JSON"},
};
static const char usage[] = "otadata show FILE [options]";

/* What is known about the device. */
struct view {
    const char *path;
    struct table_file table;
    const uint8_t *records[2];
    struct asl_boot_plan plan;
    uint32_t flash_size;
    const uint8_t *flash; /* whole flash, NULL when the file is a dump of otadata */
    enum asl_err image[ASL_BOOT_MAX_CANDIDATES]; /* of each candidate, with flash only */
};

static int parse(int argc, char **argv, struct options *o)
{
    struct opts opts = {
        usage, option_table, sizeof(option_table) / sizeof(option_table[0]), argc, argv, 0, 0};
    const char *value;
    int c;

    while ((c = opts_next(&opts, &value)) != OPTS_END) {
        if (c == PARTITIONS) {
            o->partitions = value;
        } else if (c == JSON) {
            o->json = true;
        } else if (c == OPTS_WORD && o->n_words < 2) {
            o->word[o->n_words++] = value;
        } else if (c == OPTS_WORD) {
            io_error("one operand too many: '%s'", value);
            return OPTS_ERROR;
        } else {
            return c;
        }
    }
    return OPTS_END;
}

static enum asl_err read_memory(void *ctx, uint32_t addr, void *dst, uint32_t len)
{
    memcpy(dst, (const uint8_t *)ctx + addr, len);
    return ASL_OK;
}

/* Asks the question of the bootloader about each candidate. */
static void verify_candidates(struct view *view, struct bytes *file)
{
    static uint32_t scratch[1024];
    static struct asl_image_verifier v;
    const struct asl_flash flash = {
        .read = read_memory, .ctx = file->data, .size = (uint32_t)file->len};

    for (uint32_t i = 0; i < view->plan.n_candidates; i++) {
        const struct asl_partition *p = &view->plan.candidate[i].slot;
        view->image[i] = asl_slot_verify(&flash, p->addr, p->size, false, scratch, sizeof(scratch),
                                         NULL, NULL, &v, NULL);
    }
}

static const struct asl_partition *find_otadata(const struct table_file *table)
{
    for (uint32_t i = 0; i < table->n; i++) {
        const struct asl_partition *p = &table->entry[i];
        if (p->type == ASL_TYPE_DATA && p->subtype == ASL_DATA_OTA) {
            return p;
        }
    }
    return NULL;
}

/* Takes table and records out of a whole flash. */
static int open_flash(struct view *view, const struct bytes *file)
{
    view->flash = file->data;
    view->flash_size = (uint32_t)file->len;
    enum asl_err err = table_file_take(file->data + ASL_TABLE_ADDR, ASL_TABLE_LEN, &view->table);
    if (err != ASL_OK) {
        io_error_asl(view->path, err);
        return EXIT_REFUSED;
    }
    const struct asl_partition *p = find_otadata(&view->table);
    if (p == NULL || p->size < 2 * ASL_SECTOR_SIZE || p->addr > file->len ||
        p->size > file->len - p->addr) {
        io_error_asl(view->path, ASL_ERR_OTADATA_SIZE);
        return EXIT_REFUSED;
    }
    view->records[0] = file->data + p->addr;
    view->records[1] = file->data + p->addr + ASL_SECTOR_SIZE;
    return EXIT_DONE;
}

static int open_dump(struct view *view, const struct bytes *file, const char *table_path)
{
    if (file->len < DUMP_MIN_LEN) {
        io_error("'%s' has %zu bytes; an otadata dump has 0x2000", view->path, file->len);
        return EXIT_REFUSED;
    }
    view->records[0] = file->data;
    view->records[1] = file->data + ASL_SECTOR_SIZE;
    view->flash_size = UINT32_MAX;
    if (table_path != NULL) {
        return table_file_read(table_path, &view->table);
    }
    io_warning("no table given: taking the default map with factory, ota_0 and ota_1");
    uint8_t raw[ASL_TABLE_LEN];
    default_map_build(raw);
    table_file_take(raw, sizeof(raw), &view->table);
    return EXIT_DONE;
}

/* The record's CRC field against the one of its sequence. */
static uint32_t stored_crc(const uint8_t *raw)
{
    return asl_get_le32(raw + 28);
}

static uint32_t right_crc(const uint8_t *raw)
{
    return asl_crc32(UINT32_MAX, raw, 4);
}

static void print_record(const struct view *view, int index)
{
    const uint8_t *raw = view->records[index];
    const struct asl_record *record = &view->plan.records[index];
    uint32_t n_ota = asl_boot_n_ota(view->table.raw, view->table.n);
    char hex[2 * ASL_OTADATA_RECORD_LEN + 1];

    printf("record %d: %s\n", index, io_hex(raw, ASL_OTADATA_RECORD_LEN, hex));
    if (record->kind == ASL_RECORD_BLANK) {
        printf("  blank\n");
        return;
    }
    printf("  %s%s\n", record_kind_text(record->kind),
           index == view->plan.active ? ", active" : "");
    printf("  sequence %u, state 0x%08x (%s)\n", record->seq, asl_get_le32(raw + 24),
           record_state_text(asl_get_le32(raw + 24)));
    if (stored_crc(raw) == right_crc(raw)) {
        printf("  CRC 0x%08x, right\n", stored_crc(raw));
    } else {
        printf("  CRC 0x%08x, wrong: the sequence has 0x%08x\n", stored_crc(raw), right_crc(raw));
    }
    if (n_ota > 0 && (record->kind == ASL_RECORD_VALID || record->kind == ASL_RECORD_REFUSED)) {
        printf("  names ota slot (%u - 1) mod %u = %u\n", record->seq, n_ota,
               (record->seq - 1) % n_ota);
    }
}

/* Index of the candidate that boots, -1 when none does. Without images: the first. */
static int boots(const struct view *view)
{
    for (uint32_t i = 0; i < view->plan.n_candidates; i++) {
        if (view->flash == NULL || view->image[i] == ASL_OK) {
            return (int)i;
        }
    }
    return -1;
}

static void print_text(const struct view *view)
{
    int winner = boots(view);

    print_record(view, 0);
    print_record(view, 1);
    if (view->plan.n_skipped > 0) {
        printf("skipped:  %u slots that exceed the flash or cross a 1 MiB boundary\n",
               view->plan.n_skipped);
    }
    for (uint32_t i = 0; i < view->plan.n_candidates; i++) {
        const struct asl_boot_candidate *c = &view->plan.candidate[i];
        printf("%s %s at 0x%x: %s", (int)i == winner ? "boots:   " : "         ", c->slot.label,
               c->slot.addr, boot_reason_text(c->reason));
        if (view->flash != NULL) {
            printf("; %s", view->image[i] == ASL_OK ? "image is good" : "image is not: ");
            printf("%s", view->image[i] == ASL_OK ? "" : asl_err_text(view->image[i]));
        }
        putchar('\n');
    }
    if (winner < 0) {
        printf("boots:    nothing\n");
    }
}

static json_t *json_record(const struct view *view, int index)
{
    const uint8_t *raw = view->records[index];
    const struct asl_record *record = &view->plan.records[index];
    char hex[2 * ASL_OTADATA_RECORD_LEN + 1];

    return json_pack("{s:s,s:s,s:I,s:I,s:s,s:b}", "hex", io_hex(raw, ASL_OTADATA_RECORD_LEN, hex),
                     "kind", record_kind_text(record->kind), "sequence",
                     (json_int_t)asl_get_le32(raw), "state", (json_int_t)asl_get_le32(raw + 24),
                     "state_name", record_state_text(asl_get_le32(raw + 24)), "crc_right",
                     stored_crc(raw) == right_crc(raw));
}

static json_t *json_candidate(const struct view *view, uint32_t i)
{
    const struct asl_boot_candidate *c = &view->plan.candidate[i];

    return json_pack("{s:s,s:I,s:s,s:s}", "label", c->slot.label, "offset",
                     (json_int_t)c->slot.addr, "reason", boot_reason_text(c->reason), "image",
                     view->flash != NULL ? asl_err_name(view->image[i]) : "unknown");
}

static void print_json(const struct view *view)
{
    json_t *candidates = json_array();
    int winner = boots(view);

    for (uint32_t i = 0; i < view->plan.n_candidates; i++) {
        json_array_append_new(candidates, json_candidate(view, i));
    }
    json_t *root = json_pack(
        "{s:[o,o],s:i,s:o,s:o,s:I}", "records", json_record(view, 0), json_record(view, 1),
        "active", view->plan.active, "candidates", candidates, "boots",
        winner >= 0 ? json_string(view->plan.candidate[winner].slot.label) : json_null(), "skipped",
        (json_int_t)view->plan.n_skipped);
    json_dumpf(root, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(root);
}

static int show(struct view *view, struct bytes *file, const struct options *o)
{
    uint8_t records[2][ASL_OTADATA_RECORD_LEN];

    int code =
        file->len > DUMP_MAX_LEN ? open_flash(view, file) : open_dump(view, file, o->partitions);
    if (code != EXIT_DONE) {
        return code;
    }
    memcpy(records[0], view->records[0], ASL_OTADATA_RECORD_LEN);
    memcpy(records[1], view->records[1], ASL_OTADATA_RECORD_LEN);
    asl_boot_plan(view->table.raw, view->table.n, view->flash_size,
                  (const uint8_t(*)[ASL_OTADATA_RECORD_LEN])records, &view->plan);
    if (view->flash != NULL) {
        verify_candidates(view, file);
    }
    if (o->json) {
        print_json(view);
    } else {
        print_text(view);
    }
    return EXIT_DONE;
}

int cmd_otadata(int argc, char **argv)
{
    static struct view view;
    struct options o = {0};
    struct bytes file;
    int end = parse(argc, argv, &o);

    if (end != OPTS_END) {
        return end == OPTS_HELP ? EXIT_DONE : EXIT_HOST;
    }
    if (o.n_words != 2 || strcmp(o.word[0], "show") != 0) {
        io_error("usage: airslot %s", usage);
        return EXIT_HOST;
    }
    memset(&view, 0, sizeof(view));
    view.path = o.word[1];
    view.table.path = o.word[1];
    if (!io_read_file(view.path, FILE_MAX_LEN, &file)) {
        return EXIT_HOST;
    }
    int code = show(&view, &file, &o);
    free(file.data);
    return code;
}
