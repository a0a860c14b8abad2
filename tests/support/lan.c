/* SPDX-License-Identifier: Apache-2.0 */
#include "lan.h"

#include <stddef.h>
#include <string.h>

#define ANSWER_US 3000u

/* Ethernet, IPv4, UDP. */
#define ETH_LEN     14u
#define IP_LEN      20u
#define UDP_LEN     8u
#define PAYLOAD_OFF (ETH_LEN + IP_LEN + UDP_LEN)
#define TYPE_IP     0x0800u
#define TYPE_ARP    0x0806u
#define PROTO_UDP   17u
#define PORT_DNS    53u
#define PORT_DHCP   67u

/* DHCP. */
#define DHCP_OPTIONS  240u
#define DHCP_DISCOVER 1u
#define DHCP_OFFER    2u
#define DHCP_REQUEST  3u
#define DHCP_ACK      5u

static const uint8_t our_mac[6] = {0x52, 0x55, 0x0a, 0x00, 0x02, 0x02};
static const uint8_t our_ip[4] = {10, 0, 2, 2};
static const uint8_t device_ip[4] = {10, 0, 2, 15};
static const uint8_t named_ip[4] = {10, 0, 2, 77};

static unsigned get_be16(const uint8_t *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

static void put_be16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void put_be32(uint8_t *p, uint32_t v)
{
    put_be16(p, v >> 16);
    put_be16(p + 2, v & 0xffffu);
}

static void queue_frame(struct lan *lan, const uint8_t *frame, size_t len)
{
    if (lan->n_queued == LAN_QUEUE || len > LAN_FRAME_MAX) {
        return;
    }
    lan->queue[lan->n_queued].due_us = lan->now_us + ANSWER_US;
    lan->queue[lan->n_queued].len = (uint16_t)len;
    memcpy(lan->queue[lan->n_queued].bytes, frame, len);
    lan->n_queued++;
}

static uint16_t ip_checksum(const uint8_t *header)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < IP_LEN; i += 2) {
        sum += get_be16(header + i);
    }
    while (sum >> 16) {
        sum = (sum & 0xffffu) + (sum >> 16);
    }
    return (uint16_t)~sum;
}

/* Fills in the headers around a payload at PAYLOAD_OFF and queues the frame; the UDP checksum is
 * left out, as IPv4 allows. */
static void send_udp(struct lan *lan, uint8_t *frame, const uint8_t dst_mac[6],
                     const uint8_t src_ip[4], const uint8_t dst_ip[4], unsigned src_port,
                     unsigned dst_port, size_t len)
{
    uint8_t *ip = frame + ETH_LEN;
    uint8_t *udp = ip + IP_LEN;

    memcpy(frame, dst_mac, 6);
    memcpy(frame + 6, our_mac, 6);
    put_be16(frame + 12, TYPE_IP);
    memset(ip, 0, IP_LEN + UDP_LEN);
    ip[0] = 0x45;
    put_be16(ip + 2, (unsigned)(IP_LEN + UDP_LEN + len));
    ip[8] = 64;
    ip[9] = PROTO_UDP;
    memcpy(ip + 12, src_ip, 4);
    memcpy(ip + 16, dst_ip, 4);
    put_be16(ip + 10, ip_checksum(ip));
    put_be16(udp, src_port);
    put_be16(udp + 2, dst_port);
    put_be16(udp + 4, (unsigned)(UDP_LEN + len));
    queue_frame(lan, frame, PAYLOAD_OFF + len);
}

/* 10.0.2.2 and .3 are ours; nobody else is here. */
static void answer_arp(struct lan *lan, const uint8_t *frame, size_t len)
{
    uint8_t answer[ETH_LEN + 28];

    if (len < sizeof(answer) || get_be16(frame + 20) != 1 || memcmp(frame + 38, our_ip, 3) != 0 ||
        (frame[41] != 2 && frame[41] != 3)) {
        return;
    }
    memcpy(answer, frame, sizeof(answer));
    memcpy(answer, frame + 6, 6);
    memcpy(answer + 6, our_mac, 6);
    put_be16(answer + 20, 2);
    memcpy(answer + 22, our_mac, 6);
    memcpy(answer + 28, frame + 38, 4);
    memcpy(answer + 32, frame + 22, 10);
    queue_frame(lan, answer, sizeof(answer));
}

static const uint8_t *find_option(const uint8_t *dhcp, size_t len, uint8_t code)
{
    size_t i = DHCP_OPTIONS;

    while (i + 1 < len && dhcp[i] != 255) {
        if (dhcp[i] == code) {
            return i + 2 + dhcp[i + 1] <= len ? dhcp + i + 2 : NULL;
        }
        i += dhcp[i] == 0 ? 1 : 2u + dhcp[i + 1];
    }
    return NULL;
}

static size_t add_option(uint8_t *p, uint8_t code, const void *value, uint8_t len)
{
    p[0] = code;
    p[1] = len;
    memcpy(p + 2, value, len);
    return 2u + len;
}

static void answer_dhcp(struct lan *lan, const uint8_t *dhcp, size_t len)
{
    static const uint8_t everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    static const uint8_t all_ones[4] = {255, 255, 255, 255};
    static const uint8_t netmask[4] = {255, 255, 255, 0}, dns[4] = {10, 0, 2, 3};
    static const uint8_t lease[4] = {0, 0, 0x0e, 0x10};
    const uint8_t *type = len > DHCP_OPTIONS ? find_option(dhcp, len, 53) : NULL;
    uint8_t frame[LAN_FRAME_MAX] = {0};
    uint8_t *out = frame + PAYLOAD_OFF;
    size_t n = DHCP_OPTIONS;
    uint8_t kind;

    lan->n_dhcp++;
    if (lan->no_dhcp || !type || (*type != DHCP_DISCOVER && *type != DHCP_REQUEST)) {
        return;
    }
    if (lan->n_to_drop) {
        lan->n_to_drop--;
        return;
    }
    kind = *type == DHCP_DISCOVER ? DHCP_OFFER : DHCP_ACK;
    memcpy(out, dhcp, 44); /* transaction, flags, hardware address */
    out[0] = 2;
    memcpy(out + 16, device_ip, 4);
    put_be32(out + 236, 0x63825363u);
    n += add_option(out + n, 53, &kind, 1);
    n += add_option(out + n, 54, our_ip, 4);
    n += add_option(out + n, 51, lease, 4);
    n += add_option(out + n, 1, netmask, 4);
    n += add_option(out + n, 3, our_ip, 4);
    n += add_option(out + n, 6, dns, 4);
    out[n++] = 255;
    send_udp(lan, frame, everybody, our_ip, all_ones, PORT_DHCP, PORT_DHCP + 1, n);
}

static void answer_dns(struct lan *lan, const uint8_t *request, const uint8_t *dns, size_t len)
{
    static const uint8_t name[] = "\6device\4test";
    uint8_t frame[LAN_FRAME_MAX] = {0};
    uint8_t *out = frame + PAYLOAD_OFF;
    size_t question = 12 + sizeof(name) + 4;
    bool is_known = len >= question && memcmp(dns + 12, name, sizeof(name)) == 0;
    size_t n = len < 300 ? len : 300;

    lan->n_dns++;
    if (lan->no_dns || len < 12) {
        return;
    }
    memcpy(out, dns, n);
    put_be16(out + 2, is_known ? 0x8180u : 0x8183u); /* answer; no such name */
    if (is_known) {
        n = question;
        put_be16(out + 6, 1);
        memset(out + 8, 0, 4);
        memcpy(out + n, "\xc0\x0c\0\1\0\1", 6);
        put_be32(out + n + 6, lan->dns_ttl_s);
        put_be16(out + n + 10, 4);
        memcpy(out + n + 12, named_ip, 4);
        n += 16;
    }
    send_udp(lan, frame, request + 6, request + ETH_LEN + 16, device_ip, PORT_DNS,
             get_be16(request + ETH_LEN + IP_LEN), n);
}

static void lan_send(void *ctx, const uint8_t *frame, size_t len)
{
    struct lan *lan = ctx;
    unsigned port;

    if (len < ETH_LEN + 28) {
        return;
    }
    if (get_be16(frame + 12) == TYPE_ARP) {
        answer_arp(lan, frame, len);
        return;
    }
    if (get_be16(frame + 12) != TYPE_IP || frame[14] != 0x45 || frame[23] != PROTO_UDP ||
        len < PAYLOAD_OFF) {
        return;
    }
    port = get_be16(frame + ETH_LEN + IP_LEN + 2);
    if (port == PORT_DHCP) {
        answer_dhcp(lan, frame + PAYLOAD_OFF, len - PAYLOAD_OFF);
    } else if (port == PORT_DNS) {
        answer_dns(lan, frame, frame + PAYLOAD_OFF, len - PAYLOAD_OFF);
    }
}

static void lan_poll(void *ctx, struct vb_board *board, uint64_t now_us, uint32_t wait_us)
{
    struct lan *lan = ctx;
    unsigned n = 0;

    (void)wait_us;
    lan->now_us = now_us;
    while (n < lan->n_queued && lan->queue[n].due_us <= now_us) {
        (void)vb_board_net_deliver(board, lan->queue[n].bytes, lan->queue[n].len);
        n++;
    }
    lan->n_queued -= n;
    memmove(lan->queue, lan->queue + n, lan->n_queued * sizeof(lan->queue[0]));
}

static uint64_t lan_next_us(void *ctx)
{
    const struct lan *lan = ctx;

    return lan->n_queued ? lan->queue[0].due_us : UINT64_MAX;
}

static bool lan_is_open(void *ctx)
{
    (void)ctx;
    return false;
}

void lan_init(struct lan *lan)
{
    memset(lan, 0, sizeof(*lan));
    lan->dns_ttl_s = 60;
    lan->net = (struct vb_net){lan_send, lan_poll, lan_next_us, lan_is_open, lan};
}
