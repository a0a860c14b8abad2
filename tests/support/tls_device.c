/* SPDX-License-Identifier: Apache-2.0 */
#include "tls_device.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"
#include "tls_certs.h"
#include "vb_debug.h"
#include "vb_net_peer.h"

#define FIRMWARE    "tests/firmware/tls/build"
#define WORK        "build/tls_device"
#define ORDERS_ADDR 0x310000u
#define ORDERS_LEN  0x2000u
#define FLASH_SIZE  (4u << 20)
#define LIMIT_US    (120u * 1000000u)
#define MARK        4u

static struct device d;
static struct tls_device_result *out;
static struct vb_moment began; /* of the present opening */

static void die(const char *what)
{
    fprintf(stderr, "error: %s\n", what);
    _exit(2);
}

static void on_pin(void *ctx, unsigned pin, int level)
{
    (void)ctx;
    if (pin != MARK || !d.board || out->n_opens == TLS_DEVICE_OPENS) {
        return;
    }
    struct vb_moment now;
    vb_board_get_moment(d.board, &now);
    if (level == 1) {
        began = now;
    } else if (began.instructions != 0) {
        out->instructions[out->n_opens] = now.instructions - began.instructions;
        out->microseconds[out->n_opens++] = (now.time_ns - began.time_ns) / 1000u;
        began.instructions = 0;
    }
}

static void on_uart(void *ctx, unsigned uart, uint8_t byte)
{
    (void)ctx;
    size_t len = strlen(out->console);
    if (uart != 0 || len + 1 == sizeof(out->console)) {
        return;
    }
    out->console[len] = (char)byte;
    if (byte == '\n' && strstr(out->console, "tls ends") != NULL) {
        out->has_ended = true;
        vb_board_stop(d.board);
    }
}

/* Certificate and key as files, in a folder of this process. */
static void write_server_files(const struct tls_device_run *run, char *cert, char *key, size_t len)
{
    char folder[64];
    snprintf(folder, sizeof(folder), WORK ".%ld", (long)getpid());
    if (mkdir(folder, 0700) != 0) {
        die("cannot make a folder below build");
    }
    snprintf(cert, len, "%s/cert.pem", folder);
    snprintf(key, len, "%s/key.pem", folder);
    FILE *c = fopen(cert, "w"), *k = fopen(key, "w");
    if (!c || !k) {
        die("cannot write the server's files");
    }
    for (X509 *const *x = run->chain; *x; x++) {
        PEM_write_X509(c, *x);
    }
    PEM_write_PrivateKey(k, run->key, NULL, NULL, 0, NULL, NULL);
    fclose(c);
    fclose(k);
}

static void remove_server_files(const char *cert, const char *key)
{
    char folder[128];
    unlink(cert);
    unlink(key);
    snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(cert, '/') - cert), cert);
    rmdir(folder);
}

static struct vb_net_peer *make_net(const struct tls_device_run *run)
{
    char cert[128] = "", key[128] = "", err[256] = "";
    struct vb_net_peer_config config = {.seed = 1, .script = run->script, .time_s = run->server_s};
    if (run->chain[0]) {
        write_server_files(run, cert, key, sizeof(cert));
        config.cert_file = cert;
        config.key_file = key;
    }
    if (!vb_link_parse(&config.up, VB_LINK_USUAL, err, sizeof(err))) {
        die(err);
    }
    config.down = config.up;
    struct vb_net_peer *net = vb_net_peer_new(&config, err, sizeof(err));
    if (run->chain[0]) {
        remove_server_files(cert, key);
    }
    if (!net) {
        die(err);
    }
    return net;
}

static void load_firmware(const struct tls_device_run *run)
{
    const char *build = run->build ? run->build : FIRMWARE;
    char path[256], orders[ORDERS_LEN];
    device_init(&d, FLASH_SIZE);
    snprintf(path, sizeof(path), "%s/bootloader/bootloader.bin", build);
    device_load(&d, 0, path);
    snprintf(path, sizeof(path), "%s/partition-table.bin", build);
    device_load(&d, 0x8000, path);
    snprintf(path, sizeof(path), "%s/tls.bin", build);
    device_load(&d, FACTORY_ADDR, path);
    snprintf(orders, sizeof(orders), "%s 8070 %u %lld\n", run->host ? run->host : "10.0.2.2",
             run->count ? run->count : 1, (long long)run->date_s);
    for (X509 *const *x = run->trusted; *x; x++) {
        tls_certs_append_pem(*x, orders, sizeof(orders) - 1);
    }
    memcpy(d.flash + ORDERS_ADDR, orders, strlen(orders));
}

static void run_board(const struct tls_device_run *run)
{
    char err[128] = "";
    struct vb_net_peer *net = make_net(run);
    load_firmware(run);
    struct vb_config config = {
        .flash_size = FLASH_SIZE,
        .flash = d.flash,
        .seed = 1,
        .ap = {{.ssid = "airslot", .password = "airslot8266"}},
        .n_aps = 1,
        .net = vb_net_peer_backend(net),
        .uart_tx = on_uart,
        .pin_changed = on_pin,
    };
    d.board = vb_board_new(&config, err, sizeof(err));
    if (!d.board) {
        die(err);
    }
    struct vb_net_peer_stats stats;
    vb_board_run(d.board, LIMIT_US);
    vb_net_peer_get_stats(net, &stats);
    out->connections = stats.connections;
    device_free(&d);
    vb_net_peer_free(net);
}

void tls_device_run(const struct tls_device_run *run, struct tls_device_result *result)
{
    out = mmap(NULL, sizeof(*out), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (out == MAP_FAILED) {
        die("out of memory");
    }
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        run_board(run);
        _exit(0);
    }
    if (child > 0) {
        waitpid(child, NULL, 0);
    }
    *result = *out;
    munmap(out, sizeof(*out));
}
