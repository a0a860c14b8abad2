/* SPDX-License-Identifier: Apache-2.0 */
#include "liar_report.h"

#include <stdio.h>

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

bool liar_report(const struct liar_case *c, const struct net_verdict *v, bool talks)
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
