/* SPDX-License-Identifier: Apache-2.0 */
/* The wear of a running board's flash: from the file of the last run, to the file and the figures
 * of this one, with a warning when sectors pass their endurance. */
#ifndef TOOLS_BOARD_WEAR_H
#define TOOLS_BOARD_WEAR_H

#include <stdbool.h>
#include <stdint.h>

#include "vb_board.h"
#include "wear_file.h"

struct board_wear {
    const char *path; /* NULL: not kept */
    struct wear wear;
    uint32_t n_warned; /* worn sectors that the user knows of */
};

/* Reads path, if there is such a file, for the chip and size of config. Prints the error; returns
 * EXIT_DONE, EXIT_HOST or EXIT_REFUSED. */
int board_wear_open(struct board_wear *bw, const char *path, const struct vb_config *config);
/* Takes the counts of the board; prints a warning when more sectors than before are worn. */
void board_wear_look(struct board_wear *bw, const struct vb_board *board);
/* Writes the file. Prints the error. */
bool board_wear_save(const struct board_wear *bw);

#endif
