/* SPDX-License-Identifier: Apache-2.0 */
/* The partition table in RAM, and access to what it describes. */
#include "esp_partition.h"

#include <stdlib.h>
#include <string.h>

#include "airslot/flash.h"
#include "airslot/format.h"
#include "asl_table.h"
#include "esp_asl_err.h"
#include "esp_log.h"
#include "esp_spi_flash.h"

static const char TAG[] = "partition";

static esp_partition_t *table; /* kept for ever: callers hold pointers into it */
static size_t n_table;

struct esp_partition_iterator_opaque_ {
    esp_partition_type_t type;
    esp_partition_subtype_t subtype;
    const char *label;
    size_t index;
};

/* Such a partition stays in the list: the numbers of the slots count it, and whoever wants to use
 * it learns the reason then too. */
static void warn_beyond_chip(const struct asl_partition *p)
{
    uint32_t chip = esp_flash_port()->size;
    if (p->addr > chip || p->size > chip - p->addr) {
        ESP_LOGW(TAG, "partition %s cannot be used: it needs flash up to 0x%x, the chip has 0x%x",
                 p->label, (unsigned)(p->addr + p->size), (unsigned)chip);
    }
}

static void take_entry(const struct asl_partition *p)
{
    esp_partition_t *out = &table[n_table++];
    out->type = (esp_partition_type_t)p->type;
    out->subtype = (esp_partition_subtype_t)p->subtype;
    out->address = p->addr;
    out->size = p->size;
    out->encrypted = (p->flags & 1u) != 0;
    memcpy(out->label, p->label, sizeof(out->label));
}

static void take_entries(const uint8_t *raw, uint32_t n)
{
    table = calloc(n > 0 ? n : 1, sizeof(*table));
    for (uint32_t i = 0; table != NULL && i < n; i++) {
        struct asl_partition p;
        asl_table_get(raw, i, &p);
        warn_beyond_chip(&p);
        take_entry(&p);
    }
}

static void load_table(void)
{
    uint8_t *raw = malloc(ASL_TABLE_LEN);
    uint32_t n = 0;
    if (raw == NULL || spi_flash_read(ASL_TABLE_ADDR, raw, ASL_TABLE_LEN) != ESP_OK) {
        ESP_LOGE(TAG, "the partition table cannot be read");
        free(raw);
        return;
    }
    enum asl_err err = asl_table_check(raw, ASL_TABLE_LEN, &n);
    if (err == ASL_OK) {
        take_entries(raw, n);
    } else {
        esp_asl_err_log(TAG, "partition table", err);
    }
    free(raw);
}

static bool matches(const esp_partition_t *p, const struct esp_partition_iterator_opaque_ *it)
{
    return (it->type == ESP_PARTITION_TYPE_ANY || it->type == p->type) &&
           (it->subtype == ESP_PARTITION_SUBTYPE_ANY || it->subtype == p->subtype) &&
           (it->label == NULL || strcmp(it->label, p->label) == 0);
}

/* First match at or behind it->index; n_table when there is none. */
static size_t find_from(const struct esp_partition_iterator_opaque_ *it)
{
    if (table == NULL) {
        load_table();
    }
    size_t i = it->index;
    while (i < n_table && !matches(&table[i], it)) {
        i++;
    }
    return i;
}

esp_partition_iterator_t esp_partition_find(esp_partition_type_t type,
                                            esp_partition_subtype_t subtype, const char *label)
{
    struct esp_partition_iterator_opaque_ wanted = {type, subtype, label, 0};
    wanted.index = find_from(&wanted);
    esp_partition_iterator_t it = wanted.index < n_table ? malloc(sizeof(*it)) : NULL;
    if (it != NULL) {
        *it = wanted;
    }
    return it;
}

esp_partition_iterator_t esp_partition_next(esp_partition_iterator_t iterator)
{
    if (iterator == NULL) {
        return NULL;
    }
    iterator->index++;
    iterator->index = find_from(iterator);
    if (iterator->index < n_table) {
        return iterator;
    }
    free(iterator);
    return NULL;
}

const esp_partition_t *esp_partition_get(esp_partition_iterator_t iterator)
{
    return iterator != NULL ? &table[iterator->index] : NULL;
}

void esp_partition_iterator_release(esp_partition_iterator_t iterator)
{
    free(iterator);
}

const esp_partition_t *esp_partition_find_first(esp_partition_type_t type,
                                                esp_partition_subtype_t subtype, const char *label)
{
    struct esp_partition_iterator_opaque_ wanted = {type, subtype, label, 0};
    size_t i = find_from(&wanted);
    return i < n_table ? &table[i] : NULL;
}

const esp_partition_t *esp_partition_verify(const esp_partition_t *partition)
{
    struct esp_partition_iterator_opaque_ wanted = {partition->type, partition->subtype,
                                                    partition->label, 0};
    for (size_t i; (i = find_from(&wanted)) < n_table; wanted.index = i + 1) {
        if (table[i].address == partition->address && table[i].size == partition->size) {
            return &table[i];
        }
    }
    return NULL;
}

static esp_err_t check_range(const esp_partition_t *partition, size_t offset, size_t size)
{
    if (partition == NULL || offset > partition->size) {
        return ESP_ERR_INVALID_ARG;
    }
    return size > partition->size - offset ? ESP_ERR_INVALID_SIZE : ESP_OK;
}

esp_err_t esp_partition_read(const esp_partition_t *partition, size_t src_offset, void *dst,
                             size_t size)
{
    esp_err_t err = check_range(partition, src_offset, size);
    return err != ESP_OK ? err : spi_flash_read(partition->address + src_offset, dst, size);
}

esp_err_t esp_partition_write(const esp_partition_t *partition, size_t dst_offset, const void *src,
                              size_t size)
{
    esp_err_t err = check_range(partition, dst_offset, size);
    return err != ESP_OK ? err : spi_flash_write(partition->address + dst_offset, src, size);
}

esp_err_t esp_partition_erase_range(const esp_partition_t *partition, size_t start_addr,
                                    size_t size)
{
    esp_err_t err = check_range(partition, start_addr, size);
    if (err == ESP_OK && size % SPI_FLASH_SEC_SIZE != 0) {
        err = ESP_ERR_INVALID_SIZE;
    }
    if (err == ESP_OK && start_addr % SPI_FLASH_SEC_SIZE != 0) {
        err = ESP_ERR_INVALID_ARG;
    }
    return err != ESP_OK ? err : spi_flash_erase_range(partition->address + start_addr, size);
}
