/* SPDX-License-Identifier: Apache-2.0 */
/* What the Wi-Fi component does with the station's interface. Not for applications. */
#ifndef ESP_NETIF_STATION_H
#define ESP_NETIF_STATION_H

#include "esp_netif.h"

/* Creates the station's interface, or returns the one there is. NULL: the stack could not be
 * started, for lack of memory. Context: task. */
esp_netif_t *esp_netif_station_create(void);

/* The link came up: asks DHCP for addresses, or sets the fixed ones. */
void esp_netif_station_link_up(esp_netif_t *netif);

/* The link is gone: the addresses go at once, and with them every connection. */
void esp_netif_station_link_down(esp_netif_t *netif);

/* Hands the frames that wait in the radio to the stack. Context: the task of net_task.h. */
void esp_netif_station_input(esp_netif_t *netif);

#endif
