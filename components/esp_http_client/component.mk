COMPONENT_REQUIRES := esp_common
COMPONENT_PRIV_REQUIRES := freertos log lwip mbedtls
