/* SPDX-License-Identifier: Apache-2.0 */
/* flash, read-flash and erase-flash on the chip behind a serial port. */
#ifndef TOOLS_FLASH_SERIAL_H
#define TOOLS_FLASH_SERIAL_H

#include "flash_args.h"

/* Each prints what it does and what fails; returns an exit code. */
int flash_serial_write(struct flash_plan *plan, const struct flash_options *options);
int flash_serial_read(const struct flash_args *args);
int flash_serial_erase(const struct flash_args *args);

/* Reads ADDR and LEN and holds them against the chip. Prints the error. */
bool flash_range_parse(const char *addr_text, const char *len_text, uint32_t flash_size,
                       uint32_t *addr, uint32_t *len);
/* True when both are whole sectors; prints the error. */
bool flash_range_is_whole(uint32_t addr, uint32_t len);

#endif
