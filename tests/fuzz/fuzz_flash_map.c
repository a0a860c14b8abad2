/* SPDX-License-Identifier: Apache-2.0 */
/* Whole flash contents of any origin, drawn in three ways. The input is patches on a blank chip,
 * small for speed: three bytes of address, one of length, the bytes. Nothing that a flash holds
 * reaches the terminal unprinted. */
#include <stdlib.h>
#include <string.h>

#include "flash_map.h"
#include "fuzz.h"
#include "patch.h"

#define SIZE (96u << 10)

static void require_printable(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        require((text[i] >= 0x20 && text[i] < 0x7f) || text[i] == '\n');
    }
}

static void draw(const struct flash_map *map, void (*drawing)(const struct flash_map *, FILE *))
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    require(out != NULL);
    drawing(map, out);
    require(fclose(out) == 0);
    require_printable(text, len);
    free(text);
}

static void draw_json(const struct flash_map *map)
{
    json_t *root = flash_map_json(map);
    require(root != NULL);
    json_decref(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t flash[SIZE];
    static struct flash_map map;
    static struct wear wear = {.chip = "w25q32", .endurance = 7, .n = SIZE / WEAR_SECTOR};
    uint64_t end = 0;

    patch(flash, SIZE, data, size);
    for (uint32_t i = 0; i < wear.n; i++) {
        wear.erases[i] = size > 0 ? (uint32_t)data[i % size] << i % 25 : 0;
    }
    flash_map_read(&map, "flash", flash, SIZE, &wear);
    require(map.n_areas <= MAP_MAX_AREAS);
    for (unsigned i = 0; i < map.n_areas; i++) {
        const struct map_area *area = &map.area[i];
        require(!area->boots || area->err == ASL_OK);
        if (area->len == 0) {
            continue;
        }
        require(area->addr < SIZE && area->len <= SIZE - area->addr);
        require(area->addr <= end); /* no hole */
        end = area->addr + area->len > end ? area->addr + area->len : end;
    }
    require(end == SIZE);
    switch (size % 3) {
    case 0:
        draw(&map, flash_map_print);
        break;
    case 1:
        draw(&map, flash_map_svg);
        break;
    default:
        draw_json(&map);
    }
    return 0;
}
