/* SPDX-License-Identifier: Apache-2.0 */
/* ESP-IDF's newer name for esp_app_format.h. */
#ifndef ESP_APP_DESC_H
#define ESP_APP_DESC_H

#include "esp_app_format.h"

#endif
