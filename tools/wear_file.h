/* SPDX-License-Identifier: Apache-2.0 */
/* How often each sector of a flash chip was erased: counted by the virtual board, kept from run to
 * run in a file, shown in figures. The file is JSON with counts in runs: "erases": [[COUNT, HOW
 * MANY SECTORS], ...] from the first sector on. */
#ifndef TOOLS_WEAR_FILE_H
#define TOOLS_WEAR_FILE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define WEAR_SECTOR      4096u
#define WEAR_MAX_SECTORS 4096u

struct wear {
    char chip[24];
    uint32_t endurance; /* 0: none stated */
    uint32_t n;         /* sectors */
    uint32_t erases[WEAR_MAX_SECTORS];
};

struct wear_summary {
    uint32_t min, max;
    uint32_t worst;  /* sector with the most erases */
    uint32_t n_worn; /* sectors past the endurance */
    double mean;
};

/* Reads path for a chip of n sectors. A file that does not exist leaves erases at 0 and is no error
 * when may_be_absent. Prints the error; returns EXIT_DONE, EXIT_HOST or EXIT_REFUSED. */
int wear_read(const char *path, uint32_t n, bool may_be_absent, struct wear *out);
/* Reads the text of a wear file; why[why_len] receives what is wrong. */
bool wear_parse(const char *text, size_t len, uint32_t n, struct wear *out, char *why,
                size_t why_len);
/* Prints the error. */
bool wear_write(const char *path, const struct wear *wear);

/* All zero for a chip without sectors. */
void wear_summarize(const struct wear *wear, struct wear_summary *out);
/* What the file holds: chip, endurance, sectors, summary and runs. NULL when memory is out. */
json_t *wear_json(const struct wear *wear);

#endif
