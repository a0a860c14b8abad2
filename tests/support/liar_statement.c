/* SPDX-License-Identifier: Apache-2.0 */
/* What a connection is sent: one line of the table into one statement. */
#include <stdio.h>
#include <string.h>

#include "liar_words.h"

static void set_text(struct liar_op *op, const char *text, size_t len)
{
    op->text = liar_grow(NULL, len + 1);
    memcpy(op->text, text, len);
    op->text[len] = '\0';
    op->text_len = len;
}

void liar_header_line(struct liar_op *op, const char *text)
{
    char line[LIAR_LINE_MAX];
    int len = snprintf(line, sizeof line, "%s\r\n", text);
    op->kind = LIAR_OP_SEND;
    op->count = 1;
    set_text(op, line, (size_t)len);
}

static bool send_text(struct liar_parser *p, struct liar_op *op, char *rest)
{
    char *text;
    size_t len;
    if (!liar_quoted(p, &rest, &text, &len)) {
        return false;
    }
    op->kind = LIAR_OP_SEND;
    op->count = 1;
    set_text(op, text, len);
    return liar_word(&rest)[0] != '*' || liar_number(p, liar_word(&rest), &op->count);
}

/* "[FILE] [A..B]" */
static bool file_range(struct liar_parser *p, struct liar_op *op, char *rest)
{
    char *w = liar_word(&rest);
    char *dots = strstr(w, "..");
    op->file = liar_find_file(p->files, "image", 5);
    if (*w && !dots) {
        op->file = liar_find_file(p->files, w, strlen(w));
        if (!op->file) {
            return liar_refuse(p, "there is no file '%s'", w);
        }
        w = liar_word(&rest);
        dots = strstr(w, "..");
    }
    set_text(op, w, strlen(w));
    op->from = op->to = "";
    if (dots) {
        op->text[dots - w] = '\0';
        op->from = op->text;
        op->to = op->text + (dots - w) + 2;
    }
    return !*w || dots || liar_refuse(p, "expected A..B, not '%s'", w);
}

static bool honest(struct liar_parser *p, struct liar_op *op, char *rest)
{
    char *w = liar_word(&rest);
    op->kind = LIAR_OP_HONEST;
    op->file = liar_find_file(p->files, *w ? w : "image", *w ? strlen(w) : 5);
    const char *tag = liar_word(&rest);
    set_text(op, *tag ? tag : LIAR_HONEST_TAG, strlen(*tag ? tag : LIAR_HONEST_TAG));
    return op->file || liar_refuse(p, "there is no file '%s'", w);
}

static bool end_word(struct liar_parser *p, const char *how, uint32_t *out)
{
    static const char *const names[] = {"notify", "fin", "reset", "stall"};
    for (*out = 0; *out < 4; ++*out) {
        if (strcmp(how, names[*out]) == 0) {
            return true;
        }
    }
    return liar_refuse(p, "expected notify, fin, reset or stall, not '%s'", how);
}

/* "cut N END" */
static bool cut(struct liar_parser *p, struct liar_op *op, char *rest)
{
    uint32_t how;
    op->kind = LIAR_OP_CUT;
    if (!liar_number(p, liar_word(&rest), &op->count) || !end_word(p, liar_word(&rest), &how)) {
        return false;
    }
    char kind = (char)how;
    set_text(op, &kind, 1);
    return true;
}

bool liar_statement(struct liar_parser *p, struct liar_op *op, const char *verb, char *rest)
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
        return liar_number(p, liar_word(&rest), &op->count) && op->count > 0 &&
               file_range(p, op, rest);
    }
    if (strcmp(verb, "honest") == 0) {
        return honest(p, op, rest);
    }
    if (strcmp(verb, "cut") == 0) {
        return cut(p, op, rest);
    }
    if (strcmp(verb, "end") == 0) {
        op->kind = LIAR_OP_END;
        return end_word(p, liar_word(&rest), &op->count);
    }
    op->kind = strcmp(verb, "slice") == 0   ? LIAR_OP_SLICE
               : strcmp(verb, "pace") == 0  ? LIAR_OP_PACE
               : strcmp(verb, "pause") == 0 ? LIAR_OP_PAUSE
                                            : LIAR_OP_SEND;
    if (op->kind == LIAR_OP_SEND) {
        return liar_refuse(p, "no such statement: '%s'", verb);
    }
    return liar_number(p, liar_word(&rest), &op->count);
}
