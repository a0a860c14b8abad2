COMPONENT_SRCS := padded_main.c padding.S
COMPONENT_REQUIRES := esp_common freertos
