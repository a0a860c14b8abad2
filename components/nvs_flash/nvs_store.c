/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over items, what a start finishes, numbers and namespaces. A value is replaced by
 * writing the new one and then erasing the old. */
#include "nvs_store.h"

#include <string.h>

#include "airslot/bytes.h"

/* --- walking --- */

/* The page in use with the least sequence number from seq on, or -1. */
static int page_from(const struct nvs_store *store, uint32_t seq)
{
    int best = -1;

    for (unsigned i = 0; i < store->n_pages; i++) {
        const struct nvs_page *page = &store->page[i];

        if (page->kind != NVS_PAGE_FREE && page->seq >= seq &&
            (best < 0 || page->seq < store->page[best].seq)) {
            best = (int)i;
        }
    }
    return best;
}

void nvs_walk_start(struct nvs_walk *walk)
{
    *walk = (struct nvs_walk){0, 0};
}

esp_err_t nvs_walk_next(const struct nvs_store *store, struct nvs_walk *walk, struct nvs_item *item,
                        bool *found)
{
    esp_err_t err = ESP_OK;
    int n;

    *found = false;
    while (err == ESP_OK && !*found && (n = page_from(store, walk->seq)) >= 0) {
        if (store->page[n].seq != walk->seq) {
            walk->seq = store->page[n].seq;
            walk->i = 0;
        }
        item->page = (unsigned)n;
        err = nvs_page_next(store->flash, item->page, &walk->i, &item->entry, &item->at, found);
        if (err == ESP_OK && !*found) {
            walk->seq++;
            walk->i = 0;
        }
    }
    return err;
}

bool nvs_is_key(const struct nvs_item *item, uint8_t ns, const char *key)
{
    return item->entry.ns == ns && strcmp(item->entry.key, key) == 0;
}

bool nvs_is_value(const struct nvs_item *item)
{
    return item->entry.type != NVS_STORED_BLOB_DATA;
}

esp_err_t nvs_store_find(const struct nvs_store *store, uint8_t ns, const char *key,
                         struct nvs_item *out)
{
    bool found = true, have = false;
    struct nvs_walk walk;
    struct nvs_item item;
    esp_err_t err = ESP_OK;

    nvs_walk_start(&walk);
    while ((err = nvs_walk_next(store, &walk, &item, &found)) == ESP_OK && found) {
        if (nvs_is_key(&item, ns, key) && nvs_is_value(&item)) {
            *out = item;
            have = true;
        }
    }
    return err == ESP_OK && !have ? ESP_ERR_NVS_NOT_FOUND : err;
}

/* --- erasing --- */

/* Whether the index that is kept owns the item as one of its chunks. */
static bool belongs_to(const struct nvs_item *item, const struct nvs_item *kept)
{
    uint8_t first = kept->entry.data[5];
    uint8_t n_chunks = kept->entry.data[4];

    return kept->entry.type == NVS_STORED_BLOB_INDEX && item->entry.type == NVS_STORED_BLOB_DATA &&
           (uint8_t)(item->entry.chunk - first) < n_chunks;
}

static bool is_same_item(const struct nvs_item *a, const struct nvs_item *b)
{
    return a->page == b->page && a->at == b->at;
}

/* Erases all items of ns, or of one key in it (key not NULL), but those that stand for kept (may be
 * NULL). Oldest first: a cut never brings an older value back. */
static esp_err_t erase_items(struct nvs_store *store, uint8_t ns, const char *key,
                             const struct nvs_item *kept, unsigned *n_erased)
{
    struct nvs_walk walk;
    struct nvs_item item;
    esp_err_t err;
    bool found;

    *n_erased = 0;
    nvs_walk_start(&walk);
    while ((err = nvs_walk_next(store, &walk, &item, &found)) == ESP_OK && found) {
        if (item.entry.ns != ns || (key && strcmp(item.entry.key, key) != 0) ||
            (kept && (is_same_item(&item, kept) || belongs_to(&item, kept)))) {
            continue;
        }
        err = nvs_page_erase_item(store->flash, item.page, &store->page[item.page], item.at,
                                  item.entry.span);
        if (err != ESP_OK) {
            return err;
        }
        ++*n_erased;
    }
    return err;
}

esp_err_t nvs_store_erase(struct nvs_store *store, uint8_t ns, const char *key)
{
    unsigned n_erased;
    esp_err_t err = erase_items(store, ns, key, NULL, &n_erased);

    return err == ESP_OK && n_erased == 0 ? ESP_ERR_NVS_NOT_FOUND : err;
}

esp_err_t nvs_store_erase_namespace(struct nvs_store *store, uint8_t ns)
{
    unsigned n_erased;

    return erase_items(store, ns, NULL, NULL, &n_erased);
}

/* --- starting --- */

static esp_err_t load_pages(struct nvs_store *store)
{
    esp_err_t err = ESP_OK;

    for (unsigned i = 0; i < store->n_pages && err == ESP_OK; i++) {
        struct nvs_page *page = &store->page[i];

        err = nvs_page_load(store->flash, i, page);
        if (err == ESP_OK && page->kind != NVS_PAGE_FREE) {
            err = nvs_page_repair(store->flash, i, page);
            store->next_seq = page->seq >= store->next_seq ? page->seq + 1 : store->next_seq;
        }
    }
    return err;
}

/* Of pages with one number the first counts, and only the newest page takes items: what is written
 * is then what a walk finds last. No cut leaves it otherwise, other writers may. */
static void settle_pages(struct nvs_store *store)
{
    for (unsigned i = 0; i < store->n_pages; i++) {
        struct nvs_page *page = &store->page[i];

        if (page->kind != NVS_PAGE_FREE && page_from(store, page->seq) != (int)i) {
            memset(page, 0, sizeof(*page));
        } else if (page->kind == NVS_PAGE_ACTIVE && page->seq + 1 == store->next_seq) {
            store->active = (int)i;
        } else if (page->kind == NVS_PAGE_ACTIVE) {
            page->kind = NVS_PAGE_FULL;
        }
    }
}

static esp_err_t find_last(const struct nvs_store *store, struct nvs_item *last, bool *have)
{
    struct nvs_walk walk;
    struct nvs_item item;
    esp_err_t err;
    bool found;

    *have = false;
    nvs_walk_start(&walk);
    while ((err = nvs_walk_next(store, &walk, &item, &found)) == ESP_OK && found) {
        *last = item;
        *have = true;
    }
    return err;
}

/* Erases a chunk that no index owns. */
static esp_err_t drop_orphan(struct nvs_store *store, const struct nvs_item *chunk)
{
    struct nvs_item value;
    esp_err_t err = nvs_store_find(store, chunk->entry.ns, chunk->entry.key, &value);

    if (err == ESP_OK && belongs_to(chunk, &value)) {
        return ESP_OK;
    }
    if (err != ESP_OK && err != ESP_ERR_NVS_NOT_FOUND) {
        return err;
    }
    return nvs_page_erase_item(store->flash, chunk->page, &store->page[chunk->page], chunk->at,
                               chunk->entry.span);
}

/* A cut between writing a value and erasing the one before leaves both, a cut inside a blob leaves
 * a chunk without index. Both can only concern the item written last. */
static esp_err_t drop_remainder(struct nvs_store *store)
{
    struct nvs_item last;
    unsigned n_erased;
    bool have;
    esp_err_t err = find_last(store, &last, &have);

    if (err != ESP_OK || !have) {
        return err;
    }
    if (!nvs_is_value(&last)) {
        return drop_orphan(store, &last);
    }
    return erase_items(store, last.entry.ns, last.entry.key, &last, &n_erased);
}

esp_err_t nvs_store_init(struct nvs_store *store, const struct asl_flash *flash)
{
    uint32_t n_pages = flash->size / NVS_PAGE_LEN;
    esp_err_t err;

    memset(store, 0, sizeof(*store));
    store->flash = flash;
    store->n_pages = n_pages < NVS_MAX_PAGES ? n_pages : NVS_MAX_PAGES;
    store->active = -1;
    if (n_pages < 2) {
        return ESP_ERR_NVS_NO_FREE_PAGES;
    }
    err = load_pages(store);
    if (err == ESP_OK) {
        settle_pages(store);
        err = nvs_store_finish_move(store);
    }
    if (err == ESP_OK) {
        err = drop_remainder(store);
    }
    if (err == ESP_OK && nvs_store_n_free(store) == 0) {
        err = ESP_ERR_NVS_NO_FREE_PAGES;
    }
    return err;
}

/* --- values --- */

void nvs_store_fill(struct nvs_entry *entry, uint8_t ns, const char *key, uint8_t type,
                    unsigned span, uint8_t chunk)
{
    memset(entry, 0, sizeof(*entry));
    entry->ns = ns;
    entry->type = type;
    entry->span = (uint8_t)span;
    entry->chunk = chunk;
    strncpy(entry->key, key, NVS_KEY_LEN);
    memset(entry->data, 0xff, sizeof(entry->data));
}

esp_err_t nvs_store_append(struct nvs_store *store, const struct nvs_entry *entry, const void *data,
                           uint32_t len, struct nvs_item *item)
{
    struct nvs_page *page = &store->page[store->active];

    item->page = (unsigned)store->active;
    item->at = page->next;
    item->entry = *entry;
    return nvs_page_append(store->flash, item->page, page, entry, data, len);
}

esp_err_t nvs_store_erase_older(struct nvs_store *store, const struct nvs_item *kept)
{
    unsigned n_erased;

    return erase_items(store, kept->entry.ns, kept->entry.key, kept, &n_erased);
}

esp_err_t nvs_store_get_number(struct nvs_store *store, uint8_t ns, const char *key, uint8_t type,
                               void *value, uint32_t len)
{
    struct nvs_item item;
    esp_err_t err = nvs_store_find(store, ns, key, &item);

    if (err == ESP_OK && item.entry.type != type) {
        err = ESP_ERR_NVS_TYPE_MISMATCH;
    }
    if (err == ESP_OK) {
        memcpy(value, item.entry.data, len);
    }
    return err;
}

esp_err_t nvs_store_set_number(struct nvs_store *store, uint8_t ns, const char *key, uint8_t type,
                               const void *value, uint32_t len)
{
    struct nvs_entry entry;
    struct nvs_item item;
    esp_err_t err = nvs_store_find(store, ns, key, &item);

    if (err == ESP_OK && item.entry.type == type && memcmp(item.entry.data, value, len) == 0) {
        return ESP_OK; /* spares the flash */
    }
    if (err == ESP_OK || err == ESP_ERR_NVS_NOT_FOUND) {
        err = nvs_store_make_room(store, 1);
    }
    nvs_store_fill(&entry, ns, key, type, 1, NVS_NO_CHUNK);
    memcpy(entry.data, value, len);
    if (err == ESP_OK) {
        err = nvs_store_append(store, &entry, NULL, 0, &item);
    }
    return err == ESP_OK ? nvs_store_erase_older(store, &item) : err;
}

esp_err_t nvs_store_namespace(struct nvs_store *store, const char *name, bool create, uint8_t *ns)
{
    esp_err_t err = nvs_store_get_number(store, 0, name, NVS_STORED_U8, ns, 1);
    struct nvs_walk walk;
    struct nvs_item item;
    unsigned last = 0;
    bool found;

    if (err != ESP_ERR_NVS_NOT_FOUND || !create) {
        return err;
    }
    nvs_walk_start(&walk);
    while ((err = nvs_walk_next(store, &walk, &item, &found)) == ESP_OK && found) {
        if (item.entry.ns == 0 && item.entry.data[0] > last) {
            last = item.entry.data[0];
        }
    }
    if (err != ESP_OK || last >= NVS_NS_MAX) {
        return err != ESP_OK ? err : ESP_ERR_NVS_NOT_ENOUGH_SPACE;
    }
    *ns = (uint8_t)(last + 1);
    return nvs_store_set_number(store, 0, name, NVS_STORED_U8, ns, 1);
}
