/* SPDX-License-Identifier: Apache-2.0 */
/* What stands between the owner's configuration and the first byte of an image. */
#ifndef OTA_CONNECT_H
#define OTA_CONNECT_H

#include <stdbool.h>

#include "esp_https_ota.h"

/* Refuses what would trust anybody, and what is not offered; logs why.
 * Errors: ESP_ERR_INVALID_ARG, ESP_ERR_NOT_SUPPORTED. */
esp_err_t ota_check_config(const esp_https_ota_config_t *config);

/* Connects, sends the request, reads the head, follows redirects if wanted, and judges the status.
 * Errors: those of esp_https_ota_begin() up to the status; logged. On error: client may be open. */
esp_err_t ota_connect(esp_http_client_handle_t client, bool follow);

#endif
