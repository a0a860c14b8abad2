/* SPDX-License-Identifier: Apache-2.0 */
/* The file of `airslot board --trace`: one line a record, as docs/trace.md describes it. */
#ifndef TOOLS_BOARD_TRACE_H
#define TOOLS_BOARD_TRACE_H

#include <stdbool.h>
#include <stdio.h>

#include "vb_board.h"

struct board_trace {
    FILE *file; /* NULL: no trace */
    const char *path;
};

/* path NULL: no trace. Errors: false, printed. */
bool board_trace_open(struct board_trace *trace, const char *path);
/* To be called from the board's trace callback: the moment is the present one. A trace that cannot
 * be written stops the run. */
void board_trace_write(struct board_trace *trace, struct vb_board *board,
                       enum vb_trace_kind kind, const char *text);
/* Errors: false, printed: not everything could be written. */
bool board_trace_close(struct board_trace *trace);

#endif
