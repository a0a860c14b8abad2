/* SPDX-License-Identifier: Apache-2.0 */
/* DHCP for the one device there is: it gets 10.0.2.15, or what a script says instead. Any other
 * wish is refused. One a process, as lwIP below it. */
#include <string.h>

#include "lwip/udp.h"
#include "peer_stack.h"

#define SERVER_PORT 67u
#define CLIENT_PORT 68u
#define OPTIONS     240u /* offset: fixed part and magic */
#define MESSAGE_MAX 1024u
#define REPLY_MAX   300u
#define LEASE_S     86400u

enum { DISCOVER = 1, OFFER = 2, REQUEST = 3, ACK = 5, NAK = 6 };
enum { OPT_MASK = 1, OPT_ROUTER = 3, OPT_DNS = 6, OPT_WISH = 50, OPT_LEASE = 51, OPT_TYPE = 53 };
enum { OPT_SERVER = 54, OPT_END = 255 };

static const uint8_t magic[4] = {0x63, 0x82, 0x53, 0x63};
static const uint8_t server_ip[4] = {10, 0, 2, 2};
static uint8_t device_ip[4] = {10, 0, 2, 15};

/* The value of an option of exactly len bytes, or NULL. */
static const uint8_t *find_option(const uint8_t *message, size_t size, uint8_t code, uint8_t len)
{
    size_t at = OPTIONS;
    while (at < size && message[at] != OPT_END) {
        if (message[at] == 0) {
            at++;
            continue;
        }
        if (size - at < 2 || size - at - 2 < message[at + 1]) {
            return NULL;
        }
        if (message[at] == code && message[at + 1] == len) {
            return message + at + 2;
        }
        at += 2u + message[at + 1];
    }
    return NULL;
}

static size_t add_option(uint8_t *to, uint8_t code, const uint8_t *value, uint8_t len)
{
    to[0] = code;
    to[1] = len;
    memcpy(to + 2, value, len);
    return 2u + len;
}

/* What a message is answered with; 0: nothing. */
static uint8_t choose_answer(const uint8_t *message, size_t size)
{
    static const uint8_t none[4] = {0};
    const uint8_t *type = find_option(message, size, OPT_TYPE, 1);
    if (type == NULL) {
        return 0;
    }
    if (*type == DISCOVER) {
        return OFFER;
    }
    if (*type != REQUEST) {
        return 0;
    }
    const uint8_t *wish = find_option(message, size, OPT_WISH, 4);
    const uint8_t *has = message + 12; /* ciaddr: what it uses already */
    wish = wish == NULL && memcmp(has, none, 4) != 0 ? has : wish;
    return wish == NULL || memcmp(wish, device_ip, 4) == 0 ? ACK : NAK;
}

static size_t make_reply(uint8_t *reply, const uint8_t *message, uint8_t type)
{
    static const uint8_t mask[4] = {255, 255, 255, 0}, dns[4] = {10, 0, 2, 3};
    static const uint8_t lease[4] = {0, LEASE_S >> 16, LEASE_S >> 8 & 0xff, LEASE_S & 0xff};
    size_t n = OPTIONS;
    memset(reply, 0, REPLY_MAX);
    memcpy(reply, message, 12); /* hardware type, transaction, flags */
    reply[0] = 2;
    memcpy(reply + 28, message + 28, 16);
    memcpy(reply + 236, magic, 4);
    n += add_option(reply + n, OPT_TYPE, &type, 1);
    n += add_option(reply + n, OPT_SERVER, server_ip, 4);
    if (type != NAK) {
        memcpy(reply + 16, device_ip, 4);
        n += add_option(reply + n, OPT_LEASE, lease, 4);
        n += add_option(reply + n, OPT_MASK, mask, 4);
        n += add_option(reply + n, OPT_ROUTER, server_ip, 4);
        n += add_option(reply + n, OPT_DNS, dns, 4);
    }
    reply[n++] = OPT_END;
    return n < REPLY_MAX ? REPLY_MAX : n;
}

static void send_reply(struct udp_pcb *pcb, const uint8_t *reply, size_t len)
{
    struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, (u16_t)len, PBUF_RAM);
    if (p != NULL) {
        pbuf_take(p, reply, (u16_t)len);
        udp_sendto_if(pcb, p, IP_ADDR_BROADCAST, CLIENT_PORT, vb_peer_server_netif());
        pbuf_free(p);
    }
}

static void on_message(void *ctx, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from,
                       u16_t port)
{
    uint8_t message[MESSAGE_MAX], reply[REPLY_MAX];
    size_t size = pbuf_copy_partial(p, message, sizeof(message), 0);
    (void)ctx;
    (void)from;
    pbuf_free(p);
    bool is_question = port == CLIENT_PORT && size > OPTIONS && message[0] == 1 &&
                       memcmp(message + 236, magic, 4) == 0;
    uint8_t type = is_question ? choose_answer(message, size) : 0;
    if (type != 0) {
        send_reply(pcb, reply, make_reply(reply, message, type));
    }
}

void vb_peer_dhcp_set_address(uint32_t ip)
{
    for (unsigned i = 0; i < 4; i++) {
        device_ip[i] = (uint8_t)(ip >> (24 - 8 * i));
    }
}

bool vb_peer_dhcp_start(void)
{
    struct udp_pcb *pcb = udp_new();
    if (pcb == NULL || udp_bind(pcb, IP_ADDR_ANY, SERVER_PORT) != ERR_OK) {
        return false;
    }
    udp_bind_netif(pcb, vb_peer_server_netif());
    udp_recv(pcb, on_message, NULL);
    return true;
}
