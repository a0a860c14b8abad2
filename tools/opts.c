/* SPDX-License-Identifier: Apache-2.0 */
/* See opts.h. */
#include "opts.h"

#include <stdio.h>
#include <string.h>

#include "io.h"

void opts_print_help(const struct opts *opts)
{
    printf("usage: airslot %s\n", opts->usage);
    for (int i = 0; i < opts->n_options; i++) {
        const struct opt *o = &opts->table[i];
        char left[64];
        snprintf(left, sizeof(left), "%s %s", o->name, o->arg != NULL ? o->arg : "");
        printf("  %-30s %s\n", left, o->help);
    }
}

static int find(const struct opts *opts, const char *name, size_t len)
{
    for (int i = 0; i < opts->n_options; i++) {
        const char *known = opts->table[i].name;
        if (strlen(known) == len && memcmp(known, name, len) == 0) {
            return i;
        }
    }
    return OPTS_ERROR;
}

static int unknown(const struct opts *opts, const char *word)
{
    io_error("unknown option '%s' of '%s'", word, opts->argv[0]);
    io_hint("airslot %s --help lists the options", opts->argv[0]);
    return OPTS_ERROR;
}

/* *value holds the text behind '=', or NULL. */
static int take_argument(struct opts *opts, int index, const char **value)
{
    const struct opt *o = &opts->table[index];
    if (o->arg == NULL) {
        if (*value != NULL) {
            io_error("option %s takes no value", o->name);
            return OPTS_ERROR;
        }
        return index;
    }
    if (*value == NULL && opts->at + 1 < opts->argc) {
        *value = opts->argv[++opts->at];
    }
    if (*value == NULL) {
        io_error("option %s needs %s", o->name, o->arg);
        return OPTS_ERROR;
    }
    return index;
}

int opts_next(struct opts *opts, const char **value)
{
    *value = NULL;
    if (++opts->at >= opts->argc) {
        return OPTS_END;
    }
    const char *word = opts->argv[opts->at];
    if (!opts->only_words && strcmp(word, "--") == 0) {
        opts->only_words = 1;
        return opts_next(opts, value);
    }
    if (opts->only_words || word[0] != '-' || word[1] == '\0') {
        *value = word;
        return OPTS_WORD;
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        opts_print_help(opts);
        return OPTS_HELP;
    }
    const char *equals = strchr(word, '=');
    size_t len = equals != NULL ? (size_t)(equals - word) : strlen(word);
    int index = find(opts, word, len);
    if (index < 0) {
        return unknown(opts, word);
    }
    *value = equals != NULL ? equals + 1 : NULL;
    return take_argument(opts, index, value);
}
