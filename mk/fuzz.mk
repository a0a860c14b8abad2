# Fuzzing. `make fuzz` runs each entry of tests/fuzz under clang's libFuzzer for FUZZ_TIME seconds, or
# FUZZ_RUNS executions, and prints a table (scripts/fuzz). What it learns stays in build/fuzz/corpus;
# `make fuzz FUZZERS=fuzz_csv` runs one. The unit tests replay the seeds, and inputs that once broke
# something (tests/fuzz/found/ENTRY/), without clang.
FUZZ_TIME ?= 60
FUZZ_RUNS ?=
FUZZ_JOBS ?= $(shell nproc)
FUZZ_CC   ?= clang-14
FUZZ_DIR  := $(BUILD)/fuzz
FUZZERS   :=
FUZZ_UNWATCHED := tests/fuzz/unwatched.txt
FUZZ_FLAGS := -std=c11 -D_GNU_SOURCE -O2 -g -fsanitize=fuzzer,address,undefined \
    -fno-sanitize-recover=all -fsanitize-coverage-ignorelist=$(FUZZ_UNWATCHED)
# The same entry, counting lines and branches instead.
FUZZ_COV_FLAGS := -std=c11 -D_GNU_SOURCE -O1 -g -fsanitize=fuzzer -fprofile-instr-generate \
    -fcoverage-mapping

FUZZ_CORE_CFLAGS := -Iinclude -Icore/include -Itools -Itests/support -Itests/fuzz
$(call host_objects,fuzz_seeds,tests/fuzz/seeds.c,$(FUZZ_CORE_CFLAGS))
$(FUZZ_DIR)/seeds.stamp: $(fuzz_seeds_SAN_OBJS) $(CORE_TEST_LIBS:-l%=)
	$(call say,SEEDS    $(FUZZ_DIR)/seeds)
	@mkdir -p $(FUZZ_DIR)
	$(Q)$(CC) $(HOST_CFLAGS) $(SAN_FLAGS) -o $(FUZZ_DIR)/make-seeds $(fuzz_seeds_SAN_OBJS) $(CORE_TEST_LIBS)
	$(Q)$(FUZZ_DIR)/make-seeds $(FUZZ_DIR)/seeds
	@touch $@

# $(call fuzz_target,NAME,SOURCES,CFLAGS,LIBS,LENGTH,PARSER): tests/fuzz/NAME.c with the sources that
# it fuzzes. LENGTH: of an input at most; PARSER: the sources whose coverage counts (default: all);
# NAME_FLAGS, when set: more flags for the fuzzer.
define fuzz_target_
FUZZERS += $(1)
$(1)_ENTRY := $(1):$(or $(5),4096):$(subst $(subst ,, ),$(comma),$(strip $(or $(6),$(2))))
$(FUZZ_DIR)/$(1) $(FUZZ_DIR)/cov/$(1): tests/fuzz/$(1).c $(2) \
        $$(wildcard tests/fuzz/*.h core/include/*.h include/airslot/*.h)
$(FUZZ_DIR)/$(1): $(FUZZ_UNWATCHED)
	$$(call say,FUZZ CC  $$@)
	@mkdir -p $$(@D)
	$$(Q)$$(FUZZ_CC) $$(FUZZ_FLAGS) $$($(1)_FLAGS) $(3) tests/fuzz/$(1).c $(2) -o $$@ $(4)
$(FUZZ_DIR)/cov/$(1):
	$$(call say,COV CC   $$@)
	@mkdir -p $$(@D)
	$$(Q)$$(FUZZ_CC) $$(FUZZ_COV_FLAGS) $(3) tests/fuzz/$(1).c $(2) -o $$@ $(4)
$$(call host_objects,r_$(1),tests/fuzz/$(1).c,$(3))
UNIT_TESTS += $(BUILD)/tests/replay_$(1)
$(BUILD)/tests/replay_$(1): tests/fuzz/replay.c $$(r_$(1)_SAN_OBJS) $(patsubst %.c,$(BUILD)/san/%.o,$(2)) $(FUZZ_DIR)/seeds.stamp
	$$(call say,LD (san) $$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(HOST_CFLAGS) $(SAN_FLAGS) -Itests/fuzz \
	    -DREPLAY_FOLDERS='"$(FUZZ_DIR)/seeds/$(1)","tests/fuzz/found/$(1)"' -o $$@ \
	    tests/fuzz/replay.c $$(r_$(1)_SAN_OBJS) $(patsubst %.c,$(BUILD)/san/%.o,$(2)) $(4)
endef
comma := ,
fuzz_target = $(eval $(call fuzz_target_,$(1),$(2),$(3),$(4),$(5),$(6)))

FUZZ_CORE_SRCS := $(CORE_SRCS) $(wildcard tools/asl_*_openssl.c)
FUZZ_FILE_SRCS := $(FUZZ_CORE_SRCS) $(addprefix tools/,elf.c image_make.c io.c partition_csv.c \
    partition_words.c)
$(call fuzz_target,fuzz_table,$(FUZZ_CORE_SRCS),$(FUZZ_CORE_CFLAGS),-lcrypto,4096,core/table.c)
$(call fuzz_target,fuzz_otadata,$(FUZZ_CORE_SRCS),$(FUZZ_CORE_CFLAGS),-lcrypto,256,core/otadata.c)
$(call fuzz_target,fuzz_image,$(FUZZ_CORE_SRCS),$(FUZZ_CORE_CFLAGS),-lcrypto,2048, \
    core/image.c core/image_verifier.c)
$(call fuzz_target,fuzz_update,$(FUZZ_CORE_SRCS) tests/support/host_flash.c,$(FUZZ_CORE_CFLAGS), \
    -lcrypto,2400,core/update.c core/slot.c)
$(call fuzz_target,fuzz_claims,$(FUZZ_CORE_SRCS),$(FUZZ_CORE_CFLAGS),-lcrypto,512, \
    core/claims.c core/owner.c)
$(call fuzz_target,fuzz_resume,$(FUZZ_CORE_SRCS) tests/support/host_flash.c,$(FUZZ_CORE_CFLAGS), \
    -lcrypto,1024,core/resume.c)
$(call fuzz_target,fuzz_csv,$(FUZZ_FILE_SRCS),$(FUZZ_CORE_CFLAGS),-lcrypto,1024,tools/partition_csv.c tools/partition_words.c)
$(call fuzz_target,fuzz_elf,$(FUZZ_FILE_SRCS),$(FUZZ_CORE_CFLAGS),-lcrypto,2048, \
    tools/elf.c tools/image_make.c)
# Whole flash contents.
FUZZ_MAP_SRCS := $(FUZZ_CORE_SRCS) $(addprefix tools/,boot_words.c flash_map.c flash_map_json.c \
    flash_map_svg.c flash_map_text.c io.c otadata_file.c partition_csv.c partition_words.c table_file.c \
    wear_file.c)
$(call fuzz_target,fuzz_flash_map,$(FUZZ_MAP_SRCS),$(FUZZ_CORE_CFLAGS),-lcrypto -ljansson,2048, \
    $(filter tools/flash_map%,$(FUZZ_MAP_SRCS)))
$(call fuzz_target,fuzz_reader,$(FUZZ_CORE_SRCS) campaign/reader.c,$(FUZZ_CORE_CFLAGS) -Icampaign, \
    -lcrypto,2048,campaign/reader.c)
# The entry settles CRCs itself; watching comparisons for them took most of the time.
fuzz_nvs_FLAGS := -fno-sanitize-coverage=trace-cmp
$(call fuzz_target,fuzz_nvs,$(NVS_SRCS) $(FUZZ_CORE_SRCS) tests/support/host_flash.c, \
    $(NET_INCLUDES) -Icomponents/nvs_flash -Itests/fuzz -Itests/support,-lcrypto,1024,$(NVS_SRCS))
# The serial side (mk/stub.mk): the stub's unpacker, and what a device may send.
$(call fuzz_target,fuzz_inflate,$(STUB_DIR)/inflate.c,$(FUZZ_CORE_CFLAGS) -I$(STUB_DIR),-lz,1024)
# Its requests: line and chip are the entry's, registers are none.
FUZZ_STUB_SRCS := $(addprefix $(STUB_DIR)/,commands.c flashing.c reading.c writer.c)
FUZZ_STUB_CFLAGS := -Itests/fuzz -I$(STUB_DIR) -Wno-int-to-pointer-cast
$(call host_objects,fuzz_stub_parts,$(FUZZ_STUB_SRCS),$(FUZZ_STUB_CFLAGS))
$(call fuzz_target,fuzz_stub,$(FUZZ_STUB_SRCS) $(STUB_DIR)/inflate.c,$(FUZZ_STUB_CFLAGS),,1024)
$(call fuzz_target,fuzz_serial,$(addprefix tools/,elf_symbols.c loader_slip.c monitor_baud.c \
    monitor_text.c rfc2217_client.c),$(FUZZ_CORE_CFLAGS),,1024)
# The HTTP client's parsers, as mk/client.mk builds them.
$(call fuzz_target,fuzz_url,$(HTTP_DIR)/http_url.c,$(CLIENT_HTTP_FLAGS),,700)
$(call fuzz_target,fuzz_http,$(addprefix $(HTTP_DIR)/,http_parse.c http_body.c), \
    $(CLIENT_HTTP_FLAGS),,1500)
$(call fuzz_target,fuzz_fields,$(addprefix $(HTTP_DIR)/,http_fields.c),$(CLIENT_HTTP_FLAGS) \
    -Itests/fuzz,,256)
# The whole client, its transport played by the entry: redirects, authorisation, smuggling.
FUZZ_CLIENT_SRCS := $(filter-out %/http_transport.c,$(CLIENT_HTTP_SRCS))
$(call fuzz_target,fuzz_client,$(FUZZ_CLIENT_SRCS) tests/support/client/fake_device.c, \
    $(CLIENT_HTTP_FLAGS) -Itests/fuzz,,2048,$(FUZZ_CLIENT_SRCS))
# The serial port's telnet.
$(call fuzz_target,fuzz_rfc2217,tools/rfc2217_server.c,-Itools -Itests/fuzz,,512)
# The HTTPS server's reader of requests.
$(call fuzz_target,fuzz_srv_http,server/http.c server/http_path.c,-Iserver -Itests/fuzz,,1500)
# The virtual network's scripts and requests.
FUZZ_PEER_CFLAGS := -Iboard/include -Iboard/peer
$(call fuzz_target,fuzz_net_script,$(addprefix board/peer/,net_script.c net_link_spec.c net_words.c), \
    $(FUZZ_PEER_CFLAGS),,1024)
$(call fuzz_target,fuzz_peer_http,board/peer/peer_http.c,$(FUZZ_PEER_CFLAGS),,1500)

fuzz: $(foreach f,$(FUZZERS),$(FUZZ_DIR)/$(f) $(FUZZ_DIR)/cov/$(f)) $(FUZZ_DIR)/seeds.stamp
	@FUZZ_TIME=$(FUZZ_TIME) FUZZ_RUNS=$(FUZZ_RUNS) FUZZ_JOBS=$(FUZZ_JOBS) \
	    scripts/fuzz $(foreach f,$(FUZZERS),$($(f)_ENTRY))
.PHONY: fuzz
