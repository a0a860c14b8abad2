/* SPDX-License-Identifier: Apache-2.0 */
#include "net_lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SSID         "airslot"
#define PASSWORD     "airslot8266"
#define FLASH_SIZE   (4u << 20)
#define OTADATA_LEN  0x2000u
#define N_WORKERS    2u
#define HOST_LIMIT_S 120u

#define SAYS_NO_NET "no network, no update"

static const struct net_lab_firmware simple_ota = {NET_LAB_FIRMWARE, "simple_ota", "Hello world!",
                                                   "Firmware Upgrades Failed: "};

static void die(const char *what)
{
    fprintf(stderr, "error: %s\n", what);
    exit(1);
}

void *net_lab_shared(size_t len)
{
    void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        die("out of memory");
    }
    return p;
}

uint32_t net_lab_symbol(const struct net_lab *lab, const char *name)
{
    char command[256], found[256];
    uint32_t value, address = 0;
    snprintf(command, sizeof command, "xtensa-lx106-elf-nm %sbuild/%s.elf", lab->firmware->folder,
             lab->firmware->name);
    FILE *f = popen(command, "r");
    while (f && fscanf(f, "%x %*c %255s", &value, found) == 2) {
        address = strcmp(found, name) == 0 ? value : address;
    }
    if (!f || pclose(f) != 0) {
        die("cannot read the firmware's symbols");
    }
    return address;
}

static void open_network(struct net_lab *lab, const struct net_lab_config *config)
{
    char err[256];
    struct vb_net_peer_config peer = {
        .seed = config->seed,
        .cert_file = NET_LAB_FIRMWARE "server_certs/ca_cert.pem",
        .key_file = NET_LAB_FIRMWARE "server_certs/ca_key.pem",
        .root = "examples/hello_world/build",
        .files = config->files,
        .n_files = config->n_files,
        .author = config->author,
        .script = config->script,
        .ap = {{.ssid = SSID, .password = PASSWORD}},
        .n_aps = 1,
    };
    if (!vb_link_parse(&peer.up, config->link ? config->link : VB_LINK_USUAL, err, sizeof err)) {
        die(err);
    }
    peer.down = peer.up;
    lab->net = vb_net_peer_new(&peer, err, sizeof err);
    if (!lab->net) {
        die(err);
    }
    lab->d.net = vb_net_peer_backend(lab->net);
}

/* Returns the file's length. */
static uint32_t load(struct net_lab *lab, uint32_t addr, const char *file)
{
    char path[256];
    snprintf(path, sizeof path, "%sbuild/%s", lab->firmware->folder, file);
    return device_load(&lab->d, addr, path);
}

static void load_firmware(struct net_lab *lab)
{
    char file[80];
    snprintf(file, sizeof file, "%s.bin", lab->firmware->name);
    load(lab, 0, "bootloader/bootloader.bin");
    load(lab, 0x8000, "partition-table.bin");
    lab->app_len = load(lab, FACTORY_ADDR, file);
}

void net_lab_open(struct net_lab *lab, const struct net_lab_config *config)
{
    memset(lab, 0, sizeof *lab);
    device_init(&lab->d, FLASH_SIZE);
    lab->firmware = config->firmware ? config->firmware : &simple_ota;
    lab->d.seed = config->seed;
    lab->d.net = config->backend;
    lab->d.ap = (struct vb_ap){.ssid = SSID, .password = PASSWORD};
    if (!config->backend) {
        open_network(lab, config);
    }
    load_firmware(lab);
    lab->n_free_min = net_lab_symbol(lab, "n_free_min");
    lab->before = malloc(FLASH_SIZE);
    if (!lab->before) {
        die("out of memory");
    }
}

static void read_flash(const struct net_lab *lab, uint8_t *to)
{
    if (!vb_board_read_flash(lab->d.board, 0, to, FLASH_SIZE)) {
        die("cannot read the flash back");
    }
}

static uint32_t word_at(const struct net_lab *lab, uint32_t vaddr)
{
    uint8_t b[4] = {0};
    vb_board_read_mem(lab->d.board, vaddr, b, 4);
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

void net_lab_mark(struct net_lab *lab)
{
    read_flash(lab, lab->before);
    lab->at_mark = device_stats(&lab->d);
    lab->console_at_mark = lab->d.console_len;
    lab->heap_min = word_at(lab, lab->n_free_min);
}

/* --- the outcome --- */

static const char *said(const struct net_lab *lab, const char *text)
{
    return strstr(lab->d.console + lab->console_at_mark, text);
}

static bool has_outcome(const struct net_lab *lab)
{
    return said(lab, lab->firmware->installed) || said(lab, lab->firmware->failed) ||
           said(lab, SAYS_NO_NET);
}

static void note_heap(struct net_lab *lab)
{
    if (device_stats(&lab->d).resets == lab->at_mark.resets) {
        lab->heap_min = word_at(lab, lab->n_free_min);
    }
}

/* Line by line, because the outcome has several names, and the heap's mark is lost by a restart. */
static bool run_to_outcome(struct net_lab *lab, uint32_t limit_ms)
{
    uint64_t end_us = device_stats(&lab->d).virtual_us + limit_ms * UINT64_C(1000);
    while (!has_outcome(lab)) {
        uint64_t now_us = device_stats(&lab->d).virtual_us;
        note_heap(lab);
        if (now_us >= end_us ||
            !device_run(&lab->d, "\n", (uint32_t)((end_us - now_us + 999) / 1000))) {
            return has_outcome(lab);
        }
    }
    return true;
}

/* "Firmware Upgrades Failed: 0x7008 (ESP_ERR_HTTP_CONNECTION_CLOSED); ...", or 0x7008 alone. */
static void take_error(const struct net_lab *lab, char *name, size_t size)
{
    const char *at = said(lab, lab->firmware->failed);
    if (at) {
        at += strlen(lab->firmware->failed);
        size_t number = strcspn(at, " \n");
        at += strncmp(at + number, " (", 2) == 0 ? number + 2 : 0;
        snprintf(name, size, "%.*s", (int)strcspn(at, ") \n"), at);
    } else if (said(lab, SAYS_NO_NET)) {
        snprintf(name, size, "no-network");
    }
}

static bool same(const uint8_t *a, const uint8_t *b, uint32_t from, uint32_t to)
{
    return memcmp(a + from, b + from, to - from) == 0;
}

static bool kept_others(const struct net_lab *lab, bool may_select)
{
    uint8_t *now = malloc(FLASH_SIZE);
    if (!now) {
        die("out of memory");
    }
    read_flash(lab, now);
    bool ok = same(now, lab->before, 0, OTADATA_ADDR) &&
              (may_select || same(now, lab->before, OTADATA_ADDR, OTADATA_ADDR + OTADATA_LEN)) &&
              same(now, lab->before, OTADATA_ADDR + OTADATA_LEN, OTA_0_ADDR) &&
              same(now, lab->before, OTA_0_ADDR + SLOT_SIZE, FLASH_SIZE);
    free(now);
    return ok;
}

static void judge(const struct net_lab *lab, struct net_verdict *out)
{
    struct vb_stats stats = device_stats(&lab->d);
    struct vb_net_peer_stats net = {0};
    if (lab->net) {
        vb_net_peer_get_stats(lab->net, &net);
    }
    out->installed = said(lab, lab->firmware->installed) &&
                     vb_board_has_executed(lab->d.board, OTA_0_ADDR, SLOT_SIZE);
    take_error(lab, out->error, sizeof out->error);
    out->kept_others = kept_others(lab, out->installed);
    out->n_erases = stats.flash_erases - lab->at_mark.flash_erases;
    out->n_programs = stats.flash_programs - lab->at_mark.flash_programs;
    out->resets = stats.resets - lab->at_mark.resets;
    out->took_ms = (uint32_t)((stats.virtual_us - lab->at_mark.virtual_us) / 1000);
    out->rx_bytes = (uint32_t)(stats.net_rx_bytes - lab->at_mark.net_rx_bytes);
    out->connections = net.connections;
    out->heap_min = out->resets == 0 ? word_at(lab, lab->n_free_min) : lab->heap_min;
    size_t from =
        lab->d.console_len < sizeof out->tail ? 0 : lab->d.console_len + 1 - sizeof out->tail;
    snprintf(out->tail, sizeof out->tail, "%s", lab->d.console + from);
    out->has_ended = true;
}

void net_lab_finish(struct net_lab *lab, uint32_t limit_ms, struct net_verdict *out)
{
    memset(out, 0, sizeof *out);
    out->has_outcome = run_to_outcome(lab, limit_ms);
    judge(lab, out);
}

bool net_lab_try_again(struct net_lab *lab, uint32_t limit_ms)
{
    vb_board_power_cycle(lab->d.board);
    net_lab_mark(lab);
    return run_to_outcome(lab, limit_ms) && said(lab, lab->firmware->installed) != NULL;
}

/* --- processes --- */

static unsigned n_running;

bool net_lab_fork(void)
{
    if (n_running == N_WORKERS) {
        wait(NULL);
        n_running--;
    }
    fflush(NULL);
    pid_t child = fork();
    if (child < 0) {
        die("cannot fork");
    }
    n_running++;
    if (child == 0) {
        n_running = 0;
        alarm(HOST_LIMIT_S);
    }
    return child == 0;
}

void net_lab_exit(void)
{
    fflush(NULL);
    _exit(0);
}

void net_lab_join(void)
{
    for (; n_running > 0; n_running--) {
        wait(NULL);
    }
}
