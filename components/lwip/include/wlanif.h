/* SPDX-License-Identifier: Apache-2.0 */
/* The station's network interface: Ethernet frames between lwIP and the virtual radio. */
#ifndef WLANIF_H
#define WLANIF_H

#include "lwip/netif.h"

/* For netif_add(): an Ethernet interface with the radio's station address, link down. */
err_t wlanif_init(struct netif *netif);

/* Hands all frames that wait in the radio to lwIP. A frame that is too long or finds no memory is
 * dropped. Context: the task of net_task.h. */
void wlanif_input(struct netif *netif);

#endif
