/* SPDX-License-Identifier: Apache-2.0 */
/* See flash_map.h. */
#include "flash_map.h"

#include <string.h>

#include "asl_err.h"
#include "asl_update.h"
#include "boot_words.h"
#include "otadata_file.h"
#include "partition_words.h"

#define N_LETTERS 26u

bool flash_map_is_used(const struct flash_map *map, uint32_t sector)
{
    const uint8_t *at = map->bytes + (size_t)sector * ASL_SECTOR_SIZE;
    return at[0] != 0xff || memcmp(at, at + 1, ASL_SECTOR_SIZE - 1) != 0;
}

/* --- areas --- */

/* What a file says of itself may be anything: only plain characters reach the terminal. */
static void copy_printable(char *dst, size_t dst_len, const char *src)
{
    size_t i = 0;
    for (; i + 1 < dst_len && src[i] != '\0'; i++) {
        dst[i] = src[i] >= 0x20 && src[i] < 0x7f ? src[i] : '?';
    }
    dst[i] = '\0';
}

static struct map_area *add_area(struct flash_map *map, enum map_kind kind, uint32_t addr,
                                 uint32_t size, const char *label)
{
    struct map_area *area = &map->area[map->n_areas++];
    uint32_t room = addr < map->size ? map->size - addr : 0;
    *area = (struct map_area){.kind = kind, .addr = addr, .size = size, .letter = '.'};
    area->len = size < room ? size : room;
    copy_printable(area->label, sizeof(area->label), label);
    return area;
}

static void add_known(struct flash_map *map)
{
    add_area(map, MAP_BOOTLOADER, 0, ASL_TABLE_ADDR, "bootloader");
    add_area(map, MAP_TABLE, ASL_TABLE_ADDR, ASL_SECTOR_SIZE, "partition table");
    for (uint32_t i = 0; i < map->table.n; i++) {
        const struct asl_partition *p = &map->table.entry[i];
        struct map_area *area = add_area(map, MAP_PARTITION, p->addr, p->size, p->label);
        area->partition = p;
        area->is_slot = asl_partition_is_slot(p);
    }
}

/* By address; equal ones stay in the table's order. */
static void sort_areas(struct flash_map *map)
{
    for (unsigned i = 1; i < map->n_areas; i++) {
        struct map_area moving = map->area[i];
        unsigned at = i;
        for (; at > 0 && map->area[at - 1].addr > moving.addr; at--) {
            map->area[at] = map->area[at - 1];
        }
        map->area[at] = moving;
    }
}

/* Marks overlaps and appends what nobody owns, then sorts once more. */
static void add_free(struct flash_map *map)
{
    unsigned n_known = map->n_areas;
    uint64_t end = 0;
    for (unsigned i = 0; i < n_known; i++) {
        struct map_area *area = &map->area[i];
        area->overlaps = area->size > 0 && area->addr < end;
        if (area->addr > end && end < map->size) {
            uint32_t to = area->addr < map->size ? area->addr : map->size;
            add_area(map, MAP_FREE, (uint32_t)end, to - (uint32_t)end, "free");
        }
        uint64_t area_end = (uint64_t)area->addr + area->size;
        end = area_end > end ? area_end : end;
    }
    if (end < map->size) {
        add_area(map, MAP_FREE, (uint32_t)end, map->size - (uint32_t)end, "free");
    }
    sort_areas(map);
}

static void finish_areas(struct flash_map *map)
{
    unsigned n_letters = 0;
    for (unsigned i = 0; i < map->n_areas; i++) {
        struct map_area *area = &map->area[i];
        uint32_t first = area->addr / ASL_SECTOR_SIZE;
        uint64_t end = ((uint64_t)area->addr + area->len + ASL_SECTOR_SIZE - 1) / ASL_SECTOR_SIZE;
        for (uint32_t sector = first; area->len > 0 && sector < end; sector++) {
            area->n_used += flash_map_is_used(map, sector);
        }
        if (area->kind != MAP_FREE) {
            area->letter = (char)('A' + n_letters++ % N_LETTERS);
        }
    }
}

/* --- images --- */

static enum asl_err read_memory(void *ctx, uint32_t addr, void *dst, uint32_t len)
{
    memcpy(dst, (const uint8_t *)ctx + addr, len);
    return ASL_OK;
}

static void verify_slot(const struct flash_map *map, struct map_area *area)
{
    static uint32_t scratch[1024];
    static struct asl_image_verifier v;
    const struct asl_flash flash = {
        .read = read_memory, .ctx = (void *)(uintptr_t)map->bytes, .size = map->size};
    area->err = area->len == area->size
                    ? asl_slot_verify(&flash, area->addr, area->size, false, scratch,
                                      sizeof(scratch), NULL, NULL, &v, &area->info)
                    : ASL_ERR_FLASH_BOUNDS;
}

/* The mask ROM asks for no hash, so a bootloader without one is good. */
static void verify_bootloader(const struct flash_map *map, struct map_area *area)
{
    const struct asl_image_rules rules = {
        .max_len = area->len, .accept_no_hash = true, .for_rom = true};
    struct asl_image_verifier v;
    asl_image_verifier_init(&v, &rules);
    asl_image_verifier_feed(&v, map->bytes, area->len);
    area->err = asl_image_verifier_finish(&v, &area->info);
}

static void verify_images(struct flash_map *map)
{
    for (unsigned i = 0; i < map->n_areas; i++) {
        if (map->area[i].is_slot) {
            verify_slot(map, &map->area[i]);
        } else if (map->area[i].kind == MAP_BOOTLOADER) {
            verify_bootloader(map, &map->area[i]);
        }
    }
}

/* --- boot --- */

static void find_otadata(struct flash_map *map)
{
    for (unsigned i = 0; i < map->n_areas; i++) {
        const struct map_area *area = &map->area[i];
        const struct asl_partition *p = area->partition;
        if (p != NULL && p->type == ASL_TYPE_DATA && p->subtype == ASL_DATA_OTA &&
            area->len >= 2 * ASL_SECTOR_SIZE && map->otadata == NULL) {
            map->otadata = map->bytes + area->addr;
        }
    }
}

const struct map_area *flash_map_candidate(const struct flash_map *map, uint32_t index)
{
    const struct asl_partition *slot = &map->plan.candidate[index].slot;
    for (unsigned i = 0; i < map->n_areas; i++) {
        const struct asl_partition *p = map->area[i].partition;
        if (p != NULL && map->area[i].is_slot && p->subtype == slot->subtype &&
            p->addr == slot->addr && p->size == slot->size) {
            return &map->area[i];
        }
    }
    return NULL;
}

static void plan_boot(struct flash_map *map)
{
    struct asl_otadata_sector sector[2];

    find_otadata(map);
    if (map->otadata != NULL) {
        otadata_file_take(map->otadata, OTADATA_FILE_LEN, sector);
    }
    asl_boot_plan(map->table.raw, map->table.n, map->size, map->otadata != NULL ? sector : NULL,
                  OTADATA_FILE_STARTS, &map->plan);
    for (uint32_t i = 0; i < map->plan.n_candidates && map->winner < 0; i++) {
        const struct map_area *area = flash_map_candidate(map, i);
        if (area != NULL && area->err == ASL_OK) {
            map->winner = (int)i;
            map->area[area - map->area].boots = true;
        }
    }
}

void flash_map_read(struct flash_map *map, const char *path, const uint8_t *bytes, uint32_t size,
                    const struct wear *wear)
{
    memset(map, 0, sizeof(*map));
    map->path = path;
    map->bytes = bytes;
    map->size = size;
    map->wear = wear;
    map->winner = -1;
    map->table.path = path;
    map->table_err = table_file_take(bytes + ASL_TABLE_ADDR, ASL_TABLE_LEN, &map->table);
    add_known(map);
    sort_areas(map);
    add_free(map);
    finish_areas(map);
    verify_images(map);
    plan_boot(map);
}

/* --- words --- */

static void describe_image(const struct map_area *area, char text[MAP_TEXT_LEN])
{
    const struct asl_app_desc *desc = &area->info.desc;
    char name[sizeof(desc->project_name)] = "";
    char version[sizeof(desc->version)] = "";
    if (desc->present) {
        copy_printable(name, sizeof(name), desc->project_name);
        copy_printable(version, sizeof(version), desc->version);
    }
    if (area->n_used == 0) {
        snprintf(text, MAP_TEXT_LEN, "blank");
    } else if (area->err == ASL_OK) {
        snprintf(text, MAP_TEXT_LEN, "%s%s%s%s%u bytes, %s", name, desc->present ? " " : "",
                 version, desc->present ? ", " : "", area->info.total_len,
                 area->info.has_hash ? "SHA-256 verified" : "checksum verified, no SHA-256");
    } else {
        snprintf(text, MAP_TEXT_LEN, "%s%s%s%sdoes not verify: %s (%s)", name,
                 desc->present ? " " : "", version, desc->present ? ", " : "",
                 asl_err_text(area->err), asl_err_name(area->err));
    }
}

static void describe_partition(const struct map_area *area, char text[MAP_TEXT_LEN])
{
    const struct asl_partition *p = area->partition;
    char type[8], subtype[8];
    snprintf(text, MAP_TEXT_LEN, "%s, %s%s", csv_type_name(p->type, type),
             csv_subtype_name(p->type, p->subtype, subtype), area->n_used == 0 ? ", blank" : "");
}

static void append(char text[MAP_TEXT_LEN], const char *more)
{
    size_t len = strlen(text);
    snprintf(text + len, MAP_TEXT_LEN - len, "%s", more);
}

void flash_map_describe(const struct flash_map *map, const struct map_area *area,
                        char text[MAP_TEXT_LEN])
{
    text[0] = '\0';
    if (area->kind == MAP_TABLE && map->table_err != ASL_OK) {
        snprintf(text, MAP_TEXT_LEN, "%s (%s)", asl_err_text(map->table_err),
                 asl_err_name(map->table_err));
    } else if (area->kind == MAP_TABLE) {
        snprintf(text, MAP_TEXT_LEN, "%u partitions%s", map->table.n,
                 map->table.has_md5 ? ", MD5 verified" : "");
    } else if (area->kind == MAP_BOOTLOADER || area->is_slot) {
        describe_image(area, text);
    } else if (area->kind == MAP_PARTITION) {
        describe_partition(area, text);
    } else if (area->n_used > 0) {
        snprintf(text, MAP_TEXT_LEN, "holds data all the same");
    }
    if (area->len < area->size) {
        append(text, area->len == 0 ? "; BEYOND the flash" : "; ends BEYOND the flash");
    }
    if (area->overlaps) {
        append(text, "; OVERLAPS an area before it");
    }
    if (area->is_slot && asl_partition_crosses_window(area->partition)) {
        append(text, "; crosses a 1 MiB boundary and never boots");
    }
}

static void candidate_line(const struct flash_map *map, uint32_t index, char text[MAP_TEXT_LEN])
{
    const struct map_area *area = flash_map_candidate(map, index);
    const char *reason = boot_reason_text(map->plan.candidate[index].reason);
    const char *label = area != NULL ? area->label : "?";
    if ((int)index == map->winner) {
        snprintf(text, MAP_TEXT_LEN, "boots %s: %s", label, reason);
    } else if (area != NULL && area->err == ASL_OK) {
        snprintf(text, MAP_TEXT_LEN, "then %s: %s", label, reason);
    } else {
        snprintf(text, MAP_TEXT_LEN, "not %s (%s): %s", label, reason,
                 area == NULL        ? "no such slot"
                 : area->n_used == 0 ? "blank"
                                     : asl_err_text(area->err));
    }
}

static void record_line(const struct flash_map *map, int index, char text[MAP_TEXT_LEN])
{
    const struct asl_record *record = &map->plan.otadata.record[index];
    snprintf(text, MAP_TEXT_LEN, "otadata record %d: %s%s", index, record_kind_text(record->kind),
             index == map->plan.otadata.governing ? ", governs" : "");
    if (asl_record_is_valid(record)) {
        char more[64];
        snprintf(more, sizeof(more), ", sequence %u, state %s", record->seq,
                 record_state_text((uint32_t)asl_record_state(record)));
        append(text, more);
    }
}

bool flash_map_boot_line(const struct flash_map *map, unsigned index, char text[MAP_TEXT_LEN])
{
    unsigned n = map->plan.n_candidates;
    if (index < n) {
        candidate_line(map, index, text);
        return true;
    }
    index -= n;
    if (index == 0 && map->winner < 0) {
        snprintf(text, MAP_TEXT_LEN, "boots nothing: no slot holds a good image");
        return true;
    }
    index -= map->winner < 0;
    if (index == 0 && map->otadata == NULL) {
        snprintf(text, MAP_TEXT_LEN, "no otadata: the boot choice cannot be stored");
        return true;
    }
    if (index < 2 && map->otadata != NULL) {
        record_line(map, (int)index, text);
        return true;
    }
    return false;
}
