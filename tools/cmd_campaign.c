/* SPDX-License-Identifier: Apache-2.0 */
/* `airslot campaign`: tries faults of many kinds along an update, on the user's own firmware. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "campaign_report.h"
#include "io.h"
#include "opts.h"
#include "tools.h"

#define DEFAULT_FAULTS                                                                             \
    "cut-before,cut-after,silent,program-0,program-1,program-4,program-16,program-128,"            \
    "program-255,program-bits,program-neighbour,erase-nothing,erase-half,erase-random,erase-weak"

enum {
    OPT_FLASH,
    OPT_FLASH_SIZE,
    OPT_UP,
    OPT_UP_NEW,
    OPT_REFUSED,
    OPT_MAX_STARTS,
    OPT_MAY_CHANGE,
    OPT_SINGLE,
    OPT_PAIRS,
    OPT_DOUBLE,
    OPT_CUTS,
    OPT_FLIPS,
    OPT_BROWNOUTS,
    OPT_DEAD,
    OPT_CASE,
    OPT_OPS,
    OPT_EVERY,
    OPT_FAULTS,
    OPT_LIMIT,
    OPT_TIME,
    OPT_JOBS,
    OPT_SEED,
    OPT_QUICK,
    OPT_NO_MERGE,
    OPT_NO_RESUME,
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
    [OPT_UP_NEW] = {"--up-new", "TEXT", "what is printed when all is done, if it is another text"},
    [OPT_REFUSED] = {"--refused", "TEXT", "what the device prints when it refuses an update"},
    [OPT_MAX_STARTS] = {"--max-starts", "N", "most greetings of an image on trial, in sequence"},
    [OPT_MAY_CHANGE] = {"--may-change", "LABEL",
                        "a data partition that the device may write; may be repeated"},
    [OPT_SINGLE] = {"--single", NULL, "each kind at each operation (unless another set is named)"},
    [OPT_PAIRS] = {"--pairs", NULL, "every pair of faults at operations on the boot records"},
    [OPT_DOUBLE] = {"--double", "N", "any fault, then a random one in the recovery"},
    [OPT_CUTS] = {"--cuts", "N", "power cuts at random moments"},
    [OPT_FLIPS] = {"--flips", "N", "a bit of record or image flips while the power is off"},
    [OPT_BROWNOUTS] = {"--brownouts", "N", "windows in which programs fail silently"},
    [OPT_DEAD] = {"--dead", NULL, "each sector that is erased, dead from the start"},
    [OPT_CASE] = {"--case", "FAULTS", "this one case: faults of docs/faults.md, with commas"},
    [OPT_OPS] = {"--ops", "N-M", "these flash operations only; N, N- (all)"},
    [OPT_EVERY] = {"--every", "N", "outside the records only each Nth operation (1)"},
    [OPT_FAULTS] = {"--faults", "LIST", "kinds of docs/faults.md, with commas (all)"},
    [OPT_LIMIT] = {"--limit", "S", "virtual seconds a device may need to its greeting"},
    [OPT_TIME] = {"--time", "S", "begin no case after so many seconds"},
    [OPT_JOBS] = {"-j", "N", "processes (1)"},
    [OPT_SEED] = {"--seed", "N", "of all randomness (0)"},
    [OPT_QUICK] = {"--quick-chip", NULL,
                   "a flash chip that hardly takes time: the same operations"},
    [OPT_NO_MERGE] = {"--no-merge", NULL, "judge each case by itself, also when states are equal"},
    [OPT_NO_RESUME] = {"--no-resume", NULL,
                       "no update goes on where one was cut: merge what differs only there"},
    [OPT_JSON] = {"--json", "FILE", "write the figures and every failure"},
    [OPT_SVG] = {"--svg", "FILE", "draw operation by fault"},
    [OPT_AP] = {"--ap", "SSID:PASSWORD", "access point of the peer (airslot:airslot8266)"},
    [OPT_PEER_ROOT] = {"--peer-root", "DIR", "a network in virtual time that serves this folder"},
    [OPT_PEER_CERT] = {"--peer-cert", "FILE", "its certificate: HTTPS; without, HTTP"},
    [OPT_PEER_KEY] = {"--peer-key", "FILE", "the certificate's key"},
    [OPT_PEER_PORT] = {"--peer-port", "PORT", "where it listens on 10.0.2.2 (8070)"},
    [OPT_LINK] = {"--link", "PROPERTIES", "of the air: bandwidth=2M,delay=2ms,loss=1%,..."},
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

static bool parse_set(struct cam_config *c, enum cam_set set, int option, const char *value)
{
    uint32_t n = 1;
    c->has_set[set] = true;
    if (value != NULL && !parse_count(&n, option, value)) {
        return false;
    }
    c->n_samples[set] = n;
    return n <= 1000000 || bad_value(option, value, "at most 1000000");
}

static bool parse_case(struct cam_config *c, const char *value)
{
    c->has_set[CAM_GIVEN] = true;
    return cam_faults_parse(&c->given, value) ||
           bad_value(OPT_CASE, value, "up to four faults, as cut-before@12,torn@14:99");
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

static bool parse_label(struct cam_config *c, const char *value)
{
    if (c->n_may_change == CAM_MAX_LABELS) {
        return bad_value(OPT_MAY_CHANGE, value, "so many labels are too many");
    }
    c->may_change[c->n_may_change++] = value;
    return true;
}

/* True for what a case does not depend on: how cases are chosen, and how they are told. */
static bool is_of_the_campaign(int option)
{
    return (option >= OPT_SINGLE && option <= OPT_FAULTS) || option == OPT_TIME ||
           option == OPT_JOBS || (option >= OPT_NO_MERGE && option <= OPT_SVG);
}

static bool keep_word(struct campaign_options *o, int option, const char *value)
{
    if (is_of_the_campaign(option)) {
        return true;
    }
    if (o->n_words == CAMPAIGN_MAX_WORDS) {
        return bad_value(option, value != NULL ? value : "", "so many options are too many");
    }
    o->word[o->n_words].name = table[option].name;
    o->word[o->n_words++].value = value;
    return true;
}

static bool take_option(void *ctx, int option, const char *value)
{
    struct campaign_options *o = ctx;
    struct cam_config *c = &o->config;
    uint32_t number = 0;
    double seconds = 0;
    bool good = true;
    if (!keep_word(o, option, value)) {
        return false;
    }
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
        return parse_text(&c->goal, option, value);
    case OPT_REFUSED:
        return parse_text(&c->refused, option, value);
    case OPT_MAX_STARTS:
        good = parse_count(&number, option, value);
        c->max_starts = number;
        return good;
    case OPT_MAY_CHANGE:
        return parse_label(c, value);
    case OPT_SINGLE:
        return parse_set(c, CAM_SINGLE, option, value);
    case OPT_PAIRS:
        return parse_set(c, CAM_PAIRS, option, value);
    case OPT_DOUBLE:
        return parse_set(c, CAM_DOUBLE, option, value);
    case OPT_CUTS:
        return parse_set(c, CAM_CUTS, option, value);
    case OPT_FLIPS:
        return parse_set(c, CAM_FLIPS, option, value);
    case OPT_BROWNOUTS:
        return parse_set(c, CAM_BROWNOUT, option, value);
    case OPT_DEAD:
        return parse_set(c, CAM_DEAD, option, NULL);
    case OPT_CASE:
        return parse_case(c, value);
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
    case OPT_QUICK:
        o->has_quick_chip = true;
        return true;
    case OPT_NO_MERGE:
        c->no_merge = true;
        return true;
    case OPT_NO_RESUME:
        c->no_resume = true;
        return true;
    case OPT_JSON:
        o->json_path = value;
        return true;
    case OPT_SVG:
        o->svg_path = value;
        return true;
    case OPT_AP:
        return parse_ap(c, value);
    default:
        o->has_net = true;
        return board_net_set(&o->net, table[option].name, value);
    }
}

/* Returns OPTS_GO_ON, else the exit code. */
static int parse(struct campaign_options *o, int argc, char **argv)
{
    struct opts opts = {.usage = "campaign --flash FILE --up TEXT [options]",
                        .table = table,
                        .n_options = N_OPTS,
                        .take = take_option,
                        .ctx = o};
    *o = (struct campaign_options){.config = {.board = {.flash_size = 4u << 20}}};
    board_net_options_init(&o->net);
    parse_faults(&o->config, DEFAULT_FAULTS);
    parse_ap(&o->config, "airslot:airslot8266");
    int code = opts_read(&opts, argc, argv);
    if (code != OPTS_GO_ON) {
        return code;
    }
    if (o->flash_path == NULL || o->config.up == NULL) {
        io_error("'campaign' needs --flash FILE and --up TEXT");
        io_hint("airslot campaign --help lists the options");
        return EXIT_HOST;
    }
    o->config.goal = o->config.goal != NULL ? o->config.goal : o->config.up;
    bool has_any = false;
    for (unsigned set = 0; set < CAM_N_SETS; set++) {
        has_any = has_any || o->config.has_set[set];
    }
    o->config.has_set[CAM_SINGLE] = o->config.has_set[CAM_SINGLE] || !has_any;
    if (o->has_net && o->config.has_set[CAM_PAIRS]) {
        io_error("--pairs cannot be combined with a network");
        io_hint("--double draws from them");
        return EXIT_HOST;
    }
    return OPTS_GO_ON;
}

/* --- what it says --- */

static void on_progress(void *ctx, uint64_t done, uint64_t planned, double seconds)
{
    const unsigned width = 40;
    unsigned filled = done < planned ? (unsigned)(done * width / planned) : width;
    (void)ctx;
    fprintf(stderr, "\r[%.*s%*s] %llu of %llu, %.0f cases/s ", (int)filled,
            "########################################", (int)(width - filled), "",
            (unsigned long long)done, (unsigned long long)planned,
            seconds > 0 ? (double)done / seconds : 0);
}

/* What most of a run on the usual chip is: waiting for it. */
static void use_quick_chip(struct campaign_options *o)
{
    o->quick_chip = *vb_flash_chip_at(0);
    o->quick_chip.first_byte_us = 4;
    o->quick_chip.next_byte_ns = 100;
    o->quick_chip.page_us = 20;
    o->quick_chip.sector_us = 500;
    o->config.board.flash_chip = &o->quick_chip;
}

/* --- the campaign --- */

static int report_on(const struct campaign_options *o, const struct cam_report *r)
{
    campaign_report_print(o, r);
    if ((o->json_path != NULL && !campaign_report_json(o, r)) ||
        (o->svg_path != NULL && !campaign_report_svg(o, r))) {
        return EXIT_HOST;
    }
    struct cam_totals sum = campaign_report_sum(r);
    uint64_t not_run = campaign_report_not_run(&sum);
    if (r->n_died > 0) {
        io_error("%u worker processes died", r->n_died);
    }
    if (not_run > 0) {
        io_error("%llu cases were not run", (unsigned long long)not_run);
    } else if (campaign_report_cases(&sum) == 0) {
        io_error("no case was run");
    }
    bool is_whole = r->n_died == 0 && not_run == 0 && campaign_report_cases(&sum) > 0;
    return is_whole && sum.outcome[CAM_FAILED] == 0 ? EXIT_DONE : EXIT_REFUSED;
}

static int campaign(struct campaign_options *o, const struct bytes *flash)
{
    char err[256];
    struct board_net net = {0};
    struct cam_report report;
    o->config.board.flash = flash->data;
    if (o->has_quick_chip) {
        use_quick_chip(o);
    }
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

static bool is_elf(const struct bytes *file)
{
    static const uint8_t magic[] = {0x7f, 'E', 'L', 'F'};
    return file->len >= sizeof(magic) && memcmp(file->data, magic, sizeof(magic)) == 0;
}

int cmd_campaign(int argc, char **argv)
{
    static struct campaign_options options;
    struct bytes flash;
    int code = parse(&options, argc, argv);
    if (code != OPTS_GO_ON) {
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
        io_hint("%s", is_elf(&flash) ? "an ELF is one program of a device: docs/howto/campaign.md"
                                     : "--flash-size says how large the chip is");
        code = EXIT_HOST;
    }
    free(flash.data);
    return code;
}
