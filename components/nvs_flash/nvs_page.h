/* SPDX-License-Identifier: Apache-2.0 */
/* One page of NVS in flash: what it holds, and its steps from blank to erased. All functions return
 * ESP_OK or ESP_ERR_FLASH_OP_FAIL unless they say otherwise.
 *
 * Cut: an item counts only when its entry and data are whole by CRC and the map marks all of them;
 * nvs_page_repair() clears away what a cut left behind. */
#ifndef NVS_PAGE_H
#define NVS_PAGE_H

#include "airslot/flash.h"
#include "esp_err.h"
#include "nvs_format.h"

enum nvs_page_kind {
    NVS_PAGE_FREE, /* blank, or not readable as a page: erased before use */
    NVS_PAGE_ACTIVE,
    NVS_PAGE_FULL,
    NVS_PAGE_FREEING, /* its items are being moved away */
};

struct nvs_page {
    uint32_t seq;   /* pages in use are read in this order */
    uint8_t kind;   /* enum nvs_page_kind */
    uint8_t next;   /* first entry never written */
    uint8_t n_live; /* entries of items that count */
};

/* Reads header and map. Errors: ESP_ERR_NVS_NEW_VERSION_FOUND. */
esp_err_t nvs_page_load(const struct asl_flash *flash, unsigned n, struct nvs_page *page);

/* Marks as erased what a cut left unfinished, and counts. */
esp_err_t nvs_page_repair(const struct asl_flash *flash, unsigned n, struct nvs_page *page);

/* Erases if needed, then writes the header of an active page. Cut: a page that is free. */
esp_err_t nvs_page_activate(const struct asl_flash *flash, unsigned n, struct nvs_page *page,
                            uint32_t seq);
/* Clears bits of the state. Cut: the old state or the new one. */
esp_err_t nvs_page_mark_full(const struct asl_flash *flash, unsigned n, struct nvs_page *page);
esp_err_t nvs_page_mark_freeing(const struct asl_flash *flash, unsigned n, struct nvs_page *page);
/* Cut: a page whose header does not hold, which is free. */
esp_err_t nvs_page_erase(const struct asl_flash *flash, unsigned n, struct nvs_page *page);

/* Finds the next item at or after *i and moves *i behind it; *found is false at the end. */
esp_err_t nvs_page_next(const struct asl_flash *flash, unsigned n, unsigned *i,
                        struct nvs_entry *entry, unsigned *at, bool *found);

/* Reads n bytes of an item's data from off on. */
esp_err_t nvs_page_read_data(const struct asl_flash *flash, unsigned n, unsigned at, uint32_t off,
                             void *out, uint32_t len);

/* Appends an item; entry->span fits, data[len] goes with it (NULL when the type has none).
 * Cut: the item is whole or not there. */
esp_err_t nvs_page_append(const struct asl_flash *flash, unsigned n, struct nvs_page *page,
                          const struct nvs_entry *entry, const void *data, uint32_t len);

/* Appends a copy of the item at entry at of page from. Cut: as nvs_page_append(). */
esp_err_t nvs_page_copy(const struct asl_flash *flash, unsigned n, struct nvs_page *page,
                        unsigned from, unsigned at, const struct nvs_entry *entry);

/* Marks an item as erased. Cut: it counts, or it does not. */
esp_err_t nvs_page_erase_item(const struct asl_flash *flash, unsigned n, struct nvs_page *page,
                              unsigned at, unsigned span);

#endif
