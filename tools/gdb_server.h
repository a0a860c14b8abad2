/* SPDX-License-Identifier: Apache-2.0 */
/* `airslot board --gdb PORT`: one debugger at a time on 127.0.0.1. The board halts when one comes
 * and runs on when it leaves; halted, no virtual time passes. */
#ifndef TOOLS_GDB_SERVER_H
#define TOOLS_GDB_SERVER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "gdb_packet.h"
#include "vb_debug.h"

struct gdb_server {
    int listener, client; /* -1: none */
    bool is_halted;
    bool is_stepping; /* one instruction is under way */
    bool acks;
    const volatile sig_atomic_t *interrupted; /* ends every wait when not 0 */
    struct gdb_reader reader;
    struct gdb_text reply; /* the last one, for a repetition */
};

/* Listens. A board that waits for the debugger from its first instruction on starts halted.
 * interrupted as above; it outlives the server. Errors: false, printed. */
bool gdb_server_open(struct gdb_server *server, uint16_t port,
                     const volatile sig_atomic_t *interrupted);
/* Between two runs: answers the debugger, and while it halts the board, waits. False when it ended
 * the board, or *interrupted did. */
bool gdb_server_turn(struct gdb_server *server, struct vb_board *board);
/* Runs the board until until_us, or for the one instruction that the debugger asked for. */
enum vb_stop gdb_server_run(struct gdb_server *server, struct vb_board *board, uint64_t until_us);
/* A run ended so; true when the debugger now holds the board and the session goes on. */
bool gdb_server_stopped(struct gdb_server *server, const struct vb_board *board, enum vb_stop stop);
/* Tells the debugger that the board is gone. */
void gdb_server_close(struct gdb_server *server, int exit_code);

#endif
