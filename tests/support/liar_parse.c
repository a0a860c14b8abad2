/* SPDX-License-Identifier: Apache-2.0 */
/* The table's language: lines into statements. A case "for N A..B" is read once for each number,
 * with $N replaced in all its lines. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "liar.h"

#define LINE_MAX_LEN 8000u

struct parser {
    struct liar_table *table;
    const struct liar_files *files;
    unsigned line;
    char *err;
    size_t err_len;
};

static bool refuse(struct parser *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool refuse(struct parser *p, const char *format, ...)
{
    va_list args;
    int n = snprintf(p->err, p->err_len, "line %u: ", p->line);
    va_start(args, format);
    vsnprintf(p->err + n, p->err_len - (size_t)n, format, args);
    va_end(args);
    return false;
}

static void *grow(void *old, size_t size)
{
    void *p = realloc(old, size);
    if (!p) {
        abort();
    }
    return p;
}

static char *copy_of(const char *text)
{
    return strcpy(grow(NULL, strlen(text) + 1), text);
}

/* --- words --- */

/* Cuts the next word off *text; "" at the end. */
static char *word(char **text)
{
    char *start = *text + strspn(*text, " ");
    size_t len = strcspn(start, " ");
    *text = start + len;
    if (start[len]) {
        start[len] = '\0';
        *text += 1;
    }
    return start;
}

static bool number(struct parser *p, const char *text, uint32_t *out)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end || n > UINT32_MAX) {
        return refuse(p, "expected a number, not '%s'", text);
    }
    *out = (uint32_t)n;
    return true;
}

/* "..." with \r \n \t \0 \\ \" \xHH, in place. *text is left behind it. */
static bool quoted(struct parser *p, char **text, char **out, size_t *len)
{
    char *in = *text + strspn(*text, " ");
    char *to = in;
    if (*in++ != '"') {
        return refuse(p, "expected a text in quotes");
    }
    for (*out = to; *in != '"'; in++) {
        if (!*in) {
            return refuse(p, "the text has no end");
        }
        if (*in != '\\') {
            *to++ = *in;
            continue;
        }
        unsigned value;
        in++;
        switch (*in) {
        case 'r':
            *to++ = '\r';
            break;
        case 'n':
            *to++ = '\n';
            break;
        case 't':
            *to++ = '\t';
            break;
        case '0':
            *to++ = '\0';
            break;
        case 'x':
            if (sscanf(in + 1, "%2x", &value) != 1) {
                return refuse(p, "\\x wants two digits");
            }
            *to++ = (char)value;
            in += 2;
            break;
        default:
            *to++ = *in;
        }
    }
    *len = (size_t)(to - *out);
    *to = '\0';
    *text = in + 1;
    return true;
}

/* --- statements of a connection --- */

static void set_text(struct liar_op *op, const char *text, size_t len)
{
    op->text = grow(NULL, len + 1);
    memcpy(op->text, text, len);
    op->text[len] = '\0';
    op->text_len = len;
}

/* "> TEXT": the rest of the line and CRLF. */
static void header_line(struct liar_op *op, const char *text)
{
    char line[LINE_MAX_LEN];
    int len = snprintf(line, sizeof line, "%s\r\n", text);
    op->kind = LIAR_OP_SEND;
    op->count = 1;
    set_text(op, line, (size_t)len);
}

static bool send_text(struct parser *p, struct liar_op *op, char *rest)
{
    char *text;
    size_t len;
    if (!quoted(p, &rest, &text, &len)) {
        return false;
    }
    op->kind = LIAR_OP_SEND;
    op->count = 1;
    set_text(op, text, len);
    return word(&rest)[0] != '*' || number(p, word(&rest), &op->count);
}

/* "[FILE] [A..B]" */
static bool file_range(struct parser *p, struct liar_op *op, char *rest)
{
    char *w = word(&rest);
    char *dots = strstr(w, "..");
    op->file = liar_find_file(p->files, "image", 5);
    if (*w && !dots) {
        op->file = liar_find_file(p->files, w, strlen(w));
        if (!op->file) {
            return refuse(p, "there is no file '%s'", w);
        }
        w = word(&rest);
        dots = strstr(w, "..");
    }
    set_text(op, w, strlen(w));
    op->from = op->to = "";
    if (dots) {
        op->text[dots - w] = '\0';
        op->from = op->text;
        op->to = op->text + (dots - w) + 2;
    }
    return !*w || dots || refuse(p, "expected A..B, not '%s'", w);
}

static bool honest(struct parser *p, struct liar_op *op, char *rest)
{
    char *w = word(&rest);
    op->kind = LIAR_OP_HONEST;
    op->file = liar_find_file(p->files, *w ? w : "image", *w ? strlen(w) : 5);
    const char *tag = word(&rest);
    set_text(op, *tag ? tag : LIAR_HONEST_TAG, strlen(*tag ? tag : LIAR_HONEST_TAG));
    return op->file || refuse(p, "there is no file '%s'", w);
}

static bool end_word(struct parser *p, const char *how, uint32_t *out)
{
    static const char *const names[] = {"notify", "fin", "reset", "stall"};
    for (*out = 0; *out < 4; ++*out) {
        if (strcmp(how, names[*out]) == 0) {
            return true;
        }
    }
    return refuse(p, "expected notify, fin, reset or stall, not '%s'", how);
}

/* "cut N END" */
static bool cut(struct parser *p, struct liar_op *op, char *rest)
{
    uint32_t how;
    op->kind = LIAR_OP_CUT;
    if (!number(p, word(&rest), &op->count) || !end_word(p, word(&rest), &how)) {
        return false;
    }
    char kind = (char)how;
    set_text(op, &kind, 1);
    return true;
}

static bool statement(struct parser *p, struct liar_op *op, const char *verb, char *rest)
{
    if (strcmp(verb, "send") == 0) {
        return send_text(p, op, rest);
    }
    if (strcmp(verb, "body") == 0) {
        op->kind = LIAR_OP_BODY;
        return file_range(p, op, rest);
    }
    if (strcmp(verb, "chunks") == 0) {
        op->kind = LIAR_OP_CHUNKS;
        return number(p, word(&rest), &op->count) && op->count > 0 && file_range(p, op, rest);
    }
    if (strcmp(verb, "honest") == 0) {
        return honest(p, op, rest);
    }
    if (strcmp(verb, "cut") == 0) {
        return cut(p, op, rest);
    }
    if (strcmp(verb, "end") == 0) {
        op->kind = LIAR_OP_END;
        return end_word(p, word(&rest), &op->count);
    }
    op->kind = strcmp(verb, "slice") == 0   ? LIAR_OP_SLICE
               : strcmp(verb, "pace") == 0  ? LIAR_OP_PACE
               : strcmp(verb, "pause") == 0 ? LIAR_OP_PAUSE
                                            : LIAR_OP_SEND;
    if (op->kind == LIAR_OP_SEND) {
        return refuse(p, "no such statement: '%s'", verb);
    }
    return number(p, word(&rest), &op->count);
}

/* --- statements of a case --- */

static bool keep_check(struct parser *p, char **list, unsigned *n, char *rest)
{
    char *text;
    size_t len;
    if (*n == LIAR_CHECKS) {
        return refuse(p, "too many texts to look for");
    }
    if (!quoted(p, &rest, &text, &len)) {
        return false;
    }
    list[(*n)++] = copy_of(text);
    return true;
}

/* Takes a line about the case as a whole; *is_one says whether it was. */
static bool case_line(struct parser *p, struct liar_case *c, const char *verb, char *rest,
                      bool *is_one)
{
    uint32_t n = 0;
    *is_one = true;
    if (strcmp(verb, "expect") == 0) {
        free(c->expected);
        c->expected = copy_of(rest + strspn(rest, " "));
        return true;
    }
    if (strcmp(verb, "erases") == 0) {
        c->erases_none = true;
        return strcmp(word(&rest), "none") == 0 || refuse(p, "expected 'none' after 'erases'");
    }
    if (strcmp(verb, "on") == 0) {
        c->on_board = true;
        return strcmp(word(&rest), "board") == 0 || refuse(p, "expected 'board' after 'on'");
    }
    if (strcmp(verb, "within") == 0) {
        bool ok = number(p, word(&rest), &n);
        c->within_s = n;
        return ok;
    }
    if (strcmp(verb, "connects") == 0) {
        bool ok = number(p, word(&rest), &n);
        c->most = n;
        return ok;
    }
    if (strcmp(verb, "wire") == 0) {
        free(c->wire);
        c->wire = copy_of(word(&rest));
        return true;
    }
    if (strcmp(verb, "user") == 0) {
        free(c->user);
        free(c->password);
        c->user = copy_of(word(&rest));
        c->password = copy_of(word(&rest));
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
static bool connection_line(struct parser *p, struct liar_case *c, const char *verb, bool *is_one)
{
    *is_one = true;
    if (strcmp(verb, "connection") == 0) {
        if (c->n == LIAR_SCRIPTS) {
            return refuse(p, "more than %u connections", LIAR_SCRIPTS);
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

static bool line_of_case(struct parser *p, struct liar_case *c, char *line)
{
    char *rest = line + strspn(line, " ");
    bool is_one;
    struct liar_script *script = &c->script[c->n - 1];
    if (*rest != '>') {
        char *verb = word(&rest);
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
            return refuse(p, "more than %u statements", LIAR_OPS);
        }
        return statement(p, &script->op[script->n++], verb, rest);
    }
    if (script->n == LIAR_OPS) {
        return refuse(p, "more than %u statements", LIAR_OPS);
    }
    header_line(&script->op[script->n++], rest[1] == ' ' ? rest + 2 : rest + 1);
    return true;
}

/* --- cases --- */

/* Copies line[len] with each $N replaced. */
static bool fill_in(struct parser *p, const char *line, size_t len, const char *value, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        bool is_n = value && line[i] == '$' && i + 1 < len && line[i + 1] == 'N';
        const char *from = is_n ? value : &line[i];
        size_t add = is_n ? strlen(value) : 1;
        i += is_n;
        if (n + add >= LINE_MAX_LEN) {
            return refuse(p, "the line is too long");
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
static bool one_case(struct parser *p, const char *text, const char *value)
{
    static char line[LINE_MAX_LEN];
    unsigned first_line = p->line;
    struct liar_table *t = p->table;
    t->cases = grow(t->cases, (t->n + 1) * sizeof *t->cases);
    struct liar_case *c = &t->cases[t->n++];
    memset(c, 0, sizeof *c);
    c->n = 1;
    c->line = p->line;
    c->within_s = LIAR_WITHIN_S;
    if (!fill_in(p, text, line_len(text), value, line)) {
        return false;
    }
    char *rest = line + 5;
    snprintf(c->name, sizeof c->name, "%s", word(&rest));
    for (text = next_line(text), p->line++; *text && !begins_case(text);
         text = next_line(text), p->line++) {
        if (!is_blank(text) &&
            (!fill_in(p, text, line_len(text), value, line) || !line_of_case(p, c, line))) {
            return false;
        }
    }
    p->line = first_line;
    return c->expected || refuse(p, "case '%s' expects nothing", c->name);
}

static bool for_numbers(struct parser *p, const char *text, const char *range)
{
    unsigned from, to;
    char value[16];
    if (sscanf(range, "%u..%u", &from, &to) != 2 || from > to) {
        return refuse(p, "expected A..B after 'for N'");
    }
    for (unsigned n = from; n <= to; n++) {
        snprintf(value, sizeof value, "%u", n);
        if (!one_case(p, text, value)) {
            return false;
        }
    }
    return true;
}

static bool for_words(struct parser *p, const char *text, char *words)
{
    for (char *value = word(&words); *value; value = word(&words)) {
        if (!one_case(p, text, value)) {
            return false;
        }
    }
    return true;
}

/* "case NAME", "case NAME for N A..B" or "case NAME for N in WORD..." */
static bool case_block(struct parser *p, const char *text)
{
    char head[512];
    char *rest = head;
    snprintf(head, sizeof head, "%.*s", (int)line_len(text), text);
    word(&rest);
    if (*word(&rest) == '\0') {
        return refuse(p, "a case needs a name");
    }
    if (strcmp(word(&rest), "for") != 0) {
        return one_case(p, text, NULL);
    }
    if (strcmp(word(&rest), "N") != 0) {
        return refuse(p, "expected N after 'for'");
    }
    if (strncmp(rest, "in ", 3) == 0) {
        return for_words(p, text, rest + 3);
    }
    return for_numbers(p, text, rest);
}

bool liar_parse(struct liar_table *table, const char *text, const struct liar_files *files,
                char *err, size_t err_len)
{
    struct parser p = {.table = table, .files = files, .line = 1, .err = err, .err_len = err_len};
    memset(table, 0, sizeof *table);
    for (; *text; text = next_line(text), p.line++) {
        if (begins_case(text) ? !case_block(&p, text)
                              : *text != ' ' && !is_blank(text) && !refuse(&p, "expected a case")) {
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
