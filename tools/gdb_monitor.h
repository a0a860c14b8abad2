/* SPDX-License-Identifier: Apache-2.0 */
/* The debugger's `monitor` command: what concerns the board and not the program. */
#ifndef TOOLS_GDB_MONITOR_H
#define TOOLS_GDB_MONITOR_H

#include "gdb_packet.h"
#include "vb_board.h"

/* Carries out line and composes the lines to print. */
void gdb_monitor(struct vb_board *board, const char *line, struct gdb_text *words);

#endif
