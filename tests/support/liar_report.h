/* SPDX-License-Identifier: Apache-2.0 */
/* What a case came to on the virtual board, held to what the table says. */
#ifndef TESTS_LIAR_REPORT_H
#define TESTS_LIAR_REPORT_H

#include "liar.h"
#include "net_lab.h"

/* Prints what differs, and with talks in any case what came of it and the console's end. Returns
 * true when all is as the table says. */
bool liar_report(const struct liar_case *c, const struct net_verdict *v, bool talks);

#endif
