/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of app_update share. */
#ifndef OTA_PRIVATE_H
#define OTA_PRIVATE_H

#include <stdbool.h>

#include "asl_image.h"
#include "esp_partition.h"
#include "sdkconfig.h"

/* True for ota_0..ota_15. */
bool ota_is_slot(const esp_partition_t *p);

/* Verifies the image that a slot holds; on failure logs one line with the cause and its cure unless
 * silent. info may be NULL. Errors: ESP_ERR_OTA_VALIDATE_FAILED, ESP_ERR_INVALID_SIZE,
 * ESP_ERR_FLASH_OP_FAIL, ESP_ERR_NO_MEM. */
esp_err_t ota_verify(uint32_t addr, uint32_t size, bool silent, struct asl_image_info *info);
/* Verifies what is about to be chosen to boot: where signatures are required, an ota slot by the
 * owner's rules and its signed digest. Not factory: that is written over the serial line. silent,
 * info, errors: as ota_verify(), ESP_ERR_OTA_SMALL_SEC_VER, ESP_ERR_INVALID_STATE. */
esp_err_t ota_verify_choice(const esp_partition_t *slot, bool silent, struct asl_image_info *info);

/* True while an update session is open for the slot: what stands there may change any moment. */
bool ota_is_being_written(const esp_partition_t *slot);

/* True when the program of a verified image links the confirm call. */
static inline bool ota_can_confirm(const struct asl_image_info *info)
{
    return info->desc.present && info->desc.confirm_ref != 0;
}

#ifdef CONFIG_APP_UPDATE_ACCEPT_NO_HASH
#define OTA_ACCEPT_NO_HASH true
#else
#define OTA_ACCEPT_NO_HASH false
#endif

#endif
