/* SPDX-License-Identifier: Apache-2.0 */
/* What a debugger may ask of a halted board: one packet in, one reply out. Knows no socket;
 * whatever the packet holds, it is answered, refused, or not known, and the board stays whole. */
#ifndef TOOLS_GDB_STUB_H
#define TOOLS_GDB_STUB_H

#include <stddef.h>

#include "gdb_packet.h"
#include "vb_debug.h"

/* What to do once the reply has left. */
enum gdb_action {
    GDB_REPLY,        /* stay halted */
    GDB_REPLY_NO_ACK, /* the same, and packets are not acknowledged any more */
    GDB_CONTINUE,     /* the reply comes when the board halts again */
    GDB_STEP,         /* the same, after one instruction */
    GDB_DETACH,       /* run on without debugger */
    GDB_KILL,         /* end the board, without reply */
};

/* Carries out the packet[len], ended by a NUL besides, and composes the reply. */
enum gdb_action gdb_stub_command(struct vb_board *board, const char *packet, size_t len,
                                 struct gdb_text *reply);
/* Composes the reply that tells why the board halts: stop as a run returned it, VB_STOP_REQUEST for
 * the debugger's Ctrl-C, VB_STOP_TIME for a step that is done. */
void gdb_stub_stopped(const struct vb_board *board, enum vb_stop stop, struct gdb_text *reply);

#endif
