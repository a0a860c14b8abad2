COMPONENT_SRCS := app_desc.c ota_ops.c ota_boot.c ota_slots.c ota_describe.c image_load.c \
    ota_view.c ota_state.c ota_rollback.c ota_confirm.c
# Linked only when the program calls it: that is how an image shows that it can confirm itself.
COMPONENT_ARCHIVED := ota_confirm.c
COMPONENT_REQUIRES := esp_common spi_flash
COMPONENT_PRIV_REQUIRES := core log esp8266
COMPONENT_SRCS += ota_owner.c
