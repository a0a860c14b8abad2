/* SPDX-License-Identifier: Apache-2.0 */
/* Joining the access point of "Example Configuration" in one call, and leaving it. */
#ifndef PROTOCOL_EXAMPLES_COMMON_H
#define PROTOCOL_EXAMPLES_COMMON_H

#include "esp_err.h"
#include "esp_netif.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The interface of the examples. */
#define EXAMPLE_INTERFACE get_example_netif()

/* Joins and waits for an IPv4 address, EXAMPLE_CONNECT_TIMEOUT_MS at most; a failure is logged with
 * its cause and cure, and leaves Wi-Fi off. From then on a lost link is joined again. Needs
 * esp_netif_init() and the default event loop.
 * Errors: ESP_ERR_INVALID_STATE (connected already), ESP_ERR_WIFI_SSID (no such access point),
 * ESP_ERR_WIFI_PASSWORD (not accepted), ESP_ERR_WIFI_CONN (another reason), ESP_ERR_TIMEOUT (no
 * address in time), those of esp_wifi_*. Context: task, not an event handler. */
esp_err_t example_connect(void);

/* Leaves and switches Wi-Fi off. Errors: ESP_ERR_INVALID_STATE (not connected). */
esp_err_t example_disconnect(void);

/* Names another access point for the next example_connect(): ssid of 1 to 32 bytes, passwd of up to
 * 64. Errors: ESP_ERR_INVALID_ARG. */
esp_err_t example_set_connection_info(const char *ssid, const char *passwd);

/* NULL before example_connect(). */
esp_netif_t *get_example_netif(void);

#ifdef __cplusplus
}
#endif

#endif
