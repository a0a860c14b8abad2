/* SPDX-License-Identifier: Apache-2.0 */
/* airslot otadata show: what the two boot records say, which slot boots, and why. Decides nothing
 * itself: the plan is core's, the same that the bootloader follows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "airslot/bytes.h"
#include "asl_crc32.h"
#include "asl_update.h"
#include "default_map.h"
#include "opts.h"
#include "otadata_file.h"
#include "otadata_view.h"
#include "tools.h"

#define FILE_MAX_LEN (16u << 20)
/* A dump is at least up to the end of the second record. */
#define DUMP_MIN_LEN (ASL_SECTOR_SIZE + ASL_OTADATA_RECORD_LEN)
#define DUMP_MAX_LEN (16u * ASL_SECTOR_SIZE)

struct options {
    const char *partitions;
    uint32_t starts;
    bool json;
};

enum { PARTITIONS, STARTS, JSON };
static const struct opt option_table[] = {
    {"--partitions", "TABLE", "table of the device, CSV or binary; for a dump of otadata alone"},
    {"--starts", "N", "starts of a trial, as configured (3)"},
    {"--json", NULL, "print JSON"},
};
static const char usage[] = "otadata show FILE [options]";

static bool parse_starts(const char *text, uint32_t *starts)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);

    if (end == text || *end != '\0' || n > ASL_OTADATA_MAX_STARTS) {
        io_error("'%s' is not a number of starts, 0 to %u", text, ASL_OTADATA_MAX_STARTS);
        return false;
    }
    *starts = (uint32_t)n;
    return true;
}

static bool take_option(void *ctx, int option, const char *value)
{
    struct options *o = ctx;

    switch (option) {
    case PARTITIONS:
        o->partitions = value;
        return true;
    case STARTS:
        return parse_starts(value, &o->starts);
    case JSON:
        o->json = true;
        return true;
    }
    return false;
}

static enum asl_err read_memory(void *ctx, uint32_t addr, void *dst, uint32_t len)
{
    memcpy(dst, (const uint8_t *)ctx + addr, len);
    return ASL_OK;
}

/* Asks the question of the bootloader about each candidate. */
static void verify_candidates(struct otadata_view *view, struct bytes *file)
{
    static uint32_t scratch[1024];
    static struct asl_image_verifier v;
    const struct asl_flash flash = {
        .read = read_memory, .ctx = file->data, .size = (uint32_t)file->len};

    for (uint32_t i = 0; i < view->plan.n_candidates; i++) {
        const struct asl_partition *p = &view->plan.candidate[i].slot;
        static struct asl_image_info info;
        view->image[i].err = asl_slot_verify(&flash, p->addr, p->size, false, scratch,
                                             sizeof(scratch), NULL, NULL, &v, &info);
        view->image[i].can_confirm =
            view->image[i].err == ASL_OK && info.desc.present && info.desc.confirm_ref != 0;
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
static int open_flash(struct otadata_view *view, const struct bytes *file)
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
    view->otadata = file->data + p->addr;
    view->n_otadata = OTADATA_FILE_LEN;
    return EXIT_DONE;
}

static int open_dump(struct otadata_view *view, const struct bytes *file, const char *table_path)
{
    if (file->len < DUMP_MIN_LEN) {
        io_error("'%s' has %zu bytes; an otadata dump has 0x2000", view->path, file->len);
        return EXIT_REFUSED;
    }
    view->otadata = file->data;
    view->n_otadata = file->len;
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

uint32_t otadata_stored_crc(const uint8_t *record)
{
    return asl_get_le32(record + 28);
}

uint32_t otadata_right_crc(const uint8_t *record)
{
    return asl_crc32(UINT32_MAX, record, 4);
}

int otadata_winner(const struct otadata_view *view)
{
    for (uint32_t i = 0; i < view->plan.n_candidates; i++) {
        if (view->flash == NULL || view->image[i].err == ASL_OK) {
            return (int)i;
        }
    }
    return -1;
}

enum asl_boot_act otadata_act(const struct otadata_view *view, int winner)
{
    struct asl_otadata_step step;

    if (view->flash == NULL || winner < 0) {
        return ASL_BOOT_START;
    }
    return asl_boot_decide(&view->plan, (uint32_t)winner, view->image[winner].can_confirm, false, 0,
                           &step);
}

static int show(struct otadata_view *view, struct bytes *file, const struct options *o)
{
    int code =
        file->len > DUMP_MAX_LEN ? open_flash(view, file) : open_dump(view, file, o->partitions);
    if (code != EXIT_DONE) {
        return code;
    }
    otadata_file_take(view->otadata, view->n_otadata, view->sector);
    asl_boot_plan(view->table.raw, view->table.n, view->flash_size, view->sector, o->starts,
                  &view->plan);
    if (view->flash != NULL) {
        verify_candidates(view, file);
    }
    if (o->json) {
        otadata_print_json(view);
    } else {
        otadata_print_text(view);
    }
    return EXIT_DONE;
}

int cmd_otadata(int argc, char **argv)
{
    static struct otadata_view view;
    struct options o = {.starts = OTADATA_FILE_STARTS};
    const char *word[2];
    struct opts opts = {.usage = usage,
                        .table = option_table,
                        .n_options = sizeof(option_table) / sizeof(option_table[0]),
                        .take = take_option,
                        .ctx = &o,
                        .word = word,
                        .max_words = 2};
    struct bytes file;
    int code = opts_read(&opts, argc, argv);

    if (code != OPTS_GO_ON) {
        return code;
    }
    if (opts.n_words != 2 || strcmp(word[0], "show") != 0) {
        io_error("usage: airslot %s", usage);
        return EXIT_HOST;
    }
    memset(&view, 0, sizeof(view));
    view.path = word[1];
    view.table.path = word[1];
    if (!io_read_file(view.path, FILE_MAX_LEN, &file)) {
        return EXIT_HOST;
    }
    code = show(&view, &file, &o);
    free(file.data);
    return code;
}
