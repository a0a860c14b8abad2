/* SPDX-License-Identifier: Apache-2.0 */
/* The version of ESP8266_RTOS_SDK whose interfaces are offered. */
#ifndef ESP_IDF_VERSION_H
#define ESP_IDF_VERSION_H

#define ESP_IDF_VERSION_MAJOR 3
#define ESP_IDF_VERSION_MINOR 4
#define ESP_IDF_VERSION_PATCH 0

#define ESP_IDF_VERSION_VAL(major, minor, patch) (((major) << 16) | ((minor) << 8) | (patch))
#define ESP_IDF_VERSION                                                                            \
    ESP_IDF_VERSION_VAL(ESP_IDF_VERSION_MAJOR, ESP_IDF_VERSION_MINOR, ESP_IDF_VERSION_PATCH)

#ifdef __cplusplus
extern "C" {
#endif

/* Returns "v3.4-airslot"; static. */
const char *esp_get_idf_version(void);

#ifdef __cplusplus
}
#endif

#endif
