# The network in virtual time: lwIP for the host, OpenSSL, and our own parts. A library beside the
# board's, because who links it needs OpenSSL, and because lwIP makes it one a process.
LWIP_DIR ?= $(BUILD)/third_party/lwip

# Third-party code: not ours to warn about.
PEER_LWIP_FILES := $(addprefix core/,init def inet_chksum ip mem memp netif pbuf tcp tcp_in tcp_out \
    timeouts udp ipv4/etharp ipv4/icmp ipv4/ip4 ipv4/ip4_addr) netif/ethernet
PEER_LWIP_FLAGS := -isystem $(LWIP_DIR)/src/include -Iboard/peer
PEER_LWIP_OBJS := $(PEER_LWIP_FILES:%=$(BUILD)/host/lwip/%.o)
PEER_LWIP_SAN_OBJS := $(PEER_LWIP_FILES:%=$(BUILD)/san/lwip/%.o)
$(PEER_LWIP_OBJS): $(BUILD)/host/lwip/%.o: $(LWIP_DIR)/src/%.c board/peer/lwipopts.h board/peer/arch/cc.h
	$(call say,CC       lwip/$*.c)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -O2 -g $(PEER_LWIP_FLAGS) -c $< -o $@
$(PEER_LWIP_SAN_OBJS): $(BUILD)/san/lwip/%.o: $(LWIP_DIR)/src/%.c board/peer/lwipopts.h board/peer/arch/cc.h
	$(call say,CC (san) lwip/$*.c)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -O2 -g $(SAN_FLAGS) $(PEER_LWIP_FLAGS) -c $< -o $@
$(LWIP_DIR)/src/%.c:
	@scripts/fetch-sources

PEER_SRCS := $(wildcard board/peer/*.c)
PEER_CFLAGS := -Iboard/include $(PEER_LWIP_FLAGS)
$(call host_library,peer,$(PEER_SRCS),$(PEER_CFLAGS))
$(BUILD)/host/libpeer.a: $(PEER_LWIP_OBJS)
$(BUILD)/san/libpeer.a: $(PEER_LWIP_SAN_OBJS)

# Whole updates over it. The runs happen in children of the test, so that each has its own network.
$(call host_objects,peer_run,tests/support/peer_run.c,-Iboard/include -Itests/support)
# $(call peer_test,NAME): tests/network/peer_NAME.c as build/tests/peer_NAME.
define peer_test_
NETWORK_TESTS += $(BUILD)/tests/peer_$(1)
$(BUILD)/tests/peer_$(1): $$(n_peer_$(1)_OBJS) $$(peer_run_OBJS) $(BUILD)/host/tests/support/device.o \
        $(BUILD)/host/libpeer.a $(BUILD)/host/libboard.a
	$$(call say,LD       $$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(HOST_CFLAGS) -o $$@ $$^ -lssl -lcrypto -lcmocka
endef
peer_test = $(call host_objects,n_peer_$(1),tests/network/peer_$(1).c,-Iboard/include \
    -Itests/support)$(eval $(call peer_test_,$(1)))
$(call peer_test,update)
$(call peer_test,resume)
NETWORK_TESTS += tests/network/verb_board_net.sh
TEST_NEEDS += $(BUILD)/airslot example-hello_world example-simple_ota_example

# Its parts alone.
PEER_TEST_CFLAGS := -Iboard/include -Iboard/peer
$(foreach t,net_link net_script peer_http peer_tls,$(call unit_test,test_$(t),tests/unit/test_$(t).c, \
    $(PEER_TEST_CFLAGS),$(BUILD)/san/libpeer.a -lssl -lcrypto))
# All of it, with frames of a client instead of a board.
$(foreach t,net_peer net_author,$(call unit_test,test_$(t),tests/unit/test_$(t).c \
    tests/support/frame_client.c,$(PEER_TEST_CFLAGS),$(BUILD)/san/libpeer.a -lssl -lcrypto))
