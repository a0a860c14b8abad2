/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the table's parser: lines into words, words into the statements of a connection. */
#ifndef TESTS_LIAR_WORDS_H
#define TESTS_LIAR_WORDS_H

#include "liar.h"

#define LIAR_LINE_MAX 8000u

struct liar_parser {
    struct liar_table *table;
    const struct liar_files *files;
    unsigned line; /* the present one, counted from 1 */
    char *err;     /* err[err_len]: what is wrong with it */
    size_t err_len;
};

/* Says what is wrong with the present line. Returns false, for its caller to return. */
bool liar_refuse(struct liar_parser *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* realloc() that aborts when memory is out. */
void *liar_grow(void *old, size_t size);
/* The caller frees it. */
char *liar_copy_of(const char *text);

/* Cuts the next word off *text; "" at the end. */
char *liar_word(char **text);
/* Errors: false and a refusal when text is no number of 32 bits. */
bool liar_number(struct liar_parser *p, const char *text, uint32_t *out);
/* "..." with \r \n \t \0 \\ \" \xHH, in place; *text is left behind it. *out may hold NUL.
 * Errors: false and a refusal when there is none. */
bool liar_quoted(struct liar_parser *p, char **text, char **out, size_t *len);

/* Reads a connection's statement: its first word is verb, rest follows it. op is all zero; its text
 * is the caller's to free, also on errors. Errors: false and a refusal. */
bool liar_statement(struct liar_parser *p, struct liar_op *op, const char *verb, char *rest);
/* "> TEXT": text and CRLF. */
void liar_header_line(struct liar_op *op, const char *text);

#endif
