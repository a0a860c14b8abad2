/* SPDX-License-Identifier: Apache-2.0 */
/* Which slot runs, and which one is updated next. */
#include <stdlib.h>

#include "asl_table.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "ota_private.h"

static const char TAG[] = "esp_ota_ops";

#define N_SUBTYPES 16u

static const esp_partition_t *ota_slot(unsigned i)
{
    return esp_partition_find_first(ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_OTA(i), NULL);
}

bool ota_is_slot(const esp_partition_t *p)
{
    return p->type == ESP_PARTITION_TYPE_APP && p->subtype >= ESP_PARTITION_SUBTYPE_APP_OTA_MIN &&
           p->subtype < ESP_PARTITION_SUBTYPE_APP_OTA_MAX;
}

const esp_partition_t *esp_ota_get_running_partition(void)
{
    static const esp_partition_t *running;
    uintptr_t addr = spi_flash_cache2phys((const void *)esp_ota_get_running_partition);
    esp_partition_iterator_t it = NULL;

    if (running == NULL) {
        it = esp_partition_find(ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_ANY, NULL);
    }
    for (; it != NULL && running == NULL; it = esp_partition_next(it)) {
        const esp_partition_t *p = esp_partition_get(it);
        if (addr >= p->address && addr - p->address < p->size) {
            running = p;
        }
    }
    esp_partition_iterator_release(it);
    if (running == NULL) {
        ESP_LOGE(TAG, "no partition of the table holds the running program (flash 0x%x)",
                 (unsigned)addr);
        abort();
    }
    return running;
}

/* As the bootloader asks: an image beyond the chip or across a 1 MiB window never starts. */
static bool can_start(const esp_partition_t *p)
{
    const struct asl_partition place = {.addr = p->address, .size = p->size};
    uint32_t chip = spi_flash_get_chip_size();

    return p->address <= chip && p->size <= chip - p->address &&
           !asl_partition_crosses_window(&place);
}

/* The first slot behind number start, in a circle, that is not running and can start; failing
 * that one that cannot, so that esp_ota_begin() can say so; failing that the running one. */
static const esp_partition_t *next_slot(unsigned start)
{
    const esp_partition_t *running = esp_ota_get_running_partition();
    const esp_partition_t *best = NULL;

    for (unsigned n = 1; n <= N_SUBTYPES; n++) {
        const esp_partition_t *p = ota_slot((start + n) % N_SUBTYPES);
        if (p == NULL) {
            continue;
        }
        if (p != running && can_start(p)) {
            return p;
        }
        if (best == NULL || best == running) {
            best = p;
        }
    }
    return best;
}

const esp_partition_t *esp_ota_get_next_update_partition(const esp_partition_t *start_from)
{
    const esp_partition_t *start =
        start_from != NULL ? esp_partition_verify(start_from) : esp_ota_get_running_partition();

    if (start == NULL) {
        return NULL;
    }
    return next_slot(ota_is_slot(start) ? (unsigned)start->subtype & 0xfu : N_SUBTYPES - 1u);
}

uint8_t get_ota_partition_count(void)
{
    uint8_t n = 0;
    for (unsigned i = 0; i < N_SUBTYPES; i++) {
        n += ota_slot(i) != NULL;
    }
    return n;
}
