# lwIP 2.2 from $(LWIP_DIR) with our port: options, the task that runs it, the radio's netif and
# blocking TCP connections. IPv4, raw API, no sockets.
COMPONENT_SRCS := net_conn.c net_deadline.c net_resolve.c port/net_task.c port/wlanif.c port/sys_port.c \
    port/sntp_port.c $(LWIP_DIR)/src/apps/sntp/sntp.c \
    $(addprefix $(LWIP_DIR)/src/core/,init.c def.c dns.c inet_chksum.c ip.c mem.c memp.c netif.c \
        pbuf.c tcp.c tcp_in.c tcp_out.c timeouts.c udp.c) \
    $(addprefix $(LWIP_DIR)/src/core/ipv4/,dhcp.c etharp.c icmp.c ip4.c ip4_addr.c) \
    $(LWIP_DIR)/src/netif/ethernet.c
COMPONENT_REQUIRES := esp_common freertos
COMPONENT_PRIV_REQUIRES := esp8266 log
COMPONENT_ADD_INCLUDEDIRS := include port $(LWIP_DIR)/src/include
