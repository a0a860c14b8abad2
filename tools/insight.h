/* SPDX-License-Identifier: Apache-2.0 */
/* How `airslot board` is looked into: the trace, recorded and replayed network traffic, a debugger,
 * and another ROM. What was not asked for costs nothing. */
#ifndef TOOLS_INSIGHT_H
#define TOOLS_INSIGHT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "board_trace.h"
#include "gdb_server.h"
#include "io.h"
#include "net_record.h"
#include "net_replay.h"

struct insight_options {
    const char *trace_path; /* each NULL: not wanted */
    const char *record_path;
    const char *replay_path;
    const char *rom_path;
    bool has_gdb;
    uint32_t gdb_port;
};

struct insight {
    struct board_trace trace;
    struct net_record record;
    struct net_replay replay;
    struct gdb_server gdb; /* listens when has_gdb */
    bool has_gdb;
    struct bytes rom; /* empty: the built-in one */
};

/* Reads "FROM-TO", "FROM-" or "all": numbers of instructions, the first being 1. */
bool insight_parse_range(const char *text, uint64_t *from, uint64_t *to);
/* Opens what options ask for and enters it into config, except the trace callback. interrupted ends
 * the wait for a debugger. Errors: false, printed; insight_close() is due all the same. */
bool insight_open(struct insight *insight, const struct insight_options *options,
                  struct vb_config *config, const volatile sig_atomic_t *interrupted);
/* The board has been made from config. */
void insight_attach(struct insight *insight, struct vb_board *board);
/* Before the board is freed; code is what the command will exit with. Returns the code to exit with
 * instead: a replay that went another way and a file that could not be written are told. */
int insight_close(struct insight *insight, int code);

#endif
