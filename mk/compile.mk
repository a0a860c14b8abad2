# Compiles the components, links the application and makes its image. Each component sees its own
# folders and the public headers of what it requires, nothing else.

# Debian keeps the specs of picolibc beside its libraries, where GCC does not look by itself.
PICOLIBC_SPECS := $(firstword $(wildcard /usr/lib/xtensa-lx106-elf/picolibc.specs) picolibc.specs)

FW_CFLAGS := -std=gnu99 -Os -g -Wall -Wextra -Werror -Wno-error=deprecated-declarations \
    -ffunction-sections -fdata-sections -fno-strict-aliasing -mlongcalls -mtext-section-literals \
    -fno-common -D_GNU_SOURCE -DESP_PLATFORM -DPICOLIBC_INTEGER_PRINTF_SCANF \
    --specs=$(PICOLIBC_SPECS) -MMD -MP -ffile-prefix-map=$(AIRSLOT_PATH)/= \
    -ffile-prefix-map=$(PROJECT_PATH)/=
# A project's own sources: the SDK's examples leave parameters unused and compare signs as they come.
PROJECT_CFLAGS := -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers
FW_INCLUDES := -I$(BUILD_DIR)/include -I$(AIRSLOT_PATH)/include

# Version and name as the SDK finds them; a change touches the stamp, and only the descriptor follows.
ifneq ($(CONFIG_APP_PROJECT_VER_FROM_CONFIG),)
PROJECT_VER := $(call unquote,$(CONFIG_APP_PROJECT_VER))
endif
PROJECT_VER ?= $(shell cat $(PROJECT_PATH)/version.txt 2>/dev/null || \
    git -C $(PROJECT_PATH) describe --always --tags --dirty 2>/dev/null || echo 1)
PROJECT_VER := $(PROJECT_VER)
VERSION_STAMP := $(BUILD_DIR)/version.stamp
$(VERSION_STAMP): FORCE
	@mkdir -p $(@D)
	@echo '$(PROJECT_NAME) $(PROJECT_VER)' | cmp -s - $@ || echo '$(PROJECT_NAME) $(PROJECT_VER)' >$@

# $(call object,COMPONENT,SOURCE)
object = $(BUILD_DIR)/$(1)/$(basename $(if $(filter /%,$(2)),ext/$(notdir $(2)),$(subst ../,up/,$(2)))).o
# $(call include_flags,COMPONENT)
include_flags = $(addprefix -I,$($(1)_PRIV_INCLUDES) \
    $(foreach n,$(call closure,$(1) $($(1)_PRIV_REQUIRES)),$($(n)_INCLUDES)))

# An object depends on its sources, on the options that they mention, and on what flags come from.
fix_deps = $(Q)$(AIRSLOT_PATH)/scripts/fix-deps $(@:.o=.d) $@ $(BUILD_DIR)/include/sdkconfig.h \
    $(BUILD_DIR)/config/include/config

define object_rule
$(call object,$(1),$(2)): $(if $(filter /%,$(2)),$(2),$($(1)_PATH)/$(2)) $(AIRSLOT_PATH)/mk/compile.mk \
        $(wildcard $($(1)_PATH)/component.mk) | $(BUILD_DIR)/config/auto.conf third-party
	$$(call say,CC       $(1)/$(notdir $(2)))
	@mkdir -p $$(@D)
	$$(Q)$(FW_CC) $(FW_CFLAGS) $(FW_INCLUDES) $(if $(filter $(AIRSLOT_PATH)/components/% $(AIRSLOT_PATH)/core,$($(1)_PATH)),,$(PROJECT_CFLAGS)) $($(1)_CFLAGS) $($(1)_INCLUDE_FLAGS) $$(OBJECT_CFLAGS) -c $$< -o $$@
	$$(fix_deps)
-include $(basename $(call object,$(1),$(2))).d
endef

# Embedded texts: a NUL is appended, the section is read byte by byte and so belongs to DRAM.
embed_symbol = _binary_$(shell echo '$(notdir $(1))' | tr -c 'A-Za-z0-9\n' '_')
embed_object = $(BUILD_DIR)/$(1)/embed/$(notdir $(2)).o
define embed_rule
$(call embed_object,$(1),$(2)): $(2)
	$$(call say,EMBED    $(notdir $(2)))
	@mkdir -p $$(@D)
	$$(Q)printf '.section .rodata.embedded,"a"\n.balign 4\n.global %s_start, %s_end\n%s_start:\n.incbin "%s"\n.byte 0\n%s_end:\n' \
	    $(call embed_symbol,$(2)) $(call embed_symbol,$(2)) $(call embed_symbol,$(2)) $(2) \
	    $(call embed_symbol,$(2)) | $(FW_CC) -c -x assembler - -o $$@
endef

define component_rules
$(1)_INCLUDE_FLAGS := $$(call include_flags,$(1))
$(1)_OBJS := $$(foreach s,$$($(1)_SRCS),$$(call object,$(1),$$(s))) \
    $$(foreach f,$$($(1)_EMBED),$$(call embed_object,$(1),$$(f)))
endef
$(foreach n,$(COMPONENTS),$(eval $(call component_rules,$(n))))
$(foreach n,$(COMPONENTS),$(foreach s,$($(n)_SRCS),$(eval $(call object_rule,$(n),$(s)))))
$(foreach n,$(COMPONENTS),$(foreach f,$($(n)_EMBED),$(eval $(call embed_rule,$(n),$(f)))))
APP_OBJS := $(foreach n,$(COMPONENTS),$($(n)_OBJS))
ARCHIVED_OBJS := $(foreach n,$(COMPONENTS),$(foreach s,$($(n)_ARCHIVED),$(call object,$(n),$(s))))
ARCHIVE := $(BUILD_DIR)/archived.a
APP_DESC_OBJ := $(filter $(BUILD_DIR)/app_update/%app_desc.o,$(APP_OBJS))
$(APP_DESC_OBJ): $(VERSION_STAMP)
$(if $(CONFIG_OTA_SIGNATURE_REQUIRED),$(filter $(BUILD_DIR)/app_update/%ota_owner.o,$(APP_OBJS)): $(TRUSTED_KEYS_H))
# The clock's floor is the date of the last change, not of the first build.
CLOCK_OBJ := $(filter $(BUILD_DIR)/esp_common/esp_clock.o,$(APP_OBJS))
$(CLOCK_OBJ): $(filter-out $(CLOCK_OBJ),$(APP_OBJS))
# The descriptor's fields hold 31 characters.
$(APP_DESC_OBJ): OBJECT_CFLAGS := -DPROJECT_VER='"$(shell printf %.31s '$(PROJECT_VER)')"' \
    -DPROJECT_NAME='"$(shell printf %.31s '$(PROJECT_NAME)')"'

third-party:
	@cd $(AIRSLOT_PATH) && scripts/fetch-sources
$(AIRSLOT): FORCE
	$(Q)$(MAKE) $(if $(V),,-s) --no-print-directory -C $(AIRSLOT_PATH) build/airslot

# The application is linked for the slot that `make flash` writes: factory, else the first ota slot.
APP_ELF := $(BUILD_DIR)/$(PROJECT_NAME).elf
APP_BIN := $(BUILD_DIR)/$(PROJECT_NAME).bin
APP_MAP := $(BUILD_DIR)/$(PROJECT_NAME).map
APP_SLOT := $(BUILD_DIR)/app-slot.mk
IMAGE_STAMP := $(BUILD_DIR)/image-flags.stamp
LD_DIR := $(AIRSLOT_PATH)/components/esp8266/ld

$(APP_SLOT): $(BUILD_DIR)/partition-table.bin $(AIRSLOT)
	$(Q)$(AIRSLOT) partitions app-slot $< | \
	    sed -n 's/^\(0x[0-9a-f]*\) \(0x[0-9a-f]*\)$$/APP_OFFSET := \1\nAPP_SIZE := \2/p' >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
# Only once there is a configuration: the table's rule needs the flash size.
ifneq ($(CONFIG_ESPTOOLPY_FLASHSIZE),)
-include $(APP_SLOT)
endif

# The linker may fill the rest of the slot's 1 MiB window; what the slot itself takes is judged with
# the image, in bytes.
APP_WINDOW = $(shell printf '0x%x' $$((0x100000 - $(APP_OFFSET) % 0x100000)))
$(BUILD_DIR)/app.ld: $(LD_DIR)/esp8266.app.ld.in $(APP_SLOT)
	$(Q)$(FW_CC) -E -P -x c -DAPP_OFFSET=$(APP_OFFSET) -DAPP_SIZE=$(APP_WINDOW) $(FW_INCLUDES) $< -o $@

$(ARCHIVE): $(ARCHIVED_OBJS)
	$(Q)rm -f $@ && $(FW_AR) rcs $@ $^

$(APP_ELF): $(filter-out $(ARCHIVED_OBJS),$(APP_OBJS)) $(ARCHIVE) $(BUILD_DIR)/app.ld $(LD_DIR)/esp8266.rom.ld
	$(call say,LD       $(notdir $@))
	$(Q)$(FW_CC) $(FW_CFLAGS) -nostartfiles -Wl,--gc-sections -Wl,--no-warn-rwx-segments -Wl,-Map=$(APP_MAP) \
	    -L$(LD_DIR) -T $(BUILD_DIR)/app.ld -T esp8266.rom.ld \
	    $(foreach n,$(COMPONENTS),$($(n)_LDFLAGS)) \
	    $(filter-out $(ARCHIVED_OBJS),$(APP_OBJS)) $(ARCHIVE) -o $@

# What goes into the headers of images, and how long the application's may be.
$(IMAGE_STAMP): FORCE
	@mkdir -p $(@D)
	@echo "$(IMAGE_FLAGS) $(APP_SIZE) $(SIGN_FLAGS)" | cmp -s - $@ || \
	    echo "$(IMAGE_FLAGS) $(APP_SIZE) $(SIGN_FLAGS)" >$@

$(APP_BIN): $(APP_ELF) $(IMAGE_STAMP) $(AIRSLOT) $(SIGNING_KEY)
	$(call say,IMAGE    $(notdir $@))
	@rm -f $@
	$(Q)$(AIRSLOT) image make $(IMAGE_FLAGS) --max-len $(APP_SIZE) $< $@
	$(sign_image)

app: $(APP_BIN)
size: $(APP_ELF)
	@$(FW_SIZE) -A -x $(APP_ELF) | grep -Ev '^\.(debug|xt|xtensa|comment)|^Total|^$$'

FORCE:
.PHONY: app size third-party FORCE
