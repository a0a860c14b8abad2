/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP as a client of updates needs it: IPv4, TCP, UDP, DHCP, DNS, ARP, ICMP; raw API, one task.
 *
 * Memory is bounded. Control blocks live in static pools sized here (about 2 KB together). Frames
 * come from the heap: per connection at most the receive window plus, for each of the
 * NET_CONN_MAX_PBUFS (net_conn.c) frames it arrived in, 80 bytes; and the send buffer plus 80 bytes
 * a segment. A frame that finds no memory is dropped and sent again by its peer. */
#ifndef LWIP_LWIPOPTS_H
#define LWIP_LWIPOPTS_H

#include <stdint.h>

#include "sdkconfig.h"

/* One task runs the stack and tasks switch in blocking calls only: nothing to lock. */
#define NO_SYS               1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN         0
#define LWIP_SOCKET          0
#define LWIP_TIMEVAL_PRIVATE 0

#define LWIP_IPV4                1
#define LWIP_IPV6                0
#define LWIP_TCP                 1
#define LWIP_UDP                 1
#define LWIP_ICMP                1
#define LWIP_RAW                 0
#define LWIP_DHCP                1
#define LWIP_DNS                 1
#define LWIP_IGMP                0
#define LWIP_ACD                 0
#define LWIP_DHCP_DOES_ACD_CHECK 0
#define IP_REASSEMBLY            0
#define IP_FRAG                  0
#define LWIP_STATS               0

/* Frames: libc's heap, each allocated at its own length. */
#define MEM_LIBC_MALLOC 1
#define MEM_ALIGNMENT   4
/* Control blocks: static pools. */
#define MEMP_MEM_MALLOC         0
#define MEMP_NUM_TCP_PCB        CONFIG_LWIP_MAX_ACTIVE_TCP
#define MEMP_NUM_TCP_PCB_LISTEN 1
#define MEMP_NUM_UDP_PCB        5 /* DHCP, a query of DNS in flight, SNTP, two of the application */
#define MEMP_NUM_SYS_TIMEOUT    (LWIP_NUM_SYS_TIMEOUT_INTERNAL + 1) /* SNTP */
#define MEMP_NUM_TCP_SEG        (2 * TCP_SND_QUEUELEN)
#define MEMP_NUM_PBUF           4
#define PBUF_POOL_SIZE          0 /* received frames are PBUF_RAM */

#define TCP_MSS          CONFIG_LWIP_TCP_MSS
#define TCP_WND          CONFIG_LWIP_TCP_WND_DEFAULT
#define TCP_SND_BUF      CONFIG_LWIP_TCP_SND_BUF_DEFAULT
#define TCP_SND_QUEUELEN ((4 * (TCP_SND_BUF) + (TCP_MSS)-1) / (TCP_MSS))
#define TCP_OVERSIZE     128
/* A peer that no longer answers is given up after about a minute, also behind a closed one. */
#define TCP_MAXRTX         6
#define TCP_SYNMAXRTX      5
#define TCP_LISTEN_BACKLOG 0
#ifdef CONFIG_LWIP_TCP_QUEUE_OOSEQ
#define TCP_QUEUE_OOSEQ     1
#define TCP_OOSEQ_MAX_BYTES TCP_WND
#else
#define TCP_QUEUE_OOSEQ 0
#endif
/* A sequence number that nobody can guess; reuse of a port is far rarer than 2^32. */
#define LWIP_HOOK_TCP_ISN(local_ip, local_port, remote_ip, remote_port)                            \
    ((void)(local_ip), (void)(local_port), (void)(remote_ip), (void)(remote_port), esp_random())

#define ARP_TABLE_SIZE                4
#define ARP_QUEUEING                  0 /* one frame waits for an address; TCP repeats the others */
#define ETHARP_SUPPORT_STATIC_ENTRIES 0

#define DNS_TABLE_SIZE      2
#define DNS_MAX_NAME_LENGTH 128
#define DNS_MAX_SERVERS     2

/* SNTP: one server, by name, once an hour. A request carries a random number where others send the
 * time, and an answer must repeat it: who does not see the request cannot forge the answer. */
#define SNTP_SERVER_DNS                  1
#define SNTP_MAX_SERVERS                 1
#define SNTP_STARTUP_DELAY               0
#define SNTP_CHECK_RESPONSE              2
#define SNTP_MONITOR_SERVER_REACHABILITY 0
#define SNTP_SET_SYSTEM_TIME_US(s, us)   sntp_port_set_time((s), (us))
#define SNTP_GET_SYSTEM_TIME(s, us)      sntp_port_nonce(&(s), &(us))
void sntp_port_set_time(uint32_t seconds, uint32_t us);
void sntp_port_nonce(uint32_t *seconds, uint32_t *us);

#define LWIP_SINGLE_NETIF          1
#define LWIP_NETIF_HOSTNAME        1
#define LWIP_NETIF_STATUS_CALLBACK 1
#define LWIP_DHCP_MAX_NTP_SERVERS  0
#define DHCP_OPTIONS_LEN           CONFIG_LWIP_DHCP_OPTIONS_LEN

#endif
