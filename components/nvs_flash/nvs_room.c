/* SPDX-License-Identifier: Apache-2.0 */
/* Making room: a full page's items move to the one page that is always kept free, then it is erased
 * and is the free one. */
#include "nvs_store.h"

unsigned nvs_store_n_free(const struct nvs_store *store)
{
    unsigned n = 0;

    for (unsigned i = 0; i < store->n_pages; i++) {
        n += store->page[i].kind == NVS_PAGE_FREE;
    }
    return n;
}

static int find_kind(const struct nvs_store *store, enum nvs_page_kind kind)
{
    for (unsigned i = 0; i < store->n_pages; i++) {
        if (store->page[i].kind == kind) {
            return (int)i;
        }
    }
    return -1;
}

static esp_err_t activate_free(struct nvs_store *store)
{
    int n = find_kind(store, NVS_PAGE_FREE);
    esp_err_t err;

    if (n < 0 || store->next_seq == NVS_SEQ_NONE) {
        return ESP_ERR_NVS_NO_FREE_PAGES;
    }
    err = nvs_page_activate(store->flash, (unsigned)n, &store->page[n], store->next_seq);
    if (err == ESP_OK) {
        store->next_seq++;
        store->active = n;
    }
    return err;
}

/* Copies one item with its data into the active page, which has room: it was empty before. */
static esp_err_t copy_item(struct nvs_store *store, unsigned from, unsigned at,
                           const struct nvs_entry *entry)
{
    unsigned to = (unsigned)store->active;

    return nvs_page_copy(store->flash, to, &store->page[to], from, at, entry);
}

/* The rest of a move, from a page that is marked as freeing. Each step may be cut:
 * 1. activate the free page: a reset finds a freeing page and no active one, and comes here again;
 * 2. copy: it finds an active page that holds copies only, erases that, and comes here again;
 * 3. erase the old page: it finds the copies, and a free page whatever the erase left of it. */
static esp_err_t move_items(struct nvs_store *store, unsigned from)
{
    esp_err_t err = activate_free(store);
    struct nvs_entry entry;
    bool found = true;
    unsigned at;

    for (unsigned i = 0; err == ESP_OK && found;) {
        err = nvs_page_next(store->flash, from, &i, &entry, &at, &found);
        if (err == ESP_OK && found) {
            err = copy_item(store, from, at, &entry);
        }
    }
    if (err == ESP_OK) {
        err = nvs_page_erase(store->flash, from, &store->page[from]);
    }
    return err;
}

esp_err_t nvs_store_finish_move(struct nvs_store *store)
{
    int from = find_kind(store, NVS_PAGE_FREEING);
    esp_err_t err = ESP_OK;

    if (from >= 0 && store->active >= 0) {
        err = nvs_page_erase(store->flash, (unsigned)store->active, &store->page[store->active]);
        store->active = -1;
    }
    /* A cut leaves one such page; of others none may stand, or the next start erases what is new.
     */
    while (err == ESP_OK && from >= 0) {
        err = move_items(store, (unsigned)from);
        from = find_kind(store, NVS_PAGE_FREEING);
        if (err == ESP_OK && from >= 0) {
            store->page[store->active].kind = NVS_PAGE_FULL;
        }
    }
    return err;
}

/* The full page that gives the most, or -1 when none gives anything. */
static int find_victim(const struct nvs_store *store)
{
    unsigned least = NVS_N_ENTRIES;
    int victim = -1;

    for (unsigned i = 0; i < store->n_pages; i++) {
        if (store->page[i].kind == NVS_PAGE_FULL && store->page[i].n_live < least) {
            least = store->page[i].n_live;
            victim = (int)i;
        }
    }
    return victim;
}

/* No page is active: opens one. */
static esp_err_t open_page(struct nvs_store *store)
{
    esp_err_t err;
    int victim;

    if (nvs_store_n_free(store) > 1) {
        return activate_free(store);
    }
    victim = find_victim(store);
    if (victim < 0) {
        return ESP_ERR_NVS_NOT_ENOUGH_SPACE;
    }
    err = nvs_page_mark_freeing(store->flash, (unsigned)victim, &store->page[victim]);
    return err == ESP_OK ? move_items(store, (unsigned)victim) : err;
}

/* Whether any page could be made to take span entries: asked before anything is written. */
static bool is_room_possible(const struct nvs_store *store, unsigned span)
{
    if (nvs_store_n_free(store) > 1) {
        return true;
    }
    for (unsigned i = 0; i < store->n_pages; i++) {
        const struct nvs_page *page = &store->page[i];

        if (page->kind != NVS_PAGE_FREE && page->n_live + span <= NVS_N_ENTRIES) {
            return true;
        }
    }
    return false;
}

esp_err_t nvs_store_make_room(struct nvs_store *store, unsigned span)
{
    esp_err_t err = ESP_OK;

    if (!is_room_possible(store, span)) {
        return ESP_ERR_NVS_NOT_ENOUGH_SPACE;
    }
    /* Each turn opens a page; the emptiest is taken first, so that one turn does in the end. */
    for (unsigned turn = 0; turn <= store->n_pages && err == ESP_OK; turn++) {
        if (store->active >= 0) {
            struct nvs_page *page = &store->page[store->active];

            if (page->next + span <= NVS_N_ENTRIES) {
                return ESP_OK;
            }
            err = nvs_page_mark_full(store->flash, (unsigned)store->active, page);
            if (err != ESP_OK) {
                return err;
            }
            store->active = -1;
        }
        err = open_page(store);
    }
    return err == ESP_OK ? ESP_ERR_NVS_NOT_ENOUGH_SPACE : err;
}
