# Wi-Fi station over the virtual radio. On silicon the SDK's component with the radio's own libraries
# takes its place under the same names.
COMPONENT_SRCS := esp_wifi.c wifi_radio.c wifi_reason.c wifi_scan.c
COMPONENT_REQUIRES := esp_common esp_event esp_netif freertos
COMPONENT_PRIV_REQUIRES := esp8266 log lwip
