/* SPDX-License-Identifier: Apache-2.0 */
/* See liar_judge.h. */
#include "liar_judge.h"

#include <stdio.h>
#include <string.h>

#include "fake_device.h"

struct complaints {
    char *text; /* text[size] */
    size_t size;
};

static void complain(struct complaints *all, const char *text)
{
    size_t len = strlen(all->text);
    snprintf(all->text + len, all->size - len, "%s%s", len ? "; " : "", text);
}

const char *liar_outcome_name(const struct liar_outcome *o)
{
    return o->err == ESP_OK ? "installed" : esp_err_to_name(o->err);
}

static void check_wire(const struct liar_case *c, const struct liar_files *files,
                       const struct liar_outcome *o, struct complaints *all)
{
    char text[120];
    uint64_t most = c->wire ? liar_sum(files, c->wire) : UINT64_MAX;
    if (o->body_bytes > most) {
        snprintf(text, sizeof text, "%llu bytes on the wire, more than %llu",
                 (unsigned long long)o->body_bytes, (unsigned long long)most);
        complain(all, text);
    }
}

static void check_result(const struct liar_case *c, const struct liar_outcome *o,
                         struct complaints *all)
{
    const char *name = liar_outcome_name(o);
    char text[160];
    if (o->is_endless) {
        complain(all, "it never ended");
    } else if (!liar_expects(c, name)) {
        snprintf(text, sizeof text, "%s (0x%x), not %s", name, (unsigned)o->err, c->expected);
        complain(all, text);
    }
    if (o->took_ms > c->within_s * 1000u) {
        snprintf(text, sizeof text, "took %u ms, more than %u s", (unsigned)o->took_ms,
                 c->within_s);
        complain(all, text);
    }
    if (c->most && o->connects > c->most) {
        snprintf(text, sizeof text, "%u connections, more than %u", o->connects, c->most);
        complain(all, text);
    }
}

static void check_flash(const struct liar_case *c, const struct liar_outcome *o,
                        struct complaints *all)
{
    bool installed = o->err == ESP_OK;
    if (o->is_selected != installed) {
        complain(all, installed ? "the new slot was not selected" : "the slot was selected");
    }
    if (installed && !o->holds_image) {
        complain(all, "the slot does not hold the image");
    }
    if (!o->kept_others) {
        complain(all, "flash outside the slot has changed");
    }
    if (o->broke_flash) {
        complain(all, "flash was used as no chip forgives");
    }
    if (c->erases_none && o->n_erases + o->n_programs > 0) {
        complain(all, "flash was erased for what was known before");
    }
}

static void check_requests(const struct liar_case *c, const struct liar_outcome *o,
                           struct complaints *all)
{
    char text[200];
    for (unsigned i = 0; i < c->n_seen; i++) {
        if (!strstr(o->requests, c->seen[i])) {
            snprintf(text, sizeof text, "no request says '%s'", c->seen[i]);
            complain(all, text);
        }
    }
    for (unsigned i = 0; i < c->n_unseen; i++) {
        if (strstr(o->requests, c->unseen[i])) {
            snprintf(text, sizeof text, "a request says '%s'", c->unseen[i]);
            complain(all, text);
        }
    }
    if (o->still_open) {
        complain(all, "a connection was left open");
    }
}

void liar_judge(const struct liar_case *c, const struct liar_files *files,
                const struct liar_outcome *o, char *why, size_t size)
{
    struct complaints all = {why, size};
    why[0] = '\0';
    check_result(c, o, &all);
    check_flash(c, o, &all);
    check_requests(c, o, &all);
    check_wire(c, files, o, &all);
}

void liar_show(const struct liar_case *c, const struct liar_outcome *o)
{
    printf("%s: %s, %u ms, %u connections, %u erases, %llu bytes\n%s\n%s\n", c->name,
           liar_outcome_name(o), (unsigned)o->took_ms, o->connects, (unsigned)o->n_erases,
           (unsigned long long)o->body_bytes, o->requests, fake_log_text());
}
