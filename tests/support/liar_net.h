/* SPDX-License-Identifier: Apache-2.0 */
/* liar_transport.h on real sockets: below the device's own HTTP client and TLS, net_conn.h is a
 * socket to a liar_server, whatever address it names. Time is real, but a task's delay passes at
 * once: no connection is open then. Needs the linker's --wrap for http_transport_open and _read. */
#ifndef TESTS_LIAR_NET_H
#define TESTS_LIAR_NET_H

/* Makes the server's identity; from here on the device's clock is the system's. */
void liar_net_open(void);
void liar_net_close(void);

#endif
