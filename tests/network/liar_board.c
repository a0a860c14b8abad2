/* SPDX-License-Identifier: Apache-2.0 */
/* Plays the table's cases that are marked `on board` to simple_ota_example on the virtual board,
 * each from a board whose first request has just reached the server. Usage: liar_board [TABLE
 * [CASE...]]; with cases named it shows the console's end of each. */
#include <stdio.h>
#include <stdlib.h>

#include "net_stage.h"

static struct net_stage stage;

static void play(const struct liar_case *c, struct net_verdict *verdict)
{
    net_stage_play(&stage, c);
    net_lab_finish(&stage.lab, c->within_s * 1000u, verdict);
    net_lab_exit();
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
    if (!liar_expects(c, v->installed ? "installed" : v->error)) {
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
        printf("FAILED: %s (%s:%u): %s: %s, expected %s\n", c->name, LIAR_TABLE, c->line, what,
               outcome, c->expected);
    }
    if (what || talks) {
        printf("%s: %s after %u ms, %u connections, %llu erases, heap %u\n%s\n", c->name, outcome,
               (unsigned)v->took_ms, v->connections, (unsigned long long)v->n_erases,
               (unsigned)v->heap_min, v->tail);
    }
    return !what;
}

int main(int argc, char **argv)
{
    struct liar_table table;
    unsigned n = 0, passed = 0;
    net_stage_open(&stage, NET_LAB_IMAGE);
    liar_table_read(&table, argc > 1 ? argv[1] : LIAR_TABLE, &stage.files);
    const struct liar_case **cases = calloc(table.n, sizeof(void *));
    struct net_verdict *verdicts = net_lab_shared(table.n * sizeof *verdicts);
    for (unsigned i = 0; i < table.n; i++) {
        if (argc > 2 ? liar_is_named(&table.cases[i], argv + 2, argc - 2)
                     : table.cases[i].on_board) {
            cases[n] = &table.cases[i];
            if (net_lab_fork()) {
                play(cases[n], &verdicts[n]);
            }
            n++;
        }
    }
    net_lab_join();
    for (unsigned i = 0; i < n; i++) {
        passed += report(cases[i], &verdicts[i], argc > 2);
    }
    printf("%u passed, %u failed\n", passed, n - passed);
    return n == 0 || passed < n;
}
