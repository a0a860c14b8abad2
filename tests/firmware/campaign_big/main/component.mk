COMPONENT_SRCS := $(AIRSLOT_PATH)/tests/firmware/campaign/main/campaign_main.c padding.S
COMPONENT_PRIV_INCLUDES := $(AIRSLOT_PATH)/tests/firmware/campaign/main
COMPONENT_REQUIRES := app_update esp_common freertos spi_flash
