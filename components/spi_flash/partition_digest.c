/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 of what a partition holds. */
#include <stdlib.h>
#include <string.h>

#include "airslot/flash.h"
#include "asl_crypto.h"
#include "asl_image.h"
#include "asl_update.h"
#include "esp_asl_err.h"
#include "esp_partition.h"
#include "esp_spi_flash.h"

#define READ_LEN 512u

struct work {
    struct asl_image_verifier verifier;
    struct asl_image_info info;
    uint32_t buffer[READ_LEN / 4u];
};

static esp_err_t digest_image(const esp_partition_t *p, struct work *work, uint8_t digest[32])
{
    enum asl_err err = asl_slot_verify(esp_flash_port(), p->address, p->size, true, work->buffer,
                                       READ_LEN, NULL, NULL, &work->verifier, &work->info);
    if (err != ASL_OK) {
        return esp_err_from_asl(err) == ESP_ERR_OTA_VALIDATE_FAILED ? ESP_ERR_IMAGE_INVALID
                                                                    : esp_err_from_asl(err);
    }
    memcpy(digest, work->info.hash, ASL_IMAGE_HASH_LEN);
    return ESP_OK;
}

static esp_err_t digest_range(const esp_partition_t *p, struct work *work, uint8_t digest[32])
{
    struct asl_digest sha;
    esp_err_t err = ESP_OK;
    asl_sha256_init(&sha);
    for (uint32_t off = 0; err == ESP_OK && off < p->size; off += READ_LEN) {
        uint32_t n = p->size - off < READ_LEN ? p->size - off : READ_LEN;
        err = spi_flash_read(p->address + off, work->buffer, n);
        asl_sha256_update(&sha, work->buffer, n);
    }
    asl_sha256_final(&sha, digest);
    return err;
}

esp_err_t esp_partition_get_sha256(const esp_partition_t *partition, uint8_t sha_256[32])
{
    if (partition == NULL || sha_256 == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    struct work *work = malloc(sizeof(*work));
    if (work == NULL) {
        return ESP_ERR_NO_MEM;
    }
    esp_err_t err = partition->type == ESP_PARTITION_TYPE_APP
                        ? digest_image(partition, work, sha_256)
                        : digest_range(partition, work, sha_256);
    free(work);
    return err;
}

bool esp_partition_check_identity(const esp_partition_t *a, const esp_partition_t *b)
{
    uint8_t digest[2][ASL_IMAGE_HASH_LEN];
    return esp_partition_get_sha256(a, digest[0]) == ESP_OK &&
           esp_partition_get_sha256(b, digest[1]) == ESP_OK &&
           memcmp(digest[0], digest[1], ASL_IMAGE_HASH_LEN) == 0;
}
