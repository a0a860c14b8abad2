/* SPDX-License-Identifier: Apache-2.0 */
/* Items over the pages of one partition: find, set, erase, and make room. Needs no heap.
 *
 * Cut: after a reset a value is the old one or the new one, all others are as they were. A chip
 * that spoils a whole 256-byte page when its programming is cut can take more with it: the format
 * programs the page of header and map again and again. What it spoils is left out by CRC. */
#ifndef NVS_STORE_H
#define NVS_STORE_H

#include <stddef.h>

#include "nvs_page.h"

#define NVS_MAX_PAGES 16u
/* A value and its index stand in one page. */
#define NVS_STR_MAX  4000u
#define NVS_BLOB_MAX 3968u
#define NVS_NS_MAX   254u

struct nvs_store {
    const struct asl_flash *flash; /* addresses from the partition's start on */
    unsigned n_pages;
    int active; /* page that takes new items, or -1 */
    uint32_t next_seq;
    struct nvs_page page[NVS_MAX_PAGES];
};

struct nvs_item {
    unsigned page, at;
    struct nvs_entry entry;
};

/* Reads the partition and finishes what a cut interrupted. Writes nothing when there is nothing to
 * finish. flash->size is the partition's; what lies beyond NVS_MAX_PAGES is not used.
 * Errors: ESP_ERR_NVS_NO_FREE_PAGES (also: fewer than two pages), ESP_ERR_NVS_NEW_VERSION_FOUND,
 * ESP_ERR_FLASH_OP_FAIL. */
esp_err_t nvs_store_init(struct nvs_store *store, const struct asl_flash *flash);

/* The number of a namespace; created when asked to. Errors: ESP_ERR_NVS_NOT_FOUND,
 * ESP_ERR_NVS_NOT_ENOUGH_SPACE, ESP_ERR_FLASH_OP_FAIL. */
esp_err_t nvs_store_namespace(struct nvs_store *store, const char *name, bool create, uint8_t *ns);

/* Numbers: len is 1, 2, 4 or 8 as type says; little-endian in value.
 * Errors: ESP_ERR_NVS_NOT_FOUND, ESP_ERR_NVS_TYPE_MISMATCH, ESP_ERR_FLASH_OP_FAIL. */
esp_err_t nvs_store_get_number(struct nvs_store *store, uint8_t ns, const char *key, uint8_t type,
                               void *value, uint32_t len);
/* Errors: ESP_ERR_NVS_NOT_ENOUGH_SPACE, ESP_ERR_FLASH_OP_FAIL. */
esp_err_t nvs_store_set_number(struct nvs_store *store, uint8_t ns, const char *key, uint8_t type,
                               const void *value, uint32_t len);

/* Texts (with their NUL) and blobs; type is NVS_STORED_STR or NVS_STORED_BLOB_DATA. With out NULL
 * only *len is set to the length there is.
 * Errors: as above, ESP_ERR_NVS_INVALID_LENGTH (*len is too small; set to what is needed). */
esp_err_t nvs_store_get_data(struct nvs_store *store, uint8_t ns, const char *key, uint8_t type,
                             void *out, size_t *len);
/* Errors: as above, ESP_ERR_NVS_VALUE_TOO_LONG. */
esp_err_t nvs_store_set_data(struct nvs_store *store, uint8_t ns, const char *key, uint8_t type,
                             const void *data, size_t len);

/* Errors: ESP_ERR_NVS_NOT_FOUND (one key), ESP_ERR_FLASH_OP_FAIL. */
esp_err_t nvs_store_erase(struct nvs_store *store, uint8_t ns, const char *key);
esp_err_t nvs_store_erase_namespace(struct nvs_store *store, uint8_t ns);

/* --- between the files of the store --- */

/* A walk over all items, oldest page first. Erasing what it has found does not disturb it. */
struct nvs_walk {
    uint32_t seq;
    unsigned i;
};

void nvs_walk_start(struct nvs_walk *walk);
esp_err_t nvs_walk_next(const struct nvs_store *store, struct nvs_walk *walk, struct nvs_item *item,
                        bool *found);
bool nvs_is_key(const struct nvs_item *item, uint8_t ns, const char *key);
/* Whether the item stands for a value: chunks do so only through their index. */
bool nvs_is_value(const struct nvs_item *item);

/* The newest value of the key. Errors: ESP_ERR_NVS_NOT_FOUND, ESP_ERR_FLASH_OP_FAIL. */
esp_err_t nvs_store_find(const struct nvs_store *store, uint8_t ns, const char *key,
                         struct nvs_item *out);
/* Fills in an entry with all data bits set. */
void nvs_store_fill(struct nvs_entry *entry, uint8_t ns, const char *key, uint8_t type,
                    unsigned span, uint8_t chunk);
/* Appends an item for which there is room, and says where it stands. */
esp_err_t nvs_store_append(struct nvs_store *store, const struct nvs_entry *entry, const void *data,
                           uint32_t len, struct nvs_item *item);
/* Erases what the key had before the item that is kept. */
esp_err_t nvs_store_erase_older(struct nvs_store *store, const struct nvs_item *kept);

/* Makes sure that the active page takes span more entries.
 * Errors: ESP_ERR_NVS_NOT_ENOUGH_SPACE, ESP_ERR_FLASH_OP_FAIL. */
esp_err_t nvs_store_make_room(struct nvs_store *store, unsigned span);
/* Goes on with the move of a page's items that a cut interrupted. */
esp_err_t nvs_store_finish_move(struct nvs_store *store);
unsigned nvs_store_n_free(const struct nvs_store *store);

#endif
