COMPONENT_SRCS := app_desc.c ota_ops.c ota_boot.c ota_slots.c ota_describe.c image_load.c
COMPONENT_REQUIRES := esp_common spi_flash
COMPONENT_PRIV_REQUIRES := core log esp8266
COMPONENT_SRCS += ota_owner.c
