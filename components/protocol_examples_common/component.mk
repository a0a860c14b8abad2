# What the examples share: joining the access point that the configuration names.
COMPONENT_REQUIRES := esp_common esp_netif
COMPONENT_PRIV_REQUIRES := esp_wifi esp_event freertos log
