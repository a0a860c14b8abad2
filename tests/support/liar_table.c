/* SPDX-License-Identifier: Apache-2.0 */
/* The table as a file, and questions to its cases. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "liar.h"

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

void liar_table_read(struct liar_table *table, const char *path, const struct liar_files *files)
{
    char err[256];
    char *text = read_text(path);
    if (!liar_parse(table, text, files, err, sizeof err)) {
        fprintf(stderr, "error: %s, %s\n", path, err);
        exit(1);
    }
    free(text);
}

bool liar_expects(const struct liar_case *c, const char *outcome)
{
    size_t len = strlen(outcome);
    for (const char *at = c->expected; len > 0 && (at = strstr(at, outcome)) != NULL; at += len) {
        bool begins = at == c->expected || at[-1] == ' ';
        if (begins && (at[len] == '\0' || at[len] == ' ')) {
            return true;
        }
    }
    return false;
}

bool liar_is_named(const struct liar_case *c, char **names, int n)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(c->name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_silent(const struct liar_script *script)
{
    for (unsigned i = 0; i < script->n; i++) {
        const struct liar_op *op = &script->op[i];
        bool stalls = (op->kind == LIAR_OP_END && op->count == LIAR_STALL) ||
                      (op->kind == LIAR_OP_CUT && op->text[0] == LIAR_STALL);
        if (stalls || op->kind == LIAR_OP_PACE || op->kind == LIAR_OP_PAUSE) {
            return true;
        }
    }
    return false;
}

bool liar_falls_silent(const struct liar_case *c)
{
    for (unsigned i = 0; i < c->n; i++) {
        if (is_silent(&c->script[i])) {
            return true;
        }
    }
    return false;
}
