/* SPDX-License-Identifier: Apache-2.0 */
/* airslot partitions build|show|verify|offset|app-slot: partition tables, CSV and binary. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "opts.h"
#include "partition_csv.h"
#include "partition_words.h"
#include "table_file.h"
#include "tools.h"

struct options {
    uint32_t flash_size; /* 0: not given */
    bool md5, json;
    const char *word[3]; /* action and operands */
    int n_words;
};

enum { FLASH_SIZE, MD5, JSON };
static const struct opt option_table[] = {
    {"--flash-size", "SIZE", "build, verify: 512KB to 16MB (verify: 4MB)"},
    {"--md5", NULL, "build: add the check entry that our bootloader verifies"},
    {"--json", NULL, "show: print JSON"},
};
static const char usage[] = "partitions build CSV OUT | show FILE | verify FILE | "
                            "offset FILE NAME | app-slot FILE  [options]";

static bool take_option(void *ctx, int index, const char *value)
{
    struct options *o = ctx;

    switch (index) {
    case FLASH_SIZE:
        if (!io_parse_flash_size(value, &o->flash_size)) {
            io_error("'%s' is no flash size: 512KB, 1MB, 2MB, 4MB, 8MB or 16MB", value);
            return false;
        }
        return true;
    case MD5:
        o->md5 = true;
        return true;
    case JSON:
        o->json = true;
        return true;
    }
    return false;
}

static int parse(int argc, char **argv, struct options *o)
{
    struct opts opts = {.usage = usage,
                        .table = option_table,
                        .n_options = sizeof(option_table) / sizeof(option_table[0]),
                        .take = take_option,
                        .ctx = o,
                        .word = o->word,
                        .max_words = 3};
    int code = opts_read(&opts, argc, argv);

    o->n_words = opts.n_words;
    return code;
}

static int build(const struct table_file *table, const char *out_path, const struct options *o)
{
    uint8_t raw[ASL_TABLE_LEN];

    if (!table_file_judge(table, o->flash_size != 0 ? o->flash_size : UINT32_MAX, false)) {
        return EXIT_REFUSED;
    }
    enum asl_err err = asl_table_build(table->entry, table->n, o->md5, raw);
    if (err != ASL_OK) {
        io_error_asl(table->path, err);
        return EXIT_REFUSED;
    }
    return io_write_file(out_path, raw, sizeof(raw)) ? EXIT_DONE : EXIT_HOST;
}

static json_t *json_entry(const struct asl_partition *p)
{
    char type[8], subtype[8];
    json_t *label = json_string(p->label);

    return json_pack("{s:o,s:s,s:s,s:I,s:I,s:b}", "name",
                     label != NULL ? label : json_string("(not UTF-8)"), "type",
                     csv_type_name(p->type, type), "subtype",
                     csv_subtype_name(p->type, p->subtype, subtype), "offset", (json_int_t)p->addr,
                     "size", (json_int_t)p->size, "encrypted", (p->flags & 1u) != 0);
}

static int show(const struct table_file *table, const struct options *o)
{
    if (!o->json) {
        csv_print(stdout, table->entry, table->n);
        return EXIT_DONE;
    }
    json_t *list = json_array();
    for (uint32_t i = 0; i < table->n; i++) {
        json_array_append_new(list, json_entry(&table->entry[i]));
    }
    json_t *root = json_pack("{s:b,s:o}", "md5", table->has_md5, "partitions", list);
    json_dumpf(root, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(root);
    return EXIT_DONE;
}

static int print_offset(const struct table_file *table, const char *label)
{
    const struct asl_partition *p = table_file_find(table, label);

    if (p == NULL) {
        io_error("'%s' has no partition '%s'", table->path, label);
        return EXIT_REFUSED;
    }
    printf("0x%x\n", p->addr);
    return EXIT_DONE;
}

/* The slot that a first flashing writes: factory, else the lowest ota slot. */
static int print_app_slot(const struct table_file *table)
{
    const struct asl_partition *best = NULL;

    for (uint32_t i = 0; i < table->n; i++) {
        const struct asl_partition *p = &table->entry[i];
        if (asl_partition_is_slot(p) && p->subtype != ASL_APP_TEST &&
            (best == NULL || p->subtype < best->subtype)) {
            best = p;
        }
    }
    if (best == NULL) {
        io_error("'%s' has no application slot", table->path);
        return EXIT_REFUSED;
    }
    printf("0x%x 0x%x\n", best->addr, best->size);
    return EXIT_DONE;
}

static int act(const struct table_file *table, const struct options *o)
{
    const char *action = o->word[0];

    if (strcmp(action, "build") == 0) {
        return build(table, o->word[2], o);
    }
    if (strcmp(action, "show") == 0) {
        return show(table, o);
    }
    if (strcmp(action, "offset") == 0) {
        return print_offset(table, o->word[2]);
    }
    if (strcmp(action, "app-slot") == 0) {
        return print_app_slot(table);
    }
    uint32_t flash_size = o->flash_size != 0 ? o->flash_size : 4u << 20;
    return table_file_judge(table, flash_size, true) ? EXIT_DONE : EXIT_REFUSED;
}

/* Number of words that an action takes with itself, 0 for one that is not known. */
static int n_words_of(const char *action)
{
    static const struct {
        const char *name;
        int n_words;
    } actions[] = {{"build", 3}, {"show", 2}, {"verify", 2}, {"offset", 3}, {"app-slot", 2}};

    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (strcmp(actions[i].name, action) == 0) {
            return actions[i].n_words;
        }
    }
    return 0;
}

int cmd_partitions(int argc, char **argv)
{
    static struct table_file table;
    struct options o = {0};
    int code = parse(argc, argv, &o);

    if (code != OPTS_GO_ON) {
        return code;
    }
    if (o.n_words == 0 || o.n_words != n_words_of(o.word[0])) {
        io_error("usage: airslot %s", usage);
        return EXIT_HOST;
    }
    code = table_file_read(o.word[1], &table);
    return code == EXIT_DONE ? act(&table, &o) : code;
}
