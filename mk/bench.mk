# Benchmarks print, they fail no test: each figure beside its peer, as a table and as JSON lines.
# $(call bench_program,NAME,LIBRARIES): tests/bench/NAME.c as build/bench/NAME.
define bench_program_
$(BUILD)/bench/$(1): $$(bench_$(1)_OBJS) $$(device_OBJS) $(filter %.a,$(2)) \
        $(BUILD)/host/libboard.a
	$$(call say,LD       $$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(HOST_CFLAGS) -o $$@ $$^ -lslirp $(filter -l%,$(2))
endef
bench_program = $(call host_objects,bench_$(1),tests/bench/$(1).c,-Iboard/include \
    -Itests/support)$(eval $(call bench_program_,$(1),$(2)))
$(call bench_program,update,$(BUILD)/host/libpeer.a -lssl -lcrypto)
$(call bench_program,bootloader)

bench: setup-check
	@$(MAKE) --no-print-directory bench-all
bench-all: bench-board bench-update bench-bootloader bench-handshake
bench-update: $(BUILD)/bench/update $(BUILD)/airslot example-hello_world $(addprefix example-,$(OTA_EXAMPLES))
	@scripts/bench-update
bench-bootloader: $(BUILD)/bench/bootloader example-hello_world firmware-signed
	@scripts/bench-bootloader
.PHONY: bench bench-all bench-update bench-bootloader
