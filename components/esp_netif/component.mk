# The station's IPv4 interface: DHCP, addresses, IP_EVENT.
COMPONENT_REQUIRES := esp_common esp_event freertos
COMPONENT_PRIV_REQUIRES := lwip log
