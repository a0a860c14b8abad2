COMPONENT_REQUIRES := app_update esp_common esp_event esp_netif esp_wifi freertos nvs_flash spi_flash
