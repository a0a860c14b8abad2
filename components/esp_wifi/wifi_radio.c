/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of the virtual radio. The interrupt only masks itself and wakes the network task: a
 * waiting frame keeps the line asserted until that task has taken it. */
#include "wifi_radio.h"

#include <string.h>

#include "airslot/vradio_regs.h"
#include "esp8266/cpu.h"
#include "net_task.h"

#define RADIO(reg)   (*(volatile uint32_t *)(VRADIO_BASE + (reg)))
#define RADIO_LINE   0u
#define RADIO_EVENTS (VRADIO_INT_SCAN_DONE | VRADIO_INT_JOINED | VRADIO_INT_DISCONNECTED)
#define SSID_MAX     32u

static void on_interrupt(void *arg)
{
    (void)arg;
    RADIO(VRADIO_INT_ENA) = 0;
    net_task_wake_from_isr();
}

bool wifi_radio_is_present(void)
{
    return RADIO(VRADIO_ID) == VRADIO_ID_VALUE;
}

/* A restart is a jump into the ROM: the radio may still be joined for the program before. */
void wifi_radio_on(void)
{
    RADIO(VRADIO_INT_ENA) = 0;
    RADIO(VRADIO_CTRL) = 0;
    RADIO(VRADIO_CTRL) = VRADIO_CTRL_ON;
    RADIO(VRADIO_INT_CLR) = RADIO_EVENTS;
    _xt_isr_attach(RADIO_LINE, on_interrupt, NULL);
    _xt_isr_unmask(1u << RADIO_LINE);
    wifi_radio_rearm();
}

void wifi_radio_off(void)
{
    RADIO(VRADIO_INT_ENA) = 0;
    RADIO(VRADIO_CTRL) = 0;
    RADIO(VRADIO_INT_CLR) = RADIO_EVENTS;
    _xt_isr_mask(1u << RADIO_LINE);
}

void wifi_radio_rearm(void)
{
    RADIO(VRADIO_INT_ENA) = RADIO_EVENTS | VRADIO_INT_RX;
}

void wifi_radio_scan(void)
{
    RADIO(VRADIO_CMD) = VRADIO_CMD_SCAN;
}

static void write_packed(uint32_t reg, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i += 4) {
        uint32_t word = 0;

        memcpy(&word, bytes + i, len - i < 4 ? len - i : 4);
        RADIO(reg + i) = word;
    }
}

static void read_packed(uint32_t reg, uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i += 4) {
        uint32_t word = RADIO(reg + i);

        memcpy(bytes + i, &word, len - i < 4 ? len - i : 4);
    }
}

void wifi_radio_join(const uint8_t *ssid, size_t ssid_len, const uint8_t *password,
                     size_t password_len)
{
    write_packed(VRADIO_SSID, ssid, ssid_len);
    RADIO(VRADIO_SSID_LEN) = ssid_len;
    write_packed(VRADIO_PASS, password, password_len);
    RADIO(VRADIO_PASS_LEN) = password_len;
    RADIO(VRADIO_CMD) = VRADIO_CMD_JOIN;
}

void wifi_radio_leave(void)
{
    RADIO(VRADIO_CMD) = VRADIO_CMD_LEAVE;
}

uint32_t wifi_radio_take_happenings(void)
{
    uint32_t raw = RADIO(VRADIO_INT_RAW) & RADIO_EVENTS;

    RADIO(VRADIO_INT_CLR) = raw;
    return (raw & VRADIO_INT_SCAN_DONE ? WIFI_RADIO_SCAN_DONE : 0u) |
           (raw & VRADIO_INT_JOINED ? WIFI_RADIO_JOINED : 0u) |
           (raw & VRADIO_INT_DISCONNECTED ? WIFI_RADIO_DISCONNECTED : 0u);
}

bool wifi_radio_is_joined(void)
{
    return RADIO(VRADIO_STATE) == VRADIO_STATE_JOINED;
}

bool wifi_radio_is_joining(void)
{
    return RADIO(VRADIO_STATE) == VRADIO_STATE_JOINING;
}

bool wifi_radio_is_scanning(void)
{
    return RADIO(VRADIO_STATE) == VRADIO_STATE_SCANNING;
}

uint8_t wifi_radio_reason(void)
{
    uint32_t reason = RADIO(VRADIO_REASON);

    return reason == VRADIO_REASON_NONE ? WIFI_REASON_UNSPECIFIED : (uint8_t)reason;
}

void wifi_radio_get_mac(uint8_t mac[6])
{
    read_packed(VRADIO_MAC_LO, mac, 6);
}

void wifi_radio_get_link(wifi_ap_record_t *out)
{
    read_packed(VRADIO_BSSID_LO, out->bssid, sizeof(out->bssid));
    out->primary = (uint8_t)RADIO(VRADIO_CHANNEL);
    out->rssi = (int8_t)RADIO(VRADIO_RSSI);
}

uint16_t wifi_radio_scan_count(void)
{
    return (uint16_t)RADIO(VRADIO_SCAN_COUNT);
}

void wifi_radio_get_scanned(uint16_t i, wifi_ap_record_t *out)
{
    uint32_t ssid_len;

    memset(out, 0, sizeof(*out));
    RADIO(VRADIO_SCAN_SELECT) = i;
    ssid_len = RADIO(VRADIO_SCAN_SSID_LEN);
    read_packed(VRADIO_SCAN_SSID, out->ssid, ssid_len < SSID_MAX ? ssid_len : SSID_MAX);
    read_packed(VRADIO_SCAN_BSSID_LO, out->bssid, sizeof(out->bssid));
    out->primary = (uint8_t)RADIO(VRADIO_SCAN_CHANNEL);
    out->rssi = (int8_t)RADIO(VRADIO_SCAN_RSSI);
    out->authmode = (wifi_auth_mode_t)RADIO(VRADIO_SCAN_AUTH);
}
