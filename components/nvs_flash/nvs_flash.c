/* SPDX-License-Identifier: Apache-2.0 */
/* The partition "nvs" as the flash of a store. The store's memory (about 250 bytes) is taken from
 * the heap by nvs_flash_init(). */
#include "nvs_flash.h"

#include <stdlib.h>

#include "esp_log.h"
#include "esp_partition.h"
#include "nvs_flash_store.h"

struct nvs_instance {
    struct nvs_store store;
    struct asl_flash flash;
};

static const char *TAG = "nvs";
static struct nvs_instance *instance;

struct nvs_store *nvs_flash_store(void)
{
    return instance ? &instance->store : NULL;
}

static enum asl_err port_read(void *ctx, uint32_t addr, void *dst, uint32_t len)
{
    return esp_partition_read(ctx, addr, dst, len) == ESP_OK ? ASL_OK : ASL_ERR_FLASH_READ;
}

static enum asl_err port_program(void *ctx, uint32_t addr, const void *src, uint32_t len)
{
    return esp_partition_write(ctx, addr, src, len) == ESP_OK ? ASL_OK : ASL_ERR_FLASH_PROGRAM;
}

static enum asl_err port_erase(void *ctx, uint32_t addr)
{
    return esp_partition_erase_range(ctx, addr, NVS_PAGE_LEN) == ESP_OK ? ASL_OK
                                                                        : ASL_ERR_FLASH_ERASE;
}

static const esp_partition_t *find_partition(void)
{
    const esp_partition_t *partition = esp_partition_find_first(
        ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_NVS, NVS_DEFAULT_PART_NAME);

    if (!partition) {
        ESP_LOGE(TAG, "no partition '%s' (0x%x): flash a partition table that has one",
                 NVS_DEFAULT_PART_NAME, ESP_ERR_NVS_PART_NOT_FOUND);
    }
    return partition;
}

static void open_flash(struct asl_flash *flash, const esp_partition_t *partition)
{
    *flash = (struct asl_flash){
        .read = port_read,
        .program = port_program,
        .erase = port_erase,
        .ctx = (void *)partition,
        .size = partition->size,
        .erase_size = NVS_PAGE_LEN,
        .page_size = 256,
        .program_size = 4,
    };
}

esp_err_t nvs_flash_init(void)
{
    const esp_partition_t *partition;
    struct nvs_instance *opened;
    esp_err_t err;

    if (instance) {
        return ESP_OK;
    }
    partition = find_partition();
    if (!partition) {
        return ESP_ERR_NVS_PART_NOT_FOUND;
    }
    opened = calloc(1, sizeof(*opened));
    if (!opened) {
        return ESP_ERR_NO_MEM;
    }
    open_flash(&opened->flash, partition);
    err = nvs_store_init(&opened->store, &opened->flash);
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "cannot use partition '%s': %s (0x%x): erase it (make erase_flash)",
                 NVS_DEFAULT_PART_NAME, esp_err_to_name(err), (unsigned)err);
        free(opened);
        return err;
    }
    instance = opened;
    return ESP_OK;
}

esp_err_t nvs_flash_deinit(void)
{
    if (!instance) {
        return ESP_ERR_NVS_NOT_INITIALIZED;
    }
    nvs_api_forget();
    free(instance);
    instance = NULL;
    return ESP_OK;
}

esp_err_t nvs_flash_erase(void)
{
    const esp_partition_t *partition = find_partition();

    if (!partition) {
        return ESP_ERR_NVS_PART_NOT_FOUND;
    }
    if (instance) {
        nvs_flash_deinit();
    }
    return esp_partition_erase_range(partition, 0, partition->size);
}
