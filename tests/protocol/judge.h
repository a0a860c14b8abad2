/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of every world and of every run. Each function returns NULL or what is broken. */
#ifndef PROTOCOL_JUDGE_H
#define PROTOCOL_JUDGE_H

#include "action.h"

/* Of every world: however weak bits read, the same choice stands. */
const char *judge_world(const struct setup *setup, const struct world *w);

/* Of a changed choice: before, what a run without fault made of it, and what this run left. */
const char *judge_change(const struct run *r, const struct view *before, const struct view *after);

/* SDK and ESP-IDF see the slot that governs; only of worlds in which they see every byte as it is.
 */
const char *judge_foreign_view(const struct setup *setup, const struct world *w);

/* From any world, without further faults: something good boots, a bad update goes away after
 * exactly its starts, a good one stays; a dead sector is refused by name. n_runs counts. */
const char *judge_recovery(const struct setup *setup, const struct world *w, uint64_t *n_runs);

#endif
