/* SPDX-License-Identifier: Apache-2.0 */
/* See opts.h. */
#include "opts.h"

#include <stdio.h>
#include <string.h>

#include "io.h"

#define UNKNOWN (-1)

struct line {
    int argc;
    char **argv;
    int at; /* of the word that is read */
};

static void print_help(const struct opts *opts)
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
    return UNKNOWN;
}

/* *value holds the text behind '=', or NULL. */
static bool find_value(const struct opt *o, struct line *line, const char **value)
{
    if (o->arg == NULL) {
        if (*value != NULL) {
            io_error("option %s takes no value", o->name);
        }
        return *value == NULL;
    }
    if (*value == NULL && line->at + 1 < line->argc) {
        *value = line->argv[++line->at];
    }
    if (*value == NULL) {
        io_error("option %s needs %s", o->name, o->arg);
    }
    return *value != NULL;
}

static bool take_option(struct opts *opts, struct line *line)
{
    const char *word = line->argv[line->at];
    const char *equals = strchr(word, '=');
    const char *value = equals != NULL ? equals + 1 : NULL;
    int index = find(opts, word, equals != NULL ? (size_t)(equals - word) : strlen(word));

    int letter = word[1] != '-' && word[2] != '\0' ? find(opts, word, 2) : UNKNOWN;
    if (index == UNKNOWN && letter != UNKNOWN && opts->table[letter].arg != NULL) {
        index = letter;
        value = word + 2;
    }
    if (index == UNKNOWN) {
        io_error("unknown option '%s' of '%s'", word, line->argv[0]);
        io_hint("airslot %s --help lists the options", line->argv[0]);
        return false;
    }
    return find_value(&opts->table[index], line, &value) && opts->take(opts->ctx, index, value);
}

static bool take_word(struct opts *opts, const char *word)
{
    if (opts->n_words == opts->max_words) {
        io_error(opts->max_words == 0 ? "unexpected '%s'" : "one operand too many: '%s'", word);
        return false;
    }
    opts->word[opts->n_words++] = word;
    return true;
}

static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0';
}

int opts_read(struct opts *opts, int argc, char **argv)
{
    struct line line = {argc, argv, 0};
    bool only_words = false;

    opts->n_words = 0;
    while (++line.at < argc) {
        const char *word = argv[line.at];
        if (!only_words && strcmp(word, "--") == 0) {
            only_words = true;
        } else if (only_words || !is_option(word)) {
            if (!take_word(opts, word)) {
                return EXIT_HOST;
            }
        } else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            print_help(opts);
            return EXIT_DONE;
        } else if (!take_option(opts, &line)) {
            return EXIT_HOST;
        }
    }
    return OPTS_GO_ON;
}
