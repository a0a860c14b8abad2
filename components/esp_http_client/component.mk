COMPONENT_REQUIRES := esp_common
COMPONENT_PRIV_REQUIRES := log lwip mbedtls
