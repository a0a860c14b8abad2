# Configuration: one top Kconfig is generated from the components' own; sdkconfig holds the choices;
# build/include/sdkconfig.h and build/config/auto.conf are what the build reads.

KCONFIG_TOP   := $(BUILD_DIR)/config/Kconfig
KCONFIG_FILES := $(foreach n,$(COMPONENTS),$(wildcard $($(n)_PATH)/Kconfig))
KCONFIG_PROJBUILD := $(foreach n,$(COMPONENTS),$(wildcard $($(n)_PATH)/Kconfig.projbuild))
SDKCONFIG_RUN  = $(SDKCONFIG)
KCONFIG_RUN    = cd $(BUILD_DIR)/config && KCONFIG_CONFIG=$(abspath $(SDKCONFIG_RUN)) \
    KCONFIG_AUTOHEADER=$(BUILD_DIR)/config/sdkconfig.h.new \
    KCONFIG_AUTOCONFIG=$(BUILD_DIR)/config/auto.conf \
    KCONFIG_TRISTATE=$(BUILD_DIR)/config/tristate.conf

$(KCONFIG_TOP): $(KCONFIG_FILES) $(KCONFIG_PROJBUILD) $(AIRSLOT_PATH)/configs/Kconfig \
        $(AIRSLOT_PATH)/mk/kconfig.mk $(foreach n,$(COMPONENTS),$(wildcard $($(n)_PATH)/component.mk))
	@mkdir -p $(@D)
	$(Q){ echo 'mainmenu "airslot: $(PROJECT_NAME)"'; \
	    echo 'source "$(AIRSLOT_PATH)/configs/Kconfig"'; \
	    for f in $(KCONFIG_PROJBUILD); do echo "source \"$$f\""; done; \
	    echo 'menu "Component config"'; \
	    for f in $(KCONFIG_FILES); do echo "source \"$$f\""; done; \
	    echo 'endmenu'; } >$@

# The first build configures itself from the project's defaults; nothing asks.
$(SDKCONFIG):
	@[ -f $@ ] || $(MAKE) --no-print-directory defconfig

# Named with other goals, configuring comes first: auto.conf waits for it, and make starts over with
# the new choices. Then it has been done.
ifneq ($(MAKE_RESTARTS),)
defconfig menuconfig:
	@:
else
CONFIG_GOALS := $(filter defconfig menuconfig,$(MAKECMDGOALS))
$(BUILD_DIR)/config/auto.conf: $(CONFIG_GOALS)
$(SDKCONFIG): | $(CONFIG_GOALS)

# What is refused leaves the configuration that was there, or none: never one without its protection.
defconfig: SDKCONFIG_RUN = $(SDKCONFIG).new
defconfig: $(KCONFIG_TOP) kconfig-frontends
	@mkdir -p $(BUILD_DIR)/config/include/config $(BUILD_DIR)/config/include/generated
	$(Q)cat $(SDKCONFIG_DEFAULTS) /dev/null >$(SDKCONFIG).new
	$(Q)$(KCONFIG_RUN) kconfig-conf --olddefconfig $(KCONFIG_TOP) >/dev/null
	@rm -f $(SDKCONFIG).new.old
	@$(AIRSLOT_PATH)/scripts/check-defaults $(SDKCONFIG).new $(SDKCONFIG_DEFAULTS) || \
	    { rm -f $(SDKCONFIG).new; exit 1; }
	@mv $(SDKCONFIG).new $(SDKCONFIG)
	@echo "configuration written to $(SDKCONFIG)"

menuconfig: $(KCONFIG_TOP) kconfig-frontends
	@mkdir -p $(BUILD_DIR)/config/include/config $(BUILD_DIR)/config/include/generated
	@[ -f $(SDKCONFIG) ] || $(MAKE) --no-print-directory defconfig
	$(Q)$(KCONFIG_RUN) kconfig-mconf $(KCONFIG_TOP)
endif

kconfig-frontends:
	@command -v kconfig-conf >/dev/null || { echo "error: kconfig-conf is missing" >&2; \
	    echo "hint: run: apt-get install kconfig-frontends-nox" >&2; exit 1; }

# Defaults are taken once: a later change of them is not merged behind the owner's back.
ifneq ($(and $(SDKCONFIG_DEFAULTS),$(wildcard $(SDKCONFIG)),$(filter-out defconfig clean help,$(or $(MAKECMDGOALS),all))),)
ifneq ($(if $(MAKE_RESTARTS),,$(shell find $(SDKCONFIG_DEFAULTS) -newer $(SDKCONFIG))),)
$(shell echo "hint: sdkconfig.defaults is newer than sdkconfig; 'make defconfig' takes it and drops other choices" >&2)
endif
endif

# The header changes only when a choice did, so that nothing is compiled again for nothing.
$(BUILD_DIR)/config/auto.conf: $(SDKCONFIG) $(KCONFIG_TOP) | kconfig-frontends
	@mkdir -p $(BUILD_DIR)/config/include/config $(BUILD_DIR)/config/include/generated $(BUILD_DIR)/include
	$(Q)$(KCONFIG_RUN) kconfig-conf --olddefconfig $(KCONFIG_TOP) >/dev/null
	$(Q)$(KCONFIG_RUN) kconfig-conf --silentoldconfig $(KCONFIG_TOP) >/dev/null
	@rm -f $(SDKCONFIG).old
	@cmp -s $(BUILD_DIR)/config/sdkconfig.h.new $(BUILD_DIR)/include/sdkconfig.h || \
	    cp $(BUILD_DIR)/config/sdkconfig.h.new $(BUILD_DIR)/include/sdkconfig.h
	@touch $@

config-clean:
	rm -f $(SDKCONFIG) $(SDKCONFIG).old
	rm -rf $(BUILD_DIR)/config $(BUILD_DIR)/include

.PHONY: defconfig menuconfig kconfig-frontends config-clean
