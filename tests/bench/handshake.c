/* SPDX-License-Identifier: Apache-2.0 */
/* What opening a TLS connection costs the device: instructions of all its tasks and virtual time,
 * from the call to its return, in full and resumed. Keys are new in each run: the figures of full
 * handshakes differ by about 0.2 M from run to run. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tls_certs.h"
#include "tls_device.h"

struct bench_case {
    const char *title;
    const char *name; /* in JSON */
    enum tls_key leaf, root;
    bool has_root;
    uint64_t full_max, resumed_max; /* goals, 0: none */
};

static const struct bench_case cases[] = {
    {"P-256 leaf, pinned P-256 root", "p256", TLS_KEY_P256, TLS_KEY_P256, true, 90000000, 1000000},
    {"P-256, pinned itself", "p256_self", TLS_KEY_P256, TLS_KEY_P256, false, 0, 0},
    {"RSA-2048 leaf, pinned RSA-2048 root", "rsa", TLS_KEY_RSA2048, TLS_KEY_RSA2048, true, 0, 0},
    {"RSA-2048, pinned itself", "rsa_self", TLS_KEY_RSA2048, TLS_KEY_RSA2048, false, 0, 0},
};

static void print_goal(uint64_t goal)
{
    if (goal != 0) {
        printf(" %8.2f M", (double)goal / 1e6);
    } else {
        printf(" %10s", "-");
    }
}

static void print_result(const struct bench_case *c, const struct tls_device_result *r)
{
    printf("%-36s full    %8.2f M", c->title, (double)r->instructions[0] / 1e6);
    print_goal(c->full_max);
    printf(" %8.1f ms\n%-36s resumed %8.2f M", (double)r->microseconds[0] / 1e3, "",
           (double)r->instructions[1] / 1e6);
    print_goal(c->resumed_max);
    printf(" %8.1f ms\n", (double)r->microseconds[1] / 1e3);
    printf("JSON {\"bench\":\"handshake_%s\",\"full\":%" PRIu64 ",\"resumed\":%" PRIu64
           ",\"full_ms\":%.1f,\"resumed_ms\":%.1f}\n",
           c->name, r->instructions[0], r->instructions[1], (double)r->microseconds[0] / 1e3,
           (double)r->microseconds[1] / 1e3);
}

static bool measure(const struct bench_case *c)
{
    static struct tls_device_result r;
    struct tls_cert_spec ca = {.name = "root", .basic = "critical, CA:TRUE"};
    struct tls_cert_spec server = {.name = "server", .san = "IP:10.0.2.2"};
    EVP_PKEY *root_key = tls_certs_key(c->root, 0), *key = tls_certs_key(c->leaf, 1);
    X509 *root = c->has_root ? tls_certs_make(&ca, root_key, time(NULL), NULL, NULL) : NULL;
    X509 *leaf = tls_certs_make(&server, key, time(NULL), root, root ? root_key : NULL);
    struct tls_device_run run = {
        .count = 3, .chain = {leaf}, .key = key, .trusted = {root ? root : leaf}};
    tls_device_run(&run, &r);
    bool done = r.has_ended && r.n_opens == 3 && strstr(r.console, "connected 0x0 resumed");
    if (done) {
        print_result(c, &r);
    } else {
        fprintf(stderr, "error: '%s' did not connect twice:\n%s\n", c->title, r.console);
    }
    X509_free(leaf);
    X509_free(root);
    return done;
}

int main(void)
{
    bool done = true;
    printf("%-36s %-7s %10s %10s %11s\n", "TLS 1.2, ECDHE P-256, ChaCha20", "", "device", "goal",
           "virtual");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        done = measure(&cases[i]) && done;
    }
    tls_certs_free_keys();
    return done ? 0 : 1;
}
