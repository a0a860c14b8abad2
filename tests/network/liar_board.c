/* SPDX-License-Identifier: Apache-2.0 */
/* Plays the table's cases that are marked `on board` to simple_ota_example on the virtual board,
 * each from a board whose first request has just reached the server. Usage: liar_board [TABLE
 * [CASE...]]; with cases named it shows the console's end of each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "liar.h"
#include "net_lab.h"

#define TABLE     "tests/network/liar.cases"
#define N_CONNS   16u
#define SPEAK_US  500u /* the server's silence while the board is stopped and forked */
#define PREFIX_MS 30000u

/* The lying server; it begins to lie once it has a case. */
static struct {
    struct net_lab lab;
    struct liar_files files;
    const struct liar_case *c;
    bool was_asked;
    struct liar_conn conn[N_CONNS];
} stage;

static bool begin(void *ctx, unsigned connection)
{
    (void)ctx;
    struct liar_conn *conn = &stage.conn[connection % N_CONNS];
    if (!stage.c) {
        return true;
    }
    liar_begin(conn, stage.c, &stage.files, connection);
    return !conn->script->is_refused;
}

static void translate(const struct liar_step *from, struct vb_peer_step *to)
{
    to->pause_us = from->pause_ms * UINT64_C(1000);
    to->bytes = from->bytes;
    to->len = from->len;
    if (from->kind == LIAR_ENDS) {
        to->kind = from->end == LIAR_NOTIFY  ? VB_PEER_FINISH
                   : from->end == LIAR_FIN   ? VB_PEER_CLOSE
                   : from->end == LIAR_RESET ? VB_PEER_RESET
                                             : VB_PEER_SILENCE;
    } else {
        to->kind = from->kind == LIAR_BYTES ? VB_PEER_SEND : VB_PEER_WAIT;
    }
}

static void next(void *ctx, unsigned connection, const char *request, size_t len,
                 struct vb_peer_step *step)
{
    (void)ctx;
    struct liar_step lie;
    struct liar_conn *conn = &stage.conn[connection % N_CONNS];
    memset(step, 0, sizeof *step);
    if (!stage.c) { /* the moment of the fork: say nothing for now */
        stage.was_asked = memmem(request, len, "\r\n\r\n", 4) != NULL;
        step->kind = stage.was_asked ? VB_PEER_SEND : VB_PEER_WAIT;
        step->pause_us = SPEAK_US;
        if (stage.was_asked) {
            vb_board_stop(stage.lab.d.board);
        }
        return;
    }
    if (!conn->has_request && !liar_hear(conn, request, len)) {
        step->kind = VB_PEER_WAIT;
        return;
    }
    liar_next(conn, &lie);
    translate(&lie, step);
}

static const struct vb_peer_author author = {.begin = begin, .next = next};

/* --- files --- */

static uint8_t *read_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    long n = f && fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    uint8_t *bytes = n >= 0 ? calloc(1, (size_t)n + 1) : NULL;
    bool ok = bytes && fseek(f, 0, SEEK_SET) == 0 && fread(bytes, 1, (size_t)n, f) == (size_t)n;
    if (f) {
        fclose(f);
    }
    if (!ok) {
        fprintf(stderr, "error: cannot read '%s'\n", path);
        exit(1);
    }
    *len = (size_t)n;
    return bytes;
}

/* --- one case --- */

static void play(void *ctx, unsigned i, void *result)
{
    const struct liar_case *const *cases = ctx;
    stage.c = cases[i];
    liar_begin(&stage.conn[0], stage.c, &stage.files, 0);
    net_lab_finish(&stage.lab, stage.c->within_s * 1000u, result);
}

static bool is_among(const char *name, const char *expected)
{
    size_t len = strlen(name);
    for (const char *at = expected; len > 0 && (at = strstr(at, name)) != NULL; at += len) {
        bool begins = at == expected || at[-1] == ' ';
        if (begins && (at[len] == '\0' || at[len] == ' ')) {
            return true;
        }
    }
    return false;
}

/* NULL: all is as the table says. */
static const char *complaint(const struct liar_case *c, const struct net_verdict *v)
{
    if (!v->has_ended) {
        return "the process broke off";
    }
    if (!v->has_outcome) {
        return "no outcome in time";
    }
    if (!is_among(v->installed ? "installed" : v->error, c->expected)) {
        return "another outcome";
    }
    if (!v->kept_others) {
        return "flash outside the slot has changed";
    }
    if (c->erases_none && v->n_erases + v->n_programs > 0) {
        return "flash was erased for what was known before";
    }
    if (c->most && v->connections > c->most) {
        return "more connections than needed";
    }
    return v->resets == v->installed ? NULL : "a reset too many";
}

static bool report(const struct liar_case *c, const struct net_verdict *v, bool talks)
{
    const char *what = complaint(c, v);
    const char *outcome = v->installed ? "installed" : v->error;
    if (what) {
        printf("FAILED: %s (%s:%u): %s: %s, expected %s\n", c->name, TABLE, c->line, what, outcome,
               c->expected);
    }
    if (what || talks) {
        printf("%s: %s after %u ms, %u connections, %llu erases, heap %u\n%s\n", c->name, outcome,
               (unsigned)v->took_ms, v->connections, (unsigned long long)v->n_erases,
               (unsigned)v->heap_min, v->tail);
    }
    return !what;
}

static bool is_wanted(const struct liar_case *c, char **names, int n)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(c->name, names[i]) == 0) {
            return true;
        }
    }
    return n == 0 && c->on_board;
}

static void come_to_the_request(void)
{
    net_lab_open(&stage.lab, &(struct net_lab_config){.seed = 1, .author = &author});
    device_run(&stage.lab.d, NULL, PREFIX_MS);
    if (!stage.was_asked) {
        fprintf(stderr, "error: no request; console:\n%s\n", stage.lab.d.console);
        exit(1);
    }
    net_lab_mark(&stage.lab);
}

int main(int argc, char **argv)
{
    struct liar_table table;
    char err[256];
    size_t len;
    unsigned n = 0, passed = 0;
    char *text = (char *)read_file(argc > 1 ? argv[1] : TABLE, &len);
    uint8_t *image = read_file(NET_LAB_IMAGE, &len);
    liar_files_make(&stage.files, image, len);
    if (!liar_parse(&table, text, &stage.files, err, sizeof err)) {
        fprintf(stderr, "error: %s, %s\n", argc > 1 ? argv[1] : TABLE, err);
        return 1;
    }
    const struct liar_case **cases = calloc(table.n, sizeof(void *));
    struct net_verdict *verdicts = net_lab_shared(table.n * sizeof *verdicts);
    for (unsigned i = 0; i < table.n; i++) {
        if (is_wanted(&table.cases[i], argv + 2, argc > 2 ? argc - 2 : 0)) {
            cases[n++] = &table.cases[i];
        }
    }
    come_to_the_request();
    net_lab_each(n, play, cases, verdicts, sizeof *verdicts);
    for (unsigned i = 0; i < n; i++) {
        passed += report(cases[i], &verdicts[i], argc > 2);
    }
    printf("%u passed, %u failed\n", passed, n - passed);
    return n == 0 || passed < n;
}
