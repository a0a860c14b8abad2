/* SPDX-License-Identifier: Apache-2.0 */
/* Reasons in words, each with what helps. The texts stand in flash, where only words can be read.
 */
#include "esp_wifi_reason.h"

#include "esp_attr.h"
#include "esp_rodata.h"
#include "esp_wifi_types.h"

#define TEXT_LEN 96u

struct reason_text {
    uint32_t first, last; /* reasons that share the text */
    char text[TEXT_LEN];
};

static const struct reason_text reasons[] ICACHE_RODATA_ATTR = {
    {WIFI_REASON_AUTH_EXPIRE, WIFI_REASON_AUTH_EXPIRE,
     "the access point forgot the login: move closer, then join again"},
    {WIFI_REASON_AUTH_LEAVE, WIFI_REASON_AUTH_LEAVE,
     "the access point closed or shut the station out: join again later"},
    {WIFI_REASON_ASSOC_EXPIRE, WIFI_REASON_ASSOC_EXPIRE,
     "the access point heard nothing for too long: move closer, then join again"},
    {WIFI_REASON_ASSOC_TOOMANY, WIFI_REASON_ASSOC_TOOMANY,
     "the access point is full: free a place or raise its limit"},
    {WIFI_REASON_NOT_AUTHED, WIFI_REASON_NOT_ASSOCED,
     "the access point has forgotten the station: join again"},
    {WIFI_REASON_ASSOC_LEAVE, WIFI_REASON_ASSOC_LEAVE, "the station left on request"},
    {WIFI_REASON_ASSOC_NOT_AUTHED, WIFI_REASON_ASSOC_NOT_AUTHED,
     "the access point wants a login first: join again"},
    {WIFI_REASON_DISASSOC_PWRCAP_BAD, WIFI_REASON_DISASSOC_SUPCHAN_BAD,
     "the access point refuses this radio's power or channels: choose a channel from 1 to 11"},
    {WIFI_REASON_MIC_FAILURE, WIFI_REASON_MIC_FAILURE,
     "a frame failed its integrity check: check for interference, then join again"},
    {WIFI_REASON_4WAY_HANDSHAKE_TIMEOUT, WIFI_REASON_4WAY_HANDSHAKE_TIMEOUT,
     "the access point did not accept the password: check the password"},
    {WIFI_REASON_GROUP_KEY_UPDATE_TIMEOUT, WIFI_REASON_GROUP_KEY_UPDATE_TIMEOUT,
     "the group key did not arrive in time: move closer, then join again"},
    {WIFI_REASON_IE_INVALID, WIFI_REASON_CIPHER_SUITE_REJECTED,
     "access point and station agree on no encryption: set it to WPA2-PSK with AES"},
    {WIFI_REASON_BEACON_TIMEOUT, WIFI_REASON_BEACON_TIMEOUT,
     "the access point went silent: check its power and the distance"},
    {WIFI_REASON_NO_AP_FOUND, WIFI_REASON_NO_AP_FOUND,
     "no access point of that name in the air: check the SSID"},
    {WIFI_REASON_AUTH_FAIL, WIFI_REASON_AUTH_FAIL,
     "the access point refused the login: check the password and its MAC filter"},
    {WIFI_REASON_ASSOC_FAIL, WIFI_REASON_ASSOC_FAIL,
     "the access point refused the station: check its MAC filter"},
    {WIFI_REASON_HANDSHAKE_TIMEOUT, WIFI_REASON_HANDSHAKE_TIMEOUT,
     "the key exchange did not end in time: check the password and the distance"},
    {WIFI_REASON_BASIC_RATE_NOT_SUPPORT, WIFI_REASON_BASIC_RATE_NOT_SUPPORT,
     "the access point insists on rates of 802.11n: allow 802.11b and g"},
    {0, 255, "reason not known: look it up in IEEE 802.11, then join again"},
};

void esp_wifi_reason_to_text(uint8_t reason, char *text, size_t len)
{
    const struct reason_text *r = reasons;

    while (reason < r->first || reason > r->last) {
        r++; /* the last row takes all */
    }
    esp_rodata_copy(text, len, r->text);
}
