/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines of verbs: options are a table, one loop reads the line, help writes itself.
 * Accepts `--name value`, `--name=value`, `-n value` and `-nvalue`; `--` ends options. */
#ifndef TOOLS_OPTS_H
#define TOOLS_OPTS_H

#include <stdbool.h>

struct opt {
    const char *name; /* "--flash" */
    const char *arg;  /* what follows it, "FILE"; NULL: nothing */
    const char *help; /* one line */
};

struct opts {
    const char *usage; /* "board --flash FILE [options]", without the command's name */
    const struct opt *table;
    int n_options;
    /* Keeps what an option says: its index in the table, and its argument, NULL when it takes none.
     * Returns false, with the error printed, for an argument that is not good. */
    bool (*take)(void *ctx, int option, const char *value);
    void *ctx;
    const char **word; /* word[max_words]: where operands go; NULL when a verb has none */
    int max_words;
    int n_words; /* set by opts_read */
};

#define OPTS_GO_ON (-1)

/* Reads the line of a verb, argv[0], from left to right. Returns OPTS_GO_ON when all of it was
 * taken, else the verb's exit code: EXIT_DONE when --help was asked for and printed on stdout,
 * EXIT_HOST after the first error, printed. */
int opts_read(struct opts *opts, int argc, char **argv);

#endif
