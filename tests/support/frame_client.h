/* SPDX-License-Identifier: Apache-2.0 */
/* A device of a few lines in front of the virtual network, instead of a board: DHCP, DNS and one
 * TCP connection at a time as Ethernet frames, on a link that loses nothing. It stands in for the
 * board's functions that the network calls. */
#ifndef TESTS_FRAME_CLIENT_H
#define TESTS_FRAME_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vb_board.h"

/* Sets the network to talk to. */
void frame_client_init(const struct vb_net *net);
/* Lets so much virtual time pass. */
void frame_client_run(uint64_t us);
/* Virtual time. */
uint64_t frame_client_now(void);

/* Asks for an address with a message type (1 discover, 3 request for wish). Returns the answer's
 * type, 0 for none; *ip is the address given. */
uint8_t frame_client_dhcp(uint8_t type, uint32_t wish, uint32_t *ip);
/* Asks 10.0.2.3 for a name's record of a type. Returns the response code, -1 for no answer; *ip is
 * 0 without an address. */
int frame_client_dns(const char *name, uint16_t type, uint32_t *ip);

/* Opens a connection to port of 10.0.2.2. Returns false when it is refused. */
bool frame_client_connect(uint16_t port);
void frame_client_send(const void *data, size_t len);
/* What arrived since the connection was opened. */
const uint8_t *frame_client_received(size_t *len);
/* How the other side has ended it. */
bool frame_client_got_fin(void);
bool frame_client_got_reset(void);

/* Access points in the air, as the network has last set them; -1: it never has. */
int frame_client_aps(void);

#endif
