/* SPDX-License-Identifier: Apache-2.0 */
/* What the test wants of this run: one line of text in the partition "orders",
 *     SSID PASSWORD PORT NAME\n
 * so that one firmware serves every network and every port. */
#ifndef ORDERS_H
#define ORDERS_H

#include <stdbool.h>
#include <stdint.h>

struct orders {
    char ssid[33];
    char password[65];
    uint16_t port;  /* of the server at 10.0.2.2; 0: there is none */
    char name[129]; /* to resolve; "-": none */
};

/* Returns false when there are none, or none that can be read. */
bool orders_read(struct orders *orders);

#endif
