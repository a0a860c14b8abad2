/* SPDX-License-Identifier: Apache-2.0 */
/* airslot image make|info|sign|verify: images from linked programs, what an image file holds, and
 * the owner's signature on it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asl_err.h"
#include "asl_table.h"
#include "image_claims.h"
#include "image_info.h"
#include "image_make.h"
#include "image_sign.h"
#include "opts.h"
#include "tools.h"

#define ELF_FILE_MAX (64u << 20)
/* The table follows: nothing of the bootloader may stand there. */
#define BOOTLOADER_MAX ASL_TABLE_ADDR
#define TRUST_MAX      16

struct options {
    const char *flash_mode, *flash_freq, *flash_size;
    uint32_t max_len; /* 0: any */
    bool bootloader, json;
    const char *key, *board, *project, *out; /* NULL: not given */
    bool has_min_version;
    uint32_t min_version;
    const char *trust[TRUST_MAX];
    uint32_t n_trust;
    const char *word[3]; /* action and operands */
    int n_words;
};

enum {
    FLASH_MODE,
    FLASH_FREQ,
    FLASH_SIZE,
    MAX_LEN,
    BOOTLOADER,
    JSON,
    KEY,
    BOARD,
    MIN_VERSION,
    OUT,
    TRUST,
    PROJECT
};
static const struct opt option_table[] = {
    {"--flash-mode", "MODE", "make: qio, qout, dio (default) or dout"},
    {"--flash-freq", "FREQ", "make: 20m, 26m, 40m (default) or 80m"},
    {"--flash-size", "SIZE", "make: 1MB, 2MB, 4MB (default), 8MB or 16MB"},
    {"--max-len", "BYTES", "make: refuse a longer image, that of the slot it is for"},
    {"--bootloader", NULL, "an image for the mask ROM: RAM segments only"},
    {"--json", NULL, "info: print JSON"},
    {"--key", "FILE", "sign: the private key, PEM"},
    {"--board", "NAME", "sign: the board that the image is for; verify: it must be this"},
    {"--min-version", "N",
     "sign: images below N are refused once this one is confirmed (default: "
     "its secure version); verify: lowest secure version"},
    {"-o", "OUT", "sign: write here, leave FILE as it is"},
    {"--trust", "FILE", "verify: a public key that may have signed; repeatable"},
    {"--project", "NAME", "verify: it must be this"},
};
static const char usage[] = "image make ELF OUT | image info FILE | image sign FILE --key KEY "
                            "--board NAME | image verify FILE  [options]";

static bool take_number(const char *value, const char *what, uint32_t *out)
{
    if (io_parse_u32(value, out)) {
        return true;
    }
    io_error("'%s' is no %s", value, what);
    return false;
}

static bool take_trust(struct options *o, const char *value)
{
    if (o->n_trust == TRUST_MAX) {
        io_error("more than %d --trust", TRUST_MAX);
        return false;
    }
    o->trust[o->n_trust++] = value;
    return true;
}

static bool take_owner_option(struct options *o, int index, const char *value)
{
    switch (index) {
    case KEY:
        o->key = value;
        return true;
    case BOARD:
        o->board = value;
        return true;
    case MIN_VERSION:
        o->has_min_version = true;
        return take_number(value, "version number", &o->min_version);
    case OUT:
        o->out = value;
        return true;
    case TRUST:
        return take_trust(o, value);
    case PROJECT:
        o->project = value;
        return true;
    }
    return false;
}

static bool take_option(void *ctx, int index, const char *value)
{
    struct options *o = ctx;

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
        return take_number(value, "number of bytes", &o->max_len);
    case BOOTLOADER:
        o->bootloader = true;
        return true;
    case JSON:
        o->json = true;
        return true;
    }
    return take_owner_option(o, index, value);
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

static int show(const char *path, const struct options *o)
{
    static struct image_report report;
    struct bytes file;

    if (!io_read_file(path, IMAGE_FILE_MAX, &file)) {
        return EXIT_HOST;
    }
    image_inspect(&file, o->bootloader || image_is_rom(&file), &report);
    free(file.data);
    if (o->json) {
        image_print_json(path, &report);
    } else {
        image_print_text(path, &report);
    }
    if (report.err != ASL_OK) {
        io_error_asl(path, report.err);
        return EXIT_REFUSED;
    }
    return EXIT_DONE;
}

static int sign(const char *path, const struct options *o)
{
    const struct sign_options options = {
        .board = o->board, .has_min_version = o->has_min_version, .min_version = o->min_version};
    struct asl_claims claims;
    struct bytes file;
    char id[2 * ASL_KEY_ID_LEN + 1];

    if (o->key == NULL || o->board == NULL) {
        io_error("sign needs --key FILE and --board NAME");
        return EXIT_HOST;
    }
    if (!io_read_file(path, IMAGE_FILE_MAX, &file)) {
        return EXIT_HOST;
    }
    int code = EXIT_HOST;
    EVP_PKEY *key = signing_key_open(o->key);
    if (key != NULL) {
        code = image_sign(path, &file, key, &options, &claims) ? EXIT_DONE : EXIT_REFUSED;
    }
    EVP_PKEY_free(key);
    const char *out = o->out != NULL ? o->out : path;
    if (code == EXIT_DONE && !io_write_file(out, file.data, file.len)) {
        code = EXIT_HOST;
    }
    free(file.data);
    if (code == EXIT_DONE) {
        printf("signed %s: %s %s for board %s, minimum version %u, key %s\n", out, claims.project,
               claims.version, claims.board, claims.min_version,
               io_hex(claims.key_id, sizeof(claims.key_id), id));
    }
    return code;
}

/* Judges by the rules of a device that has these keys, board, project and floor. */
static enum asl_err judge_owner(const struct bytes *file, const struct options *o,
                                const uint8_t (*key)[ASL_KEY_LEN])
{
    const struct asl_owner_rules rules = {.key = key,
                                          .n_keys = o->n_trust,
                                          .project = o->project,
                                          .board = o->board,
                                          .min_version = o->min_version};

    return image_judge_owner(file, &rules, NULL);
}

static void warn_unchecked(const char *path)
{
    io_warning("'%s' is signed, but the signature was not checked", path);
    io_hint("give --trust KEY.pub");
}

static int verify(const char *path, const struct options *o)
{
    static uint8_t key[TRUST_MAX][ASL_KEY_LEN];
    static struct image_report report;
    struct bytes file;

    for (uint32_t i = 0; i < o->n_trust; i++) {
        if (!public_key_read(o->trust[i], key[i])) {
            return EXIT_HOST;
        }
    }
    if (o->board != NULL && o->n_trust == 0) {
        io_error("--board is in the signed claims: give a --trust, too");
        return EXIT_HOST;
    }
    if (!io_read_file(path, IMAGE_FILE_MAX, &file)) {
        return EXIT_HOST;
    }
    image_inspect(&file, o->bootloader || image_is_rom(&file), &report);
    enum asl_err err = report.err;
    if (err == ASL_OK && !report.for_rom && report.claims_err != ASL_ERR_CLAIMS_MISSING) {
        err = report.claims_err;
    }
    if (err == ASL_OK) {
        err = judge_owner(&file, o, (const uint8_t(*)[ASL_KEY_LEN])key);
    }
    free(file.data);
    if (err != ASL_OK) {
        io_error_asl(path, err);
        return EXIT_REFUSED;
    }
    if (report.claims_err == ASL_OK && o->n_trust == 0) {
        warn_unchecked(path);
    }
    return EXIT_DONE;
}

int cmd_image(int argc, char **argv)
{
    struct options o = {.flash_mode = "dio", .flash_freq = "40m", .flash_size = "4MB"};
    int code = parse(argc, argv, &o);

    if (code != OPTS_GO_ON) {
        return code;
    }
    const char *action = o.n_words > 0 ? o.word[0] : "";
    if (o.n_words == 3 && strcmp(action, "make") == 0) {
        return make(o.word[1], o.word[2], &o);
    }
    if (o.n_words == 2 && strcmp(action, "info") == 0) {
        return show(o.word[1], &o);
    }
    if (o.n_words == 2 && strcmp(action, "verify") == 0) {
        return verify(o.word[1], &o);
    }
    if (o.n_words == 2 && strcmp(action, "sign") == 0) {
        return sign(o.word[1], &o);
    }
    io_error("usage: airslot %s", usage);
    return EXIT_HOST;
}
