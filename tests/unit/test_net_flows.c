/* SPDX-License-Identifier: Apache-2.0 */
/* Which frames hold up virtual time, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "net_flows.h"

#define FIN 0x01
#define SYN 0x02
#define RST 0x04
#define ACK 0x10
#define S   1000000u

static struct vb_flows flows;
static uint8_t frame[54];

static int set_up(void **state)
{
    (void)state;
    flows = (struct vb_flows){0};
    return 0;
}

static void make(uint8_t proto, uint16_t own_port, bool outgoing, uint8_t flags)
{
    memset(frame, 0, sizeof(frame));
    frame[12] = 0x08;
    frame[14] = 0x45;
    frame[23] = proto;
    memcpy(frame + 26, outgoing ? "\x0a\x00\x02\x0f" : "\x0a\x00\x02\x02", 4);
    memcpy(frame + 30, outgoing ? "\x0a\x00\x02\x02" : "\x0a\x00\x02\x0f", 4);
    uint8_t *own = frame + (outgoing ? 34 : 36);
    uint8_t *peer = frame + (outgoing ? 36 : 34);
    own[0] = (uint8_t)(own_port >> 8);
    own[1] = (uint8_t)own_port;
    peer[1] = 53;
    frame[47] = flags;
}

static void tcp(uint16_t own_port, bool outgoing, uint8_t flags, uint64_t now_us)
{
    make(6, own_port, outgoing, flags);
    vb_flows_note(&flows, frame, sizeof(frame), outgoing, now_us);
}

static void udp(uint16_t own_port, bool outgoing, uint64_t now_us)
{
    make(17, own_port, outgoing, 0);
    vb_flows_note(&flows, frame, sizeof(frame), outgoing, now_us);
}

static void a_connection_is_open_until_both_closed(void **state)
{
    (void)state;
    assert_false(vb_flows_are_open(&flows, 0));
    tcp(1000, true, SYN, 0);
    assert_true(vb_flows_are_open(&flows, 0));
    tcp(1000, false, SYN | ACK, 1);
    tcp(1000, true, FIN | ACK, 2);
    assert_true(vb_flows_are_open(&flows, 2));
    tcp(1000, false, FIN | ACK, 3);
    assert_false(vb_flows_are_open(&flows, 3));
    tcp(1000, true, ACK, 4);
    assert_false(vb_flows_are_open(&flows, 4));
}

static void a_reset_ends_its_connection_only(void **state)
{
    (void)state;
    tcp(1000, true, SYN, 1);
    tcp(1001, true, SYN, 1);
    tcp(1000, false, RST, 2);
    assert_true(vb_flows_are_open(&flows, 2));
    tcp(1001, true, RST, 3);
    assert_false(vb_flows_are_open(&flows, 3));
}

static void silence_ends_what_was_forgotten(void **state)
{
    (void)state;
    tcp(1000, true, SYN, 10 * S);
    tcp(1000, false, ACK, 60 * S);
    assert_true(vb_flows_are_open(&flows, 179 * S));
    assert_false(vb_flows_are_open(&flows, 180 * S));
}

static void a_question_waits_for_its_answer(void **state)
{
    (void)state;
    udp(68, true, S);
    assert_false(vb_flows_are_open(&flows, S));
    udp(5000, true, S);
    assert_true(vb_flows_are_open(&flows, S));
    udp(5000, false, 2 * S);
    assert_false(vb_flows_are_open(&flows, 2 * S));
    udp(5000, true, 3 * S);
    assert_false(vb_flows_are_open(&flows, 9 * S));
}

static void more_connections_than_fit_forget_the_oldest(void **state)
{
    (void)state;
    for (uint16_t i = 0; i < VB_MAX_FLOWS + 1; i++) {
        tcp((uint16_t)(1000 + i), true, SYN, S + i);
    }
    for (uint16_t i = 1; i < VB_MAX_FLOWS + 1; i++) {
        assert_true(vb_flows_are_open(&flows, 2 * S));
        tcp((uint16_t)(1000 + i), true, RST, 2 * S);
    }
    assert_false(vb_flows_are_open(&flows, 2 * S));
}

static void short_frames_are_passed_over(void **state)
{
    (void)state;
    make(6, 1000, true, SYN);
    for (size_t len = 0; len < sizeof(frame); len++) {
        vb_flows_note(&flows, frame, len, true, 1);
        assert_false(vb_flows_are_open(&flows, 1));
    }
    frame[14] = 0x4f; /* a header of 60 bytes that are not there */
    vb_flows_note(&flows, frame, sizeof(frame), true, 1);
    assert_false(vb_flows_are_open(&flows, 1));
}

static void only_the_own_network_is_local(void **state)
{
    (void)state;
    make(6, 1000, true, SYN);
    assert_true(vb_flows_is_local(frame, sizeof(frame)));
    assert_false(vb_flows_is_local(frame, 20));
    memcpy(frame + 30, "\xff\xff\xff\xff", 4);
    assert_true(vb_flows_is_local(frame, sizeof(frame)));
    memcpy(frame + 30, "\x0a\x00\x03\x02", 4);
    assert_false(vb_flows_is_local(frame, sizeof(frame)));
    frame[13] = 0x06; /* ARP */
    assert_true(vb_flows_is_local(frame, 42));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(a_connection_is_open_until_both_closed),
        TEST(a_reset_ends_its_connection_only),
        TEST(silence_ends_what_was_forgotten),
        TEST(a_question_waits_for_its_answer),
        TEST(more_connections_than_fit_forget_the_oldest),
        TEST(short_frames_are_passed_over),
        TEST(only_the_own_network_is_local),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
