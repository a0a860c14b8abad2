/* SPDX-License-Identifier: Apache-2.0 */
/* airslot image make|info|verify: images from linked programs, and what an image file holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asl_err.h"
#include "asl_table.h"
#include "image_info.h"
#include "image_make.h"
#include "opts.h"
#include "tools.h"

#define ELF_FILE_MAX (64u << 20)
/* The table follows: nothing of the bootloader may stand there. */
#define BOOTLOADER_MAX ASL_TABLE_ADDR

struct options {
    const char *flash_mode, *flash_freq, *flash_size;
    uint32_t max_len; /* 0: any */
    bool bootloader, json;
    const char *word[3]; /* action and operands */
    int n_words;
};

enum { FLASH_MODE, FLASH_FREQ, FLASH_SIZE, MAX_LEN, BOOTLOADER, JSON };
static const struct opt option_table[] = {
    {"--flash-mode", "MODE", "make: qio, qout, dio (default) or dout"},
    {"--flash-freq", "FREQ", "make: 20m, 26m, 40m (default) or 80m"},
    {"--flash-size", "SIZE", "make: 1MB, 2MB, 4MB (default), 8MB or 16MB"},
    {"--max-len", "BYTES", "make: refuse a longer image, that of the slot it is for"},
    {"--bootloader", NULL, "an image for the mask ROM: RAM segments only"},
    {"--json", NULL, "info: print JSON"},
};
static const char usage[] = "image make ELF OUT | image info FILE | image verify FILE  [options]";

static bool take_option(struct options *o, int index, const char *value)
{
    switch (index) {
    case FLASH_MODE:
        o->flash_mode = value;
        return true;
    case FLASH_FREQ:
        o->flash_freq = value;
        return true;
    case FLASH_SIZE:
        o->flash_size = value;
        return true;
    case MAX_LEN:
        if (!io_parse_u32(value, &o->max_len)) {
            io_error("'%s' is no number of bytes", value);
            return false;
        }
        return true;
    case BOOTLOADER:
        o->bootloader = true;
        return true;
    case JSON:
        o->json = true;
        return true;
    }
    return false;
}

/* Returns OPTS_END when the whole line was taken, else OPTS_ERROR or OPTS_HELP. */
static int parse(int argc, char **argv, struct options *o)
{
    struct opts opts = {
        usage, option_table, sizeof(option_table) / sizeof(option_table[0]), argc, argv, 0, 0};
    const char *value;
    int c;

    while ((c = opts_next(&opts, &value)) != OPTS_END) {
        if (c == OPTS_WORD && o->n_words < 3) {
            o->word[o->n_words++] = value;
        } else if (c == OPTS_WORD) {
            io_error("one operand too many: '%s'", value);
            return OPTS_ERROR;
        } else if (!take_option(o, c, value)) {
            return c;
        }
    }
    return OPTS_END;
}

static bool image_options(const struct options *o, struct image_options *out)
{
    uint32_t size;

    out->for_rom = o->bootloader;
    if (!image_flash_mode_code(o->flash_mode, &out->spi_mode)) {
        io_error("unknown flash mode '%s': qio, qout, dio or dout", o->flash_mode);
        return false;
    }
    if (!image_flash_freq_code(o->flash_freq, &out->spi_speed)) {
        io_error("unknown flash frequency '%s': 20m, 26m, 40m or 80m", o->flash_freq);
        return false;
    }
    if (!io_parse_u32(o->flash_size, &size) ||
        !image_flash_size_code(size, out->for_rom, &out->spi_size)) {
        io_error("unknown flash size '%s': 1MB, 2MB, 4MB, 8MB or 16MB", o->flash_size);
        return false;
    }
    return true;
}

static void digest_of(const struct bytes *file, uint8_t digest[32])
{
    struct asl_digest state;

    asl_sha256_init(&state);
    asl_sha256_update(&state, file->data, (uint32_t)file->len);
    asl_sha256_final(&state, digest);
}

/* Packs the ELF file that stands in memory. */
static int pack(const char *path, const struct bytes *file, const struct image_options *options,
                struct bytes *image)
{
    static struct elf elf;
    struct asl_image_info info;
    uint8_t digest[32];
    char why[200];

    const char *fault = elf_parse(file->data, file->len, &elf);
    if (fault != NULL) {
        io_error("cannot use '%s': %s", path, fault);
        return EXIT_REFUSED;
    }
    digest_of(file, digest);
    if (!image_make(&elf, digest, options, image, &info, why, sizeof(why))) {
        io_error("cannot make an image of '%s': %s", path, why);
        return EXIT_REFUSED;
    }
    if (options->for_rom && image->len > BOOTLOADER_MAX) {
        io_error("bootloader '%s' needs %zu bytes, available are %u before the partition table",
                 path, image->len, BOOTLOADER_MAX);
        free(image->data);
        return EXIT_REFUSED;
    }
    if (!options->for_rom && !info.desc.present) {
        io_warning("'%s' has no application descriptor at its start: version and project stay "
                   "unknown",
                   path);
    }
    return EXIT_DONE;
}

static int make(const char *elf_path, const char *out_path, const struct options *o)
{
    struct image_options options;
    struct bytes file, image;

    if (!image_options(o, &options) || !io_read_file(elf_path, ELF_FILE_MAX, &file)) {
        return EXIT_HOST;
    }
    int code = pack(elf_path, &file, &options, &image);
    free(file.data);
    if (code != EXIT_DONE) {
        return code;
    }
    if (o->max_len != 0 && image.len > o->max_len) {
        io_error("'%s' does not fit its slot: needed 0x%zx bytes (%zu), available 0x%x (%u), 0x%zx "
                 "too many (%s)",
                 out_path, image.len, image.len, o->max_len, o->max_len, image.len - o->max_len,
                 asl_err_name(ASL_ERR_IMAGE_TOO_LARGE));
        io_hint("%s", asl_err_hint(ASL_ERR_IMAGE_TOO_LARGE));
        free(image.data);
        return EXIT_REFUSED;
    }
    code = io_write_file(out_path, image.data, image.len) ? EXIT_DONE : EXIT_HOST;
    free(image.data);
    return code;
}

static int inspect(const char *path, const struct options *o, bool print)
{
    static struct image_report report;
    struct bytes file;

    if (!io_read_file(path, IMAGE_FILE_MAX, &file)) {
        return EXIT_HOST;
    }
    image_inspect(&file, o->bootloader || image_is_rom(&file), &report);
    free(file.data);
    if (print && o->json) {
        image_print_json(path, &report);
    } else if (print) {
        image_print_text(path, &report);
    }
    if (report.err != ASL_OK) {
        io_error_asl(path, report.err);
        return EXIT_REFUSED;
    }
    return EXIT_DONE;
}

int cmd_image(int argc, char **argv)
{
    struct options o = {.flash_mode = "dio", .flash_freq = "40m", .flash_size = "4MB"};
    int end = parse(argc, argv, &o);

    if (end != OPTS_END) {
        return end == OPTS_HELP ? EXIT_DONE : EXIT_HOST;
    }
    const char *action = o.n_words > 0 ? o.word[0] : "";
    if (o.n_words == 3 && strcmp(action, "make") == 0) {
        return make(o.word[1], o.word[2], &o);
    }
    if (o.n_words == 2 && strcmp(action, "info") == 0) {
        return inspect(o.word[1], &o, true);
    }
    if (o.n_words == 2 && strcmp(action, "verify") == 0) {
        return inspect(o.word[1], &o, false);
    }
    io_error("usage: airslot %s", usage);
    return EXIT_HOST;
}
