COMPONENT_SRCS := flash_port.c spi_flash.c partition.c partition_digest.c
COMPONENT_REQUIRES := esp_common
COMPONENT_PRIV_REQUIRES := core esp8266 log mbedtls
# Loops of code in IRAM stay loops: a call to libc would go to flash.
COMPONENT_CFLAGS := -fno-tree-loop-distribute-patterns
