/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the NOR chip share: its facts as pure functions (nor_facts.c), and the doors
 * from its commands (nor_commands.c) to its contents (nor.c). */
#ifndef VB_NOR_H
#define VB_NOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devices.h"

#define VB_NOR_PROGRAM_PAGE 256u

#define VB_NOR_SR1_WIP 0x01u
#define VB_NOR_SR1_WEL 0x02u
#define VB_NOR_SR1_TB  0x20u
#define VB_NOR_SR1_SEC 0x40u
#define VB_NOR_SR2_QE  0x02u
#define VB_NOR_SR2_CMP 0x40u

/* Third byte of the JEDEC id: log2 of the size. */
uint8_t vb_nor_capacity(uint32_t size);
/* True when a byte of [addr, addr + len) is protected by BP, TB, SEC and CMP.
 * Fact: W25Q32JV datasheet, table of status register memory protection. */
bool vb_nor_is_protected(const uint8_t status[3], uint32_t size, uint32_t addr, uint32_t len);
/* Bytes that an erase command with an address erases; 0 for another command. */
uint32_t vb_nor_erase_size(uint8_t opcode);
/* One byte of the serial flash discoverable parameters (JESD216, basic table of nine words). */
uint8_t vb_nor_sfdp(uint32_t size, uint32_t addr);

/* Copies contents; addresses wrap at the chip's end. */
void vb_nor_copy_out(const struct vb_nor *nor, uint32_t addr, uint8_t *dst, size_t len);
/* The 4 KiB page that holds addr, for writing. */
uint8_t *vb_nor_own(struct vb_board *b, uint32_t addr);
/* Begins a program, erase or status write; the chip is busy until its time is over. */
void vb_nor_begin(struct vb_board *b, const struct vb_nor_op *op);
/* Status registers as stored, awake: what 66h 99h and a power cycle do. */
void vb_nor_soft_reset(struct vb_nor *nor);
static inline bool vb_nor_is_busy(const struct vb_nor *nor)
{
    return nor->op.kind != VB_NOR_IDLE;
}

#endif
