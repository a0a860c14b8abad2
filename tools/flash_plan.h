/* SPDX-License-Identifier: Apache-2.0 */
/* What a flash command is to write, judged as a whole before the first byte: files against the
 * chip, each other, and the slots of the table that will be in force. */
#ifndef TOOLS_FLASH_PLAN_H
#define TOOLS_FLASH_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "io.h"

#define FLASH_MAX_FILES 16

struct flash_job {
    const char *path;
    uint32_t addr;
    struct bytes file;
};

struct flash_plan {
    struct flash_job job[FLASH_MAX_FILES + 1]; /* one more than a command names */
    int n;
};

/* Reads ADDR FILE pairs. Prints the error and returns an exit code other than EXIT_DONE.
 * flash_plan_free in any case. */
int flash_plan_read(struct flash_plan *plan, const char *const *word, int n_words);
void flash_plan_free(struct flash_plan *plan);

/* Judges places: sectors, the chip's end, overlaps. Prints the error. */
bool flash_plan_fits(const struct flash_plan *plan, uint32_t flash_size);
/* Judges contents: images against their slots by the table in the plan, or else in flash. Prints
 * the error. flash[flash_size] is what the device holds. */
bool flash_plan_is_sound(const struct flash_plan *plan, const uint8_t *flash, uint32_t flash_size);
/* True when a file of the plan covers the place of the partition table. */
bool flash_plan_has_table(const struct flash_plan *plan);
/* When the plan writes the factory slot and leaves otadata alone: adds a blank otadata, so that
 * what was written is what starts, and says so. flash as above. */
void flash_plan_reset_otadata(struct flash_plan *plan, const uint8_t *flash, uint32_t flash_size);
/* Warns of partitions that reach beyond the chip. flash as above. */
void flash_plan_warn_size(const struct flash_plan *plan, const uint8_t *flash, uint32_t flash_size);

#endif
