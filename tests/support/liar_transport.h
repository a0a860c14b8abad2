/* SPDX-License-Identifier: Apache-2.0 */
/* In the place of the HTTP client's transport: a player of liar cases, by the fake clock. */
#ifndef TESTS_LIAR_TRANSPORT_H
#define TESTS_LIAR_TRANSPORT_H

#include "liar.h"

#define LIAR_ENDLESS_MS 86400000u

/* give_up is called when the device has been busy for a day of its clock, or has connected or read
 * beyond all reason; it does not return. */
void liar_transport_start(const struct liar_case *c, const struct liar_files *files,
                          void (*give_up)(void));
unsigned liar_transport_connects(void);
unsigned liar_transport_open_connections(void);
uint64_t liar_transport_given(void);
/* All requests, each behind a line "connect https HOST:PORT". */
const char *liar_transport_requests(void);

#endif
