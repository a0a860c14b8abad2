/* SPDX-License-Identifier: Apache-2.0 */
/* The flash map as an SVG: one strip for each 1 MiB window, to scale, the wear as a strip of heat
 * below it, the list and the boot order underneath. No script, no font, nothing from outside. */
#include <string.h>

#include "flash_map.h"

#define LEFT      90u
#define SECTOR_PX 4u
#define WINDOW_PX (ASL_WINDOW_LEN / ASL_SECTOR_SIZE * SECTOR_PX)
#define STRIP_PX  40u
#define HEAT_PX   12u
#define ROW_PX    72u
#define TOP       60u
#define LINE_PX   18u
#define LETTER_PX 7u /* of a label, about */

static void put_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text >= 0x20 && *text < 0x7f ? *text : '?', out);
            break;
        }
    }
}

static void text_at(FILE *out, uint32_t x, uint32_t y, const char *style, const char *text)
{
    fprintf(out, "<text x=\"%u\" y=\"%u\"%s>", x, y, style);
    put_text(out, text);
    fputs("</text>\n", out);
}

static void rect(FILE *out, uint32_t x, uint32_t y, uint32_t width, uint32_t height,
                 const char *fill)
{
    fprintf(out, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" fill=\"%s\"/>\n", x, y, width,
            height, fill);
}

static const char *area_fill(const struct map_area *area)
{
    switch (area->kind) {
    case MAP_BOOTLOADER:
        return "#c9b8e8";
    case MAP_TABLE:
        return "#8f7cc2";
    case MAP_FREE:
        return "#f2f2f2";
    case MAP_PARTITION:
        break;
    }
    return area->boots ? "#9fd8a4" : area->is_slot ? "#aecbf0" : "#f3d9a4";
}

static uint32_t x_of(uint32_t addr)
{
    return LEFT + addr % ASL_WINDOW_LEN / (ASL_SECTOR_SIZE / SECTOR_PX);
}

static uint32_t y_of(uint32_t addr)
{
    return TOP + addr / ASL_WINDOW_LEN * ROW_PX;
}

/* Draws [addr, addr + len), window by window, from top pixels below the strip's upper edge. */
static void strips(FILE *out, uint32_t addr, uint32_t len, uint32_t top, uint32_t height,
                   const char *fill)
{
    while (len > 0) {
        uint32_t room = ASL_WINDOW_LEN - addr % ASL_WINDOW_LEN;
        uint32_t n = len < room ? len : room;
        uint32_t width = n / (ASL_SECTOR_SIZE / SECTOR_PX);
        rect(out, x_of(addr), y_of(addr) + top, width > 0 ? width : 1, height, fill);
        addr += n;
        len -= n;
    }
}

static void draw_area(const struct map_area *area, FILE *out)
{
    uint32_t room = ASL_WINDOW_LEN - area->addr % ASL_WINDOW_LEN;
    uint32_t width = (area->len < room ? area->len : room) / (ASL_SECTOR_SIZE / SECTOR_PX);
    if (area->len == 0) {
        return;
    }
    strips(out, area->addr, area->len, 0, STRIP_PX, area_fill(area));
    fprintf(out, "<path d=\"M%u %uv%u\" stroke=\"#555\"/>\n", x_of(area->addr), y_of(area->addr),
            STRIP_PX);
    if (area->kind != MAP_FREE && width > LETTER_PX * strlen(area->label)) {
        text_at(out, x_of(area->addr) + 4, y_of(area->addr) + 16, "", area->label);
    }
}

/* A dark line along the bottom of the strip wherever there are data. */
static void draw_data(const struct flash_map *map, FILE *out)
{
    uint32_t n = map->size / ASL_SECTOR_SIZE;
    for (uint32_t i = 0; i < n;) {
        uint32_t len = 0;
        while (i + len < n && flash_map_is_used(map, i + len)) {
            len++;
        }
        strips(out, i * ASL_SECTOR_SIZE, len * ASL_SECTOR_SIZE, STRIP_PX - 8, 8, "#445");
        i += len + 1;
    }
}

/* White to red by the most erased sector; black past the endurance. */
static void draw_wear(const struct wear *wear, FILE *out)
{
    struct wear_summary sum;
    wear_summarize(wear, &sum);
    for (uint32_t i = 0; i < wear->n;) {
        uint32_t erases = wear->erases[i];
        uint32_t len = 1;
        char fill[8] = "#000000";
        while (i + len < wear->n && wear->erases[i + len] == erases) {
            len++;
        }
        if (wear->endurance == 0 || erases <= wear->endurance) {
            uint32_t rest = 235 - (uint32_t)((uint64_t)erases * 235 / (sum.max > 0 ? sum.max : 1));
            snprintf(fill, sizeof(fill), "#ff%02x%02x", rest, rest);
        }
        strips(out, i * WEAR_SECTOR, len * WEAR_SECTOR, STRIP_PX + 4, HEAT_PX, fill);
        i += len;
    }
}

static void draw_list(const struct flash_map *map, uint32_t y, FILE *out)
{
    char what[MAP_TEXT_LEN];
    char line[MAP_TEXT_LEN + 64];
    char size[24];
    for (unsigned i = 0; i < map->n_areas; i++, y += LINE_PX) {
        const struct map_area *area = &map->area[i];
        flash_map_describe(map, area, what);
        snprintf(line, sizeof(line), "0x%06x  %s  %s%s%s", area->addr,
                 io_size_text(area->size, size), area->label, what[0] != '\0' ? ": " : "", what);
        rect(out, LEFT, y - 10, 12, 12, area_fill(area));
        text_at(out, LEFT + 20, y, "", line);
    }
    y += LINE_PX / 2;
    for (unsigned i = 0; flash_map_boot_line(map, i, what); i++, y += LINE_PX) {
        text_at(out, LEFT, y, strncmp(what, "boots", 5) == 0 ? " font-weight=\"bold\"" : "", what);
    }
}

static uint32_t n_lines(const struct flash_map *map)
{
    char text[MAP_TEXT_LEN];
    uint32_t n = map->n_areas + 2;
    for (unsigned i = 0; flash_map_boot_line(map, i, text); i++) {
        n++;
    }
    return n;
}

void flash_map_svg(const struct flash_map *map, FILE *out)
{
    uint32_t n_rows = (map->size + ASL_WINDOW_LEN - 1) / ASL_WINDOW_LEN;
    uint32_t list_y = TOP + n_rows * ROW_PX + 20;
    uint32_t width = LEFT + WINDOW_PX + 30;
    uint32_t height = list_y + n_lines(map) * LINE_PX;
    char text[64];
    char size[24];

    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" width=\"%u\" "
            "height=\"%u\" font-family=\"sans-serif\" font-size=\"12\">\n",
            width, height, width, height);
    rect(out, 0, 0, width, height, "#fff");
    snprintf(text, sizeof(text), "%s of flash", io_size_text(map->size, size));
    text_at(out, LEFT, 24, " font-size=\"16\" font-weight=\"bold\"", map->path);
    text_at(out, LEFT, 44, " fill=\"#555\"", text);
    for (unsigned i = 0; i < map->n_areas; i++) {
        draw_area(&map->area[i], out);
    }
    draw_data(map, out);
    if (map->wear != NULL) {
        draw_wear(map->wear, out);
    }
    for (uint32_t row = 0; row < n_rows; row++) {
        snprintf(text, sizeof(text), "0x%06x", row * ASL_WINDOW_LEN);
        text_at(out, 20, TOP + row * ROW_PX + 16, " fill=\"#555\"", text);
    }
    draw_list(map, list_y, out);
    fputs("</svg>\n", out);
}
