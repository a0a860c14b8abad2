# The examples' firmware from the root, the demo, and the set-up of a fresh machine.

EXAMPLES := hello_world simple_ota_example native_ota_example
OTA_EXAMPLES := $(filter %_ota_example,$(EXAMPLES))
EXAMPLE ?= simple_ota_example

all: $(BUILD)/airslot examples
examples: $(addprefix example-,$(EXAMPLES))
$(addprefix example-,$(EXAMPLES)): example-%: $(BUILD)/airslot
	$(Q)$(MAKE) --no-print-directory -C examples/$* all

# The examples verify the server with the certificate beside them; the first build makes one for the
# address at which the virtual board sees this machine.
CERTS := $(foreach e,$(OTA_EXAMPLES),examples/$(e)/server_certs/ca_cert.pem)
$(CERTS): %/ca_cert.pem: | $(BUILD)/airslot
	$(Q)$(BUILD)/airslot cert --host 10.0.2.2 --out $*
$(addprefix example-,$(OTA_EXAMPLES)): example-%: examples/%/server_certs/ca_cert.pem

setup:
	@scripts/setup
setup-check:
	@scripts/setup check

# Two makes: what set-up installs must be there before the build reads its rules.
demo: setup
	@$(MAKE) --no-print-directory $(BUILD)/airslot example-hello_world example-$(EXAMPLE)
	@scripts/demo $(EXAMPLE)

.PHONY: all examples setup setup-check demo $(addprefix example-,$(EXAMPLES))
