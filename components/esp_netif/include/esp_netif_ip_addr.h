/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4 addresses in network byte order, and how they are printed. */
#ifndef ESP_NETIF_IP_ADDR_H
#define ESP_NETIF_IP_ADDR_H

#include <stdint.h>

typedef struct esp_ip4_addr {
    uint32_t addr;
} esp_ip4_addr_t;

#define esp_ip4_addr_get_byte(ip, i) ((uint16_t)((const uint8_t *)&(ip)->addr)[i])
#define esp_ip4_addr1_16(ip)         esp_ip4_addr_get_byte(ip, 0)
#define esp_ip4_addr2_16(ip)         esp_ip4_addr_get_byte(ip, 1)
#define esp_ip4_addr3_16(ip)         esp_ip4_addr_get_byte(ip, 2)
#define esp_ip4_addr4_16(ip)         esp_ip4_addr_get_byte(ip, 3)

#define IPSTR "%d.%d.%d.%d"
#define IP2STR(ip)                                                                                 \
    esp_ip4_addr1_16(ip), esp_ip4_addr2_16(ip), esp_ip4_addr3_16(ip), esp_ip4_addr4_16(ip)

#endif
