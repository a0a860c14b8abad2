# The station's IPv4 interface: DHCP, addresses, IP_EVENT.
COMPONENT_REQUIRES := esp_common esp_event
COMPONENT_PRIV_REQUIRES := lwip log freertos
