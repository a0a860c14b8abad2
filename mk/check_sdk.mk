# make check-sdk AIRSLOT_SDK=<dir>: compiles and links the OTA example of a checkout of
# ESP8266_RTOS_SDK, unmodified, against our components. Nothing of it is copied into the repository:
# a project below build/ names its sources where they stand.

CHECK_SDK_EXAMPLE := examples/system/ota/simple_ota_example
CHECK_SDK_DIR     := $(BUILD)/check-sdk/simple_ota_example
CHECK_SDK_ROOT     = $(abspath $(AIRSLOT_SDK))/$(CHECK_SDK_EXAMPLE)
# The SDK builds its examples with -Wall as errors, without -Wextra's complaints.
CHECK_SDK_CFLAGS  := -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers

check-sdk: $(BUILD)/airslot
	@[ -n "$(AIRSLOT_SDK)" ] || { echo "error: AIRSLOT_SDK is not set" >&2; \
	    echo "hint: make check-sdk AIRSLOT_SDK=<checkout of ESP8266_RTOS_SDK>" >&2; exit 1; }
	@[ -d "$(CHECK_SDK_ROOT)/main" ] || { echo "error: no $(CHECK_SDK_EXAMPLE) in '$(AIRSLOT_SDK)'" >&2; \
	    echo "hint: AIRSLOT_SDK is the folder that holds examples/" >&2; exit 1; }
	@rm -rf $(CHECK_SDK_DIR) && mkdir -p $(CHECK_SDK_DIR)/main
	@printf 'PROJECT_NAME := simple_ota\ninclude $(CURDIR)/mk/project.mk\n' >$(CHECK_SDK_DIR)/Makefile
	@printf 'COMPONENT_SRCS := $$(wildcard $(CHECK_SDK_ROOT)/main/*.c)\nCOMPONENT_CFLAGS := $(CHECK_SDK_CFLAGS)\nCOMPONENT_EMBED_TXTFILES := $(CHECK_SDK_ROOT)/server_certs/ca_cert.pem\n' \
	    >$(CHECK_SDK_DIR)/main/component.mk
	@cp $(CHECK_SDK_ROOT)/main/Kconfig.projbuild $(CHECK_SDK_DIR)/main/
	@cp $(CHECK_SDK_ROOT)/sdkconfig.defaults $(CHECK_SDK_DIR)/
	@$(MAKE) --no-print-directory -C $(CHECK_SDK_DIR) app
	@echo "the example of $(AIRSLOT_SDK) builds: $(CHECK_SDK_DIR)/build/simple_ota.bin"

.PHONY: check-sdk
