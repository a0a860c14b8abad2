/* SPDX-License-Identifier: Apache-2.0 */
/* A whole flash read as a map: areas in order, what each holds, which slot boots. Reads bytes of
 * any origin and decides nothing itself: verdicts and boot order are core's. */
#ifndef TOOLS_FLASH_MAP_H
#define TOOLS_FLASH_MAP_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "asl_boot.h"
#include "asl_image.h"
#include "table_file.h"
#include "wear_file.h"

#define MAP_MAX_AREAS (2 * (ASL_TABLE_MAX_ENTRIES + 2) + 1)
#define MAP_LABEL_LEN (ASL_LABEL_LEN + 1)

enum map_kind { MAP_BOOTLOADER, MAP_TABLE, MAP_PARTITION, MAP_FREE };

struct map_area {
    enum map_kind kind;
    uint32_t addr, size;                   /* as the table has them */
    uint32_t len;                          /* of it inside the flash */
    uint32_t n_used;                       /* 4 KiB sectors that are not blank */
    bool overlaps;                         /* an area before it */
    bool is_slot;                          /* holds an application, or should */
    bool boots;                            /* the bootloader starts this one */
    const struct asl_partition *partition; /* of MAP_PARTITION only */
    char label[MAP_LABEL_LEN];             /* printable */
    char letter;                           /* in the drawing, a capital; '.' when free */
    enum asl_err err;                      /* of the image, in slots and bootloader */
    struct asl_image_info info;            /* as far as parsed */
};

struct flash_map {
    const char *path;
    const uint8_t *bytes;
    uint32_t size;           /* power of two, 512 KiB to 16 MiB */
    const struct wear *wear; /* NULL: not known */
    enum asl_err table_err;
    struct table_file table; /* empty when table_err is set */
    struct map_area area[MAP_MAX_AREAS];
    unsigned n_areas;
    const uint8_t *otadata; /* the two sectors, NULL when the table has none inside the flash */
    struct asl_boot_plan plan;
    int winner; /* candidate that boots, -1: none */
};

/* Reads bytes[size], which must outlive the map. */
void flash_map_read(struct flash_map *map, const char *path, const uint8_t *bytes, uint32_t size,
                    const struct wear *wear);

/* The area of a boot candidate. */
const struct map_area *flash_map_candidate(const struct flash_map *map, uint32_t index);
/* True when the 4 KiB sector holds a byte other than 0xff. */
bool flash_map_is_used(const struct flash_map *map, uint32_t sector);

#define MAP_TEXT_LEN 256
/* What an area holds, as one clause. */
void flash_map_describe(const struct flash_map *map, const struct map_area *area,
                        char text[MAP_TEXT_LEN]);
/* The lines about booting: which slot and why, the others, the records. Returns false past the
 * last. */
bool flash_map_boot_line(const struct flash_map *map, unsigned index, char text[MAP_TEXT_LEN]);

/* Drawings. */
void flash_map_print(const struct flash_map *map, FILE *out);
void flash_map_svg(const struct flash_map *map, FILE *out);
json_t *flash_map_json(const struct flash_map *map);

#endif
