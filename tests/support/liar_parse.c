/* SPDX-License-Identifier: Apache-2.0 */
/* The table's language: lines into cases. A case "for N A..B" is read once for each number, with $N
 * replaced in all its lines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "liar_words.h"

/* --- statements of a case --- */

static bool keep_check(struct liar_parser *p, char **list, unsigned *n, char *rest)
{
    char *text;
    size_t len;
    if (*n == LIAR_CHECKS) {
        return liar_refuse(p, "too many texts to look for");
    }
    if (!liar_quoted(p, &rest, &text, &len)) {
        return false;
    }
    list[(*n)++] = liar_copy_of(text);
    return true;
}

/* Takes a line about the case as a whole; *is_one says whether it was. */
static bool case_line(struct liar_parser *p, struct liar_case *c, const char *verb, char *rest,
                      bool *is_one)
{
    uint32_t n = 0;
    *is_one = true;
    if (strcmp(verb, "expect") == 0) {
        free(c->expected);
        c->expected = liar_copy_of(rest + strspn(rest, " "));
        return true;
    }
    if (strcmp(verb, "erases") == 0) {
        c->erases_none = true;
        return strcmp(liar_word(&rest), "none") == 0 ||
               liar_refuse(p, "expected 'none' after 'erases'");
    }
    if (strcmp(verb, "on") == 0) {
        c->on_board = true;
        return strcmp(liar_word(&rest), "board") == 0 ||
               liar_refuse(p, "expected 'board' after 'on'");
    }
    if (strcmp(verb, "slow") == 0) {
        c->is_slow = true;
        return true;
    }
    if (strcmp(verb, "within") == 0) {
        bool ok = liar_number(p, liar_word(&rest), &n);
        c->within_s = n;
        return ok;
    }
    if (strcmp(verb, "connects") == 0) {
        bool ok = liar_number(p, liar_word(&rest), &n);
        c->most = n;
        return ok;
    }
    if (strcmp(verb, "wire") == 0) {
        free(c->wire);
        c->wire = liar_copy_of(liar_word(&rest));
        return true;
    }
    if (strcmp(verb, "user") == 0) {
        free(c->user);
        free(c->password);
        c->user = liar_copy_of(liar_word(&rest));
        c->password = liar_copy_of(liar_word(&rest));
        return true;
    }
    if (strcmp(verb, "sees") == 0) {
        return keep_check(p, c->seen, &c->n_seen, rest);
    }
    if (strcmp(verb, "sees-not") == 0) {
        return keep_check(p, c->unseen, &c->n_unseen, rest);
    }
    *is_one = false;
    return true;
}

/* Takes a line that begins or describes a connection; *is_one says whether it was. */
static bool connection_line(struct liar_parser *p, struct liar_case *c, const char *verb,
                            bool *is_one)
{
    *is_one = true;
    if (strcmp(verb, "connection") == 0) {
        if (c->n == LIAR_SCRIPTS) {
            return liar_refuse(p, "more than %u connections", LIAR_SCRIPTS);
        }
        c->n++;
    } else if (strcmp(verb, "refuse") == 0) {
        c->script[c->n - 1].is_refused = true;
    } else if (strcmp(verb, "early") == 0) {
        c->script[c->n - 1].is_early = true;
    } else {
        *is_one = false;
    }
    return true;
}

static bool line_of_case(struct liar_parser *p, struct liar_case *c, char *line)
{
    char *rest = line + strspn(line, " ");
    bool is_one;
    struct liar_script *script = &c->script[c->n - 1];
    if (*rest != '>') {
        char *verb = liar_word(&rest);
        if (!case_line(p, c, verb, rest, &is_one)) {
            return false;
        }
        if (!is_one && !connection_line(p, c, verb, &is_one)) {
            return false;
        }
        if (is_one) {
            return true;
        }
        if (script->n == LIAR_OPS) {
            return liar_refuse(p, "more than %u statements", LIAR_OPS);
        }
        return liar_statement(p, &script->op[script->n++], verb, rest);
    }
    if (script->n == LIAR_OPS) {
        return liar_refuse(p, "more than %u statements", LIAR_OPS);
    }
    liar_header_line(&script->op[script->n++], rest[1] == ' ' ? rest + 2 : rest + 1);
    return true;
}

/* --- cases --- */

/* Copies line[len] with each $N replaced. */
static bool fill_in(struct liar_parser *p, const char *line, size_t len, const char *value,
                    char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        bool is_n = value && line[i] == '$' && i + 1 < len && line[i + 1] == 'N';
        const char *from = is_n ? value : &line[i];
        size_t add = is_n ? strlen(value) : 1;
        i += is_n;
        if (n + add >= LIAR_LINE_MAX) {
            return liar_refuse(p, "the line is too long");
        }
        memcpy(out + n, from, add);
        n += add;
    }
    out[n] = '\0';
    return true;
}

static size_t line_len(const char *text)
{
    return strcspn(text, "\n");
}

static const char *next_line(const char *text)
{
    text += line_len(text);
    return *text ? text + 1 : text;
}

static bool is_blank(const char *line)
{
    line += strspn(line, " ");
    return *line == '\n' || *line == '#' || *line == '\0';
}

static bool begins_case(const char *line)
{
    return strncmp(line, "case ", 5) == 0;
}

/* Reads one case whose lines begin at text, with value for $N. */
static bool one_case(struct liar_parser *p, const char *text, const char *value)
{
    static char line[LIAR_LINE_MAX];
    unsigned first_line = p->line;
    struct liar_table *t = p->table;
    if ((t->n & (t->n - 1)) == 0) { /* room for the next power of two */
        t->cases = liar_grow(t->cases, (t->n > 0 ? t->n * 2 : 1) * sizeof *t->cases);
    }
    struct liar_case *c = &t->cases[t->n++];
    memset(c, 0, sizeof *c);
    c->n = 1;
    c->line = p->line;
    c->within_s = LIAR_WITHIN_S;
    if (!fill_in(p, text, line_len(text), value, line)) {
        return false;
    }
    char *rest = line + 5;
    snprintf(c->name, sizeof c->name, "%s", liar_word(&rest));
    for (text = next_line(text), p->line++; *text && !begins_case(text);
         text = next_line(text), p->line++) {
        if (!is_blank(text) &&
            (!fill_in(p, text, line_len(text), value, line) || !line_of_case(p, c, line))) {
            return false;
        }
    }
    p->line = first_line;
    return c->expected || liar_refuse(p, "case '%s' expects nothing", c->name);
}

static bool for_numbers(struct liar_parser *p, const char *text, const char *range)
{
    unsigned from, to;
    char value[16];
    if (sscanf(range, "%u..%u", &from, &to) != 2 || from > to) {
        return liar_refuse(p, "expected A..B after 'for N'");
    }
    for (unsigned n = from; n <= to; n++) {
        snprintf(value, sizeof value, "%u", n);
        if (!one_case(p, text, value)) {
            return false;
        }
    }
    return true;
}

static bool for_words(struct liar_parser *p, const char *text, char *words)
{
    for (char *value = liar_word(&words); *value; value = liar_word(&words)) {
        if (!one_case(p, text, value)) {
            return false;
        }
    }
    return true;
}

/* "case NAME", "case NAME for N A..B" or "case NAME for N in WORD..." */
static bool case_block(struct liar_parser *p, const char *text)
{
    char head[512];
    char *rest = head;
    snprintf(head, sizeof head, "%.*s", (int)line_len(text), text);
    liar_word(&rest);
    if (*liar_word(&rest) == '\0') {
        return liar_refuse(p, "a case needs a name");
    }
    if (strcmp(liar_word(&rest), "for") != 0) {
        return one_case(p, text, NULL);
    }
    if (strcmp(liar_word(&rest), "N") != 0) {
        return liar_refuse(p, "expected N after 'for'");
    }
    if (strncmp(rest, "in ", 3) == 0) {
        return for_words(p, text, rest + 3);
    }
    return for_numbers(p, text, rest);
}

bool liar_parse(struct liar_table *table, const char *text, const struct liar_files *files,
                char *err, size_t err_len)
{
    struct liar_parser p = {
        .table = table, .files = files, .line = 1, .err = err, .err_len = err_len};
    memset(table, 0, sizeof *table);
    for (; *text; text = next_line(text), p.line++) {
        if (begins_case(text)
                ? !case_block(&p, text)
                : *text != ' ' && !is_blank(text) && !liar_refuse(&p, "expected a case")) {
            liar_table_free(table);
            return false;
        }
    }
    return true;
}

static void free_case(struct liar_case *c)
{
    for (unsigned i = 0; i < c->n; i++) {
        for (unsigned k = 0; k < c->script[i].n; k++) {
            free(c->script[i].op[k].text);
        }
    }
    for (unsigned i = 0; i < LIAR_CHECKS; i++) {
        free(c->seen[i]);
        free(c->unseen[i]);
    }
    free(c->expected);
    free(c->wire);
    free(c->user);
    free(c->password);
}

void liar_table_free(struct liar_table *table)
{
    for (unsigned i = 0; i < table->n; i++) {
        free_case(&table->cases[i]);
    }
    free(table->cases);
    memset(table, 0, sizeof *table);
}
