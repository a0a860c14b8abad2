/* SPDX-License-Identifier: Apache-2.0 */
/* A time server on 10.0.2.2, after RFC 5905: the time of the board plus what the config says. */
#include <string.h>

#include "lwip/sys.h"
#include "lwip/udp.h"
#include "peer_stack.h"

#define PORT         123u
#define MESSAGE_LEN  48u
#define TO_1900      INT64_C(2208988800) /* seconds from 1900 to 1970 */
#define MODE_CLIENT  3u
#define MODE_SERVER  4u
#define STRATUM_AT   1u
#define ORIGINATE_AT 24u
#define RECEIVE_AT   32u
#define TRANSMIT_AT  40u

static int64_t time_at_start_s;

static void put_time(uint8_t *to)
{
    uint32_t now_ms = sys_now();
    uint32_t s = (uint32_t)(time_at_start_s + TO_1900 + now_ms / 1000u);
    uint32_t fraction = (uint32_t)(((uint64_t)(now_ms % 1000u) << 32) / 1000u);
    for (unsigned i = 0; i < 4; i++) {
        to[i] = (uint8_t)(s >> (24 - 8 * i));
        to[4 + i] = (uint8_t)(fraction >> (24 - 8 * i));
    }
}

static void on_message(void *ctx, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from,
                       u16_t port)
{
    uint8_t message[MESSAGE_LEN] = {0};
    ip_addr_t to = *from;
    (void)ctx;
    u16_t len = pbuf_copy_partial(p, message, sizeof(message), 0);
    pbuf_free(p);
    struct pbuf *out = len == MESSAGE_LEN && (message[0] & 7u) == MODE_CLIENT
                           ? pbuf_alloc(PBUF_TRANSPORT, MESSAGE_LEN, PBUF_RAM)
                           : NULL;
    if (out != NULL) {
        message[0] = (uint8_t)((message[0] & 0x38u) | MODE_SERVER);
        message[STRATUM_AT] = 1;
        memcpy(message + ORIGINATE_AT, message + TRANSMIT_AT, 8);
        put_time(message + RECEIVE_AT);
        put_time(message + TRANSMIT_AT);
        pbuf_take(out, message, MESSAGE_LEN);
        udp_sendto_if(pcb, out, &to, port, vb_peer_server_netif());
        pbuf_free(out);
    }
}

bool vb_peer_ntp_start(int64_t time_s)
{
    struct udp_pcb *pcb = udp_new();
    time_at_start_s = time_s;
    if (pcb == NULL || udp_bind(pcb, IP_ADDR_ANY, PORT) != ERR_OK) {
        return false;
    }
    udp_bind_netif(pcb, vb_peer_server_netif());
    udp_recv(pcb, on_message, NULL);
    return true;
}
