/* SPDX-License-Identifier: Apache-2.0 */
/* The debugger's packets that read and change the board: registers, memory, breakpoints, watches.
 */
#ifndef TOOLS_GDB_ACCESS_H
#define TOOLS_GDB_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gdb_stub.h"

/* As errno has them. */
enum { GDB_ERROR_PACKET = 1, GDB_ERROR_MEMORY = 14, GDB_ERROR_ROOM = 28 };

/* A packet while it is read. */
struct gdb_command {
    const char *data; /* behind the name of the command */
    size_t len;
};

/* "OK", or the error by its number. */
enum gdb_action gdb_answer(struct gdb_text *reply, bool is_good, int error);
/* Reads "vaddr,len" and moves *p behind it. */
bool gdb_read_range(const char **p, uint32_t *vaddr, uint32_t *len);
/* Appends the four bytes of a register. */
void gdb_add_word(struct gdb_text *reply, uint32_t value);

/* The packets g, G, p, P, m, M, X, Z and z: each composes its reply. */
enum gdb_action gdb_read_all(struct vb_board *board, struct gdb_command p, struct gdb_text *reply);
enum gdb_action gdb_write_all(struct vb_board *board, struct gdb_command p, struct gdb_text *reply);
enum gdb_action gdb_read_one(struct vb_board *board, struct gdb_command p, struct gdb_text *reply);
enum gdb_action gdb_write_one(struct vb_board *board, struct gdb_command p, struct gdb_text *reply);
enum gdb_action gdb_read_memory(struct vb_board *board, struct gdb_command p,
                                struct gdb_text *reply);
enum gdb_action gdb_write_hex(struct vb_board *board, struct gdb_command p, struct gdb_text *reply);
enum gdb_action gdb_write_binary(struct vb_board *board, struct gdb_command p,
                                 struct gdb_text *reply);
enum gdb_action gdb_set_point(struct vb_board *board, struct gdb_command p, struct gdb_text *reply);
enum gdb_action gdb_clear_point(struct vb_board *board, struct gdb_command p,
                                struct gdb_text *reply);

#endif
