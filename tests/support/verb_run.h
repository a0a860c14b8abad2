/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs of the command as a user calls them, in the test's own process: the exit code, and what
 * they print. */
#ifndef VERB_RUN_H
#define VERB_RUN_H

#include <stddef.h>

#define VERB_WORDS_MAX 40

/* What the last verb printed. */
extern char verb_out[65536], verb_err[65536];

/* Runs a verb with its words, ended by NULL; the first is its name. What it prints passes through
 * files in folder. Returns the verb's exit code. */
int verb_run(const char *folder, int (*verb)(int argc, char **argv), const char *const *words);
/* The same for a cmd_<verb>, in the folder that the test calls DIR. */
#define RUN(verb, ...) verb_run(DIR, cmd_##verb, (const char *const[]){#verb, __VA_ARGS__, NULL})

/* Fails the test unless words stand in the text. */
void verb_expect(const char *text, const char *words);
/* Fails the test unless one error line with these words was printed, and at most hints behind it.
 */
void verb_expect_error(const char *words);

/* Reads a file of less than max bytes and puts a NUL behind it; returns its length. */
size_t verb_slurp(const char *path, char *text, size_t max);

#endif
