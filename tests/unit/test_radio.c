/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual radio's states, and frames in both directions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "airslot/vradio_regs.h"
#include "fake_board.h"

struct peer {
    unsigned n_frames;
    uint8_t frame[1514];
    size_t len;
};

static struct peer peer;

static void on_send(void *ctx, const uint8_t *frame, size_t len)
{
    struct peer *p = ctx;
    memcpy(p->frame, frame, len);
    p->len = len;
    p->n_frames++;
}

static const struct vb_net net = {.send = on_send, .ctx = &peer};
static const struct vb_ap home = {.ssid = "airslot", .password = "airslot8266", .channel = 11};

static int set_up(void **state)
{
    struct vb_board *b = fake_board_new(1u << 20);
    peer = (struct peer){0};
    b->config.net = &net;
    vb_board_set_aps(b, &home, 1);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    fake_board_free(*state);
    return 0;
}

static uint32_t get(struct vb_board *b, uint32_t off)
{
    return fake_read(b, VRADIO_BASE + off);
}

static void set(struct vb_board *b, uint32_t off, uint32_t value)
{
    fake_write(b, VRADIO_BASE + off, value);
}

static void set_text(struct vb_board *b, uint32_t off, const char *text)
{
    uint32_t words[16] = {0};
    memcpy(words, text, strlen(text));
    for (uint32_t i = 0; i < (strlen(text) + 3) / 4; i++) {
        set(b, off + 4 * i, words[i]);
    }
}

static void start_join(struct vb_board *b, const char *ssid, const char *pass)
{
    set(b, VRADIO_CTRL, VRADIO_CTRL_ON);
    set(b, VRADIO_INT_ENA, 0xf);
    set(b, VRADIO_SSID_LEN, (uint32_t)strlen(ssid));
    set(b, VRADIO_PASS_LEN, (uint32_t)strlen(pass));
    set_text(b, VRADIO_SSID, ssid);
    set_text(b, VRADIO_PASS, pass);
    set(b, VRADIO_CMD, VRADIO_CMD_JOIN);
}

static void join(struct vb_board *b)
{
    start_join(b, "airslot", "airslot8266");
    fake_run_us(b, 300000);
    assert_int_equal(get(b, VRADIO_STATE), VRADIO_STATE_JOINED);
    set(b, VRADIO_INT_CLR, 0xf);
}

static void joins_with_the_password(void **state)
{
    struct vb_board *b = *state;
    start_join(b, "airslot", "airslot8266");
    assert_int_equal(get(b, VRADIO_STATE), VRADIO_STATE_JOINING);
    assert_int_equal(fake.irq_levels, 0);
    fake_run_us(b, 299999);
    assert_int_equal(get(b, VRADIO_STATE), VRADIO_STATE_JOINING);
    fake_run_us(b, 1);
    assert_int_equal(get(b, VRADIO_STATE), VRADIO_STATE_JOINED);
    assert_int_equal(get(b, VRADIO_INT_RAW), VRADIO_INT_JOINED);
    assert_int_equal(get(b, VRADIO_CHANNEL), 11);
    assert_int_equal((int32_t)get(b, VRADIO_RSSI), -50);
    assert_int_equal(fake.irq_levels & 1, 1);
    set(b, VRADIO_INT_CLR, VRADIO_INT_JOINED);
    assert_int_equal(fake.irq_levels & 1, 0);
    assert_int_equal(get(b, VRADIO_PASS), 0);
}

static void fails(struct vb_board *b, uint64_t us, uint32_t reason)
{
    fake_run_us(b, us - 1);
    assert_int_equal(get(b, VRADIO_STATE), VRADIO_STATE_JOINING);
    fake_run_us(b, 1);
    assert_int_equal(get(b, VRADIO_STATE), VRADIO_STATE_IDLE);
    assert_int_equal(get(b, VRADIO_REASON), reason);
    assert_int_equal(get(b, VRADIO_INT_RAW), VRADIO_INT_DISCONNECTED);
}

static void says_why_a_join_failed(void **state)
{
    struct vb_board *b = *state;
    start_join(b, "airslot", "airslot826");
    fails(b, 2000000, VRADIO_REASON_4WAY_HANDSHAKE_TIMEOUT);
    set(b, VRADIO_INT_CLR, 0xf);
    start_join(b, "airslo", "airslot8266");
    fails(b, 1500000, VRADIO_REASON_NO_AP_FOUND);
}

static void a_password_keeps_it_off_open_access_points(void **state)
{
    struct vb_board *b = *state;
    const struct vb_ap open = {.ssid = "airslot"};
    const struct vb_ap both[2] = {open, home};
    vb_board_set_aps(b, &open, 1);
    start_join(b, "airslot", "airslot8266");
    fails(b, 1500000, VRADIO_REASON_NO_AP_FOUND);
    set(b, VRADIO_INT_CLR, 0xf);
    start_join(b, "airslot", "");
    fake_run_us(b, 300000);
    assert_int_equal(get(b, VRADIO_STATE), VRADIO_STATE_JOINED);
    vb_board_set_aps(b, both, 2);
    join(b);
    assert_int_equal(get(b, VRADIO_CHANNEL), 11);
}

static void is_deaf_while_off_or_busy(void **state)
{
    struct vb_board *b = *state;
    set(b, VRADIO_CMD, VRADIO_CMD_SCAN);
    assert_int_equal(get(b, VRADIO_STATE), VRADIO_STATE_IDLE);
    start_join(b, "airslot", "airslot8266");
    set(b, VRADIO_CMD, VRADIO_CMD_SCAN);
    assert_int_equal(get(b, VRADIO_STATE), VRADIO_STATE_JOINING);
    set(b, VRADIO_CTRL, 0);
    fake_run_us(b, 1000000);
    assert_int_equal(get(b, VRADIO_STATE), VRADIO_STATE_IDLE);
    assert_int_equal(get(b, VRADIO_INT_RAW), 0);
}

static void scans_what_is_in_the_air(void **state)
{
    struct vb_board *b = *state;
    const struct vb_ap air[2] = {home, {.ssid = "open", .rssi = -71}};
    vb_board_set_aps(b, air, 2);
    join(b);
    set(b, VRADIO_CMD, VRADIO_CMD_SCAN);
    fake_run_us(b, 1500000);
    assert_int_equal(get(b, VRADIO_INT_RAW), VRADIO_INT_SCAN_DONE);
    assert_int_equal(get(b, VRADIO_STATE), VRADIO_STATE_JOINED);
    assert_int_equal(get(b, VRADIO_SCAN_COUNT), 2);
    assert_int_equal(get(b, VRADIO_SCAN_AUTH), 3);
    set(b, VRADIO_SCAN_SELECT, 1);
    assert_int_equal(get(b, VRADIO_SCAN_SSID_LEN), 4);
    assert_int_equal(get(b, VRADIO_SCAN_SSID), 0x6e65706f);
    assert_int_equal((int32_t)get(b, VRADIO_SCAN_RSSI), -71);
    assert_int_equal(get(b, VRADIO_SCAN_AUTH), 0);
    set(b, VRADIO_SCAN_SELECT, 2);
    assert_int_equal(get(b, VRADIO_SCAN_SSID_LEN), 0);
}

static void a_lost_access_point_ends_the_link(void **state)
{
    struct vb_board *b = *state;
    join(b);
    vb_board_set_aps(b, NULL, 0);
    fake_run_us(b, 5000000);
    vb_board_set_aps(b, &home, 1);
    fake_run_us(b, 5000000);
    assert_int_equal(get(b, VRADIO_STATE), VRADIO_STATE_JOINED);
    vb_board_set_aps(b, NULL, 0);
    fake_run_us(b, 6000000);
    assert_int_equal(get(b, VRADIO_STATE), VRADIO_STATE_IDLE);
    assert_int_equal(get(b, VRADIO_REASON), VRADIO_REASON_BEACON_TIMEOUT);
    assert_int_equal(get(b, VRADIO_INT_RAW), VRADIO_INT_DISCONNECTED);
}

static void leaving_is_told(void **state)
{
    struct vb_board *b = *state;
    join(b);
    set(b, VRADIO_CMD, VRADIO_CMD_LEAVE);
    assert_int_equal(get(b, VRADIO_STATE), VRADIO_STATE_IDLE);
    assert_int_equal(get(b, VRADIO_REASON), VRADIO_REASON_ASSOC_LEAVE);
    assert_int_equal(get(b, VRADIO_INT_RAW), VRADIO_INT_DISCONNECTED);
}

static void frames_leave_only_when_joined(void **state)
{
    struct vb_board *b = *state;
    memset(fake.dram, 0x5a, 100);
    set(b, VRADIO_CTRL, VRADIO_CTRL_ON);
    set(b, VRADIO_TX_ADDR, FAKE_DRAM + 1);
    set(b, VRADIO_TX_LEN, 60);
    assert_int_equal(peer.n_frames, 0);
    join(b);
    set(b, VRADIO_TX_LEN, 60);
    assert_int_equal(peer.n_frames, 1);
    assert_int_equal(peer.len, 60);
    assert_int_equal(peer.frame[59], 0x5a);
    set(b, VRADIO_TX_LEN, 1515);
    set(b, VRADIO_TX_LEN, 13);
    assert_int_equal(peer.n_frames, 1);
    assert_int_equal(b->stats.net_tx_bytes, 60);
    set(b, VRADIO_TX_ADDR, 0x40100000);
    set(b, VRADIO_TX_LEN, 60);
    assert_int_equal(fake.n_unmodelled, 1);
}

static void frames_arrive_in_order_by_dma(void **state)
{
    struct vb_board *b = *state;
    uint8_t frame[60] = {0};
    assert_false(vb_board_net_deliver(b, frame, sizeof(frame)));
    join(b);
    for (uint8_t i = 0; i < 3; i++) {
        frame[0] = i;
        assert_true(vb_board_net_deliver(b, frame, sizeof(frame) - i));
    }
    assert_int_equal(fake.irq_levels & 1, 1);
    set(b, VRADIO_INT_CLR, VRADIO_INT_RX);
    assert_int_equal(get(b, VRADIO_INT_RAW), VRADIO_INT_RX);
    set(b, VRADIO_RX_DROP, 1);
    assert_int_equal(get(b, VRADIO_RX_LEN), 59);
    set(b, VRADIO_RX_ADDR, FAKE_DRAM + 64);
    assert_int_equal(fake.dram[64], 1);
    set(b, VRADIO_RX_ADDR, FAKE_DRAM + 64);
    assert_int_equal(fake.dram[64], 2);
    assert_int_equal(get(b, VRADIO_RX_LEN), 0);
    assert_int_equal(fake.irq_levels & 1, 0);
}

static void a_full_queue_refuses(void **state)
{
    struct vb_board *b = *state;
    const uint8_t frame[60] = {0};
    join(b);
    for (unsigned i = 0; i < VB_RADIO_QUEUE; i++) {
        assert_true(vb_board_net_deliver(b, frame, sizeof(frame)));
    }
    assert_false(vb_board_net_deliver(b, frame, sizeof(frame)));
    set(b, VRADIO_CMD, VRADIO_CMD_LEAVE);
    assert_int_equal(get(b, VRADIO_RX_LEN), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(joins_with_the_password),
        TEST(says_why_a_join_failed),
        TEST(a_password_keeps_it_off_open_access_points),
        TEST(is_deaf_while_off_or_busy),
        TEST(scans_what_is_in_the_air),
        TEST(a_lost_access_point_ends_the_link),
        TEST(leaving_is_told),
        TEST(frames_leave_only_when_joined),
        TEST(frames_arrive_in_order_by_dma),
        TEST(a_full_queue_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
