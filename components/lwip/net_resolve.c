/* SPDX-License-Identifier: Apache-2.0 */
/* Names to addresses: lwIP's DNS client behind a wait with a deadline. */
#include <stdbool.h>
#include <stdlib.h>

#include "lwip/dns.h"
#include "net_conn.h"
#include "net_deadline.h"
#include "net_task.h"

/* lwIP answers every query in the end and cannot be told to forget one: the last of the two that
 * know the query frees it. */
struct query {
    SemaphoreHandle_t wake;
    ip_addr_t addr;
    bool is_done;
    bool is_found;
    bool is_abandoned;
};

static void query_free(struct query *query)
{
    vSemaphoreDelete(query->wake);
    free(query);
}

static void on_answer(const char *name, const ip_addr_t *addr, void *arg)
{
    struct query *query = arg;

    (void)name;
    if (query->is_abandoned) {
        query_free(query);
        return;
    }
    query->is_done = true;
    if (addr) {
        query->is_found = true;
        query->addr = *addr;
    }
    xSemaphoreGive(query->wake);
}

static struct query *query_new(void)
{
    struct query *query = calloc(1, sizeof(*query));

    if (query) {
        query->wake = xSemaphoreCreateBinary();
        if (!query->wake) {
            free(query);
            query = NULL;
        }
    }
    return query;
}

static esp_err_t wait_for_answer(struct query *query, uint32_t timeout_ms, uint32_t *ip4)
{
    struct net_deadline deadline = net_deadline_in(timeout_ms);
    esp_err_t err = ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME;

    net_task_wake();
    while (!query->is_done) {
        if (!net_deadline_wait(&deadline, query->wake, 0)) {
            query->is_abandoned = true;
            return ESP_ERR_TIMEOUT;
        }
    }
    if (query->is_found) {
        *ip4 = ip4_addr_get_u32(ip_2_ip4(&query->addr));
        err = ESP_OK;
    }
    query_free(query);
    return err;
}

esp_err_t net_resolve(const char *host, uint32_t timeout_ms, uint32_t *ip4)
{
    struct query *query = query_new();
    ip_addr_t addr;
    err_t err;

    if (!query) {
        return ESP_ERR_NO_MEM;
    }
    err = dns_gethostbyname(host, &addr, on_answer, query);
    if (err == ERR_INPROGRESS) {
        return wait_for_answer(query, timeout_ms, ip4);
    }
    query_free(query);
    if (err != ERR_OK) {
        return err == ERR_MEM ? ESP_ERR_NO_MEM : ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME;
    }
    *ip4 = ip4_addr_get_u32(ip_2_ip4(&addr));
    return ESP_OK;
}
