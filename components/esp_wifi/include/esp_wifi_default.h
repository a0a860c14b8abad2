/* SPDX-License-Identifier: Apache-2.0 */
/* The interface that a Wi-Fi station gets without further ado. */
#ifndef ESP_WIFI_DEFAULT_H
#define ESP_WIFI_DEFAULT_H

#include "esp_netif.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Creates the station's interface, or returns the one there is: esp_wifi_init() does the same for
 * programs that know no such call. NULL when memory is short. Context: task. */
esp_netif_t *esp_netif_create_default_wifi_sta(void);

#ifdef __cplusplus
}
#endif

#endif
