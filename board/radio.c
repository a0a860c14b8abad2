/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual radio of vradio_regs.h: scans, joins and loses access points of the config in virtual
 * time, and carries Ethernet frames between DRAM and the network behind it. */
#include <string.h>

#include "airslot/vradio_regs.h"
#include "device_table.h"
#include "radio.h"

#define MS(n)          ((vb_time)(n)*1000u * VB_TICKS_PER_US)
#define TIME_SCAN      MS(1500)
#define TIME_JOIN      MS(300)
#define TIME_HANDSHAKE MS(2000) /* until the four-way handshake is given up */
#define TIME_BEACONS   MS(6000) /* without one, until the link is given up */
#define INTERRUPT      0u
#define FRAME_MIN      14u
#define USUAL_CHANNEL  6u
#define USUAL_RSSI     (-50)

void vb_radio_update_interrupt(struct vb_board *b)
{
    const struct vb_radio *r = &b->radio;
    uint32_t raw = r->int_raw | (r->n > 0 ? VRADIO_INT_RX : 0);
    vb_irq_level(b, INTERRUPT, (raw & r->int_ena) != 0);
}

static void raise(struct vb_board *b, uint32_t bits)
{
    b->radio.int_raw |= bits;
    vb_radio_update_interrupt(b);
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

/* A station that was given a password does not join an open access point of that name: whoever
 * puts one up would get its traffic. Fact: the SDK raises the threshold of encryption with it. */
static bool is_suitable(const struct vb_radio *r, const struct vb_ap *ap)
{
    return ap->password[0] != '\0' || r->pass_len == 0;
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
        if (!is_same_text(ap->ssid, ssid, r->ssid_len) || !is_suitable(r, ap)) {
            continue;
        }
        if (is_same_text(ap->password, pass, r->pass_len)) {
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
    vb_radio_update_interrupt(b);
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

void vb_radio_command(struct vb_board *b, uint32_t command)
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

void vb_board_set_tap(struct vb_board *board,
                      void (*tap)(void *ctx, bool is_sent, const uint8_t *frame, size_t len,
                                  uint64_t time_ns),
                      void *ctx)
{
    board->tap = tap;
    board->tap_ctx = ctx;
}

static void note_frame(struct vb_board *b, bool is_sent, const uint8_t *frame, size_t len)
{
    struct vb_moment moment;
    if (vb_is_tracing(b)) {
        vb_trace(b, VB_TRACE_RADIO, "radio: frame of %zu bytes %s the device", len,
                 is_sent ? "from" : "to");
    }
    if (b->tap != NULL) {
        vb_board_get_moment(b, &moment);
        b->tap(b->tap_ctx, is_sent, frame, len, moment.time_ns);
    }
}

void vb_radio_send(struct vb_board *b, uint32_t len)
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
    note_frame(b, true, frame, len);
    if (net != NULL) {
        net->send(net->ctx, frame, len);
        vb_schedule(b, VB_EVENT_NET, vb_whole_us(vb_now(b)));
    }
}

bool vb_board_net_deliver(struct vb_board *board, const uint8_t *frame, size_t len)
{
    struct vb_radio *r = &board->radio;
    note_frame(board, false, frame, len);
    if (!r->linked || r->n == VB_RADIO_QUEUE || len < FRAME_MIN || len > VRADIO_FRAME_MAX) {
        return false;
    }
    struct vb_radio_frame *slot = &r->frame[(r->head + r->n) % VB_RADIO_QUEUE];
    slot->len = (uint16_t)len;
    memcpy(slot->byte, frame, len);
    r->n++;
    board->stats.net_rx_bytes += len;
    vb_radio_update_interrupt(board);
    return true;
}

void vb_radio_drop_first(struct vb_board *b)
{
    struct vb_radio *r = &b->radio;
    if (r->n > 0) {
        r->head = (r->head + 1) % VB_RADIO_QUEUE;
        r->n--;
        vb_radio_update_interrupt(b);
    }
}

void vb_radio_fetch_first(struct vb_board *b, uint32_t addr)
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
    vb_radio_drop_first(b);
}

/* --- power --- */

void vb_radio_set_power(struct vb_board *b, bool on)
{
    struct vb_radio *r = &b->radio;
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

void vb_radio_reset(struct vb_board *b, enum vb_reset_kind kind)
{
    (void)kind;
    memset(&b->radio, 0, sizeof(b->radio));
    b->radio.command_due = VB_NEVER;
    b->radio.beacon_due = VB_NEVER;
    vb_radio_update_interrupt(b);
    schedule(b);
}
