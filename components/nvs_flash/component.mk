# Keys and values in the partition "nvs", in the SDK's format.
COMPONENT_SRCS := nvs_flash.c nvs_api.c nvs_store.c nvs_data.c nvs_room.c nvs_page.c nvs_format.c
COMPONENT_REQUIRES := esp_common
COMPONENT_PRIV_REQUIRES := core spi_flash log
