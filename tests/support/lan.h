/* SPDX-License-Identifier: Apache-2.0 */
/* A small network in virtual time behind a board's radio: 10.0.2.2 answers ARP, DHCP (always with
 * 10.0.2.15) and DNS, each a few milliseconds later. What it shall not answer is switched off. The
 * same switches and seed give the same run. */
#ifndef TESTS_LAN_H
#define TESTS_LAN_H

#include <stdbool.h>
#include <stdint.h>

#include "vb_board.h"

#define LAN_QUEUE     8u
#define LAN_FRAME_MAX 600u

struct lan {
    struct vb_net net; /* give &net to the board */
    bool no_dhcp, no_dns;
    unsigned n_to_drop; /* DHCP messages that get lost before one is answered */
    uint32_t dns_ttl_s;
    /* What was seen. */
    unsigned n_dhcp, n_dns;
    struct {
        uint64_t due_us;
        uint16_t len;
        uint8_t bytes[LAN_FRAME_MAX];
    } queue[LAN_QUEUE];
    unsigned n_queued;
    uint64_t now_us;
};

/* "device.test" is 10.0.2.77; every other name does not exist. */
void lan_init(struct lan *lan);

#endif
