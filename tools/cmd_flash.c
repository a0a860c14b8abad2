/* SPDX-License-Identifier: Apache-2.0 */
/* airslot flash, read-flash, erase-flash: bytes between files and the flash of a device. Writes
 * nothing before everything that can be known has been checked. */
#include <stdio.h>
#include <string.h>

#include "airslot/format.h"
#include "flash_plan.h"
#include "opts.h"
#include "port.h"
#include "tools.h"

#define MAX_WORDS (2 * FLASH_MAX_FILES + 1)

struct options {
    const char *port;
    uint32_t flash_size; /* 0: not given */
    const char *region;
    bool force;
    const char *word[MAX_WORDS];
    int n_words;
};

enum { PORT, FLASH_SIZE, FORCE_OR_REGION };
#define PORT_OPTION                                                                                \
    {                                                                                              \
        "--port", "PORT", "file:PATH, the flash file of a virtual board"                           \
    }
#define SIZE_OPTION                                                                                \
    {                                                                                              \
        "--flash-size", "SIZE", "512KB to 16MB (default: the file's, or 4MB)"                      \
    }
static const struct opt flash_table[] = {
    PORT_OPTION, SIZE_OPTION, {"--force", NULL, "write files that are not good for their slot"}};
static const struct opt erase_table[] = {
    PORT_OPTION, SIZE_OPTION, {"--region", "ADDR LEN", "erase this much only (whole sectors)"}};

static bool take_option(struct options *o, int index, const char *value)
{
    switch (index) {
    case PORT:
        o->port = value;
        return true;
    case FLASH_SIZE:
        if (!io_parse_flash_size(value, &o->flash_size)) {
            io_error("'%s' is no flash size: 512KB, 1MB, 2MB, 4MB, 8MB or 16MB", value);
            return false;
        }
        return true;
    case FORCE_OR_REGION:
        o->force = value == NULL;
        o->region = value;
        return true;
    }
    return false;
}

/* Reads the line. Returns false with the exit code in *code when there is nothing more to do. */
static bool parse(struct opts *opts, struct options *o, int *code)
{
    const char *value;
    int c;

    *code = EXIT_HOST;
    while ((c = opts_next(opts, &value)) != OPTS_END) {
        if (c == OPTS_WORD && o->n_words < MAX_WORDS) {
            o->word[o->n_words++] = value;
        } else if (c == OPTS_WORD) {
            io_error("one operand too many: '%s'", value);
            return false;
        } else if (!take_option(o, c, value)) {
            *code = c == OPTS_HELP ? EXIT_DONE : EXIT_HOST;
            return false;
        }
    }
    if (o->port == NULL) {
        io_error("no port: airslot %s", opts->usage);
        return false;
    }
    return true;
}

static int write_plan(struct port *port, const struct flash_plan *plan)
{
    for (int i = 0; i < plan->n; i++) {
        const struct flash_job *job = &plan->job[i];
        uint32_t len = (uint32_t)job->file.len;
        port_erase(port, job->addr, len);
        port_program(port, job->addr, job->file.data, len);
        if (!port_commit(port, job->addr, len)) {
            io_hint("%d of %d files are written; repeat the command", i, plan->n);
            return EXIT_HOST;
        }
        fprintf(stderr, "wrote 0x%06x to 0x%06x  %s\n", job->addr, job->addr + len, job->path);
    }
    return EXIT_DONE;
}

static int flash_plan_run(const struct flash_plan *plan, const struct options *o)
{
    struct port port;

    /* Known before a file is made: what no chip of this size can hold. */
    if (o->flash_size != 0 && !flash_plan_fits(plan, o->flash_size)) {
        return EXIT_REFUSED;
    }
    int code = port_open(&port, o->port, o->flash_size, true);
    if (code != EXIT_DONE) {
        return code;
    }
    code = EXIT_REFUSED;
    if (flash_plan_fits(plan, port.file.size) &&
        (o->force || flash_plan_is_sound(plan, port.file.bytes, port.file.size))) {
        code = write_plan(&port, plan);
    }
    port_close(&port);
    return code;
}

int cmd_flash(int argc, char **argv)
{
    struct opts opts = {
        "flash --port PORT ADDR FILE [ADDR FILE...]", flash_table, 3, argc, argv, 0, 0};
    struct options o = {0};
    static struct flash_plan plan;
    int code;

    if (!parse(&opts, &o, &code)) {
        return code;
    }
    code = flash_plan_read(&plan, o.word, o.n_words);
    if (code == EXIT_DONE) {
        code = flash_plan_run(&plan, &o);
    }
    flash_plan_free(&plan);
    return code;
}

/* Reads ADDR and LEN and holds them against the chip. Prints the error. */
static bool parse_range(const char *addr_text, const char *len_text, uint32_t flash_size,
                        uint32_t *addr, uint32_t *len)
{
    if (!io_parse_u32(addr_text, addr) || !io_parse_u32(len_text, len)) {
        io_error("'%s' '%s' is no address and length", addr_text, len_text);
        return false;
    }
    if (*addr > flash_size || *len > flash_size - *addr) {
        io_error("0x%x bytes at 0x%x reach beyond the flash of 0x%x bytes", *len, *addr,
                 flash_size);
        return false;
    }
    return true;
}

int cmd_read_flash(int argc, char **argv)
{
    struct opts opts = {"read-flash --port PORT ADDR LEN OUT", flash_table, 2, argc, argv, 0, 0};
    struct options o = {0};
    struct port port;
    uint32_t addr, len;
    int code;

    if (!parse(&opts, &o, &code)) {
        return code;
    }
    if (o.n_words != 3) {
        io_error("usage: airslot %s", opts.usage);
        return EXIT_HOST;
    }
    code = port_open(&port, o.port, o.flash_size, false);
    if (code != EXIT_DONE) {
        return code;
    }
    bool done = parse_range(o.word[0], o.word[1], port.file.size, &addr, &len) &&
                io_write_file(o.word[2], port.file.bytes + addr, len);
    port_close(&port);
    return done ? EXIT_DONE : EXIT_HOST;
}

static bool erase(struct port *port, const struct options *o)
{
    uint32_t addr = 0;
    uint32_t len = port->file.size;

    if (o->region != NULL && !parse_range(o->region, o->word[0], len, &addr, &len)) {
        return false;
    }
    if (addr % ASL_SECTOR_SIZE != 0 || len % ASL_SECTOR_SIZE != 0) {
        io_error("cannot erase 0x%x bytes at 0x%x: sectors of 0x1000 are erased as a whole", len,
                 addr);
        return false;
    }
    port_erase(port, addr, len);
    if (!port_commit(port, addr, len)) {
        return false;
    }
    fprintf(stderr, "erased 0x%06x to 0x%06x\n", addr, addr + len);
    return true;
}

int cmd_erase_flash(int argc, char **argv)
{
    struct opts opts = {
        "erase-flash --port PORT [--region ADDR LEN]", erase_table, 3, argc, argv, 0, 0};
    struct options o = {0};
    struct port port;
    int code;

    if (!parse(&opts, &o, &code)) {
        return code;
    }
    if (o.n_words != (o.region != NULL ? 1 : 0)) {
        io_error("usage: airslot %s", opts.usage);
        return EXIT_HOST;
    }
    code = port_open(&port, o.port, o.flash_size, true);
    if (code != EXIT_DONE) {
        return code;
    }
    bool done = erase(&port, &o);
    port_close(&port);
    return done ? EXIT_DONE : EXIT_HOST;
}
