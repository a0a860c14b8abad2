/* SPDX-License-Identifier: Apache-2.0 */
/* What an update came to, held to what its case says. */
#ifndef TESTS_LIAR_JUDGE_H
#define TESTS_LIAR_JUDGE_H

#include "liar_device.h"

/* Writes all that differs to why[size], "" when nothing does. */
void liar_judge(const struct liar_case *c, const struct liar_files *files,
                const struct liar_outcome *o, char *why, size_t size);

/* "installed", or the error's name. */
const char *liar_outcome_name(const struct liar_outcome *o);
/* Prints what came of a case, the requests and the device's log. */
void liar_show(const struct liar_case *c, const struct liar_outcome *o);

#endif
