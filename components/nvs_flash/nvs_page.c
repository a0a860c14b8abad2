/* SPDX-License-Identifier: Apache-2.0 */
#include "nvs_page.h"

#include <string.h>

#include "airslot/bytes.h"

static uint32_t page_addr(unsigned n)
{
    return n * NVS_PAGE_LEN;
}

static uint32_t entry_addr(unsigned n, unsigned i)
{
    return page_addr(n) + NVS_ENTRIES_OFF + i * NVS_ENTRY_LEN;
}

static esp_err_t flash_read(const struct asl_flash *f, uint32_t addr, void *dst, uint32_t len)
{
    return f->read(f->ctx, addr, dst, len) == ASL_OK ? ESP_OK : ESP_ERR_FLASH_OP_FAIL;
}

static esp_err_t flash_program(const struct asl_flash *f, uint32_t addr, const void *src,
                               uint32_t len)
{
    return f->program(f->ctx, addr, src, len) == ASL_OK ? ESP_OK : ESP_ERR_FLASH_OP_FAIL;
}

static esp_err_t read_map(const struct asl_flash *f, unsigned n, uint8_t map[NVS_MAP_LEN])
{
    return flash_read(f, page_addr(n) + NVS_MAP_OFF, map, NVS_MAP_LEN);
}

/* Sets the state of count entries from first on, word by word. An item's own entry is marked first
 * and erased last: while it is marked, it tells how far a cut item reaches, and nobody takes the
 * bytes of its data for entries. */
static esp_err_t mark(const struct asl_flash *f, unsigned n, unsigned first, unsigned count,
                      unsigned state)
{
    uint32_t words[NVS_MAP_LEN / 4];
    uint8_t *map = (uint8_t *)words;
    unsigned low = first / 16;
    unsigned high = (first + count - 1) / 16;
    esp_err_t err = read_map(f, n, map);

    for (unsigned i = first; i < first + count; i++) {
        nvs_map_set(map, i, state);
    }
    for (unsigned step = 0; step <= high - low && err == ESP_OK; step++) {
        unsigned w = state == NVS_ENTRY_ERASED ? high - step : low + step;

        err = flash_program(f, page_addr(n) + NVS_MAP_OFF + 4 * w, &words[w], 4);
    }
    return err;
}

static bool is_blank(const uint8_t *bytes, uint32_t len)
{
    while (len && *bytes == 0xff) {
        bytes++;
        len--;
    }
    return len == 0;
}

static enum nvs_page_kind kind_of(uint32_t state)
{
    switch (state) {
    case NVS_STATE_ACTIVE:
        return NVS_PAGE_ACTIVE;
    case NVS_STATE_FULL:
        return NVS_PAGE_FULL;
    case NVS_STATE_FREEING:
        return NVS_PAGE_FREEING;
    default:
        return NVS_PAGE_FREE;
    }
}

esp_err_t nvs_page_load(const struct asl_flash *flash, unsigned n, struct nvs_page *page)
{
    uint8_t raw[NVS_HEADER_LEN];
    struct nvs_header header;
    esp_err_t err = flash_read(flash, page_addr(n), raw, sizeof(raw));

    memset(page, 0, sizeof(*page));
    if (err != ESP_OK || !nvs_header_decode(raw, &header)) {
        return err;
    }
    /* Versions count downwards; 0xff is the first. */
    if (header.version < NVS_VERSION) {
        return ESP_ERR_NVS_NEW_VERSION_FOUND;
    }
    page->kind = kind_of(header.state);
    page->seq = header.seq;
    return ESP_OK;
}

static bool is_span_written(const uint8_t map[NVS_MAP_LEN], unsigned at, unsigned span)
{
    if (at + span > NVS_N_ENTRIES) {
        return false;
    }
    for (unsigned i = at; i < at + span; i++) {
        if (nvs_map_get(map, i) != NVS_ENTRY_WRITTEN) {
            return false;
        }
    }
    return true;
}

/* What entry i is to the walk: an item of *step entries, or *step entries to pass over, which a
 * repair clears when *is_litter. */
static esp_err_t look_at(const struct asl_flash *f, unsigned n, const uint8_t map[NVS_MAP_LEN],
                         unsigned i, struct nvs_entry *entry, unsigned *step, bool *is_item,
                         bool *is_litter)
{
    uint8_t raw[NVS_ENTRY_LEN];
    unsigned state = nvs_map_get(map, i);
    esp_err_t err = ESP_OK;

    *step = 1;
    *is_item = false;
    *is_litter = false;
    if (state == NVS_ENTRY_ERASED) {
        return ESP_OK;
    }
    err = flash_read(f, entry_addr(n, i), raw, sizeof(raw));
    if (state == NVS_ENTRY_EMPTY) {
        *is_litter = !is_blank(raw, sizeof(raw));
        return err;
    }
    if (state == NVS_ENTRY_WRITTEN && nvs_entry_decode(raw, entry)) {
        unsigned room = NVS_N_ENTRIES - i;

        *step = entry->span < room ? entry->span : room;
        *is_item = is_span_written(map, i, entry->span);
    }
    *is_litter = !*is_item;
    return err;
}

esp_err_t nvs_page_next(const struct asl_flash *flash, unsigned n, unsigned *i,
                        struct nvs_entry *entry, unsigned *at, bool *found)
{
    uint8_t map[NVS_MAP_LEN];
    esp_err_t err = read_map(flash, n, map);
    bool is_litter;
    unsigned step;

    *found = false;
    while (err == ESP_OK && !*found && *i < NVS_N_ENTRIES) {
        if (nvs_map_get(map, *i) == NVS_ENTRY_EMPTY) {
            ++*i;
            continue;
        }
        err = look_at(flash, n, map, *i, entry, &step, found, &is_litter);
        *at = *i;
        *i += step;
    }
    return err;
}

esp_err_t nvs_page_repair(const struct asl_flash *flash, unsigned n, struct nvs_page *page)
{
    uint8_t map[NVS_MAP_LEN];
    struct nvs_entry entry;
    esp_err_t err = read_map(flash, n, map);
    bool is_item, is_litter;
    unsigned step;

    page->next = 0;
    page->n_live = 0;
    for (unsigned i = 0; i < NVS_N_ENTRIES && err == ESP_OK; i += step) {
        err = look_at(flash, n, map, i, &entry, &step, &is_item, &is_litter);
        if (err == ESP_OK && is_litter) {
            err = mark(flash, n, i, step, NVS_ENTRY_ERASED);
        }
        if (is_item) {
            page->n_live = (uint8_t)(page->n_live + step);
        }
        if (is_litter || nvs_map_get(map, i) != NVS_ENTRY_EMPTY) {
            page->next = (uint8_t)(i + step);
        }
    }
    return err;
}

static esp_err_t ensure_blank(const struct asl_flash *f, unsigned n, struct nvs_page *page)
{
    uint8_t raw[NVS_ENTRY_LEN];
    esp_err_t err = ESP_OK;

    for (uint32_t off = 0; off < NVS_PAGE_LEN && err == ESP_OK; off += sizeof(raw)) {
        err = flash_read(f, page_addr(n) + off, raw, sizeof(raw));
        if (err == ESP_OK && !is_blank(raw, sizeof(raw))) {
            return nvs_page_erase(f, n, page);
        }
    }
    return err;
}

esp_err_t nvs_page_activate(const struct asl_flash *flash, unsigned n, struct nvs_page *page,
                            uint32_t seq)
{
    const struct nvs_header header = {NVS_STATE_ACTIVE, seq, NVS_VERSION};
    uint32_t words[NVS_HEADER_LEN / 4];
    esp_err_t err = ensure_blank(flash, n, page);

    nvs_header_encode(&header, (uint8_t *)words);
    if (err == ESP_OK) {
        err = flash_program(flash, page_addr(n), words, NVS_HEADER_LEN);
    }
    if (err == ESP_OK) {
        *page = (struct nvs_page){.seq = seq, .kind = NVS_PAGE_ACTIVE};
    }
    return err;
}

static esp_err_t set_state(const struct asl_flash *f, unsigned n, struct nvs_page *page,
                           uint32_t state)
{
    uint32_t word;
    esp_err_t err;

    asl_put_le32((uint8_t *)&word, state);
    err = flash_program(f, page_addr(n), &word, 4);
    if (err == ESP_OK) {
        page->kind = kind_of(state);
    }
    return err;
}

esp_err_t nvs_page_mark_full(const struct asl_flash *flash, unsigned n, struct nvs_page *page)
{
    return set_state(flash, n, page, NVS_STATE_FULL);
}

esp_err_t nvs_page_mark_freeing(const struct asl_flash *flash, unsigned n, struct nvs_page *page)
{
    return set_state(flash, n, page, NVS_STATE_FREEING);
}

esp_err_t nvs_page_erase(const struct asl_flash *flash, unsigned n, struct nvs_page *page)
{
    if (flash->erase(flash->ctx, page_addr(n)) != ASL_OK) {
        return ESP_ERR_FLASH_OP_FAIL;
    }
    memset(page, 0, sizeof(*page));
    return ESP_OK;
}

esp_err_t nvs_page_read_data(const struct asl_flash *flash, unsigned n, unsigned at, uint32_t off,
                             void *out, uint32_t len)
{
    return flash_read(flash, entry_addr(n, at + 1) + off, out, len);
}

/* Writes data behind entry at, padded with ones. */
static esp_err_t write_data(const struct asl_flash *f, unsigned n, unsigned at, const uint8_t *data,
                            uint32_t len)
{
    uint32_t words[NVS_ENTRY_LEN / 4];
    esp_err_t err = ESP_OK;

    for (uint32_t off = 0; off < len && err == ESP_OK; off += sizeof(words)) {
        uint32_t n_bytes = len - off < sizeof(words) ? len - off : sizeof(words);

        memset(words, 0xff, sizeof(words));
        memcpy(words, data + off, n_bytes);
        err = flash_program(f, entry_addr(n, at + 1) + off, words, sizeof(words));
    }
    return err;
}

/* The item's data stand behind its place; now it comes to count. */
static esp_err_t commit_item(const struct asl_flash *f, unsigned n, struct nvs_page *page,
                             const struct nvs_entry *entry)
{
    uint32_t words[NVS_ENTRY_LEN / 4];
    unsigned at = page->next;
    esp_err_t err;

    /* 2. The entry: a reset still finds bytes in entries that the map calls empty. */
    nvs_entry_encode(entry, (uint8_t *)words);
    err = flash_program(f, entry_addr(n, at), words, sizeof(words));
    /* 3. The map: a reset finds an entry whose span is not marked to its end, or the item. */
    if (err == ESP_OK) {
        err = mark(f, n, at, entry->span, NVS_ENTRY_WRITTEN);
    }
    if (err == ESP_OK) {
        page->n_live = (uint8_t)(page->n_live + entry->span);
    }
    return err;
}

esp_err_t nvs_page_append(const struct asl_flash *flash, unsigned n, struct nvs_page *page,
                          const struct nvs_entry *entry, const void *data, uint32_t len)
{
    /* 1. The data: a reset finds bytes in entries that the map calls empty. */
    esp_err_t err = write_data(flash, n, page->next, data, len);

    if (err == ESP_OK) {
        err = commit_item(flash, n, page, entry);
    }
    page->next = (uint8_t)(page->next + entry->span); /* used up, even when something failed */
    return err;
}

esp_err_t nvs_page_copy(const struct asl_flash *flash, unsigned n, struct nvs_page *page,
                        unsigned from, unsigned at, const struct nvs_entry *entry)
{
    uint32_t words[NVS_ENTRY_LEN / 4];
    esp_err_t err = ESP_OK;

    for (unsigned i = 1; i < entry->span && err == ESP_OK; i++) {
        err = flash_read(flash, entry_addr(from, at + i), words, sizeof(words));
        if (err == ESP_OK) {
            err = flash_program(flash, entry_addr(n, page->next + i), words, sizeof(words));
        }
    }
    if (err == ESP_OK) {
        err = commit_item(flash, n, page, entry);
    }
    page->next = (uint8_t)(page->next + entry->span);
    return err;
}

esp_err_t nvs_page_erase_item(const struct asl_flash *flash, unsigned n, struct nvs_page *page,
                              unsigned at, unsigned span)
{
    esp_err_t err = mark(flash, n, at, span, NVS_ENTRY_ERASED);

    if (err == ESP_OK) {
        page->n_live = (uint8_t)(page->n_live - span);
    }
    return err;
}
