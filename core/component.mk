# core as a firmware component: pure C, needs nothing but include/ and a file that implements
# asl_crypto.h. Without err.c: components/esp_common has its texts in flash.
COMPONENT_SRCS := boot.c boot_change.c claims.c crc32.c image.c image_verifier.c ota_mask.c otadata.c \
    otadata_flash.c owner.c slot.c table.c update.c
COMPONENT_SRCS += resume.c
