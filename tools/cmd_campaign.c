/* SPDX-License-Identifier: Apache-2.0 */
/* `airslot campaign`: tries every fault at every flash operation of an update, on the user's own
 * firmware. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board_net.h"
#include "campaign.h"
#include "io.h"
#include "opts.h"
#include "tools.h"

#define DEFAULT_FAULTS                                                                             \
    "cut-before,cut-after,silent,program-0,program-1,program-4,program-16,program-128,"            \
    "program-255,program-bits,program-neighbour,erase-nothing,erase-half,erase-random,erase-weak"
#define MAX_SHOWN 20u

enum {
    OPT_FLASH,
    OPT_FLASH_SIZE,
    OPT_UP,
    OPT_UP_NEW,
    OPT_OPS,
    OPT_EVERY,
    OPT_FAULTS,
    OPT_LIMIT,
    OPT_TIME,
    OPT_JOBS,
    OPT_SEED,
    OPT_NO_MERGE,
    OPT_JSON,
    OPT_SVG,
    OPT_AP,
    OPT_PEER_ROOT, /* from here on: board_net.c */
    OPT_PEER_CERT,
    OPT_PEER_KEY,
    OPT_PEER_PORT,
    OPT_LINK,
    N_OPTS
};

static const struct opt table[N_OPTS] = {
    [OPT_FLASH] = {"--flash", "FILE", "the flash chip before the update; stays as it is"},
    [OPT_FLASH_SIZE] = {"--flash-size", "SIZE", "512KB to 16MB (4MB)"},
    [OPT_UP] = {"--up", "TEXT", "what an image prints when it is up"},
    [OPT_UP_NEW] = {"--up-new", "TEXT", "what the new image prints, if it is another text"},
    [OPT_OPS] = {"--ops", "N-M", "these flash operations only; N, N- (all)"},
    [OPT_EVERY] = {"--every", "N", "in the target slot only each Nth operation (1)"},
    [OPT_FAULTS] = {"--faults", "LIST", "kinds of docs/faults.md, with commas (all)"},
    [OPT_LIMIT] = {"--limit", "S", "virtual seconds a device may need to its greeting"},
    [OPT_TIME] = {"--time", "S", "begin no case after so many seconds"},
    [OPT_JOBS] = {"-j", "N", "processes (1)"},
    [OPT_SEED] = {"--seed", "N", "of all randomness (0)"},
    [OPT_NO_MERGE] = {"--no-merge", NULL, "judge each case by itself, also when states are equal"},
    [OPT_JSON] = {"--json", "FILE", "write the figures and every failure"},
    [OPT_SVG] = {"--svg", "FILE", "draw operation by fault"},
    [OPT_AP] = {"--ap", "SSID:PASSWORD", "access point of the peer (airslot:airslot8266)"},
    [OPT_PEER_ROOT] = {"--peer-root", "DIR", "a network in virtual time that serves this folder"},
    [OPT_PEER_CERT] = {"--peer-cert", "FILE", "its certificate: HTTPS; without, HTTP"},
    [OPT_PEER_KEY] = {"--peer-key", "FILE", "the certificate's key"},
    [OPT_PEER_PORT] = {"--peer-port", "PORT", "where it listens on 10.0.2.2 (8070)"},
    [OPT_LINK] = {"--link", "PROPERTIES", "of the air: bandwidth=2M,delay=2ms,loss=1%,..."},
};

struct options {
    const char *flash_path, *json_path, *svg_path;
    bool has_net;
    struct board_net_options net;
    struct cam_config config;
};

static bool bad_value(int option, const char *value, const char *hint)
{
    io_error("option %s: bad value '%s'", table[option].name, value);
    io_hint("%s", hint);
    return false;
}

static bool parse_text(const char **out, int option, const char *value)
{
    *out = value;
    return (value[0] != '\0' && strlen(value) <= 100) ||
           bad_value(option, value, "a text of 1 to 100 bytes");
}

static bool parse_ops(struct cam_config *c, const char *value)
{
    char *end;
    c->op_from = strtoull(value, &end, 10);
    c->op_to = c->op_from;
    if (*end == '-') {
        c->op_to = end[1] != '\0' ? strtoull(end + 1, &end, 10) : 0;
        end += *end == '-';
    }
    bool is_good = *end == '\0' && c->op_from > 0 && (c->op_to == 0 || c->op_to >= c->op_from);
    return is_good || bad_value(OPT_OPS, value, "operations from 1 on, as 12, 12-40 or 12-");
}

static bool parse_faults(struct cam_config *c, const char *value)
{
    c->n_kinds = 0;
    for (const char *at = value; at != NULL && *at != '\0';) {
        size_t len = strcspn(at, ",");
        if (c->n_kinds == CAM_MAX_KINDS || !vb_fault_parse_kind(&c->kind[c->n_kinds], at, len)) {
            return bad_value(OPT_FAULTS, value, "as cut-before,program-16; see docs/faults.md");
        }
        c->n_kinds++;
        at += len + (at[len] == ',');
    }
    return c->n_kinds > 0 || bad_value(OPT_FAULTS, value, "at least one kind");
}

static bool parse_seconds(double *out, int option, const char *value)
{
    char *end;
    *out = strtod(value, &end);
    return (end != value && *end == '\0' && *out > 0 && *out < 1e9) ||
           bad_value(option, value, "seconds, as 30 or 0.5");
}

static bool parse_count(uint32_t *out, int option, const char *value)
{
    return (io_parse_u32(value, out) && *out > 0) || bad_value(option, value, "a number from 1 on");
}

static bool parse_ap(struct cam_config *c, const char *value)
{
    size_t len = strcspn(value, ":");
    const char *password = value[len] == ':' ? value + len + 1 : "";
    if (len < 1 || len > 32 || strlen(password) > 64) {
        return bad_value(OPT_AP, value, "SSID of 1 to 32 bytes, password of at most 64");
    }
    c->board.ap[0] = (struct vb_ap){0};
    memcpy(c->board.ap[0].ssid, value, len);
    memcpy(c->board.ap[0].password, password, strlen(password));
    c->board.n_aps = 1;
    return true;
}

static bool apply(struct options *o, int option, const char *value)
{
    struct cam_config *c = &o->config;
    uint32_t number = 0;
    double seconds = 0;
    bool good = true;
    switch (option) {
    case OPT_FLASH:
        o->flash_path = value;
        return true;
    case OPT_FLASH_SIZE:
        return io_parse_flash_size(value, &c->board.flash_size) ||
               bad_value(option, value, "512KB, 1MB, 2MB, 4MB, 8MB or 16MB");
    case OPT_UP:
        return parse_text(&c->up, option, value);
    case OPT_UP_NEW:
        return parse_text(&c->up_new, option, value);
    case OPT_OPS:
        return parse_ops(c, value);
    case OPT_EVERY:
        good = parse_count(&number, option, value);
        c->every = number;
        return good;
    case OPT_FAULTS:
        return parse_faults(c, value);
    case OPT_LIMIT:
        good = parse_seconds(&seconds, option, value);
        c->limit_us = (uint64_t)(seconds * 1e6);
        return good;
    case OPT_TIME:
        return parse_seconds(&c->time_limit_s, option, value);
    case OPT_JOBS:
        return parse_count(&c->n_jobs, option, value);
    case OPT_SEED:
        good = io_parse_u32(value, &number);
        c->board.seed = number;
        return good || bad_value(option, value, "a number below 2^32");
    case OPT_NO_MERGE:
        c->no_merge = true;
        return true;
    case OPT_JSON:
        o->json_path = value;
        return true;
    case OPT_SVG:
        o->svg_path = value;
        return true;
    case OPT_AP:
        return parse_ap(c, value);
    case OPTS_WORD:
        io_error("unexpected '%s'", value);
        return false;
    default:
        o->has_net = true;
        return board_net_set(&o->net, table[option].name, value);
    }
}

static int parse(struct options *o, int argc, char **argv)
{
    struct opts opts = {
        "campaign --flash FILE --up TEXT [options]", table, N_OPTS, argc, argv, 0, 0};
    const char *value;
    int option;
    *o = (struct options){.config = {.board = {.flash_size = 4u << 20}}};
    board_net_options_init(&o->net);
    parse_faults(&o->config, DEFAULT_FAULTS);
    parse_ap(&o->config, "airslot:airslot8266");
    while ((option = opts_next(&opts, &value)) != OPTS_END) {
        if (option == OPTS_HELP) {
            return EXIT_DONE;
        }
        if (option == OPTS_ERROR || !apply(o, option, value)) {
            return EXIT_HOST;
        }
    }
    if (o->flash_path == NULL || o->config.up == NULL) {
        io_error("'campaign' needs --flash FILE and --up TEXT");
        io_hint("airslot campaign --help lists the options");
        return EXIT_HOST;
    }
    o->config.up_new = o->config.up_new != NULL ? o->config.up_new : o->config.up;
    return -1;
}

/* --- what it says --- */

static void on_progress(void *ctx, uint64_t done, uint64_t planned)
{
    const unsigned width = 40;
    unsigned filled = planned > 0 ? (unsigned)(done * width / planned) : width;
    (void)ctx;
    fprintf(stderr, "\r[%.*s%*s] %llu of %llu", (int)filled,
            "########################################", (int)(width - filled), "",
            (unsigned long long)done, (unsigned long long)planned);
}

/* The line that repeats one case. */
static void replay_line(const struct options *o, uint64_t op, unsigned kind, char *out, size_t len)
{
    char text[VB_FAULT_TEXT_MAX];
    size_t n = (size_t)snprintf(
        out, len,
        "airslot campaign --flash '%s' --up '%s' --up-new '%s' --seed %llu --ops %llu --faults %s",
        o->flash_path, o->config.up, o->config.up_new, (unsigned long long)o->config.board.seed,
        (unsigned long long)op, vb_fault_kind_text(&o->config.kind[kind], text));
    if (o->has_net && n < len) {
        snprintf(out + n, len - n, " (and the options of the network)");
    }
}

static const char *op_name(enum vb_flash_op_kind kind)
{
    return kind == VB_FLASH_OP_PROGRAM ? "program" : kind == VB_FLASH_OP_ERASE ? "erase" : "status";
}

typedef void (*on_failure)(void *ctx, const struct options *o, const struct cam_report *r,
                           uint64_t op, unsigned kind);

static void each_failure(const struct options *o, const struct cam_report *r, on_failure call,
                         void *ctx)
{
    for (uint64_t op = r->from; op <= r->to; op++) {
        for (unsigned k = 0; k < r->n_kinds; k++) {
            if (cam_case_at(r, op, k)->outcome == CAM_FAILED) {
                call(ctx, o, r, op, k);
            }
        }
    }
}

static void print_failure(void *ctx, const struct options *o, const struct cam_report *r,
                          uint64_t op, unsigned kind)
{
    unsigned *shown = ctx;
    char text[VB_FAULT_TEXT_MAX], line[1024];
    if ((*shown)++ >= MAX_SHOWN) {
        return;
    }
    replay_line(o, op, kind, line, sizeof(line));
    printf("FAILED: operation %llu (%s 0x%06x), %s: %s\n  %s\n", (unsigned long long)op,
           op_name(r->op[op - 1].kind), r->op[op - 1].addr,
           vb_fault_kind_text(&o->config.kind[kind], text), cam_case_at(r, op, kind)->why, line);
}

static void print_report(const struct options *o, const struct cam_report *r)
{
    unsigned shown = 0;
    const struct cam_totals *t = &r->total;
    cam_picture_text(&o->config, r, stdout);
    each_failure(o, r, print_failure, &shown);
    if (shown > MAX_SHOWN) {
        printf("... and %u failures more (--json has all)\n", shown - MAX_SHOWN);
    }
    printf("update %s to %s: %llu flash operations, %.3f virtual seconds\n", r->old_label,
           r->new_label, (unsigned long long)r->n_ops, (double)r->reference_us / 1e6);
    printf("started old and updated %llu, started new %llu, went on %llu\n",
           (unsigned long long)t->outcome[CAM_OLD], (unsigned long long)t->outcome[CAM_NEW],
           (unsigned long long)t->outcome[CAM_WENT_ON]);
    printf("%llu cases (%llu run to their end, %llu merged by equal state), %llu failed, "
           "%llu not run, %.1f s, %.1f cases/s\n",
           (unsigned long long)(t->run + t->merged), (unsigned long long)t->run,
           (unsigned long long)t->merged, (unsigned long long)t->failed,
           (unsigned long long)t->not_run, r->seconds, (double)(t->run + t->merged) / r->seconds);
}

static void add_failure(void *ctx, const struct options *o, const struct cam_report *r, uint64_t op,
                        unsigned kind)
{
    char text[VB_FAULT_TEXT_MAX], line[1024];
    replay_line(o, op, kind, line, sizeof(line));
    json_array_append_new(ctx, json_pack("{sI ss sI ss ss ss}", "op", (json_int_t)op, "operation",
                                         op_name(r->op[op - 1].kind), "addr",
                                         (json_int_t)r->op[op - 1].addr, "fault",
                                         vb_fault_kind_text(&o->config.kind[kind], text), "why",
                                         cam_case_at(r, op, kind)->why, "replay", line));
}

static bool write_json(const struct options *o, const struct cam_report *r)
{
    const struct cam_totals *t = &r->total;
    json_t *failures = json_array();
    each_failure(o, r, add_failure, failures);
    json_t *root = json_pack(
        "{sI sf sI sI sI sI sI sI sI sI sf ss ss so}", "operations", (json_int_t)r->n_ops,
        "reference_seconds", (double)r->reference_us / 1e6, "cases",
        (json_int_t)(t->run + t->merged), "run", (json_int_t)t->run, "merged",
        (json_int_t)t->merged, "failed", (json_int_t)t->failed, "not_run", (json_int_t)t->not_run,
        "old", (json_int_t)t->outcome[CAM_OLD], "new", (json_int_t)t->outcome[CAM_NEW], "went_on",
        (json_int_t)t->outcome[CAM_WENT_ON], "seconds", r->seconds, "from", r->old_label, "to",
        r->new_label, "failures", failures);
    char *text = root != NULL ? json_dumps(root, JSON_INDENT(2)) : NULL;
    bool is_written = text != NULL && io_write_file(o->json_path, text, strlen(text));
    if (text == NULL) {
        io_error("out of memory");
    }
    free(text);
    json_decref(root);
    return is_written;
}

static bool write_svg(const struct options *o, const struct cam_report *r)
{
    FILE *file = fopen(o->svg_path, "w");
    if (file == NULL) {
        io_error("cannot write '%s': %s", o->svg_path, strerror(errno));
        return false;
    }
    cam_picture_svg(&o->config, r, file);
    bool is_written = ferror(file) == 0;
    if (fclose(file) != 0 || !is_written) {
        io_error("cannot write '%s'", o->svg_path);
        return false;
    }
    return true;
}

/* --- the campaign --- */

static int report_on(const struct options *o, const struct cam_report *r)
{
    print_report(o, r);
    if ((o->json_path != NULL && !write_json(o, r)) || (o->svg_path != NULL && !write_svg(o, r))) {
        return EXIT_HOST;
    }
    if (r->total.run + r->total.merged == 0) {
        io_error("no case was run");
        return EXIT_REFUSED;
    }
    return r->total.failed == 0 ? EXIT_DONE : EXIT_REFUSED;
}

static int campaign(struct options *o, const struct bytes *flash)
{
    char err[256];
    struct board_net net = {0};
    struct cam_report report;
    o->config.board.flash = flash->data;
    if (o->has_net) {
        board_net_set(&o->net, "--net", "peer");
        if (!board_net_open(&net, &o->net, &o->config.board)) {
            return EXIT_HOST;
        }
        o->config.board.net = board_net_backend(&net);
    }
    o->config.progress = isatty(STDERR_FILENO) ? on_progress : NULL;
    int code = EXIT_REFUSED;
    if (cam_run(&o->config, &report, err, sizeof(err))) {
        if (o->config.progress != NULL) {
            fputc('\n', stderr);
        }
        code = report_on(o, &report);
    } else {
        io_error("%s", err);
    }
    cam_report_free(&report);
    board_net_close(&net);
    return code;
}

int cmd_campaign(int argc, char **argv)
{
    static struct options options;
    struct bytes flash;
    int code = parse(&options, argc, argv);
    if (code >= 0) {
        return code;
    }
    if (!io_read_file(options.flash_path, options.config.board.flash_size, &flash)) {
        return EXIT_HOST;
    }
    if (flash.len == options.config.board.flash_size) {
        code = campaign(&options, &flash);
    } else {
        io_error("'%s' has %zu bytes, not %u", options.flash_path, flash.len,
                 options.config.board.flash_size);
        io_hint("--flash-size says how large the chip is");
        code = EXIT_HOST;
    }
    free(flash.data);
    return code;
}
