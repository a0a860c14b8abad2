/* SPDX-License-Identifier: Apache-2.0 */
/* `airslot board`: runs a virtual ESP8266 on a flash file until it is told to end. */
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "board_flash.h"
#include "board_net.h"
#include "board_options.h"
#include "board_pins.h"
#include "board_serial.h"
#include "board_wear.h"
#include "io.h"
#include "opts.h"
#include "tools.h"

enum {
    EXIT_TIME_LIMIT = 3,
    EXIT_UNMODELLED = 4,
    EXIT_DEAD = 5,
};

#define SLICE_US     10000u /* virtual time between two looks at the serial line */
#define LIVE_US      1000u  /* the same when somebody may wait at its end */
#define SAVE_EVERY_S 1.0    /* host time between two write-backs of the flash file */

struct session {
    struct board_options options;
    struct flash_file flash;
    struct board_wear wear;
    struct serial serial;
    struct board_net net;
    struct vb_board *board;
    struct insight insight;
    char tail[BOARD_UNTIL_MAX]; /* the last bytes printed, as many as --until has */
    bool reached;
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}

static double host_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- what the board calls --- */

static void match_until(struct session *s, uint8_t byte)
{
    size_t len = strlen(s->options.until);
    memmove(s->tail, s->tail + 1, len - 1);
    s->tail[len - 1] = (char)byte;
    if (memcmp(s->tail, s->options.until, len) == 0) {
        s->reached = true;
        vb_board_stop(s->board);
    }
}

static void on_uart_tx(void *ctx, unsigned uart, uint8_t byte)
{
    struct session *s = ctx;
    if (uart != 0) {
        return;
    }
    serial_put(&s->serial, byte);
    if (s->options.until != NULL && !s->reached) {
        match_until(s, byte);
    }
}

static void on_trace(void *ctx, enum vb_trace_kind kind, const char *text)
{
    struct session *s = ctx;
    board_trace_write(&s->insight.trace, s->board, kind, text);
}

static void on_pin(void *ctx, unsigned pin, int level)
{
    const struct session *s = ctx;
    board_led_print(s->board, pin, level);
}

/* --- figures --- */

/* The wear file's figures, and how many erases worn cells have spoilt in this run. */
static json_t *stats_wear(const struct session *s, const struct vb_stats *st)
{
    json_t *wear = wear_json(&s->wear.wear);
    json_object_set_new(wear, "failed_erases", json_integer((json_int_t)st->flash_failed_erases));
    return wear;
}

static json_t *stats_json(const struct vb_stats *st, double seconds)
{
    json_t *offset =
        st->mapped_offset != UINT32_MAX ? json_integer((json_int_t)st->mapped_offset) : json_null();
    return json_pack("{sI sI sf sI so s{sI sI sI sI} s{sI sI}}", "virtual_us",
                     (json_int_t)st->virtual_us, "instructions", (json_int_t)st->instructions,
                     "host_seconds", seconds, "resets", (json_int_t)st->resets, "mapped_offset",
                     offset, "flash", "reads", (json_int_t)st->flash_reads, "programs",
                     (json_int_t)st->flash_programs, "erases", (json_int_t)st->flash_erases,
                     "bytes_programmed", (json_int_t)st->flash_bytes_programmed, "net", "rx_bytes",
                     (json_int_t)st->net_rx_bytes, "tx_bytes", (json_int_t)st->net_tx_bytes);
}

static bool write_stats(const struct session *s, double seconds)
{
    struct vb_stats stats;
    const char *path = s->options.stats_path;
    if (path == NULL) {
        return true;
    }
    vb_board_get_stats(s->board, &stats);
    json_t *root = stats_json(&stats, seconds);
    json_object_set_new(root, "wear", stats_wear(s, &stats));
    bool is_written = root != NULL && json_dump_file(root, path, JSON_INDENT(2)) == 0;
    if (!is_written) {
        io_error("cannot write '%s': %s", path, strerror(errno));
    }
    json_decref(root);
    return is_written;
}

/* --- one run --- */

static bool save(struct session *s)
{
    board_wear_look(&s->wear, s->board);
    return flash_file_save(&s->flash, s->board) && board_wear_save(&s->wear);
}

/* Nothing was ever flashed where the ROM looks for a bootloader. */
static bool is_blank(const struct vb_board *board)
{
    uint8_t head[16];
    bool blank = vb_board_read_flash(board, 0, head, sizeof(head));
    for (size_t i = 0; i < sizeof(head); i++) {
        blank = blank && head[i] == 0xff;
    }
    return blank;
}

static int exit_code(const struct session *s, enum vb_stop stop)
{
    struct vb_stats stats;
    switch (stop) {
    case VB_STOP_TIME:
        io_error("time limit of %.3f virtual seconds reached",
                 (double)s->options.time_limit_us / 1e6);
        return EXIT_TIME_LIMIT;
    case VB_STOP_REQUEST:
        return EXIT_DONE;
    case VB_STOP_UNMODELLED:
        io_error("%s", vb_board_message(s->board));
        return EXIT_UNMODELLED;
    case VB_STOP_CUT:   /* run() goes on */
    case VB_STOP_DEBUG: /* the debugger decided to end here */
        return EXIT_DONE;
    case VB_STOP_DEAD:
        vb_board_get_stats(s->board, &stats);
        io_error(
            "nothing can happen any more: the CPU sleeps at pc 0x%08x and nothing will wake it",
            stats.pc);
        if (is_blank(s->board)) {
            io_hint("its flash is blank: fill it with make flash ESPPORT=file:FILE in an example");
        }
        return EXIT_DEAD;
    }
    return EXIT_HOST;
}

/* Idle time goes by no faster than on the wall: whoever waits at the line's end has time-outs. */
static void keep_pace(struct session *s, uint64_t idle_us, double host_s)
{
    double early_us = (double)idle_us - host_s * 1e6;
    if (early_us >= 1) {
        serial_wait(&s->serial, (uint32_t)early_us);
    }
}

/* A device in download mode has nothing to do but wait for its host, whoever that will be. */
static enum vb_stop run_slice(struct session *s)
{
    struct vb_stats before, after;
    bool is_live = serial_is_shared(&s->serial) || vb_board_in_download(s->board);
    double start = host_seconds();
    vb_board_get_stats(s->board, &before);
    uint64_t until_us = before.virtual_us + (is_live ? LIVE_US : SLICE_US);
    bool is_last = until_us >= s->options.time_limit_us;
    enum vb_stop stop =
        gdb_server_run(&s->insight.gdb, s->board, is_last ? s->options.time_limit_us : until_us);
    if (is_live && stop == VB_STOP_TIME) {
        vb_board_get_stats(s->board, &after);
        keep_pace(s, after.idle_us - before.idle_us, host_seconds() - start);
    }
    return stop;
}

static bool has_time_left(const struct session *s)
{
    struct vb_stats stats;
    vb_board_get_stats(s->board, &stats);
    return stats.virtual_us < s->options.time_limit_us;
}

/* Runs in slices of virtual time; between two of them the host has its turn. A chip that is held in
 * reset stands still, and so does its time. */
static int run(struct session *s)
{
    double next_save = host_seconds() + SAVE_EVERY_S;
    while (interrupted == 0 && gdb_server_turn(&s->insight.gdb, s->board)) {
        enum vb_stop stop = VB_STOP_TIME;
        if (serial_holds_reset(&s->serial)) {
            serial_wait(&s->serial, LIVE_US);
        } else {
            stop = run_slice(s);
        }
        serial_service(&s->serial, s->board);
        if (gdb_server_stopped(&s->insight.gdb, s->board, stop)) {
            continue;
        }
        if (stop == VB_STOP_CUT) {
            io_warning("the fault has cut the power; it is back");
            continue;
        }
        if (stop != VB_STOP_TIME || !has_time_left(s)) {
            return exit_code(s, stop);
        }
        if (s->serial.failed) {
            io_error("cannot write to standard output");
            return EXIT_HOST;
        }
        if (host_seconds() >= next_save) {
            if (!save(s)) {
                return EXIT_HOST;
            }
            next_save = host_seconds() + SAVE_EVERY_S;
        }
    }
    return EXIT_DONE;
}

static int run_and_save(struct session *s)
{
    double start = host_seconds();
    int code = run(s);
    if (s->options.fault.kind != VB_FAULT_NONE && !vb_board_fault_fired(s->board)) {
        io_warning("the fault has not happened");
    }
    if (!save(s) || !write_stats(s, host_seconds() - start)) {
        return EXIT_HOST;
    }
    return code;
}

/* --- setting up --- */

static bool open_net(struct session *s)
{
    if (s->options.no_net || s->options.insight.replay_path != NULL) {
        return true;
    }
    return board_net_open(&s->net, &s->options.net, &s->options.config);
}

static bool open_board(struct session *s)
{
    char err[160];
    struct vb_config config = s->options.config;
    config.flash = s->flash.bytes;
    config.flash_wear = s->wear.wear.erases;
    config.net = board_net_backend(&s->net);
    config.uart_tx = on_uart_tx;
    config.pin_changed = s->options.leds ? on_pin : NULL;
    config.ctx = s;
    if (!insight_open(&s->insight, &s->options.insight, &config, &interrupted)) {
        return false;
    }
    config.trace = s->insight.trace.file != NULL ? on_trace : NULL;
    s->board = vb_board_new(&config, err, sizeof(err));
    if (s->board == NULL) {
        io_error("cannot make the board: %s", err);
        return false;
    }
    vb_board_set_fault(s->board, &s->options.fault);
    board_presses_plan(&s->options.presses, s->board);
    insight_attach(&s->insight, s->board);
    return true;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

static int board_session(struct session *s)
{
    int code = board_wear_open(&s->wear, s->options.wear_path, &s->options.config);
    if (code != EXIT_DONE) {
        return code;
    }
    code = EXIT_HOST;
    if (!flash_file_open(&s->flash, s->options.flash_path, s->options.config.flash_size)) {
        return EXIT_HOST;
    }
    catch_signals();
    if (open_net(s) && open_board(s) &&
        serial_open(&s->serial, s->options.serial, s->options.port_file)) {
        code = run_and_save(s);
        serial_close(&s->serial);
    }
    code = insight_close(&s->insight, code);
    vb_board_free(s->board);
    board_net_close(&s->net);
    flash_file_close(&s->flash);
    return code;
}

int cmd_board(int argc, char **argv)
{
    static struct session session;
    int code = board_options_parse(&session.options, argc, argv);
    return code != OPTS_GO_ON ? code : board_session(&session);
}
