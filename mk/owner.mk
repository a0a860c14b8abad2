# The owner's keys: those that a device trusts become a header of application and bootloader, and the
# one that signs, if the configuration names it, signs what the build makes.
in_project = $(foreach f,$(subst ",,$(1)),$(if $(filter /%,$(f)),$(f),$(PROJECT_PATH)/$(f)))

TRUSTED_KEYS   := $(call in_project,$(CONFIG_OTA_TRUSTED_KEYS))
TRUSTED_KEYS_H := $(BUILD_DIR)/include/trusted_keys.h
SIGNING_KEY    := $(call in_project,$(CONFIG_OTA_SIGNING_KEY))

# A list that became shorter leaves no file newer than the header: the stamp tells.
$(BUILD_DIR)/trusted-keys.stamp: FORCE
	@mkdir -p $(@D)
	@echo '$(TRUSTED_KEYS)' | cmp -s - $@ || echo '$(TRUSTED_KEYS)' >$@
$(TRUSTED_KEYS_H): $(TRUSTED_KEYS) $(BUILD_DIR)/trusted-keys.stamp $(AIRSLOT)
	$(call say,KEYS     $(@F))
	@mkdir -p $(@D)
	@[ -n '$(TRUSTED_KEYS)' ] || { echo "error: signatures are required, and no key is trusted" >&2; \
	    echo "hint: make menuconfig, Application update, Trusted public keys" >&2; exit 1; }
	$(Q)$(AIRSLOT) key public --c $(TRUSTED_KEYS) $@ >/dev/null
$(TRUSTED_KEYS) $(SIGNING_KEY):
	@echo "error: there is no key '$@'" >&2; \
	    echo "hint: airslot key new KEY.pem --out-pub KEY.pub" >&2; exit 1

# Appended to the recipe that makes the application's image.
SIGN_FLAGS := $(if $(SIGNING_KEY),--key $(SIGNING_KEY) --board '$(or $(subst ",,$(CONFIG_OTA_BOARD_ID)),any)')
ifneq ($(SIGNING_KEY),)
define sign_image
$(call say,SIGN     $(notdir $@))
$(Q)$(AIRSLOT) image sign $@ $(SIGN_FLAGS) >/dev/null
endef
else ifneq ($(CONFIG_OTA_SIGNATURE_APP_AND_BOOT),)
define sign_image
@echo "note: $(notdir $@) is not signed, and this bootloader starts signed images only" >&2
@echo "hint: airslot image sign, before flashing" >&2
endef
endif
