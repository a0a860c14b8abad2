/* SPDX-License-Identifier: Apache-2.0 */
/* Moves frames between lwIP's pbufs and the virtual radio. The radio copies at the moment of the
 * register write, so that a buffer belongs to us again at once. Joining and leaving is not its
 * business: see esp_wifi. */
#include "wlanif.h"

#include "airslot/vradio_regs.h"
#include "lwip/etharp.h"
#include "lwip/pbuf.h"
#include "netif/ethernet.h"

#define RADIO(reg)        (*(volatile u32_t *)(VRADIO_BASE + (reg)))
#define FRAME_MIN         14u
#define FRAMES_PER_WAKEUP 16u /* the timers of lwIP run in a flood, too */

static err_t wlanif_output(struct netif *netif, struct pbuf *p)
{
    struct pbuf *flat = p;

    (void)netif;
    if (p->tot_len > VRADIO_FRAME_MAX) {
        return ERR_BUF;
    }
    if (p->next) {
        flat = pbuf_clone(PBUF_RAW, PBUF_RAM, p);
        if (!flat) {
            return ERR_MEM;
        }
    }
    RADIO(VRADIO_TX_ADDR) = (u32_t)flat->payload;
    RADIO(VRADIO_TX_LEN) = flat->len;
    if (flat != p) {
        pbuf_free(flat);
    }
    return ERR_OK;
}

/* Takes the waiting frame of len bytes out of the radio; NULL when it had to be dropped. */
static struct pbuf *take_frame(u32_t len)
{
    struct pbuf *p = NULL;

    if (len >= FRAME_MIN && len <= VRADIO_FRAME_MAX) {
        p = pbuf_alloc(PBUF_RAW, (u16_t)len, PBUF_RAM);
    }
    if (!p) {
        RADIO(VRADIO_RX_DROP) = 1;
        return NULL;
    }
    RADIO(VRADIO_RX_ADDR) = (u32_t)p->payload;
    return p;
}

void wlanif_input(struct netif *netif)
{
    u32_t len;

    for (unsigned n = 0; n < FRAMES_PER_WAKEUP && (len = RADIO(VRADIO_RX_LEN)) != 0; n++) {
        struct pbuf *p = take_frame(len);

        if (p && netif->input(p, netif) != ERR_OK) {
            pbuf_free(p);
        }
    }
}

err_t wlanif_init(struct netif *netif)
{
    u32_t lo = RADIO(VRADIO_MAC_LO);
    u32_t hi = RADIO(VRADIO_MAC_HI);

    for (unsigned i = 0; i < 4; i++) {
        netif->hwaddr[i] = (u8_t)(lo >> (8 * i));
    }
    netif->hwaddr[4] = (u8_t)hi;
    netif->hwaddr[5] = (u8_t)(hi >> 8);
    netif->hwaddr_len = ETH_HWADDR_LEN;
    netif->name[0] = 's';
    netif->name[1] = 't';
    netif->mtu = 1500;
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET;
    netif->output = etharp_output;
    netif->linkoutput = wlanif_output;
    return ERR_OK;
}
