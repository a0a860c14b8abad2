/* SPDX-License-Identifier: Apache-2.0 */
/* The command lines of flash, read-flash and erase-flash. */
#ifndef TOOLS_FLASH_ARGS_H
#define TOOLS_FLASH_ARGS_H

#include "flash_plan.h"
#include "flash_session.h"
#include "opts.h"

#define FLASH_MAX_WORDS (2 * FLASH_MAX_FILES + 1)

enum flash_verb { VERB_FLASH = 1, VERB_READ = 2, VERB_ERASE = 4 };

struct flash_args {
    struct flash_options options;
    const char *region; /* NULL: not given */
    const char *word[FLASH_MAX_WORDS];
    int n_words;
};

/* Reads the line of a verb. Returns OPTS_GO_ON, else the exit code, as opts_read does. */
int flash_args_parse(struct flash_args *args, enum flash_verb verb, const char *usage, int argc,
                     char **argv);

#endif
