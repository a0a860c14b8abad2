COMPONENT_SRCS := gpio_main.c
COMPONENT_REQUIRES := esp_common freertos esp8266
