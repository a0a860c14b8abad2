/* SPDX-License-Identifier: Apache-2.0 */
/* The network campaign: updates of simple_ota_example on the virtual board, each with one thing
 * wrong with its network, ending in the right image or a named error, in time, without a watchdog's
 * reset. Usage: net_campaign [--all] [FAMILY[:CASE]...]; without --all a sample of each family. */
#include "net_campaign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct {
    const char *name;
    void (*run)(struct campaign *c);
} families[] = {
    {"head", campaign_head},
    {"body", campaign_body},
    {"segment", campaign_segment},
    {"air", campaign_air},
    {"ap", campaign_ap},
    {"heap", campaign_heap},
    {"heap-signed", campaign_heap_signed},
};
#define N_FAMILIES (sizeof families / sizeof families[0])

const char *const campaign_network_errors[] = {
    "ESP_ERR_HTTP_CONNECT",      "ESP_ERR_HTTP_WRITE_DATA",        "ESP_ERR_HTTP_FETCH_HEADER",
    "ESP_ERR_HTTP_READ_TIMEOUT", "ESP_ERR_HTTP_CONNECTION_CLOSED", NULL,
};

static void count(unsigned *n)
{
    __atomic_add_fetch(n, 1, __ATOMIC_RELAXED);
}

bool campaign_takes(const struct campaign *c, unsigned n, unsigned every)
{
    bool takes = c->only ? n == c->only : c->all || n % every == CAMPAIGN_FIRST_CASE % every;
    if (takes) {
        count(&c->tally->begun);
    }
    return takes;
}

static bool is_among(const char *name, const char *const *names)
{
    while (*names && strcmp(name, *names) != 0) {
        names++;
    }
    return *names != NULL;
}

/* NULL: all is right. */
static const char *complaint(const struct net_verdict *v, const struct campaign_want *want)
{
    if (!v->has_outcome) {
        return "no outcome in time";
    }
    if (v->resets != v->installed) {
        return "a reset too many";
    }
    if (!v->kept_others) {
        return "flash outside the slot has changed";
    }
    if (!v->installed && !want->errors) {
        return "not installed";
    }
    if (!v->installed && !is_among(v->error, want->errors)) {
        return "an error that the fault does not explain";
    }
    if (want->wire && *want->wire > want->wire_max) {
        return "more than a sector was fetched twice";
    }
    return want->spares_heap || v->heap_min >= CAMPAIGN_HEAP_FLOOR
               ? NULL
               : "the heap fell below its floor";
}

static void lower(uint32_t *least, uint32_t value)
{
    uint32_t old = __atomic_load_n(least, __ATOMIC_RELAXED);
    while (value < old && !__atomic_compare_exchange_n(least, &old, value, false, __ATOMIC_RELAXED,
                                                       __ATOMIC_RELAXED)) {
    }
}

static void raise_to(uint32_t *most, uint32_t value)
{
    uint32_t old = __atomic_load_n(most, __ATOMIC_RELAXED);
    while (value > old && !__atomic_compare_exchange_n(most, &old, value, false, __ATOMIC_RELAXED,
                                                       __ATOMIC_RELAXED)) {
    }
}

static void print_failure(const struct campaign *c, unsigned n, const char *wrong, const char *what,
                          const struct net_verdict *v)
{
    printf("FAILED: %s, %s: %s: %s after %u ms, %u connections, heap %u\n"
           "  replay: build/tests/net_campaign %s:%u\n%s\n",
           c->family, what, wrong, v->installed ? "installed" : v->error, (unsigned)v->took_ms,
           v->connections, (unsigned)v->heap_min, c->family, n, v->tail);
}

/* The fault is over: whatever it was, the next update must work. */
static bool try_again(struct net_lab *lab, uint32_t within_ms)
{
    static const char *const actions[] = {
        "ap up", "link " VB_LINK_USUAL ",jitter=0ms,loss=0%,dup=0%,reorder=0%,mtu=1500"};
    char err[128];
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (!vb_net_peer_act(lab->net, actions[i], err, sizeof err)) {
            fprintf(stderr, "error: %s\n", err);
            return false;
        }
    }
    return net_lab_try_again(lab, within_ms);
}

void campaign_conclude(const struct campaign *c, unsigned n, struct net_lab *lab,
                       const struct campaign_want *want, const char *what)
{
    static struct net_verdict v;
    net_lab_finish(lab, want->within_ms, &v);
    const char *wrong = complaint(&v, want);
    bool fails_next = !wrong && !v.installed && c->all && !try_again(lab, want->within_ms);
    wrong = fails_next ? "the next update fails" : wrong;
    if (wrong) {
        print_failure(c, n, wrong, what, &v);
    } else if (c->only) {
        printf("%s, %s: %s after %u ms, %u connections, heap %u\n", c->family, what,
               v.installed ? "installed" : v.error, (unsigned)v.took_ms, v.connections,
               (unsigned)v.heap_min);
    }
    count(wrong ? &c->tally->failed : &c->tally->passed);
    count(v.installed ? &c->tally->n_installed : &c->tally->n_refused);
    lower(&c->tally->heap_min, v.heap_min);
    raise_to(&c->tally->took_max_ms, v.took_ms);
    net_lab_exit();
}

/* --- families --- */

static void run_family(struct campaign *c, void (*run)(struct campaign *))
{
    int status = 0;
    struct timespec began, ended;
    clock_gettime(CLOCK_MONOTONIC, &began);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        run(c);
        net_lab_join();
        net_lab_exit();
    }
    if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0) {
        printf("FAILED: %s: the family broke off\n", c->family);
        count(&c->tally->failed);
    }
    clock_gettime(CLOCK_MONOTONIC, &ended);
    struct campaign_tally *t = c->tally;
    if (t->passed + t->failed < t->begun) {
        unsigned n_lost = t->begun - t->passed - t->failed;
        printf("FAILED: %s: %u cases came to no conclusion\n", c->family, n_lost);
        t->failed += n_lost;
    }
    printf("%-11s %5u cases: %u installed, %u ended in an error, %u wrong; least heap %u, longest "
           "%.1f s virtual; %ld s of the host\n",
           c->family, t->passed + t->failed, t->n_installed, t->n_refused, t->failed,
           (unsigned)t->heap_min, t->took_max_ms / 1000.0, (long)(ended.tv_sec - began.tv_sec));
}

/* The words behind "FAMILY" or "FAMILY:CASE" in argv; true when the family is wanted. */
static bool is_wanted(const char *name, char **words, int n, unsigned *only)
{
    size_t len = strlen(name);
    *only = 0;
    for (int i = 0; i < n; i++) {
        if (strncmp(words[i], name, len) == 0 && (words[i][len] == '\0' || words[i][len] == ':')) {
            *only = words[i][len] == ':' ? (unsigned)atoi(words[i] + len + 1) : 0;
            return true;
        }
    }
    return n == 0;
}

int main(int argc, char **argv)
{
    struct campaign_tally *tallies = net_lab_shared(N_FAMILIES * sizeof *tallies);
    bool all = argc > 1 && strcmp(argv[1], "--all") == 0;
    unsigned passed = 0, failed = 0;
    for (size_t i = 0; i < N_FAMILIES; i++) {
        struct campaign c = {.family = families[i].name, .all = all, .tally = &tallies[i]};
        tallies[i].heap_min = UINT32_MAX;
        if (is_wanted(c.family, argv + 1 + all, argc - 1 - all, &c.only)) {
            run_family(&c, families[i].run);
            passed += tallies[i].passed;
            failed += tallies[i].failed;
        }
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed > 0 || passed == 0;
}
