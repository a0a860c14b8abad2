/* SPDX-License-Identifier: Apache-2.0 */
/* The flash map for programs. */
#include "asl_err.h"
#include "boot_words.h"
#include "flash_map.h"
#include "partition_words.h"

static const char *kind_name(enum map_kind kind)
{
    static const char *const names[] = {"bootloader", "table", "partition", "free"};
    return names[kind];
}

static json_t *json_text(const char *text)
{
    json_t *value = json_string(text);
    return value != NULL ? value : json_string("(not UTF-8)");
}

static json_t *json_image(const struct map_area *area)
{
    const struct asl_app_desc *desc = &area->info.desc;
    if (area->n_used == 0) {
        return json_null();
    }
    json_t *image = json_pack("{sb ss ss sI sb}", "good", area->err == ASL_OK, "verdict",
                              asl_err_name(area->err), "reason",
                              area->err == ASL_OK ? "" : asl_err_text(area->err), "length",
                              (json_int_t)area->info.total_len, "has_hash", area->info.has_hash);
    if (desc->present) {
        json_object_set_new(image, "project_name", json_text(desc->project_name));
        json_object_set_new(image, "version", json_text(desc->version));
    }
    return image;
}

static json_t *json_area(const struct map_area *area)
{
    char type[8], subtype[8];
    json_t *o = json_pack("{ss ss sI sI sI sb sb}", "kind", kind_name(area->kind), "label",
                          area->label, "offset", (json_int_t)area->addr, "size",
                          (json_int_t)area->size, "used_sectors", (json_int_t)area->n_used,
                          "overlaps", area->overlaps, "beyond_flash", area->len < area->size);
    if (area->partition != NULL) {
        const struct asl_partition *p = area->partition;
        json_object_set_new(o, "type", json_string(csv_type_name(p->type, type)));
        json_object_set_new(o, "subtype",
                            json_string(csv_subtype_name(p->type, p->subtype, subtype)));
    }
    if (area->is_slot || area->kind == MAP_BOOTLOADER) {
        json_object_set_new(o, "image", json_image(area));
    }
    if (area->is_slot) {
        json_object_set_new(o, "boots", json_boolean(area->boots));
    }
    return o;
}

static json_t *json_candidates(const struct flash_map *map)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < map->plan.n_candidates; i++) {
        const struct map_area *area = flash_map_candidate(map, i);
        json_array_append_new(list,
                              json_pack("{ss sI ss sb}", "label", area != NULL ? area->label : "?",
                                        "offset", (json_int_t)map->plan.candidate[i].slot.addr,
                                        "reason", boot_reason_text(map->plan.candidate[i].reason),
                                        "good", area != NULL && area->err == ASL_OK));
    }
    return list;
}

static json_t *json_records(const struct flash_map *map)
{
    json_t *list = json_array();
    for (int i = 0; i < 2 && map->otadata != NULL; i++) {
        const struct asl_record *record = &map->plan.otadata.record[i];
        json_array_append_new(list,
                              json_pack("{ss sI ss sb}", "kind", record_kind_text(record->kind),
                                        "sequence", (json_int_t)record->seq, "state",
                                        record_state_text((uint32_t)asl_record_state(record)),
                                        "active", i == map->plan.otadata.governing));
    }
    return list;
}

json_t *flash_map_json(const struct flash_map *map)
{
    json_t *areas = json_array();
    for (unsigned i = 0; i < map->n_areas; i++) {
        json_array_append_new(areas, json_area(&map->area[i]));
    }
    const struct map_area *winner =
        map->winner >= 0 ? flash_map_candidate(map, (uint32_t)map->winner) : NULL;
    return json_pack("{so sI ss so so so so so}", "file", json_text(map->path), "flash_size",
                     (json_int_t)map->size, "table", asl_err_name(map->table_err), "areas", areas,
                     "otadata", json_records(map), "candidates", json_candidates(map), "boots",
                     winner != NULL ? json_string(winner->label) : json_null(), "wear",
                     map->wear != NULL ? wear_json(map->wear) : json_null());
}
