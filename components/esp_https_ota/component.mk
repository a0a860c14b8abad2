COMPONENT_REQUIRES := app_update esp_common esp_http_client
COMPONENT_PRIV_REQUIRES := core freertos log
