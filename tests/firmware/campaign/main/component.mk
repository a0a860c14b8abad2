COMPONENT_SRCS := campaign_main.c
COMPONENT_REQUIRES := app_update esp_common freertos spi_flash
