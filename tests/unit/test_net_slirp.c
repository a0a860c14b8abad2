/* SPDX-License-Identifier: Apache-2.0 */
/* The user-mode network without a device: addresses by DHCP, the gateway's answer to ARP, TCP to a
 * server on this host's loopback, and silence towards everything else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vb_net_slirp.h"

static const uint8_t own_mac[6] = {0x5c, 0xcf, 0x7f, 0x34, 0x56, 0x12};
static const uint8_t gateway_mac[6] = {0x52, 0x55, 0x0a, 0x00, 0x02, 0x02};

/* The last frame that reached the station. */
static uint8_t got[1514];
static size_t n_got;
static unsigned n_frames;

bool vb_board_net_deliver(struct vb_board *board, const uint8_t *frame, size_t len)
{
    (void)board;
    memcpy(got, frame, len);
    n_got = len;
    n_frames++;
    return true;
}

static uint64_t now_us;

static int set_up(void **state)
{
    n_frames = 0;
    now_us = 1000000;
    *state = vb_net_slirp_new();
    return *state != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    vb_net_slirp_free(*state);
    return 0;
}

/* Polls until a frame has come, at most two seconds. */
static bool answer(const struct vb_net *net)
{
    unsigned before = n_frames;
    for (unsigned i = 0; i < 200 && n_frames == before; i++) {
        net->poll(net->ctx, NULL, now_us, 10000);
        now_us += 10000;
        net->poll(net->ctx, NULL, now_us, 0);
    }
    return n_frames != before;
}

static void put16(uint8_t *p, unsigned value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static unsigned sum(const uint8_t *p, size_t len, unsigned total)
{
    for (size_t i = 0; i < len; i += 2) {
        total += (unsigned)p[i] << 8 | (i + 1 < len ? p[i + 1] : 0);
    }
    while (total > 0xffff) {
        total = (total & 0xffff) + (total >> 16);
    }
    return total;
}

/* An IPv4 packet around payload[len], which the caller has put at frame + 34. */
static size_t wrap(uint8_t *frame, uint8_t proto, const char *src, const char *dst, size_t len)
{
    uint8_t *ip = frame + 14;
    memcpy(frame, gateway_mac, 6);
    memcpy(frame + 6, own_mac, 6);
    put16(frame + 12, 0x0800);
    memset(ip, 0, 20);
    ip[0] = 0x45;
    put16(ip + 2, (unsigned)(20 + len));
    ip[8] = 64;
    ip[9] = proto;
    inet_pton(AF_INET, src, ip + 12);
    inet_pton(AF_INET, dst, ip + 16);
    put16(ip + 10, ~sum(ip, 20, 0) & 0xffff);
    return 34 + len;
}

static void send_syn(const struct vb_net *net, const char *dst, unsigned port)
{
    uint8_t frame[54] = {0};
    uint8_t *tcp = frame + 34;
    put16(tcp, 40000);
    put16(tcp + 2, port);
    tcp[7] = 1; /* sequence number 1 */
    tcp[12] = 5 << 4;
    tcp[13] = 0x02;
    put16(tcp + 14, 5840);
    size_t len = wrap(frame, 6, "10.0.2.15", dst, 20);
    put16(tcp + 16, ~sum(frame + 26, 8, sum(tcp, 20, 6 + 20)) & 0xffff);
    net->send(net->ctx, frame, len);
}

static void send_arp(const struct vb_net *net, uint8_t last)
{
    uint8_t frame[42] = {0};
    memset(frame, 0xff, 6);
    memcpy(frame + 6, own_mac, 6);
    memcpy(frame + 12, "\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01", 10);
    memcpy(frame + 22, own_mac, 6);
    memcpy(frame + 28, "\x0a\x00\x02\x0f", 4);
    memcpy(frame + 38, "\x0a\x00\x02", 3);
    frame[41] = last;
    net->send(net->ctx, frame, sizeof(frame));
}

static void the_gateway_answers_arp(void **state)
{
    const struct vb_net *net = vb_net_slirp_backend(*state);
    send_arp(net, 2);
    assert_true(answer(net));
    assert_memory_equal(got + 12, "\x08\x06", 2);
    assert_memory_equal(got + 22, gateway_mac, 6);
    assert_false(net->is_open(net->ctx));
}

static void dhcp_offers_the_documented_address(void **state)
{
    const struct vb_net *net = vb_net_slirp_backend(*state);
    uint8_t frame[342] = {0};
    uint8_t *udp = frame + 34;
    uint8_t *bootp = udp + 8;
    put16(udp, 68);
    put16(udp + 2, 67);
    put16(udp + 4, 308);
    memcpy(bootp, "\x01\x01\x06\x00", 4);
    memcpy(bootp + 28, own_mac, 6);
    memcpy(bootp + 236, "\x63\x82\x53\x63\x35\x01\x01\xff", 8);
    size_t len = wrap(frame, 17, "0.0.0.0", "255.255.255.255", 308);
    memset(frame, 0xff, 6);
    net->send(net->ctx, frame, len);
    assert_true(answer(net));
    assert_memory_equal(got + 34 + 8 + 16, "\x0a\x00\x02\x0f", 4);
    assert_false(net->is_open(net->ctx));
}

static int listen_on_loopback(unsigned *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

static void a_connection_reaches_the_loopback(void **state)
{
    const struct vb_net *net = vb_net_slirp_backend(*state);
    unsigned port;
    int fd = listen_on_loopback(&port);
    assert_int_equal(listen(fd, 1), 0);
    send_arp(net, 2);
    send_syn(net, "10.0.2.2", port);
    assert_true(net->is_open(net->ctx));
    do {
        assert_true(answer(net));
    } while (got[23] != 6 || got[12] != 0x08 || got[13] != 0x00);
    assert_int_equal(got[47], 0x12); /* SYN and ACK */
    assert_true(net->is_open(net->ctx));
    assert_true(net->next_us(net->ctx) <= now_us + 1000);
    close(fd);
}

static void a_closed_port_resets(void **state)
{
    const struct vb_net *net = vb_net_slirp_backend(*state);
    unsigned port;
    int fd = listen_on_loopback(&port); /* bound, so that nobody listens there */
    send_arp(net, 2);
    send_syn(net, "10.0.2.2", port);
    do {
        assert_true(answer(net));
    } while (got[23] != 6 || got[12] != 0x08 || got[13] != 0x00);
    assert_int_equal(got[47] & 0x04, 0x04);
    assert_false(net->is_open(net->ctx));
    close(fd);
}

static void other_networks_stay_out_of_reach(void **state)
{
    const struct vb_net *net = vb_net_slirp_backend(*state);
    unsigned port;
    int fd = listen_on_loopback(&port);
    assert_int_equal(listen(fd, 1), 0);
    send_arp(net, 2);
    assert_true(answer(net));
    unsigned before = n_frames;
    send_syn(net, "127.0.0.1", port);
    assert_false(net->is_open(net->ctx));
    net->poll(net->ctx, NULL, now_us, 1000);
    net->poll(net->ctx, NULL, now_us, 0);
    assert_int_equal(n_frames, before);
    close(fd);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_gateway_answers_arp),           TEST(dhcp_offers_the_documented_address),
        TEST(a_connection_reaches_the_loopback), TEST(a_closed_port_resets),
        TEST(other_networks_stay_out_of_reach),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
