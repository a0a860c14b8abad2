# Tests that start whole devices on the virtual board, in the test's own process.
$(call host_objects,device,tests/support/device.c,-Iboard/include -Itests/support)
$(call host_objects,trial_device,tests/support/trial_device.c,-Iboard/include -Itests/support \
    -Itests/firmware/trial/main)

# $(call device_test,NAME): tests/board/NAME.c as build/tests/board_NAME.
define device_test_
BOARD_TESTS += $(BUILD)/tests/board_$(1)
$(BUILD)/tests/board_$(1): $$(t_board_$(1)_OBJS) $$(device_OBJS) $$(trial_device_OBJS) $(BUILD)/host/libboard.a
	$$(call say,LD       $$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(HOST_CFLAGS) -o $$@ $$^ -lslirp -lcmocka
endef
device_test = $(call host_objects,t_board_$(1),tests/board/$(1).c,-Itests/support \
    -Iboard/include -Itests/firmware/trial/main)$(eval $(call device_test_,$(1)))
$(call device_test,boot)
$(call device_test,gpio)
$(call device_test,kernel)
$(call device_test,slot_copy)
$(call device_test,trial)
$(call device_test,dead_sectors)
$(call device_test,odd_records)
$(call device_test,endurance)
BOARD_TESTS += tests/board/api_errors.sh tests/board/iram.sh tests/board/flash_chip.sh \
    tests/board/make_targets.sh
TEST_NEEDS += $(addprefix example-,$(EXAMPLES))

# Test applications: tests/firmware/NAME/build.
TEST_FIRMWARE := firmware-api_errors firmware-gpio firmware-kernel firmware-slot_copy firmware-trial
$(TEST_FIRMWARE): firmware-%: $(BUILD)/airslot
	$(Q)$(MAKE) --no-print-directory -C tests/firmware/$* all
.PHONY: $(TEST_FIRMWARE)
TEST_NEEDS += $(TEST_FIRMWARE)

# A thousand updates in a row, twice; make check does 12 each.
endurance: $(BUILD)/tests/board_endurance firmware-trial
	@$(BUILD)/tests/board_endurance 1000
.PHONY: endurance
