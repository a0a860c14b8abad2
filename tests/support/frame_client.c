/* SPDX-License-Identifier: Apache-2.0 */
#include "frame_client.h"

#include <string.h>

#define ETH_LEN   14u
#define IP_LEN    20u
#define TCP_LEN   20u
#define UDP_LEN   8u
#define FRAME_MAX 1514u
#define STEP_US   1000u
#define WAIT_US   2000000u

#define OUR_IP    0x0a00020fu
#define SERVER_IP 0x0a000202u
#define NAMES_IP  0x0a000203u

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

static const uint8_t our_mac[6] = {0x5c, 0xcf, 0x7f, 1, 2, 3};
static const uint8_t everybody[6] = {255, 255, 255, 255, 255, 255};

static struct {
    const struct vb_net *net;
    uint64_t now_us;
    int n_aps;
    uint8_t udp[FRAME_MAX]; /* the last datagram's payload */
    size_t n_udp;
    uint16_t own_port, port;
    uint32_t seq, ack;
    bool is_open, got_fin, got_reset;
    uint8_t rx[1u << 20];
    size_t n_rx;
} c;

static uint32_t get_be(const uint8_t *p, unsigned n)
{
    uint32_t v = 0;
    while (n-- > 0) {
        v = v << 8 | *p++;
    }
    return v;
}

static void put_be(uint8_t *p, uint32_t v, unsigned n)
{
    while (n-- > 0) {
        p[n] = (uint8_t)v;
        v >>= 8;
    }
}

static uint16_t checksum(const uint8_t *data, size_t len, uint32_t sum)
{
    for (size_t i = 0; i < len; i++) {
        sum += (uint32_t)data[i] << (i % 2 == 0 ? 8 : 0);
    }
    while (sum >> 16 != 0) {
        sum = (sum & 0xffffu) + (sum >> 16);
    }
    return (uint16_t)~sum;
}

/* --- sending --- */

static void send_frame(uint8_t *frame, const uint8_t to[6], uint16_t type, size_t len)
{
    memcpy(frame, to, 6);
    memcpy(frame + 6, our_mac, 6);
    put_be(frame + 12, type, 2);
    c.net->send(c.net->ctx, frame, ETH_LEN + len);
}

/* The payload of the IP packet stands at ETH_LEN + IP_LEN already. */
static void send_ip(uint8_t *frame, uint32_t from, uint32_t to, uint8_t protocol, size_t len)
{
    uint8_t mac[6] = {0x52, 0x55, 0x0a, 0x00, 0x02, (uint8_t)to};
    uint8_t *ip = frame + ETH_LEN;
    memset(ip, 0, IP_LEN);
    ip[0] = 0x45;
    put_be(ip + 2, (uint32_t)(IP_LEN + len), 2);
    ip[8] = 64;
    ip[9] = protocol;
    put_be(ip + 12, from, 4);
    put_be(ip + 16, to, 4);
    put_be(ip + 10, checksum(ip, IP_LEN, 0), 2);
    send_frame(frame, to == UINT32_MAX ? everybody : mac, 0x0800, IP_LEN + len);
}

static void send_udp(uint8_t *frame, uint32_t from, uint32_t to, uint16_t own_port, uint16_t port,
                     size_t len)
{
    uint8_t *udp = frame + ETH_LEN + IP_LEN;
    put_be(udp, own_port, 2);
    put_be(udp + 2, port, 2);
    put_be(udp + 4, (uint32_t)(UDP_LEN + len), 2);
    put_be(udp + 6, 0, 2);
    send_ip(frame, from, to, 17, UDP_LEN + len);
}

static void send_tcp(uint8_t flags, const void *data, size_t len)
{
    uint8_t frame[FRAME_MAX] = {0};
    uint8_t *tcp = frame + ETH_LEN + IP_LEN;
    put_be(tcp, c.own_port, 2);
    put_be(tcp + 2, c.port, 2);
    put_be(tcp + 4, c.seq, 4);
    put_be(tcp + 8, c.ack, 4);
    tcp[12] = TCP_LEN / 4 << 4;
    tcp[13] = flags;
    put_be(tcp + 14, 5840, 2);
    memcpy(tcp + TCP_LEN, data, len);
    uint32_t sum = (OUR_IP >> 16) + (OUR_IP & 0xffffu) + (SERVER_IP >> 16) + (SERVER_IP & 0xffffu) +
                   6u + (uint32_t)(TCP_LEN + len);
    put_be(tcp + 16, checksum(tcp, TCP_LEN + len, sum), 2);
    send_ip(frame, OUR_IP, SERVER_IP, 6, TCP_LEN + len);
    c.seq += (uint32_t)len + ((flags & (SYN | FIN)) != 0);
}

static void answer_arp(const uint8_t *question)
{
    uint8_t frame[FRAME_MAX] = {0};
    uint8_t *arp = frame + ETH_LEN;
    if (get_be(question + ETH_LEN + 6, 2) != 1 || get_be(question + ETH_LEN + 24, 4) != OUR_IP) {
        return;
    }
    memcpy(arp, question + ETH_LEN, 8);
    put_be(arp + 6, 2, 2);
    memcpy(arp + 8, our_mac, 6);
    put_be(arp + 14, OUR_IP, 4);
    memcpy(arp + 18, question + ETH_LEN + 8, 10);
    send_frame(frame, question + 6, 0x0806, 28);
}

/* --- receiving --- */

static void take_tcp(const uint8_t *tcp, size_t len)
{
    size_t head = (size_t)(tcp[12] >> 4) * 4;
    uint8_t flags = tcp[13];
    if (get_be(tcp + 2, 2) != c.own_port) {
        return;
    }
    c.got_reset |= (flags & RST) != 0;
    if ((flags & SYN) != 0) {
        c.ack = get_be(tcp + 4, 4) + 1;
        c.is_open = true;
    } else if (get_be(tcp + 4, 4) == c.ack && len - head <= sizeof(c.rx) - c.n_rx) {
        memcpy(c.rx + c.n_rx, tcp + head, len - head);
        c.n_rx += len - head;
        c.ack += (uint32_t)(len - head) + (flags & FIN);
        c.got_fin |= (flags & FIN) != 0;
    }
    if (len > head || (flags & (SYN | FIN)) != 0) {
        send_tcp(ACK, "", 0);
    }
}

bool vb_board_net_deliver(struct vb_board *board, const uint8_t *frame, size_t len)
{
    (void)board;
    const uint8_t *ip = frame + ETH_LEN;
    if (get_be(frame + 12, 2) == 0x0806) {
        answer_arp(frame);
    } else if (len >= ETH_LEN + IP_LEN + UDP_LEN && ip[9] == 17) {
        c.n_udp = get_be(ip + IP_LEN + 4, 2) - UDP_LEN;
        memcpy(c.udp, ip + IP_LEN + UDP_LEN, c.n_udp);
    } else if (len >= ETH_LEN + IP_LEN + TCP_LEN && ip[9] == 6) {
        take_tcp(ip + IP_LEN, get_be(ip + 2, 2) - IP_LEN);
    }
    return true;
}

void vb_board_set_aps(struct vb_board *board, const struct vb_ap *ap, unsigned n_aps)
{
    (void)board;
    (void)ap;
    c.n_aps = (int)n_aps;
}

void vb_board_get_stats(const struct vb_board *board, struct vb_stats *out)
{
    (void)board;
    memset(out, 0, sizeof(*out));
    out->virtual_us = c.now_us;
}

/* --- the client --- */

/* The network never looks into the board. */
static struct vb_board *no_board(void)
{
    static uint64_t somewhere;
    return (struct vb_board *)&somewhere;
}

void frame_client_init(const struct vb_net *net)
{
    memset(&c, 0, sizeof(c));
    c.net = net;
    c.n_aps = -1;
    c.own_port = 40000;
    frame_client_run(0);
}

void frame_client_run(uint64_t us)
{
    uint64_t until = c.now_us + us;
    for (;;) {
        c.net->poll(c.net->ctx, no_board(), c.now_us, 0);
        if (c.now_us >= until) {
            return;
        }
        c.now_us += until - c.now_us < STEP_US ? until - c.now_us : STEP_US;
    }
}

uint64_t frame_client_now(void)
{
    return c.now_us;
}

uint8_t frame_client_dhcp(uint8_t type, uint32_t wish, uint32_t *ip)
{
    static const uint8_t magic[4] = {0x63, 0x82, 0x53, 0x63};
    uint8_t frame[FRAME_MAX] = {0};
    uint8_t *dhcp = frame + ETH_LEN + IP_LEN + UDP_LEN;
    dhcp[0] = dhcp[1] = 1;
    dhcp[2] = 6;
    memcpy(dhcp + 28, our_mac, 6);
    memcpy(dhcp + 236, magic, 4);
    const uint8_t options[] = {53, 1, type, 50, 4, 0, 0, 0, 0, 255};
    memcpy(dhcp + 240, options, sizeof(options));
    put_be(dhcp + 245, wish, 4);
    c.n_udp = 0;
    send_udp(frame, 0, UINT32_MAX, 68, 67, 240 + sizeof(options));
    frame_client_run(WAIT_US);
    *ip = c.n_udp > 243 ? get_be(c.udp + 16, 4) : 0;
    return c.n_udp > 243 ? c.udp[242] : 0;
}

int frame_client_dns(const char *name, uint16_t type, uint32_t *ip)
{
    uint8_t frame[FRAME_MAX] = {0};
    uint8_t *dns = frame + ETH_LEN + IP_LEN + UDP_LEN;
    size_t n = 12;
    put_be(dns + 4, 1, 2);
    while (*name != '\0') {
        size_t len = strcspn(name, ".");
        dns[n++] = (uint8_t)len;
        memcpy(dns + n, name, len);
        n += len;
        name += len + (name[len] == '.');
    }
    put_be(dns + n + 1, type, 2);
    put_be(dns + n + 3, 1, 2);
    c.n_udp = 0;
    send_udp(frame, OUR_IP, NAMES_IP, 5353, 53, n + 5);
    frame_client_run(WAIT_US);
    bool has_address = c.n_udp == n + 5 + 16;
    *ip = has_address ? get_be(c.udp + c.n_udp - 4, 4) : 0;
    return c.n_udp > 12 ? c.udp[3] & 15 : -1;
}

bool frame_client_connect(uint16_t port)
{
    c.own_port++;
    c.port = port;
    c.seq = 1000;
    c.ack = 0;
    c.n_rx = 0;
    c.is_open = c.got_fin = c.got_reset = false;
    send_tcp(SYN, "", 0);
    frame_client_run(WAIT_US);
    return c.is_open && !c.got_reset;
}

void frame_client_send(const void *data, size_t len)
{
    send_tcp(ACK | PSH, data, len);
    frame_client_run(WAIT_US);
}

const uint8_t *frame_client_received(size_t *len)
{
    *len = c.n_rx;
    return c.rx;
}

bool frame_client_got_fin(void)
{
    return c.got_fin;
}

bool frame_client_got_reset(void)
{
    return c.got_reset;
}

int frame_client_aps(void)
{
    return c.n_aps;
}
