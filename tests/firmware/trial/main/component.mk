COMPONENT_REQUIRES := esp_common freertos log spi_flash app_update
