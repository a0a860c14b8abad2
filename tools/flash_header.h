/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a bootloader's header that tell the ROM how to read the flash chip: what they say,
 * and how they are changed so that the image stays what its hash says. */
#ifndef TOOLS_FLASH_HEADER_H
#define TOOLS_FLASH_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "io.h"

struct flash_header {
    const char *mode;      /* NULL: leave it */
    const char *frequency; /* NULL: leave it */
    uint32_t size;         /* 0: leave it */
};

/* True when the file is an image for the mask ROM, whose header means the chip. */
bool flash_header_is_there(const struct bytes *file);
/* The size that the header names; 0 when it names none. */
uint32_t flash_header_size(const struct bytes *file);
/* Changes the header as asked and renews a hash that was right before. Prints the error; returns
 * false, the file untouched, for a mode, frequency or size that does not exist. */
bool flash_header_patch(struct bytes *file, const struct flash_header *want, bool *changed);

#endif
