/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual radio of vradio_regs.h: scans, joins and loses access points of the config in virtual
 * time, and carries Ethernet frames between DRAM and the network behind it. */
#include <string.h>

#include "airslot/vradio_regs.h"
#include "device_table.h"

#define MS(n)          ((vb_time)(n)*1000u * VB_TICKS_PER_US)
#define TIME_SCAN      MS(1500)
#define TIME_JOIN      MS(300)
#define TIME_HANDSHAKE MS(2000) /* until the four-way handshake is given up */
#define TIME_BEACONS   MS(6000) /* without one, until the link is given up */
#define INTERRUPT      0u
#define FRAME_MIN      14u
#define AUTH_OPEN      0u
#define AUTH_WPA2_PSK  3u
#define USUAL_CHANNEL  6u
#define USUAL_RSSI     (-50)

static void update_interrupt(struct vb_board *b)
{
    const struct vb_radio *r = &b->radio;
    uint32_t raw = r->int_raw | (r->n > 0 ? VRADIO_INT_RX : 0);
    vb_irq_level(b, INTERRUPT, (raw & r->int_ena) != 0);
}

static void raise(struct vb_board *b, uint32_t bits)
{
    b->radio.int_raw |= bits;
    update_interrupt(b);
}

static void schedule(struct vb_board *b)
{
    const struct vb_radio *r = &b->radio;
    vb_time due = r->command_due < r->beacon_due ? r->command_due : r->beacon_due;
    vb_schedule(b, VB_EVENT_RADIO, due);
}

/* --- the air --- */

/* The access point number i with its defaults filled in. */
static struct vb_ap ap_in_air(const struct vb_board *b, unsigned i)
{
    static const uint8_t none[6] = {0};
    struct vb_ap ap = b->config.ap[i];
    if (memcmp(ap.bssid, none, 6) == 0) {
        const uint8_t usual[6] = {0x02, 0xa5, 0x10, 0x70, 0x00, (uint8_t)(i + 1)};
        memcpy(ap.bssid, usual, 6);
    }
    ap.channel = ap.channel != 0 ? ap.channel : USUAL_CHANNEL;
    ap.rssi = ap.rssi != 0 ? ap.rssi : USUAL_RSSI;
    return ap;
}

/* Words as the driver writes them: little-endian text. */
static void unpack(const uint32_t *words, uint32_t len, char *text)
{
    for (uint32_t i = 0; i < len; i++) {
        text[i] = (char)(words[i / 4] >> 8 * (i % 4));
    }
    text[len] = '\0';
}

static bool is_same_text(const char *in_air, const char *wanted, uint32_t len)
{
    return strlen(in_air) == len && memcmp(in_air, wanted, len) == 0;
}

/* How a join ends now: NONE with the access point in *ap, or the reason of its failure. */
static uint32_t join_outcome(const struct vb_board *b, struct vb_ap *ap)
{
    const struct vb_radio *r = &b->radio;
    char ssid[33];
    char pass[65];
    uint32_t reason = VRADIO_REASON_NO_AP_FOUND;
    unpack(r->ssid, r->ssid_len, ssid);
    unpack(r->pass, r->pass_len, pass);
    for (unsigned i = 0; i < b->config.n_aps; i++) {
        *ap = ap_in_air(b, i);
        if (!is_same_text(ap->ssid, ssid, r->ssid_len)) {
            continue;
        }
        if (ap->password[0] == '\0' || is_same_text(ap->password, pass, r->pass_len)) {
            return VRADIO_REASON_NONE;
        }
        reason = VRADIO_REASON_4WAY_HANDSHAKE_TIMEOUT;
    }
    return reason;
}

static vb_time join_ticks(uint32_t outcome)
{
    switch (outcome) {
    case VRADIO_REASON_NONE:
        return TIME_JOIN;
    case VRADIO_REASON_4WAY_HANDSHAKE_TIMEOUT:
        return TIME_HANDSHAKE;
    default:
        return TIME_SCAN;
    }
}

static bool is_in_air(const struct vb_board *b, const struct vb_ap *joined)
{
    for (unsigned i = 0; i < b->config.n_aps; i++) {
        struct vb_ap ap = ap_in_air(b, i);
        if (strcmp(ap.ssid, joined->ssid) == 0 && memcmp(ap.bssid, joined->bssid, 6) == 0) {
            return true;
        }
    }
    return false;
}

/* --- the link --- */

static void drop_frames(struct vb_board *b)
{
    b->radio.n = 0;
    update_interrupt(b);
}

static void end_link(struct vb_board *b, uint32_t reason)
{
    struct vb_radio *r = &b->radio;
    r->linked = false;
    r->state = VRADIO_STATE_IDLE;
    r->reason = reason;
    r->command_due = VB_NEVER;
    r->beacon_due = VB_NEVER;
    drop_frames(b);
    raise(b, VRADIO_INT_DISCONNECTED);
    schedule(b);
    vb_trace(b, VB_TRACE_RADIO, "radio: disconnected, reason %u", reason);
}

static void start_scan(struct vb_board *b)
{
    b->radio.state = VRADIO_STATE_SCANNING;
    b->radio.command_due = vb_now(b) + TIME_SCAN;
}

static void finish_scan(struct vb_board *b)
{
    struct vb_radio *r = &b->radio;
    r->n_found = b->config.n_aps;
    for (unsigned i = 0; i < r->n_found; i++) {
        r->found[i] = ap_in_air(b, i);
    }
    r->scan_select = 0;
    r->state = r->linked ? VRADIO_STATE_JOINED : VRADIO_STATE_IDLE;
    raise(b, VRADIO_INT_SCAN_DONE);
    vb_trace(b, VB_TRACE_RADIO, "radio: scan found %u", r->n_found);
}

static void start_join(struct vb_board *b)
{
    struct vb_radio *r = &b->radio;
    struct vb_ap ap;
    r->linked = false;
    r->beacon_due = VB_NEVER;
    r->state = VRADIO_STATE_JOINING;
    r->reason = VRADIO_REASON_NONE;
    drop_frames(b);
    r->command_due = vb_now(b) + join_ticks(join_outcome(b, &ap));
}

static void finish_join(struct vb_board *b)
{
    struct vb_radio *r = &b->radio;
    struct vb_ap ap;
    uint32_t outcome = join_outcome(b, &ap);
    if (outcome != VRADIO_REASON_NONE) {
        end_link(b, outcome);
        return;
    }
    r->ap = ap;
    r->linked = true;
    r->state = VRADIO_STATE_JOINED;
    raise(b, VRADIO_INT_JOINED);
    vb_trace(b, VB_TRACE_RADIO, "radio: joined '%s'", ap.ssid);
}

static void start_command(struct vb_board *b, uint32_t command)
{
    struct vb_radio *r = &b->radio;
    if (!r->on || r->command_due != VB_NEVER) {
        return;
    }
    switch (command) {
    case VRADIO_CMD_SCAN:
        start_scan(b);
        break;
    case VRADIO_CMD_JOIN:
        start_join(b);
        break;
    case VRADIO_CMD_LEAVE:
        if (r->linked) {
            end_link(b, VRADIO_REASON_ASSOC_LEAVE);
        }
        break;
    default:
        vb_unmodelled(b, "radio command %u", command);
        break;
    }
    schedule(b);
}

void vb_radio_event(struct vb_board *b)
{
    struct vb_radio *r = &b->radio;
    if (r->command_due <= vb_now(b)) {
        r->command_due = VB_NEVER;
        if (r->state == VRADIO_STATE_SCANNING) {
            finish_scan(b);
        } else {
            finish_join(b);
        }
    }
    if (r->beacon_due <= vb_now(b)) {
        end_link(b, VRADIO_REASON_BEACON_TIMEOUT);
    }
    schedule(b);
}

void vb_board_set_aps(struct vb_board *board, const struct vb_ap *ap, unsigned n_aps)
{
    struct vb_radio *r = &board->radio;
    board->config.n_aps = n_aps < VB_MAX_APS ? n_aps : VB_MAX_APS;
    for (unsigned i = 0; i < board->config.n_aps; i++) {
        board->config.ap[i] = ap[i];
    }
    if (!r->linked || is_in_air(board, &r->ap)) {
        r->beacon_due = VB_NEVER;
    } else if (r->beacon_due == VB_NEVER) {
        r->beacon_due = vb_now(board) + TIME_BEACONS;
    }
    if (board->powered) {
        schedule(board);
    }
}

/* --- frames --- */

static void send(struct vb_board *b, uint32_t len)
{
    const struct vb_net *net = b->config.net;
    uint8_t frame[VRADIO_FRAME_MAX];
    if (!b->radio.linked || len < FRAME_MIN || len > VRADIO_FRAME_MAX) {
        return;
    }
    if (!vb_dma_read(b, b->radio.tx_addr, frame, len)) {
        vb_unmodelled(b, "radio: frame to send at 0x%08x is not in DRAM", b->radio.tx_addr);
        return;
    }
    b->stats.net_tx_bytes += len;
    if (net != NULL) {
        net->send(net->ctx, frame, len);
        vb_schedule(b, VB_EVENT_NET, vb_now(b));
    }
}

bool vb_board_net_deliver(struct vb_board *board, const uint8_t *frame, size_t len)
{
    struct vb_radio *r = &board->radio;
    if (!r->linked || r->n == VB_RADIO_QUEUE || len < FRAME_MIN || len > VRADIO_FRAME_MAX) {
        return false;
    }
    struct vb_radio_frame *slot = &r->frame[(r->head + r->n) % VB_RADIO_QUEUE];
    slot->len = (uint16_t)len;
    memcpy(slot->byte, frame, len);
    r->n++;
    board->stats.net_rx_bytes += len;
    update_interrupt(board);
    return true;
}

static void drop_first(struct vb_board *b)
{
    struct vb_radio *r = &b->radio;
    if (r->n > 0) {
        r->head = (r->head + 1) % VB_RADIO_QUEUE;
        r->n--;
        update_interrupt(b);
    }
}

static void fetch_first(struct vb_board *b, uint32_t addr)
{
    const struct vb_radio *r = &b->radio;
    const struct vb_radio_frame *first = &r->frame[r->head];
    if (r->n == 0) {
        return;
    }
    if (addr % 4 != 0 || !vb_dma_write(b, addr, first->byte, first->len)) {
        vb_unmodelled(b, "radio: no aligned DRAM for a received frame at 0x%08x", addr);
        return;
    }
    drop_first(b);
}

/* --- registers --- */

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

static void radio_off(struct vb_board *b)
{
    memset(&b->radio, 0, sizeof(b->radio));
    b->radio.command_due = VB_NEVER;
    b->radio.beacon_due = VB_NEVER;
    update_interrupt(b);
    schedule(b);
}

/* Settings outlive switching off; the link and what waits do not. */
static void write_ctrl(struct vb_board *b, uint32_t value)
{
    struct vb_radio *r = &b->radio;
    bool on = (value & VRADIO_CTRL_ON) != 0;
    if (r->on && !on) {
        r->linked = false;
        r->state = VRADIO_STATE_IDLE;
        r->int_raw = 0;
        r->command_due = VB_NEVER;
        r->beacon_due = VB_NEVER;
        drop_frames(b);
        schedule(b);
    }
    r->on = on;
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
        write_ctrl(b, value);
        return true;
    case VRADIO_CMD:
        start_command(b, value);
        return true;
    case VRADIO_INT_ENA:
        r->int_ena = value;
        update_interrupt(b);
        return true;
    case VRADIO_INT_CLR:
        r->int_raw &= ~value;
        update_interrupt(b);
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
        send(b, value);
        return true;
    case VRADIO_RX_ADDR:
        fetch_first(b, value);
        return true;
    case VRADIO_RX_DROP:
        drop_first(b);
        return true;
    default:
        return false;
    }
}

void vb_radio_reset(struct vb_board *b, enum vb_reset_kind kind)
{
    (void)kind;
    radio_off(b);
}
