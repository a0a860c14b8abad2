/* SPDX-License-Identifier: Apache-2.0 */
#include "peer_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "device.h"

#define FIRMWARE   "examples/simple_ota_example/"
#define RELEASES   "examples/hello_world/build"
#define SSID       "airslot"
#define PASSWORD   "airslot8266"
#define LIMIT_MS   120000u
#define FLASH_SIZE (4u << 20)
#define IMAGE_MAX  (1u << 20)
#define HASH_START UINT64_C(0xcbf29ce484222325) /* FNV-1a */
#define HASH_PRIME UINT64_C(0x100000001b3)

/* What the child and its child leave for the parent. */
struct outcome {
    struct peer_result result[2];
};

static struct device d;
static struct vb_net_peer *net;
static uint64_t trace_hash;

static void die(const char *what)
{
    fprintf(stderr, "error: %s\n", what);
    _exit(2);
}

static uint64_t hash(uint64_t state, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < len; i++) {
        state = (state ^ bytes[i]) * HASH_PRIME;
    }
    return state;
}

static uint64_t host_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

static void on_trace(void *ctx, enum vb_trace_kind kind, const char *text)
{
    (void)ctx;
    uint64_t head[2] = {d.board ? device_stats(&d).virtual_us : 0, (uint64_t)kind};
    trace_hash = hash(trace_hash, head, sizeof(head));
    trace_hash = hash(trace_hash, text, strlen(text));
}

/* The whole of a file, for as long as the process lives. */
static struct vb_peer_file read_image(const char *path)
{
    struct vb_peer_file image = {.path = "/hello_world.bin"};
    FILE *f = fopen(path, "rb");
    uint8_t *bytes = malloc(IMAGE_MAX);
    if (!f || !bytes) {
        die("cannot read the image");
    }
    image.len = fread(bytes, 1, IMAGE_MAX, f);
    image.bytes = bytes;
    fclose(f);
    return image;
}

static void set_up(const struct peer_case *c)
{
    char err[256];
    static struct vb_peer_file image;
    struct vb_net_peer_config config = {
        .seed = c->seed,
        .cert_file = FIRMWARE "server_certs/ca_cert.pem",
        .key_file = FIRMWARE "server_certs/ca_key.pem",
        .root = RELEASES,
        .script = c->script,
        .ap = {{.ssid = SSID, .password = PASSWORD}},
        .n_aps = 1,
    };
    if (!vb_link_parse(&config.up, c->link ? c->link : VB_LINK_USUAL, err, sizeof(err))) {
        die(err);
    }
    config.down = config.up;
    if (c->image) {
        image = read_image(c->image);
        config.files = &image;
        config.n_files = 1;
    }
    net = vb_net_peer_new(&config, err, sizeof(err));
    if (!net) {
        die(err);
    }
    device_init(&d, FLASH_SIZE);
    d.seed = c->seed;
    d.net = vb_net_peer_backend(net);
    d.ap = config.ap[0];
    d.trace = on_trace;
    trace_hash = HASH_START;
    device_load(&d, 0, FIRMWARE "build/bootloader/bootloader.bin");
    device_load(&d, 0x8000, FIRMWARE "build/partition-table.bin");
    device_load(&d, FACTORY_ADDR, FIRMWARE "build/simple_ota.bin");
}

/* Runs until the text was printed or the limit is reached, in one call or in slices. */
static bool run_until(const char *text, const struct peer_case *c)
{
    uint32_t limit_ms = c->limit_ms ? c->limit_ms : LIMIT_MS;
    uint64_t now_us;
    if (!c->slice_us) {
        return device_run(&d, text, limit_ms);
    }
    if (device_run(&d, text, 0)) {
        return true;
    }
    do {
        now_us = device_stats(&d).virtual_us;
        if (vb_board_run(d.board, now_us + c->slice_us) == VB_STOP_REQUEST) {
            return true;
        }
    } while (now_us < limit_ms * UINT64_C(1000));
    return false;
}

static void fill_in(struct peer_result *r, bool was_reached, uint64_t began_us)
{
    size_t from = d.console_len < sizeof(r->console) ? 0 : d.console_len + 1 - sizeof(r->console);
    uint8_t *flash = malloc(FLASH_SIZE);
    r->host_us = host_us() - began_us;
    r->was_reached = was_reached;
    r->runs_ota_0 = vb_board_has_executed(d.board, OTA_0_ADDR, SLOT_SIZE);
    r->board = device_stats(&d);
    vb_net_peer_get_stats(net, &r->net);
    if (!flash || !vb_board_read_flash(d.board, 0, flash, FLASH_SIZE)) {
        die("cannot read the flash back");
    }
    r->flash = hash(HASH_START, flash, FLASH_SIZE);
    r->trace = trace_hash;
    snprintf(r->console, sizeof(r->console), "%s", d.console + from);
    r->has_ended = true;
    free(flash);
}

/* Lets the device come as far as each loss, and start again. */
static void lose(const struct peer_case *c, struct peer_result *r)
{
    for (unsigned i = 0; i < PEER_LOSSES && c->lost_at[i]; i++) {
        if (!run_until(c->lost_at[i], c)) {
            die("did not come as far as the loss");
        }
        r->board_at_loss[i] = device_stats(&d);
        vb_net_peer_get_stats(net, &r->net_at_loss[i]);
        if (c->by_reset) {
            vb_board_external_reset(d.board, VB_BOOT_FLASH);
        } else {
            vb_board_power_cycle(d.board);
        }
    }
}

static void run_case(const struct peer_case *c, struct outcome *outcome)
{
    struct peer_result *r = &outcome->result[0];
    pid_t twin = -1;
    set_up(c);
    uint64_t began_us = host_us();
    if (c->fork_at) {
        if (!run_until(c->fork_at, c) || (twin = fork()) < 0) {
            die("did not come as far as the fork");
        }
        r = twin == 0 ? &outcome->result[1] : r;
    }
    lose(c, r);
    bool was_reached = run_until(c->until ? c->until : "Hello world!", c);
    fill_in(r, was_reached, began_us);
    if (twin > 0) {
        waitpid(twin, NULL, 0);
    }
    device_free(&d);
    vb_net_peer_free(net);
    _exit(0);
}

void peer_run(const struct peer_case *c, struct peer_result *result, struct peer_result *forked)
{
    struct outcome *outcome =
        mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (outcome == MAP_FAILED) {
        die("out of memory");
    }
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        run_case(c, outcome);
    }
    if (child > 0) {
        waitpid(child, NULL, 0);
    }
    *result = outcome->result[0];
    if (forked) {
        *forked = outcome->result[1];
    }
    munmap(outcome, sizeof(*outcome));
}
