/* SPDX-License-Identifier: Apache-2.0 */
/* `airslot monitor`: the device's console. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "loader.h"
#include "monitor_baud.h"
#include "monitor_keys.h"
#include "monitor_terminal.h"
#include "monitor_text.h"
#include "opts.h"
#include "serial_port.h"
#include "tools.h"

#define EXIT_TIME_LIMIT 3
#define SLICE_MS        20u /* between two looks at the keys */
#define RESET_PULSE_MS  100u
#define MAX_UNTIL       256u
#define ELF_MAX         (64u << 20)

struct options {
    const char *port;
    uint32_t baud; /* 0: to be found */
    const char *elf;
    const char *until;
    uint64_t time_limit_ms; /* 0: none */
    bool has_stamps, no_reset;
};

struct monitor {
    struct options options;
    struct serial_port port;
    struct bytes elf;
    struct elf_symbols symbols;
    struct monitor_baud baud;
    struct monitor_keys keys;
    struct monitor_text text;
    uint64_t start_ms;
    bool keys_ended; /* standard input is at its end */
    size_t n_until;  /* of --until, how much has matched */
    bool is_over;
    int code;
};

enum { PORT, BAUD, ELF, TIMESTAMPS, NO_RESET, UNTIL, TIME_LIMIT, N_OPTIONS };

static const struct opt table[N_OPTIONS] = {
    [PORT] = {"--port", "PORT", "a serial device, rfc2217://HOST:PORT, tcp://HOST:PORT, file:PATH"},
    [BAUD] = {"--baud", "N", "speed of the line (found by what is readable)"},
    [ELF] = {"--elf", "FILE", "the program: names the addresses of an exception dump"},
    [TIMESTAMPS] = {"--timestamps", NULL, "put the time before each line"},
    [NO_RESET] = {"--no-reset", NULL, "do not reset the device at the start"},
    [UNTIL] = {"--until", "TEXT", "exit 0 when the device has printed it"},
    [TIME_LIMIT] = {"--time-limit", "S", "exit 3 after so many seconds"},
};

/* --- the command line --- */

static bool parse_seconds(const char *value, uint64_t *ms)
{
    char *end;
    double seconds = strtod(value, &end);

    if (end == value || *end != '\0' || !(seconds > 0) || seconds > 1e9) {
        io_error("'%s' is no number of seconds", value);
        return false;
    }
    *ms = (uint64_t)(seconds * 1000);
    return true;
}

static bool take_option(void *ctx, int option, const char *value)
{
    struct options *o = ctx;

    switch (option) {
    case PORT:
        o->port = value;
        return true;
    case BAUD:
        if (!io_parse_u32(value, &o->baud) || o->baud < 300 || o->baud > 4000000) {
            io_error("'%s' is no speed: 300 to 4000000 baud", value);
            return false;
        }
        return true;
    case ELF:
        o->elf = value;
        return true;
    case TIMESTAMPS:
        o->has_stamps = true;
        return true;
    case NO_RESET:
        o->no_reset = true;
        return true;
    case UNTIL:
        o->until = value;
        if (value[0] == '\0' || strlen(value) > MAX_UNTIL) {
            io_error("--until wants a text of 1 to %u bytes", MAX_UNTIL);
            return false;
        }
        return true;
    case TIME_LIMIT:
        return parse_seconds(value, &o->time_limit_ms);
    }
    return false;
}

/* Returns OPTS_GO_ON, else the exit code. */
static int parse(struct options *o, int argc, char **argv)
{
    struct opts opts = {.usage = "monitor --port PORT [options]",
                        .table = table,
                        .n_options = N_OPTIONS,
                        .take = take_option,
                        .ctx = o};
    int code = opts_read(&opts, argc, argv);

    if (code == OPTS_GO_ON && o->port == NULL) {
        io_error("no port: airslot %s", opts.usage);
        return EXIT_HOST;
    }
    return code;
}

/* --- the device's bytes --- */

/* Follows --until through the text; a text may begin anew inside itself. */
static void match_until(struct monitor *m, uint8_t byte)
{
    const char *until = m->options.until;

    while (m->n_until > 0 && (uint8_t)until[m->n_until] != byte) {
        size_t n = m->n_until - 1;
        while (n > 0 && (memcmp(until, until + m->n_until - n, n) != 0)) {
            n--;
        }
        m->n_until = n;
    }
    m->n_until += (uint8_t)until[m->n_until] == byte;
    if (until[m->n_until] == '\0') {
        m->is_over = true;
    }
}

static void show(struct monitor *m, uint8_t byte)
{
    monitor_text_put(&m->text, byte, serial_now_ms() - m->start_ms);
    if (m->options.until != NULL && !m->is_over) {
        match_until(m, byte);
    }
}

static void change_baud(struct monitor *m)
{
    uint32_t baud = monitor_baud_now(&m->baud);

    if (m->port.set_baud(m->port.ctx, baud)) {
        fprintf(stderr, "[%u baud]\r\n", baud);
    }
}

static void take_byte(struct monitor *m, uint8_t byte)
{
    if (m->options.baud != 0) {
        show(m, byte);
        return;
    }
    switch (monitor_baud_take(&m->baud, byte)) {
    case MONITOR_CHANGE:
        change_baud(m);
        break;
    case MONITOR_SHOW:
        for (size_t i = 0; i < m->baud.n_held; i++) {
            show(m, m->baud.held[i]);
        }
        m->baud.n_held = 0;
        show(m, byte);
        break;
    case MONITOR_HOLD:
        break;
    }
}

static void serve_device(struct monitor *m)
{
    uint8_t bytes[512];
    int n = m->port.read(m->port.ctx, bytes, sizeof(bytes), SLICE_MS);

    if (n == SERIAL_GONE) {
        io_error("the port '%s' has vanished", m->options.port);
        m->is_over = true;
        m->code = EXIT_HOST;
        return;
    }
    for (int i = 0; i < n && !m->is_over; i++) {
        take_byte(m, bytes[i]);
    }
    if (fflush(stdout) != 0) {
        io_error("cannot write to standard output");
        m->is_over = true;
        m->code = EXIT_HOST;
    }
}

/* --- the keys --- */

static void reset_device(struct monitor *m)
{
    if (!m->port.set_lines(m->port.ctx, false, true)) {
        fprintf(stderr, "[this port cannot reset the device]\r\n");
        return;
    }
    serial_port_skip(&m->port, RESET_PULSE_MS);
    m->port.set_lines(m->port.ctx, false, false);
}

static void serve_key(struct monitor *m, uint8_t byte)
{
    switch (monitor_keys_take(&m->keys, byte)) {
    case KEY_SEND:
        m->port.write(m->port.ctx, &byte, 1);
        break;
    case KEY_QUIT:
        m->is_over = true;
        break;
    case KEY_RESET:
        reset_device(m);
        break;
    case KEY_TIMESTAMPS:
        m->text.has_stamps = !m->text.has_stamps;
        break;
    case KEY_HELP:
        fprintf(stderr, "[" MONITOR_KEYS_HELP "]\r\n");
        break;
    case KEY_MENU:
        break;
    }
}

static void serve_keys(struct monitor *m)
{
    struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};
    uint8_t bytes[64];

    if (m->keys_ended || poll(&ready, 1, 0) != 1) {
        return;
    }
    ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));
    m->keys_ended = n <= 0;
    for (ssize_t i = 0; i < n && !m->is_over; i++) {
        serve_key(m, bytes[i]);
    }
}

/* --- a session --- */

static bool is_late(const struct monitor *m)
{
    return m->options.time_limit_ms != 0 &&
           serial_now_ms() - m->start_ms >= m->options.time_limit_ms;
}

static void run(struct monitor *m)
{
    while (!m->is_over && !monitor_terminal_is_over()) {
        serve_keys(m);
        serve_device(m);
        if (!m->is_over && is_late(m)) {
            io_error("time limit of %.3f seconds reached",
                     (double)m->options.time_limit_ms / 1000.0);
            m->is_over = true;
            m->code = EXIT_TIME_LIMIT;
        }
    }
}

static bool read_elf(struct monitor *m)
{
    const char *path = m->options.elf;

    if (path == NULL) {
        return true;
    }
    if (!io_read_file(path, ELF_MAX, &m->elf)) {
        return false;
    }
    const char *why = elf_symbols_read(m->elf.data, m->elf.len, &m->symbols);
    if (why != NULL) {
        io_error("cannot use '%s': %s", path, why);
        return false;
    }
    m->text.symbols = &m->symbols;
    return true;
}

static bool open_port(struct monitor *m)
{
    uint32_t baud = m->options.baud;

    monitor_baud_init(&m->baud);
    if (baud == 0) {
        baud = monitor_baud_now(&m->baud);
    }
    if (!serial_port_open(&m->port, m->options.port, baud)) {
        return false;
    }
    fprintf(stderr, "[%s, %u baud; " MONITOR_KEYS_HELP "]\n", m->options.port, baud);
    return true;
}

static int monitor(struct monitor *m)
{
    m->text.out = stdout;
    m->text.has_stamps = m->options.has_stamps;
    if (!read_elf(m) || !open_port(m)) {
        return EXIT_HOST;
    }
    monitor_terminal_take();
    m->start_ms = serial_now_ms();
    if (!m->options.no_reset) {
        reset_device(m);
    }
    run(m);
    monitor_terminal_give_back();
    m->port.close(m->port.ctx);
    return m->code;
}

/* A flash file's console is that of the virtual board on it, with a chip of the file's size. */
static int run_board(const struct options *o)
{
    char board[] = "board", flash[] = "--flash", flash_size[] = "--flash-size", size[24];
    char until[] = "--until", limit[] = "--time-limit", seconds[32];
    char *argv[9] = {board, flash, (char *)(uintptr_t)(o->port + 5)};
    int argc = 3;
    struct stat st;

    if (stat(argv[2], &st) == 0 && st.st_size > 0) {
        snprintf(size, sizeof(size), "%lld", (long long)st.st_size);
        argv[argc++] = flash_size;
        argv[argc++] = size;
    }
    if (o->until != NULL) {
        argv[argc++] = until;
        argv[argc++] = (char *)(uintptr_t)o->until;
    }
    if (o->time_limit_ms != 0) {
        snprintf(seconds, sizeof(seconds), "%.3f", (double)o->time_limit_ms / 1000.0);
        argv[argc++] = limit;
        argv[argc++] = seconds;
    }
    return cmd_board(argc, argv);
}

int cmd_monitor(int argc, char **argv)
{
    static struct monitor m;
    int code = parse(&m.options, argc, argv);

    if (code != OPTS_GO_ON) {
        return code;
    }
    if (strncmp(m.options.port, "file:", 5) == 0) {
        return run_board(&m.options);
    }
    code = monitor(&m);
    elf_symbols_free(&m.symbols);
    free(m.elf.data);
    return code;
}
