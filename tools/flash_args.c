/* SPDX-License-Identifier: Apache-2.0 */
#include "flash_args.h"

#include <string.h>

#include "io.h"

enum option {
    PORT,
    BAUD,
    NO_STUB,
    BEFORE,
    AFTER,
    FLASH_SIZE,
    JSON,
    FORCE,
    KEEP_OTADATA,
    MODE,
    FREQUENCY,
    REGION,
    N_OPTIONS
};

#define ALL (VERB_FLASH | VERB_READ | VERB_ERASE)

static const struct {
    struct opt opt;
    unsigned verbs;
} known[N_OPTIONS] = {
    [PORT] = {{"--port", "PORT",
               "a serial device, rfc2217://HOST:PORT, tcp://HOST:PORT, file:PATH"},
              ALL},
    [BAUD] = {{"--baud", "N", "speed of the line (115200)"}, ALL},
    [NO_STUB] = {{"--no-stub", NULL, "use the chip's own loader alone: slower"}, ALL},
    [BEFORE] = {{"--before", "WHAT", "reset (default) or no-reset"}, ALL},
    [AFTER] = {{"--after", "WHAT", "reset (default) or no-reset"}, ALL},
    [FLASH_SIZE] = {{"--flash-size", "SIZE", "512KB to 16MB, or detect"}, ALL},
    [JSON] = {{"--json", NULL, "tell what was done as JSON"}, ALL},
    [FORCE] = {{"--force", NULL, "write files that are not good for their slot"}, VERB_FLASH},
    [KEEP_OTADATA] = {{"--keep-otadata", NULL, "leave it open which slot starts"}, VERB_FLASH},
    [MODE] = {{"--flash-mode", "MODE", "qio, qout, dio or dout, into the bootloader's header"},
              VERB_FLASH},
    [FREQUENCY] = {{"--flash-freq", "FREQ", "20m, 26m, 40m or 80m, likewise"}, VERB_FLASH},
    [REGION] = {{"--region", "ADDR LEN", "erase this much only (whole sectors)"}, VERB_ERASE},
};

/* True for reset, false in *no for no-reset. */
static bool parse_reset(const char *value, bool *no)
{
    *no = strcmp(value, "no-reset") == 0;
    if (!*no && strcmp(value, "reset") != 0) {
        io_error("'%s' is neither reset nor no-reset", value);
        return false;
    }
    return true;
}

static bool parse_size(const char *value, struct flash_options *o)
{
    o->detect_size = strcmp(value, "detect") == 0;
    if (!o->detect_size && !io_parse_flash_size(value, &o->flash_size)) {
        io_error("'%s' is no flash size: 512KB, 1MB, 2MB, 4MB, 8MB, 16MB or detect", value);
        return false;
    }
    return true;
}

static bool parse_baud(const char *value, struct flash_options *o)
{
    if (!io_parse_u32(value, &o->baud) || o->baud < 300 || o->baud > 4000000) {
        io_error("'%s' is no speed: 300 to 4000000 baud", value);
        return false;
    }
    return true;
}

/* A verb's options among those that are known. */
struct line {
    struct flash_args *args;
    struct opt table[N_OPTIONS];
    enum option option_of[N_OPTIONS];
};

static bool take_option(void *ctx, int index, const char *value)
{
    struct line *line = ctx;
    struct flash_options *o = &line->args->options;

    switch (line->option_of[index]) {
    case PORT:
        o->port = value;
        return true;
    case BAUD:
        return parse_baud(value, o);
    case NO_STUB:
        o->no_stub = true;
        return true;
    case BEFORE:
        return parse_reset(value, &o->no_reset_before);
    case AFTER:
        return parse_reset(value, &o->no_reset_after);
    case FLASH_SIZE:
        return parse_size(value, o);
    case JSON:
        o->json = true;
        return true;
    case FORCE:
        o->force = true;
        return true;
    case KEEP_OTADATA:
        o->keep_otadata = true;
        return true;
    case MODE:
        o->mode = value;
        return true;
    case FREQUENCY:
        o->frequency = value;
        return true;
    case REGION:
        line->args->region = value;
        return true;
    default:
        return false;
    }
}

int flash_args_parse(struct flash_args *args, enum flash_verb verb, const char *usage, int argc,
                     char **argv)
{
    struct line line = {.args = args};
    struct opts opts = {.usage = usage,
                        .table = line.table,
                        .take = take_option,
                        .ctx = &line,
                        .word = args->word,
                        .max_words = FLASH_MAX_WORDS};

    for (int i = 0; i < N_OPTIONS; i++) {
        if ((known[i].verbs & verb) != 0) {
            line.option_of[opts.n_options] = (enum option)i;
            line.table[opts.n_options++] = known[i].opt;
        }
    }
    *args = (struct flash_args){.options = {.baud = LOADER_ROM_BAUD}};
    int code = opts_read(&opts, argc, argv);
    args->n_words = opts.n_words;
    if (code == OPTS_GO_ON && args->options.port == NULL) {
        io_error("no port: airslot %s", usage);
        return EXIT_HOST;
    }
    return code;
}
