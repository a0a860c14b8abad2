/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP as the peer's host: raw API, no thread, no timers of its own (peer_stack.c calls them in
 * virtual time), memory from malloc. Tuned to answer as a common server: initial retransmission
 * time-out 1 s, at least 200 ms, delayed acknowledgements after 100 ms. */
#ifndef LWIP_LWIPOPTS_H
#define LWIP_LWIPOPTS_H

#define NO_SYS               1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_TIMERS          0
#define LWIP_NETCONN         0
#define LWIP_SOCKET          0

#define LWIP_IPV4     1
#define LWIP_IPV6     0
#define LWIP_TCP      1
#define LWIP_UDP      1
#define LWIP_ICMP     1
#define LWIP_RAW      0
#define LWIP_DHCP     0
#define LWIP_DNS      0
#define LWIP_ACD      0
#define IP_REASSEMBLY 0
#define IP_FRAG       0
#define LWIP_STATS    0

#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1
#define MEM_ALIGNMENT   8
#define PBUF_POOL_SIZE  0

#define TCP_MSS            1460
#define TCP_WND            (16 * TCP_MSS)
#define TCP_SND_BUF        (16 * TCP_MSS)
#define TCP_SND_QUEUELEN   64
#define MEMP_NUM_TCP_SEG   256
#define TCP_LISTEN_BACKLOG 0
#define TCP_TMR_INTERVAL   100
#define LWIP_TCP_RTO_TIME  1000
#define TCP_MSL            2000

/* Questions to the DHCP server come from hosts without an address. */
#define LWIP_IP_ACCEPT_UDP_PORT(port) ((port) == PP_NTOHS(67))

/* Sequence numbers and ports from the board's seed. */
#define LWIP_HOOK_TCP_ISN(local_ip, local_port, remote_ip, remote_port)                            \
    ((void)(local_ip), (void)(local_port), (void)(remote_ip), (void)(remote_port),                 \
     vb_peer_stack_random())

#endif
