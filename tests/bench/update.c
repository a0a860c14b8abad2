/* SPDX-License-Identifier: Apache-2.0 */
/* Measures one whole update on the virtual board: virtual time of each phase, and the DRAM that the
 * updater needed, judged from outside by its symbols. The network and its server are the peer's, in
 * virtual time: the same files give the same figures.
 * Usage: update EXAMPLE_BUILD_DIR PROJECT_NAME RELEASES_DIR CERTS_DIR */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "vb_net_peer.h"

#define TIME_LIMIT_US (300u * 1000000u)
#define DRAM_START    0x3ffe8000u

/* Text that ends each phase, in order. */
struct phase {
    const char *name;
    const char *ends_with;
    uint64_t end_us;
    uint64_t end_instructions;
};

static struct phase phases[] = {
    {"boot", "Connecting to ", 0, 0},
    {"join", "IPv4 address", 0, 0},
    {"handshake", "esp_ota_begin succeeded", 0, 0},
    {"download", "all data received", 0, 0},
    {"verify", "ets Jan  8 2013", 0, 0},
    {"reboot", "Hello world!", 0, 0},
};
#define N_PHASES (sizeof(phases) / sizeof(phases[0]))

struct symbols {
    uint32_t bss_end, heap_start, heap_end, n_free_min, tasks;
};

struct run {
    struct device device;
    struct symbols symbols;
    size_t phase;
    char line[256];
    size_t line_len;
    bool measured;
    uint32_t static_bytes, heap_peak, stacks_allocated, stacks_used;
};

static uint32_t word_at(const struct run *run, uint32_t vaddr)
{
    uint8_t b[4] = {0};
    vb_board_read_mem(run->device.board, vaddr, b, 4);
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* Reads the addresses that the measurement needs from the application's symbol table. */
static bool load_symbols(const char *elf, struct symbols *s)
{
    const struct {
        const char *name;
        uint32_t *value;
    } wanted[] = {{"_bss_end", &s->bss_end},
                  {"_heap_start", &s->heap_start},
                  {"_heap_end", &s->heap_end},
                  {"n_free_min", &s->n_free_min},
                  {"sched_tasks", &s->tasks}};
    char command[640], name[256];
    uint32_t value;
    snprintf(command, sizeof(command), "xtensa-lx106-elf-nm '%s'", elf);
    FILE *f = popen(command, "r");
    if (!f) {
        return false;
    }
    while (fscanf(f, "%x %*c %255s", &value, name) == 2) {
        for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
            if (strcmp(name, wanted[i].name) == 0) {
                *wanted[i].value = value;
            }
        }
    }
    return pclose(f) == 0 && s->bss_end && s->heap_start && s->heap_end && s->n_free_min &&
           s->tasks;
}

/* Where struct task of components/freertos keeps its list link and its painted stack. */
enum { TASK_NEXT = 4, TASK_STACK_LEN = 60, TASK_STACK = 64, STACK_PAINT = 0xa5 };

static uint32_t untouched(const struct run *run, uint32_t stack, uint32_t len)
{
    uint8_t byte = 0;
    uint32_t n = 0;
    while (n < len && vb_board_read_mem(run->device.board, stack + n, &byte, 1) &&
           byte == STACK_PAINT) {
        n++;
    }
    return n;
}

/* Taken while the updater still runs: its peak is behind it, its tasks are there. */
static void measure_memory(struct run *run)
{
    const struct symbols *s = &run->symbols;
    run->static_bytes = s->bss_end - DRAM_START;
    run->heap_peak = s->heap_end - s->heap_start - word_at(run, s->n_free_min);
    for (uint32_t t = word_at(run, s->tasks); t != 0; t = word_at(run, t + TASK_NEXT)) {
        uint32_t len = word_at(run, t + TASK_STACK_LEN);
        uint32_t stack = word_at(run, t + TASK_STACK);
        if (stack < s->heap_start || stack >= s->heap_end || len > s->heap_end - stack) {
            fprintf(stderr, "error: no task at 0x%08x: struct task has another layout\n", t);
            exit(1);
        }
        run->stacks_allocated += len;
        run->stacks_used += len - untouched(run, stack, len);
    }
    run->measured = true;
}

static void on_line(struct run *run)
{
    if (run->phase >= N_PHASES || !strstr(run->line, phases[run->phase].ends_with)) {
        return;
    }
    struct vb_stats stats = device_stats(&run->device);
    phases[run->phase].end_us = stats.virtual_us;
    phases[run->phase].end_instructions = stats.instructions;
    run->phase++;
    if (run->phase == N_PHASES) {
        vb_board_stop(run->device.board);
    }
}

static void on_uart(void *ctx, unsigned uart, uint8_t byte)
{
    struct run *run = ctx;
    if (uart != 0) {
        return;
    }
    if (byte == '\n' || run->line_len + 1 == sizeof(run->line)) {
        run->line_len = 0;
    } else {
        run->line[run->line_len++] = (char)byte;
    }
    run->line[run->line_len] = '\0';
    on_line(run);
    /* The download has ended and the updater still stands. */
    if (!run->measured && run->phase == 4 && strstr(run->line, "estart")) {
        measure_memory(run);
    }
}

static void print_result(const struct run *run)
{
    uint64_t before_us = 0, before_instructions = 0, total = phases[N_PHASES - 1].end_us;
    uint32_t peak = run->static_bytes + run->heap_peak - run->stacks_allocated + run->stacks_used;

    printf("%-12s %12s %7s %14s\n", "phase", "virtual ms", "share", "instructions");
    for (size_t i = 0; i < N_PHASES; i++) {
        uint64_t us = phases[i].end_us - before_us;
        printf("%-12s %12.1f %6.1f%% %14" PRIu64 "\n", phases[i].name, (double)us / 1000.0,
               100.0 * (double)us / (double)total,
               phases[i].end_instructions - before_instructions);
        before_us = phases[i].end_us;
        before_instructions = phases[i].end_instructions;
    }
    printf("%-12s %12.1f\n", "total", (double)total / 1000.0);
    printf("DRAM bytes: static %u, heap peak without stacks %u, stacks used %u of %u: %u in all\n",
           run->static_bytes, run->heap_peak - run->stacks_allocated, run->stacks_used,
           run->stacks_allocated, peak);
    printf("JSON {\"bench\":\"update\",\"total_ms\":%.1f,\"dram_peak\":%u", (double)total / 1000.0,
           peak);
    before_us = 0;
    for (size_t i = 0; i < N_PHASES; i++) {
        printf(",\"%s_ms\":%.1f", phases[i].name, (double)(phases[i].end_us - before_us) / 1000.0);
        before_us = phases[i].end_us;
    }
    printf("}\n");
}

/* The network behind a usual link, with a server of the folder's files. */
static struct vb_net_peer *make_net(const char *releases, const char *certs)
{
    char cert[512], key[512], err[256] = "";
    struct vb_net_peer_config config = {
        .seed = 1, .root = releases, .cert_file = cert, .key_file = key};
    snprintf(cert, sizeof(cert), "%s/ca_cert.pem", certs);
    snprintf(key, sizeof(key), "%s/ca_key.pem", certs);
    struct vb_net_peer *net = vb_link_parse(&config.up, VB_LINK_USUAL, err, sizeof(err)) &&
                                      vb_link_parse(&config.down, VB_LINK_USUAL, err, sizeof(err))
                                  ? vb_net_peer_new(&config, err, sizeof(err))
                                  : NULL;
    if (!net) {
        fprintf(stderr, "error: cannot make the network: %s\n", err);
        exit(1);
    }
    return net;
}

int main(int argc, char **argv)
{
    static struct run run;
    char path[512];

    if (argc != 5) {
        fprintf(stderr, "usage: update EXAMPLE_BUILD_DIR PROJECT_NAME RELEASES_DIR CERTS_DIR\n");
        return 1;
    }
    snprintf(path, sizeof(path), "%s/%s.elf", argv[1], argv[2]);
    if (!load_symbols(path, &run.symbols)) {
        fprintf(stderr, "error: '%s' lacks a symbol that the measurement needs\n", path);
        return 1;
    }
    device_init(&run.device, 4u << 20);
    snprintf(path, sizeof(path), "%s/bootloader/bootloader.bin", argv[1]);
    device_load(&run.device, 0, path);
    snprintf(path, sizeof(path), "%s/partition-table.bin", argv[1]);
    device_load(&run.device, 0x8000, path);
    snprintf(path, sizeof(path), "%s/%s.bin", argv[1], argv[2]);
    device_load(&run.device, FACTORY_ADDR, path);

    struct vb_net_peer *net = make_net(argv[3], argv[4]);
    struct vb_config config = {
        .flash_size = run.device.flash_size,
        .flash = run.device.flash,
        .seed = 1,
        .ap = {{.ssid = "airslot", .password = "airslot8266"}},
        .n_aps = 1,
        .net = vb_net_peer_backend(net),
        .uart_tx = on_uart,
        .ctx = &run,
    };
    char err[128] = "";
    run.device.board = vb_board_new(&config, err, sizeof(err));
    if (!run.device.board) {
        fprintf(stderr, "error: cannot create a board: %s\n", err);
        return 1;
    }
    enum vb_stop stop = vb_board_run(run.device.board, TIME_LIMIT_US);
    bool done = stop == VB_STOP_REQUEST && run.measured &&
                vb_board_has_executed(run.device.board, OTA_0_ADDR, SLOT_SIZE);
    if (done) {
        print_result(&run);
    } else {
        fprintf(stderr, "error: the update stopped in phase '%s' (%d) %s; last line: %s\n",
                run.phase < N_PHASES ? phases[run.phase].name : "end", (int)stop,
                vb_board_message(run.device.board), run.line);
    }
    device_free(&run.device);
    vb_net_peer_free(net);
    return done ? 0 : 1;
}
