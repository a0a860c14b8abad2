/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP as two hosts on the network: 10.0.2.2, which serves, and 10.0.2.3, which knows names. lwIP
 * keeps its state in globals, so this is the one part of the peer that does, too. */
#ifndef VB_PEER_STACK_H
#define VB_PEER_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netif;

typedef void (*vb_peer_output)(void *ctx, const uint8_t *frame, size_t len);

/* Starts lwIP. output gets every frame that leaves the two hosts.
 * Errors: false when this process has started it before. */
bool vb_peer_stack_start(uint64_t seed, vb_peer_output output, void *ctx);
/* Ends connections without a word and removes the hosts. */
void vb_peer_stack_stop(void);
/* A frame from the device. */
void vb_peer_stack_input(const uint8_t *frame, size_t len);
/* Sets the time that lwIP sees. */
void vb_peer_stack_set_now(uint64_t now_us);
/* When lwIP's timers want to run; UINT64_MAX while no connection needs them. */
uint64_t vb_peer_stack_next_us(void);
/* Runs the timers that are due now. */
void vb_peer_stack_tick(void);

/* The two hosts. */
struct netif *vb_peer_server_netif(void);
struct netif *vb_peer_names_netif(void);

/* Services over UDP on them. Errors: false when memory is out. */
bool vb_peer_dhcp_start(void);
/* What DHCP gives from now on, as 0x0a00020f; an older address is refused. */
void vb_peer_dhcp_set_address(uint32_t ip);
/* names[n] resolve to 10.0.2.2; every other name does not exist. They outlive the peer. */
bool vb_peer_dns_start(const char *const *names, unsigned n);
/* 10.0.2.2 says that it was time_s, seconds since 1970, when the board was switched on. */
bool vb_peer_ntp_start(int64_t time_s);

#endif
