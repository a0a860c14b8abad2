/* SPDX-License-Identifier: Apache-2.0 */
/* The lx106's registers as GDB numbers them. Fact: the core's GDB configuration, which also
 * xtensa-lx106-elf-gdb and QEMU (core-lx106/gdb-config.c.inc) are built from: a0..a15 are 0..15, pc
 * is 16, the special registers follow by class; the g packet ends with ps (21). */
#ifndef TOOLS_GDB_REGS_H
#define TOOLS_GDB_REGS_H

#include <stdbool.h>
#include <stdint.h>

#include "gdb_packet.h"
#include "vb_cpu_state.h"

#define GDB_N_REGS   50u /* that P and p know */
#define GDB_N_G_REGS 22u /* in the packets g and G */
#define GDB_REG_PC   16u

/* The word that register n lives in. n < GDB_N_REGS. */
uint32_t *gdb_reg(struct vb_cpu_state *cpu, unsigned n);
/* Appends the target description (target.xml). */
void gdb_regs_describe(struct gdb_text *text);

#endif
