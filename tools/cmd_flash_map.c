/* SPDX-License-Identifier: Apache-2.0 */
/* airslot flash-map: draws what a flash file holds, which slot boots and why, and the wear. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flash_map.h"
#include "io.h"
#include "opts.h"
#include "tools.h"

#define FLASH_MAX (16u << 20)

enum { WEAR, SVG, JSON };
static const struct opt option_table[] = {
    {"--wear", "WEAR", "erase counts that `airslot board --wear` has kept"},
    {"--svg", "OUT", "draw an SVG"},
    {"--json", NULL, "print JSON"},
};

struct options {
    const char *path, *wear, *svg;
    bool json;
};

static bool take_option(void *ctx, int option, const char *value)
{
    struct options *o = ctx;
    switch (option) {
    case WEAR:
        o->wear = value;
        return true;
    case SVG:
        o->svg = value;
        return true;
    case JSON:
        o->json = true;
        return true;
    }
    return false;
}

static int parse(int argc, char **argv, struct options *o)
{
    struct opts opts = {.usage = "flash-map FILE [options]",
                        .table = option_table,
                        .n_options = sizeof(option_table) / sizeof(option_table[0]),
                        .take = take_option,
                        .ctx = o,
                        .word = &o->path,
                        .max_words = 1};
    int code = opts_read(&opts, argc, argv);
    if (code == OPTS_GO_ON && o->path == NULL) {
        io_error("usage: airslot %s", opts.usage);
        return EXIT_HOST;
    }
    return code;
}

static bool write_svg(const struct flash_map *map, const char *path)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (out == NULL) {
        io_error("cannot write '%s': %s", path, strerror(errno));
        return false;
    }
    flash_map_svg(map, out);
    bool done = fclose(out) == 0 && io_write_file(path, text, len);
    free(text);
    return done;
}

static int show(const struct bytes *file, const struct options *o)
{
    static struct flash_map map;
    static struct wear wear;
    uint32_t size = (uint32_t)file->len;
    int code = o->wear != NULL ? wear_read(o->wear, size / WEAR_SECTOR, false, &wear) : EXIT_DONE;
    if (code != EXIT_DONE) {
        return code;
    }
    flash_map_read(&map, o->path, file->data, size, o->wear != NULL ? &wear : NULL);
    if (o->json) {
        json_t *root = flash_map_json(&map);
        json_dumpf(root, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(root);
    } else if (o->svg == NULL) {
        flash_map_print(&map, stdout);
    }
    return o->svg == NULL || write_svg(&map, o->svg) ? EXIT_DONE : EXIT_HOST;
}

static bool is_flash_size(size_t len)
{
    return len >= 512u * 1024 && len <= FLASH_MAX && (len & (len - 1)) == 0;
}

int cmd_flash_map(int argc, char **argv)
{
    struct options o = {0};
    struct bytes file;
    int code = parse(argc, argv, &o);
    if (code != OPTS_GO_ON) {
        return code;
    }
    if (!io_read_file(o.path, FLASH_MAX, &file)) {
        return EXIT_HOST;
    }
    code = EXIT_REFUSED;
    if (is_flash_size(file.len)) {
        code = show(&file, &o);
    } else {
        io_error("'%s' has %zu bytes: no whole flash chip", o.path, file.len);
        io_hint("read one with: airslot read-flash --port PORT 0 SIZE OUT");
    }
    free(file.data);
    return code;
}
