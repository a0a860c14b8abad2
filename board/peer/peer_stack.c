/* SPDX-License-Identifier: Apache-2.0 */
/* See peer_stack.h. Timers run on a grid of virtual time, and only while a connection needs them:
 * an idle network keeps no board awake. */
#include "peer_stack.h"

#include <string.h>

#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/sys.h"
#include "lwip/udp.h"
#include "netif/ethernet.h"
#include "peer_rng.h"

#define TICK_US       (TCP_TMR_INTERVAL * UINT64_C(1000))
#define TICKS_PER_ARP (ARP_TMR_INTERVAL / TCP_TMR_INTERVAL)
#define RNG_STREAM    3u
#define ETH_MTU       1500u
#define ETH_LEN       14u

enum { SERVER, NAMES, N_HOSTS };

static struct stack {
    bool was_started;
    uint64_t now_us;
    uint64_t ticked_us; /* the last point of the grid that was served */
    uint32_t n_ticks;
    struct vb_rng rng;
    struct netif host[N_HOSTS];
    vb_peer_output output;
    void *ctx;
} stack;

uint32_t vb_peer_stack_random(void)
{
    return (uint32_t)(vb_rng_next(&stack.rng) >> 32);
}

u32_t sys_now(void)
{
    return (u32_t)(stack.now_us / 1000u);
}

/* --- frames --- */

static err_t on_output(struct netif *netif, struct pbuf *p)
{
    uint8_t frame[ETH_LEN + ETH_MTU];
    (void)netif;
    if (p->tot_len > sizeof(frame)) {
        return ERR_BUF;
    }
    stack.output(stack.ctx, frame, pbuf_copy_partial(p, frame, p->tot_len, 0));
    return ERR_OK;
}

static void input_to(struct netif *host, const uint8_t *frame, size_t len)
{
    struct pbuf *p = pbuf_alloc(PBUF_RAW, (u16_t)len, PBUF_RAM);
    if (p == NULL) {
        return;
    }
    pbuf_take(p, frame, (u16_t)len);
    if (host->input(p, host) != ERR_OK) {
        pbuf_free(p);
    }
}

void vb_peer_stack_input(const uint8_t *frame, size_t len)
{
    if (len < ETH_LEN || len > ETH_LEN + ETH_MTU) {
        return;
    }
    for (unsigned i = 0; i < N_HOSTS; i++) {
        bool is_for_all = (frame[0] & 1u) != 0;
        if (is_for_all || memcmp(frame, stack.host[i].hwaddr, ETH_HWADDR_LEN) == 0) {
            input_to(&stack.host[i], frame, len);
        }
    }
}

/* --- time --- */

void vb_peer_stack_set_now(uint64_t now_us)
{
    stack.now_us = now_us;
}

uint64_t vb_peer_stack_next_us(void)
{
    bool is_needed = tcp_active_pcbs != NULL || tcp_tw_pcbs != NULL;
    return is_needed ? (stack.ticked_us / TICK_US + 1) * TICK_US : UINT64_MAX;
}

/* Points of the grid that passed while nothing needed them are skipped, not made up for. */
void vb_peer_stack_tick(void)
{
    stack.ticked_us = stack.now_us;
    tcp_tmr();
    if (++stack.n_ticks % TICKS_PER_ARP == 0) {
        etharp_tmr();
    }
}

/* --- life --- */

static err_t set_up_host(struct netif *netif)
{
    netif->name[0] = 'v';
    netif->name[1] = 'b';
    netif->mtu = ETH_MTU;
    netif->hwaddr_len = ETH_HWADDR_LEN;
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET;
    netif->output = etharp_output;
    netif->linkoutput = on_output;
    return ERR_OK;
}

static void add_host(struct netif *host, uint8_t number)
{
    const uint8_t mac[ETH_HWADDR_LEN] = {0x52, 0x55, 0x0a, 0x00, 0x02, number};
    ip4_addr_t ip, mask, gateway;
    IP4_ADDR(&ip, 10, 0, 2, number);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP4_ADDR(&gateway, 0, 0, 0, 0);
    memcpy(host->hwaddr, mac, sizeof(mac));
    netif_add(host, &ip, &mask, &gateway, NULL, set_up_host, ethernet_input);
    netif_set_link_up(host);
    netif_set_up(host);
}

bool vb_peer_stack_start(uint64_t seed, vb_peer_output output, void *ctx)
{
    if (stack.was_started) {
        return false;
    }
    stack.was_started = true;
    stack.rng = vb_rng_stream(seed, RNG_STREAM);
    stack.output = output;
    stack.ctx = ctx;
    lwip_init();
    add_host(&stack.host[NAMES], 3);
    add_host(&stack.host[SERVER], 2); /* added last, so first on the way out */
    netif_set_default(&stack.host[SERVER]);
    return true;
}

static void ignore_output(void *ctx, const uint8_t *frame, size_t len)
{
    (void)ctx;
    (void)frame;
    (void)len;
}

void vb_peer_stack_stop(void)
{
    stack.output = ignore_output;
    while (tcp_active_pcbs != NULL) {
        tcp_abort(tcp_active_pcbs);
    }
    while (tcp_tw_pcbs != NULL) {
        tcp_abort(tcp_tw_pcbs);
    }
    while (tcp_listen_pcbs.pcbs != NULL) {
        tcp_close(tcp_listen_pcbs.pcbs);
    }
    while (udp_pcbs != NULL) {
        udp_remove(udp_pcbs);
    }
    for (unsigned i = 0; i < N_HOSTS; i++) {
        netif_remove(&stack.host[i]);
    }
}

struct netif *vb_peer_server_netif(void)
{
    return &stack.host[SERVER];
}

struct netif *vb_peer_names_netif(void)
{
    return &stack.host[NAMES];
}
