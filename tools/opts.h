/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines of verbs: options are a table, values come one at a time, help writes itself.
 * Accepts `--name value` and `--name=value`; `--` ends options. */
#ifndef TOOLS_OPTS_H
#define TOOLS_OPTS_H

struct opt {
    const char *name; /* "--flash" */
    const char *arg;  /* what follows it, "FILE"; NULL: nothing */
    const char *help; /* one line */
};

struct opts {
    const char *usage; /* "board --flash FILE [options]", without the command's name */
    const struct opt *table;
    int n_options;
    int argc;
    char **argv; /* argv[0] is the verb */
    int at;      /* start at 0 */
    int only_words;
};

enum {
    OPTS_END = -1,
    OPTS_WORD = -2,  /* *value is a word that is no option */
    OPTS_ERROR = -3, /* already printed */
    OPTS_HELP = -4,  /* --help was asked for and printed on stdout */
};

/* The next option as its index in the table, with its argument in *value (NULL when it takes none),
 * or one of the numbers above. */
int opts_next(struct opts *opts, const char **value);
/* Prints usage and options on stdout. */
void opts_print_help(const struct opts *opts);

#endif
