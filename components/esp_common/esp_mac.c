/* SPDX-License-Identifier: Apache-2.0 */
/* The chip's own address, out of its fuses, and those of its interfaces.
 * Fact: esp8266-machine 6.8. */
#include <stdbool.h>
#include <string.h>

#include "esp8266/regs.h"
#include "esp_system.h"

#define MAC_LOCAL 0x02u

static uint8_t base_mac[6];
static bool has_base_mac;

static void put_oui(uint8_t mac[6], uint32_t oui)
{
    mac[0] = (uint8_t)(oui >> 16);
    mac[1] = (uint8_t)(oui >> 8);
    mac[2] = (uint8_t)oui;
}

esp_err_t esp_efuse_mac_get_default(uint8_t mac[6])
{
    uint32_t w0 = REG_READ(DPORT_EFUSE0);
    uint32_t w1 = REG_READ(DPORT_EFUSE1);
    uint32_t w3 = REG_READ(DPORT_EFUSE3);
    if (mac == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    if (w3 != 0) {
        put_oui(mac, w3 & 0xffffffu);
    } else {
        put_oui(mac, ((w1 >> 16) & 0xffu) == 0 ? 0x18fe34u : 0xacd074u);
    }
    mac[3] = (uint8_t)(w1 >> 8);
    mac[4] = (uint8_t)w1;
    mac[5] = (uint8_t)(w0 >> 24);
    return ESP_OK;
}

esp_err_t esp_base_mac_addr_set(uint8_t mac[6])
{
    if (mac == NULL || (mac[0] & 1u) != 0) {
        return ESP_ERR_INVALID_ARG;
    }
    memcpy(base_mac, mac, sizeof(base_mac));
    has_base_mac = true;
    return ESP_OK;
}

esp_err_t esp_base_mac_addr_get(uint8_t mac[6])
{
    if (mac == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    if (!has_base_mac) {
        return ESP_ERR_INVALID_MAC;
    }
    memcpy(mac, base_mac, sizeof(base_mac));
    return ESP_OK;
}

esp_err_t esp_derive_local_mac(uint8_t local_mac[6], const uint8_t universal_mac[6])
{
    if (local_mac == NULL || universal_mac == NULL) {
        return ESP_ERR_INVALID_ARG;
    }
    memmove(local_mac, universal_mac, 6);
    local_mac[0] |= MAC_LOCAL;
    return ESP_OK;
}

esp_err_t esp_read_mac(uint8_t mac[6], esp_mac_type_t type)
{
    if (mac == NULL || (type != ESP_MAC_WIFI_STA && type != ESP_MAC_WIFI_SOFTAP)) {
        return ESP_ERR_INVALID_ARG;
    }
    if (!has_base_mac || esp_base_mac_addr_get(mac) != ESP_OK) {
        esp_efuse_mac_get_default(mac);
    }
    return type == ESP_MAC_WIFI_SOFTAP ? esp_derive_local_mac(mac, mac) : ESP_OK;
}
