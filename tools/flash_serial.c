/* SPDX-License-Identifier: Apache-2.0 */
#include "flash_serial.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "airslot/format.h"
#include "asl_crypto.h"
#include "flash_header.h"
#include "flash_judge.h"
#include "io.h"

/* --- before the first byte --- */

/* What the chip holds as far as the judgement of a plan looks: the table. The caller frees it. */
static uint8_t *read_table(struct flash_session *s, const struct flash_plan *plan)
{
    uint8_t *flash = malloc(s->flash_size);

    if (flash == NULL) {
        io_error("out of memory");
        return NULL;
    }
    memset(flash, 0xff, s->flash_size);
    if (flash_plan_has_table(plan)) {
        return flash;
    }
    enum loader_err err =
        loader_read(&s->loader, ASL_TABLE_ADDR, flash + ASL_TABLE_ADDR, ASL_TABLE_LEN, NULL);
    if (err != LOADER_OK) {
        flash_session_error(s, err, "read the partition table");
        free(flash);
        return NULL;
    }
    return flash;
}

/* The size that was asked for must be there; what is more than that lies idle. */
static bool size_is_there(const struct flash_session *s)
{
    char asked[24], found[24];
    uint32_t want = s->options->flash_size;

    if (want > s->flash_size) {
        io_error("the flash chip has %s, the project is set for %s",
                 io_size_text(s->flash_size, found), io_size_text(want, asked));
        io_hint("set the chip's size: make menuconfig, or --flash-size detect");
        return false;
    }
    return true;
}

/* Brings the header of a bootloader into line with the options; says where it differs from the
 * chip. */
static bool settle_header(const struct flash_session *s, struct flash_job *job)
{
    const struct flash_options *o = s->options;
    struct flash_header want = {o->mode, o->frequency,
                                o->detect_size ? s->flash_size : o->flash_size};
    char says[24], has[24];
    bool changed = false;

    if (job->addr != 0 || !flash_header_is_there(&job->file)) {
        return true;
    }
    if (!flash_header_patch(&job->file, &want, &changed)) {
        return false;
    }
    if (changed) {
        fprintf(stderr, "header of '%s' is set to what was asked for\n", job->path);
    }
    uint32_t size = flash_header_size(&job->file);
    if (size > s->flash_size) {
        io_warning("the header of '%s' says %s, the flash chip has %s", job->path,
                   io_size_text(size, says), io_size_text(s->flash_size, has));
        io_hint("--flash-size detect sets the header");
    }
    return true;
}

static int prepare(struct flash_session *s, struct flash_plan *plan)
{
    const struct flash_options *o = s->options;

    if (!size_is_there(s) || !flash_plan_fits(plan, s->flash_size)) {
        return EXIT_REFUSED;
    }
    for (int i = 0; i < plan->n; i++) {
        if (!settle_header(s, &plan->job[i])) {
            return EXIT_HOST;
        }
    }
    uint8_t *flash = read_table(s, plan);
    if (flash == NULL) {
        return EXIT_HOST;
    }
    bool is_sound = o->force || flash_plan_is_sound(plan, flash, s->flash_size);
    if (is_sound) {
        flash_plan_warn_size(plan, flash, s->flash_size);
        if (!o->keep_otadata) {
            flash_plan_reset_otadata(plan, flash, s->flash_size);
        }
    }
    free(flash);
    return is_sound ? EXIT_DONE : EXIT_REFUSED;
}

/* --- writing --- */

/* The ROM has compared every block as it wrote it; the stub is asked for the digest of what stands
 * in flash. */
static bool is_as_written(struct flash_session *s, const struct flash_job *job)
{
    uint8_t want[16], have[16];
    enum loader_err err;

    if (!s->loader.is_stub) {
        return true;
    }
    err = loader_md5(&s->loader, job->addr, (uint32_t)job->file.len, have);
    if (err != LOADER_OK) {
        flash_session_error(s, err, "verify what was written");
        return false;
    }
    asl_md5(job->file.data, (uint32_t)job->file.len, want);
    if (memcmp(want, have, sizeof(want)) != 0) {
        io_error("flash at 0x%x holds other bytes than '%s'", job->addr, job->path);
        io_hint("repeat the command; if it stays so, the chip is worn or write-protected");
        return false;
    }
    return true;
}

static void print_interrupted(const struct flash_session *s, enum loader_err err,
                              const struct flash_job *job, uint32_t done)
{
    char what[512];

    snprintf(what, sizeof(what), "write '%s' at 0x%x beyond 0x%x of 0x%zx bytes", job->path,
             job->addr, done, job->file.len);
    flash_session_error(s, err, what);
}

static bool write_job(struct flash_session *s, const struct flash_job *job, double *seconds)
{
    struct flash_bar bar;
    uint32_t len = (uint32_t)job->file.len;
    uint32_t done = 0;

    flash_bar_open(&bar, job->path);
    const struct loader_progress progress = {flash_bar_step, &bar};
    enum loader_err err =
        loader_write(&s->loader, job->addr, job->file.data, len, &progress, &done);
    *seconds = flash_bar_close(&bar);
    if (err != LOADER_OK) {
        print_interrupted(s, err, job, done);
        return false;
    }
    if (!is_as_written(s, job)) {
        return false;
    }
    fprintf(stderr, "wrote 0x%06x to 0x%06x  %s  %.1f s, %.1f kB/s, verified\n", job->addr,
            job->addr + len, job->path, *seconds, len / 1000.0 / *seconds);
    return true;
}

static json_t *json_session(const struct flash_session *s)
{
    char mac[18], id[7];
    const uint8_t *m = s->mac;

    snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
    io_hex(s->flash_id, 3, id);
    return json_pack("{s:s,s:s,s:s,s:I,s:b}", "port", s->options->port, "mac", mac, "flash_id", id,
                     "flash_size", (json_int_t)s->flash_size, "stub", s->loader.is_stub);
}

static void print_json(json_t *root)
{
    json_dumpf(root, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(root);
}

static int write_plan(struct flash_session *s, const struct flash_plan *plan)
{
    json_t *written = json_array();
    int code = EXIT_DONE;

    for (int i = 0; code == EXIT_DONE && i < plan->n; i++) {
        const struct flash_job *job = &plan->job[i];
        double seconds = 0;
        if (!write_job(s, job, &seconds)) {
            fprintf(stderr, "%d of %d files are written and verified\n", i, plan->n);
            code = EXIT_HOST;
            break;
        }
        flash_judge_print(job);
        json_array_append_new(written, json_pack("{s:s,s:I,s:I,s:f}", "file", job->path, "addr",
                                                 (json_int_t)job->addr, "length",
                                                 (json_int_t)job->file.len, "seconds", seconds));
    }
    if (code == EXIT_DONE && s->options->json) {
        json_t *root = json_session(s);
        json_object_set(root, "written", written);
        print_json(root);
    }
    json_decref(written);
    return code;
}

int flash_serial_write(struct flash_plan *plan, const struct flash_options *options)
{
    static struct flash_session session;

    if (options->flash_size != 0 && !flash_plan_fits(plan, options->flash_size)) {
        return EXIT_REFUSED;
    }
    int code = flash_session_open(&session, options);
    if (code != EXIT_DONE) {
        return code;
    }
    code = prepare(&session, plan);
    if (code == EXIT_DONE) {
        code = write_plan(&session, plan);
    }
    flash_session_close(&session);
    return code;
}

/* --- reading and erasing --- */

bool flash_range_parse(const char *addr_text, const char *len_text, uint32_t flash_size,
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

bool flash_range_is_whole(uint32_t addr, uint32_t len)
{
    if (addr % ASL_SECTOR_SIZE != 0 || len % ASL_SECTOR_SIZE != 0) {
        io_error("cannot erase 0x%x bytes at 0x%x: sectors of 0x1000 are erased as a whole", len,
                 addr);
        return false;
    }
    return true;
}

static int read_range(struct flash_session *s, uint32_t addr, uint32_t len, const char *path)
{
    struct flash_bar bar;
    uint8_t *data = malloc(len + 1);

    if (data == NULL) {
        io_error("out of memory");
        return EXIT_HOST;
    }
    flash_bar_open(&bar, path);
    const struct loader_progress progress = {flash_bar_step, &bar};
    enum loader_err err = loader_read(&s->loader, addr, data, len, &progress);
    double seconds = flash_bar_close(&bar);
    bool done = err == LOADER_OK && io_write_file(path, data, len);
    flash_session_error(s, err, "read flash");
    if (done) {
        fprintf(stderr, "read 0x%06x to 0x%06x  %s  %.1f s, %.1f kB/s\n", addr, addr + len, path,
                seconds, len / 1000.0 / seconds);
    }
    free(data);
    return done ? EXIT_DONE : EXIT_HOST;
}

static int finish(struct flash_session *s, const char *what, uint32_t addr, uint32_t len, int code)
{
    if (code == EXIT_DONE && s->options->json) {
        json_t *root = json_session(s);
        json_object_set_new(
            root, what,
            json_pack("{s:I,s:I}", "addr", (json_int_t)addr, "length", (json_int_t)len));
        print_json(root);
    }
    flash_session_close(s);
    return code;
}

int flash_serial_read(const struct flash_args *args)
{
    static struct flash_session session;
    uint32_t addr = 0, len = 0;
    int code = flash_session_open(&session, &args->options);

    if (code != EXIT_DONE) {
        return code;
    }
    code = EXIT_HOST;
    if (flash_range_parse(args->word[0], args->word[1], session.flash_size, &addr, &len)) {
        code = read_range(&session, addr, len, args->word[2]);
    }
    return finish(&session, "read", addr, len, code);
}

/* The digest of len erased bytes. */
static bool blank_md5(uint32_t len, uint8_t digest[16])
{
    uint8_t *blank = malloc(len);

    if (blank == NULL) {
        io_error("out of memory");
        return false;
    }
    memset(blank, 0xff, len);
    asl_md5(blank, len, digest);
    free(blank);
    return true;
}

/* The ROM cannot tell what stands in flash in a time that anybody would wait. */
static bool is_blank(struct flash_session *s, uint32_t addr, uint32_t len)
{
    uint8_t want[16], have[16];

    if (!s->loader.is_stub) {
        return true;
    }
    enum loader_err err = loader_md5(&s->loader, addr, len, have);
    if (err != LOADER_OK) {
        flash_session_error(s, err, "verify what was erased");
        return false;
    }
    if (!blank_md5(len, want)) {
        return false;
    }
    if (memcmp(want, have, sizeof(want)) != 0) {
        io_error("flash is not blank between 0x%x and 0x%x after erasing", addr, addr + len);
        io_hint("repeat the command; if it stays so, the chip is worn or write-protected");
        return false;
    }
    return true;
}

static int erase_range(struct flash_session *s, uint32_t addr, uint32_t len)
{
    bool is_all = addr == 0 && len == s->flash_size;

    fprintf(stderr, "erasing 0x%06x to 0x%06x\n", addr, addr + len);
    enum loader_err err =
        is_all ? loader_erase_chip(&s->loader, len) : loader_erase(&s->loader, addr, len);
    if (err != LOADER_OK) {
        flash_session_error(s, err, "erase flash");
        return EXIT_HOST;
    }
    if (!is_blank(s, addr, len)) {
        return EXIT_HOST;
    }
    fprintf(stderr, "erased 0x%06x to 0x%06x\n", addr, addr + len);
    return EXIT_DONE;
}

int flash_serial_erase(const struct flash_args *args)
{
    static struct flash_session session;
    int code = flash_session_open(&session, &args->options);
    uint32_t addr = 0, len = session.flash_size;

    if (code != EXIT_DONE) {
        return code;
    }
    code = EXIT_HOST;
    if ((args->region == NULL ||
         flash_range_parse(args->region, args->word[0], session.flash_size, &addr, &len)) &&
        flash_range_is_whole(addr, len)) {
        code = erase_range(&session, addr, len);
    }
    return finish(&session, "erased", addr, len, code);
}
