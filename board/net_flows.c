/* SPDX-License-Identifier: Apache-2.0 */
/* See net_flows.h. Reads headers only; every length is checked before what it covers. */
#include "net_flows.h"

#include <string.h>

#define ETHERNET_HEADER 14u
#define TYPE_IPV4       0x0800u
#define IP_HEADER_MIN   20u
#define PROTO_TCP       6u
#define PROTO_UDP       17u
#define TCP_HEADER_MIN  20u
#define UDP_HEADER      8u
#define TCP_FIN         0x01u
#define TCP_SYN         0x02u
#define TCP_RST         0x04u
#define PORT_DHCP_OWN   68u

#define TCP_SILENCE_US  120000000u
#define UDP_PATIENCE_US 5000000u

#define NETWORK      0x0a000200u /* 10.0.2.0 */
#define NETWORK_MASK 0xffffff00u

struct segment {
    uint8_t proto;
    uint32_t src, dst;
    uint16_t src_port, dst_port;
    uint8_t tcp_flags;
};

static uint16_t get16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static bool is_ipv4(const uint8_t *frame, size_t len)
{
    return len >= ETHERNET_HEADER + IP_HEADER_MIN && get16(frame + 12) == TYPE_IPV4;
}

/* False when the frame holds no complete TCP or UDP header. */
static bool parse(const uint8_t *frame, size_t len, struct segment *s)
{
    if (!is_ipv4(frame, len)) {
        return false;
    }
    const uint8_t *ip = frame + ETHERNET_HEADER;
    size_t header = (size_t)(ip[0] & 0x0fu) * 4;
    bool is_later_fragment = (get16(ip + 6) & 0x1fffu) != 0;
    s->proto = ip[9];
    size_t need = s->proto == PROTO_TCP ? TCP_HEADER_MIN : UDP_HEADER;
    if (header < IP_HEADER_MIN || is_later_fragment || len - ETHERNET_HEADER < header + need ||
        (s->proto != PROTO_TCP && s->proto != PROTO_UDP)) {
        return false;
    }
    const uint8_t *payload = ip + header;
    s->src = get32(ip + 12);
    s->dst = get32(ip + 16);
    s->src_port = get16(payload);
    s->dst_port = get16(payload + 2);
    s->tcp_flags = s->proto == PROTO_TCP ? payload[13] : 0;
    return true;
}

/* The connection's entry; with make, a free or the longest silent one is taken for it. */
static struct vb_flow *find(struct vb_flows *flows, uint32_t peer_ip, uint16_t peer_port,
                            uint16_t own_port, bool make)
{
    struct vb_flow *oldest = &flows->tcp[0];
    for (unsigned i = 0; i < VB_MAX_FLOWS; i++) {
        struct vb_flow *f = &flows->tcp[i];
        if (f->seen_us != 0 && f->peer_ip == peer_ip && f->peer_port == peer_port &&
            f->own_port == own_port) {
            return f;
        }
        oldest = f->seen_us < oldest->seen_us ? f : oldest;
    }
    if (!make) {
        return NULL;
    }
    *oldest = (struct vb_flow){.peer_ip = peer_ip, .peer_port = peer_port, .own_port = own_port};
    return oldest;
}

static void note_tcp(struct vb_flows *flows, const struct segment *s, bool outgoing,
                     uint64_t now_us)
{
    struct vb_flow *f =
        find(flows, outgoing ? s->dst : s->src, outgoing ? s->dst_port : s->src_port,
             outgoing ? s->src_port : s->dst_port, (s->tcp_flags & TCP_SYN) != 0);
    if (f == NULL) {
        return;
    }
    f->seen_us = now_us != 0 ? now_us : 1;
    if ((s->tcp_flags & TCP_SYN) != 0) {
        f->own_fin = false;
        f->peer_fin = false;
    }
    if ((s->tcp_flags & TCP_FIN) != 0) {
        f->own_fin = f->own_fin || outgoing;
        f->peer_fin = f->peer_fin || !outgoing;
    }
    if ((s->tcp_flags & TCP_RST) != 0 || (f->own_fin && f->peer_fin)) {
        f->seen_us = 0;
    }
}

void vb_flows_note(struct vb_flows *flows, const uint8_t *frame, size_t len, bool outgoing,
                   uint64_t now_us)
{
    struct segment s;
    if (!parse(frame, len, &s)) {
        return;
    }
    if (s.proto == PROTO_TCP) {
        note_tcp(flows, &s, outgoing, now_us);
    } else if (!outgoing) {
        flows->udp_asked_us = 0;
    } else if (s.src_port != PORT_DHCP_OWN) {
        flows->udp_asked_us = now_us != 0 ? now_us : 1;
    }
}

bool vb_flows_are_open(const struct vb_flows *flows, uint64_t now_us)
{
    for (unsigned i = 0; i < VB_MAX_FLOWS; i++) {
        uint64_t seen = flows->tcp[i].seen_us;
        if (seen != 0 && now_us < seen + TCP_SILENCE_US) {
            return true;
        }
    }
    return flows->udp_asked_us != 0 && now_us < flows->udp_asked_us + UDP_PATIENCE_US;
}

bool vb_flows_is_local(const uint8_t *frame, size_t len)
{
    if (len < ETHERNET_HEADER || get16(frame + 12) != TYPE_IPV4) {
        return true;
    }
    if (len < ETHERNET_HEADER + IP_HEADER_MIN) {
        return false;
    }
    uint32_t dst = get32(frame + ETHERNET_HEADER + 16);
    return (dst & NETWORK_MASK) == NETWORK || dst == UINT32_MAX;
}
