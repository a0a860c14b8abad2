/* SPDX-License-Identifier: Apache-2.0 */
/* What the NOR chip is, as facts and pure functions: identity, protected areas, erase sizes and its
 * parameter table. */
#ifndef VB_NOR_H
#define VB_NOR_H

#include <stdbool.h>
#include <stdint.h>

#define VB_NOR_PROGRAM_PAGE 256u
#define VB_NOR_VENDOR       0xefu
#define VB_NOR_FAMILY       0x40u

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

#endif
