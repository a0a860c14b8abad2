COMPONENT_SRCS := kernel_main.c tasks_checks.c heap_checks.c flash_checks.c crashes.c
COMPONENT_REQUIRES := esp_common freertos log spi_flash app_update esp8266
