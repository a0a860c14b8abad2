/* SPDX-License-Identifier: Apache-2.0 */
/* Searches every world that the boot record's protocol can reach, driving the code of core/: every
 * action from every world, and at each of its flash operations every fault. A world that breaks a
 * promise ends the search and is told with the way that leads there. Prints `N passed, N failed`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "asl_crc32.h"
#include "judge.h"

#define MAX_WORLDS (1u << 23)

struct arrival {
    uint32_t from;
    struct action action;
    uint8_t fault, at_op, variant, pattern;
};

struct search {
    struct setup setup;
    const char *name;
    struct world *world;
    struct arrival *arrival;
    uint32_t n_worlds, n_room, limit;
    uint32_t *table; /* index + 1 into world, by hash */
    uint32_t table_mask;
    uint64_t n_runs, n_faults, n_recovery_runs;
    const char *violation;
};

static uint64_t hash_of(const struct world *w)
{
    const uint8_t *bytes = (const uint8_t *)w;
    uint64_t h = 0xcbf29ce484222325u;

    for (size_t i = 0; i < sizeof(*w); i++) {
        h = (h ^ bytes[i]) * 0x100000001b3u;
    }
    return h ^ h >> 29;
}

static void *grow(void *p, size_t n, size_t size)
{
    void *grown = realloc(p, n * size);

    if (grown == NULL) {
        perror("protocol search");
        exit(2);
    }
    return grown;
}

static void rehash(struct search *s, uint32_t n)
{
    free(s->table);
    s->table = calloc(n, sizeof(*s->table));
    if (s->table == NULL) {
        perror("protocol search");
        exit(2);
    }
    s->table_mask = n - 1;
    for (uint32_t i = 0; i < s->n_worlds; i++) {
        uint32_t at = (uint32_t)hash_of(&s->world[i]) & s->table_mask;
        while (s->table[at] != 0) {
            at = (at + 1) & s->table_mask;
        }
        s->table[at] = i + 1;
    }
}

/* Adds a world unless it is known. */
static void visit(struct search *s, const struct world *w, const struct arrival *arrival)
{
    uint32_t at = (uint32_t)hash_of(w) & s->table_mask;

    for (; s->table[at] != 0; at = (at + 1) & s->table_mask) {
        if (memcmp(&s->world[s->table[at] - 1], w, sizeof(*w)) == 0) {
            return;
        }
    }
    if (s->n_worlds >= s->limit) {
        return;
    }
    if (s->n_worlds == s->n_room) {
        s->n_room *= 2;
        s->world = grow(s->world, s->n_room, sizeof(*s->world));
        s->arrival = grow(s->arrival, s->n_room, sizeof(*s->arrival));
    }
    s->world[s->n_worlds] = *w;
    s->arrival[s->n_worlds] = *arrival;
    s->table[at] = ++s->n_worlds;
    if (s->n_worlds > s->table_mask / 2) {
        rehash(s, 2 * (s->table_mask + 1));
    }
}

/* --- telling the way --- */

static void tell_sector(const char *name, const struct sector *s)
{
    printf("    %s ", name);
    for (size_t i = 0; i < sizeof(s->record); i++) {
        printf("%02x", s->record[i]);
    }
    printf(" ");
    for (size_t i = 0; i < sizeof(s->seal); i++) {
        printf("%02x", s->seal[i]);
    }
    printf(" marks %03x dirt %x\n", s->marks, s->dirt);
}

static void tell_world(const struct world *w)
{
    tell_sector("0:", &w->sector[0]);
    tell_sector("1:", &w->sector[1]);
    if (w->weak_index != NOBODY) {
        tell_sector(w->weak_index == 0 ? "or 0:" : "or 1:", &w->weak);
    }
    printf("    running %d, dead %d, proven %x, images", (int)(int8_t)w->running, w->dead,
           w->proven);
    for (uint32_t i = 0; i < N_SLOTS; i++) {
        printf(" %d", w->image[i]);
    }
    printf("\n");
}

static void tell_arrival(const struct arrival *a)
{
    static const char *const faults[] = {"",
                                         "cut before operation",
                                         "cut after operation",
                                         "torn and cut at operation",
                                         "torn at operation",
                                         "nothing happens at operation",
                                         "error at operation",
                                         "sector dead from operation"};
    char text[64];

    printf("  %s", action_text(&a->action, text));
    if (a->fault != FAULT_NONE) {
        printf(", %s %u, variant %u", faults[a->fault], a->at_op, a->variant);
    }
    printf(a->pattern != 0 ? ", weak bits read %u\n" : "\n", a->pattern);
}

static void tell_way(const struct search *s, uint32_t index)
{
    if (index != 0) {
        tell_way(s, s->arrival[index].from);
        tell_arrival(&s->arrival[index]);
    }
    tell_world(&s->world[index]);
}

static void report(struct search *s, const char *violation, const struct arrival *arrival,
                   const struct world *w)
{
    if (violation == NULL || s->violation != NULL) {
        return;
    }
    s->violation = violation;
    printf("%s: %s\n", s->name, violation);
    tell_way(s, arrival->from);
    tell_arrival(arrival);
    tell_world(w);
}

/* --- going on from a world --- */

static bool is_change(const struct action *a)
{
    return a->act == ACT_SELECT || a->act == ACT_CONFIRM || a->act == ACT_REJECT;
}

/* One run. Returns false when the fault does not exist. */
static bool go(struct search *s, struct arrival *arrival, struct run *r, const struct view *before,
               const struct view *after)
{
    run_init(r, &s->setup, &s->world[arrival->from], arrival->pattern);
    r->flash.no_weak = !s->setup.with_weak;
    model_flash_plan(&r->flash, arrival->fault, arrival->at_op, arrival->variant);
    run_action(r, &arrival->action);
    if (arrival->fault != FAULT_NONE && (!r->flash.fired || r->flash.no_such_variant)) {
        return false;
    }
    s->n_runs++;
    s->n_faults += arrival->fault != FAULT_NONE;
    report(s, r->violation, arrival, &r->world);
    if (before != NULL) {
        report(s, judge_change(r, before, after), arrival, &r->world);
    }
    world_normalise(&r->world, &s->setup);
    if (s->violation == NULL) {
        visit(s, &r->world, arrival);
    }
    return true;
}

/* What is torn while the power stays is found by reading back, whatever it is: few variants do. */
#define TORN_STRIDE 7u

static bool has_variants(enum fault fault)
{
    return fault == FAULT_TORN || fault == FAULT_TORN_CUT;
}

static void go_with_faults(struct search *s, struct arrival *arrival, uint32_t n_ops,
                           const struct view *before, const struct view *after)
{
    struct run r;

    for (uint32_t fault = FAULT_NONE + 1; fault < N_FAULTS; fault++) {
        if (fault == FAULT_DEAD &&
            (!s->setup.with_dead || s->world[arrival->from].dead != NOBODY)) {
            continue;
        }
        arrival->fault = (uint8_t)fault;
        for (uint32_t at = 1; at <= n_ops && s->violation == NULL; at++) {
            arrival->at_op = (uint8_t)at;
            arrival->variant = 0;
            while (go(s, arrival, &r, before, after) && has_variants(fault) &&
                   s->violation == NULL) {
                arrival->variant =
                    (uint8_t)(arrival->variant + (fault == FAULT_TORN ? TORN_STRIDE : 1));
            }
        }
    }
}

static void expand(struct search *s, uint32_t index)
{
    struct world w = s->world[index];
    struct action actions[MAX_ACTIONS];
    uint32_t n = actions_of(&w, &s->setup, actions);
    uint32_t n_patterns = w.weak_index == NOBODY ? 1 : N_PATTERNS;

    for (uint32_t i = 0; i < n * n_patterns && s->violation == NULL; i++) {
        struct arrival arrival = {
            .from = index, .action = actions[i / n_patterns], .pattern = (uint8_t)(i % n_patterns)};
        struct run r;
        struct view before = view_of(&s->setup, &w, arrival.pattern);
        (void)go(s, &arrival, &r, NULL, NULL);
        struct view after = view_of(&s->setup, &r.world, arrival.pattern);
        bool judged = is_change(&arrival.action);
        go_with_faults(s, &arrival, r.flash.n_ops, judged ? &before : NULL, judged ? &after : NULL);
    }
}

static void judge(struct search *s, uint32_t index)
{
    struct arrival here = s->arrival[index];
    struct world w = s->world[index];
    const char *broken = judge_world(&s->setup, &w);

    if (broken == NULL) {
        broken = judge_recovery(&s->setup, &w, &s->n_recovery_runs);
    }
    report(s, broken, &here, &w);
}

/* --- setups --- */

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Returns whether everything held. */
static bool search(const char *name, const struct setup *setup, uint32_t limit)
{
    struct search s = {.setup = *setup, .name = name, .n_room = 1024, .limit = limit};
    const struct arrival start = {0};
    struct world w;
    double began = seconds();

    boot_table_build(&s.setup.table, setup->has_factory, (1u << setup->n_ota) - 1, false);
    s.world = grow(NULL, s.n_room, sizeof(*s.world));
    s.arrival = grow(NULL, s.n_room, sizeof(*s.arrival));
    rehash(&s, 4096);
    world_init(&w, &s.setup);
    visit(&s, &w, &start);
    uint32_t i = 0;
    for (; i < s.n_worlds && s.violation == NULL; i++) {
        judge(&s, i);
        expand(&s, i);
    }
    bool complete = s.n_worlds < limit;
    printf("%-34s %9u worlds%s %11llu transitions (%llu with a fault), %llu runs of recovery, "
           "%.1f s%s\n",
           name, s.n_worlds, complete ? "," : " (limit),", (unsigned long long)s.n_runs,
           (unsigned long long)s.n_faults, (unsigned long long)s.n_recovery_runs, seconds() - began,
           s.violation == NULL ? "" : ": BROKEN");
    fflush(stdout);
    free(s.world);
    free(s.arrival);
    free(s.table);
    return s.violation == NULL;
}

#define BASE .max_starts = 2

/* limit: worlds in the quick run, 0: not in it; the long run takes all. */
static const struct {
    const char *name;
    uint32_t limit;
    struct setup setup;
} setups[] = {
    {"factory, ota_0", MAX_WORLDS, {BASE, .has_factory = true, .n_ota = 1}},
    {"ota_0, ota_1", 12000, {BASE, .n_ota = 2}},
    {"factory, ota_0, SDK programs",
     4000,
     {BASE, .has_factory = true, .n_ota = 1, .with_sdk = true, .with_plain = true}},
    {"factory, ota_0, ESP-IDF programs",
     2500,
     {BASE, .has_factory = true, .n_ota = 1, .with_idf = true}},
    {"factory, ota_0, weak bits, dead sectors",
     3000,
     {BASE, .has_factory = true, .n_ota = 1, .with_weak = true, .with_dead = true}},
    {"ota_0, ota_1, sequence near 2^31", 2000, {BASE, .n_ota = 2, .base = 0x7ffffffe}},
    {"ota_0, ota_1, sequence near 2^32", 2000, {BASE, .n_ota = 2, .base = 0xfffffffd}},
    {"ota_0, ota_1, SDK programs", 0, {BASE, .n_ota = 2, .with_sdk = true, .with_plain = true}},
    {"ota_0, ota_1, ESP-IDF programs", 0, {BASE, .n_ota = 2, .with_idf = true}},
    {"ota_0, ota_1, weak bits, dead sectors",
     0,
     {BASE, .n_ota = 2, .with_weak = true, .with_dead = true}},
    {"factory, ota_0, ota_1", 0, {BASE, .has_factory = true, .n_ota = 2}},
    {"ota_0, ota_1, ota_2", 0, {BASE, .n_ota = 3}},
};

static int usage(void)
{
    fprintf(stderr, "usage: search [--long [WORLDS] | --only NAME [WORLDS]]\n");
    for (size_t i = 0; i < sizeof(setups) / sizeof(setups[0]); i++) {
        fprintf(stderr, "  %s\n", setups[i].name);
    }
    return 2;
}

/* fast_crc32.c against values of the contract. */
static bool crc_is_right(void)
{
    static const uint8_t one[4] = {1, 0, 0, 0};

    return asl_crc32(0, "123456789", 9) == 0xcbf43926 &&
           asl_crc32(UINT32_MAX, one, 4) == 0x4743989a;
}

int main(int argc, char **argv)
{
    bool is_long = argc > 1 && strcmp(argv[1], "--long") == 0;
    bool is_only = argc > 2 && strcmp(argv[1], "--only") == 0;
    const char *only = is_only ? argv[2] : NULL;
    const char *worlds = is_long && argc > 2 ? argv[2] : is_only && argc > 3 ? argv[3] : NULL;
    uint32_t limit = worlds != NULL ? (uint32_t)strtoul(worlds, NULL, 10) : MAX_WORLDS;
    unsigned n_passed = 0, n_failed = 0;

    if (argc > 1 && !is_long && !is_only) {
        return usage();
    }
    if (!crc_is_right()) {
        fprintf(stderr, "the search's own CRC is wrong\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof(setups) / sizeof(setups[0]); i++) {
        bool is_wanted =
            is_only ? strcmp(only, setups[i].name) == 0 : is_long || setups[i].limit != 0;
        if (is_wanted) {
            uint32_t n = is_long || is_only ? limit : setups[i].limit;
            bool held = search(setups[i].name, &setups[i].setup, n);
            n_passed += held;
            n_failed += !held;
        }
    }
    printf("%u passed, %u failed\n", n_passed, n_failed);
    return n_failed != 0 || n_passed == 0;
}
