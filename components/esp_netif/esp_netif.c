/* SPDX-License-Identifier: Apache-2.0 */
/* The station's interface over lwIP: when DHCP runs, which addresses hold, and the events of both.
 */
#include "esp_netif.h"

#include <string.h>

#include "esp_event.h"
#include "esp_log.h"
#include "esp_netif_station.h"
#include "lwip/dhcp.h"
#include "lwip/netif.h"
#include "net_task.h"
#include "sdkconfig.h"
#include "wlanif.h"

#define HOSTNAME_LEN 32

ESP_EVENT_DEFINE_BASE(IP_EVENT);

struct esp_netif_obj {
    struct netif lwip;
    bool is_created;
    bool is_dhcp;
    bool has_address;          /* as the events told it */
    esp_ip4_addr_t last_ip;    /* the last one told */
    esp_netif_ip_info_t fixed; /* for when DHCP is off */
    char hostname[HOSTNAME_LEN + 1];
};

static const char *TAG = "esp_netif";
static struct esp_netif_obj station = {.is_dhcp = true, .hostname = CONFIG_LWIP_LOCAL_HOSTNAME};

static void read_addresses(const esp_netif_t *netif, esp_netif_ip_info_t *out)
{
    out->ip.addr = netif_ip4_addr(&netif->lwip)->addr;
    out->netmask.addr = netif_ip4_netmask(&netif->lwip)->addr;
    out->gw.addr = netif_ip4_gw(&netif->lwip)->addr;
}

static void post(int32_t id, void *data, size_t size)
{
    esp_err_t err = esp_event_post(IP_EVENT, id, data, size, 0);

    if (err != ESP_OK) {
        ESP_LOGE(TAG, "IP event %d is lost: %s (0x%x)", (int)id, esp_err_to_name(err), (int)err);
    }
}

/* lwIP calls it when an address or the interface's state has changed. */
static void on_status(struct netif *lwip)
{
    esp_netif_t *netif = lwip->state;
    ip_event_got_ip_t event = {.if_index = 0, .esp_netif = netif};

    read_addresses(netif, &event.ip_info);
    if (event.ip_info.ip.addr != 0) {
        event.ip_changed = event.ip_info.ip.addr != netif->last_ip.addr;
        if (netif->has_address && !event.ip_changed) {
            return;
        }
        netif->has_address = true;
        netif->last_ip = event.ip_info.ip;
        post(IP_EVENT_STA_GOT_IP, &event, sizeof(event));
    } else if (netif->has_address) {
        netif->has_address = false;
        post(IP_EVENT_STA_LOST_IP, NULL, 0);
    }
}

static void set_addresses(esp_netif_t *netif, const esp_netif_ip_info_t *info)
{
    ip4_addr_t ip = {info->ip.addr}, netmask = {info->netmask.addr}, gw = {info->gw.addr};

    netif_set_addr(&netif->lwip, &ip, &netmask, &gw);
}

static esp_err_t start_dhcp(esp_netif_t *netif)
{
    err_t err = dhcp_start(&netif->lwip);

    net_task_wake();
    if (err != ERR_OK) {
        ESP_LOGE(TAG, "cannot start DHCP: lwIP error %d (out of memory?)", err);
        return ESP_ERR_ESP_NETIF_DHCPC_START_FAILED;
    }
    return ESP_OK;
}

esp_err_t esp_netif_init(void)
{
    return net_task_start();
}

esp_netif_t *esp_netif_station_create(void)
{
    if (!station.is_created) {
        if (net_task_start() != ESP_OK ||
            !netif_add_noaddr(&station.lwip, &station, wlanif_init, netif_input)) {
            return NULL;
        }
        netif_set_hostname(&station.lwip, station.hostname);
        netif_set_status_callback(&station.lwip, on_status);
        netif_set_default(&station.lwip);
        netif_set_up(&station.lwip);
        station.is_created = true;
    }
    return &station;
}

void esp_netif_station_link_up(esp_netif_t *netif)
{
    netif_set_link_up(&netif->lwip);
    if (netif->is_dhcp) {
        (void)start_dhcp(netif);
    } else {
        set_addresses(netif, &netif->fixed);
    }
}

void esp_netif_station_link_down(esp_netif_t *netif)
{
    const esp_netif_ip_info_t none = {{0}, {0}, {0}};

    netif_set_link_down(&netif->lwip);
    dhcp_release_and_stop(&netif->lwip);
    set_addresses(netif, &none); /* lwIP aborts what was bound to the old ones */
}

void esp_netif_station_input(esp_netif_t *netif)
{
    wlanif_input(&netif->lwip);
}

esp_netif_t *esp_netif_get_handle_from_ifkey(const char *if_key)
{
    bool is_station = station.is_created && strcmp(if_key, "WIFI_STA_DEF") == 0;

    return is_station ? &station : NULL;
}

bool esp_netif_is_netif_up(esp_netif_t *netif)
{
    return netif && netif_is_up(&netif->lwip) && netif_is_link_up(&netif->lwip);
}

esp_err_t esp_netif_get_ip_info(esp_netif_t *netif, esp_netif_ip_info_t *ip_info)
{
    if (!netif || !ip_info) {
        return ESP_ERR_ESP_NETIF_INVALID_PARAMS;
    }
    read_addresses(netif, ip_info);
    return ESP_OK;
}

esp_err_t esp_netif_set_ip_info(esp_netif_t *netif, const esp_netif_ip_info_t *ip_info)
{
    if (!netif || !ip_info) {
        return ESP_ERR_ESP_NETIF_INVALID_PARAMS;
    }
    if (netif->is_dhcp) {
        return ESP_ERR_ESP_NETIF_DHCP_NOT_STOPPED;
    }
    netif->fixed = *ip_info;
    if (esp_netif_is_netif_up(netif)) {
        set_addresses(netif, &netif->fixed);
    }
    return ESP_OK;
}

esp_err_t esp_netif_dhcpc_start(esp_netif_t *netif)
{
    if (!netif) {
        return ESP_ERR_ESP_NETIF_INVALID_PARAMS;
    }
    if (netif->is_dhcp) {
        return ESP_ERR_ESP_NETIF_DHCP_ALREADY_STARTED;
    }
    netif->is_dhcp = true;
    return esp_netif_is_netif_up(netif) ? start_dhcp(netif) : ESP_OK;
}

esp_err_t esp_netif_dhcpc_stop(esp_netif_t *netif)
{
    if (!netif) {
        return ESP_ERR_ESP_NETIF_INVALID_PARAMS;
    }
    if (!netif->is_dhcp) {
        return ESP_ERR_ESP_NETIF_DHCP_ALREADY_STOPPED;
    }
    netif->is_dhcp = false;
    dhcp_release_and_stop(&netif->lwip);
    return ESP_OK;
}

esp_err_t esp_netif_set_hostname(esp_netif_t *netif, const char *hostname)
{
    size_t len = hostname ? strlen(hostname) : 0;

    if (!netif || len == 0 || len > HOSTNAME_LEN) {
        return ESP_ERR_ESP_NETIF_INVALID_PARAMS;
    }
    memcpy(netif->hostname, hostname, len + 1);
    return ESP_OK;
}

esp_err_t esp_netif_get_hostname(esp_netif_t *netif, const char **hostname)
{
    if (!netif || !hostname) {
        return ESP_ERR_ESP_NETIF_INVALID_PARAMS;
    }
    *hostname = netif->hostname;
    return ESP_OK;
}
