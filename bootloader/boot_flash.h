/* SPDX-License-Identifier: Apache-2.0 */
/* The flash chip as the bootloader uses it: it reads, maps a slot, and writes boot records. */
#ifndef BOOT_FLASH_H
#define BOOT_FLASH_H

#include <stdint.h>

#include "airslot/flash.h"

/* Identifies the chip, lifts its block protection, sets the speed that the bootloader's own header
 * asks for, and fills flash. A program stays inside one page. Reads and erases feed the watchdog.
 * Errors: FLASH_READ. */
enum asl_err boot_flash_open(struct asl_flash *flash);

/* The header of the image at address 0, for the banner. */
struct boot_flash_header {
    const char *mode;
    const char *speed;
    const char *size;
};
void boot_flash_describe(struct boot_flash_header *out);

/* Maps the 1 MiB window around addr and calls the entry of the image there; does not return. */
void boot_flash_start(uint32_t addr, uint32_t entry) __attribute__((noreturn));

#endif
