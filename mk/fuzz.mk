# Fuzzing. `make fuzz` gives each entry of tests/fuzz FUZZ_TIME seconds under clang's libFuzzer, and
# keeps what it learns in build/fuzz/corpus; `make fuzz FUZZERS=fuzz_csv` runs one. The unit tests
# replay the seeds, and inputs that once broke something (tests/fuzz/found/ENTRY/), without clang.
FUZZ_TIME ?= 60
FUZZ_CC   ?= clang
FUZZ_DIR  := $(BUILD)/fuzz
FUZZERS   :=
FUZZ_FLAGS := -std=c11 -D_GNU_SOURCE -O1 -g -fsanitize=fuzzer,address,undefined \
    -fno-sanitize-recover=all

FUZZ_CORE_CFLAGS := -Iinclude -Icore/include -Itools -Itests/support -Itests/fuzz
$(call host_objects,fuzz_seeds,tests/fuzz/seeds.c,$(FUZZ_CORE_CFLAGS))
$(FUZZ_DIR)/seeds.stamp: $(fuzz_seeds_SAN_OBJS) $(CORE_TEST_LIBS:-l%=)
	$(call say,SEEDS    $(FUZZ_DIR)/seeds)
	@mkdir -p $(FUZZ_DIR)
	$(Q)$(CC) $(HOST_CFLAGS) $(SAN_FLAGS) -o $(FUZZ_DIR)/make-seeds $(fuzz_seeds_SAN_OBJS) $(CORE_TEST_LIBS)
	$(Q)$(FUZZ_DIR)/make-seeds $(FUZZ_DIR)/seeds
	@touch $@

# $(call fuzz_target,NAME,SOURCES,CFLAGS,LIBS): tests/fuzz/NAME.c with the sources that it fuzzes.
define fuzz_target_
FUZZERS += $(1)
$(FUZZ_DIR)/$(1): tests/fuzz/$(1).c $(2) $$(wildcard tests/fuzz/*.h core/include/*.h include/airslot/*.h)
	$$(call say,FUZZ CC  $$@)
	@mkdir -p $$(@D)
	$$(Q)$$(FUZZ_CC) $$(FUZZ_FLAGS) $(3) tests/fuzz/$(1).c $(2) -o $$@ $(4)
run-$(1): $(FUZZ_DIR)/$(1) $(FUZZ_DIR)/seeds.stamp
	@mkdir -p $(FUZZ_DIR)/corpus/$(1) $(FUZZ_DIR)/seeds/$(1) $(FUZZ_DIR)/found
	@echo "fuzzing $(1) for $$(FUZZ_TIME) s"
	@$(FUZZ_DIR)/$(1) -max_total_time=$$(FUZZ_TIME) -max_len=20000 -timeout=10 -verbosity=0 \
	    -print_final_stats=1 -artifact_prefix=$(FUZZ_DIR)/found/$(1)- \
	    $(FUZZ_DIR)/corpus/$(1) $(FUZZ_DIR)/seeds/$(1) $$(wildcard tests/fuzz/found/$(1)) \
	    2>&1 | tee $(FUZZ_DIR)/$(1).log | grep -E 'number_of_executed|ERROR|SUMMARY|Test unit' ; \
	    ! grep -qE 'ERROR|SUMMARY' $(FUZZ_DIR)/$(1).log
.PHONY: run-$(1)
$$(call host_objects,r_$(1),tests/fuzz/$(1).c,$(3))
UNIT_TESTS += $(BUILD)/tests/replay_$(1)
$(BUILD)/tests/replay_$(1): tests/fuzz/replay.c $$(r_$(1)_SAN_OBJS) $(patsubst %.c,$(BUILD)/san/%.o,$(2)) $(FUZZ_DIR)/seeds.stamp
	$$(call say,LD (san) $$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(HOST_CFLAGS) $(SAN_FLAGS) -Itests/fuzz \
	    -DREPLAY_FOLDERS='"$(FUZZ_DIR)/seeds/$(1)","tests/fuzz/found/$(1)"' -o $$@ \
	    tests/fuzz/replay.c $$(r_$(1)_SAN_OBJS) $(patsubst %.c,$(BUILD)/san/%.o,$(2)) $(4)
endef
fuzz_target = $(eval $(call fuzz_target_,$(1),$(2),$(3),$(4)))

FUZZ_CORE_SRCS := $(CORE_SRCS) tools/asl_crypto_openssl.c
FUZZ_FILE_SRCS := $(FUZZ_CORE_SRCS) $(addprefix tools/,elf.c image_make.c io.c partition_csv.c)
$(call fuzz_target,fuzz_table,$(FUZZ_CORE_SRCS),$(FUZZ_CORE_CFLAGS),-lcrypto)
$(call fuzz_target,fuzz_otadata,$(FUZZ_CORE_SRCS),$(FUZZ_CORE_CFLAGS),-lcrypto)
$(call fuzz_target,fuzz_image,$(FUZZ_CORE_SRCS),$(FUZZ_CORE_CFLAGS),-lcrypto)
$(call fuzz_target,fuzz_update,$(FUZZ_CORE_SRCS) tests/support/host_flash.c,$(FUZZ_CORE_CFLAGS),-lcrypto)
$(call fuzz_target,fuzz_csv,$(FUZZ_FILE_SRCS),$(FUZZ_CORE_CFLAGS),-lcrypto)
$(call fuzz_target,fuzz_elf,$(FUZZ_FILE_SRCS),$(FUZZ_CORE_CFLAGS),-lcrypto)
# Whole flash contents.
FUZZ_MAP_SRCS := $(FUZZ_CORE_SRCS) $(addprefix tools/,boot_words.c flash_map.c flash_map_json.c \
    flash_map_svg.c flash_map_text.c io.c partition_csv.c table_file.c wear_file.c)
$(call fuzz_target,fuzz_flash_map,$(FUZZ_MAP_SRCS),$(FUZZ_CORE_CFLAGS),-lcrypto -ljansson)
# The serial side (mk/stub.mk): the stub's unpacker, and what a device may send.
$(call fuzz_target,fuzz_inflate,$(STUB_DIR)/inflate.c,$(FUZZ_CORE_CFLAGS) -I$(STUB_DIR),-lz)
$(call fuzz_target,fuzz_serial,$(addprefix tools/,elf_symbols.c loader_slip.c monitor_baud.c \
    monitor_text.c rfc2217_client.c),$(FUZZ_CORE_CFLAGS))
# The HTTP client's parsers, as mk/client.mk builds them.
$(call fuzz_target,fuzz_url,$(HTTP_DIR)/http_url.c,$(CLIENT_HTTP_FLAGS))
$(call fuzz_target,fuzz_http,$(addprefix $(HTTP_DIR)/,http_parse.c http_body.c),$(CLIENT_HTTP_FLAGS))
# The serial port's telnet.
$(call fuzz_target,fuzz_rfc2217,tools/rfc2217_server.c,-Itools -Itests/fuzz)
# The HTTPS server's reader of requests.
$(call fuzz_target,fuzz_srv_http,server/http.c,-Iserver -Itests/fuzz)
# The virtual network's scripts and requests.
FUZZ_PEER_CFLAGS := -Iboard/include -Iboard/peer
$(call fuzz_target,fuzz_net_script,$(addprefix board/peer/,net_script.c net_link_spec.c net_words.c),$(FUZZ_PEER_CFLAGS))
$(call fuzz_target,fuzz_peer_http,board/peer/peer_http.c,$(FUZZ_PEER_CFLAGS))

fuzz:
	@for f in $(FUZZERS); do $(MAKE) --no-print-directory run-$$f || exit 1; done
.PHONY: fuzz
