/* SPDX-License-Identifier: Apache-2.0 */
/* The descriptor of the image in another slot. */
#include <string.h>

#include "airslot/bytes.h"
#include "airslot/format.h"
#include "asl_image.h"
#include "esp_ota_ops.h"

/* Fact: sdk-contract 3.3: the SDK's own tool leaves the descriptor at the start of the second
 * segment; ours and every IDF-style reader have it at 0x10. */
static esp_err_t second_segment(const esp_partition_t *partition, size_t *off)
{
    uint8_t raw[ASL_IMAGE_HEADER_LEN + ASL_IMAGE_SEGMENT_HEADER_LEN];
    struct asl_segment first;
    esp_err_t err = esp_partition_read(partition, 0, raw, sizeof(raw));

    if (err != ESP_OK) {
        return err;
    }
    asl_segment_parse(raw + ASL_IMAGE_HEADER_LEN, ASL_IMAGE_HEADER_LEN, &first);
    if (raw[0] != ASL_IMAGE_MAGIC || raw[1] < 2 || first.len > partition->size) {
        return ESP_ERR_NOT_FOUND;
    }
    *off = sizeof(raw) + first.len + ASL_IMAGE_SEGMENT_HEADER_LEN;
    return *off + ASL_APP_DESC_LEN <= partition->size ? ESP_OK : ESP_ERR_NOT_FOUND;
}

esp_err_t esp_ota_get_partition_description(const esp_partition_t *partition,
                                            esp_app_desc_t *app_desc)
{
    size_t off = ASL_IMAGE_DESC_OFF;

    if (partition == NULL || app_desc == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    if (partition->type != ESP_PARTITION_TYPE_APP) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    esp_err_t err = esp_partition_read(partition, off, app_desc, sizeof(*app_desc));
    if (err == ESP_OK && app_desc->magic_word != ESP_APP_DESC_MAGIC_WORD) {
        err = second_segment(partition, &off);
        if (err == ESP_OK) {
            err = esp_partition_read(partition, off, app_desc, sizeof(*app_desc));
        }
    }
    if (err != ESP_OK) {
        return err;
    }
    return app_desc->magic_word == ESP_APP_DESC_MAGIC_WORD ? ESP_OK : ESP_ERR_NOT_FOUND;
}
