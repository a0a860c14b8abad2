/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual radio's registers, as vradio_regs.h lays them down. */
#include <string.h>

#include "airslot/vradio_regs.h"
#include "device_table.h"
#include "radio.h"

#define AUTH_OPEN     0u
#define AUTH_WPA2_PSK 3u

static uint32_t address_word(const uint8_t address[6], bool is_high)
{
    const uint8_t *from = address + (is_high ? 4 : 0);
    uint32_t word = from[0] | (uint32_t)from[1] << 8;
    return is_high ? word : word | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

static uint32_t text_word(const char *text, uint32_t i)
{
    uint32_t word = 0;
    for (unsigned j = 0; j < 4; j++) {
        word |= (uint32_t)(uint8_t)text[4 * i + j] << 8 * j;
    }
    return word;
}

static bool read_scan(const struct vb_radio *r, uint32_t off, uint32_t *value)
{
    static const struct vb_ap nothing;
    const struct vb_ap *ap = r->scan_select < r->n_found ? &r->found[r->scan_select] : &nothing;
    if (off >= VRADIO_SCAN_SSID && off < VRADIO_SCAN_SSID + 32) {
        *value = text_word(ap->ssid, (off - VRADIO_SCAN_SSID) / 4);
        return true;
    }
    switch (off) {
    case VRADIO_SCAN_COUNT:
        *value = r->n_found;
        return true;
    case VRADIO_SCAN_SELECT:
        *value = r->scan_select;
        return true;
    case VRADIO_SCAN_SSID_LEN:
        *value = (uint32_t)strlen(ap->ssid);
        return true;
    case VRADIO_SCAN_BSSID_LO:
    case VRADIO_SCAN_BSSID_HI:
        *value = address_word(ap->bssid, off == VRADIO_SCAN_BSSID_HI);
        return true;
    case VRADIO_SCAN_CHANNEL:
        *value = ap->channel;
        return true;
    case VRADIO_SCAN_RSSI:
        *value = (uint32_t)(int32_t)ap->rssi;
        return true;
    case VRADIO_SCAN_AUTH:
        *value = ap->password[0] == '\0' ? AUTH_OPEN : AUTH_WPA2_PSK;
        return true;
    default:
        return false;
    }
}

static bool read_link(const struct vb_board *b, uint32_t off, uint32_t *value)
{
    const struct vb_radio *r = &b->radio;
    uint8_t mac[6];
    switch (off) {
    case VRADIO_MAC_LO:
    case VRADIO_MAC_HI:
        vb_mac(b, mac);
        *value = address_word(mac, off == VRADIO_MAC_HI);
        return true;
    case VRADIO_BSSID_LO:
    case VRADIO_BSSID_HI:
        *value = address_word(r->ap.bssid, off == VRADIO_BSSID_HI);
        return true;
    case VRADIO_CHANNEL:
        *value = r->ap.channel;
        return true;
    case VRADIO_RSSI:
        *value = (uint32_t)(int32_t)r->ap.rssi;
        return true;
    default:
        return read_scan(r, off, value);
    }
}

bool vb_radio_read(struct vb_board *b, uint32_t off, uint32_t *value)
{
    const struct vb_radio *r = &b->radio;
    if (off >= VRADIO_SSID && off < VRADIO_SSID + 32) {
        *value = r->ssid[(off - VRADIO_SSID) / 4];
        return true;
    }
    if (off >= VRADIO_PASS && off < VRADIO_PASS + 64) {
        *value = 0;
        return true;
    }
    switch (off) {
    case VRADIO_ID:
        *value = VRADIO_ID_VALUE;
        return true;
    case VRADIO_CTRL:
        *value = r->on ? VRADIO_CTRL_ON : 0;
        return true;
    case VRADIO_STATE:
        *value = r->state;
        return true;
    case VRADIO_REASON:
        *value = r->reason;
        return true;
    case VRADIO_INT_RAW:
        *value = r->int_raw | (r->n > 0 ? VRADIO_INT_RX : 0);
        return true;
    case VRADIO_INT_ENA:
        *value = r->int_ena;
        return true;
    case VRADIO_SSID_LEN:
        *value = r->ssid_len;
        return true;
    case VRADIO_PASS_LEN:
        *value = r->pass_len;
        return true;
    case VRADIO_TX_ADDR:
        *value = r->tx_addr;
        return true;
    case VRADIO_RX_LEN:
        *value = r->n > 0 ? r->frame[r->head].len : 0;
        return true;
    default:
        return read_link(b, off, value);
    }
}

static void write_len(struct vb_board *b, uint32_t *len, uint32_t value, uint32_t max)
{
    if (value > max) {
        vb_unmodelled(b, "radio: text of %u bytes", value);
        return;
    }
    *len = value;
}

bool vb_radio_write(struct vb_board *b, uint32_t off, uint32_t value)
{
    struct vb_radio *r = &b->radio;
    if (off >= VRADIO_SSID && off < VRADIO_SSID + 32) {
        r->ssid[(off - VRADIO_SSID) / 4] = value;
        return true;
    }
    if (off >= VRADIO_PASS && off < VRADIO_PASS + 64) {
        r->pass[(off - VRADIO_PASS) / 4] = value;
        return true;
    }
    switch (off) {
    case VRADIO_CTRL:
        vb_radio_set_power(b, (value & VRADIO_CTRL_ON) != 0);
        return true;
    case VRADIO_CMD:
        vb_radio_command(b, value);
        return true;
    case VRADIO_INT_ENA:
        r->int_ena = value;
        vb_radio_update_interrupt(b);
        return true;
    case VRADIO_INT_CLR:
        r->int_raw &= ~value;
        vb_radio_update_interrupt(b);
        return true;
    case VRADIO_SSID_LEN:
        write_len(b, &r->ssid_len, value, 32);
        return true;
    case VRADIO_PASS_LEN:
        write_len(b, &r->pass_len, value, 64);
        return true;
    case VRADIO_SCAN_SELECT:
        r->scan_select = value;
        return true;
    case VRADIO_TX_ADDR:
        r->tx_addr = value;
        return true;
    case VRADIO_TX_LEN:
        vb_radio_send(b, value);
        return true;
    case VRADIO_RX_ADDR:
        vb_radio_fetch_first(b, value);
        return true;
    case VRADIO_RX_DROP:
        vb_radio_drop_first(b);
        return true;
    default:
        return false;
    }
}
