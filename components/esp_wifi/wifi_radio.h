/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual radio's control side: power, commands, what became of them. Frames: see wlanif.h. */
#ifndef WIFI_RADIO_H
#define WIFI_RADIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_wifi_types.h"

enum wifi_radio_happening {
    WIFI_RADIO_SCAN_DONE = 1,
    WIFI_RADIO_JOINED = 2,
    WIFI_RADIO_DISCONNECTED = 4,
};

/* Whether the machine has one. */
bool wifi_radio_is_present(void);

/* Powers it up; its interrupt wakes the network task. */
void wifi_radio_on(void);
/* Leaves, drops all frames, powers down. */
void wifi_radio_off(void);

void wifi_radio_scan(void);
/* ssid_len 1..32; password_len 0 (open) or 8..64. */
void wifi_radio_join(const uint8_t *ssid, size_t ssid_len, const uint8_t *password,
                     size_t password_len);
void wifi_radio_leave(void);

/* What has happened since the last call, as wifi_radio_happening bits. */
uint32_t wifi_radio_take_happenings(void);
/* Lets the interrupt come again, after happenings and frames were taken. */
void wifi_radio_rearm(void);

bool wifi_radio_is_joined(void);
bool wifi_radio_is_joining(void);
bool wifi_radio_is_scanning(void);
/* Of the last failed join or ended link; never 0. */
uint8_t wifi_radio_reason(void);

void wifi_radio_get_mac(uint8_t mac[6]);
/* bssid, channel and rssi of the joined access point. */
void wifi_radio_get_link(wifi_ap_record_t *out);

uint16_t wifi_radio_scan_count(void);
/* i < wifi_radio_scan_count(). */
void wifi_radio_get_scanned(uint16_t i, wifi_ap_record_t *out);

#endif
