/* SPDX-License-Identifier: Apache-2.0 */
/* What a device on the host reaches: a player of liar cases. liar_transport.c stands in the place
 * of the HTTP client's transport, by the fake clock; liar_net.c is real sockets. */
#ifndef TESTS_LIAR_TRANSPORT_H
#define TESTS_LIAR_TRANSPORT_H

#include "liar.h"

#define LIAR_ENDLESS_MS 86400000u

/* give_up is called when the device has been busy for a day of its clock, or has connected or read
 * beyond all reason; it does not return. */
void liar_transport_start(const struct liar_case *c, const struct liar_files *files,
                          void (*give_up)(void));
/* Ends what start began; the questions below are for after it. */
void liar_transport_stop(void);
/* The certificate that the device is to trust, PEM. */
const char *liar_transport_ca(void);
unsigned liar_transport_connects(void);
unsigned liar_transport_open_connections(void);
uint64_t liar_transport_given(void);
/* All requests, and a line "connect https HOST:PORT" for each connection. */
const char *liar_transport_requests(void);

#endif
