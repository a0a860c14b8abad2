/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying what already stands in flash, and the partition table's check under the SDK's name. */
#include <stdlib.h>
#include <string.h>

#include "asl_table.h"
#include "asl_update.h"
#include "esp_asl_err.h"
#include "esp_flash_partitions.h"
#include "esp_image_format.h"
#include "esp_spi_flash.h"
#include "ota_owner.h"
#include "ota_private.h"

static const char TAG[] = "esp_image";

#define READ_LEN 512u

_Static_assert(READ_LEN >= ASL_CLAIMS_GATE_LEN, "the first read holds the signed claims");

struct work {
    struct asl_image_verifier verifier;
    struct asl_image_info info;
    uint32_t buffer[READ_LEN / 4u];
};

/* digest: the signed one; NULL: the image's own hash decides. */
static enum asl_err verify(struct work *work, uint32_t addr, uint32_t size, const uint8_t *digest)
{
    return asl_slot_verify_signed(esp_flash_port(), addr, size, OTA_ACCEPT_NO_HASH, digest,
                                  work->buffer, READ_LEN, NULL, NULL, &work->verifier, &work->info);
}

/* Asks the owner's rules about what stands in the slot, then holds it to the signed digest. */
static enum asl_err verify_signed(struct work *work, uint32_t addr, uint32_t size)
{
    const struct asl_flash *flash = esp_flash_port();
    struct asl_claims claims;
    enum asl_err err = flash->read(flash->ctx, addr, work->buffer, READ_LEN);

    if (err == ASL_OK) {
        err = ota_owner_judge((const uint8_t *)work->buffer, READ_LEN, size, 0, &claims);
    }
    return err == ASL_OK ? verify(work, addr, size, claims.digest) : err;
}

static esp_err_t verify_slot(uint32_t addr, uint32_t size, bool owned, bool silent,
                             struct asl_image_info *info)
{
    struct work *work = malloc(sizeof(*work));

    if (work == NULL) {
        return ESP_ERR_NO_MEM;
    }
    enum asl_err err = owned ? verify_signed(work, addr, size) : verify(work, addr, size, NULL);
    if (err == ASL_OK && info != NULL) {
        *info = work->info;
    }
    free(work);
    if (err != ASL_OK && !silent) {
        esp_asl_err_log(TAG, "image refused", err);
    }
    return esp_err_from_asl(err);
}

esp_err_t ota_verify(uint32_t addr, uint32_t size, bool silent, struct asl_image_info *info)
{
    return verify_slot(addr, size, false, silent, info);
}

esp_err_t ota_verify_choice(const esp_partition_t *slot, bool silent, struct asl_image_info *info)
{
    bool owned = ota_is_slot(slot) && ota_owner_wants_signature();

    return verify_slot(slot->address, slot->size, owned, silent, info);
}

static void describe(const struct asl_image_info *info, uint32_t addr, esp_image_metadata_t *out)
{
    memset(out, 0, sizeof(*out));
    out->start_addr = addr;
    out->image.magic = ESP_IMAGE_HEADER_MAGIC;
    out->image.segment_count = info->header.n_segments;
    out->image.spi_mode = info->header.spi_mode;
    out->image.spi_speed = info->header.spi_speed & 15u;
    out->image.spi_size = info->header.spi_size & 15u;
    out->image.entry_addr = info->header.entry;
    out->image_len = info->total_len;
    for (size_t i = 0; i < info->header.n_segments && i < ESP_IMAGE_MAX_SEGMENTS; i++) {
        out->segments[i].load_addr = info->segment[i].vaddr;
        out->segments[i].data_len = info->segment[i].len;
        out->segment_data[i] = addr + info->segment[i].off;
    }
}

esp_err_t esp_image_load(esp_image_load_mode_t mode, const esp_partition_pos_t *part,
                         esp_image_metadata_t *data)
{
    if (part == NULL || data == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    struct asl_image_info *info = malloc(sizeof(*info));
    if (info == NULL) {
        return ESP_ERR_NO_MEM;
    }
    esp_err_t err = ota_verify(part->offset, part->size, mode == ESP_IMAGE_VERIFY_SILENT, info);
    if (err == ESP_OK) {
        describe(info, part->offset, data);
    }
    free(info);
    return err == ESP_ERR_OTA_VALIDATE_FAILED ? ESP_ERR_IMAGE_INVALID : err;
}

esp_err_t esp_partition_table_basic_verify(const esp_partition_info_t *partition_table,
                                           bool log_errors, int *num_partitions)
{
    uint32_t n = 0;
    enum asl_err err =
        asl_table_check((const uint8_t *)partition_table, ESP_PARTITION_TABLE_MAX_LEN, &n);

    if (err != ASL_OK) {
        if (log_errors) {
            esp_asl_err_log("flash_parts", "partition table", err);
        }
        return ESP_ERR_INVALID_STATE;
    }
    *num_partitions = (int)n;
    return ESP_OK;
}
