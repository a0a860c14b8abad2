# The second-stage bootloader of a project: build/bootloader/bootloader.bin. It takes the console's
# rate, log level and colours from the project's configuration, and few sources of other rooms.

BOOTLOADER_DIR := $(BUILD_DIR)/bootloader
BOOTLOADER_BIN := $(BOOTLOADER_DIR)/bootloader.bin
BOOTLOADER_ELF := $(BOOTLOADER_DIR)/bootloader.elf
# One page of flash below the partition table, and the half of IRAM that the cache leaves alone.
BOOTLOADER_MAX := 32768

BOOTLOADER_SRCS := $(addprefix $(AIRSLOT_PATH)/, \
    $(addprefix bootloader/,boot_start.S boot_main.c boot_flash.c boot_state.c boot_trial.c \
    boot_log.c) \
    $(addprefix core/,boot.c boot_change.c crc32.c err.c image.c image_verifier.c ota_mask.c \
    otadata.c otadata_flash.c slot.c table.c) \
    $(addprefix components/esp8266/,clock.c console.c reset.c cache.c flash_chip.c) \
    components/mbedtls/port/asl_crypto_mbedtls.c)
BOOTLOADER_EXT_SRCS := $(addprefix $(MBEDTLS_DIR)/library/,sha256.c platform_util.c)
# Signatures at boot are other files, not other lines of the same files.
P256M_DIR := $(MBEDTLS_DIR)/3rdparty/p256-m/p256-m
ifneq ($(CONFIG_OTA_SIGNATURE_APP_AND_BOOT),)
BOOTLOADER_SRCS += $(addprefix $(AIRSLOT_PATH)/,bootloader/boot_owner_signed.c \
    bootloader/asl_p256_p256m.c core/claims.c core/owner.c)
BOOTLOADER_EXT_SRCS += $(P256M_DIR)/p256-m.c
else
BOOTLOADER_SRCS += $(AIRSLOT_PATH)/bootloader/boot_owner_any.c
endif
BOOTLOADER_OBJS := $(patsubst $(AIRSLOT_PATH)/%,$(BOOTLOADER_DIR)/%.o,$(BOOTLOADER_SRCS)) \
    $(patsubst %,$(BOOTLOADER_DIR)/mbedtls/%.o,$(notdir $(BOOTLOADER_EXT_SRCS)))

BOOTLOADER_VERSION := $(shell git -C $(AIRSLOT_PATH) describe --always --tags 2>/dev/null || echo 1)
BOOTLOADER_INCLUDES := -I$(BUILD_DIR)/include $(addprefix -I$(AIRSLOT_PATH)/,include core/include \
    bootloader components/esp8266/include components/esp_common/include) -I$(MBEDTLS_DIR)/include
BOOTLOADER_CFLAGS := $(filter-out -std=gnu99,$(FW_CFLAGS)) -std=gnu11 -Wstack-usage=512 \
    -DBOOTLOADER_VERSION='"$(BOOTLOADER_VERSION)"' \
    -DMBEDTLS_CONFIG_FILE='"boot_mbedtls_config.h"'
# What stands in our own folders is also free of silent conversions.
$(filter $(BOOTLOADER_DIR)/bootloader/% $(BOOTLOADER_DIR)/core/%,$(BOOTLOADER_OBJS)): \
    BOOTLOADER_CFLAGS += -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes

# One section of strings for each function, so that texts which the bootloader does not print stay out.
$(BOOTLOADER_DIR)/core/err.c.o: BOOTLOADER_CFLAGS += -fno-tree-switch-conversion

BOOTLOADER_RULES := $(AIRSLOT_PATH)/mk/compile.mk $(AIRSLOT_PATH)/mk/bootloader.mk
define boot_cc
$(call say,CC       $(<F) (bootloader))
@mkdir -p $(@D)
$(Q)$(FW_CC) $(BOOTLOADER_CFLAGS) $(BOOTLOADER_INCLUDES) -c $< -o $@
$(fix_deps)
endef
$(BOOTLOADER_DIR)/%.c.o: $(AIRSLOT_PATH)/%.c $(BOOTLOADER_RULES) | $(BUILD_DIR)/config/auto.conf third-party
	$(boot_cc)
$(BOOTLOADER_DIR)/%.S.o: $(AIRSLOT_PATH)/%.S $(BOOTLOADER_RULES) | $(BUILD_DIR)/config/auto.conf
	$(call say,AS       $(<F) (bootloader))
	@mkdir -p $(@D)
	$(Q)$(FW_CC) $(BOOTLOADER_CFLAGS) $(BOOTLOADER_INCLUDES) -c $< -o $@
$(BOOTLOADER_DIR)/bootloader/boot_owner_signed.c.o: $(TRUSTED_KEYS_H)
$(BOOTLOADER_DIR)/bootloader/asl_p256_p256m.c.o $(BOOTLOADER_DIR)/mbedtls/p256-m.c.o: \
    BOOTLOADER_CFLAGS += -DMBEDTLS_PSA_P256M_DRIVER_ENABLED -I$(P256M_DIR)
$(BOOTLOADER_DIR)/mbedtls/%.c.o: $(MBEDTLS_DIR)/library/%.c $(BOOTLOADER_RULES) | $(BUILD_DIR)/config/auto.conf third-party
	$(boot_cc)
$(BOOTLOADER_DIR)/mbedtls/%.c.o: $(P256M_DIR)/%.c $(BOOTLOADER_RULES) | $(BUILD_DIR)/config/auto.conf third-party
	$(boot_cc)
-include $(BOOTLOADER_OBJS:.o=.d)

BOOTLOADER_LD := $(AIRSLOT_PATH)/components/esp8266/ld/esp8266.bootloader.ld
$(BOOTLOADER_ELF): $(BOOTLOADER_OBJS) $(BOOTLOADER_LD) $(LD_DIR)/esp8266.rom.ld
	$(call say,LD       $(@F))
	$(Q)$(FW_CC) $(BOOTLOADER_CFLAGS) -nostartfiles -Wl,--gc-sections -Wl,--no-warn-rwx-segments -Wl,-Map=$(@:.elf=.map) \
	    -T $(BOOTLOADER_LD) -T $(LD_DIR)/esp8266.rom.ld $(BOOTLOADER_OBJS) -o $@

$(BOOTLOADER_BIN): $(BOOTLOADER_ELF) $(IMAGE_STAMP) $(AIRSLOT)
	$(call say,IMAGE    $(@F))
	$(Q)$(AIRSLOT) image make --bootloader $(IMAGE_FLAGS) $< $@
	@[ $$(wc -c <$@) -le $(BOOTLOADER_MAX) ] || { rm -f $@; \
	    echo "error: the bootloader is larger than $(BOOTLOADER_MAX) bytes" >&2; exit 1; }
