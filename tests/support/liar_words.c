/* SPDX-License-Identifier: Apache-2.0 */
/* See liar_words.h. */
#include "liar_words.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool liar_refuse(struct liar_parser *p, const char *format, ...)
{
    va_list args;
    int n = snprintf(p->err, p->err_len, "line %u: ", p->line);
    va_start(args, format);
    vsnprintf(p->err + n, p->err_len - (size_t)n, format, args);
    va_end(args);
    return false;
}

void *liar_grow(void *old, size_t size)
{
    void *p = realloc(old, size);
    if (!p) {
        abort();
    }
    return p;
}

char *liar_copy_of(const char *text)
{
    return strcpy(liar_grow(NULL, strlen(text) + 1), text);
}

char *liar_word(char **text)
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

bool liar_number(struct liar_parser *p, const char *text, uint32_t *out)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end || n > UINT32_MAX) {
        return liar_refuse(p, "expected a number, not '%s'", text);
    }
    *out = (uint32_t)n;
    return true;
}

/* The character behind a backslash; *in is left on its last letter. */
static bool escaped(struct liar_parser *p, char **in, char *out)
{
    static const char letters[] = "rnt0";
    static const char meant[] = "\r\n\t";
    const char *known = **in ? strchr(letters, **in) : NULL;
    unsigned value;
    if (known) {
        *out = meant[known - letters];
        return true;
    }
    if (**in != 'x') {
        *out = **in;
        return **in || liar_refuse(p, "the text has no end");
    }
    if (sscanf(*in + 1, "%2x", &value) != 1) {
        return liar_refuse(p, "\\x wants two digits");
    }
    *out = (char)value;
    *in += 2;
    return true;
}

bool liar_quoted(struct liar_parser *p, char **text, char **out, size_t *len)
{
    char *in = *text + strspn(*text, " ");
    char *to = in;
    if (*in++ != '"') {
        return liar_refuse(p, "expected a text in quotes");
    }
    for (*out = to; *in != '"'; in++, to++) {
        if (!*in) {
            return liar_refuse(p, "the text has no end");
        }
        *to = *in;
        if (*in == '\\') {
            in++;
            if (!escaped(p, &in, to)) {
                return false;
            }
        }
    }
    *len = (size_t)(to - *out);
    *to = '\0';
    *text = in + 1;
    return true;
}
