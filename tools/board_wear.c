/* SPDX-License-Identifier: Apache-2.0 */
/* See board_wear.h. */
#include "board_wear.h"

#include <stdio.h>
#include <string.h>

#include "io.h"

static void warn(struct board_wear *bw)
{
    struct wear_summary sum;
    wear_summarize(&bw->wear, &sum);
    if (sum.n_worn > bw->n_warned) {
        io_warning("%u flash sector%s passed the endurance of %u erases: 0x%06x has %u; erases of "
                   "%s may fail",
                   sum.n_worn, sum.n_worn == 1 ? "" : "s", bw->wear.endurance,
                   sum.worst * WEAR_SECTOR, sum.max, sum.n_worn == 1 ? "it" : "them");
    }
    bw->n_warned = sum.n_worn;
}

int board_wear_open(struct board_wear *bw, const char *path, const struct vb_config *config)
{
    const struct vb_flash_chip *chip =
        config->flash_chip != NULL ? config->flash_chip : vb_flash_chip_at(0);
    uint32_t n = config->flash_size / WEAR_SECTOR;
    *bw = (struct board_wear){.path = path, .wear.n = n};
    int code = path != NULL ? wear_read(path, n, true, &bw->wear) : EXIT_DONE;
    if (code != EXIT_DONE) {
        return code;
    }
    if (bw->wear.chip[0] != '\0' && strcmp(bw->wear.chip, chip->name) != 0) {
        io_warning("'%s' was counted on chip %s, this board has %s", path, bw->wear.chip,
                   chip->name);
    }
    snprintf(bw->wear.chip, sizeof(bw->wear.chip), "%s", chip->name);
    bw->wear.endurance = chip->endurance;
    warn(bw);
    return EXIT_DONE;
}

void board_wear_look(struct board_wear *bw, const struct vb_board *board)
{
    for (uint32_t i = 0; i < bw->wear.n; i++) {
        bw->wear.erases[i] = vb_board_wear(board, i * WEAR_SECTOR);
    }
    warn(bw);
}

bool board_wear_save(const struct board_wear *bw)
{
    return bw->path == NULL || wear_write(bw->path, &bw->wear);
}
