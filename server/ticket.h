/* SPDX-License-Identifier: Apache-2.0 */
/* Session tickets: a device that comes again within a day skips the public-key arithmetic. The keys
 * that seal them live in memory alone and change twice a day, so that a stolen one opens little. */
#ifndef SRV_TICKET_H
#define SRV_TICKET_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <time.h>

#define SRV_TICKET_LIFE_S 86400 /* of a session */
#define SRV_TICKET_KEY_S  43200 /* a key seals so long, and opens three times as long */

/* Makes a server context give and accept tickets. The context owns what that needs.
 * Errors: false, out of memory or random numbers. */
bool srv_ticket_enable(SSL_CTX *ctx);

/* For tests: the time by which the keys of a context change. */
void srv_ticket_set_clock(SSL_CTX *ctx, time_t (*clock)(time_t *));

#endif
