/* SPDX-License-Identifier: Apache-2.0 */
/* The flash map in a terminal: one row for each 1 MiB window, one column for 16 KiB. */
#include <string.h>

#include "flash_map.h"

#define COLUMN_LEN (4 * ASL_SECTOR_SIZE)
#define N_COLUMNS  (ASL_WINDOW_LEN / COLUMN_LEN)

static const char heat[] = " .:-=+*#%@";

static uint32_t common_len(const struct map_area *area, uint32_t from, uint32_t len)
{
    uint32_t first = area->addr > from ? area->addr : from;
    uint64_t area_end = (uint64_t)area->addr + area->len;
    uint64_t end = area_end < (uint64_t)from + len ? area_end : (uint64_t)from + len;
    return end > first ? (uint32_t)(end - first) : 0;
}

static bool holds_data(const struct flash_map *map, const struct map_area *area, uint32_t from)
{
    for (uint32_t at = from; at < from + COLUMN_LEN; at += ASL_SECTOR_SIZE) {
        if (common_len(area, at, ASL_SECTOR_SIZE) > 0 &&
            flash_map_is_used(map, at / ASL_SECTOR_SIZE)) {
            return true;
        }
    }
    return false;
}

/* The letter of the area that has most of the column, a capital when it holds data there. */
static char column_char(const struct flash_map *map, uint32_t from)
{
    const struct map_area *best = NULL;
    uint32_t most = 0;
    for (unsigned i = 0; i < map->n_areas; i++) {
        uint32_t len = common_len(&map->area[i], from, COLUMN_LEN);
        if (len > most) {
            best = &map->area[i];
            most = len;
        }
    }
    if (best == NULL || best->kind == MAP_FREE) {
        return '.';
    }
    return holds_data(map, best, from) ? best->letter : (char)(best->letter - 'A' + 'a');
}

static uint32_t column_wear(const struct wear *wear, uint32_t from)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < COLUMN_LEN / WEAR_SECTOR; i++) {
        uint32_t erases = wear->erases[from / WEAR_SECTOR + i];
        most = erases > most ? erases : most;
    }
    return most;
}

/* '!' past the endurance, else a tenth of the scale; what was erased once is never blank. */
static char heat_char(const struct wear *wear, uint32_t erases, uint32_t max)
{
    if (wear->endurance != 0 && erases > wear->endurance) {
        return '!';
    }
    return erases == 0 ? heat[0] : heat[1 + (uint64_t)(erases - 1) * 9 / max];
}

static void print_rows(const struct flash_map *map, FILE *out)
{
    struct wear_summary sum = {0};
    if (map->wear != NULL) {
        wear_summarize(map->wear, &sum);
    }
    for (uint32_t row = 0; row < map->size; row += ASL_WINDOW_LEN) {
        uint32_t end = map->size - row < ASL_WINDOW_LEN ? map->size : row + ASL_WINDOW_LEN;
        char areas[N_COLUMNS + 1] = "";
        char wear[N_COLUMNS + 1] = "";
        for (uint32_t at = row; at < end; at += COLUMN_LEN) {
            areas[(at - row) / COLUMN_LEN] = column_char(map, at);
            wear[(at - row) / COLUMN_LEN] =
                map->wear != NULL ? heat_char(map->wear, column_wear(map->wear, at), sum.max) : ' ';
        }
        fprintf(out, "0x%06x |%s|\n", row, areas);
        if (map->wear != NULL) {
            fprintf(out, "  erases |%s|\n", wear);
        }
    }
}

static void print_wear(const struct wear *wear, FILE *out)
{
    struct wear_summary sum;
    wear_summarize(wear, &sum);
    fprintf(out,
            "\nwear: %u to %u erases of a sector, %.2f on average, most at 0x%06x; the line's "
            "'@' is %u\n",
            sum.min, sum.max, sum.mean, sum.worst * WEAR_SECTOR, sum.max);
    if (wear->endurance != 0) {
        fprintf(out, "      chip %s endures %u; %u sectors are past it%s\n", wear->chip,
                wear->endurance, sum.n_worn, sum.n_worn > 0 ? " ('!')" : "");
    }
}

static void print_area(const struct flash_map *map, const struct map_area *area, FILE *out)
{
    char text[MAP_TEXT_LEN];
    char size[24];
    uint32_t n_sectors = (area->len + ASL_SECTOR_SIZE - 1) / ASL_SECTOR_SIZE;
    uint32_t used = n_sectors > 0 ? (uint32_t)((uint64_t)area->n_used * 100 / n_sectors) : 0;
    used = area->n_used > 0 && used == 0 ? 1 : used > 100 ? 100 : used;
    flash_map_describe(map, area, text);
    fprintf(out, "%c %c 0x%06x %8s %3u%%  ", area->boots ? '>' : ' ', area->letter, area->addr,
            io_size_text(area->size, size), used);
    if (text[0] != '\0') {
        fprintf(out, "%-16s %s\n", area->label, text);
    } else {
        fprintf(out, "%s\n", area->label);
    }
}

void flash_map_print(const struct flash_map *map, FILE *out)
{
    char text[MAP_TEXT_LEN];
    char size[24];
    fprintf(out,
            "%s: %s of flash. A row is one 1 MiB window, a column 16 KiB; capitals hold data\n\n",
            map->path, io_size_text(map->size, size));
    print_rows(map, out);
    fprintf(out, "\n    address      size used\n");
    for (unsigned i = 0; i < map->n_areas; i++) {
        print_area(map, &map->area[i], out);
    }
    fputc('\n', out);
    for (unsigned i = 0; flash_map_boot_line(map, i, text); i++) {
        fprintf(out, "%s\n", text);
    }
    if (map->wear != NULL) {
        print_wear(map->wear, out);
    }
}
