/* SPDX-License-Identifier: Apache-2.0 */
/* airslot flash, read-flash, erase-flash: bytes between files and the flash of a device. Writes
 * nothing before everything that can be known has been checked. */
#include <stdio.h>
#include <string.h>

#include "airslot/format.h"
#include "flash_args.h"
#include "flash_judge.h"
#include "flash_plan.h"
#include "flash_serial.h"
#include "port.h"
#include "tools.h"

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
        flash_judge_print(job);
    }
    return EXIT_DONE;
}

static bool is_file(const struct flash_options *o)
{
    return strncmp(o->port, "file:", 5) == 0;
}

static int write_file_port(struct flash_plan *plan, const struct flash_options *o)
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
        if (!o->keep_otadata) {
            flash_plan_reset_otadata(plan, port.file.bytes, port.file.size);
        }
        code = write_plan(&port, plan);
    }
    port_close(&port);
    return code;
}

int cmd_flash(int argc, char **argv)
{
    static const char usage[] = "flash --port PORT ADDR FILE [ADDR FILE...]";
    static struct flash_plan plan;
    struct flash_args args;
    int code = flash_args_parse(&args, VERB_FLASH, usage, argc, argv);

    if (code != OPTS_GO_ON) {
        return code;
    }
    code = flash_plan_read(&plan, args.word, args.n_words);
    if (code == EXIT_DONE) {
        code = is_file(&args.options) ? write_file_port(&plan, &args.options)
                                      : flash_serial_write(&plan, &args.options);
    }
    flash_plan_free(&plan);
    return code;
}

static int read_file_port(const struct flash_args *args)
{
    struct port port;
    uint32_t addr, len;

    int code = port_open(&port, args->options.port, args->options.flash_size, false);
    if (code != EXIT_DONE) {
        return code;
    }
    bool done = flash_range_parse(args->word[0], args->word[1], port.file.size, &addr, &len) &&
                io_write_file(args->word[2], port.file.bytes + addr, len);
    port_close(&port);
    return done ? EXIT_DONE : EXIT_HOST;
}

int cmd_read_flash(int argc, char **argv)
{
    static const char usage[] = "read-flash --port PORT ADDR LEN OUT";
    struct flash_args args;
    int code = flash_args_parse(&args, VERB_READ, usage, argc, argv);

    if (code != OPTS_GO_ON) {
        return code;
    }
    if (args.n_words != 3) {
        io_error("usage: airslot %s", usage);
        return EXIT_HOST;
    }
    return is_file(&args.options) ? read_file_port(&args) : flash_serial_read(&args);
}

static bool erase(struct port *port, const struct flash_args *args)
{
    uint32_t addr = 0;
    uint32_t len = port->file.size;

    if (args->region != NULL && !flash_range_parse(args->region, args->word[0], len, &addr, &len)) {
        return false;
    }
    if (!flash_range_is_whole(addr, len)) {
        return false;
    }
    port_erase(port, addr, len);
    if (!port_commit(port, addr, len)) {
        return false;
    }
    fprintf(stderr, "erased 0x%06x to 0x%06x\n", addr, addr + len);
    return true;
}

static int erase_file_port(const struct flash_args *args)
{
    struct port port;

    int code = port_open(&port, args->options.port, args->options.flash_size, true);
    if (code != EXIT_DONE) {
        return code;
    }
    bool done = erase(&port, args);
    port_close(&port);
    return done ? EXIT_DONE : EXIT_HOST;
}

int cmd_erase_flash(int argc, char **argv)
{
    static const char usage[] = "erase-flash --port PORT [--region ADDR LEN]";
    struct flash_args args;
    int code = flash_args_parse(&args, VERB_ERASE, usage, argc, argv);

    if (code != OPTS_GO_ON) {
        return code;
    }
    if (args.n_words != (args.region != NULL ? 1 : 0)) {
        io_error("usage: airslot %s", usage);
        return EXIT_HOST;
    }
    return is_file(&args.options) ? erase_file_port(&args) : flash_serial_erase(&args);
}
