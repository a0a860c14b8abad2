/* SPDX-License-Identifier: Apache-2.0 */
/* Where the stub flasher stands in the chip's memory: for its linker script and its uploader. */
#ifndef STUB_LAYOUT_H
#define STUB_LAYOUT_H

/* Instruction RAM that no cache setting takes away; the entry is its first instruction. */
#define STUB_TEXT     0x40100000
#define STUB_TEXT_LEN 0x8000
/* Data RAM below what the ROM keeps for itself. The ROM's packet buffer lies inside: what is
 * uploaded must end before it. */
#define STUB_DATA     0x3FFE8000
#define STUB_DATA_LEN 0x14000

/* Requests in encoded form that a host may have sent beyond those answered, in bytes of payload. */
#define STUB_WINDOW 0x6000u
/* The largest payload of one data request. */
#define STUB_BLOCK_MAX 0x4000u

#endif
