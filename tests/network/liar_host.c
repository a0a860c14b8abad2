/* SPDX-License-Identifier: Apache-2.0 */
/* Plays every case of the table against the firmware's own update code on the host and holds what
 * came of it to what the table says. Usage: liar_host [TABLE [CASE...]]; a failure names the case,
 * its line and what differs, and `liar_host TABLE CASE` plays it again with the device's log. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_device.h"
#include "liar_device.h"
#include "make_image.h"

#define TABLE     "tests/network/liar.cases"
#define IMAGE_MAX 65536u

static uint8_t image[IMAGE_MAX];

static char *read_text(const char *path)
{
    FILE *f = fopen(path, "rb");
    long len = f && fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    char *text = len >= 0 ? calloc(1, (size_t)len + 1) : NULL;
    bool ok = text && fseek(f, 0, SEEK_SET) == 0 && fread(text, 1, (size_t)len, f) == (size_t)len;
    if (f) {
        fclose(f);
    }
    if (!ok) {
        fprintf(stderr, "error: cannot read '%s'\n", path);
        exit(1);
    }
    return text;
}

/* --- one case --- */

struct complaint {
    char text[400];
};

static void complain(struct complaint *all, const char *text)
{
    size_t len = strlen(all->text);
    snprintf(all->text + len, sizeof all->text - len, "%s%s", len ? "; " : "", text);
}

/* True when the word stands in "A or B or C". */
static bool is_among(const char *name, const char *expected)
{
    size_t len = strlen(name);
    for (const char *at = expected; (at = strstr(at, name)) != NULL; at += len) {
        bool begins = at == expected || at[-1] == ' ';
        if (begins && (at[len] == '\0' || at[len] == ' ')) {
            return true;
        }
    }
    return false;
}

static void check_wire(const struct liar_case *c, const struct liar_files *files,
                       const struct liar_outcome *o, struct complaint *all)
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
                         struct complaint *all)
{
    const char *name = o->err == ESP_OK ? "installed" : esp_err_to_name(o->err);
    char text[160];
    if (o->is_endless) {
        complain(all, "it never ended");
    } else if (!is_among(name, c->expected)) {
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
                        struct complaint *all)
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
                           struct complaint *all)
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

static bool play(const struct liar_case *c, const struct liar_files *files, bool talks)
{
    struct liar_outcome outcome;
    struct complaint all = {""};
    liar_device_update(c, &outcome);
    check_result(c, &outcome, &all);
    check_flash(c, &outcome, &all);
    check_requests(c, &outcome, &all);
    check_wire(c, files, &outcome, &all);
    if (all.text[0]) {
        printf("FAILED: %s (%s:%u): %s\n", c->name, TABLE, c->line, all.text);
    }
    if (talks) {
        printf("%s: %s, %u ms, %u connections, %u erases, %llu bytes\n%s\n%s\n", c->name,
               outcome.err ? esp_err_to_name(outcome.err) : "installed", (unsigned)outcome.took_ms,
               outcome.connects, (unsigned)outcome.n_erases, (unsigned long long)outcome.body_bytes,
               outcome.requests, fake_log_text());
    }
    return !all.text[0];
}

/* --- the table --- */

static bool is_wanted(const char *name, char **names, int n)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return n == 0;
}

int main(int argc, char **argv)
{
    struct liar_files files;
    struct liar_table table;
    char err[256];
    unsigned passed = 0, failed = 0;
    setvbuf(stdout, NULL, _IOLBF, 0); /* a leak ends the program before it would be flushed */
    char *text = read_text(argc > 1 ? argv[1] : TABLE);
    liar_files_make(&files, image, make_app(LIAR_SLOT_ADDR, 40000, 3000, image, sizeof image));
    if (!liar_parse(&table, text, &files, err, sizeof err)) {
        fprintf(stderr, "error: %s, %s\n", argc > 1 ? argv[1] : TABLE, err);
        return 1;
    }
    liar_device_start(&files);
    for (unsigned i = 0; i < table.n; i++) {
        if (is_wanted(table.cases[i].name, argv + 2, argc > 2 ? argc - 2 : 0)) {
            bool ok = play(&table.cases[i], &files, argc > 2);
            passed += ok;
            failed += !ok;
        }
    }
    liar_device_stop();
    liar_table_free(&table);
    liar_files_free(&files);
    free(text);
    printf("%u passed, %u failed\n", passed, failed);
    return failed > 0 || passed == 0;
}
