/* SPDX-License-Identifier: Apache-2.0 */
/* The flash file of the virtual board: created blank, locked against a second board, read whole at
 * the start; changed 4 KiB pages are written in place. */
#ifndef TOOLS_BOARD_FLASH_H
#define TOOLS_BOARD_FLASH_H

#include <stdbool.h>
#include <stdint.h>

#include "vb_board.h"

struct flash_file {
    const char *path;
    int fd;
    uint32_t size;
    uint8_t *bytes; /* [size]: what the file holds */
};

/* Opens, locks and reads path; makes it, all 0xff, when it does not exist.
 * Errors: false, printed: cannot be opened, in use by another board, of another size. */
bool flash_file_open(struct flash_file *file, const char *path, uint32_t size);
/* Writes the pages that the board has changed since. A page is written whole; the pages of one
 * moment are not written at one moment. Errors: false, printed. */
bool flash_file_save(struct flash_file *file, const struct vb_board *board);
void flash_file_close(struct flash_file *file);

#endif
