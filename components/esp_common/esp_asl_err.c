/* SPDX-License-Identifier: Apache-2.0 */
/* core errors as esp_err_t. */
#include "esp_asl_err.h"

#include "asl_err.h"
#include "esp_log.h"

/* Every complaint about the bytes of an image is VALIDATE_FAILED, as callers of esp_ota_* know it.
 */
esp_err_t esp_err_from_asl(enum asl_err err)
{
    switch (err) {
    case ASL_OK:
        return ESP_OK;
    case ASL_ERR_INVALID_ARG:
    case ASL_ERR_SLOT_NOT_APP:
        return ESP_ERR_INVALID_ARG;
    case ASL_ERR_INVALID_STATE:
        return ESP_ERR_INVALID_STATE;
    case ASL_ERR_NO_MEM:
        return ESP_ERR_NO_MEM;
    case ASL_ERR_NOT_FOUND:
    case ASL_ERR_NO_SLOT:
    case ASL_ERR_OTADATA_SIZE:
        return ESP_ERR_NOT_FOUND;
    case ASL_ERR_FLASH_READ:
    case ASL_ERR_FLASH_PROGRAM:
    case ASL_ERR_FLASH_ERASE:
    case ASL_ERR_FLASH_VERIFY:
        return ESP_ERR_FLASH_OP_FAIL;
    case ASL_ERR_FLASH_BOUNDS:
    case ASL_ERR_IMAGE_TOO_LARGE:
    case ASL_ERR_TABLE_WINDOW:
        return ESP_ERR_INVALID_SIZE;
    case ASL_ERR_SLOT_RUNNING:
        return ESP_ERR_OTA_PARTITION_CONFLICT;
    case ASL_ERR_RULE_VERSION:
        return ESP_ERR_OTA_SMALL_SEC_VER;
    case ASL_ERR_RULE_PROJECT:
        return ESP_ERR_OTA_VALIDATE_FAILED;
    default:
        if (err <= ASL_ERR_CLAIMS_MISSING && err >= ASL_ERR_CLAIMS_NO_ROOM) {
            return ESP_ERR_OTA_VALIDATE_FAILED;
        }
        return err <= ASL_ERR_IMAGE_MAGIC && err >= ASL_ERR_IMAGE_DESC ? ESP_ERR_OTA_VALIDATE_FAILED
                                                                       : ESP_FAIL;
    }
}

void esp_asl_err_log(const char *tag, const char *what, enum asl_err err)
{
    esp_err_t code = esp_err_from_asl(err);
    const char *hint = asl_err_hint(err);
    ESP_LOGE(tag, "%s: %s (0x%x, %s; %s)%s%s", what, asl_err_text(err), (unsigned)code,
             esp_err_to_name(code), asl_err_name(err), hint[0] != '\0' ? ": " : "", hint);
}
