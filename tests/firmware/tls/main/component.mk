COMPONENT_REQUIRES := esp_common esp8266 freertos log mbedtls spi_flash nvs_flash esp_event esp_netif \
    esp_wifi protocol_examples_common
