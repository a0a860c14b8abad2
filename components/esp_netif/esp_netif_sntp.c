/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP's SNTP client behind ESP-IDF's calls, and a wait for its first answer. */
#include "esp_netif_sntp.h"

#include <stdlib.h>
#include <string.h>

#include "freertos/semphr.h"
#include "lwip/apps/sntp.h"
#include "net_task.h"
#include "sntp_port.h"

static struct {
    SemaphoreHandle_t synced; /* NULL: no client */
    char *server;             /* owned; lwIP keeps the pointer */
} client;

static void on_answer(bool is_taken)
{
    if (is_taken) {
        xSemaphoreGive(client.synced);
    }
}

esp_err_t esp_netif_sntp_init(const esp_sntp_config_t *config)
{
    if (config == NULL || config->num_of_servers != 1 || config->servers[0] == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    if (client.synced != NULL) {
        return ESP_ERR_INVALID_STATE;
    }
    client.synced = xSemaphoreCreateBinary();
    client.server = strdup(config->servers[0]);
    if (client.synced == NULL || client.server == NULL) {
        esp_netif_sntp_deinit();
        return ESP_ERR_NO_MEM;
    }
    sntp_port_set_listener(on_answer);
    sntp_setoperatingmode(SNTP_OPMODE_POLL);
    sntp_setservername(0, client.server);
    return config->start ? esp_netif_sntp_start() : ESP_OK;
}

esp_err_t esp_netif_sntp_start(void)
{
    if (client.synced == NULL) {
        return ESP_ERR_INVALID_STATE;
    }
    sntp_stop();
    sntp_init();
    net_task_wake();
    return ESP_OK;
}

esp_err_t esp_netif_sntp_sync_wait(TickType_t timeout)
{
    if (client.synced == NULL) {
        return ESP_ERR_INVALID_STATE;
    }
    return xSemaphoreTake(client.synced, timeout) == pdTRUE ? ESP_OK : ESP_ERR_TIMEOUT;
}

void esp_netif_sntp_deinit(void)
{
    sntp_port_set_listener(NULL);
    sntp_stop();
    sntp_setservername(0, NULL);
    if (client.synced != NULL) {
        vSemaphoreDelete(client.synced);
    }
    free(client.server);
    client.synced = NULL;
    client.server = NULL;
}
