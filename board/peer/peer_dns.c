/* SPDX-License-Identifier: Apache-2.0 */
/* Names on 10.0.2.3: those that were given are 10.0.2.2, others do not exist. One question a
 * message, class IN; other record types of a known name have no data. */
#include <string.h>
#include <strings.h>

#include "lwip/udp.h"
#include "peer_stack.h"

#define PORT        53u
#define HEADER      12u
#define MESSAGE_MAX 512u
#define NAME_LEN    254u
#define TTL_S       60u
#define TYPE_A      1u

static struct {
    const char *const *name;
    unsigned n;
} known;

static unsigned get_be16(const uint8_t *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

static void put_be16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

/* Reads the labels at HEADER as dotted text; returns the offset behind them, 0 when they are bad.
 */
static size_t read_name(const uint8_t *message, size_t size, char name[NAME_LEN + 1])
{
    size_t at = HEADER, n = 0;
    while (at < size && message[at] != 0) {
        size_t len = message[at];
        if (len > 63 || size - at - 1 < len || NAME_LEN - n < len + 1) {
            return 0;
        }
        if (n > 0) {
            name[n++] = '.';
        }
        memcpy(name + n, message + at + 1, len);
        n += len;
        at += 1 + len;
    }
    name[n] = '\0';
    return at < size ? at + 1 : 0;
}

static bool is_known(const char *name)
{
    for (unsigned i = 0; i < known.n; i++) {
        if (strcasecmp(name, known.name[i]) == 0) {
            return true;
        }
    }
    return false;
}

static size_t add_address(uint8_t *to)
{
    static const uint8_t record[16] = {0xc0, HEADER, 0, TYPE_A, 0,  1, 0, 0,
                                       0,    TTL_S,  0, 4,      10, 0, 2, 2};
    memcpy(to, record, sizeof(record));
    return sizeof(record);
}

/* Turns the question in message[size] into its answer; returns its length, 0 for none. */
static size_t answer(uint8_t *message, size_t size)
{
    char name[NAME_LEN + 1];
    bool is_query = size > HEADER && (message[2] & 0xf8u) == 0 && get_be16(message + 4) == 1;
    size_t at = is_query ? read_name(message, size, name) : 0;
    if (at == 0 || size - at < 4 || MESSAGE_MAX - at < 4 + 16) {
        return 0;
    }
    bool found = is_known(name);
    bool has_data = found && get_be16(message + at) == TYPE_A;
    put_be16(message + 2, (found ? 0x8180u : 0x8183u)); /* NXDOMAIN */
    put_be16(message + 6, has_data);
    memset(message + 8, 0, 4);
    at += 4;
    return has_data ? at + add_address(message + at) : at;
}

static void on_message(void *ctx, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from,
                       u16_t port)
{
    uint8_t message[MESSAGE_MAX];
    size_t len = answer(message, pbuf_copy_partial(p, message, sizeof(message), 0));
    ip_addr_t to = *from;
    (void)ctx;
    pbuf_free(p);
    struct pbuf *out = len > 0 ? pbuf_alloc(PBUF_TRANSPORT, (u16_t)len, PBUF_RAM) : NULL;
    if (out != NULL) {
        pbuf_take(out, message, (u16_t)len);
        udp_sendto_if(pcb, out, &to, port, vb_peer_names_netif());
        pbuf_free(out);
    }
}

bool vb_peer_dns_start(const char *const *names, unsigned n)
{
    struct udp_pcb *pcb = udp_new();
    known.name = names;
    known.n = n;
    if (pcb == NULL || udp_bind(pcb, IP_ADDR_ANY, PORT) != ERR_OK) {
        return false;
    }
    udp_bind_netif(pcb, vb_peer_names_netif());
    udp_recv(pcb, on_message, NULL);
    return true;
}
