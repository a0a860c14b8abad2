/* SPDX-License-Identifier: Apache-2.0 */
/* Texts and blobs: values whose data stand in entries of their own, with a CRC. A blob is an index
 * and its chunks; it is written with one chunk and read with any number. */
#include "airslot/bytes.h"
#include "nvs_store.h"

static esp_err_t find_chunk(const struct nvs_store *store, uint8_t ns, const char *key,
                            uint8_t chunk, struct nvs_item *out)
{
    struct nvs_walk walk;
    esp_err_t err;
    bool found;

    nvs_walk_start(&walk);
    while ((err = nvs_walk_next(store, &walk, out, &found)) == ESP_OK && found) {
        if (nvs_is_key(out, ns, key) && !nvs_is_value(out) && out->entry.chunk == chunk) {
            return ESP_OK;
        }
    }
    return err == ESP_OK ? ESP_ERR_NVS_NOT_FOUND : err;
}

static uint32_t data_len(const struct nvs_item *item)
{
    return item->entry.type == NVS_STORED_BLOB_INDEX ? asl_get_le32(item->entry.data)
                                                     : asl_get_le16(item->entry.data);
}

/* Reads the whole data of one item and checks their CRC; damaged data count as not there. */
static esp_err_t read_item(const struct nvs_store *store, const struct nvs_item *item, void *out)
{
    uint32_t len = asl_get_le16(item->entry.data);
    esp_err_t err;

    if (nvs_span_for(len) > item->entry.span) {
        return ESP_ERR_NVS_NOT_FOUND;
    }
    err = nvs_page_read_data(store->flash, item->page, item->at, 0, out, len);
    if (err == ESP_OK && nvs_crc(NVS_CRC_INIT, out, len) != asl_get_le32(item->entry.data + 4)) {
        err = ESP_ERR_NVS_NOT_FOUND;
    }
    return err;
}

static esp_err_t read_chunks(const struct nvs_store *store, const struct nvs_item *index,
                             uint8_t *out, uint32_t len)
{
    uint32_t done = 0;
    esp_err_t err = ESP_OK;

    for (unsigned i = 0; i < index->entry.data[4] && err == ESP_OK; i++) {
        uint8_t chunk = (uint8_t)(index->entry.data[5] + i);
        struct nvs_item item;

        err = find_chunk(store, index->entry.ns, index->entry.key, chunk, &item);
        if (err == ESP_OK && data_len(&item) > len - done) {
            err = ESP_ERR_NVS_NOT_FOUND;
        }
        if (err == ESP_OK) {
            err = read_item(store, &item, out + done);
            done += data_len(&item);
        }
    }
    return err == ESP_OK && done != len ? ESP_ERR_NVS_NOT_FOUND : err;
}

static bool is_type(const struct nvs_item *item, uint8_t type)
{
    return type == NVS_STORED_STR ? item->entry.type == NVS_STORED_STR
                                  : item->entry.type == NVS_STORED_BLOB_INDEX ||
                                        item->entry.type == NVS_STORED_BLOB_V1;
}

esp_err_t nvs_store_get_data(struct nvs_store *store, uint8_t ns, const char *key, uint8_t type,
                             void *out, size_t *len)
{
    struct nvs_item item;
    esp_err_t err = nvs_store_find(store, ns, key, &item);
    uint32_t stored_len;

    if (err == ESP_OK && !is_type(&item, type)) {
        err = ESP_ERR_NVS_TYPE_MISMATCH;
    }
    if (err != ESP_OK) {
        return err;
    }
    stored_len = data_len(&item);
    if (out && *len < stored_len) {
        err = ESP_ERR_NVS_INVALID_LENGTH;
    } else if (out && item.entry.type == NVS_STORED_BLOB_INDEX) {
        err = read_chunks(store, &item, out, stored_len);
    } else if (out) {
        err = read_item(store, &item, out);
    }
    *len = stored_len;
    return err;
}

static void describe_data(struct nvs_entry *entry, const void *data, uint32_t len)
{
    asl_put_le16(entry->data, len);
    asl_put_le32(entry->data + 4, nvs_crc(NVS_CRC_INIT, data, len));
}

static esp_err_t set_text(struct nvs_store *store, uint8_t ns, const char *key, const void *data,
                          uint32_t len)
{
    struct nvs_entry entry;
    struct nvs_item item;
    esp_err_t err = nvs_store_make_room(store, nvs_span_for(len));

    nvs_store_fill(&entry, ns, key, NVS_STORED_STR, nvs_span_for(len), NVS_NO_CHUNK);
    describe_data(&entry, data, len);
    if (err == ESP_OK) {
        err = nvs_store_append(store, &entry, data, len, &item);
    }
    return err == ESP_OK ? nvs_store_erase_older(store, &item) : err;
}

/* Chunk and index are written in a series of numbers that the version before does not use:
 * 1. the chunk: a reset finds a chunk without index, and drops it;
 * 2. the index: a reset finds two versions, takes the later, and drops the other;
 * 3. the version before is erased. */
static esp_err_t set_blob(struct nvs_store *store, uint8_t ns, const char *key, const void *data,
                          uint32_t len)
{
    uint8_t first = NVS_CHUNK_FIRST;
    struct nvs_entry entry;
    struct nvs_item item;
    esp_err_t err = nvs_store_find(store, ns, key, &item);

    if (err == ESP_OK && item.entry.type == NVS_STORED_BLOB_INDEX &&
        item.entry.data[5] < NVS_CHUNK_FIRST_B) {
        first = NVS_CHUNK_FIRST_B;
    }
    if (err == ESP_OK || err == ESP_ERR_NVS_NOT_FOUND) {
        err = nvs_store_make_room(store, nvs_span_for(len) + 1);
    }
    nvs_store_fill(&entry, ns, key, NVS_STORED_BLOB_DATA, nvs_span_for(len), first);
    describe_data(&entry, data, len);
    if (err == ESP_OK) {
        err = nvs_store_append(store, &entry, data, len, &item);
    }
    nvs_store_fill(&entry, ns, key, NVS_STORED_BLOB_INDEX, 1, NVS_NO_CHUNK);
    asl_put_le32(entry.data, len);
    entry.data[4] = 1;
    entry.data[5] = first;
    if (err == ESP_OK) {
        err = nvs_store_append(store, &entry, NULL, 0, &item);
    }
    return err == ESP_OK ? nvs_store_erase_older(store, &item) : err;
}

esp_err_t nvs_store_set_data(struct nvs_store *store, uint8_t ns, const char *key, uint8_t type,
                             const void *data, size_t len)
{
    bool is_text = type == NVS_STORED_STR;

    if (len > (is_text ? NVS_STR_MAX : NVS_BLOB_MAX)) {
        return ESP_ERR_NVS_VALUE_TOO_LONG;
    }
    return is_text ? set_text(store, ns, key, data, (uint32_t)len)
                   : set_blob(store, ns, key, data, (uint32_t)len);
}
