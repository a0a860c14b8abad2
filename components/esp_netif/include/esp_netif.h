/* SPDX-License-Identifier: Apache-2.0 */
/* Network interfaces for applications. There is one: the Wi-Fi station, IPv4. */
#ifndef ESP_NETIF_H
#define ESP_NETIF_H

#include <stdbool.h>
#include <stdint.h>

#include "esp_err.h"
#include "esp_event_base.h"
#include "esp_netif_ip_addr.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ESP-IDF's names for the numbers of the SDK's tcpip_adapter. */
#define ESP_ERR_ESP_NETIF_INVALID_PARAMS       ESP_ERR_TCPIP_ADAPTER_INVALID_PARAMS
#define ESP_ERR_ESP_NETIF_IF_NOT_READY         ESP_ERR_TCPIP_ADAPTER_IF_NOT_READY
#define ESP_ERR_ESP_NETIF_DHCPC_START_FAILED   ESP_ERR_TCPIP_ADAPTER_DHCPC_START_FAILED
#define ESP_ERR_ESP_NETIF_DHCP_ALREADY_STARTED ESP_ERR_TCPIP_ADAPTER_DHCP_ALREADY_STARTED
#define ESP_ERR_ESP_NETIF_DHCP_ALREADY_STOPPED ESP_ERR_TCPIP_ADAPTER_DHCP_ALREADY_STOPPED
#define ESP_ERR_ESP_NETIF_NO_MEM               ESP_ERR_TCPIP_ADAPTER_NO_MEM
#define ESP_ERR_ESP_NETIF_DHCP_NOT_STOPPED     ESP_ERR_TCPIP_ADAPTER_DHCP_NOT_STOPPED

typedef struct esp_netif_obj esp_netif_t;

typedef struct {
    esp_ip4_addr_t ip;
    esp_ip4_addr_t netmask;
    esp_ip4_addr_t gw;
} esp_netif_ip_info_t;

ESP_EVENT_DECLARE_BASE(IP_EVENT);

typedef enum {
    IP_EVENT_STA_GOT_IP = 0,
    IP_EVENT_STA_LOST_IP = 1,
    IP_EVENT_AP_STAIPASSIGNED = 2,
    IP_EVENT_GOT_IP6 = 3,
} ip_event_t;

/* Data of IP_EVENT_STA_GOT_IP. */
typedef struct {
    int if_index;
    esp_netif_t *esp_netif;
    esp_netif_ip_info_t ip_info;
    bool ip_changed; /* not the address that the interface had before */
} ip_event_got_ip_t;

/* Starts the TCP/IP stack; later calls change nothing. Errors: ESP_ERR_NO_MEM. Context: task. */
esp_err_t esp_netif_init(void);

/* The interface with that key ("WIFI_STA_DEF"); NULL before it was created. */
esp_netif_t *esp_netif_get_handle_from_ifkey(const char *if_key);

/* Whether the interface is started and its link is up. */
bool esp_netif_is_netif_up(esp_netif_t *netif);

/* The present addresses, all zero while there is none. Errors: ESP_ERR_ESP_NETIF_INVALID_PARAMS. */
esp_err_t esp_netif_get_ip_info(esp_netif_t *netif, esp_netif_ip_info_t *ip_info);

/* Sets fixed addresses, used from the next association on and at once when the link is up.
 * Errors: ESP_ERR_ESP_NETIF_INVALID_PARAMS, ESP_ERR_ESP_NETIF_DHCP_NOT_STOPPED. */
esp_err_t esp_netif_set_ip_info(esp_netif_t *netif, const esp_netif_ip_info_t *ip_info);

/* Switches the DHCP client on (it is at first) or off.
 * Errors: ESP_ERR_ESP_NETIF_INVALID_PARAMS, _DHCP_ALREADY_STARTED or _STOPPED, _DHCPC_START_FAILED.
 */
esp_err_t esp_netif_dhcpc_start(esp_netif_t *netif);
esp_err_t esp_netif_dhcpc_stop(esp_netif_t *netif);

/* The name that DHCP reports, 1 to 32 characters, copied; from the next association on.
 * Errors: ESP_ERR_ESP_NETIF_INVALID_PARAMS. */
esp_err_t esp_netif_set_hostname(esp_netif_t *netif, const char *hostname);
esp_err_t esp_netif_get_hostname(esp_netif_t *netif, const char **hostname);

#ifdef __cplusplus
}
#endif

#endif
