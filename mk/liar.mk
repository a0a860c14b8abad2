# Servers that lie: one table of cases, played to the firmware's update code on the host and, in part,
# to its machine code on the virtual board.

# The device on the host: the update's components as they are, flash in RAM, the liar as transport.
LIAR_FLAGS := $(CLIENT_OTA_FLAGS) -Icomponents/app_update -Itests/support
LIAR_DEVICE_SRCS := $(wildcard components/app_update/ota_*.c) components/app_update/image_load.c \
    components/spi_flash/partition.c components/esp_common/esp_asl_err.c
$(call host_library,liar_device,$(LIAR_DEVICE_SRCS),$(LIAR_FLAGS) -Wno-pedantic)
LIAR_SRCS := $(addprefix tests/support/liar_,words.c statement.c parse.c table.c play.c \
    files.c)
$(call host_library,liar,$(LIAR_SRCS),-Itests/support)
$(call host_objects,liar_stand,$(addprefix tests/support/liar_,device.c judge.c),$(LIAR_FLAGS))
LIAR_STAND_PARTS := $(liar_stand_SAN_OBJS) $(BUILD)/san/libliar.a $(BUILD)/san/libclient_ota.a \
    $(BUILD)/san/libclient_http.a $(BUILD)/san/libliar_device.a $(BUILD)/san/libclient_support.a \
    $(BUILD)/san/libcore.a $(BUILD)/san/tests/support/host_flash.o \
    $(BUILD)/san/tests/support/make_image.o $(crypto_SAN_OBJS)
$(call host_objects,liar_host,tests/network/liar_host.c tests/support/liar_transport.c,$(LIAR_FLAGS))
NETWORK_TESTS += $(BUILD)/tests/liar_host
$(BUILD)/tests/liar_host: $(liar_host_SAN_OBJS) $(LIAR_STAND_PARTS)
	$(call say,LD (san) $@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(SAN_FLAGS) -o $@ $^ $(CRYPTO_LIBS)

# The same device with its own TLS, over sockets: `make check` leaves the slow cases to `make
# liar-sockets`.
$(call host_objects,liar_sockets,tests/network/liar_sockets.c $(addprefix tests/support/liar_,net.c \
    server.c),$(LIAR_FLAGS))
LIAR_SOCKETS_LIBS := -lssl -lcrypto $(foreach f,open read,-Xlinker --wrap=http_transport_$f)
NETWORK_TESTS += $(BUILD)/tests/liar_sockets
$(BUILD)/tests/liar_sockets: $(liar_sockets_SAN_OBJS) $(LIAR_STAND_PARTS) $(CLIENT_TLS_LIBS)
	$(call say,LD (san) $@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(SAN_FLAGS) -pthread -o $@ $+ $(CRYPTO_LIBS) $(LIAR_SOCKETS_LIBS)

# The same table against the firmware on the virtual board, and the network campaign beside it.
$(call host_objects,net_lab,$(addprefix tests/support/net_,lab.c stage.c),-Iboard/include \
    -Itests/support)
NET_LAB_PARTS := $(net_lab_OBJS) $(BUILD)/host/libliar.a $(BUILD)/host/tests/support/make_image.o \
    $(BUILD)/host/tests/support/device.o $(BUILD)/host/libpeer.a $(BUILD)/host/libboard.a
$(call host_objects,liar_board,tests/network/liar_board.c tests/support/liar_report.c,-Iboard/include \
    -Itests/support)
NETWORK_TESTS += $(BUILD)/tests/liar_board
$(BUILD)/tests/liar_board: $(liar_board_OBJS) $(NET_LAB_PARTS)
	$(call say,LD       $@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -o $@ $^ -lssl -lcrypto
TEST_NEEDS += example-hello_world example-simple_ota_example

# And over real sockets, by the board's usual network: a sample in `make check`.
$(call host_objects,liar_board_sockets,tests/network/liar_board_sockets.c \
    tests/support/liar_report.c tests/support/liar_server.c,-Iboard/include -Itests/support)
$(BUILD)/tests/liar_board_sockets: $(liar_board_sockets_OBJS) $(NET_LAB_PARTS) \
        $(BUILD)/host/libclient_support.a
	$(call say,LD       $@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -pthread -o $@ $^ -lslirp -lssl -lcrypto
NETWORK_TESTS += $(BUILD)/tests/liar_board_sockets
liar-sockets: $(BUILD)/tests/liar_sockets $(BUILD)/tests/liar_board_sockets example-hello_world \
        example-simple_ota_example
	@$(BUILD)/tests/liar_sockets --all
	@$(BUILD)/tests/liar_board_sockets --all
.PHONY: liar-sockets

# Each fault of the network in turn: a sample in `make check`, all of it by `make network-campaign`,
# FAMILY=heap for one family.
$(call host_objects,net_campaign,$(wildcard tests/network/net_campaign*.c),-Iboard/include \
    -Itests/support)
NETWORK_TESTS += $(BUILD)/tests/net_campaign
$(BUILD)/tests/net_campaign: $(net_campaign_OBJS) $(NET_LAB_PARTS)
	$(call say,LD       $@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -o $@ $^ -lssl -lcrypto
firmware-padded: $(BUILD)/airslot
	$(Q)$(MAKE) --no-print-directory -C tests/firmware/padded all
.PHONY: firmware-padded
TEST_NEEDS += firmware-padded
network-campaign: $(BUILD)/tests/net_campaign example-hello_world example-simple_ota_example \
        firmware-padded firmware-signed
	@$(BUILD)/tests/net_campaign --all $(FAMILY)
.PHONY: network-campaign

# Bugs planted in the network's side and the owner's rules (tests/network/mutants.sh): one that survives
# fails the run. A sixth of them in `make check`.
NETWORK_MUTANT_TESTS := $(addprefix $(BUILD)/tests/,liar_host test_tls_certs test_tls_handshake \
    test_tls_talk test_tls_resume test_claims test_claims_memory test_signed_update board_signed)
network-mutants: $(NETWORK_MUTANT_TESTS)
	@tests/network/mutants.sh --all
FAULT_TESTS += tests/network/mutants.sh
.PHONY: network-mutants
