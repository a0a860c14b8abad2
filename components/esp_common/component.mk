COMPONENT_SRCS := esp_err.c esp_rodata.c asl_err_flash.c esp_asl_err.c esp_system.c esp_mac.c esp_clock.c
COMPONENT_REQUIRES := log
COMPONENT_PRIV_REQUIRES := esp8266 core
