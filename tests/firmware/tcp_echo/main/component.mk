COMPONENT_REQUIRES := esp_common freertos log lwip spi_flash nvs_flash esp_event esp_netif esp_wifi \
    protocol_examples_common
