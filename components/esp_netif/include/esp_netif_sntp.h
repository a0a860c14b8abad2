/* SPDX-License-Identifier: Apache-2.0 */
/* The time from a server, with ESP-IDF's names: what the dates of certificates are judged by. */
#ifndef ESP_NETIF_SNTP_H
#define ESP_NETIF_SNTP_H

#include <stdbool.h>
#include <stddef.h>

#include "esp_err.h"
#include "freertos/FreeRTOS.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct esp_sntp_config {
    bool start;             /* at once; else esp_netif_sntp_start() does */
    size_t num_of_servers;  /* 1 */
    const char *servers[1]; /* a name or an address; copied */
} esp_sntp_config_t;

#define ESP_NETIF_SNTP_DEFAULT_CONFIG(server)                                                      \
    {                                                                                              \
        .start = true, .num_of_servers = 1, .servers = { server }                                  \
    }

/* Makes the client, which asks at once, again after 15 s and longer when there is no answer, and
 * then every hour. A time before the build is not taken. Errors: ESP_ERR_INVALID_ARG,
 * ESP_ERR_INVALID_STATE (there is one), ESP_ERR_NO_MEM. Context: task, behind esp_netif_init(). */
esp_err_t esp_netif_sntp_init(const esp_sntp_config_t *config);

/* Errors: ESP_ERR_INVALID_STATE (no client). */
esp_err_t esp_netif_sntp_start(void);

/* Waits until the time was set by the client. Errors: ESP_ERR_INVALID_STATE (no client),
 * ESP_ERR_TIMEOUT. */
esp_err_t esp_netif_sntp_sync_wait(TickType_t timeout);

/* Ends the client; the time goes on. */
void esp_netif_sntp_deinit(void);

#ifdef __cplusplus
}
#endif
#endif
